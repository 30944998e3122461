"""Gradient descent: plain, by signs alone, with noise that fades, and with Polyak's rate."""

from math import isnan
from typing import Final

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.optimizer import Optimizer, Oracle, decaying, stateless

FLAT: Final = 2.0**-52  # ‖g‖² up to which a point counts as stationary: optax's guard against a division by 0


def gd(*, weight_decay: float = 0.0) -> Optimizer:
    """Gradient descent: x ← x − ηg. No state. weight_decay: see decaying(). Source: Cauchy 1847."""
    plain = Optimizer(
        init=stateless,
        update=lambda grad, state, x, lr, oracle: (-lr * grad, state),
        on_floats=lambda slope, lr: -lr * slope,
    )
    return decaying(plain, weight_decay)


def signsgd() -> Optimizer:
    """Sign descent: x ← x − η sign g. No state. As optax.sign_sgd. Source: Bernstein et al. 2018, arXiv 1802.04434."""
    return Optimizer(init=stateless, update=lambda grad, state, x, lr, oracle: (-lr * np.sign(grad), state))


def noisy(*, eta: float, gamma: float) -> Optimizer:
    """Gradient noise: x ← x − lr (g + N(0, σ²)), σ² = η/(1+t)^γ at iteration t = 0, 1, …. No state.

    eta, gamma: η, the variance at the first iteration; γ, how fast it fades.
    As optax.noisy_sgd, whose random numbers are others. Source: Neelakantan et al. 2015, arXiv 1511.06807, eq. 1.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        # A negative power: a large γ gives 0, where a positive one would overflow.
        sigma = (eta * (1.0 + oracle.iteration) ** -gamma) ** 0.5
        return -lr * (grad + sigma * oracle.normal), state

    return Optimizer(init=stateless, update=update)


def polyak(*, max_learning_rate: float, f_min: float | None) -> Optimizer:
    """Polyak's rate: x ← x − η min((f − f*)/‖g‖², largest) g; no step where ‖g‖² ≤ 2⁻⁵². No state.

    max_learning_rate: the largest; it is taken everywhere where f* is not known.
    f_min: f*; None is f at the lowest minimizer that is known.
    As optax.polyak_sgd, where f_min is 0 if not given, and where the scaling, here η, also enters the norm.
    Source: Polyak 1969; Loizou et al. 2021, arXiv 2002.10542.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        lowest = oracle.minimum if f_min is None else f_min
        if isnan(lowest):
            return -lr * (max_learning_rate * grad), state
        norm2 = np.vecdot(grad, grad)
        rate = np.where(norm2 <= FLAT, 0.0, np.minimum((oracle.f - lowest) / norm2, max_learning_rate))
        return -lr * rate[:, np.newaxis] * grad, state

    return Optimizer(init=stateless, update=update)
