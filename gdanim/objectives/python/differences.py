"""Derivatives by central differences, for functions without a gradient."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Matrix, Vector

Array = NDArray[np.float64]
Map = Callable[[Vector], Array]  # points (n, d) → (n, …)

DOUBLE: Final = 2.0**-52  # the relative spacing of float64

# Powers of eps: the steps of first derivatives, and of second ones from values alone. Where f changes on a scale of 1,
# truncation and rounding are equal at eps^0.2. The smaller steps of first derivatives, 2⁻¹⁴ for float64, lose one digit
# of thirteen there and keep nine of sin(6πx). Second ones afford 2⁻¹¹.
FIRST: Final = 0.27
SECOND: Final = 0.22

_OFFSETS: Final = np.array([-2.0, -1.0, 1.0, 2.0])


def value_and_slopes(f: Map, x: Vector, eps: float = DOUBLE, *, power: float = FIRST) -> tuple[Array, Array]:
    """f and its derivatives at points x (n, d): (n, …), (n, …, d). f is called once, with (1 + 4d) n points.

    f′ ≈ (8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h, of fourth order. The truncation is h⁴f⁽⁵⁾/30 and the
    rounding 1.5 eps |f| / h, where f is computed to the relative precision `eps`. Steps are h = eps^power max(1, |x|),
    rounded to powers of two, so that x ± h is exact.
    Source: Fornberg 1988; steps as in Press et al., Numerical Recipes, 5.7.
    """
    n, d = x.shape
    exponent = np.frexp(np.maximum(1.0, np.abs(x)))[1] - 1
    h = np.ldexp(2.0 ** round(power * np.log2(eps)), exponent)
    aside = x + _OFFSETS[:, np.newaxis, np.newaxis, np.newaxis] * (np.eye(d)[:, np.newaxis] * h)  # (4, d, n, d)
    found = f(np.concatenate([x, aside.reshape(-1, d)]))
    value, beside = found[:n], found[n:].reshape(4, d, n, *found.shape[1:])
    difference = 8.0 * (beside[2] - beside[1]) - (beside[3] - beside[0])  # (d, n, …)
    h = h.T.reshape(d, n, *[1] * (found.ndim - 1))
    return value, np.moveaxis(difference / (12.0 * h), 0, -1)


def hessian_of_gradient(gradient: Map, x: Vector, eps: float = DOUBLE) -> Matrix:
    """The second derivatives at points x (n, d) from the first: (n, d, d), symmetric."""
    return _symmetric(value_and_slopes(gradient, x, eps)[1])


def hessian_of_value(f: Map, x: Vector, eps: float = DOUBLE) -> Matrix:
    """The second derivatives at points x (n, d) from values alone: (n, d, d), symmetric."""

    def slopes(points: Vector) -> Vector:
        return value_and_slopes(f, points, eps, power=SECOND)[1]

    return _symmetric(value_and_slopes(slopes, x, eps, power=SECOND)[1])


def _symmetric(matrix: Matrix) -> Matrix:
    return (matrix + matrix.swapaxes(-1, -2)) / 2.0
