"""Momentum: methods that follow an average of the gradients."""

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.optimizer import Optimizer, Oracle, decaying

Counted = tuple[int, Vector]  # k, the iterations so far; v (runs, d), the velocity


def momentum(*, momentum: float, dampening: float, weight_decay: float = 0.0) -> Optimizer:
    """Heavy ball: v ← μv + (1−τ)g, but v ← g the first time; x ← x − ηv. State k, v (runs, d).

    momentum, dampening: μ, the share of the velocity that is kept; τ, the share of the gradient that is left out.
    weight_decay: see decaying().
    As torch.optim.SGD, which however leaves dampening unread where the momentum is 0. Source: Polyak 1964.
    """

    def update(grad: Vector, state: Counted, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Counted]:
        k, v = state
        share = 1 - dampening if k else 1.0
        v = momentum * v + share * grad
        return -lr * v, (k + 1, v)

    return decaying(Optimizer(init=lambda x: (0, np.zeros_like(x)), update=update), weight_decay)


def nesterov(*, momentum: float, weight_decay: float = 0.0) -> Optimizer:
    """Accelerated gradient: v ← μv + g; x ← x − η(g + μv). State v (runs, d).

    momentum: μ, the share of the velocity that is kept. weight_decay: see decaying().
    As torch.optim.SGD(nesterov=True): x is the look-ahead point itself, so that g is the gradient at x.
    Source: Nesterov 1983; in this form Sutskever et al. 2013.
    """

    def update(grad: Vector, v: Vector, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Vector]:
        v = momentum * v + grad
        return -lr * (grad + momentum * v), v

    return decaying(Optimizer(init=np.zeros_like, update=update), weight_decay)


def qhm(*, beta: float, nu: float) -> Optimizer:
    """Quasi-hyperbolic momentum: m ← βm + (1−β)g; x ← x − η((1−ν)g + νm). State m (runs, d).

    beta: the share of the average that is kept.
    nu: the share of the average in the step: 0 is gradient descent, 1 momentum with dampening β from v = 0.
    Neither torch nor optax has it. Source: Ma & Yarats 2019, arXiv 1810.06801, eqs. 3 and 4.
    """

    def update(grad: Vector, m: Vector, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Vector]:
        m = beta * m + (1 - beta) * grad
        return -lr * ((1 - nu) * grad + nu * m), m

    return Optimizer(init=np.zeros_like, update=update)


def lion(*, beta1: float, beta2: float, weight_decay: float) -> Optimizer:
    """Lion: x ← x − η(sign(β₁m + (1−β₁)g) + λx); m ← β₂m + (1−β₂)g. State m (runs, d).

    beta1, beta2, weight_decay: β₁, the share of the average in the step; β₂, that which is kept; λ, the pull towards 0.
    As optax.lion, whose weight_decay is 0.001 where none is given. Source: Chen et al. 2023, arXiv 2302.06675.
    """

    def update(grad: Vector, m: Vector, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Vector]:
        d = np.sign(beta1 * m + (1 - beta1) * grad) + weight_decay * x
        return -lr * d, beta2 * m + (1 - beta2) * grad

    return Optimizer(init=np.zeros_like, update=update)
