"""Descent: a request solved and planned, and not yet drawn. Imports no matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.catalogue.dims import check_draws, check_on_plane, usual_view
from gdanim.catalogue.request import StyleChoice, looked_up
from gdanim.descent.plane.plane import plane_of
from gdanim.descent.recording.asked import asks_for_runs, check_slopes, objective_for, replayed_runs, tuples
from gdanim.descent.runs import expand, runs_of, scheduled_rates
from gdanim.descent.solver import solve
from gdanim.descent.stability import limit_of, limits_of_runs, ratio_text
from gdanim.descent.stepping import Conditions
from gdanim.descent.stops import shown_frames
from gdanim.descent.timeline import Timeline, plan
from gdanim.descent.trajectory import MAX_RECORDED, Trajectory, joined
from gdanim.descent.verdicts import Outcome, Verdict, judged
from gdanim.errors import SettingError
from gdanim.objectives.autorange import Given, widened_bounds
from gdanim.objectives.minimizers import MOST_GRIDS
from gdanim.objectives.surroundings import known_around, nearest_known
from gdanim.optimizers.minibatches import ALL, MiniBatch
from gdanim.settings import MAX_ITERATIONS

if TYPE_CHECKING:
    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.catalogue.request import Request
    from gdanim.catalogue.specs import View
    from gdanim.descent.plane.plane import Plane
    from gdanim.descent.runs import Runs
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Picture, Settings

NEAR_MINIMUM: Final = 0.5  # width of the bounds: a run that ends so far from a minimum outside them is seen with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """A request, solved and planned, and not yet drawn.

    runs (runs,)      how each run was made
    trajectory        what each run did
    verdict (runs,)   what became of each run, and how it moved
    arrived_at (runs,)   the iteration from which on each run stayed by the minimizer where it arrived; −1 of others
    limit (runs,)     the rate above which each run could not settle at its minimum; NaN where that is not known, and
                      of runs that rest elsewhere
    remarks           what a person should know about how recordings were read
    plane             on which it is drawn, if not by its own coordinates
    whole             of a descent as it is looked at on its plane: the descent in all its dimensions
    """

    settings: Picture
    objective: Objective
    view: View
    style: StyleChoice
    runs: Runs
    trajectory: Trajectory
    verdict: tuple[Verdict, ...]
    arrived_at: Index
    limit: Scalar
    timeline: Timeline
    remarks: tuple[str, ...] = ()
    plane: Plane | None = None
    whole: Descent | None = None

    @property
    def over_limit(self) -> Scalar:
        """The highest rate of each run as a multiple of its limit: (runs,), NaN where one of the two is not known."""
        highest = self.trajectory.highest_rate
        # Where all runs were lost in their first step, the trajectory has no rates.
        for run in np.flatnonzero(np.isnan(highest) & np.isfinite(self.limit)).tolist():
            highest[run] = self.rates_of(run).max(initial=-np.inf)
        return np.where(np.isneginf(highest), np.nan, highest) / self.limit

    def has_constant_rate(self, run: int) -> bool:
        """Whether all steps that a run took had the same rate."""
        rates = self.rates_of(run)
        return bool(np.all(rates == rates[:1]))

    def rates_of(self, run: int) -> Scalar:
        """The rate of every step that a run took, with the one in which it was lost: (m,); NaN where not known."""
        trajectory, made = self.trajectory, self.runs[run]
        taken = int(trajectory.last[run]) + int(not np.isfinite(trajectory.lost[run]).all())
        known = trajectory.lr[run, :taken]
        if len(known) == taken:
            return known
        if made.schedule is None:
            return np.append(known, np.nan)
        iterations = iterations_of(self.settings, self.objective)
        return scheduled_rates(made.schedule, np.array([made.lr]), iterations)[0, :taken]

    def limit_shares(self) -> list[str]:
        """The same for people, `95 % of stable limit`; empty where it is not known, or the limit is a mere number."""
        return [
            f"{ratio_text(ratio)} of stable limit"
            if isfinite(ratio) and constant and limit_of(run.method).by_curvature
            else ""
            for ratio, constant, run in zip(
                self.over_limit.tolist(), self.trajectory.is_constant, self.runs, strict=True
            )
        ]


def descend(settings: Settings) -> Descent:
    """Solve or replay what settings ask for, and plan its frames. Raises UsageError where it cannot be."""
    return carry_out(looked_up(settings))


def carry_out(request: Request) -> Descent:
    """Solve or replay a request, and plan its frames. Raises UsageError where it cannot be."""
    settings = request.settings
    found = replayed_runs(request) if settings.trajectory else None
    objective = objective_for(request) if found is None else found.objective
    check_on_plane(settings, objective.dim, is_model=objective.model is not None)
    if request.view is not None:
        check_draws(request.view, settings.view, objective.dim)
    if found is not None:
        check_slopes(settings, found.trajectory)
    parts = [] if found is None else [(found.trajectory, found.runs)]
    if not parts or asks_for_runs(settings):
        parts.append(_solved(request, objective, parts[0][0] if parts else None))
    trajectory = joined([part for part, _ in parts])
    objective = _showing_ends(known_around(objective, _told_points(trajectory)), trajectory, settings)
    runs = tuple(run for _, part in parts for run in part)
    verdict, arrived_at = judged(objective, trajectory)
    if objective.dim > 1:
        from gdanim.descent.plane.closer import closer  # late: curves need none of it

        objective = closer(objective, trajectory, settings)
    settles = np.array([one.outcome not in (Outcome.SADDLE, Outcome.FLAT) for one in verdict])
    return Descent(
        settings=settings.picture(),
        objective=objective,
        view=request.view or usual_view(objective.dim),
        style=request.style,
        runs=runs,
        trajectory=trajectory,
        verdict=verdict,
        arrived_at=arrived_at,
        limit=np.where(settles, limits_of_runs(objective, trajectory, runs), np.nan),
        remarks=() if found is None else found.remarks,
        timeline=_timeline(settings, trajectory),
        plane=plane_of(settings, objective, trajectory),
    )


def redrawn(descent: Descent, settings: Picture) -> Descent:
    """The same runs for settings that differ in nothing but how they are shown: the frames are planned anew."""
    return replace(descent, settings=settings, timeline=_timeline(settings, descent.trajectory))


def _timeline(settings: Picture, trajectory: Trajectory) -> Timeline:
    timeline = plan(
        trajectory.last,
        fps=settings.fps,
        lead_s=settings.lead,
        hold_s=settings.hold,
        in_turn=settings.order == "in-turn" and settings.facet is None,  # panels play at once
        every=settings.every,
        duration_s=settings.duration,
        tween=settings.tween,
        rewind=settings.rewind,
        k=trajectory.k,
    )
    shown_frames(timeline, settings.stops)  # now, for what has no frame is refused before anything is drawn
    return timeline


def _told_points(trajectory: Trajectory) -> Vector:
    """Points whose nearest minimizers are told (runs, d): the ends of runs, and the starts of those that were lost."""
    failed = np.array([stop.failed for stop in trajectory.stop])
    return trajectory.x[np.arange(trajectory.runs), np.where(failed, 0, trajectory.last)]


def _showing_ends(objective: Objective, trajectory: Trajectory, settings: Settings) -> Objective:
    """With bounds that hold the minima where runs ended, too, if no limits are given."""
    healthy = np.array([not stop.failed for stop in trajectory.stop])
    ends = trajectory.x[np.arange(trajectory.runs), trajectory.last][healthy]
    if objective.dim > MOST_GRIDS:
        return objective
    row, away = nearest_known(objective, ends)
    near = np.flatnonzero(away <= NEAR_MINIMUM * np.ptp(objective.bounds, axis=1).max())
    outside = near[~objective.contains(objective.minimizers[row[near]])]
    if len(outside):  # a plain may have many that nobody sees
        outside = outside[objective.in_seen_wells[row[outside]]]
    if not len(outside):
        return objective
    shown = np.concatenate([ends[outside], objective.minimizers[row[outside]]])
    corners = np.stack([shown.min(axis=0), shown.max(axis=0)])
    given = Given(limits=(settings.xlim, settings.ylim), shown=tuples(corners))
    bounds = widened_bounds(objective.bounds, given)
    return replace(objective, bounds=bounds, view=objective.view if np.array_equal(bounds, objective.bounds) else None)


def _solved(request: Request, objective: Objective, replayed: Trajectory | None) -> tuple[Trajectory, Runs]:
    """Solve every batch; beside a replayed path, from its start and for as long, where the request does not say."""
    settings = request.settings
    batches = expand(request, objective, [] if replayed is None else [replayed.x[0, 0]])
    iterations = iterations_of(settings, objective, replayed)
    count = sum(len(batch.lr) for batch in batches)
    most = MAX_RECORDED // max(1, objective.dim // 2)
    if count * (iterations + 1) > most:
        of = f" of {objective.dim:,} variables" * (objective.dim > 2)
        raise SettingError("--iterations", iterations, f"{count:,} runs{of} may record {most:,} steps in all")
    runs = runs_of(batches, coordinates=settings.starts is None, alone=replayed is None)
    conditions = Conditions.of(settings)
    solved = []
    for batch in batches:
        rates = scheduled_rates(batch.schedule, batch.lr, iterations)
        optimizer = batch.method.build()
        own = conditions._replace(batch=batch.rows)
        solved.append(solve(objective, optimizer, batch.start, rates, iterations, own, streams=batch.stream))
    return joined(solved), runs


def _steps_per_evaluation(settings: Picture, objective: Objective) -> int:
    """How many steps an evaluation is worth at most: 1, or those of an epoch of the smallest mini-batches."""
    sizes = [int(size) for size in settings.batch if size != ALL]
    return MiniBatch(min(sizes), objective.model.points.rows).steps if sizes and objective.model is not None else 1


def iterations_of(settings: Picture, objective: Objective, replayed: Trajectory | None = None) -> int:
    """How many iterations a request asks for at most; beside a replayed path, as many as that has."""
    if settings.iterations is not None:
        return settings.iterations
    if settings.budget is not None:
        return min(settings.budget * _steps_per_evaluation(settings, objective), MAX_ITERATIONS)
    if replayed is None:
        return objective.iterations
    return replayed.span if replayed.span <= MAX_ITERATIONS else replayed.iterations
