"""Oracle: what an optimizer may ask beyond the gradient, and the account of what it asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Matrix, Scalar, Vector
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.random import Normals

    Runs = NDArray[np.intp]  # (m,) indices


class Oracle:
    """Answers questions about the function and counts them, for each run.

    A point at which f, ∇f or both are asked costs one evaluation, a Hessian d, as many as gradients that would
    tell it. f and ∇f where the run already is are known, and cost nothing more.

    f (runs,)   f where the runs are
    """

    def __init__(self, objective: Objective, runs: int, normals: Normals) -> None:
        self._objective, self._normals = objective, normals
        self.f: Scalar = np.empty(runs)
        self.iteration = 0
        self._asked: NDArray[np.int64] | None = None
        self._known = np.full((runs, objective.dim), np.nan)
        self._credit = np.zeros(runs, dtype=np.int64)

    @cached_property
    def minimum(self) -> float:
        """f at the lowest minimizer that is known; NaN where none is."""
        return self._objective.minimum

    @property
    def normal(self) -> Vector:
        """Standard normal numbers of this iteration, the same however often they are asked for: (runs, d)."""
        return self._normals.at(self.iteration)

    def value(self, x: Vector, runs: Runs) -> Scalar:
        """f at x (m, d), one point for each of `runs` (m,): (m,)."""
        self._charge(runs, 1)
        return self._objective.value(x)

    def value_and_gradient(self, x: Vector, runs: Runs) -> tuple[Scalar, Vector]:
        """f and ∇f at x (m, d), one point for each of `runs` (m,): (m,), (m, d)."""
        self._charge(runs, 1)
        self._known[runs] = x
        return self._objective.raw_value_and_gradient(x)

    def hessian(self, x: Vector, runs: Runs) -> Matrix:
        """The second derivatives at x (m, d), one point for each of `runs` (m,): (m, d, d)."""
        self._charge(runs, self._objective.dim)
        return self._objective.hessian(x)

    def arrive(self, x: Vector) -> NDArray[np.int64] | None:
        """Close the account of an iteration that ended at x (runs, d): the evaluations beside that of its gradient.

        Minus one for a gradient that was known already, because the last search of the run had ended at it. None where
        no run has ever asked for anything.
        """
        if self._asked is None:
            return None
        beside = self._asked - self._credit
        self._asked = np.zeros_like(self._asked)
        self._credit = np.all(x == self._known, axis=1).astype(np.int64)
        return beside

    def _charge(self, runs: Runs, cost: int) -> None:
        if self._asked is None:
            self._asked = np.zeros(len(self.f), dtype=np.int64)
        self._asked[runs] += cost
