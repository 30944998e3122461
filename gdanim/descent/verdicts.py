"""Verdicts: what each run did, in one word, measured from its path.

The verdict is the first of these that holds, for x_k, f_k and ∇f_k at k = 0 … last and the steps s_k = x_{k+1} − x_k:

diverging     It stopped as DIVERGED; or f ends above its start, and in the last quarter of the iterations it rises
              clearly above everything before; or the run ends well outside the bounds, farther out than it began, and
              still moves away or is so far out that only rounding stopped it: f may then have fallen for ever.
stalled       The run rests, and not at a minimum. It rests if the steps of its last quarter together are too short to
              be seen. It is at a minimum if f is higher all around, on a ring about its end: a minimum lies inside.
              Plateaus, saddles, a rate that is far too small or that died away on a slope all end here.
oscillating   Along one of two axes (oscillation.py), most steps turn back on the one before: of those long enough to be
              seen, over the whole run or, unless it rests, over its last third, where two fifths are enough if f
              bounces visibly. Or every step turns back, even those too short to be seen. Turns count even where f falls
              in every step. Or none of the other verdicts holds: f keeps swinging as high as before.
monotone      f falls or stays in every step.
converging    f has risen on the way, and the run has come down from there: it is settling, or still descending; or f
              rises no more in the last half.

Gradient descent on a parabola is therefore monotone below 1/λ, oscillating up to 2/λ and diverging above. On a
quadratic of two variables λ is the largest eigenvalue along which it moves, and up to about 1.6/λ a zigzag may die out
before it is called oscillating.

A run without any step is monotone, by convention, or stalled if the tolerance was met where there is no minimum. A run
that left the domain is judged by its path up to `last`, and never rests. Neither scaling and shifting f nor mirroring x
changes a verdict, and no run depends on the others. f is evaluated only around the ends of runs that rest.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.descent.oscillation import SEEN, TURNS, along_axes, count, oscillates
from gdanim.descent.trajectory import Stop

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective

# Distances outside the bounds, in widths of them: the picture has lost a run that ends beyond the first and moves away.
# A run that ends beyond the second is where f was not meant to be drawn, and where steps are lost in rounding.
ESCAPED, REMOTE = 0.5, 100
# Radii of the rings, as shares of the width of the bounds: clearly near a minimum (a run may rest half a radius from
# it), and for wells so narrow that the first ring reaches across. In the catalogue, wells are three times as far apart.
RINGS: Final = (1e-2, 1e-3)
# Points on a ring of two variables: the way down along a narrow valley is at most 5.6° from one of them.
DIRECTIONS: Final = 32
# Share of the rise around a ring by which one of its points may lie lower at a minimum, where a valley bends.
LEVEL: Final = 1e-3
# Share of the range of f by which the last quarter rises above everything before in a run that grows. Growth so slow
# that it is a straight line gives a quarter; a bounded swing repeats its height.
GROWTH: Final = 0.1
# Share of the range of f in the first three quarters by which the last one stays below their top in a run that settles.
SETTLED: Final = 0.5
# A run bounces for ever if f peaks so often in its last half (an optimizer with momentum overshoots, comes back and has
# hardly time for more), reaches more than this share of its height in the third quarter again in the last, and more
# than this share of its whole height, which can be seen.
BOUNCES, DECAY, VISIBLE = 3, 0.75, 0.02
# Rises of f that count as none: the share of its range, and of its largest value the rounding errors.
FLAT, ROUNDING = 1e-9, 64 * float(np.finfo(float).eps)

# Rows looked at together: enough that a call of numpy costs little beside its work, few enough to stay in the cache.
_POINTS: Final = 1 << 15


class Verdict(Enum):
    """What a run did, as a person reads it. The first that holds is the verdict."""

    DIVERGING = "diverging"
    STALLED = "stalled"
    OSCILLATING = "oscillating"
    MONOTONE = "monotone"
    CONVERGING = "converging"


def verdicts(objective: Objective, trajectory: Trajectory) -> tuple[Verdict, ...]:
    """The verdict on every run."""
    runs, rows = trajectory.f.shape
    together = max(1, _POINTS // rows)
    parts = [slice(first, first + together) for first in range(0, runs, together)]
    # Once glibc has seen this much freed, it keeps the memory of smaller arrays and does not ask the system for each.
    np.empty(16 * _POINTS)
    with np.errstate(all="ignore"):
        flags = np.concatenate([_flags(objective, _Paths(trajectory, part)) for part in parts], axis=1)
        diverging, resting, *others = flags
        diverging |= _escapes(objective, trajectory)
        ends = np.flatnonzero(resting), trajectory.last[resting]
        stalled = resting.copy()
        stalled[resting] = ~_at_minimum(objective, trajectory.x[ends], trajectory.f[ends])
    order = list(Verdict)
    kinds = np.select([diverging, stalled, *others], list(range(5)), default=order.index(Verdict.OSCILLATING))
    return tuple(order[int(kind)] for kind in kinds)


class _Paths:
    """Some of the runs, each coordinate contiguous in memory.

    f (runs, n+1), last (runs,)               as in Trajectory
    steps (runs, d, n), grad (runs, d, n+1)
    end_f (runs,)       f where each run ended
    lost (runs,)        whether the run diverged
    may_rest (runs,)    whether it took steps and stayed in the domain, or met the tolerance
    turns_due (runs,)   so many turns in a row make an oscillation; fewer in a run that was cut short
    """

    def __init__(self, trajectory: Trajectory, part: slice) -> None:
        stops = trajectory.stop[part]
        met = np.array([one is Stop.CONVERGED for one in stops])
        self.f, self.last = np.ascontiguousarray(trajectory.f[part]), trajectory.last[part]
        self.steps = np.diff(_by_coordinate(trajectory.x[part]))
        self.grad = _by_coordinate(trajectory.grad[part])
        self.end_f: Scalar = self.f[np.arange(len(self.f)), self.last]
        self.lost: Flags = np.array([one is Stop.DIVERGED for one in stops])
        self.may_rest = np.array([one is not Stop.LEFT_DOMAIN for one in stops]) & ((self.last > 0) | met)
        self.turns_due: Index = np.where(met, TURNS, np.clip(self.last - 1, 1, TURNS))

    def late(self, share: int) -> tuple[int, Flags]:
        """The first step in the last `share`-th, rounded up, of any run; which steps from there on are: (runs, m).

        Steps past `last`, which are 0, count as late.
        """
        before = self._steps_before(share)
        first = int(before.min())
        return first, np.arange(first, self.steps.shape[2]) >= before[:, np.newaxis]

    def parts(self) -> tuple[Index, Flags]:
        """Where the first half, the third quarter and the last begin in f.ravel(): (runs, 3).

        Points belong to the step that led to them. Also which runs are too short to have a third quarter: (runs,).
        """
        half, quarter = self._steps_before(2) + 1, self._steps_before(4) + 1
        begin = np.stack([np.zeros_like(half), half, quarter], axis=1)
        return begin + self.f.shape[1] * np.arange(len(self.f))[:, np.newaxis], half == quarter

    def _steps_before(self, share: int) -> Index:
        """The number of steps before the last `share`-th of each run."""
        return self.last + -self.last // share


def _by_coordinate(points: Vector) -> Vector:
    """Points (runs, m, d) as (runs, d, m)."""
    return np.ascontiguousarray(np.swapaxes(points, 1, 2))


def _escapes(objective: Objective, trajectory: Trajectory) -> Flags:
    """Whether a run ends outside the bounds, farther out than it began, and moves away or is REMOTE: (runs,)."""
    (low, high), last = objective.bounds.T, trajectory.last
    when = np.stack([np.zeros_like(last), last + -last // 4, last])
    x = trajectory.x[np.arange(len(last)), when]
    start, late, end = (np.abs(x - (low + high) / 2) / (high - low) - 0.5).max(axis=2)
    leaves, stays = end > late + SEEN, end >= late - SEEN
    found: Flags = (end > start) & (((end > ESCAPED) & leaves) | ((end > REMOTE) & stays))
    return found


def _flags(objective: Objective, paths: _Paths) -> Flags:
    """What holds for each run, in the order of Verdict, with whether it rests in the place of `stalled`: (5, runs)."""
    if not paths.steps.shape[2]:
        still = ~paths.lost
        return np.stack([paths.lost, paths.may_rest, np.zeros_like(still), still, still])
    width = np.ptp(objective.bounds, axis=1)
    resting = paths.may_rest & (_late_length(paths, width) <= SEEN)
    growing, falling, settling, bouncing = _by_height(paths)
    steps = along_axes(paths.steps, paths.grad, width)
    oscillating = oscillates(steps, paths.late(3), paths.turns_due, resting, bouncing)
    return np.stack([paths.lost | growing, resting, oscillating, falling, settling])


def _by_height(paths: _Paths) -> tuple[Flags, Flags, Flags, Flags]:
    """Whether f grows in the end, whether it never rises, whether it settles, and whether it bounces late: (runs,)."""
    f = paths.f
    begin, short = paths.parts()
    low, high = (extreme.reduceat(f.ravel(), begin.ravel()).reshape(-1, 3) for extreme in (np.minimum, np.maximum))
    highest, lowest, late_high = high.max(axis=1), low.min(axis=1), high[:, 2]
    early_high = np.where(short, high[:, 0], high[:, :2].max(axis=1))
    early_low = np.where(short, low[:, 0], low[:, :2].min(axis=1))
    span = highest - lowest
    nothing = np.maximum(FLAT * span, ROUNDING * np.maximum(np.abs(highest), np.abs(lowest)))

    growing = (late_high - early_high > np.maximum(GROWTH * span, nothing)) & (paths.end_f > f[:, 0])
    change = np.diff(f)
    rises, falls = change > nothing[:, np.newaxis], change < -nothing[:, np.newaxis]
    first, late = paths.late(2)
    peaks = count(rises[:, first:-1] & falls[:, first + 1 :] & late[:, :-1])
    bouncing = (peaks >= BOUNCES) & (late_high - lowest > VISIBLE * span)
    kept_up = bouncing & (late_high - low[:, 1] > DECAY * (high[:, 1] - low[:, 1]))
    down = early_high - late_high >= SETTLED * (early_high - early_low)
    calm = ~np.any(rises[:, first:] & late, axis=1)
    return growing, ~rises.any(axis=1), (down | calm) & ~kept_up, bouncing


def _late_length(paths: _Paths, width: Vector) -> Scalar:
    """The length of the last quarter of each path along the coordinates, in widths (d,) of the bounds: (runs,)."""
    first, late = paths.late(4)
    lengths = np.vecdot(np.abs(paths.steps[..., first:]), late[:, np.newaxis])
    found: Scalar = (lengths / width).sum(axis=1)
    return found


def _at_minimum(objective: Objective, x: Vector, f: Scalar) -> Flags:
    """Whether f is higher on one of the rings about points x (m, d) than f (m,) in the middle: (m,)."""
    found = np.zeros(len(x), dtype=bool)
    for radius in RINGS:
        rest = np.flatnonzero(~found)
        if not rest.size:
            break
        offsets = radius * np.ptp(objective.bounds, axis=1) * directions(objective.dim, DIRECTIONS)
        ring = objective.value(x[rest, np.newaxis] + offsets)
        middle = f[rest]
        rise = ring.max(axis=1) - middle
        found[rest] = (rise > ROUNDING * np.abs(middle)) & (ring.min(axis=1) >= middle - LEVEL * rise)
    return found


def directions(dim: int, most: int) -> Vector:
    """Directions all around, evenly spread: both of one variable, `most` of two: (m, d)."""
    if dim == 1:
        return np.array([[-1.0], [1.0]])
    angle = 2 * np.pi * np.arange(most) / most
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
