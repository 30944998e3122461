"""Trajectory: what every run did, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.formatting import coordinates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.objectives.objective import Objective

MAX_RECORDED = 20_000_000  # run-steps: half a gigabyte of float64 for x, f and gradient in one variable
AT_HAND = 1e6  # widths of the bounds around them: what has no value beyond is ∞ − ∞, and no edge of the domain


class Stop(Enum):
    """How a run ended, as a person reads it.

    A run has diverged where its last point lies outside the objective's bounds and f has grown, or where x, f or ∇f
    overflows (from an infinite slope, the next x is infinite). It has left the domain where f is NaN at an x not too
    far away to be computed with, or f is finite and ∇f is NaN: there is no value, or no slope to follow.
    """

    CONVERGED = "the gradient's norm fell below the tolerance"
    STEP_LIMIT = "all iterations were done"
    BUDGET = "the budget of evaluations allows no more"
    LEFT_DOMAIN = "left the domain"
    DIVERGED = "diverged"

    @property
    def failed(self) -> bool:
        """Whether `--strict` objects."""
        return self in (Stop.LEFT_DOMAIN, Stop.DIVERGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """What every run did. Arrays are read-only; row 0 is the start, row n the last that any run came to.

    x (runs, n+1, d), f (runs, n+1), grad (runs, n+1, d)    rows past `last` repeat the last finite point
    lr (runs, n)             the rate of every step; NaN where none is known
    evaluations (runs, n+1)  what it cost to come here: points at which f or ∇f was asked, and d for each Hessian;
                             −1 where that is not known
    last (runs,)             index of the last finite point
    stop (runs,)             how every run ended
    since (runs,)            the iteration at which that showed: from there on a diverged run was out of bounds
    lost (runs, 2d+1)        x, f and ∇f of the step that was not finite; zeros where there was none
    """

    x: Vector
    f: Scalar
    grad: Vector
    lr: Scalar
    evaluations: NDArray[np.int64]
    last: Index
    stop: tuple[Stop, ...]
    since: Index
    lost: Vector

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.x)

    @property
    def iterations(self) -> int:
        """The number of iterations of the longest run."""
        return len(self.x[0]) - 1

    @property
    def first_rate(self) -> Scalar:
        """The rate of the first step of each run: (runs,), NaN where none is known."""
        return self.lr[:, 0] if self.lr.shape[1] else np.full(self.runs, np.nan)

    def ending(self, run: int) -> str:
        """How a run ended, in words: `diverged at iteration 4`."""
        stop = self.stop[run]
        return f"{stop.value} at iteration {self.since[run]}" if stop.failed else stop.value


def joined(parts: Sequence[Trajectory]) -> Trajectory:
    """The runs of several trajectories, one after another; the shorter ones repeat their last rows."""
    if len(parts) == 1:
        return parts[0]
    names = [field.name for field in fields(Trajectory)]
    return Trajectory(**{name: _together([getattr(part, name) for part in parts]) for name in names})


def _together(arrays: Sequence[Any]) -> Any:
    if isinstance(arrays[0], tuple):
        return tuple(chain.from_iterable(arrays))
    if arrays[0].ndim > 1:
        rows = max(array.shape[1] for array in arrays)
        arrays = [_lengthened(array, rows) for array in arrays]
    together = np.concatenate(arrays)
    together.flags.writeable = False
    return together


def _lengthened(array: NDArray[Any], rows: int) -> NDArray[Any]:
    """An array (runs, m, …) with its last row repeated to (runs, rows, …). A rate without a row is not known."""
    missing = rows - array.shape[1]
    if not missing:
        return array
    last = array[:, -1:] if array.shape[1] else np.full((len(array), 1, *array.shape[2:]), np.nan)
    return np.concatenate([array, np.repeat(last, missing, axis=1)], axis=1)


def judge(objective: Objective, trajectory: Trajectory) -> Trajectory:
    """The same paths, with how they end on an objective, and the iterations at which that showed.

    What is said already stays where nothing shows that the run failed.
    """
    x, f, last, lost = trajectory.x, trajectory.f, trajectory.last, trajectory.lost
    dim, run = objective.dim, np.arange(len(last))
    lost_x, lost_f, lost_grad = lost[:, :dim], lost[:, dim], lost[:, dim + 1 :]
    stopped = ~np.isfinite(lost).all(axis=1)
    low, high = objective.bounds.T
    at_hand = (np.abs(lost_x - (low + high) / 2) <= AT_HAND * (high - low)).all(axis=1)
    undefined = at_hand & (np.isnan(lost_f) | (np.isfinite(lost_f) & np.isnan(lost_grad).any(axis=1)))
    left = ~objective.contains(x[run, last]) & (f[run, last] > f[:, 0])
    stops = [Stop.STEP_LIMIT if stop.failed else stop for stop in trajectory.stop]
    since = np.array(last)
    for r in np.flatnonzero(stopped | left).tolist():
        if undefined[r] and not left[r]:
            stops[r], since[r] = Stop.LEFT_DOMAIN, last[r] + 1
        elif stops[r] is not Stop.CONVERGED:
            inside = np.flatnonzero(objective.contains(x[r, : last[r] + 1]))
            stops[r], since[r] = Stop.DIVERGED, inside[-1] + 1 if inside.size else 0
    since.flags.writeable = False
    return replace(trajectory, stop=tuple(stops), since=since)


def no_value_at(objective: Objective, x: Vector) -> str:
    """What a DomainError says of a start (d,)."""
    f_of = "f(x)" if objective.dim == 1 else "f(x, y)"
    return f"{f_of} = {objective.formula} has no finite value and slope at the start {coordinates(x.tolist())}"


def is_finite(x: Vector, f: Scalar, grad: Vector) -> Flags:
    """Whether x (m, d), f (m,) and ∇f (m, d) are all finite: (m,)."""
    finite: Flags = np.isfinite(f)
    return finite & np.isfinite(x).all(axis=1) & np.isfinite(grad).all(axis=1)
