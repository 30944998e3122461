"""Sign methods: each coordinate moves by a length that does not depend on the size of its gradient."""

from __future__ import annotations

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.optimizer import Optimizer, stateless
from gdanim.optimizers.oracle import Oracle

# After k iterations: k; the length of the last step (runs, d); its gradient (runs, d), 0 where the sign turned.
Steps = tuple[int, Vector, Vector]


def signsgd() -> Optimizer:
    """Sign descent: x ← x − η sign g. No state. As optax.sign_sgd. Source: Bernstein et al. 2018, arXiv 1802.04434."""
    return Optimizer(init=stateless, update=lambda grad, state, x, lr, oracle: (-lr * np.sign(grad), state))


def lion(*, beta1: float, beta2: float, weight_decay: float) -> Optimizer:
    """Lion: x ← x − η(sign(β₁m + (1−β₁)g) + λx); m ← β₂m + (1−β₂)g. State m (runs, d).

    beta1, beta2, weight_decay: β₁, the share of the average in the step; β₂, that which is kept; λ, the pull towards 0.
    As optax.lion, whose weight_decay is 0.001 where none is given. Source: Chen et al. 2023, arXiv 2302.06675.
    """

    def update(grad: Vector, m: Vector, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Vector]:
        d = np.sign(beta1 * m + (1 - beta1) * grad) + weight_decay * x
        return -lr * d, beta2 * m + (1 - beta2) * grad

    return Optimizer(init=np.zeros_like, update=update)


def rprop(*, etaminus: float, etaplus: float, step_min: float, step_max: float) -> Optimizer:
    """Rprop: x ← x − Δ sign g, where Δ grows by η⁺ where g keeps its sign and shrinks by η⁻ where it turns.

    Where it turns, the coordinate rests for one iteration, and its sign is forgotten. The first Δ is the rate; rates
    of later iterations have no effect. State k, length Δ (runs, d), grad (runs, d).
    etaminus, etaplus, step_min, step_max: η⁻, η⁺, the bounds of Δ.
    As torch.optim.Rprop, where the bounds are called step_sizes. Source: Riedmiller & Braun 1993.
    """

    def update(grad: Vector, state: Steps, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Steps]:
        k, length, last = state
        agreement = grad * last
        factor = np.where(agreement > 0, etaplus, np.where(agreement < 0, etaminus, 1.0))
        length = np.minimum(np.maximum((length if k else lr) * factor, step_min), step_max)
        used = np.where(agreement < 0, 0.0, grad)
        return -length * np.sign(used), (k + 1, length, used)

    return Optimizer(init=lambda x: (0, np.zeros_like(x), np.zeros_like(x)), update=update)
