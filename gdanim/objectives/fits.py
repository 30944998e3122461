"""Fits: what shows the loss of a model in more than two coordinates well, and where that is least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.objectives.many import SHARE, ShownWell, largest_curvature, shown_well
from gdanim.objectives.objective import MOST_WITH_HESSIAN

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.models.fit import Fit
    from gdanim.objectives.autorange import Given

SLOWEST: Final = 0.2  # a step's share of the way to the minimum in the direction where that takes longest, at most
MARGIN: Final = 1.2  # times as far from the minimum as the start, or as points where the loss is as high, bounds reach


def least_of(functions: Fit) -> Vector | None:
    """Where the loss is least (d,): in closed form, or where Newton's method leads from the origin; None elsewhere."""
    if functions.minimizer is not None or not functions.is_linear or functions.dim > MOST_WITH_HESSIAN:
        return functions.minimizer
    return functions.minimum_near(np.zeros(functions.dim))


def shown_fit(functions: Fit, given: Given, best: Vector | None) -> ShownWell:
    """What shows the loss well, from the origin where the model is linear: there rates below 2/λ are known to settle.

    best   where it is least (d,), if that is known
    """
    if not functions.is_linear:
        return shown_well(functions, given)
    origin = np.zeros(functions.dim)
    if not given.rates and (rate := _rate(functions, origin)) is not None:
        given = given._replace(rates=(rate,))
    well = shown_well(functions, given, origin)
    return well if best is None else well._replace(bounds=_bounds(functions, well.start, best))


def curvatures_at(functions: Fit, w: Vector) -> Scalar:
    """The eigenvalues of the Hessian at w (d,), from the least to λ; of very many coordinates λ alone."""
    if functions.dim > MOST_WITH_HESSIAN:
        return np.array([largest_curvature(functions, w)])
    hessian = functions.hessian(w)
    return np.asarray(np.linalg.eigvalsh(hessian) if np.isfinite(hessian).all() else [np.nan])


def _rate(functions: Fit, w: Vector) -> float | None:
    """A rate for descents from w (d,): half of 2/λ, or less, so that they take some steps; None where λ is not known.

    The loss of linear models is bent most where they start.
    """
    found = curvatures_at(functions, w)
    least, most = float(found[0]), float(found[-1])
    if not (np.isfinite(most) and most > 0):
        return None
    rate = SHARE * 2 / most
    return float(f"{min(rate, SLOWEST / least) if 0 < least < most else rate:.0e}")


def _bounds(functions: Fit, start: Vector, best: Vector) -> Vector:
    """Ends of each coordinate (d, 2), around the minimum, that hold the start and what is about as high as it."""
    reach = np.abs(start - best)
    if functions.dim <= MOST_WITH_HESSIAN:
        rise = max(float(functions.value(start) - functions.value(best)), 0.0)
        with np.errstate(all="ignore"):
            level = np.sqrt(2 * rise / np.diag(functions.hessian(best)))
        reach = np.fmax(reach, np.where(np.isfinite(level), level, 0.0))
    half = MARGIN * np.where(reach > 0, reach, np.maximum(1.0, np.abs(best)))
    return np.stack([best - half, best + half], axis=1)
