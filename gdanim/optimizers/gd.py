"""Gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.optimizers.optimizer import Optimizer, stateless

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle


def gd() -> Optimizer:
    """Gradient descent: x ← x − ηg. No state. Source: Cauchy 1847."""
    return Optimizer(init=stateless, update=_update)


def _update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
    return -lr * grad, state
