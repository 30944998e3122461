"""Noise that fades: gradients that are shaken, ever less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.optimizers.optimizer import Optimizer, stateless

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle


def noisy(*, eta: float, gamma: float) -> Optimizer:
    """Gradient noise: x ← x − lr (g + N(0, σ²)), σ² = η/(1+t)^γ at iteration t = 0, 1, …. No state.

    eta     η, the variance at the first iteration
    gamma   γ, how fast it fades

    As optax.noisy_sgd, whose random numbers are others. Source: Neelakantan et al. 2015, arXiv 1511.06807, eq. 1.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        # A negative power: a large γ gives 0, where a positive one would overflow.
        sigma = (eta * (1.0 + oracle.iteration) ** -gamma) ** 0.5
        return -lr * (grad + sigma * oracle.normal), state

    return Optimizer(init=stateless, update=update)
