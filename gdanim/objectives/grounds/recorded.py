"""Recorded runs without their function: nothing is known of f but the values in their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.objectives.autorange import MARGIN
from gdanim.objectives.objective import Objective

if TYPE_CHECKING:
    from gdanim.arrays import Matrix, Scalar, Vector

PLAIN: Final = 2  # variables that are axes of the picture themselves


class NoFunctions:
    """The functions of a recording: nowhere is there a value."""

    point_by_point = False
    differenced = 0.0

    def __init__(self, dim: int) -> None:
        self.dim = dim

    def value(self, x: Vector) -> Scalar:
        """NaN: (…)."""
        return np.full(x.shape[:-1], np.nan)

    def gradient(self, x: Vector) -> Vector:
        """NaN: (…, d)."""
        return np.full(x.shape, np.nan)

    def hessian(self, x: Vector) -> Matrix:
        """NaN: (…, d, d)."""
        return np.full((*x.shape, self.dim), np.nan)

    def blur(self, x: Vector) -> Scalar:
        """0: (…)."""
        return np.zeros(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """NaN: (…), (…, d)."""
        return self.value(x), self.gradient(x)


def bounds_around(points: Vector) -> Vector:
    """Bounds (d, 2) in which points (n, d) are seen, none of their sides shorter than half of the longest."""
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    half, middle = (high - low) / 2, (low + high) / 2
    half = MARGIN * np.maximum(half, half.max() / 2 or 1.0)
    return np.stack([middle - half, middle + half], axis=1)


def recording(dim: int, shown: Vector | None = None) -> Objective:
    """What stands for the function of recorded runs in d variables; `shown` are points (n, d) that are in view."""
    points = np.zeros((1, dim)) if shown is None else shown
    return Objective(
        name="-",
        title="Recording" if dim <= PLAIN else f"Recording, {dim:,}-D",
        formula="",
        functions=NoFunctions(dim),
        bounds=bounds_around(points),
        start=points[0],
        lr=1.0,
        iterations=1,
        minimizers=np.empty((0, dim)),
        curvatures=np.empty(0),
        recorded=True,
    )
