"""Endpoints: solve very many starts and keep only where they end.

The rules are those of solve(). Runs that have ended, or have come to rest, are dropped from the arrays.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.descent.stepping import UNCONDITIONAL, iterate
from gdanim.descent.trajectory import Stop, early_rows, is_finite, is_growth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.stepping import Conditions
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

BLOCK: Final = 8192  # starts that descend together: what one of their iterations touches stays in the cache
CHECK_EVERY: Final = 8  # iterations between two checks for runs at rest: a check costs a fifth of an iteration
# A run whose step and gradient were negligible at two consecutive checks counts as at rest: below this share of the
# width of the bounds, and of the gradient at the start.
NEGLIGIBLE: Final = 1e-8
DROPPED: Final = 1 / 4  # the share of runs that have to end before the arrays are copied without them


class Endpoints(NamedTuple):
    """Where descents from n starts ended: to the last bit as solve() has it, except for runs at rest (NEGLIGIBLE).

    x (n, d), f (n,)   the last finite point
    failed (n,)        whether the run diverged or left the domain, as trajectory.judge() says; one that a budget ends
                       sooner has not grown without end
    defined (n,)       whether f and ∇f are finite at the start
    """

    x: Vector
    f: Scalar
    failed: Flags
    defined: Flags


def find_endpoints(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    rates: Scalar,
    conditions: Conditions = UNCONDITIONAL,
    *,
    stream: int = 0,
) -> Endpoints:
    """Descend from start (n, d) with `rates` (iterations,), the same for all runs, and keep the ends.

    All runs get the random numbers of one stream, numbered as in solve().
    """
    n = len(start)
    ends = Endpoints(x=np.array(start), f=np.empty(n), failed=np.zeros(n, dtype=bool), defined=np.ones(n, dtype=bool))
    for first in range(0, n, BLOCK):
        block = slice(first, first + BLOCK)
        part = Endpoints(ends.x[block], ends.f[block], ends.failed[block], ends.defined[block])
        recorder = _EndRecorder(objective, conditions, part, int(early_rows(np.array(len(rates)))))
        # Column by column: numpy multiplies such arrays (m, d) by a rate for each run in a fifth of the time.
        x = np.array(start[block], order="F")
        iterate(objective, optimizer, x, recorder.rates(rates), recorder, conditions, (stream,) * len(x))
        recorder.end_rest()
    return ends


class _EndRecorder:
    """Notes where each run ends; has the runs that ended dropped, once they are many."""

    def __init__(self, objective: Objective, conditions: Conditions, ends: Endpoints, early: int) -> None:
        self._objective, self._conditions, self._ends = objective, conditions, ends
        self._early = early  # iterations before the last quarter
        self._runs = np.arange(len(ends.f))  # the runs that are in the arrays, (m,)
        self._resting, self._spent = np.zeros(len(ends.f), dtype=bool), np.zeros(len(ends.f), dtype=np.int64)
        self.over = False

    def rates(self, rates: Scalar) -> Iterator[Scalar]:
        """The rate of each iteration for the runs that are in the arrays then: (m, 1)."""
        for rate in rates.tolist():
            yield np.full((len(self._runs), 1), rate)

    def begin(self, x: Vector, f: Scalar, grad: Vector) -> Flags | None:
        """Note the starts. Where f or ∇f is not finite, the run ends at once."""
        self._going = is_finite(x, f, grad)
        self._ends.f[:], self._ends.defined[:] = f, self._going
        self._x, self._f, self._f_start, self._slope_start = x, f, f, np.abs(grad).max(axis=1)
        self._grad, self._f_early, self._f_highest = grad, f, f
        self._end_by_tolerance(grad)
        return self._drop_ended()

    def add(self, k: int, x: Vector, f: Scalar, grad: Vector, step: Vector, extra: Index | None) -> Flags | None:
        """End runs by the rules of solve(): lost runs, and those out of budget, where they were before this step."""
        x_before, f_before, self._x, self._f, self._grad = self._x, self._f, x, f, grad
        self._f_highest = np.maximum(self._f_highest, f)
        if k <= self._early:
            self._f_early = self._f_highest
        if self._conditions.budget is not None:
            self._spent += 1 if extra is None else 1 + extra
            self._end(self._spent > self._conditions.budget, x_before, f_before, Stop.BUDGET)
        if not isfinite(x.sum() + f.sum() + grad.sum()):
            self._end(~is_finite(x, f, grad), x_before, f_before, Stop.DIVERGED)
        self._end_by_tolerance(grad)
        if k % CHECK_EVERY == 0:
            self._end_at_rest(step, grad)
        return self._drop_ended()

    def end_rest(self) -> None:
        """End the runs that went on to the last iteration, and note whose f grows without end."""
        slopes = np.abs(self._grad).max(axis=1), self._slope_start
        growing = is_growth(self._f_start, self._f, self._f_early, self._f_highest, slopes)
        self._end(self._going & growing & (self._early > 0), self._x, self._f, Stop.DIVERGED)
        self._end(self._going, self._x, self._f, Stop.STEP_LIMIT)

    def _end_by_tolerance(self, grad: Vector) -> None:
        if self._conditions.tolerance is not None:
            met = np.linalg.norm(grad, axis=1) < self._conditions.tolerance
            self._end(met, self._x, self._f, Stop.CONVERGED)

    def _end_at_rest(self, step: Vector, grad: Vector) -> None:
        """End the runs whose step and gradient (m, d) are negligible, and were so at the last check."""
        still = np.all(np.abs(step) <= NEGLIGIBLE * np.ptp(self._objective.bounds, axis=1), axis=1)
        resting = still & (np.abs(grad).max(axis=1) <= NEGLIGIBLE * self._slope_start)
        self._end(resting & self._resting, self._x, self._f, Stop.STEP_LIMIT)
        self._resting = resting

    def _end(self, which: Flags, x: Vector, f: Scalar, stop: Stop) -> None:
        """Note that those of `which` (m,) that have not ended yet end at x (m, d), with f (m,)."""
        which = which & self._going
        if not which.any():
            return
        runs = self._runs[which]
        self._ends.x[runs], self._ends.f[runs] = x[which], f[which]
        self._ends.failed[runs] = stop is Stop.DIVERGED
        self._going = self._going & ~which

    def _drop_ended(self) -> Flags | None:
        """Which runs (m,) go on, where enough of the others have ended."""
        going = self._going
        left = int(np.count_nonzero(going))
        self.over = not left
        if self.over or len(going) - left < DROPPED * len(going):
            return None
        self._runs, self._x, self._f, self._going = self._runs[going], self._x[going], self._f[going], going[going]
        self._f_start, self._slope_start = self._f_start[going], self._slope_start[going]
        self._grad, self._f_early, self._f_highest = self._grad[going], self._f_early[going], self._f_highest[going]
        self._resting, self._spent = self._resting[going], self._spent[going]
        return going
