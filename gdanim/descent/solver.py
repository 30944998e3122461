"""solve(): descend from some starts, and record every step."""

from __future__ import annotations

from itertools import repeat
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from gdanim.descent.stepping import UNCONDITIONAL, iterate, iterate_on_floats, on_floats
from gdanim.descent.trajectory import Stop, Trajectory, counted, is_finite, judge, no_value_at
from gdanim.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.stepping import Conditions
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

# Points between two reviews of what was recorded: a review costs as much as a step of one run.
POINTS_PER_REVIEW = 256


def solve(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    lr: Scalar,
    iterations: int,
    conditions: Conditions = UNCONDITIONAL,
    *,
    streams: Sequence[int] | None = None,
) -> Trajectory:
    """Descend from start (runs, d) with rates lr, (runs,) or (runs, iterations), for at most `iterations` steps.

    A run stops early where x, f or ∇f is no longer finite, and by the conditions. `streams` (runs,) numbers the random
    numbers of each run.
    Raises DomainError where f or its gradient is not finite at a start.
    """
    runs, dim = start.shape
    # Column by column: numpy adds and multiplies such arrays faster, and formulas read them so.
    start = np.asfortranarray(start)
    lr = np.broadcast_to(lr if lr.ndim == 2 else lr[:, np.newaxis], (runs, iterations))
    recorder = _PathRecorder(objective, runs, iterations, conditions)
    if runs == 1 and (single := on_floats(objective, optimizer, conditions)) is not None:
        iterate_on_floats(objective, single, start, lr[0], recorder)
    else:
        streams = range(runs) if streams is None else streams
        iterate(objective, optimizer, start, _columns(lr, dim), recorder, conditions, streams)
    return recorder.trajectory(lr)


def _columns(lr: Scalar, dim: int) -> Iterator[Scalar]:
    """The rates of every step, (runs, 1) each, or (runs, d) where one serves them all: numpy broadcasts slowly."""
    if lr.strides[1] == 0 and lr.shape[1]:
        return repeat(np.asfortranarray(np.repeat(lr[:, :1], dim, axis=1)), lr.shape[1])
    return (lr[:, k : k + 1] for k in range(lr.shape[1]))


class _PathRecorder:
    """Records every row of every run, and in the end tells how each run ended.

    Rows are reviewed a few iterations at a time. A run may therefore go on a little after its end; what it recorded
    there is dropped.
    """

    def __init__(self, objective: Objective, runs: int, iterations: int, conditions: Conditions) -> None:
        self._objective, self._conditions, self._iterations = objective, conditions, iterations
        # One block per iteration: each step writes contiguous memory, whatever the number of runs, and one sum over
        # it tells whether everything is finite.
        self._rows = np.empty((iterations + 1, 2 * objective.dim + 1, runs))
        self._x, self._f, self._grad = _parts(self._rows)
        self._extra: Index | None = None  # evaluations beside those of the gradients, up to each row (n+1, runs)
        self._last = np.full(runs, iterations)
        self._lost = np.zeros((runs, 2 * objective.dim + 1))  # the first row that is not finite
        self._stops = [Stop.STEP_LIMIT] * runs
        self._active = np.ones(runs, dtype=bool)
        # Where each point costs a call of somebody's code, no iteration is wasted.
        self._review_every = 1 if objective.point_by_point else max(POINTS_PER_REVIEW // runs, 1)
        self._reviewed, self._due = 0, 0
        self._pending: list[tuple[Vector, Scalar, Vector]] = []  # x, f, ∇f of the rows from _reviewed on
        self.over = False

    def begin(self, x: Vector, f: Scalar, grad: Vector) -> None:
        """Note where the runs start. Raises DomainError where f or its gradient is not finite there."""
        good = is_finite(x, f, grad)
        if not good.all():
            raise DomainError(f"{no_value_at(self._objective, x[np.argmin(good)])}. Give another one: --start")
        self.add(0, x, f, grad, np.zeros_like(x), None)

    def add(self, k: int, x: Vector, f: Scalar, grad: Vector, step: Vector, extra: Index | None) -> None:
        """Note where the runs are after k iterations, and what the k-th cost beside its gradient (runs,)."""
        if extra is not None:
            if self._extra is None:
                self._extra = np.zeros((self._iterations + 1, len(self._last)), dtype=np.int64)
            self._extra[k] = self._extra[k - 1] + extra
        self._pending.append((x, f, grad))
        if k >= self._due:
            self._write(self._reviewed, k + 1)
            self._review(self._reviewed, k + 1)
            self._reviewed, self._due = k + 1, min(k + self._review_every, self._iterations)

    def add_block(self, x: Vector, f: Scalar, grad: Vector) -> None:
        """Note where the only run is after each of the next m iterations: (m, d), (m,), (m, d)."""
        begin, end = self._reviewed, self._reviewed + len(f)
        self._x[begin:end, 0], self._f[begin:end, 0], self._grad[begin:end, 0] = x, f, grad
        self._review(begin, end)
        self._reviewed = end

    def trajectory(self, lr: Scalar) -> Trajectory:
        """Judge the runs, repeat each one's last finite point to the end, and make the arrays read-only."""
        n = int(self._last.max())
        rows = self._rows[: n + 1]
        _repeat_ends(rows, self._last)
        x, f, grad = (part.swapaxes(0, 1) for part in _parts(rows))
        for array in (self._rows, rows, x, f, grad, self._last, self._lost):
            array.flags.writeable = False
        spent, last, lost = self._evaluations(n), self._last, self._lost
        ended = self._endings(spent)
        path = Trajectory(
            x=x,
            f=f,
            grad=grad,
            k=counted(len(last), n + 1),
            lr=lr[:, :n],
            evaluations=spent,
            last=last,
            stop=ended,
            since=last,
            lost=lost,
        )
        return judge(self._objective, path)

    def _endings(self, evaluations: Index) -> tuple[Stop, ...]:
        """How each run ended. One whose last iteration took the last evaluation of its budget ended by the budget."""
        if self._conditions.budget is not None:
            for run in np.flatnonzero(evaluations[:, -1] >= self._conditions.budget).tolist():
                if self._stops[run] is Stop.STEP_LIMIT:
                    self._stops[run] = Stop.BUDGET
        return tuple(self._stops)

    def _evaluations(self, n: int) -> Index:
        """What every run had spent at each row: (runs, n+1)."""
        spent, last = self._spent_at(0, n + 1).T, self._last[:, np.newaxis]
        if (last < n).any():
            spent = np.where(np.arange(n + 1) > last, np.take_along_axis(spent, last, axis=1), spent)
        spent.flags.writeable = False
        return spent

    def _write(self, begin: int, end: int) -> None:
        """Write the pending rows, begin … end−1. All at once: numpy takes half a microsecond to write a short row."""
        if end - begin == 1:
            self._x[begin], self._f[begin], self._grad[begin] = self._pending[0]
        else:
            for rows, parts in zip((self._x, self._f, self._grad), zip(*self._pending, strict=True), strict=True):
                rows[begin:end] = np.concatenate(parts).reshape(rows[begin:end].shape)
        self._pending.clear()

    def _review(self, begin: int, end: int) -> None:
        """Stop the runs that ended in rows begin … end−1, each where it ended first."""
        running = np.flatnonzero(self._active)
        rows = self._rows[begin:end]
        if self._conditions.tolerance is not None:
            met = np.linalg.norm(self._grad[begin:end, running], axis=2) < self._conditions.tolerance
            self._stop(running, met, begin, Stop.CONVERGED)
        if self._conditions.budget is not None:
            spent = self._spent_at(begin, end, begun=True)[:, running]
            self._stop(running, np.greater(spent, self._conditions.budget), begin - 1, Stop.BUDGET)
        if not isfinite(rows.sum()):
            broken: Flags = np.logical_not(np.isfinite(rows[:, :, running]).all(axis=1))
            for run in self._stop(running, broken, begin - 1, Stop.DIVERGED).tolist():
                self._lost[run] = self._rows[self._last[run] + 1, :, run]
        self.over = not self._active.any()

    def _stop(self, running: Index, at: Flags, first: int, why: Stop) -> Index:
        """End each of `running` (m,) where `at` (rows, m), from row `first` on, is first true. Returns those."""
        runs: Index = running[at.any(axis=0)]
        row = first + at.argmax(axis=0)[at.any(axis=0)]
        sooner = self._active[runs] | (row < self._last[runs])
        runs, row = runs[sooner], row[sooner]
        self._last[runs] = row
        self._active[runs] = False
        for run in runs.tolist():
            self._stops[run] = why
        return runs

    def _spent_at(self, begin: int, end: int, *, begun: bool = False) -> Index:
        """What every run that goes on had spent at rows begin … end−1: (rows, runs); evaluations that have begun, too,
        of which each mini-batch is a part.
        """
        spent = self._conditions.gradients(np.arange(begin, end), begun=begun)
        gradients = np.broadcast_to(spent[:, np.newaxis], (end - begin, len(self._last)))
        return gradients if self._extra is None else gradients + self._extra[begin:end]


def _repeat_ends(rows: Vector, last: Index) -> None:
    """Repeat row last (runs,) of every run down to the end of rows (n+1, 2d+1, runs)."""
    n = len(rows) - 1
    ended = np.flatnonzero(last < n)
    if len(ended) < n:
        for run in ended.tolist():
            rows[last[run] + 1 :, :, run] = rows[last[run], :, run]
    else:
        for k in range(int(last.min()) + 1, n + 1):
            over = last < k
            rows[k][:, over] = rows[k - 1][:, over]


def _parts(rows: Vector) -> tuple[Vector, Scalar, Vector]:
    """x, f and ∇f of rows (n+1, 2d+1, runs), as views (n+1, runs, …)."""
    dim = rows.shape[1] // 2
    return rows[:, :dim].swapaxes(1, 2), rows[:, dim], rows[:, dim + 1 :].swapaxes(1, 2)
