"""Stability: the rate above which plain gradient descent cannot settle at a minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective, Scalar, Vector
    from gdanim.solver import Trajectory


def stability_limits(objective: Objective, x: Vector) -> Scalar:
    """2/λ at the minimizer nearest to each point x (m, d), λ being the largest eigenvalue of the Hessian there: (m,).

    Gradient descent at a constant rate multiplies the error along that eigenvector by 1 − lr·λ in each step.
    NaN where no minimizer is known, at a kink, and where the function is flat. Source: Nesterov 2018, § 1.2.3.
    """
    limits = np.full(len(x), np.nan)
    if len(objective.minimizers):
        squares = [np.sum((x - minimizer) ** 2, axis=1) for minimizer in objective.minimizers]
        limits = 2 / objective.curvatures[np.argmin(squares, axis=0)]
    return limits


def limits_of_runs(objective: Objective, trajectory: Trajectory) -> Scalar:
    """The limit at the minimizer where each run ended up, or near which it started if it was lost: (runs,)."""
    failed = np.array([outcome.failed for outcome in trajectory.outcome])
    row = np.where(failed, 0, trajectory.last)
    return stability_limits(objective, trajectory.x[np.arange(trajectory.runs), row])
