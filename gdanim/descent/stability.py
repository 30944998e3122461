"""Stability: the rate above which a descent at a constant rate cannot settle at a minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalogue import registry
from gdanim.errors import UsageError

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective


def limits_of_runs(objective: Objective, trajectory: Trajectory) -> Scalar:
    """The rate above which each run could not settle at its minimum: (runs,).

    2/λ for gradient descent and 2(1 + μ)/((1 − τ)λ) for momentum μ with dampening τ, λ being the largest eigenvalue
    of the Hessian at the minimizer where the run ended, or near which it started if it was lost. NaN for other
    optimizers, for rates that change, and where λ is not known.
    Sources: Nesterov 2018, § 1.2.3; for momentum Polyak 1964, Goh 2017 "Why Momentum Really Works".
    """
    factor = {spec: limit_factor(spec) for spec in set(trajectory.optimizer)}
    factors = np.array([factor[spec] for spec in trajectory.optimizer])
    taken = np.arange(trajectory.iterations) < trajectory.last[:, np.newaxis]
    constant = np.all((trajectory.lr == trajectory.lr[:, :1]) | ~taken, axis=1)
    failed = np.array([outcome.failed for outcome in trajectory.outcome])
    row = np.where(failed, 0, trajectory.last)
    curvature = curvatures_near(objective, trajectory.x[np.arange(trajectory.runs), row])
    limits: Scalar = np.where(constant, factors / curvature, np.nan)
    return limits


def limit_factor(spec: str) -> float:
    """λ × the largest stable rate of the optimizer that `-O spec` chooses; NaN where no such limit is known."""
    try:
        choice = registry.optimizer(spec)
    except UsageError:  # a replayed run may have been made by anything
        return float("nan")
    match choice.entry.name:
        case "gd":
            return 2.0
        case "momentum":
            momentum, dampening = choice.values["momentum"], choice.values["dampening"]
            return float(2 * (1 + momentum) / (1 - dampening))
    return float("nan")


def shares_of_limits(objective: Objective, trajectory: Trajectory) -> list[str]:
    """The rate of each run as a multiple of its limit, in words: `0.95 × 2/λ`; empty where no limit is known."""
    if not trajectory.iterations:
        return [""] * trajectory.runs
    ratios = trajectory.lr[:, 0] / limits_of_runs(objective, trajectory)
    return [
        f"{f'{ratio:.2f}' if 0.01 <= ratio < 100 else f'{ratio:.1e}'} × {limit_words(spec)}"
        if np.isfinite(ratio)
        else ""
        for ratio, spec in zip(ratios.tolist(), trajectory.optimizer, strict=True)
    ]


def limit_words(spec: str) -> str:
    """The same limit as a formula: `2/λ`."""
    choice = registry.optimizer(spec)
    if choice.entry.name == "gd":
        return "2/λ"
    return "2(1+μ)/λ" if not choice.values["dampening"] else "2(1+μ)/((1−τ)λ)"


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
