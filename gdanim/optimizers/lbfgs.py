"""Limited-memory BFGS."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.linesearch import SearchLines, dot, downhill, strong_wolfe
from gdanim.optimizers.optimizer import Optimizer
from gdanim.optimizers.oracle import Oracle

LEAST_COSINE: Final = 1e-10  # between s and y; pairs with a smaller one, that is without curvature, are skipped


class Pairs(NamedTuple):
    """What is known of the curvature.

    x, grad (runs, d)          point and gradient of the iteration before
    s, y (history, runs, d)    differences of points and of gradients, the latest last; 0 where there is none yet
    """

    x: Vector
    grad: Vector
    s: Vector
    y: Vector


def lbfgs(*, history: int, c1: float, c2: float) -> Optimizer:
    """L-BFGS: d = −Hg by the two-loop recursion; x ← x + td with t by the strong Wolfe conditions, t = η tried first.

    H is built from the last `history` pairs s = x − x₋, y = g − g₋ with sᵀy > 0, over γI, γ = sᵀy/yᵀy of the latest.
    Without pairs d = −g, and η·min(1, 1/‖g‖) is tried first. Where the last step was 0, all pairs are dropped.
    0 < c₁ < c₂ < 1. Source: Liu & Nocedal 1989; Nocedal & Wright 2006, algorithm 7.4.
    """

    def init(x: Vector) -> Pairs:
        none = np.zeros((history, *x.shape))
        return Pairs(x, np.zeros_like(x), none, none)

    def update(grad: Vector, state: Pairs, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Pairs]:
        pairs = _with_latest(state, grad, x)
        has_pairs = pairs.s[-1].any(axis=-1)
        direction = downhill(-_two_loops(grad, pairs), grad)
        scale = np.where(has_pairs, 1.0, np.minimum(1.0, 1.0 / np.sqrt(dot(grad, grad))))
        lines = SearchLines.along(direction, grad, x, oracle)
        return strong_wolfe(lines, lr[:, 0] * scale, c1=c1, c2=c2), pairs

    return Optimizer(init=init, update=update)


def _with_latest(state: Pairs, grad: Vector, x: Vector) -> Pairs:
    """The pairs with that of the last step; none where that step was 0."""
    s, y = x - state.x, grad - state.grad
    moved = s.any(axis=-1)
    straight = moved & ~(dot(s, y) > LEAST_COSINE * np.sqrt(dot(s, s) * dot(y, y)))

    def latest(pairs: Vector, new: Vector) -> Vector:
        found = np.concatenate([pairs[1:], new[np.newaxis]])
        found[:, straight] = pairs[:, straight]
        found[:, ~moved] = 0.0
        return found

    return Pairs(x, grad, latest(state.s, s), latest(state.y, y))


def _two_loops(grad: Vector, pairs: Pairs) -> Vector:
    """Hg: (runs, d)."""
    s, y = pairs.s, pairs.y
    curvature = dot(s, y)
    rho = np.where(curvature > 0.0, 1.0 / curvature, 0.0)  # a missing pair changes nothing
    alpha = np.zeros_like(rho)
    q = grad
    for i in reversed(range(len(s))):
        alpha[i] = rho[i] * dot(s[i], q)
        q = q - alpha[i, :, np.newaxis] * y[i]
    gamma = np.where(curvature[-1] > 0.0, curvature[-1] / dot(y[-1], y[-1]), 1.0)
    r = gamma[:, np.newaxis] * q
    for i in range(len(s)):
        beta = rho[i] * dot(y[i], r)
        r = r + (alpha[i] - beta)[:, np.newaxis] * s[i]
    return r
