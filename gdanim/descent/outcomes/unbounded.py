"""Unbounded: whether f is seen to fall for ever from where a run came to, far away or towards a pole or an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.descent.outcomes.places import eigen, newton_step
from gdanim.objectives.objective import has_hessians

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gdanim.arrays import Scalar, Vector
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective

DOUBLINGS: Final = 60  # of the distance at which f is looked at
NEAREST: Final = 2.0**-10  # the first distance, as a share of the extent of the run
# Where f rises again, or has no value, the lowest of so many points is looked about ever closer, to 8^−17 of the way;
# then f is looked at in halves of the way to there.
CLOSER, POINTS, HALVINGS = 17, 17, 36
# The last of these steps in which f has to fall by at least this share of what it fell in the step before.
SETTLING, GOES_ON = 20, 0.9
SAME: Final = 0.999  # a share that is none, or none that changes, but for rounding


def falls_without_bound(objective: Objective, trajectory: Trajectory, run: int) -> bool:
    """Whether f is seen to fall for ever, straight ahead from the end or the start of a run."""
    return any(_falls_along(objective, *way) for way in _ways(objective, trajectory, run))


def _falls_along(objective: Objective, x: Vector, way: Vector, length: float) -> bool:
    """Whether f falls for ever from x (d,) along a direction (d,), and never rises on the way."""
    far, f_at = np.concatenate([[0.0], length * 2.0 ** np.arange(DOUBLINGS)]), _along(objective, x, way)
    f = f_at(far)
    rising = np.flatnonzero(~(np.diff(f) <= 0))
    # −∞ − (−∞) is no number: f has fallen without bound before.
    if np.isneginf(f[: int(rising[0]) + 2 if rising.size else None]).any():
        return True
    if not rising.size:
        return _goes_on(-np.diff(f))
    first = int(rising[0]) + 1
    return _falls_between(f_at, float(far[max(first - 2, 0)]), float(far[first]))


def _along(objective: Objective, x: Vector, way: Vector) -> Callable[[Scalar], Scalar]:
    """f at distances (m,) from x (d,) along a direction (d,). Of a linear model that takes one column, not all."""
    functions: Any = objective.functions
    line = None if objective.model is None else functions.on_plane(x, np.stack([way, np.zeros_like(way)]))
    if line is None:
        return lambda far: objective.value(x + way * far[:, np.newaxis])
    return lambda far: np.asarray(line.value(np.stack([far, np.zeros_like(far)], axis=1)))


def _falls_between(f_at: Callable[[Scalar], Scalar], near: float, off: float) -> bool:
    """Whether f falls for ever towards some point between two distances."""
    first = near
    for _ in range(CLOSER):
        far = np.linspace(near, off, POINTS)
        f = f_at(far)
        k = int(np.argmin(np.where(np.isnan(f), np.inf, f)))
        near, off = float(far[max(k - 1, 0)]), float(far[min(k + 1, POINTS - 1)])
    ever_closer = off - (off - first) * 0.5 ** np.arange(HALVINGS)
    return _goes_on(-np.diff(f_at(np.asarray(ever_closer))))


def _goes_on(fall: Scalar) -> bool:
    """Whether f falls in the last steps, and by hardly less in each than in the one before.

    Where each is the same share of the one before, as beside a cusp, all of them together are finite.
    """
    late = fall[-SETTLING:]
    if not (late > 0).all():
        return False
    shares = late[1:] / late[:-1]
    return bool(shares.min() >= GOES_ON and (shares[-1] >= SAME or shares[-1] - shares[0] >= 1 - SAME))


def _ways(objective: Objective, trajectory: Trajectory, run: int) -> Iterator[tuple[Vector, Vector, float]]:
    """Where f may fall for ever: from the end of a run down the slope, downhill along each coordinate and where f
    curves down, and on as it went; from its start past its end.

    Each is a point (d,), a direction (d,), and a length to begin with.
    """
    x, slope = trajectory.x[run, : trajectory.last[run] + 1], trajectory.grad[run, trajectory.last[run]]
    end, lost = x[-1], trajectory.lost[run, : objective.dim]
    extent = float(np.linalg.norm(x - end, axis=1).max())
    if not extent and lost.any():
        extent = float(np.linalg.norm(lost - end))  # its first step was its last
    directions: tuple[Vector, ...] = ()  # of many variables, the slope alone: each costs as much as a run
    if has_hessians(objective.functions):
        if not (0 < extent < np.inf):
            extent = float(np.linalg.norm(newton_step(objective.functions, end[np.newaxis])))
        values, vectors = eigen(objective.functions, end[np.newaxis])
        directions = (*np.eye(objective.dim), *vectors[0].T[values[0] < 0])
    downhill = [-(way @ slope) * way for way in directions]
    late = end - x[3 * (len(x) - 1) // 4]
    first = float(np.linalg.norm(x[min(1, len(x) - 1)] - x[0]))
    ways = [(end, way, NEAREST * extent) for way in (-slope, *downhill, late)]
    for point, way, length in (*ways, (x[0], end - x[0], first)):
        size = float(np.linalg.norm(way))
        if size > 0 and np.isfinite(size) and 0 < length < np.inf:
            yield point, way / size, length
