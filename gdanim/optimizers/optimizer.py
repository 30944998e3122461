"""Optimizer: a pair of pure functions, init and update; and the Oracle, which update may ask beyond the gradient.

The loop that adds the steps is descent/stepping.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.objectives.objective import Objective
from gdanim.optimizers.random import NormalStreams

Runs = NDArray[np.intp]  # (m,) numbers of runs


class Oracle:
    """Answers questions about the function, and counts the evaluations of each run.

    One evaluation is f, ∇f or both at a point; a Hessian counts as d, as many as the gradients that would give it.
    f and ∇f where a run already is are known and cost nothing more.

    f (runs,)   f where the runs are
    iteration   the number of the iteration, from 0
    """

    def __init__(self, objective: Objective, runs: int, normals: NormalStreams) -> None:
        self._objective, self._normals = objective, normals
        self.f: Scalar = np.empty(runs)
        self.iteration = 0
        self._asked: NDArray[np.int64] | None = None  # evaluations in this iteration; None before the first question
        self._last_asked = np.full((runs, objective.dim), np.nan)  # where ∇f was last asked
        self._paid = np.zeros(runs, dtype=np.int64)  # 1 where the gradient of the iteration was asked before it began

    @cached_property
    def minimum(self) -> float:
        """f at the lowest minimizer that is known; NaN where none is."""
        return self._objective.minimum

    @property
    def normal(self) -> Vector:
        """Standard normal numbers of this iteration, the same however often they are asked for: (runs, d)."""
        return np.broadcast_to(self._normals.at(self.iteration), self._last_asked.shape)

    def value(self, x: Vector, runs: Runs) -> Scalar:
        """f at x (m, d), one point for each of `runs` (m,): (m,)."""
        self._count(runs, 1)
        return self._objective.value(x)

    def value_and_gradient(self, x: Vector, runs: Runs) -> tuple[Scalar, Vector]:
        """f and ∇f at x (m, d), one point for each of `runs` (m,): (m,), (m, d)."""
        self._count(runs, 1)
        self._last_asked[runs] = x
        return self._objective.raw_value_and_gradient(x)

    def hessian(self, x: Vector, runs: Runs) -> Matrix:
        """The second derivatives at x (m, d), one point for each of `runs` (m,): (m, d, d)."""
        self._count(runs, self._objective.dim)
        return self._objective.hessian(x)

    def take_extra_evaluations(self, x: Vector) -> NDArray[np.int64] | None:
        """How many evaluations the iteration that ended at x (runs, d) cost beside its gradient; then count from 0.

        One less where the search before had ended at the iteration's first point: its gradient was known already.
        None where no run has ever asked for anything.
        """
        if self._asked is None:
            return None
        extra = self._asked - self._paid
        self._asked = np.zeros_like(self._asked)
        self._paid = np.all(x == self._last_asked, axis=1).astype(np.int64)
        return extra

    def keep(self, runs: NDArray[np.bool_]) -> None:
        """Go on with only some of the runs."""
        self._normals.keep(runs)
        self._last_asked, self._paid = self._last_asked[runs], self._paid[runs]
        if self._asked is not None:
            self._asked = self._asked[runs]

    def _count(self, runs: Runs, evaluations: int) -> None:
        if self._asked is None:
            self._asked = np.zeros(len(self._paid), dtype=np.int64)
        self._asked[runs] += evaluations


Init = Callable[[Vector], Any]
FloatUpdate = Callable[[float, float], float]
Update = Callable[[Vector, Any, Vector, Scalar, Oracle], tuple[Vector, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """A rule that turns gradients into steps, for all runs at once.

    init     x (runs, d) → state
    update   gradient (runs, d), state, x (runs, d), lr (runs, 1) or (runs, d), oracle → step (runs, d), state

    Neither changes its arguments, and the same arguments give the same result. State is an array shaped like x, or a
    tuple, list or dict of such arrays and of numbers; () where there is none. No run depends on another. Where x or its
    gradient is NaN, so is the step; update is called inside np.errstate(all="ignore").

    on_floats  a coordinate of the gradient, lr → of the step: the update of one run, the same to the last bit, of a
               rule that takes each coordinate for itself and asks for nothing else
    """

    init: Init
    update: Update
    on_floats: FloatUpdate | None = None


def decaying(rule: Optimizer, weight_decay: float) -> Optimizer:
    """The same rule with g + λx in the place of g: it descends on f + λ‖x‖²/2, and is pulled towards 0.

    weight_decay: λ; with 0, the rule itself. As weight_decay of torch.optim, but for that of AdamW, whose decay is no
    part of the gradient. Source: Krogh & Hertz 1991.
    """
    if weight_decay == 0:
        return rule

    def update(grad: Vector, state: Any, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Any]:
        return rule.update(grad + weight_decay * x, state, x, lr, oracle)

    return Optimizer(init=rule.init, update=update)


def stateless(x: Vector) -> tuple[()]:
    """The state of a rule that remembers nothing."""
    return ()
