"""solve(): the only stepping loop. All runs of an optimizer advance together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from gdanim.descent.trajectory import Outcome, Trajectory, judge
from gdanim.errors import DomainError
from gdanim.optimizers.oracle import Oracle
from gdanim.optimizers.random import METHOD, NOISE, Normals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

# Points between two looks at what was recorded: a look costs as much as a step of one run.
POINTS_PER_REVIEW = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for all runs of a descent.

    tolerance   a run stops where ‖∇f‖ is below it
    budget      a run stops before the step that would bring its evaluations above it
    noise       standard deviation of the normal noise that is added to each coordinate of the gradient that the
                optimizer is given; what is recorded, and what a line search asks for, is exact
    seed        of the noise, and of optimizers that are random themselves
    """

    tolerance: float | None = None
    budget: int | None = None
    noise: float = 0.0
    seed: int = 0


NO_TERMS = Terms()


def solve(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    lr: Scalar,
    iterations: int,
    terms: Terms = NO_TERMS,
    *,
    streams: Sequence[int] | None = None,
    name: str = "",
    label: Sequence[str] = (),
) -> Trajectory:
    """Descend from start (runs, d) with rates lr, (runs,) or (runs, iterations), for at most `iterations` steps.

    A run stops early where x, f or ∇f is no longer finite, and by the terms. `streams` (runs,) numbers the random
    numbers of each run; `name` is the optimizer's, `label` the runs'.
    Raises DomainError where f or its gradient is not finite at a start.
    """
    runs, dim = start.shape
    streams = range(runs) if streams is None else streams
    recording = _Recording(objective, runs, iterations, terms)
    oracle = Oracle(objective, runs, Normals(terms.seed, METHOD, streams, dim))
    noise = Normals(terms.seed, NOISE, streams, dim) if terms.noise else None
    lr = np.broadcast_to(lr if lr.ndim == 2 else lr[:, np.newaxis], (runs, iterations))
    evaluate, update, record = objective.raw_value_and_gradient, optimizer.update, recording.add
    with np.errstate(all="ignore"):
        x = start
        f, grad = evaluate(x)
        _check_start(objective, x, f, grad)
        record(0, x, f, grad)
        state = optimizer.init(x)
        for k, rate in enumerate(_columns(lr, dim), start=1):
            oracle.f, oracle.iteration = f, k - 1
            if noise is not None:
                grad = grad + terms.noise * noise.at(k - 1)
            step, state = update(grad, state, x, rate, oracle)
            x = x + step
            f, grad = evaluate(x)
            beside = oracle.arrive(x)
            if beside is not None:
                recording.charge(k, beside)
            record(k, x, f, grad)
            if recording.over:
                break
    return recording.trajectory(lr, name, label)


def _columns(lr: Scalar, dim: int) -> Iterator[Scalar]:
    """The rates of every step, (runs, 1) each, or (runs, d) where one serves them all: numpy broadcasts slowly."""
    if lr.strides[1] == 0 and lr.shape[1]:
        return repeat(np.repeat(lr[:, :1], dim, axis=1), lr.shape[1])
    return (lr[:, k : k + 1] for k in range(lr.shape[1]))


def _check_start(objective: Objective, x: Vector, f: Scalar, grad: Vector) -> None:
    good = np.isfinite(f) & np.isfinite(grad).all(axis=1)
    if not good.all():
        where = ", ".join(f"{value:g}" for value in x[np.argmin(good)])
        f_of = "f(x)" if objective.dim == 1 else "f(x, y)"
        raise DomainError(
            f"{f_of} = {objective.formula} has no finite value and slope at the start {where}. "
            "Give another one: --start"
        )


class _Recording:
    """The rows of all runs as the solver goes, which of the runs still go on, and in the end how each one ended.

    over    whether every run has stopped

    What was recorded is looked at a few iterations at a time, so that a run may go on a little after its end: what it
    recorded there is dropped.
    """

    def __init__(self, objective: Objective, runs: int, iterations: int, terms: Terms) -> None:
        self._objective, self._terms, self._iterations = objective, terms, iterations
        # One block per iteration: each step writes contiguous memory, whatever the number of runs, and one sum over
        # it tells whether everything is finite.
        self._rows = np.empty((iterations + 1, runs, 2 * objective.dim + 1))
        self._x, self._f, self._grad = _parts(self._rows)
        self._beside: NDArray[np.int32] | None = None
        self._spent = np.zeros(runs, dtype=np.int64)  # at the last row that was reviewed
        self._last = np.full(runs, iterations)
        self._lost = np.zeros((runs, 2 * objective.dim + 1))
        self._ended = [Outcome.STEP_LIMIT] * runs
        self._active = np.ones(runs, dtype=bool)
        # Where each point costs a call of somebody's code, no iteration is done in vain.
        self._stride = 1 if objective.point_by_point else max(POINTS_PER_REVIEW // runs, 1)
        self._reviewed, self._due = 0, 0
        self.over = False

    def add(self, k: int, x: Vector, f: Scalar, grad: Vector) -> None:
        """Write down where the runs are after k iterations."""
        self._x[k], self._f[k], self._grad[k] = x, f, grad
        if k >= self._due:
            self._review(self._reviewed, k + 1)
            self._reviewed, self._due = k + 1, min(k + self._stride, self._iterations)

    def charge(self, k: int, beside: NDArray[np.int64]) -> None:
        """Write down what the k-th iteration asked for (runs,) beside its gradient."""
        if self._beside is None:
            self._beside = np.zeros((self._iterations + 1, len(self._last)), dtype=np.int32)
        self._beside[k] = beside

    def trajectory(self, lr: Scalar, name: str, label: Sequence[str]) -> Trajectory:
        """Judge the runs, repeat each one's last finite point to the end, and seal the arrays."""
        runs, n = len(self._last), int(self._last.max())
        rows = self._rows[: n + 1]
        _repeat_ends(rows, self._last)
        x, f, grad = (part.swapaxes(0, 1) for part in _parts(rows))
        evaluations = self._evaluations(n)
        outcome, since = judge(self._objective, x, f, self._last, self._lost, self._endings(evaluations))
        for array in (self._rows, rows, x, f, grad, self._last, self._lost):
            array.flags.writeable = False
        return Trajectory(
            x=x,
            f=f,
            grad=grad,
            lr=lr[:, :n],
            evaluations=evaluations,
            last=self._last,
            outcome=outcome,
            since=since,
            lost=self._lost,
            optimizer=(name,) * runs,
            label=tuple(label) or ("",) * runs,
        )

    def _endings(self, evaluations: NDArray[np.int64]) -> list[Outcome]:
        """How each run ended: one that did its last iteration with its last evaluation has spent its budget."""
        if self._terms.budget is None:
            return self._ended
        spent = evaluations[:, -1] >= self._terms.budget
        return [
            Outcome.BUDGET if is_spent and ended is Outcome.STEP_LIMIT else ended
            for is_spent, ended in zip(spent.tolist(), self._ended, strict=True)
        ]

    def _evaluations(self, n: int) -> NDArray[np.int64]:
        """What every run had spent at each row: (runs, n+1)."""
        gradients = np.broadcast_to(np.arange(n + 1), (len(self._last), n + 1))
        if self._beside is None and (self._last == n).all():
            return gradients
        beside = 0 if self._beside is None else np.cumsum(self._beside[: n + 1], axis=0).T
        spent: NDArray[np.int64] = gradients + beside
        beyond = np.arange(n + 1) > self._last[:, np.newaxis]
        if beyond.any():
            spent = np.where(beyond, spent[np.arange(len(spent)), self._last][:, np.newaxis], spent)
        spent.flags.writeable = False
        return spent

    def _review(self, begin: int, end: int) -> None:
        """Stop the runs that ended in rows begin … end−1, each where it ended first."""
        running = np.flatnonzero(self._active)
        rows = self._rows[begin:end]
        if self._terms.tolerance is not None:
            met = np.linalg.norm(self._grad[begin:end, running], axis=2) < self._terms.tolerance
            self._stop(running, met, begin, Outcome.CONVERGED)
        if self._terms.budget is not None:
            spent = self._account(begin, end)[:, running]
            self._stop(running, np.greater(spent, self._terms.budget), begin - 1, Outcome.BUDGET)
        if not isfinite(rows.sum()):
            broken: NDArray[np.bool_] = np.logical_not(np.isfinite(rows[:, running]).all(axis=2))
            for run in self._stop(running, broken, begin - 1, Outcome.DIVERGED).tolist():
                self._lost[run] = self._rows[self._last[run] + 1, run]
        self.over = not self._active.any()

    def _stop(self, running: Index, at: NDArray[np.bool_], first: int, outcome: Outcome) -> Index:
        """End `running` (m,) where `at` (rows, m) is first true, its row 0 being `first`; returns who ended."""
        runs: Index = running[at.any(axis=0)]
        row = first + at.argmax(axis=0)[at.any(axis=0)]
        sooner = self._active[runs] | (row < self._last[runs])
        runs, row = runs[sooner], row[sooner]
        self._last[runs] = row
        self._active[runs] = False
        for run in runs.tolist():
            self._ended[run] = outcome
        return runs

    def _account(self, begin: int, end: int) -> NDArray[np.int64]:
        """What every run had spent at rows begin … end−1: (rows, runs)."""
        shape = end - begin, len(self._last)
        gradients: NDArray[np.int64] = np.broadcast_to(np.arange(begin, end)[:, np.newaxis], shape)
        if self._beside is None:
            return gradients
        beside: NDArray[np.int64] = self._spent + np.cumsum(self._beside[begin:end], axis=0)
        self._spent = beside[-1]
        spent: NDArray[np.int64] = gradients + beside
        return spent


def _repeat_ends(rows: Vector, last: Index) -> None:
    """Repeat row last (runs,) of every run down to the end of rows (n+1, runs, 2d+1)."""
    n = len(rows) - 1
    ended = np.flatnonzero(last < n)
    if len(ended) < n:
        for run in ended.tolist():
            rows[last[run] + 1 :, run] = rows[last[run], run]
    else:
        for k in range(int(last.min()) + 1, n + 1):
            over = last < k
            rows[k, over] = rows[k - 1, over]


def _parts(rows: Vector) -> tuple[Vector, Scalar, Vector]:
    """x, f and ∇f of rows (…, 2d + 1), as views."""
    dim = rows.shape[-1] // 2
    return rows[..., :dim], rows[..., dim], rows[..., dim + 1 :]
