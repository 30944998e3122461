"""Verdicts: what became of each run, and how it moved, from its path and the derivatives at its end.

The outcome is the first of these that holds, for x_k, f_k and ∇f_k at k = 0 … last:

lost          It diverged or left the domain (trajectory.Stop).
arrived       The end lies by a minimizer: at most 1 % as far from it as the start, as does all of the last tenth; or
              it lies exactly on it. A kink is a minimizer, and so is each point of a valley of minima. A run that
              starts at one and stays has arrived.
at a saddle   The end lies as close to a stationary point from which f rises and falls, of two variables.
on a flat place   The end lies as close to any other stationary point, or on a plain; or the run rests where the slope
              is below 1/1000 of the steepest that it met or that lies downhill, and no minimizer is ahead but one
              whose depth is nothing (1e-12) beside others around.
bouncing without progress   The steps keep turning back, or f keeps peaking in the last half; in the last quarter, f
              comes nearly as high as in the one before, and not lower than before.
still moving  None of these.

The motion is one of motion.Motion. The run's extent (how far it has been from its end) is its scale: bounds, axes and
other runs are not looked at, and f → a·f + c, x → b·x + c changes no verdict. A run also stalls whose whole path is
less than 1 % of the way that f, to second order, still has before it.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.descent.outcomes.motion import Motion, Motions, motions
from gdanim.descent.outcomes.paths import Paths
from gdanim.descent.outcomes.places import Place, newton_step, surroundings

if TYPE_CHECKING:
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
FLAT: Final = 1e-3  # share of the steepest slope
# Downhill, slopes are looked at in so many steps, each twice as long as the one before, from 1/8 of the way that f has
# before it to second order.
STEPS_DOWNHILL, FIRST_STEP = 12, 1 / 8
# Around, f is looked at on rings of that radius and its doubles. A depth below this share of another is none.
RINGS, DIRECTIONS, DWARFED = 10, 16, 1e12
NEWTON_STEPS: Final = 20  # within which a descent to a minimizer ahead makes the slope so much smaller
AHEAD: Final = 1e-3

# Rows looked at together: enough that a call of numpy costs little beside its work, few enough to stay in the cache.
_POINTS: Final = 1 << 15


class Outcome(Enum):
    """What became of a run, as a person reads it."""

    LOST = "lost"
    ARRIVED = "arrived"
    SADDLE = "at a saddle"
    FLAT = "on a flat place"
    BOUNCING = "bouncing without progress"
    MOVING = "still moving"


class Verdict(NamedTuple):
    """What became of a run, and how it moved."""

    outcome: Outcome
    motion: Motion

    @property
    def words(self) -> str:
        """Both, as people read them, without what says the same twice: `arrived, bouncing`."""
        became, moved = str(self.outcome.value), str(self.motion.value)
        if self.motion is Motion.STALLED:
            return moved if self.outcome is Outcome.MOVING else became
        return became if self == (Outcome.BOUNCING, Motion.BOUNCING) else f"{became}, {moved}"

    @property
    def short(self) -> str:
        """What became of the run, where there is no room for more."""
        if self == (Outcome.MOVING, Motion.STALLED):
            return self.words
        return str((Motion if self.outcome is Outcome.BOUNCING else Outcome)[self.outcome.name].value)


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
    runs, rows = trajectory.f.shape
    together = max(1, _POINTS // rows)
    # Once glibc has seen this much freed, it keeps the memory of smaller arrays and does not ask the system for each.
    np.empty(16 * _POINTS)
    with np.errstate(all="ignore"):
        parts = [_judged(objective, Paths(trajectory, slice(at, at + together))) for at in range(0, runs, together)]
    outcome, motion, arrived_at = (np.concatenate(part) for part in zip(*parts, strict=True))
    arrived_at.flags.writeable = False
    return Judged(tuple(map(_verdict, outcome.tolist(), motion.tolist())), arrived_at)


@cache
def _verdict(outcome: int, motion: int) -> Verdict:
    return Verdict(list(Outcome)[outcome], list(Motion)[motion])


def _judged(objective: Objective, paths: Paths) -> tuple[Index, Index, Index]:
    """The places of outcome and motion in their enums, and the iteration of arrival: (runs,) each."""
    moved = motions(paths)
    place, arrived_at = _places(objective, paths)
    stuck = _hardly_moved(objective, paths, place) | moved.resting
    flat = (place == Place.LEVEL) | _on_plain(objective, paths, np.flatnonzero((place == Place.SLOPE) & stuck))
    holds = [paths.lost, place == Place.MINIMUM, place == Place.SADDLE, flat, moved.in_vain & ~stuck]
    outcome = np.select(holds, list(range(5)), default=list(Outcome).index(Outcome.MOVING))
    arrived = outcome == list(Outcome).index(Outcome.ARRIVED)
    return outcome, _motion(paths, moved, stuck & ~arrived), np.where(arrived, arrived_at, -1)


def _motion(paths: Paths, moved: Motions, stuck: Flags) -> Index:
    """The place of each run's motion in its enum: (runs,)."""
    stalled = (stuck & ~paths.lost) | (paths.extent == 0)
    return np.select([stalled, moved.bouncing, moved.winding], [0, 1, 2], default=list(Motion).index(Motion.STRAIGHT))


def _places(objective: Objective, paths: Paths) -> tuple[Index, Index]:
    """The Place by which each run ended and stayed, SLOPE where it did not, and from which iteration on: (runs,)."""
    runs = np.arange(len(paths.f))
    same = SAME * np.abs(paths.end).max(axis=1)
    found = surroundings(objective.functions, paths.end, np.maximum(ARRIVAL * paths.extent, same), paths.extent <= same)
    away = paths.distances(found.at)
    within = away <= (ARRIVAL * away[:, 0] + same)[:, np.newaxis]
    arrived_at: Index = within.shape[1] - np.argmin(within[:, ::-1], axis=1)
    arrived_at[within.all(axis=1)] = 0
    there = within[runs, paths.last]
    stays = there & (arrived_at <= paths.last - np.minimum(paths.last, 1 + paths.last // STAYING))
    exactly = there & (away[runs, paths.last] <= EXACT * ARRIVAL * away[:, 0] + same)
    return np.where(stays | exactly, found.place, int(Place.SLOPE)), arrived_at


def _hardly_moved(objective: Objective, paths: Paths, place: Index) -> Flags:
    """Whether the whole path is short beside the way that f has before it to second order: (runs,)."""
    others = np.flatnonzero((place != Place.MINIMUM) & ~paths.lost)
    found = np.zeros(len(place), dtype=bool)
    ahead, extent = np.linalg.norm(newton_step(objective.functions, paths.end[others]), axis=1), paths.extent[others]
    found[others] = (np.isfinite(ahead) & (extent <= HARDLY_MOVED * ahead)) | (extent == 0)
    return found


def _on_plain(objective: Objective, paths: Paths, runs: Index) -> Flags:
    """Whether some of the runs end on a plain: the slope is FLAT, and no minimizer is ahead: (runs,)."""
    found = np.zeros(len(paths.f), dtype=bool)
    if not runs.size:
        return found
    end = paths.end[runs]
    slope = objective.gradient(end)
    size = np.linalg.norm(slope, axis=1)
    steepest = np.maximum(paths.slope[runs], _steepest_downhill(objective, end, slope))
    found[runs] = (size <= FLAT * steepest) & ~_minimizer_ahead(objective, end, size)
    found[runs] |= _is_dwarfed(objective, end, slope)
    return found


def _steepest_downhill(objective: Objective, x: Vector, slope: Vector) -> Scalar:
    """The steepest slope straight down from points x (m, d), as far as f falls there: (m,)."""
    size = np.linalg.norm(slope, axis=1, keepdims=True)
    way = -slope / np.where(size > 0, size, 1.0)
    length = FIRST_STEP * np.linalg.norm(newton_step(objective.functions, x), axis=1)
    steepest, f, falls = size[:, 0], objective.value(x), np.ones(len(x), dtype=bool)
    for doubled in 2.0 ** np.arange(STEPS_DOWNHILL):
        there = x + way * (doubled * length)[:, np.newaxis]
        f_there, grad = objective.raw_value_and_gradient(there)
        falls &= f_there <= f
        f = f_there
        steepest = np.where(falls, np.fmax(steepest, np.linalg.norm(grad, axis=1)), steepest)
    return np.asarray(steepest)


def _minimizer_ahead(objective: Objective, x: Vector, slope: Scalar) -> Flags:
    """Whether Newton's method, downhill, soon makes the slopes (m,) at points x (m, d) much smaller: (m,)."""
    at, f = x, objective.value(x)
    for _ in range(NEWTON_STEPS):
        there: Vector = at + newton_step(objective.functions, at)
        f_there = objective.value(there)
        lower = f_there < f
        at, f = np.where(lower[:, np.newaxis], there, at), np.where(lower, f_there, f)
    found: Flags = np.linalg.norm(objective.gradient(at), axis=1) <= AHEAD * slope
    return found


def _is_dwarfed(objective: Objective, x: Vector, slope: Vector) -> Flags:
    """Whether what f has before it at points x (m, d) with slopes (m, d) is nothing beside a fall around: (m,)."""
    step = newton_step(objective.functions, x)
    length, depth = np.linalg.norm(step, axis=1), -np.sum(step * slope, axis=1) / 2
    angle = np.pi * np.arange(DIRECTIONS) / (DIRECTIONS / 2)
    ways = np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, : objective.dim]
    radius = length[:, np.newaxis] * 2.0 ** np.arange(RINGS)
    around = objective.value(x[:, np.newaxis, np.newaxis] + radius[..., np.newaxis, np.newaxis] * ways)
    lowest = np.where(np.isfinite(around), around, np.inf).min(axis=(1, 2))
    found: Flags = objective.value(x) - lowest > DWARFED * depth
    return found
