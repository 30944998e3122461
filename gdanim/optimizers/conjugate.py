"""Nonlinear conjugate gradients."""

from __future__ import annotations

from typing import Final

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.linesearch import SearchLines, dot, downhill, strong_wolfe
from gdanim.optimizers.optimizer import Optimizer
from gdanim.optimizers.oracle import Oracle

LARGEST_GROWTH: Final = 10.0  # the first trial step over the step before
# The iteration before: its point, gradient and direction (runs, d); gradient and direction 0 before the first.
Conjugate = tuple[Vector, Vector, Vector]


def cg(*, c1: float, c2: float) -> Optimizer:
    """Polak–Ribière+: d = −g + βd₋, β = max(0, gᵀ(g − g₋)/‖g₋‖²); x ← x + td with t by the strong Wolfe conditions.

    d = −g at first, where the last step was 0, and where d would not lead downhill. The first search starts at t = η.
    Each later one starts where f would fall, to first order, by as much as in the step before, at t = t₋·g₋ᵀd₋/gᵀd
    (Nocedal & Wright 2006, § 3.5), but at most at 10t₋.
    0 < c₁ < c₂ < 0.5. Source: Polak & Ribière 1969; β ≥ 0: Gilbert & Nocedal 1992.
    """

    def update(grad: Vector, state: Conjugate, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Conjugate]:
        last_x, last_grad, d = state
        s = x - last_x
        moved = s.any(axis=-1)
        beta = np.where(moved, np.maximum(0.0, dot(grad, grad - last_grad) / dot(last_grad, last_grad)), 0.0)
        direction = downhill(-grad + beta[:, np.newaxis] * d, grad)
        lines = SearchLines.along(direction, grad, x, oracle)
        growth = np.minimum(dot(last_grad, d) / lines.slope, LARGEST_GROWTH)
        first = np.where(moved, growth * dot(s, d) / dot(d, d), lr[:, 0])
        return strong_wolfe(lines, first, c1=c1, c2=c2), (x, grad, direction)

    return Optimizer(init=lambda x: (x, np.zeros_like(x), np.zeros_like(x)), update=update)
