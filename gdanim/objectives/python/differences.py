"""Derivatives by central differences, for functions without a gradient.

Each step suits the function where it is taken: it grows where rounding hides the difference, as on x² + 10⁶, and
shrinks where f bends within it, as on sin(1000x) and beside a kink. Nothing but the values at a point decides.
"""

from collections.abc import Callable
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Flags, Index, Matrix, Scalar, Vector

Array = NDArray[np.float64]
Map = Callable[[Vector], Array]  # points (n, d) → (n, …)

DOUBLE: Final = 2.0**-52  # the relative spacing of float64

# Powers of eps: the first steps of first derivatives and of second ones, as shares of max(1, |x|). Where f changes on a
# scale of 1, truncation and rounding are equal at eps^0.2. The smaller steps of first derivatives, 2⁻¹⁴ for float64,
# lose one digit of thirteen there and keep nine of sin(6πx). Second ones afford 2⁻¹¹.
FIRST: Final = 0.27
SECOND: Final = 0.22
# A derivative that may be wrong by more than this power of eps, as a share, is tried with other steps, each larger or
# smaller by RATIO, while it gets better: from 2⁻⁵⁴ to 2²⁶ times max(1, |x|) in all.
GOOD: Final = 0.45
RATIO: Final = 32.0
ROUNDS: Final = 8
LEAST_STEP: Final = 16.0  # spacings of x: a shorter step is rounding
SAME: Final = 4.0  # times what two differences may be wrong by: beyond that the larger step sees something else
UNEVEN: Final = 0.25  # share: a bend that grows so differently with the distance is no curvature
LOUD: Final = 32.0  # times the rounding of f over a step: such a bend is none of it
HIDDEN: Final = 4.0  # times the rounding: a slope below that is none

_OFFSETS: Final = np.array([-2.0, -1.0, 1.0, 2.0])


class _Measured(NamedTuple):
    """Derivatives at points (m, k), what each may be wrong by through rounding (m, k), and in all (m,), and their size.

    `too_small` (m,) says where the step is: rounding hides more than truncation.
    """

    derivative: Array
    rounding: Array
    error: Scalar
    size: Scalar
    too_small: Flags


def value_and_slopes(f: Map, x: Vector, eps: float = DOUBLE) -> tuple[Array, Array]:
    """f and its derivatives at points x (n, d): (n, …), (n, …, d). Slopes that rounding hides are 0.

    f′ ≈ (8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h, of fourth order. The truncation is h⁴f⁽⁵⁾/30 and the
    rounding 1.5 eps |f| / h, where f is computed to the relative precision `eps`. Steps are powers of two, so that
    x ± h is exact.
    Source: Fornberg 1988; steps as in Gill, Murray, Saunders & Wright 1983, and Press et al., Numerical Recipes, 5.7.
    """
    value = f(x)
    found, _ = _along_axes(f, x, value, eps, 1)
    return value, np.moveaxis(found.reshape(*x.shape, *value.shape[1:]), 1, -1)


def hessian_of_gradient(gradient: Map, x: Vector, eps: float = DOUBLE) -> tuple[Matrix, Scalar]:
    """The second derivatives at points x (n, d) from the first: (n, d, d), symmetric; and how far they reach (n,)."""
    found, h = _along_axes(gradient, x, gradient(x), eps, 1)
    matrix = found.reshape(len(x), x.shape[1], x.shape[1])
    return (matrix + matrix.swapaxes(-1, -2)) / 2.0, 2.0 * h.max(axis=1, initial=0.0)


def hessian_of_value(f: Map, x: Vector, eps: float = DOUBLE) -> tuple[Matrix, Scalar]:
    """The second derivatives at points x (n, d) from values alone: (n, d, d), symmetric; and how far they reach (n,).

    f″ ≈ (16 (f(x + h) + f(x − h)) − (f(x + 2h) + f(x − 2h)) − 30 f(x)) / 12h². The rounding is 16/3 eps |f| / h².
    """
    value = f(x)
    found, h = _along_axes(f, x, value, eps, 2)
    matrix = found * np.eye(x.shape[1])
    for i, j in combinations(range(x.shape[1]), 2):
        matrix[:, i, j] = matrix[:, j, i] = _mixed(f, x, h, (i, j))
    return matrix, 2.0 * h.max(axis=1, initial=0.0)


def _along_axes(f: Map, x: Vector, value: Array, eps: float, order: int) -> tuple[Array, Vector]:
    """The derivatives of first or second order along each axis (n, d, k), and their steps (n, d)."""
    n, d = x.shape
    point, axis = np.repeat(np.arange(n), d), np.tile(np.arange(d), n)
    k = int(np.prod(value.shape[1:]))
    centre = value.reshape(n, k)

    def measured(which: Index, h: Scalar) -> _Measured:
        ahead = h[:, np.newaxis] * np.eye(d)[axis[which]]
        aside = x[point[which]] + _OFFSETS[:, np.newaxis, np.newaxis] * ahead  # (4, m, d)
        beside = f(aside.reshape(-1, d)).reshape(4, len(which), k)
        return _measured(beside, centre[point[which]], h[:, np.newaxis], eps, order)

    exponent = np.frexp(np.maximum(1.0, np.abs(x)))[1] - 1
    h = np.ldexp(2.0 ** round((FIRST, SECOND)[order - 1] * np.log2(eps)), exponent).reshape(-1)
    usable: Flags = np.logical_and.reduce(np.isfinite(centre), axis=1)[point]
    least = LEAST_STEP * np.spacing(np.abs(x)).reshape(-1)
    derivative = _adapted(measured, h, usable, least, eps)
    return derivative.reshape(n, d, k), h.reshape(n, d)


def _measured(beside: Array, centre: Array, h: Array, eps: float, order: int) -> _Measured:
    """Differences from the values beside (4, m, k) points with values (m, k), at steps h (m, 1)."""
    far_below, below, above, far_above = beside
    # How much more f rises ahead than it fell behind: twice as much at twice the distance, but not about a kink.
    bend, far_bend = (above + below - 2.0 * centre) / h, (far_above + far_below - 2.0 * centre) / (2.0 * h)
    scale = np.maximum(np.abs(beside).max(axis=0), np.abs(centre))
    if order == 1:
        near, far = (above - below) / (2.0 * h), (far_above - far_below) / (4.0 * h)
        derivative = (8.0 * (above - below) - (far_above - far_below)) / (12.0 * h)
        rounding, jump = 1.5 * eps * scale / h, np.abs(far_bend)
    else:
        near, far = bend / h, far_bend / (2.0 * h)
        derivative = (4.0 * near - far) / 3.0
        rounding, jump = 16.0 / 3.0 * eps * scale / h**2, np.abs(near)
    size = np.maximum(np.abs(near), np.abs(far)).max(axis=1)
    # Of second order the difference is off by a third of this; of fourth, by as large a share of that again.
    change = (np.abs(near - far) / 3.0).max(axis=1)
    share = np.divide(change, size, out=np.zeros_like(size), where=size > 0)
    kink = (np.abs(far_bend - 2.0 * bend) > UNEVEN * np.abs(far_bend)) & (np.abs(far_bend) > LOUD * eps * scale / h)
    truncation = np.maximum(change * np.minimum(1.0, share), np.where(kink, jump, 0.0).max(axis=1))
    noise = rounding.max(axis=1)
    # Where f has no value beside the point, the step is too large.
    error = np.where(np.isfinite(noise + truncation), noise + truncation, np.inf)
    return _Measured(derivative, rounding, error, size, noise > truncation)


def _adapted(
    measured: Callable[[Index, Scalar], _Measured],
    h: Scalar,
    usable: Flags,
    least: Scalar,
    eps: float,
) -> Array:
    """The derivatives (m, k) with the best steps; h (m,), the first ones, becomes them. Noise is 0.

    Only what is usable (m,) is tried again, and no step is shorter than the least (m,).
    """
    now = measured(np.arange(len(h)), h)
    derivative, rounding, error = now.derivative, now.rounding, now.error
    factor = np.where(now.too_small, RATIO, 1.0 / RATIO)
    step, going = h.copy(), np.flatnonzero(usable & ~_is_good(now, eps))
    for _ in range(ROUNDS):
        step[going] *= factor[going]
        going = going[step[going] >= least[going]]
        if not len(going):
            break
        new, grows = measured(going, step[going]), factor[going] > 1.0
        apart = np.abs(new.derivative - derivative[going]).max(axis=1)
        better = (new.error < error[going]) & (~grows | (apart <= SAME * (new.error + error[going])))
        taken = going[better]
        derivative[taken], rounding[taken] = new.derivative[better], new.rounding[better]
        error[taken], h[taken] = new.error[better], step[taken]
        # On the way to a kink, or to where f has no value, it is as bad for a while.
        going = going[~_is_good(new, eps) & (better | ~grows & ~new.too_small)]
    return np.where(np.abs(derivative) <= HIDDEN * rounding, 0.0, derivative)


def _is_good(found: _Measured, eps: float) -> Flags:
    return np.asarray(found.error <= eps**GOOD * found.size)


def _mixed(f: Map, x: Vector, h: Vector, axes: tuple[int, int]) -> Scalar:
    """∂²f/∂x_i∂x_j at points x (n, d) with steps h (n, d), for axes i and j: (n,). Of fourth order, as the others."""
    corners = np.zeros((4, x.shape[1]))
    corners[:, axes] = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    aside = x + np.concatenate([corners, 2.0 * corners])[:, np.newaxis] * h  # (8, n, 2)
    beside = f(aside.reshape(-1, x.shape[1])).reshape(2, 4, len(x))
    near, far = (beside[:, 0] - beside[:, 1] - beside[:, 2] + beside[:, 3]) / (4.0 * h[:, axes].prod(axis=1))
    return np.asarray((4.0 * near - far / 4.0) / 3.0)
