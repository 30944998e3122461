"""Methods whose directions come from curvature: conjugate gradients, limited-memory BFGS and Newton's method."""

from typing import Final, NamedTuple

import numpy as np

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.optimizers.linesearch import SearchLines, backtrack, dot, downhill, strong_wolfe
from gdanim.optimizers.optimizer import Optimizer, Oracle, stateless

LARGEST_GROWTH: Final = 10.0  # the first trial step of cg over the step before
LEAST_COSINE: Final = 1e-10  # between s and y; pairs with a smaller one, that is without curvature, are skipped
FLAT: Final = 2.0**-50  # share of the largest curvature; less counts as none
SLOPE, DECREASE = 1e-4, 0.5  # of the line search of a damped step

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


class Pairs(NamedTuple):
    """What is known of the curvature."""

    x: Vector  # (runs, d), the point of the iteration before
    grad: Vector  # (runs, d), its gradient
    s: Vector  # (history, runs, d), differences of points, the latest last; 0 where there is none yet
    y: Vector  # (history, runs, d), those of gradients


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


def newton(*, damping: float) -> Optimizer:
    """Newton: d = (|H| + δI)⁻¹g; x ← x − ηd. |H| is H with the absolute values of its eigenvalues. No state.

    Where H is positive definite, |H| is H; elsewhere −d still leads downhill, away from saddles. An eigenvector without
    curvature is given the largest one of the others. Where H is 0 or not finite, all are given 1, and d is g.
    With δ > 0, the step is halved until f(x − td) ≤ f(x) − 10⁻⁴·t∇f(x)ᵀd, so that f never rises.
    With δ = 0 nothing is checked: one step finds the minimizer of a quadratic, and a step may lead uphill.
    Source: Nocedal & Wright 2006, § 3.4; |H|: Dauphin et al. 2014, arXiv 1406.2572.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        direction = np.full_like(grad, np.nan)
        runs = np.flatnonzero(np.isfinite(oracle.f) & np.isfinite(grad).all(axis=1))
        if runs.size:
            direction[runs] = -_solve(oracle.hessian(x[runs], runs), grad[runs], damping)
        if damping == 0.0:
            return lr * direction, state
        return backtrack(SearchLines.along(direction, grad, x, oracle), lr[:, 0], slope=SLOPE, decrease=DECREASE), state

    return Optimizer(init=stateless, update=update)


def _solve(hessian: Matrix, grad: Vector, damping: float) -> Vector:
    """(|H| + δI)⁻¹g for H (m, d, d) and g (m, d): (m, d)."""
    known = np.isfinite(hessian).all(axis=(1, 2), keepdims=True)
    eigenvalues, axes = np.linalg.eigh(np.where(known, hessian, 0.0))
    curvature = np.abs(eigenvalues)
    steepest = curvature.max(axis=1, keepdims=True)
    curvature = np.where(curvature > FLAT * steepest, curvature, np.where(steepest > 0.0, steepest, 1.0))
    along = (axes * grad[:, :, np.newaxis]).sum(axis=1) / (curvature + damping)
    solved: Vector = (axes * along[:, np.newaxis, :]).sum(axis=2)
    return solved
