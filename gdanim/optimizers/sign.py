"""Sign methods: each coordinate moves by a length that does not depend on the size of its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.optimizers.momentum import Average
from gdanim.optimizers.optimizer import Optimizer, stateless

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle


class Steps(NamedTuple):
    """The length of the last step (runs, d) and its gradient (runs, d), 0 where the sign turned; after k iterations."""

    k: int
    length: Vector
    grad: Vector


def signsgd() -> Optimizer:
    """Sign descent: x ← x − η sign g. No state. As optax.sign_sgd. Source: Bernstein et al. 2018, arXiv 1802.04434."""

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        return -lr * np.sign(grad), state

    return Optimizer(init=stateless, update=update)


def lion(*, beta1: float, beta2: float, weight_decay: float) -> Optimizer:
    """Lion: x ← x − η(sign(β₁m + (1−β₁)g) + λx); m ← β₂m + (1−β₂)g. State m (runs, d).

    beta1          β₁, the share of the average in the step
    beta2          β₂, the share of the average that is kept
    weight_decay   λ, the pull towards 0

    As optax.lion, whose weight_decay is 0.001 where none is given. Source: Chen et al. 2023, arXiv 2302.06675.
    """

    def update(grad: Vector, state: Average, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Average]:
        d = np.sign(beta1 * state.m + (1 - beta1) * grad) + weight_decay * x
        m = beta2 * state.m + (1 - beta2) * grad
        return -lr * d, Average(m=m)

    return Optimizer(init=lambda x: Average(m=np.zeros_like(x)), update=update)


def rprop(*, etaminus: float, etaplus: float, step_min: float, step_max: float) -> Optimizer:
    """Rprop: x ← x − Δ sign g, where Δ grows by η⁺ where g keeps its sign and shrinks by η⁻ where it turns.

    Where it turns, the coordinate rests for one iteration, and its sign is forgotten. The first Δ is the rate; rates
    of later iterations have no effect. State k, length Δ (runs, d), grad (runs, d).

    etaminus, etaplus    η⁻, η⁺
    step_min, step_max   the bounds of Δ

    As torch.optim.Rprop, where the bounds are called step_sizes. Source: Riedmiller & Braun 1993.
    """

    def update(grad: Vector, state: Steps, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Steps]:
        agreement = grad * state.grad
        factor = np.where(agreement > 0, etaplus, np.where(agreement < 0, etaminus, 1.0))
        length = np.minimum(np.maximum((state.length if state.k else lr) * factor, step_min), step_max)
        used = np.where(agreement < 0, 0.0, grad)
        return -length * np.sign(used), Steps(k=state.k + 1, length=length, grad=used)

    return Optimizer(init=_no_steps, update=update)


def _no_steps(x: Vector) -> Steps:
    zero = np.zeros_like(x)
    return Steps(k=0, length=zero, grad=zero)
