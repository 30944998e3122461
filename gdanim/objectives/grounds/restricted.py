"""Restricted: a function of many variables on a plane through its domain."""

from __future__ import annotations

from typing import Final

import numpy as np

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.objectives.objective import MOST_WITH_HESSIAN, Functions, has_cheap_slopes
from gdanim.objectives.python.differences import hessian_of_gradient, value_and_slopes

AT_ONCE: Final = 1 << 21  # numbers of points that are computed at a time
COSTLY: Final = 2000  # variables: from so many on, each point of a picture costs so much that it takes fewer


class Restricted:
    """u ↦ f(o + u A) at points u (…, 2), for an origin o (d,) and orthonormal directions A (2, d).

    Its gradient is A∇f, its Hessian A H Aᵀ; of very many variables differences of the gradient, and where ∇f is made of
    differences itself, of the values on the plane.
    """

    dim = 2

    def __init__(self, functions: Functions, origin: Vector, directions: Vector) -> None:
        self._functions, self._origin, self._directions = functions, origin, directions
        self.point_by_point = functions.point_by_point or functions.dim > COSTLY
        self.differenced = 0.0 if has_cheap_slopes(functions) else functions.differenced

    def value(self, x: Vector) -> Scalar:
        """f on the plane: (…)."""
        points = x.reshape(-1, 2)
        together = max(AT_ONCE // self._functions.dim, 1)
        parts = [self._functions.value(self._there(points[k : k + together])) for k in range(0, len(points), together)]
        return np.concatenate([*parts, np.empty(0)]).reshape(x.shape[:-1])

    def gradient(self, x: Vector) -> Vector:
        """The slope along the plane: (…, 2)."""
        if self.differenced:
            return self._differences(x)[1]
        points = x.reshape(-1, 2)
        together = max(AT_ONCE // self._functions.dim, 1)
        parts = [
            self._along(self._functions.gradient(self._there(points[k : k + together])))
            for k in range(0, len(points), together)
        ]
        return np.concatenate([*parts, np.empty((0, 2))]).reshape(x.shape)

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives along the plane: (…, 2, 2)."""
        if self._functions.dim > MOST_WITH_HESSIAN:
            return self._second(x)[0].reshape(*x.shape, 2)
        whole = self._functions.hessian(self._there(x))
        with np.errstate(all="ignore"):
            return np.asarray(self._directions @ whole @ self._directions.T)

    def blur(self, x: Vector) -> Scalar:
        """How far from x second derivatives reach: (…)."""
        if self._functions.dim > MOST_WITH_HESSIAN:
            return self._second(x)[1].reshape(x.shape[:-1])
        return self._functions.blur(self._there(x))

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """f and its slope along the plane: (…), (…, 2). It may warn: the caller holds np.errstate."""
        if self.differenced:
            return self._differences(x)
        f, slope = self._functions.raw_value_and_gradient(self._there(x))
        return f, self._along(slope)

    def _differences(self, x: Vector) -> tuple[Scalar, Vector]:
        with np.errstate(all="ignore"):
            f, slopes = value_and_slopes(self.value, x.reshape(-1, 2), self.differenced)
        return f.reshape(x.shape[:-1]), slopes.reshape(x.shape)

    def _there(self, x: Vector) -> Vector:
        """Points of the plane in all coordinates: (…, d)."""
        return np.asarray(self._origin + x @ self._directions)

    def _along(self, slope: Vector) -> Vector:
        with np.errstate(all="ignore"):
            return np.asarray(slope @ self._directions.T)

    def _second(self, x: Vector) -> tuple[Matrix, Scalar]:
        with np.errstate(all="ignore"):
            return hessian_of_gradient(self.gradient, x.reshape(-1, 2))
