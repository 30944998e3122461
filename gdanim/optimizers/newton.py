"""Newton's method."""

from __future__ import annotations

from typing import Final

import numpy as np

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.optimizers.linesearch import SearchLines, backtrack
from gdanim.optimizers.optimizer import Optimizer, stateless
from gdanim.optimizers.oracle import Oracle

FLAT: Final = 2.0**-50  # share of the largest curvature; less counts as none
SLOPE, DECREASE = 1e-4, 0.5  # of the line search of a damped step


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
