"""solve(): the only stepping loop. All runs advance together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gdanim.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.objectives.objective import Objective, Scalar, Vector
    from gdanim.optimizers.optimizer import Optimizer

Index = NDArray[np.int64]  # (runs,)


class Outcome(Enum):
    """How a run ended, as a person reads it.

    A run has left the domain where x is finite and f is NaN, or f is finite and ∇f is NaN: there is no value, or no
    slope to follow. It has diverged where x, f or ∇f overflows (from an infinite slope, the next x is infinite), or
    where its last point lies outside the objective's bounds and f has grown.
    """

    CONVERGED = "the gradient's norm fell below the tolerance"
    STEP_LIMIT = "all iterations were done"
    LEFT_DOMAIN = "left the domain"
    DIVERGED = "diverged"

    @property
    def failed(self) -> bool:
        """Whether `--strict` objects."""
        return self in (Outcome.LEFT_DOMAIN, Outcome.DIVERGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """What every run did. Arrays are read-only; row 0 is the start.

    x (runs, n+1, d), f (runs, n+1), grad (runs, n+1, d)    rows past `last` repeat the last finite point
    lr (runs, n)       the rate of every step
    last (runs,)       index of the last finite point
    outcome (runs,)    Outcome of every run
    since (runs,)      the iteration at which the outcome showed: a diverged run was outside the bounds from there on
    label (runs,)      what tells the runs apart, for people
    """

    x: Vector
    f: Scalar
    grad: Vector
    lr: Scalar
    last: Index
    outcome: tuple[Outcome, ...]
    since: Index
    label: tuple[str, ...]

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.x)

    @property
    def iterations(self) -> int:
        """The number of iterations that were asked for."""
        return len(self.x[0]) - 1

    def verdict(self, run: int) -> str:
        """How a run ended, in words: `diverged at iteration 4`."""
        outcome = self.outcome[run]
        return f"{outcome.value} at iteration {self.since[run]}" if outcome.failed else outcome.value


def solve(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    lr: Scalar,
    iterations: int,
    *,
    tolerance: float | None = None,
    label: Sequence[str] = (),
) -> Trajectory:
    """Descend from start (runs, d) with rates lr (runs,) for at most `iterations` steps.

    A run stops early where x, f or ∇f is no longer finite, or where ‖∇f‖ < tolerance.
    Raises DomainError where f or its gradient is not finite at a start.
    """
    recording = _Recording(objective, start.shape[0], iterations, tolerance)
    lr_column = lr[:, np.newaxis]
    with np.errstate(all="ignore"):
        x = start
        f, grad = objective.raw_value_and_gradient(x)
        _check_start(objective, x, f, grad)
        recording.add(0, x, f, grad)
        state = optimizer.init(x)
        for k in range(1, iterations + 1):
            if recording.over:
                break
            step, state = optimizer.update(grad, state, x, lr_column, objective)
            x = x + step
            f, grad = objective.raw_value_and_gradient(x)
            recording.add(k, x, f, grad)
    return recording.trajectory(lr, label)


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
    """

    def __init__(self, objective: Objective, runs: int, iterations: int, tolerance: float | None) -> None:
        self._objective, self._tolerance = objective, tolerance
        # One block per iteration: each step writes contiguous memory, whatever the number of runs, and one sum over
        # it tells whether everything is finite.
        self._rows = np.empty((iterations + 1, runs, 2 * objective.dim + 1))
        self._x, self._f, self._grad = _columns(self._rows)
        self._last = np.full(runs, iterations)
        self._active = np.ones(runs, dtype=bool)
        self._converged = np.zeros(runs, dtype=bool)
        self.over = False

    def add(self, k: int, x: Vector, f: Scalar, grad: Vector) -> None:
        """Write down where the runs are after k iterations, and stop those that end there."""
        self._x[k], self._f[k], self._grad[k] = x, f, grad
        rows = self._rows[k]
        if not isfinite(rows.sum()):
            self._stop(self._active & ~np.isfinite(rows).all(axis=1), k - 1)
        if self._tolerance is not None:
            met = self._active & (np.linalg.norm(grad, axis=1) < self._tolerance)
            self._converged |= met
            self._stop(met, k)

    def trajectory(self, lr: Scalar, label: Sequence[str]) -> Trajectory:
        """Judge the runs, repeat each one's last finite point to the end, and seal the arrays."""
        iterations, runs = len(self._rows) - 1, len(self._last)
        outcome, since = self._judged()
        for run in np.flatnonzero(self._last < iterations):
            self._rows[self._last[run] + 1 :, run] = self._rows[self._last[run], run]
        for array in (self._rows, self._last, since):
            array.flags.writeable = False
        x, f, grad = (part.swapaxes(0, 1) for part in _columns(self._rows))
        return Trajectory(
            x=x,
            f=f,
            grad=grad,
            lr=np.broadcast_to(lr[:, np.newaxis], (runs, iterations)),
            last=self._last,
            outcome=outcome,
            since=since,
            label=tuple(label) or ("",) * runs,
        )

    def _stop(self, runs: NDArray[np.bool_], last: int) -> None:
        self._last[runs] = last
        self._active &= ~runs
        self.over = not self._active.any()

    def _judged(self) -> tuple[tuple[Outcome, ...], Index]:
        """The outcome of every run, and the iteration at which it showed."""
        iterations, run = len(self._rows) - 1, np.arange(len(self._last))
        last, after = self._last, np.minimum(self._last + 1, iterations)
        stopped = ~self._converged & (last < iterations)
        x, f, grad = self._x[after, run], self._f[after, run], self._grad[after, run]
        undefined = stopped & np.isfinite(x).all(axis=1) & _is_undefined(f, grad)
        left = ~self._objective.contains(self._x[last, run]) & (self._f[last, run] > self._f[0])
        diverged = ~self._converged & ~undefined & (stopped | left)

        since = np.where(undefined, after, last)
        for r in np.flatnonzero(diverged):
            inside = np.flatnonzero(self._objective.contains(self._x[: last[r] + 1, r]))
            since[r] = min(int(inside[-1]) + 1 if inside.size else 0, iterations)
        kinds = np.select([self._converged, undefined, diverged], [0, 1, 2], default=3)
        outcomes = (Outcome.CONVERGED, Outcome.LEFT_DOMAIN, Outcome.DIVERGED, Outcome.STEP_LIMIT)
        return tuple(outcomes[kind] for kind in kinds), since


def _columns(rows: Vector) -> tuple[Vector, Scalar, Vector]:
    """x, f and ∇f of rows (…, 2d + 1), as views."""
    dim = rows.shape[-1] // 2
    return rows[..., :dim], rows[..., dim], rows[..., dim + 1 :]


def _is_undefined(f: Scalar, grad: Vector) -> NDArray[np.bool_]:
    """Whether f has no value at a point, or a value and no slope: (runs,). What is infinite has overflowed instead."""
    return np.isnan(f) | (np.isfinite(f) & np.isnan(grad).any(axis=-1))
