"""Verdicts: what each run did, in one word, measured from its path.

The first of these that holds, of x_k, f_k and ∇f_k at k = 0 … last, and the steps s_k = x_{k+1} − x_k:

diverging     the outcome is DIVERGED; or f ends above its start, and in the last quarter of the iterations it rises
              clearly above everything before.
stalled       the run rests, and not at a minimum. It rests if the steps of its last quarter together are too short to
              be seen. It is at a minimum if f is higher all around: on a ring about its end, so that a minimum lies
              inside. Plateaus, saddles, a rate far too small, and a slope where the rate died away all end here.
oscillating   along one of two axes, most steps turn back on the one before, over the whole run or, unless it rests,
              its last third; or f keeps swinging as high as before. Turns count even where f falls in every step.
monotone      f falls in every step, or stays.
converging    f has risen on the way, and the run has come down from its heights: it is settling, or still descending.

The axes are those along which f curves most and least: differences of gradients are, on a quadratic, its Hessian times
the steps, so the fit of one matrix to both has its eigenvectors, whatever the optimizer. Thus gradient descent on a
quadratic is monotone below 1/λ, oscillating up to 2/λ and diverging above, λ being the largest eigenvalue along which
it moves.

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

from gdanim.trajectory import Outcome

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective, Scalar, Vector
    from gdanim.trajectory import Index, Trajectory

Which = NDArray[np.bool_]  # (runs,)

# Of the width of the bounds: half a pixel in a picture of 500, which no eye sees move.
RESTING: Final = 1e-3
# Radii of the rings, of the width of the bounds: clearly near a minimum (a run may rest half a radius from it), and
# the same for wells so narrow that the wide ring reaches across; in the catalogue, wells are three times as far apart.
RINGS: Final = (1e-2, 1e-3)
# Points on a ring of two variables: the way down along a narrow valley is at most 5.6° from one of them.
DIRECTIONS: Final = 32
# Of the rise around a ring: what one of its points may lie lower at a minimum, where a valley bends.
LEVEL: Final = 1e-3
# Of the largest step along an axis: smaller ones are not seen to turn. It also moves the rate at which gradient descent
# on a parabola begins to oscillate, from 1/λ to 1.01/λ.
SEEN: Final = 0.01
# Of the largest step of a run: an axis along which all are smaller does not make the motion.
SHARE: Final = 0.1
# Of all steps: gradient descent that is shaken by noise about a minimum turns back in two thirds of its steps where the
# rate is 1/λ, in fewer below, in more above; a random walk does in half of them.
MOST: Final = 2 / 3
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

_POINTS: Final = 1 << 14  # rows looked at together: their arrays fit the cache, and malloc need not ask the system


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
    with np.errstate(all="ignore"):
        marks = np.concatenate([_marks(objective, _Paths.of(trajectory, part)) for part in parts], axis=1)
        diverging, stalled, *others = marks
        at = np.flatnonzero(stalled), trajectory.last[stalled]
        stalled[stalled] = ~_at_minimum(objective, trajectory.x[at], trajectory.f[at])
    kinds = np.select([diverging, stalled, *others], list(range(5)), default=_ORDER.index(Verdict.OSCILLATING))
    return tuple(_ORDER[int(kind)] for kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """Some of the runs, each coordinate of each run in one piece.

    f, last                            as in Trajectory
    steps (d, runs, n), grad (d, runs, n+1)
    end_f (runs,)                      f where each run ended
    lost                               whether the run diverged
    may_rest                           whether it took steps and stayed in the domain, or met the tolerance
    """

    f: Scalar
    steps: Vector
    grad: Vector
    last: Index
    end_f: Scalar
    lost: Which
    may_rest: Which

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
        )

    def late(self, share: int) -> NDArray[np.bool_]:
        """Whether a step (runs, n) belongs to the last `share`-th of the run, rounded up. Steps past `last` are 0."""
        return np.arange(self.steps.shape[2]) >= self._until(share)[:, np.newaxis]

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


def _coordinates(points: Vector) -> Vector:
    """Points (runs, m, d) as (d, runs, m)."""
    return np.ascontiguousarray(np.moveaxis(points, 2, 0))


def _marks(objective: Objective, paths: _Paths) -> NDArray[np.bool_]:
    """What is true of each run, in _ORDER, where `stalled` stands for whether it rests: (5, runs)."""
    if not paths.steps.shape[2]:
        still = ~paths.lost
        return np.stack([paths.lost, paths.may_rest, np.zeros_like(still), still, still])
    resting = paths.may_rest & (_late_length(objective, paths) <= RESTING)
    growing, falling, settling = _by_height(paths)
    return np.stack([paths.lost | growing, resting, _swinging(paths, resting), falling, settling])


def _by_height(paths: _Paths) -> tuple[Which, Which, Which]:
    """Whether f grows in the end, whether it falls in every step, and whether it settles."""
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
    peaks = np.count_nonzero(rises[:, :-1] & falls[:, 1:] & paths.late(2)[:, :-1], axis=1)
    kept_up = (late_high - low[:, 1] > DECAY * (high[:, 1] - low[:, 1])) & (late_high - lowest > VISIBLE * span)
    down = early_high - late_high >= SETTLED * (early_high - early_low)
    return growing, ~rises.any(axis=1), down & ~(kept_up & (peaks >= BOUNCES))


def _late_length(objective: Objective, paths: _Paths) -> Scalar:
    """The length of the last quarter of each path, along the coordinates, of the width of the bounds: (runs,)."""
    lengths = np.vecdot(np.abs(paths.steps), paths.late(4))
    found: Scalar = (lengths / np.ptp(objective.bounds, axis=1)[:, np.newaxis]).sum(axis=0)
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


def _swinging(paths: _Paths, resting: Which) -> Which:
    """Whether most steps turn back on the one before, along one axis, of all or, unless it rests, of the late ones."""
    axes = _along_axes(paths)
    found = _turns(axes)
    other = ~found & ~resting
    found[other] = _turns(axes[:, other] * paths.late(3)[other])
    return found


def _turns(axes: Vector) -> Which:
    """Whether most steps that count turn back, along one of the axes (d, runs, n): (runs,)."""
    sizes = np.abs(axes)
    largest = sizes.max(axis=2)
    counts = sizes > (SEEN * largest)[..., np.newaxis]
    pairs = counts[..., 1:] & counts[..., :-1]
    forward = axes > 0
    turned = np.count_nonzero(pairs & (forward[..., 1:] ^ forward[..., :-1]), axis=2)
    most = (turned > 0) & (turned >= MOST * np.count_nonzero(pairs, axis=2))
    found: Which = np.any(most & (largest >= SHARE * largest.max(axis=0)), axis=0)
    return found


def _along_axes(paths: _Paths) -> Vector:
    """The steps along the axes on which f curves most and least along the path, up to a factor: (d, runs, n)."""
    if len(paths.steps) == 1:
        return paths.steps
    u, v = _scaled(paths.steps)
    p, q = _scaled(np.diff(paths.grad))
    uu, uv, vv = np.vecdot(u, u), np.vecdot(u, v), np.vecdot(v, v)
    pu, pv, qu, qv = np.vecdot(p, u), np.vecdot(p, v), np.vecdot(q, u), np.vecdot(q, v)
    # Least squares: H Σssᵀ = Σysᵀ. The determinant of Σssᵀ is left out: it does not turn the eigenvectors.
    across = (pv * uu - pu * uv) + (qu * vv - qv * uv)
    apart = (pu * vv - pv * uv) - (qv * uu - qu * uv)
    angle = (np.arctan2(across, apart) / 2)[:, np.newaxis]
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * u + sin * v, cos * v - sin * u])


def _scaled(differences: Vector) -> Vector:
    """Differences (d, runs, n) as shares of each run's largest: squares neither overflow nor vanish."""
    largest = np.abs(differences).max(axis=(0, 2))
    return differences / np.where(largest > 0, largest, 1)[:, np.newaxis]
