"""Paths: the runs of a trajectory in their own scale, laid out for looking at many of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.descent.outcomes.oscillation import TURNS
from gdanim.descent.trajectory import Stop

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.trajectory import Trajectory


class Paths:
    """Some of the runs, each coordinate contiguous in memory.

    x (runs, d, n+1), f (runs, n+1), last (runs,)   as in Trajectory
    end (runs, d)        where each run ended
    extent (runs,)       how far each has been from its end; lengths below are shares of it
    steps (runs, d, n)   in extents; of a run that never moved, zeros
    slope (runs,)        the largest component of ∇f that each run met
    grad (runs, d, n+1)  in such slopes
    lost (runs,)         whether the run diverged or left the domain
    turns_due (runs,)    so many turns in a row make an oscillation; fewer in a run that was cut short
    """

    def __init__(self, trajectory: Trajectory, part: slice) -> None:
        stops = trajectory.stop[part]
        met = np.array([one is Stop.CONVERGED for one in stops])
        self.lost: Flags = np.array([one.failed for one in stops])
        self.f, self.last = np.ascontiguousarray(trajectory.f[part]), trajectory.last[part]
        self.x = _by_coordinate(trajectory.x[part])
        self.end: Vector = self.x[np.arange(len(self.f)), :, self.last]
        self.extent: Scalar = self.distances(self.end).max(axis=1)
        self.steps = np.diff(self.x) / _or_1(self.extent)
        grad = _by_coordinate(trajectory.grad[part])
        self.slope: Scalar = np.abs(grad).max(axis=(1, 2))
        self.grad = grad / _or_1(self.slope)
        self.turns_due: Index = np.where(met, TURNS, np.clip(self.last - 1, 1, TURNS))

    def distances(self, point: Vector) -> Scalar:
        """How far each run is from a point (runs, d) at each iteration: (runs, n+1)."""
        away = np.abs(self.x - point[..., np.newaxis])
        if away.shape[1] > 2:
            return np.asarray(np.linalg.norm(away, axis=1))
        found: Scalar = away[:, 0] if away.shape[1] == 1 else np.hypot(away[:, 0], away[:, 1])
        return found

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


def _or_1(size: Scalar) -> Vector:
    """Sizes (runs,) to divide by, 1 in place of 0: (runs, 1, 1)."""
    return np.where(size > 0, size, 1.0)[:, np.newaxis, np.newaxis]
