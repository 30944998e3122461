"""Descent: a request solved and planned, and not yet drawn. Imports no matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdanim.descent.runs import heats, labels
from gdanim.descent.solver import solve
from gdanim.descent.stepping import Conditions
from gdanim.descent.timeline import Timeline, plan
from gdanim.descent.trajectory import MAX_RECORDED, Trajectory, joined, judged_anew
from gdanim.descent.verdicts import Verdict, verdicts
from gdanim.errors import SettingError
from gdanim.objectives.autorange import Given
from gdanim.objectives.lookup import objective as objective_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.descent.runs import Heat
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """A request, solved and planned, and not yet drawn. verdict (runs,): the shape of each run's path."""

    settings: Settings
    objective: Objective
    trajectory: Trajectory
    verdict: tuple[Verdict, ...]
    timeline: Timeline


def descend(settings: Settings) -> Descent:
    """Solve or replay a request and plan its frames. Raises UsageError where it cannot be."""
    objective = _objective(settings, settings.start)
    replayed = _replayed(settings, objective)
    if replayed is not None and objective.suggested and not settings.start:
        # Nobody has said where to look: the path does.
        objective = _objective(settings, tuple(map(tuple, replayed.x[:, 0].tolist())))
        replayed = judged_anew(objective, replayed)
    parts = [] if replayed is None else [replayed]
    if replayed is None or _asks_for_runs(settings):
        parts += _solved(settings, objective, replayed)
    trajectory = joined(parts)
    return Descent(
        settings=settings,
        objective=objective,
        trajectory=trajectory,
        verdict=verdicts(objective, trajectory),
        timeline=_timeline(settings, trajectory),
    )


def redrawn(descent: Descent, settings: Settings) -> Descent:
    """The same runs for settings that differ in nothing but how they are shown: the frames are planned anew."""
    return replace(descent, settings=settings, timeline=_timeline(settings, descent.trajectory))


def _timeline(settings: Settings, trajectory: Trajectory) -> Timeline:
    return plan(
        trajectory.last,
        fps=settings.fps,
        hold_s=settings.hold,
        in_turn=settings.order == "in-turn" and settings.facet is None,  # panels play at once
        every=settings.every,
        duration_s=settings.duration,
        tween=settings.tween,
        rewind=settings.rewind,
        trail=settings.trail,
    )


def _objective(settings: Settings, starts: tuple[tuple[float, ...], ...]) -> Objective:
    given = Given(limits=(settings.xlim, settings.ylim), starts=starts, rates=settings.lr)
    return objective_of(settings.function, dict(settings.param), given, settings.gradient)


def _replayed(settings: Settings, objective: Objective) -> Trajectory | None:
    if settings.trajectory is None:
        return None
    from gdanim.descent.recording.replay import read_trajectory

    return read_trajectory(settings.trajectory, objective, alone=not _asks_for_runs(settings))


def _asks_for_runs(settings: Settings) -> bool:
    """Whether descents are wanted beside a replayed path."""
    return bool(settings.optimizer or settings.lr or settings.start or settings.schedule or settings.starts)


def _solved(settings: Settings, objective: Objective, replayed: Trajectory | None) -> list[Trajectory]:
    """Solve every heat; beside a replayed path, from its start and for as long, where the request does not say."""
    field = heats(settings, objective, [] if replayed is None else [replayed.x[0, 0]])
    iterations = iterations_of(settings, objective, replayed)
    runs = sum(len(heat.lr) for heat in field)
    if runs * (iterations + 1) > MAX_RECORDED:
        raise SettingError("--iterations", iterations, f"{runs:,} runs may record {MAX_RECORDED:,} steps in all")
    conditions = Conditions(
        tolerance=settings.tolerance, budget=settings.budget, noise=settings.noise, seed=settings.seed
    )
    names = labels(field, coordinates=settings.starts is None, alone=replayed is None)
    return [_solve(objective, heat, iterations, conditions, named) for heat, named in zip(field, names, strict=True)]


def iterations_of(settings: Settings, objective: Objective, replayed: Trajectory | None) -> int:
    """How many iterations a request asks for at most; beside a replayed path, as many as that has."""
    if settings.iterations is not None:
        return settings.iterations
    if settings.budget is not None:
        return settings.budget  # each step costs an evaluation at least
    return objective.iterations if replayed is None else replayed.iterations


def _solve(
    objective: Objective, heat: Heat, iterations: int, conditions: Conditions, label: Sequence[str]
) -> Trajectory:
    return solve(
        objective,
        heat.optimizer.build(),
        heat.start,
        heat.rates(iterations),
        iterations,
        conditions,
        streams=heat.stream,
        name=heat.optimizer.spec,
        label=label,
    )
