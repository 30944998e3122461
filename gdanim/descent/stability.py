"""Stability: the rate above which a descent at a constant rate cannot settle at a minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.specs import Method
    from gdanim.descent.runs import Runs
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective


def limits_of_runs(objective: Objective, trajectory: Trajectory, runs: Runs) -> Scalar:
    """The rate above which each run could not settle at its minimum: (runs,).

    2/λ for gradient descent and 2(1 + μ)/((1 − τ)λ) for momentum μ with dampening τ, λ being the largest eigenvalue
    of the Hessian at the minimizer where the run ended, or near which it started if it was lost. NaN for other
    optimizers, for rates that change, and where λ is not known.
    Sources: Nesterov 2018, § 1.2.3; for momentum Polyak 1964, Goh 2017 "Why Momentum Really Works".
    """
    factor = {run.spec: limit_factor(run.method) for run in runs}
    factors = np.array([factor[run.spec] for run in runs])
    taken = np.arange(trajectory.iterations) < trajectory.last[:, np.newaxis]
    constant = np.all((trajectory.lr == trajectory.lr[:, :1]) | ~taken, axis=1)
    failed = np.array([stop.failed for stop in trajectory.stop])
    row = np.where(failed, 0, trajectory.last)
    curvature = curvatures_near(objective, trajectory.x[np.arange(trajectory.runs), row])
    limits: Scalar = np.where(constant, factors / curvature, np.nan)
    limits.flags.writeable = False
    return limits


def limit_factor(method: Choice[Method] | None) -> float:
    """λ × the largest stable rate of a method; NaN where no such limit is known."""
    if method is not None and method.entry.name == "gd":
        return 2.0
    if method is not None and method.entry.name == "momentum":
        momentum, dampening = method.values["momentum"], method.values["dampening"]
        return float(2 * (1 + momentum) / (1 - dampening))
    return float("nan")


def limit_formula(method: Choice[Method] | None) -> str:
    """The same limit as a formula: `2/λ`. Empty where none is known."""
    if method is None or np.isnan(limit_factor(method)):
        return ""
    if method.entry.name == "gd":
        return "2/λ"
    return "2(1+μ)/λ" if not method.values["dampening"] else "2(1+μ)/((1−τ)λ)"


def ratio_text(ratio: float) -> str:
    """A rate as a multiple of its limit: `0.95`."""
    return f"{ratio:.2f}" if 0.01 <= ratio < 100 else f"{ratio:.1e}"


def curvatures_near(objective: Objective, x: Vector) -> Scalar:
    """λ at the minimizer nearest to each point x (m, d): (m,). NaN without one, at a kink, and where f is flat."""
    if not len(objective.minimizers):
        return np.full(len(x), np.nan)
    squares = [np.sum((x - minimizer) ** 2, axis=1) for minimizer in objective.minimizers]
    nearest: Scalar = objective.curvatures[np.argmin(squares, axis=0)]
    return nearest


def distances(objective: Objective, x: Vector) -> Scalar:
    """How far each point x (m, d) is from the nearest minimizer: (m,). NaN where none is known."""
    if not len(objective.minimizers):
        return np.full(len(x), np.nan)
    away: Scalar = np.min([np.linalg.norm(x - minimizer, axis=1) for minimizer in objective.minimizers], axis=0)
    return away
