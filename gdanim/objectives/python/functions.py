"""Python callables as functions: `file.py:name` and `package.module:name`.

A function of one variable is f(x). One of two is f(x, y), or f(p) with an array p of two: a callable of one argument
that returns a number for an array of two has two variables. An attribute `dim` on the callable decides where that guess
would be wrong, and says how many there are of more than two; so do --dim and --start. Only parameters without a default
count; the others keep it.

Callables that take arrays are called with all points at once, f(p) as p[0], p[1] or as p[..., 0], p[..., 1]; others
point by point, with np.float64. Which it is, a few calls at load tell. A gradient takes points in the same forms and
returns as many numbers as there are variables.
"""

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Matrix, Scalar, Vector
from gdanim.objectives.objective import MOST_WITH_HESSIAN
from gdanim.objectives.python.differences import hessian_of_gradient, hessian_of_value, value_and_slopes
from gdanim.objectives.python.loader import UserCode
from gdanim.objectives.python.signature import Caller, Layout, find_caller, trial_points

WRONG_FROM = 1e-3  # relative difference from central differences
WRONG_AT = 3  # of the trial points


class Callables:
    """Value, gradient and Hessian of a callable at points x (…, d), in float64.

    The gradient is the person's, else central differences; the Hessian always is differences. All raise CallableError
    where the code fails at a point, and UsageError where it returns something else than at the trial points.

    remarks         sentences that a person should read
    point_by_point  whether a thousand points take a thousand calls
    differenced     the relative spacing of the values whose differences make ∇f; 0 where there is a gradient
    """

    def __init__(self, f: Caller, gradient: Caller | None) -> None:
        self._f, self._gradient = f, gradient
        self.dim = f.form.dim
        self.point_by_point = any(part is not None and part.takes is Layout.ONE_BY_ONE for part in (f, gradient))
        self.differenced = f.eps if gradient is None else 0.0
        self.remarks: tuple[str, ...] = ()
        if gradient is None:
            self.remarks = (f"{f.name} has no gradient; central differences are used (--gradient gives one)",)
        elif self._disagrees(gradient):
            self.remarks = (f"the gradient {gradient.name} is not that of {f.name}, by central differences",)

    def value(self, x: Vector) -> Scalar:
        """f at x: (…)."""
        return self._f(self._flat(x)).reshape(x.shape[:-1])

    def gradient(self, x: Vector) -> Vector:
        """∇f at x: (…, d)."""
        points = self._flat(x)
        slopes = self._differences(points)[1] if self._gradient is None else self._gradient(points)
        return slopes.reshape(x.shape)

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of f at x: (…, d, d), symmetric."""
        return self._second(self._flat(x))[0].reshape(*x.shape, self.dim)

    def blur(self, x: Vector) -> Scalar:
        """How far from x differences of second order reach: (…)."""
        return self._second(self._flat(x))[1].reshape(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """f and ∇f at x: (…), (…, d)."""
        points = self._flat(x)
        if self._gradient is None:
            value, slopes = self._differences(points)
        else:
            value, slopes = self._f(points), self._gradient(points)
        return value.reshape(x.shape[:-1]), slopes.reshape(x.shape)

    def _flat(self, x: Vector) -> Vector:
        return x.reshape(-1, self.dim)

    def _second(self, points: Vector) -> tuple[Matrix, Scalar]:
        with np.errstate(all="ignore"):
            if self._gradient is None:
                return hessian_of_value(self._f, points, self._f.eps)
            return hessian_of_gradient(self._gradient, points, self._gradient.eps)

    def _differences(self, points: Vector) -> tuple[Scalar, Vector]:
        with np.errstate(all="ignore"):
            return value_and_slopes(self._f, points, self._f.eps)

    def _disagrees(self, gradient: Caller) -> bool:
        """Whether a gradient differs from that of f by more than differences can err, at several points."""
        if self.dim > MOST_WITH_HESSIAN:
            return False  # differences would cost too many calls
        x = trial_points(self.dim)
        given = gradient(x)
        value, slopes = self._differences(x)
        with np.errstate(all="ignore"):
            rounding = 100.0 * self._f.eps**0.75 * np.abs(value)[:, np.newaxis]
            allowed = WRONG_FROM * np.maximum(np.abs(given), np.abs(slopes)) + rounding
            wrong: NDArray[np.bool_] = np.abs(given - slopes) > allowed
        wrong &= np.isfinite(given) & np.isfinite(slopes)
        return int(wrong.any(axis=1).sum()) >= WRONG_AT


def load(spec: str, gradient_spec: str | None = None, dim: int | None = None) -> Callables:
    """The functions of a callable, with the gradient that `gradient_spec` or its attribute `gradient` or `grad` gives.

    dim   how many variables it has, where the request says so

    Raises UsageError where there is no such callable or it is none of the forms, CallableError where its code fails.
    """
    code = UserCode()
    call = code.find(spec)
    f = find_caller(code, call, spec, dim=dim)
    if gradient_spec is not None:
        return Callables(f, find_caller(code, code.find(gradient_spec), gradient_spec, slopes_in=f.form.dim))
    for name in ("gradient", "grad"):
        own = getattr(call, name, None)
        if callable(own):
            return Callables(f, find_caller(code, own, f"{spec}.{name}", slopes_in=f.form.dim))
    return Callables(f, None)
