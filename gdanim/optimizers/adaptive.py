"""Adaptive rates: methods that divide each coordinate by the size of its gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle


class Sum(NamedTuple):
    """s (runs, d): the sum of the squared gradients."""

    s: Vector


class Averages(NamedTuple):
    """s, m, v (runs, d): moving averages of g² and of g, and the velocity."""

    s: Vector
    m: Vector
    v: Vector


class Squares(NamedTuple):
    """s, u (runs, d): moving averages of g² and of d²."""

    s: Vector
    u: Vector


def adagrad(*, eps: float, initial_accumulator_value: float) -> Optimizer:
    """Adagrad: s ← s + g²; x ← x − ηg/(√s + ε). State s (runs, d).

    eps                         ε, which keeps the quotient finite
    initial_accumulator_value   the first s

    As torch.optim.Adagrad with its lr_decay of 0. Source: Duchi et al. 2011.
    """

    def init(x: Vector) -> Sum:
        return Sum(s=np.full_like(x, initial_accumulator_value))

    def update(grad: Vector, state: Sum, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Sum]:
        s = state.s + grad**2
        return -lr * (grad / (np.sqrt(s) + eps)), Sum(s=s)

    return Optimizer(init=init, update=update)


def rmsprop(*, alpha: float, eps: float, momentum: float, centered: bool) -> Optimizer:
    """RMSprop: s ← αs + (1−α)g²; x ← x − ηg/(√s + ε). State s, m, v (runs, d).

    alpha      α, the share of the averages that is kept
    eps        ε, which keeps the quotient finite
    momentum   μ: the step is ηv instead, where v ← μv + g/(√s + ε)
    centered   √(s − m²) in place of √s, where m ← αm + (1−α)g: the standard deviation of g

    As torch.optim.RMSprop, which however is NaN where rounding leaves s < m². Source: Hinton 2012, lecture 6e;
    centered: Graves 2013, arXiv 1308.0850.
    """

    def update(grad: Vector, state: Averages, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Averages]:
        s = alpha * state.s + (1 - alpha) * grad**2
        m = alpha * state.m + (1 - alpha) * grad if centered else state.m
        spread = np.maximum(s - m**2, 0.0) if centered else s
        d = grad / (np.sqrt(spread) + eps)
        v = momentum * state.v + d if momentum else state.v
        return -lr * (v if momentum else d), Averages(s=s, m=m, v=v)

    return Optimizer(init=_no_averages, update=update)


def adadelta(*, rho: float, eps: float) -> Optimizer:
    """Adadelta: s ← ρs + (1−ρ)g²; d = g√(u+ε)/√(s+ε); u ← ρu + (1−ρ)d²; x ← x − ηd. State s, u (runs, d).

    rho   ρ, the share of the averages that is kept
    eps   ε, which lets the first step differ from 0

    As torch.optim.Adadelta. Source: Zeiler 2012, arXiv 1212.5701.
    """

    def update(grad: Vector, state: Squares, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Squares]:
        s = rho * state.s + (1 - rho) * grad**2
        d = np.sqrt(state.u + eps) / np.sqrt(s + eps) * grad
        u = rho * state.u + (1 - rho) * d**2
        return -lr * d, Squares(s=s, u=u)

    return Optimizer(init=_no_squares, update=update)


def _no_averages(x: Vector) -> Averages:
    zero = np.zeros_like(x)
    return Averages(s=zero, m=zero, v=zero)


def _no_squares(x: Vector) -> Squares:
    zero = np.zeros_like(x)
    return Squares(s=zero, u=zero)
