"""Adaptive rates: each coordinate has its own, from the size or the sign of its gradients."""

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.optimizer import Optimizer, Oracle, decaying

Averages = tuple[Vector, Vector, Vector]  # s, m, v (runs, d): moving averages of g² and of g, and the velocity
Summed = tuple[int, Vector]  # k, the iterations so far; s (runs, d), the sum of g²
Squares = tuple[Vector, Vector]  # s, u (runs, d): moving averages of g² and of d²
# After k iterations: k; the length of the last step (runs, d); its gradient (runs, d), 0 where the sign turned.
Steps = tuple[int, Vector, Vector]


def adagrad(
    *, eps: float, initial_accumulator_value: float, lr_decay: float = 0.0, weight_decay: float = 0.0
) -> Optimizer:
    """Adagrad: s ← s + g²; x ← x − η/(1 + kδ)·g/(√s + ε) at iteration k = 0, 1, …. State k, s (runs, d).

    eps, initial_accumulator_value: ε, which keeps the quotient finite; the first s.
    lr_decay, weight_decay: δ, how fast the rate falls; see decaying().
    As torch.optim.Adagrad. Source: Duchi et al. 2011, which has neither of the two.
    """

    def update(grad: Vector, state: Summed, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Summed]:
        k, s = state
        s = s + grad**2
        rate = lr / (1 + k * lr_decay) if lr_decay else lr
        return -rate * (grad / (np.sqrt(s) + eps)), (k + 1, s)

    return decaying(
        Optimizer(init=lambda x: (0, np.full_like(x, initial_accumulator_value)), update=update), weight_decay
    )


def rmsprop(*, alpha: float, eps: float, momentum: float, centered: bool, weight_decay: float = 0.0) -> Optimizer:
    """RMSprop: s ← αs + (1−α)g²; x ← x − ηg/(√s + ε). State s, m, v (runs, d).

    alpha      α, the share of the averages that is kept
    eps        ε, which keeps the quotient finite
    momentum   μ: the step is ηv instead, where v ← μv + g/(√s + ε)
    centered   √(s − m²) in place of √s, where m ← αm + (1−α)g: the standard deviation of g
    weight_decay   see decaying()

    As torch.optim.RMSprop, which however is NaN where rounding leaves s < m². Source: Hinton 2012, lecture 6e;
    centered: Graves 2013, arXiv 1308.0850.
    """

    def update(grad: Vector, state: Averages, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Averages]:
        s, m, v = state
        s = alpha * s + (1 - alpha) * grad**2
        m = alpha * m + (1 - alpha) * grad if centered else m
        spread = np.maximum(s - m**2, 0.0) if centered else s
        d = grad / (np.sqrt(spread) + eps)
        v = momentum * v + d if momentum else v
        return -lr * (v if momentum else d), (s, m, v)

    at_rest = Optimizer(init=lambda x: (np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)), update=update)
    return decaying(at_rest, weight_decay)


def adadelta(*, rho: float, eps: float, weight_decay: float = 0.0) -> Optimizer:
    """Adadelta: s ← ρs + (1−ρ)g²; d = g√(u+ε)/√(s+ε); u ← ρu + (1−ρ)d²; x ← x − ηd. State s, u (runs, d).

    rho, eps: ρ, the share of the averages that is kept; ε, which lets the first step differ from 0.
    weight_decay: see decaying(). As torch.optim.Adadelta. Source: Zeiler 2012, arXiv 1212.5701.
    """

    def update(grad: Vector, state: Squares, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Squares]:
        s, u = state
        s = rho * s + (1 - rho) * grad**2
        d = np.sqrt(u + eps) / np.sqrt(s + eps) * grad
        return -lr * d, (s, rho * u + (1 - rho) * d**2)

    return decaying(Optimizer(init=lambda x: (np.zeros_like(x), np.zeros_like(x)), update=update), weight_decay)


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
