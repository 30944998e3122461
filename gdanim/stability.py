"""Stability: the rate above which plain gradient descent cannot settle at a minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.objectives.minimizers import curvature

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective, Vector
    from gdanim.solver import Trajectory


def stability_limit(objective: Objective, x: Vector) -> float | None:
    """2/λ at the minimizer nearest to x (d,), λ being the largest eigenvalue of the Hessian there.

    Gradient descent at a constant rate multiplies the error along that eigenvector by 1 − lr·λ in each step.
    None where no minimizer is known, at a kink, and where the function is flat. Source: Nesterov 2018, § 1.2.3.
    """
    if not len(objective.minimizers):
        return None
    nearest = objective.minimizers[np.argmin(np.linalg.norm(objective.minimizers - x, axis=1))]
    steepest = curvature(objective, nearest)
    return 2 / steepest if steepest else None


def limit_of_run(objective: Objective, trajectory: Trajectory, run: int) -> float | None:
    """The limit at the minimizer where a run ended up, or near which it started if it was lost."""
    row = 0 if trajectory.outcome[run].failed else int(trajectory.last[run])
    return stability_limit(objective, trajectory.x[run, row])
