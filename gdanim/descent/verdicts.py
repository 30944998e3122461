"""Verdicts: what became of each run, and how it moved, from its path and the derivatives at its end.

The outcome is the first of these that holds, for x_k, f_k and ∇f_k at k = 0 … last:

lost          It diverged or left the domain (trajectory.Stop).
arrived       The end lies by a minimizer: at most 1 % as far from it as the start, as does all of the last tenth; or
              it lies exactly on it. A kink is a minimizer, and so is each point of a valley of minima. A run that
              starts at one and stays has arrived.
at a saddle   The end lies as close to a stationary point from which f rises and falls, of two variables.
on a flat place   The end lies as close to any other stationary point, or on a plain; or the run rests where the slope
              is below 1/1000 of the steepest that lies downhill, or that it met if no minimizer is ahead; or what f
              can fall there is nothing (1e-12) beside a fall around.
              A run that leaves a saddle or a maximum is still there while all slopes that it met are below 1/100
              of the steepest that lies downhill.
bouncing without progress   The steps keep turning back, or f keeps peaking in the last half; in the last quarter, f
              comes nearly as high as in the one before, and not lower than before. Or all steps of the last quarter
              turn back, and neither they nor f will become much smaller, at the pace at which that dies out. Or the
              run bounces, and is in its last quarter only where it was in the one before.
at its start  It took no step.
still moving  None of these.

Of more variables than have a Hessian here (objective.has_hessians), a run has arrived by a minimizer that is known. A
recorded run whose slopes nobody knows, since there is no function or ∇f would cost too much, is lost, or just recorded.

The motion is one of motion.Motion. The run's extent (how far it has been from its end) is its scale: bounds, axes and
other runs are not looked at, and f → a·f + c, x → b·x + c changes no verdict. A run also stalls whose whole path is
less than 1 % of the way that f, to second order, still has before it, or lies where it leaves a saddle or a maximum.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.descent.outcomes.motion import ROUNDING, Motion, Traits, traits
from gdanim.descent.outcomes.paths import Paths
from gdanim.descent.outcomes.places import Place, eigen, known_near, newton_step, stationary_near, surroundings
from gdanim.objectives.objective import has_hessians
from gdanim.objectives.rings import ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective

# Share of the distance from the start within which a run has arrived; share of that again within which it is exact: it
# needs not to have been there before.
ARRIVAL, EXACT = 1e-2, 1e-3
STAYING: Final = 10  # the last tenth of the points has to stay there
# Share of |x|: points so near are one.
SAME: Final = 1e-12
# Share of the way that is still before a run to second order: a path shorter than that does not count as movement.
HARDLY_MOVED: Final = 1e-2
SAME_SLOPE: Final = 2 * HARDLY_MOVED  # share of ∇f by which it changes on so short a path, at most
FLAT: Final = 1e-3  # share of the steepest slope
# Downhill, slopes are looked at in so many steps, each twice as long as the one before, from 1/8 of the way that f has
# before it to second order.
STEPS_DOWNHILL, FIRST_STEP = 12, 1 / 8
# From a saddle or a maximum that a run leaves, in so many; below this share of the steepest slope it is still there.
# ∇f is there what the Hessian makes of the way from it, but for a share LINEAR.
STEPS_AWAY, LEAVING, LINEAR = 60, 1e-2, 0.1
# Around, f is looked at on rings of that radius and its doubles. A depth below this share of another is none.
RINGS, DIRECTIONS, DWARFED = 10, 16, 1e12
NEWTON_STEPS: Final = 80  # within which a descent to a minimizer ahead makes the slope so much smaller
AHEAD: Final = 1e-3

# Rows looked at together: enough that a call of numpy costs little beside its work, few enough to stay in the cache.
_POINTS: Final = 1 << 15
_ENDS: Final = 1 << 13  # ends whose surroundings are looked at together


class Outcome(Enum):
    """What became of a run, as a person reads it."""

    LOST = "lost"
    ARRIVED = "arrived"
    SADDLE = "at a saddle"
    FLAT = "on a flat place"
    BOUNCING = "bouncing without progress"
    START = "at its start"
    MOVING = "still moving"
    RECORDED = "recorded"


_ARRIVED: Final = list(Outcome).index(Outcome.ARRIVED)


class Verdict(NamedTuple):
    """What became of a run, and how it moved."""

    outcome: Outcome
    motion: Motion


class Judged(NamedTuple):
    """The verdict on each run, and the iteration from which on it stayed by the minimizer where it arrived, −1 of
    others: (runs,).
    """

    verdicts: tuple[Verdict, ...]
    arrived_at: Index


def verdicts(objective: Objective, trajectory: Trajectory) -> tuple[Verdict, ...]:
    """The verdict on every run."""
    return judged(objective, trajectory).verdicts


def judged(objective: Objective, trajectory: Trajectory) -> Judged:
    """The verdict on every run, and where it arrived."""
    if trajectory.has_slopes.all():
        return _judged_by_slopes(objective, trajectory)
    known = np.flatnonzero(trajectory.has_slopes)
    found = [Verdict(Outcome.LOST if stop.failed else Outcome.RECORDED, Motion.NONE) for stop in trajectory.stop]
    arrived_at = np.full(trajectory.runs, -1)
    if known.size:
        some = _judged_by_slopes(objective, trajectory.picked(known.tolist()))
        arrived_at[known] = some.arrived_at
        for run, verdict in zip(known.tolist(), some.verdicts, strict=True):
            found[run] = verdict
    arrived_at.flags.writeable = False
    return Judged(tuple(found), arrived_at)


def _judged_by_slopes(objective: Objective, trajectory: Trajectory) -> Judged:
    """The same of runs whose slopes are known."""
    # Once glibc has seen this much freed, it keeps the memory of smaller arrays and does not ask the system for each.
    np.empty(16 * _POINTS)
    with np.errstate(all="ignore"):
        parts = list(_parts(trajectory, _POINTS // trajectory.f.shape[1]))
        seen = Traits(*map(np.concatenate, zip(*(traits(Paths(trajectory, part)) for part in parts), strict=True)))
        place, arrived_at = _places(objective, trajectory, seen, parts)
        outcome, motion = _judged(objective, seen, place)
    arrived_at = np.where(outcome == _ARRIVED, arrived_at, -1)
    arrived_at.flags.writeable = False
    return Judged(tuple(map(_verdict, outcome.tolist(), motion.tolist())), arrived_at)


@cache
def _verdict(outcome: int, motion: int) -> Verdict:
    return Verdict(list(Outcome)[outcome], list(Motion)[motion])


def _parts(trajectory: Trajectory, together: int) -> Iterator[slice]:
    """The runs, some of them together."""
    together = max(1, together)
    return (slice(first, first + together) for first in range(0, len(trajectory.f), together))


def _judged(objective: Objective, seen: Traits, place: Index) -> tuple[Index, Index]:
    """The places of outcome and motion in their enums: (runs,) each."""
    leaving = _leaving(objective, seen, place)
    place = np.where(leaving > 0, leaving, place)
    stuck = _hardly_moved(objective, seen, place) | seen.resting | (leaving > 0)
    flat = (place == Place.LEVEL) | _on_plain(objective, seen, np.flatnonzero((place == Place.SLOPE) & stuck))
    holds = [seen.lost, place == Place.MINIMUM, place == Place.SADDLE, flat, seen.in_vain & ~stuck, ~seen.begun]
    outcome = np.select(holds, list(range(len(holds))), default=list(Outcome).index(Outcome.MOVING))
    stalled = (stuck & ~seen.lost & (outcome != _ARRIVED)) | (seen.extent == 0)
    moved = [~seen.begun | seen.one_up, stalled, seen.bouncing, seen.winding]
    motion = np.select(moved, list(range(len(moved))), default=list(Motion).index(Motion.STEADY))
    return outcome, motion


def _places(objective: Objective, trajectory: Trajectory, seen: Traits, parts: Sequence[slice]) -> tuple[Index, Index]:
    """The Place by which each run ended and stayed, SLOPE where it did not, and from which iteration on: (runs,)."""
    same = SAME * np.abs(seen.end).max(axis=1)
    reach, at_rest = np.maximum(ARRIVAL * seen.extent, same), seen.extent <= same
    if has_hessians(objective.functions):
        found = [
            surroundings(objective.functions, seen.end[part], reach[part], at_rest[part])
            for part in _parts(trajectory, _ENDS)
        ]
    else:
        found = [known_near(objective.minimizers, seen.end)]
    place, at = (np.concatenate(column) for column in zip(*found, strict=True))
    stays = [_stays(trajectory, part, at[part], same[part]) for part in parts]
    stayed, arrived_at = (np.concatenate(column) for column in zip(*stays, strict=True))
    return np.where(stayed, place, int(Place.SLOPE)), arrived_at


def _stays(trajectory: Trajectory, part: slice, at: Vector, same: Scalar) -> tuple[Flags, Index]:
    """Whether some of the runs stay by points (m, d), or end exactly there, and from which iteration on: (m,) each."""
    last = trajectory.last[part]
    away = np.linalg.norm(trajectory.x[part] - at[:, np.newaxis], axis=2)
    within = away <= (ARRIVAL * away[:, 0] + same)[:, np.newaxis]
    arrived_at: Index = within.shape[1] - np.argmin(within[:, ::-1], axis=1)
    arrived_at[within.all(axis=1)] = 0
    exactly = away[np.arange(len(last)), last] <= EXACT * ARRIVAL * away[:, 0] + same
    return is_long_enough(last, arrived_at) | exactly, arrived_at


def is_long_enough(last: Index | int, arrived_at: Index) -> Flags:
    """Whether the last tenth of runs of so many steps comes after they arrived: (m,)."""
    found: Flags = arrived_at <= last - np.minimum(last, np.maximum(last // STAYING, 1))
    return found


def _hardly_moved(objective: Objective, seen: Traits, place: Index) -> Flags:
    """Whether the whole path is short beside the way that f has before it to second order: (runs,)."""
    found: Flags = seen.extent == 0
    if not has_hessians(objective.functions):
        return found
    others = np.flatnonzero((place != Place.MINIMUM) & ~seen.lost & (seen.slope_change <= SAME_SLOPE))
    ahead = np.linalg.norm(newton_step(objective.functions, seen.end[others]), axis=1)
    found[others] |= np.isfinite(ahead) & (seen.extent[others] <= HARDLY_MOVED * ahead)
    return found


def _leaving(objective: Objective, seen: Traits, place: Index) -> Index:
    """The Place of a saddle or a maximum that each run is still leaving, 0 where there is none: (runs,)."""
    found = np.zeros(len(seen.end), dtype=np.int64)
    if not has_hessians(objective.functions):
        return found
    others = np.flatnonzero((place == Place.SLOPE) & seen.begun & ~seen.lost)
    values, vectors = eigen(objective.functions, seen.end[others])
    falling = values[:, 0] < 0
    runs, away = others[falling], vectors[falling, :, 0]
    # Along the other eigenvector, it does not leave.
    slope = away * np.vecdot(away, objective.gradient(seen.end[runs]))[:, np.newaxis]
    steepest, ends = _steepest_downhill(objective, seen.end[runs], slope, STEPS_AWAY)
    runs = runs[ends & np.isfinite(steepest) & (seen.slope[runs] <= LEAVING * steepest)]
    if runs.size:
        near = stationary_near(objective.functions, seen.end[runs], seen.extent[runs])
        slope, way = objective.gradient(seen.end[runs]), seen.end[runs] - near.at
        made = np.einsum("mij,mj->mi", objective.hessian(near.at), way)
        linear = np.linalg.norm(slope - made, axis=1) <= LINEAR * np.linalg.norm(slope, axis=1)
        found[runs] = np.where(linear & ((near.place == Place.SADDLE) | (near.place == Place.LEVEL)), near.place, 0)
    return found


def _on_plain(objective: Objective, seen: Traits, runs: Index) -> Flags:
    """Whether some of the runs end on a plain, as the docstring above says: (runs,)."""
    found = np.zeros(len(seen.end), dtype=bool)
    if not runs.size:
        return found
    end = seen.end[runs]
    slope = objective.gradient(end)
    size = np.linalg.norm(slope, axis=1)
    if not has_hessians(objective.functions):
        found[runs] = size <= FLAT * seen.slope[runs]
        return found
    found[runs] = (size <= FLAT * seen.slope[runs]) & ~_minimizer_ahead(objective, end, size)
    steepest, _ = _steepest_downhill(objective, end, slope, STEPS_DOWNHILL)
    found[runs] |= (size <= FLAT * steepest) | _is_dwarfed(objective, end, slope)
    return found


def _steepest_downhill(objective: Objective, x: Vector, slope: Vector, steps: int) -> tuple[Scalar, Flags]:
    """The steepest slope straight down from points x (m, d), as far as f falls there, and whether it is known to be:
    after so many steps, f falls no more, or less steeply; (m,) each.
    """
    size = np.linalg.norm(slope, axis=1, keepdims=True)
    way = -slope / np.where(size > 0, size, 1.0)
    length = FIRST_STEP * np.linalg.norm(newton_step(objective.functions, x), axis=1)
    steepest, f, falls = size[:, 0], objective.value(x), np.ones(len(x), dtype=bool)
    known, finite = np.zeros(len(x), dtype=bool), np.ones(len(x), dtype=bool)
    for doubled in 2.0 ** np.arange(steps):
        there = x + way * (doubled * length)[:, np.newaxis]
        f_there, grad = objective.raw_value_and_gradient(there)
        finite &= np.isfinite(f_there) | ~falls
        falls &= f_there <= f + ROUNDING * np.abs(f)
        f = f_there
        size_there = np.linalg.norm(grad, axis=1)
        known = finite & (~falls | (size_there < steepest))
        steepest = np.where(falls, np.fmax(steepest, size_there), steepest)
    return np.asarray(steepest), known


def _minimizer_ahead(objective: Objective, x: Vector, slope: Scalar) -> Flags:
    """Whether Newton's method, downhill, soon makes the slopes (m,) at points x (m, d) much smaller: (m,)."""
    at, f, share = x, objective.value(x), np.ones(len(x))
    for _ in range(NEWTON_STEPS):
        there: Vector = at + share[:, np.newaxis] * newton_step(objective.functions, at)
        f_there = objective.value(there)
        lower = f_there < f
        at, f = np.where(lower[:, np.newaxis], there, at), np.where(lower, f_there, f)
        share = np.where(lower, np.minimum(2 * share, 1.0), share / 4)
    found: Flags = np.linalg.norm(objective.gradient(at), axis=1) <= AHEAD * slope
    return found


def _is_dwarfed(objective: Objective, x: Vector, slope: Vector) -> Flags:
    """Whether what f has before it at points x (m, d) with slopes (m, d) is nothing beside a fall around: (m,)."""
    step = newton_step(objective.functions, x)
    length, depth = np.linalg.norm(step, axis=1), -np.sum(step * slope, axis=1) / 2
    angle = np.pi * np.arange(DIRECTIONS) / (DIRECTIONS / 2)
    plane = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    sides = plane[:, : objective.dim] if objective.dim <= plane.shape[1] else ways(objective.dim)
    radius = length[:, np.newaxis] * 2.0 ** np.arange(RINGS)
    around = objective.value(x[:, np.newaxis, np.newaxis] + radius[..., np.newaxis, np.newaxis] * sides)
    lowest = np.where(np.isfinite(around), around, np.inf).min(axis=(1, 2))
    found: Flags = objective.value(x) - lowest > DWARFED * depth
    return found
