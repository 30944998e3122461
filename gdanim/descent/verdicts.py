"""Verdicts: what each run did, in one word, measured from its path.

The first of these that holds, of x_k, f_k and ∇f_k at k = 0 … last, and the steps s_k = x_{k+1} − x_k:

diverging     the outcome is DIVERGED; or f ends above its start, and in the last quarter of the iterations it rises
              clearly above everything before; or the run ends well outside the bounds, farther than it began, and is
              still moving away or so far that only rounding stopped it: then f may have fallen for ever.
stalled       the run rests, and not at a minimum. It rests if the steps of its last quarter together are too short to
              be seen. It is at a minimum if f is higher all around: on a ring about its end, so that a minimum lies
              inside. Plateaus, saddles, a rate far too small, and a slope where the rate died away all end here.
oscillating   along one of two axes, steps turn back on the one before: most of those that are long enough to be seen,
              and not a small part of all, over the whole run or, unless it rests, its last third (there two fifths
              are enough where f bounces visibly); or every step, down to those too short to be seen. Turns count
              even where f falls in every step. Or f keeps swinging as high as before.
monotone      f falls in every step, or stays.
converging    f has risen on the way, and the run has come down from its heights: it is settling, or still descending;
              or f rises no more in the last half.

The axes are those along which f curves most and least: differences of gradients are, on a quadratic, its Hessian times
the steps, so the fit of one matrix to both has its eigenvectors, whatever the optimizer. Thus gradient descent on a
parabola is monotone below 1/λ, oscillating up to 2/λ and diverging above. On a quadratic of two variables λ is the
largest eigenvalue along which it moves, and up to about 1.6/λ a zigzag may die out before it is called oscillating.

A run without any step is monotone, by convention, or stalled if a tolerance was met where there is no minimum. One that
left the domain is judged by its path up to `last`, and never rests. Neither scaling and shifting f nor mirroring x
changes a verdict, and no run looks at another. f is asked for only where a run rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from gdanim.descent.trajectory import Outcome

if TYPE_CHECKING:
    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective

Which = NDArray[np.bool_]  # (runs,)
Flags = NDArray[np.bool_]  # (runs, d, n)

# Of the width of the bounds: half a pixel in a picture of 500. No eye sees a shorter step, or that a run still moves.
SEEN: Final = 1e-3
# Widths of the bounds, outside of them: the picture has lost a run that ends beyond the first and moves away, and a run
# that ends beyond the second came to a place that f was not drawn for, where steps are lost in rounding.
ESCAPED, FAR = 0.5, 100
# Radii of the rings, of the width of the bounds: clearly near a minimum (a run may rest half a radius from it), and
# the same for wells so narrow that the wide ring reaches across; in the catalogue, wells are three times as far apart.
RINGS: Final = (1e-2, 1e-3)
# Points on a ring of two variables: the way down along a narrow valley is at most 5.6° from one of them.
DIRECTIONS: Final = 32
# Of the rise around a ring: what one of its points may lie lower at a minimum, where a valley bends.
LEVEL: Final = 1e-3
# Of the step along the other axis: a shorter one does not make the motion, and its turn is not counted.
SHARE: Final = 0.1
# Of all steps that are seen: gradient descent that noise shakes about a minimum turns back in two thirds of its steps
# where the rate is 1/λ, in fewer below, in more above; a random walk does in half of them.
MOST: Final = 2 / 3
# The same in the end of a run where f bounces visibly: so often turns chaos, and momentum, in its swings, does not.
SOME: Final = 2 / 5
# Turns, and their part of all steps that are seen: fewer are an overshoot or two, or a wobble before a smooth way.
TURNS, PART = 4, 1 / 5
# Of the width of the bounds: the shortest of those steps of which every one turns back. It also moves the rate at which
# gradient descent on a parabola begins to oscillate, from 1/λ to about 1.01/λ.
TRACED: Final = 1e-9
# Of the range of f: how far the last quarter rises above everything before in a run that grows. Even where growth is
# so slow that it is a straight line, that is a quarter; a bounded swing repeats its height.
GROWTH: Final = 0.1
# Of the range of f in the first three quarters: how far below its top the last quarter stays in a run that settles.
SETTLED: Final = 0.5
# A run that has come down bounces for ever if f peaks at least so often in its last half (an optimizer with a memory
# overshoots, comes back and has hardly time for more), reaches more than this share of its height in the third quarter
# again in the last, and more than what is seen of the whole.
BOUNCES, DECAY, VISIBLE = 3, 0.75, 0.02
# Rises of f that are nothing: of its range, and of its largest value the rounding errors.
FLAT, ROUNDING = 1e-9, 64 * float(np.finfo(float).eps)

# Rows looked at together: enough that a call of numpy costs little beside its work, few enough to stay in the cache.
_POINTS: Final = 1 << 15


class Verdict(Enum):
    """What a run did, as a person reads it."""

    MONOTONE = "monotone"
    OSCILLATING = "oscillating"
    CONVERGING = "converging"
    STALLED = "stalled"
    DIVERGING = "diverging"


# The first that holds is the verdict.
_ORDER: Final = (Verdict.DIVERGING, Verdict.STALLED, Verdict.OSCILLATING, Verdict.MONOTONE, Verdict.CONVERGING)


def verdicts(objective: Objective, trajectory: Trajectory) -> tuple[Verdict, ...]:
    """The verdict on every run."""
    runs, rows = trajectory.f.shape
    together = max(1, _POINTS // rows)
    parts = (slice(first, first + together) for first in range(0, runs, together))
    # Once glibc has seen this much freed, it keeps the memory of smaller arrays and does not ask the system for each.
    np.empty(16 * _POINTS)
    with np.errstate(all="ignore"):
        marks = np.concatenate([_marks(objective, _Paths.of(trajectory, part)) for part in parts], axis=1)
        diverging, stalled, *others = marks
        diverging |= _escaped(objective, trajectory)
        at = np.flatnonzero(stalled), trajectory.last[stalled]
        stalled[stalled] = ~_at_minimum(objective, trajectory.x[at], trajectory.f[at])
    kinds = np.select([diverging, stalled, *others], list(range(5)), default=_ORDER.index(Verdict.OSCILLATING))
    return tuple(_ORDER[int(kind)] for kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """Some of the runs, each coordinate in one piece.

    f, last                            as in Trajectory
    steps (runs, d, n), grad (runs, d, n+1)
    end_f (runs,)                      f where each run ended
    lost                               whether the run diverged
    may_rest                           whether it took steps and stayed in the domain, or met the tolerance
    turns_due (runs,)                  so many turns in a row make an oscillation; fewer in a run that was cut short
    """

    f: Scalar
    steps: Vector
    grad: Vector
    last: Index
    end_f: Scalar
    lost: Which
    may_rest: Which
    turns_due: Index

    @classmethod
    def of(cls, trajectory: Trajectory, part: slice) -> _Paths:
        """Cut them out."""
        f, last, outcome = np.ascontiguousarray(trajectory.f[part]), trajectory.last[part], trajectory.outcome[part]
        met = np.array([one is Outcome.CONVERGED for one in outcome])
        return cls(
            f=f,
            steps=np.diff(_coordinates(trajectory.x[part])),
            grad=_coordinates(trajectory.grad[part]),
            last=last,
            end_f=f[np.arange(len(f)), last],
            lost=np.array([one is Outcome.DIVERGED for one in outcome]),
            may_rest=np.array([one is not Outcome.LEFT_DOMAIN for one in outcome]) & ((last > 0) | met),
            turns_due=np.where(met, TURNS, np.clip(last - 1, 1, TURNS)),
        )

    def late(self, share: int) -> tuple[int, NDArray[np.bool_]]:
        """The first step in the last `share`-th, rounded up, of any run, and which from there on are: (runs, m).

        Steps past `last`, which are 0, count as late.
        """
        until = self._until(share)
        first = int(until.min())
        return first, np.arange(first, self.steps.shape[2]) >= until[:, np.newaxis]

    def parts(self) -> tuple[NDArray[np.intp], Which]:
        """Where in f, run after run, the first half, the third quarter and the last begin: (runs, 3).

        Points belong to the step that led to them. Of a run so short that it has no third quarter, (runs,) tells.
        """
        half, quarter = self._until(2) + 1, self._until(4) + 1
        begin = np.stack([np.zeros_like(half), half, quarter], axis=1)
        return begin + self.f.shape[1] * np.arange(len(self.f))[:, np.newaxis], half == quarter

    def _until(self, share: int) -> Index:
        """The number of steps before the last `share`-th of each run."""
        return self.last + -self.last // share


def _escaped(objective: Objective, trajectory: Trajectory) -> Which:
    """Whether a run ends outside the bounds, farther than it began, and moves away or is lost in rounding: (runs,)."""
    (low, high), last = objective.bounds.T, trajectory.last
    when = np.stack([np.zeros_like(last), last + -last // 4, last])
    x = trajectory.x[np.arange(len(last)), when]
    start, late, end = (np.abs(x - (low + high) / 2) / (high - low) - 0.5).max(axis=2)
    leaves, stays = end > late + SEEN, end >= late - SEEN
    found: Which = (end > start) & (((end > ESCAPED) & leaves) | ((end > FAR) & stays))
    return found


def _coordinates(points: Vector) -> Vector:
    """Points (runs, m, d) as (runs, d, m)."""
    return np.ascontiguousarray(np.swapaxes(points, 1, 2))


def _marks(objective: Objective, paths: _Paths) -> NDArray[np.bool_]:
    """What is true of each run, in _ORDER, where `stalled` stands for whether it rests: (5, runs)."""
    if not paths.steps.shape[2]:
        still = ~paths.lost
        return np.stack([paths.lost, paths.may_rest, np.zeros_like(still), still, still])
    resting = paths.may_rest & (_late_length(objective, paths) <= SEEN)
    growing, falling, settling, bouncing = _by_height(paths)
    return np.stack([paths.lost | growing, resting, _swinging(objective, paths, resting, bouncing), falling, settling])


def _by_height(paths: _Paths) -> tuple[Which, Which, Which, Which]:
    """Whether f grows in the end, whether it falls in every step, whether it settles, and whether it bounces late."""
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
    peaks = _count(rises[:, first:-1] & falls[:, first + 1 :] & late[:, :-1])
    bouncing = (peaks >= BOUNCES) & (late_high - lowest > VISIBLE * span)
    kept_up = bouncing & (late_high - low[:, 1] > DECAY * (high[:, 1] - low[:, 1]))
    down = early_high - late_high >= SETTLED * (early_high - early_low)
    calm = ~np.any(rises[:, first:] & late, axis=1)
    return growing, ~rises.any(axis=1), (down | calm) & ~kept_up, bouncing


def _late_length(objective: Objective, paths: _Paths) -> Scalar:
    """The length of the last quarter of each path, along the coordinates, of the width of the bounds: (runs,)."""
    first, late = paths.late(4)
    lengths = np.vecdot(np.abs(paths.steps[..., first:]), late[:, np.newaxis])
    found: Scalar = (lengths / np.ptp(objective.bounds, axis=1)).sum(axis=1)
    return found


def _at_minimum(objective: Objective, x: Vector, f: Scalar) -> Which:
    """Whether f is higher on one of the rings about points x (m, d) than f (m,) in the middle: (m,)."""
    inside = np.zeros(len(x), dtype=bool)
    for radius in RINGS:
        seek = np.flatnonzero(~inside)
        if not seek.size:
            break
        ring = objective.value(x[seek, np.newaxis] + radius * np.ptp(objective.bounds, axis=1) * _circle(objective.dim))
        middle = f[seek]
        rise = ring.max(axis=1) - middle
        inside[seek] = (rise > ROUNDING * np.abs(middle)) & (ring.min(axis=1) >= middle - LEVEL * rise)
    return inside


def _circle(dim: int) -> Vector:
    """The directions of a ring: (m, d)."""
    if dim == 1:
        return np.array([[-1.0], [1.0]])
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _swinging(objective: Objective, paths: _Paths, resting: Which, bouncing: Which) -> Which:
    """Whether steps turn back along an axis: most of those seen, of all or of the late ones; or every one."""
    axes = _along_axes(objective, paths)
    sizes, forward = np.abs(axes), axes > 0
    moving: Flags = sizes >= SHARE * sizes[:, ::-1]
    seen: Flags = moving & (sizes >= SEEN)
    turned = forward[..., 1:] ^ forward[..., :-1]
    found = _mostly(seen, turned, MOST)

    others = np.flatnonzero(~found & turned[..., :1].any(axis=(1, 2)))
    traced = moving[others] & (sizes[others] >= TRACED)
    found[others] = _always(traced, seen[others], turned[others], paths.turns_due[others])

    others = np.flatnonzero(~found & ~resting)
    first, late = paths.late(3)
    share = np.where(bouncing, SOME, MOST)[others, np.newaxis]
    found[others] = _mostly(seen[others, :, first:] & late[others, np.newaxis], turned[others, :, first:], share)
    return found


def _mostly(seen: Flags, turned: Flags, share: float | Scalar) -> Which:
    """Whether this share of the steps that are seen turn back along an axis, and no small part of all: (runs,)."""
    pairs: Flags = seen[..., 1:] & seen[..., :-1]
    turns = _count(pairs & turned)
    due = np.maximum(TURNS, PART * _count(np.logical_or.reduce(seen, axis=1, keepdims=True)))
    found: Which = np.any((turns >= due) & (turns >= share * _count(pairs)), axis=1)
    return found


def _always(traced: Flags, seen: Flags, turned: Flags, due: Index) -> Which:
    """Whether every step of a run turns back along one axis, and as many as are due, and one is seen to: (runs,)."""
    turns = _count(traced[..., 1:] & traced[..., :-1] & turned)
    shown = _count(seen[..., 1:] & seen[..., :-1] & turned) > 0
    every = turns == _count(np.logical_or.reduce(traced, axis=1, keepdims=True)) - 1
    found: Which = np.any(every & shown & (turns >= due[:, np.newaxis]), axis=1)
    return found


def _count(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many are set along the last axis; np.count_nonzero takes longer."""
    found: NDArray[np.int64] = np.bitwise_count(np.packbits(flags, axis=-1)).sum(axis=-1, dtype=np.int64)
    return found


def _along_axes(objective: Objective, paths: _Paths) -> Vector:
    """The steps along the axes of each path, in widths of the bounds: (runs, d, n)."""
    axes = _axes(paths)
    scale = np.linalg.norm(axes / np.ptp(objective.bounds, axis=1), axis=2, keepdims=True)
    found: Vector = (axes * scale) @ paths.steps
    return found


def _axes(paths: _Paths) -> Vector:
    """The directions in which f curves most and least along each path: (runs, d, d), rows of length 1."""
    if paths.steps.shape[1] == 1:
        return np.ones((1, 1, 1))
    u, v = np.swapaxes(paths.steps, 0, 1)
    p, q = np.swapaxes(np.diff(paths.grad), 0, 1)
    uu, uv, vv = np.vecdot(u, u), np.vecdot(u, v), np.vecdot(v, v)
    pu, pv, qu, qv = np.vecdot(p, u), np.vecdot(p, v), np.vecdot(q, u), np.vecdot(q, v)
    # Least squares: H Σssᵀ = Σysᵀ. The determinant of Σssᵀ is left out: it does not turn the eigenvectors.
    across = (pv * uu - pu * uv) + (qu * vv - qv * uv)
    apart = (pu * vv - pv * uv) - (qv * uu - qu * uv)
    angle = np.arctan2(across, apart) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos, sin, -sin, cos], axis=1).reshape(-1, 2, 2)
