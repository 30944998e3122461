"""Steepest descent with a line search: along −g, as far as the search says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.optimizers.linesearch import Lines, backtrack, strong_wolfe
from gdanim.optimizers.optimizer import Optimizer, stateless

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle


def armijo(*, slope: float, decrease: float) -> Optimizer:
    """Backtracking: t = η, η·decrease, … until f(x − tg) ≤ f(x) − slope·t‖g‖²; x ← x − tg. No state.

    f never rises. ∇f is asked with f: it is needed where the search ends, and the account counts points.
    0 < slope ≤ 0.5, 0 < decrease < 1. Source: Armijo 1966.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        lines = Lines.along(-grad, grad, x, oracle)
        return backtrack(lines, lr[:, 0], slope=slope, decrease=decrease), state

    return Optimizer(init=stateless, update=update)


def wolfe(*, c1: float, c2: float) -> Optimizer:
    """The strong Wolfe conditions along d = −g: x ← x + td, t = η tried first. No state.

    f(x + td) ≤ f(x) + c₁t∇f(x)ᵀd and |∇f(x + td)ᵀd| ≤ c₂|∇f(x)ᵀd|. 0 < c₁ < c₂ < 1.
    Source: Nocedal & Wright 2006, ch. 3.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        return strong_wolfe(Lines.along(-grad, grad, x, oracle), lr[:, 0], c1=c1, c2=c2), state

    return Optimizer(init=stateless, update=update)
