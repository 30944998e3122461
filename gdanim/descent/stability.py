"""Stability: the rate above which a descent at a constant rate cannot settle at a minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim.objectives.surroundings import nearest_known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gdanim.arrays import Scalar, Vector
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.specs import Method
    from gdanim.descent.runs import Runs
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective


class Limit(NamedTuple):
    """The largest rate at which a method settles on a quadratic: `factor`/λ, or `factor` alone, and as a formula.

    λ is the largest eigenvalue of the Hessian: along each other one, the method settles at every such rate, too.
    """

    factor: float
    formula: str
    by_curvature: bool = True


# From the eigenvalues of one step along an eigenvector: the roots of r² − Tr + D lie within the unit circle where
# |T| − 1 < D < 1, T and D being trace and determinant; 1 + T + D = 0 comes first as the rate grows.
# gd: Nesterov 2018, § 1.2.3. momentum: Polyak 1964, Goh 2017. nesterov: T = (1 + μ)(1 − ηλ), D = μ(1 − ηλ).
# qhm: T = 1 + β − ηλ(1 − νβ), D = β − ηλβ(1 − ν). Methods that are not here follow the gradient's sign, an average of
# its size or a search along a line, and have none.
_LIMITS: Final[Mapping[str, Callable[[Mapping[str, Any]], Limit]]] = {
    "gd": lambda _: Limit(2.0, "2/λ"),
    "noisy": lambda _: Limit(2.0, "2/λ"),  # in expectation
    "momentum": lambda its: Limit(
        2 * (1 + its["momentum"]) / (1 - its["dampening"]), "2(1+μ)/((1−τ)λ)" if its["dampening"] else "2(1+μ)/λ"
    ),
    "nesterov": lambda its: Limit(2 * (1 + its["momentum"]) / (1 + 2 * its["momentum"]), "2(1+μ)/((1+2μ)λ)"),
    "qhm": lambda its: Limit(
        2 * (1 + its["beta"]) / (1 + its["beta"] - 2 * its["nu"] * its["beta"]), "2(1+β)/((1+β−2νβ)λ)"
    ),
    # Whatever the curvature; with damping, a step is halved until f falls.
    "newton": lambda its: Limit(np.nan if its["damping"] else 2.0, "2", by_curvature=False),
}
_UNKNOWN: Final = Limit(np.nan, "")


def limits_of_runs(objective: Objective, trajectory: Trajectory, runs: Runs) -> Scalar:
    """The rate above which each run could not settle at its minimum: (runs,).

    That of its method, λ being the largest eigenvalue of the Hessian at the minimizer where the run ended, or near
    which it started if it was lost. NaN for methods without a limit, and where λ is not known.
    """
    known = {run.spec: limit_of(run.method) for run in runs}
    limits = [known[run.spec] for run in runs]
    failed = np.array([stop.failed for stop in trajectory.stop])
    row = np.where(failed, 0, trajectory.last)
    curvature = curvatures_near(objective, trajectory.x[np.arange(trajectory.runs), row])
    per = np.where([limit.by_curvature for limit in limits], curvature, curvature / curvature)
    found: Scalar = np.array([limit.factor for limit in limits]) / per
    found.flags.writeable = False
    return found


def limit_of(method: Choice[Method] | None) -> Limit:
    """The limit of a method on a quadratic; its factor is NaN and its formula empty where none is known."""
    if method is None or method.entry.plugin or method.values.get("weight_decay"):
        return _UNKNOWN  # weight decay moves the minimum to where the curvature is another
    known = _LIMITS.get(method.entry.name)
    limit = _UNKNOWN if known is None else known(method.values)
    return limit if limit.factor > 0 else _UNKNOWN


def limit_formula(method: Choice[Method] | None) -> str:
    """The limit of a method as a formula, such as `2/λ`; empty where none is known."""
    return limit_of(method).formula


def ratio_text(ratio: float) -> str:
    """A rate as a share of its limit: `95 %`; `99.8 %` where no decimal would make it the limit itself."""
    share = 100 * ratio
    if not 0.01 <= share < 10_000:
        return f"{share:.0e} %"
    least = 0 if share >= 1 else 1 if share >= 0.1 else 2
    texts = [f"{share:.{decimals}f}" for decimals in range(least, 6)]
    text = texts[0] if ratio == 1 else next((text for text in texts if float(text) != 100), texts[0])
    return f"{text} %"


def curvatures_near(objective: Objective, x: Vector) -> Scalar:
    """λ at the minimizer nearest to each point x (m, d): (m,). NaN where not known, at a kink, and where f is flat."""
    nearest, _ = nearest_known(objective, x)
    found: Scalar = np.append(objective.curvatures, np.nan)[nearest]
    return found


def distances(objective: Objective, x: Vector) -> Scalar:
    """How far each point x (m, d) is from the nearest minimizer: (m,). NaN where that is not known."""
    return nearest_known(objective, x)[1]
