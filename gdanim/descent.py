"""Descent: a request solved and planned, and not yet drawn. Imports no matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalog import OPTIMIZERS
from gdanim.errors import SettingError
from gdanim.objectives.lookup import objective as objective_of
from gdanim.objectives.scout import Fixed
from gdanim.solver import Trajectory, solve
from gdanim.starts import random_starts
from gdanim.timeline import Timeline, plan

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective, Vector
    from gdanim.optimizers.optimizer import Optimizer
    from gdanim.settings import Settings

MAX_RECORDED = 20_000_000  # run-steps: half a gigabyte of float64 for x, f and gradient in one variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """A request, solved and planned, and not yet drawn."""

    settings: Settings
    objective: Objective
    optimizer: Optimizer
    trajectory: Trajectory
    timeline: Timeline


def descend(settings: Settings) -> Descent:
    """Solve a request and plan its frames. Raises UsageError where it cannot be."""
    limits = settings.xlim, settings.ylim
    fixed = Fixed(limits=limits, starts=settings.start, rates=settings.lr)
    objective = objective_of(settings.function, dict(settings.param), fixed, settings.gradient)
    optimizer: Optimizer = OPTIMIZERS["gd"].load()()
    start, lr, labels = _runs(settings, objective)
    iterations = objective.iterations if settings.iterations is None else settings.iterations
    if len(start) * (iterations + 1) > MAX_RECORDED:
        raise SettingError("--iterations", iterations, f"{len(start)} runs may record {MAX_RECORDED:,} steps in all")
    trajectory = solve(objective, optimizer, start, lr, iterations, tolerance=settings.tolerance, label=labels)
    timeline = plan(
        trajectory.last,
        fps=settings.fps,
        hold_s=settings.hold,
        in_turn=settings.order == "in-turn",
        every=settings.every,
        duration_s=settings.duration,
    )
    return Descent(
        settings=settings, objective=objective, optimizer=optimizer, trajectory=trajectory, timeline=timeline
    )


def _runs(settings: Settings, objective: Objective) -> tuple[Vector, Vector, list[str]]:
    """Every combination of start and rate: starts (runs, d), rates (runs,), labels."""
    if settings.starts is not None:
        starts = random_starts(
            objective,
            settings.starts,
            seed=settings.seed,
            min_separation=settings.min_separation,
            avoid_minima=settings.avoid_minima,
        )
    else:
        for start in settings.start:
            if len(start) != objective.dim:
                needed = "one coordinate" if objective.dim == 1 else "two coordinates"
                raise SettingError("--start", ",".join(f"{x:g}" for x in start), f"{objective.name} takes {needed}")
        starts = np.array(settings.start or [objective.start], dtype=np.float64)
    rates = settings.lr or (objective.lr,)
    runs = list(product(starts, rates))
    labels = []
    for start, rate in runs:
        parts = [f"lr {rate:g}"] if len(rates) > 1 else []
        parts += [f"start {', '.join(f'{x:.4g}' for x in start)}"] if len(starts) > 1 else []
        labels.append(", ".join(parts))
    return np.array([start for start, _ in runs]), np.array([rate for _, rate in runs]), labels
