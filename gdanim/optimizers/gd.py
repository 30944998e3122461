"""Gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective, Scalar, Vector


def gd() -> Optimizer:
    """Gradient descent: x ← x − ηg. No state. Source: Cauchy 1847."""
    return Optimizer(name="gd", init=_init, update=_update, source="Cauchy 1847")


def _init(x: Vector) -> tuple[()]:
    return ()


def _update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, objective: Objective) -> tuple[Vector, tuple[()]]:
    return -lr * grad, state
