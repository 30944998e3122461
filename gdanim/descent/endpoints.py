"""Flock: descents from very many starts, of which only the ends are kept.

Each goes as solve() lets it go. Those that have come to rest, or have ended, are left out of the work that remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from gdanim.descent.solver import NO_TERMS
from gdanim.descent.trajectory import Outcome
from gdanim.optimizers.oracle import Oracle
from gdanim.optimizers.random import METHOD, NOISE, Normals

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.descent.solver import Terms
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

Which = NDArray[np.bool_]  # (m,)

BLOCK: Final = 8192  # starts that descend together: what one iteration of theirs touches stays in the cache
LOOK: Final = 8  # iterations between two looks for those at rest: a look costs a fifth of an iteration
# Of the width of the bounds, and of the gradient at the start: a step, and a gradient, that are nothing. Who took such
# a step with such a gradient at two looks in a row stays there.
RESTING: Final = 1e-8
LEFT_OUT: Final = 1 / 4  # so many have to end before the rest is worth copying together


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How descents from n starts ended: as solve() has it to the last bit, but for those that rest (RESTING).

    x (n, d), f (n,)   the last finite point
    failed (n,)        whether the run diverged or left the domain, as trajectory.judge() says
    defined (n,)       whether f and ∇f are finite at the start
    """

    x: Vector
    f: Scalar
    failed: Which
    defined: Which

    def part(self, block: slice) -> Ends:
        """Some of them, to be written to."""
        return Ends(x=self.x[block], f=self.f[block], failed=self.failed[block], defined=self.defined[block])


def descend(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    rates: Scalar,
    terms: Terms = NO_TERMS,
    *,
    stream: int = 0,
) -> Ends:
    """Descend from start (n, d) with `rates` (iterations,), the same for all, and keep the ends.

    All meet the random numbers of one stream, as solve() numbers them.
    """
    n = len(start)
    ends = Ends(x=np.array(start), f=np.empty(n), failed=np.zeros(n, dtype=bool), defined=np.ones(n, dtype=bool))
    with np.errstate(all="ignore"):
        for first in range(0, n, BLOCK):
            _Flock(objective, optimizer, terms, stream, ends.part(slice(first, first + BLOCK))).descend(rates)
    return ends


class _Flock:
    """Runs that descend together, and the ends of those that no longer do.

    Arrays (m, d) are kept column by column: numpy multiplies them by a rate for each run in a fifth of the time.
    """

    def __init__(self, objective: Objective, optimizer: Optimizer, terms: Terms, stream: int, ends: Ends) -> None:
        self._objective, self._update, self._terms, self._stream = objective, optimizer.update, terms, stream
        self._noise = Normals(terms.seed, NOISE, (stream,), objective.dim)
        self._ends, self._runs = ends, np.arange(len(ends.f))
        self._x = np.array(ends.x, order="F")
        self._evaluate()
        self._state = optimizer.init(self._x)
        self._going = self._finite()
        ends.f[:], ends.defined[:] = self._f, self._going
        self._f_start, self._slope_start = self._f, np.abs(self._grad).max(axis=1)
        self._rests, self._spent = np.zeros(len(ends.f), dtype=bool), np.zeros(len(ends.f), dtype=np.int64)
        self._oracle = self._new_oracle()

    def descend(self, rates: Scalar) -> None:
        """Go on until every run has ended, or for as many iterations as there are rates."""
        self._end_where_tolerance_is_met()
        for k, rate in enumerate(rates.tolist()):
            self._leave_out()
            if not self._runs.size:
                return
            self._iterate(k, rate)
        self._end(self._going, self._x, self._f, Outcome.STEP_LIMIT)

    def _iterate(self, k: int, rate: float) -> None:
        """One iteration, as solve() has it: who is lost, or has spent too much, ends where they were before."""
        x, f, oracle, terms = self._x, self._f, self._oracle, self._terms
        oracle.f, oracle.iteration = f, k
        grad = self._grad + terms.noise * self._noise.at(k) if terms.noise else self._grad
        step, self._state = self._update(grad, self._state, x, np.full((len(f), 1), rate), oracle)
        self._x = x + step
        self._evaluate()
        beside = oracle.arrive(self._x)
        if terms.budget is not None:
            self._spent += 1 if beside is None else 1 + beside
            self._end(self._spent > terms.budget, x, f, Outcome.BUDGET)
        if not isfinite(self._x.sum() + self._f.sum() + self._grad.sum()):
            self._end(~self._finite(), x, f, Outcome.DIVERGED)
        self._end_where_tolerance_is_met()
        if (k + 1) % LOOK == 0:
            self._look(step)

    def _evaluate(self) -> None:
        self._f, grad = self._objective.raw_value_and_gradient(self._x)
        self._grad = np.asfortranarray(grad)

    def _finite(self) -> Which:
        finite: Which = np.isfinite(self._f)
        return finite & np.isfinite(self._x).all(axis=1) & np.isfinite(self._grad).all(axis=1)

    def _end_where_tolerance_is_met(self) -> None:
        if self._terms.tolerance is not None:
            met = np.linalg.norm(self._grad, axis=1) < self._terms.tolerance
            self._end(met, self._x, self._f, Outcome.CONVERGED)

    def _look(self, step: Vector) -> None:
        """End the runs that rested at the last look and rest now, after a step (m, d)."""
        still = np.all(np.abs(step) <= RESTING * np.ptp(self._objective.bounds, axis=1), axis=1)
        rests = still & (np.abs(self._grad).max(axis=1) <= RESTING * self._slope_start)
        self._end(rests & self._rests, self._x, self._f, Outcome.STEP_LIMIT)
        self._rests = rests

    def _end(self, which: Which, x: Vector, f: Scalar, outcome: Outcome) -> None:
        """Write down that those of `which` (m,) that still go end at x (m, d), with f (m,)."""
        which = which & self._going
        if not which.any():
            return
        runs, x, f = self._runs[which], x[which], f[which]
        left = ~self._objective.contains(x) & (f > self._f_start[which])
        self._ends.x[runs], self._ends.f[runs] = x, f
        self._ends.failed[runs] = outcome is Outcome.DIVERGED or (left if outcome is not Outcome.CONVERGED else False)
        self._going = self._going & ~which

    def _leave_out(self) -> None:
        """Go on without those that have ended, where they are many."""
        going, runs = self._going, len(self._runs)
        left = int(np.count_nonzero(going))
        # Parted, an oracle would forget which gradients it knows: where evaluations are counted, it is not.
        if left and (runs - left < LEFT_OUT * runs or self._terms.budget is not None):
            return
        self._x, self._grad, self._state = (_kept(part, going) for part in (self._x, self._grad, self._state))
        self._runs, self._f, self._f_start = self._runs[going], self._f[going], self._f_start[going]
        self._slope_start, self._rests, self._spent = self._slope_start[going], self._rests[going], self._spent[going]
        self._going = np.ones(left, dtype=bool)
        self._oracle = self._new_oracle()

    def _new_oracle(self) -> Oracle:
        runs = len(self._runs)
        normals = Normals(self._terms.seed, METHOD, (self._stream,) * runs, self._objective.dim)
        return Oracle(self._objective, runs, normals)


def _kept(state: Any, runs: Which) -> Any:
    """A state, or an array (…, m, d) in it, for some of its runs; numbers belong to all of them."""
    if isinstance(state, tuple):
        parts = [_kept(part, runs) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    if isinstance(state, np.ndarray) and state.ndim >= 2:
        return state.swapaxes(-1, -2)[..., runs].swapaxes(-1, -2)
    return state
