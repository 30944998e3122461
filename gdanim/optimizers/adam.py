"""The Adam family: an average of the gradients over the root of an average of their squares, both bias-corrected.

An average that starts at 0 is too small at first; divided by 1 − βᵏ after k iterations, it is right. The
hyperparameters beta1, beta2, eps and weight_decay are in every method what they are in adam, where nothing else is
said.
"""

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.optimizer import Optimizer, Oracle, decaying

# After k iterations: k; m, v (runs, d), moving averages of g and of g², not yet corrected.
Moments = tuple[int, Vector, Vector]
WithLargest = tuple[Moments, Vector]  # and the largest v so far (runs, d)
WithProduct = tuple[Moments, float]  # and μ₁μ₂…μₖ, the product of the weights of m so far


def adam(*, beta1: float, beta2: float, eps: float, weight_decay: float = 0.0) -> Optimizer:
    """Adam: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; x ← x − ηm̂/(√v̂ + ε). State k, m, v (runs, d).

    m̂ = m/(1−β₁ᵏ) and v̂ = v/(1−β₂ᵏ).

    beta1, beta2, eps: β₁, β₂, the shares of the averages that are kept; ε, which keeps the quotient finite.
    weight_decay: see decaying(). As torch.optim.Adam. Source: Kingma & Ba 2015, arXiv 1412.6980, algorithm 1.
    """

    def update(grad: Vector, state: Moments, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Moments]:
        moments, m_hat, v_hat = _averaged(state, grad, beta1, beta2)
        return -lr * (m_hat / (np.sqrt(v_hat) + eps)), moments

    return decaying(Optimizer(init=_no_moments, update=update), weight_decay)


def amsgrad(*, beta1: float, beta2: float, eps: float, weight_decay: float = 0.0) -> Optimizer:
    """AMSGrad: Adam with the largest v so far in the place of v. State k, m, v, largest v (runs, d).

    As torch.optim.Adam(amsgrad=True): the largest is taken of v, and corrected like v. The paper corrects nothing.
    Source: Reddi et al. 2018, arXiv 1904.09237, algorithm 2.
    """

    def update(grad: Vector, state: WithLargest, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, WithLargest]:
        moments, m_hat, _ = _averaged(state[0], grad, beta1, beta2)
        k, _, v = moments
        largest = np.maximum(state[1], v)
        v_hat = largest / (1 - beta2**k)
        return -lr * (m_hat / (np.sqrt(v_hat) + eps)), (moments, largest)

    return decaying(Optimizer(init=lambda x: (_no_moments(x), np.zeros_like(x)), update=update), weight_decay)


def adamw(*, beta1: float, beta2: float, eps: float, weight_decay: float) -> Optimizer:
    """AdamW: x ← x − η(m̂/(√v̂ + ε) + λx): Adam, with a decay of x that v does not scale. State k, m, v (runs, d).

    weight_decay: λ, the pull towards 0. As torch.optim.AdamW.
    Source: Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2.
    """

    def update(grad: Vector, state: Moments, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Moments]:
        moments, m_hat, v_hat = _averaged(state, grad, beta1, beta2)
        return -lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * x), moments

    return Optimizer(init=_no_moments, update=update)


def adamax(*, beta1: float, beta2: float, eps: float, weight_decay: float = 0.0) -> Optimizer:
    """AdaMax: m ← β₁m + (1−β₁)g; u ← max(β₂u, |g| + ε); x ← x − ηm̂/u. State k, m, u (runs, d).

    m̂ = m/(1−β₁ᵏ). beta1, beta2, eps: β₁, the share of the average that is kept; β₂, that of the largest |g|; ε, which
    keeps the quotient finite. As torch.optim.Adamax; the paper has no ε.
    Source: Kingma & Ba 2015, arXiv 1412.6980, algorithm 2.
    """

    def update(grad: Vector, state: Moments, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Moments]:
        k, m, u = state
        k, m, u = k + 1, beta1 * m + (1 - beta1) * grad, np.maximum(beta2 * u, np.abs(grad) + eps)
        m_hat = m / (1 - beta1**k)
        return -lr * (m_hat / u), (k, m, u)

    return decaying(Optimizer(init=_no_moments, update=update), weight_decay)


def nadam(*, beta1: float, beta2: float, eps: float, momentum_decay: float, weight_decay: float = 0.0) -> Optimizer:
    """NAdam: x ← x − η((1−μₖ)g/(1−μ₁…μₖ) + μₖ₊₁m/(1−μ₁…μₖ₊₁))/(√v̂ + ε). State k, m, v (runs, d), μ₁…μₖ.

    m and v̂ as in adam; μₖ = β₁(1 − 0.96^(kψ)/2): Nesterov's look-ahead with a momentum that warms up.
    momentum_decay: ψ, how fast μ rises to β₁. As torch.optim.NAdam. Source: Dozat 2016.
    """

    def mu(k: int) -> float:
        return float(beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay)))

    def update(grad: Vector, state: WithProduct, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, WithProduct]:
        moments, _, v_hat = _averaged(state[0], grad, beta1, beta2)
        k, m, _ = moments
        product = state[1] * mu(k)
        ahead = (1 - mu(k)) / (1 - product) * grad + mu(k + 1) / (1 - product * mu(k + 1)) * m
        return -lr * (ahead / (np.sqrt(v_hat) + eps)), (moments, product)

    return decaying(Optimizer(init=lambda x: (_no_moments(x), 1.0), update=update), weight_decay)


def radam(*, beta1: float, beta2: float, eps: float, threshold: float, weight_decay: float = 0.0) -> Optimizer:
    """RAdam: x ← x − ηr m̂√(1−β₂ᵏ)/(√v + ε) where ρₖ > threshold, else x ← x − ηm̂. State k, m, v (runs, d).

    ρₖ = ρ − 2kβ₂ᵏ/(1−β₂ᵏ) is the length of the average v, ρ = 2/(1−β₂) − 1 what it grows to, and
    r² = (ρₖ−4)(ρₖ−2)ρ/((ρ−4)(ρ−2)ρₖ) the variance of 1/√v at length ρ over that at length ρₖ. m̂ as in adam.
    threshold: the length up to which v is not used, 4 or more: up to 4, the variance is infinite.
    As torch.optim.RAdam, where the threshold is 5. Source: Liu et al. 2020, arXiv 1908.03265, algorithm 2.
    """
    length = 2 / (1 - beta2) - 1

    def update(grad: Vector, state: Moments, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Moments]:
        moments, m_hat, _ = _averaged(state, grad, beta1, beta2)
        k, _, v = moments
        correction = 1 - beta2**k
        length_k = length - 2 * k * beta2**k / correction
        if length_k <= threshold:
            return -lr * m_hat, moments
        r = ((length_k - 4) * (length_k - 2) * length / ((length - 4) * (length - 2) * length_k)) ** 0.5
        return -lr * (r * correction**0.5 * m_hat / (np.sqrt(v) + eps)), moments

    return decaying(Optimizer(init=_no_moments, update=update), weight_decay)


def adabelief(*, beta1: float, beta2: float, eps: float, eps_root: float) -> Optimizer:
    """AdaBelief: Adam with v ← β₂v + (1−β₂)(g−m)² + ε′, with the new m. State k, m, v (runs, d).

    eps_root: ε′, which v grows by at every iteration. As optax.adabelief.
    Source: Zhuang et al. 2020, arXiv 2010.07468, algorithm 2.
    """

    def update(grad: Vector, state: Moments, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Moments]:
        k, m, v = state
        k, m = k + 1, beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * (grad - m) ** 2 + eps_root
        m_hat = m / (1 - beta1**k)
        v_hat = v / (1 - beta2**k)
        return -lr * (m_hat / (np.sqrt(v_hat) + eps)), (k, m, v)

    return Optimizer(init=_no_moments, update=update)


def qhadam(*, beta1: float, beta2: float, eps: float, nu1: float, nu2: float) -> Optimizer:
    """Quasi-hyperbolic Adam: x ← x − η((1−ν₁)g + ν₁m̂)/(√((1−ν₂)g² + ν₂v̂) + ε). State k, m, v (runs, d).

    m̂ and v̂ as in adam. nu1, nu2: ν₁, ν₂, the shares of the averages; with 1 and 1 it is Adam.
    Neither torch nor optax has it; as the authors' package qhoptim. Source: Ma & Yarats 2019, arXiv 1810.06801, § 4.
    """

    def update(grad: Vector, state: Moments, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Moments]:
        moments, m_hat, v_hat = _averaged(state, grad, beta1, beta2)
        direction = (1 - nu1) * grad + nu1 * m_hat
        square = (1 - nu2) * grad**2 + nu2 * v_hat
        return -lr * (direction / (np.sqrt(square) + eps)), moments

    return Optimizer(init=_no_moments, update=update)


def _no_moments(x: Vector) -> Moments:
    return 0, np.zeros_like(x), np.zeros_like(x)


def _averaged(state: Moments, grad: Vector, beta1: float, beta2: float) -> tuple[Moments, Vector, Vector]:
    """The averages with one more gradient, and m̂ and v̂."""
    k, m, v = state
    k, m, v = k + 1, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return (k, m, v), m / (1 - beta1**k), v / (1 - beta2**k)
