"""Functions that numpy does not have, on arrays: each fills `out` and leaves its argument alone.

erf, erfc             to two units in the last place
gamma, lgamma         as Python's math has them; NaN and ∞ at the poles
digamma, trigamma     (ln Γ)′ and (ln Γ)″
sinc, …               sin(πu)/(πu), its slope and its curvature, also near 0, where their fractions cancel
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Numerators and denominators of the rational approximations to erf and erfc, highest power first.
# Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969), 631-637.
_ERF_NUMERATOR: Final = (
    1.85777706184603153e-1, 3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02,
    3.20937758913846947e03,
)  # fmt: skip
_ERF_DENOMINATOR: Final = (
    1.0, 2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03, 2.84423683343917062e03,
)  # fmt: skip
_ERFC_NUMERATOR: Final = (
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e00, 6.61191906371416295e01,
    2.98635138197400131e02, 8.81952221241769090e02, 1.71204761263407058e03, 2.05107837782607147e03,
    1.23033935479799725e03,
)  # fmt: skip
_ERFC_DENOMINATOR: Final = (
    1.0, 1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02, 1.62138957456669019e03,
    3.29079923573345963e03, 4.36261909014324716e03, 3.43936767414372164e03, 1.23033935480374942e03,
)  # fmt: skip


def erf(u: Array, out: Array) -> None:
    """Cody's approximations up to 0.47 and up to 4, the latter up to 6: beyond, erf is 1 in double precision."""
    size = np.minimum(np.abs(u), 6.0)
    square = size * size
    near = size * (np.polyval(_ERF_NUMERATOR, square) / np.polyval(_ERF_DENOMINATOR, square))
    far = 1.0 - np.exp(-square) * (np.polyval(_ERFC_NUMERATOR, size) / np.polyval(_ERFC_DENOMINATOR, size))
    np.copysign(np.where(size <= 0.46875, near, far), u, out)


# The same for erfc beyond 4, in 1/u²; also Cody's.
_TAIL_NUMERATOR: Final = (
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
    1.60837851487422766e-2, 6.58749161529837803e-4,
)  # fmt: skip
_TAIL_DENOMINATOR: Final = (
    1.0, 2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1, 6.05183413124413191e-2,
    2.33520497626869185e-3,
)  # fmt: skip


def erfc(u: Array, out: Array) -> None:
    """1 − erf(u), not rounded to 0 where erf is rounded to 1."""
    size = np.minimum(np.abs(u), 30.0)  # beyond, erfc is 0 or 2 in double precision
    rounded = np.floor(size * 16.0) / 16.0  # its square is exact, so that e^(−u²) keeps all digits
    falling = np.exp(-rounded * rounded) * np.exp(-(size - rounded) * (size + rounded))
    square = size * size
    near = 1.0 - size * (np.polyval(_ERF_NUMERATOR, square) / np.polyval(_ERF_DENOMINATOR, square))
    far = falling * (np.polyval(_ERFC_NUMERATOR, size) / np.polyval(_ERFC_DENOMINATOR, size))
    z = 1.0 / np.maximum(square, 1.0)
    tail = 1.0 / math.sqrt(math.pi) - z * (np.polyval(_TAIL_NUMERATOR, z) / np.polyval(_TAIL_DENOMINATOR, z))
    value = np.where(size <= 0.46875, near, np.where(size <= 4.0, far, falling * tail / np.maximum(size, 1.0)))
    np.copyto(out, np.where(u < 0.0, 2.0 - value, value))


def _pointwise(function: Callable[[float], float], at_pole: float) -> Callable[[Array, Array], None]:
    """A function of Python's math as a kernel; where it overflows it is infinite, and `at_pole` at its poles."""

    def at(u: float) -> float:
        try:
            return function(u)
        except OverflowError:
            return math.inf
        except ValueError:
            return at_pole

    vectorised = np.vectorize(at, otypes=[np.float64])
    return lambda u, out: np.copyto(out, vectorised(u))


gamma: Final = _pointwise(math.gamma, math.nan)
lgamma: Final = _pointwise(math.lgamma, math.inf)

_LARGE: Final = 10.0  # from here on seven terms of the asymptotic series give all digits
# In powers of 1/u², the highest first. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.3.18 and
# 6.4.12.
_DIGAMMA: Final = (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12, 0.0)
_TRIGAMMA: Final = (7 / 6, -691 / 2730, 5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6, 0.0)


def _recurred(u: Array, term: Callable[[Array], Array]) -> tuple[Array, Array]:
    """u raised by whole steps above _LARGE, and the sum of the terms of the steps."""
    u, total = u.copy(), np.zeros_like(u)
    for _ in range(int(_LARGE)):
        small = u < _LARGE
        total += np.where(small, term(u), 0.0)
        u += small
    return u, total


def digamma(u: Array, out: Array) -> None:
    """ψ(u) = Γ′/Γ, by reflection below ½; NaN at the poles."""
    reflected = u < 0.5
    raised, total = _recurred(np.where(reflected, 1.0 - u, u), np.reciprocal)
    value = np.log(raised) - 0.5 / raised - np.polyval(_DIGAMMA, raised**-2.0) - total
    turn = np.tan(math.pi * (u - np.rint(u)))
    value -= np.where(reflected, math.pi / np.where(turn == 0.0, np.nan, turn), 0.0)
    np.copyto(out, value)


def trigamma(u: Array, out: Array) -> None:
    """ψ′(u), by reflection below ½; infinite at the poles."""
    reflected = u < 0.5
    raised, total = _recurred(np.where(reflected, 1.0 - u, u), lambda v: v**-2.0)
    value = total + 1.0 / raised + 0.5 / raised**2 + np.polyval(_TRIGAMMA, raised**-2.0) / raised
    turn = np.sin(math.pi * (u - np.rint(u)))
    np.copyto(out, np.where(reflected, (math.pi / turn) ** 2 - value, value))


# Taylor series of sin(z)/z, differentiated once and twice, in z², the highest power first.
_SERIES_BELOW: Final = 2.0  # 14 terms give all digits up to here
_SLOPE: Final = tuple([(-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(14, 0, -1)])
_CURVATURE: Final = tuple([(-1) ** k * 2 * k * (2 * k - 1) / math.factorial(2 * k + 1) for k in range(14, 0, -1)])


def sinc(u: Array, out: Array) -> None:
    """sin(πu)/(πu), and 1 at 0."""
    np.copyto(out, np.sinc(u))


def _sinc_slope(z: Array) -> Array:
    """(sin(z)/z)′."""
    small = np.abs(z) < _SERIES_BELOW
    series = z * np.polyval(_SLOPE, np.where(small, z, 0.0) ** 2)
    safe = np.where(small, 1.0, z)
    return np.where(small, series, (np.cos(safe) - np.sin(safe) / safe) / safe)


def sinc_slope(u: Array, out: Array) -> None:
    """(sin(πu)/(πu))′."""
    np.copyto(out, math.pi * _sinc_slope(math.pi * u))


def sinc_curvature(u: Array, out: Array) -> None:
    """(sin(πu)/(πu))″, from (sin(z)/z)″ = −sin(z)/z − 2/z·(sin(z)/z)′."""
    z = math.pi * u
    small = np.abs(z) < _SERIES_BELOW
    series = np.polyval(_CURVATURE, np.where(small, z, 0.0) ** 2)
    safe = np.where(small, 1.0, z)
    np.copyto(out, math.pi**2 * np.where(small, series, -np.sin(safe) / safe - 2.0 / safe * _sinc_slope(safe)))
