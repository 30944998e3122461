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
# Share of what the highest f lies above the start by which the last quarter lifts it where f grows without end. Growth
# so slow that it is a straight line gives a quarter; a bounded swing repeats its height.
GROWTH = 0.1
# Beside the edge of a domain, f and ∇f are below this even at a pole; where ∞ − ∞ is not a number, one is above it.
ASTRONOMICAL = 1e100
HALVINGS = 60  # of a step, until its halves are as close as float64 tells points apart


class Stop(Enum):
    """How the solver stopped a run, as a person reads it. The picture's limits never decide.

    A run has diverged where x, f or ∇f overflows (from an infinite slope, the next x is infinite), or where f grows
    without end: it ends above its start, ∇f as well, and its last quarter goes on rising above all points before. It
    has left the domain where f is NaN at an x short of overflow, or f is finite and ∇f is NaN: there is no value, or
    no slope to follow.
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

    x (runs, n+1, d), f (runs, n+1), grad (runs, n+1, d)    rows past `last` repeat the last finite point; of recorded
                             runs, f and ∇f may not be known: they are NaN then, and x has the type of the file
    k (runs, n+2)            the iteration of each row, and of the step after the last: 0, 1, 2, …, or as recorded
    lr (runs, n)             the rate of every step; NaN where none is known
    evaluations (runs, n+1)  what it cost to come here: points at which f or ∇f was asked, and d for each Hessian;
                             −1 where that is not known
    last (runs,)             index of the last finite point
    stop (runs,)             how every run ended
    since (runs,)            the iteration at which that showed: from there on f of a diverged run was above its start
    lost (runs, 2d+1)        x, f and ∇f of the step that was not finite; zeros where there was none
    """

    x: Vector
    f: Scalar
    grad: Vector
    k: Index
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

    @property
    def has_slopes(self) -> Flags:
        """Of which runs ∇f is known: (runs,)."""
        known: Flags = np.logical_and.reduce(~np.isnan(self.grad[:, 0]), axis=1)
        return known

    @property
    def heights_known(self) -> bool:
        """Whether f is known at every point."""
        return bool(np.isfinite(self.f).all())

    @property
    def highest_rate(self) -> Scalar:
        """The highest rate of the steps of each run: (runs,), NaN where one is not known, and where there is none."""
        highest = np.where(self._taken(), self.lr, -np.inf).max(axis=1, initial=-np.inf)
        found: Scalar = np.where(np.isneginf(highest), np.nan, highest)
        return found

    @property
    def is_constant(self) -> Flags:
        """Whether all steps of each run had the same rate: (runs,)."""
        constant: Flags = np.all((self.lr == self.lr[:, :1]) | ~self._taken(), axis=1)
        return constant

    def _taken(self) -> Flags:
        """Which of the rates are those of steps that each run took, the one in which it was lost included."""
        steps = self.last + ~np.isfinite(self.lost).all(axis=1)
        taken: Flags = np.arange(self.lr.shape[1]) < steps[:, np.newaxis]
        return taken

    @property
    def span(self) -> int:
        """The number of iterations that pass from the first row of any run to the last one of any."""
        return int(self.k[np.arange(self.runs), self.last].max() - self.k[:, 0].min())

    def picked(self, runs: Sequence[int]) -> Trajectory:
        """Some of the runs."""
        return Trajectory(**{field.name: picked(getattr(self, field.name), runs) for field in fields(Trajectory)})

    def ending(self, run: int) -> str:
        """How a run ended, in words: `left the domain at iteration 4`."""
        stop = self.stop[run]
        if stop is Stop.DIVERGED:
            return f"{stop.value} from iteration {self.k[run, self.since[run]]} on"
        return f"{stop.value} at iteration {self.k[run, self.since[run]]}" if stop.failed else stop.value


def picked(values: Any, runs: Sequence[int]) -> Any:
    """What a tuple or an array (runs, …) holds of some runs."""
    return tuple(values[run] for run in runs) if isinstance(values, tuple) else values[np.array(runs, dtype=np.int64)]


def joined(parts: Sequence[Trajectory]) -> Trajectory:
    """The runs of several trajectories, one after another; the shorter ones repeat their last rows."""
    if len(parts) == 1:
        return parts[0]
    names = [field.name for field in fields(Trajectory) if field.name not in ("k", "grad")]
    runs, rows = sum(part.runs for part in parts), max(part.iterations for part in parts) + 1
    plain = all((part.k == np.arange(part.k.shape[1])).all() for part in parts)
    k = counted(runs, rows) if plain else _together([part.k for part in parts])
    if any(part.has_slopes.any() for part in parts):
        grad = _together([part.grad for part in parts])
    else:
        grad = unknown_slopes((runs, rows, parts[0].x.shape[2]))
    return Trajectory(k=k, grad=grad, **{name: _together([getattr(part, name) for part in parts]) for name in names})


def unknown_slopes(shape: tuple[int, int, int]) -> Vector:
    """Slopes that nobody knows: NaN, without a place in memory for each."""
    return np.broadcast_to(np.nan, shape)


def counted(runs: int, rows: int) -> Index:
    """The iterations of runs whose rows are counted from 0, see Trajectory.k: (runs, rows + 1)."""
    return np.broadcast_to(np.arange(rows + 1), (runs, rows + 1))


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
    f, last, lost = trajectory.f, trajectory.last, trajectory.lost
    stopped = ~np.isfinite(lost).all(axis=1)
    undefined = _leaves_domain(objective, trajectory)
    grown = grows_without_end(trajectory)
    stops = [Stop.STEP_LIMIT if stop.failed else stop for stop in trajectory.stop]
    since = np.array(last)
    for r in np.flatnonzero(stopped | grown).tolist():
        if undefined[r]:
            stops[r], since[r] = Stop.LEFT_DOMAIN, last[r] + 1
        elif stops[r] is not Stop.CONVERGED:
            stops[r] = Stop.DIVERGED
            below = np.flatnonzero(~(f[r, : last[r] + 1] > f[r, 0]))  # where f is not known, all
            since[r] = below[-1] + 1
    since.flags.writeable = False
    return replace(trajectory, stop=tuple(stops), since=since)


def grows_without_end(trajectory: Trajectory) -> Flags:
    """Whether f grows without end, as Stop has it: (runs,)."""
    last, run = trajectory.last, np.arange(trajectory.runs)
    early = np.minimum(early_rows(last), trajectory.iterations)
    slope = np.abs(trajectory.grad[run, last]).max(axis=1), np.abs(trajectory.grad[:, 0]).max(axis=1)
    found: Flags = (early > 0) & (trajectory.f[run, last] > trajectory.f[:, 0]) & (slope[0] > slope[1])
    # Few runs end above their start: only those are looked at row by row.
    run = np.flatnonzero(found)
    f, early = trajectory.f[run], early[run]
    highest = np.maximum.accumulate(f, axis=1)
    so_far, end = highest[np.arange(len(run)), early], f[np.arange(len(run)), last[run]]
    found[run] = is_growth(f[:, 0], end, so_far, highest[:, -1], (slope[0][run], slope[1][run]))
    return found


def early_rows(last: Index) -> Index:
    """The row up to which a run that ends at row `last` is not in its last quarter."""
    found: Index = 3 * last // 4
    return found


def is_growth(start: Scalar, end: Scalar, early: Scalar, highest: Scalar, slope: tuple[Scalar, Scalar]) -> Flags:
    """Whether f grows without end, all (runs,): from f at the start and the end, its highest until the last quarter
    and of all, and the largest component of ∇f at the end and the start.
    """
    with np.errstate(all="ignore"):
        rises: Flags = highest - early > GROWTH * (highest - start)
        return rises & (end > start) & (slope[0] > slope[1])


def _leaves_domain(objective: Objective, trajectory: Trajectory) -> Flags:
    """Whether the step at which each run was lost left the domain, and did not overflow: (runs,)."""
    dim = objective.dim
    lost_x, lost_f, lost_grad = np.split(trajectory.lost, [dim, dim + 1], axis=1)
    no_slope = np.isfinite(lost_f[:, 0]) & np.isnan(lost_grad).any(axis=1)
    undefined: Flags = np.isfinite(lost_x).all(axis=1) & (np.isnan(lost_f[:, 0]) | no_slope)
    at = np.flatnonzero(undefined)
    if at.size:
        undefined[at] = ~_is_overflow(objective, trajectory.x[at, trajectory.last[at]], lost_x[at])
    return undefined


def _is_overflow(objective: Objective, x: Vector, lost: Vector) -> Flags:
    """Whether f or ∇f is ASTRONOMICAL just before it is no number, on the way from x (m, d) to `lost` (m, d): (m,)."""
    with np.errstate(all="ignore"):
        for _ in range(HALVINGS):
            middle = x / 2 + lost / 2
            good = is_finite(middle, *objective.raw_value_and_gradient(middle))[:, np.newaxis]
            x, lost = np.where(good, middle, x), np.where(good, lost, middle)
        f, grad = objective.raw_value_and_gradient(x)
        overflows: Flags = np.maximum(np.abs(f), np.abs(grad).max(axis=1)) > ASTRONOMICAL
    return overflows


def no_value_at(objective: Objective, x: Vector) -> str:
    """What a DomainError says of a start (d,)."""
    nowhere = ", nor anywhere else that gdanim tried" * (
        objective.has_suggested_start and np.array_equal(x, objective.start)
    )
    at = coordinates(x.tolist())
    if objective.recorded:
        return f"a run begins with a row that is not finite: {at}"
    return f"{objective.equation} has no finite value and slope at the start {at}{nowhere}"


def is_finite(x: Vector, f: Scalar, grad: Vector) -> Flags:
    """Whether x (m, d), f (m,) and ∇f (m, d) are all finite: (m,)."""
    finite: Flags = np.isfinite(f)
    return finite & np.isfinite(x).all(axis=1) & np.isfinite(grad).all(axis=1)
