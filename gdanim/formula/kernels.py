"""The operations of formulas on arrays: kernel(*arguments, out) fills `out` and changes no argument.

`out` may be one of the arguments where the kernel is a numpy ufunc, but not where it is a function of this module.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kernel = Callable[..., Any]

MAX_MULTIPLIED_POWER: Final = 64  # beyond, np.power is used: its error stays below one unit in the last place


def power_kernel(exponent: float) -> Kernel:
    """u to a constant power: by repeated squaring for whole exponents, where np.power takes 20 times as long."""
    if exponent == 2.0:
        return np.square
    if not exponent.is_integer() or not 0.0 < abs(exponent) <= MAX_MULTIPLIED_POWER:
        return lambda u, out: np.power(u, exponent, out)
    higher_bits = f"{abs(int(exponent)):b}"[1:]

    def kernel(u: Array, out: Array) -> None:
        # From the highest bit down: square, and multiply by u where the bit is 1. 5 = 0b101: ((u²)²)·u
        np.copyto(out, u)
        for bit in higher_bits:
            np.square(out, out)
            if bit == "1":
                np.multiply(out, u, out)
        if exponent < 0.0:
            np.reciprocal(out, out)

    return kernel


def _guarded(u: Array, v: Array, out: Array) -> None:
    """u·v, with 0 for 0·∞ and 0·NaN."""
    np.multiply(u, v, out)
    undefined = np.isnan(out)
    if undefined.any():
        out[undefined & ((u == 0.0) | (v == 0.0))] = 0.0


def _sigmoid(u: Array, out: Array) -> None:
    """1/(1 + e^−u); where the exponential overflows, this is 0, its limit."""
    np.exp(np.negative(u, out), out)
    np.reciprocal(np.add(out, 1.0, out), out)


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


def _erf(u: Array, out: Array) -> None:
    """Cody's approximations up to 0.47 and up to 4, the latter up to 6: beyond, erf is 1 in double precision."""
    size = np.minimum(np.abs(u), 6.0)
    square = size * size
    near = size * (np.polyval(_ERF_NUMERATOR, square) / np.polyval(_ERF_DENOMINATOR, square))
    far = 1.0 - np.exp(-square) * (np.polyval(_ERFC_NUMERATOR, size) / np.polyval(_ERFC_DENOMINATOR, size))
    np.copysign(np.where(size <= 0.46875, near, far), u, out)


KERNELS: Final[Mapping[str, Kernel]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": np.power,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "atan2": np.arctan2, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "exp": np.exp, "log": np.log,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "expm1": np.expm1, "sqrt": np.sqrt, "cbrt": np.cbrt,
    "abs": np.abs, "sign": np.sign, "hypot": np.hypot,
    # A third positional argument is deprecated for these two.
    "min": lambda u, v, out: np.minimum(u, v, out=out), "max": lambda u, v, out: np.maximum(u, v, out=out),
    # Conditions are arrays of 0.0 and 1.0 like all others.
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    "where": lambda condition, u, v, out: np.copyto(out, np.where(condition != 0.0, u, v)),
    "guarded": _guarded, "step": lambda u, out: np.heaviside(u, 0.5, out),
    "erf": _erf, "sigmoid": _sigmoid, "softplus": lambda u, out: np.logaddexp(u, 0.0, out),  # log(1 + e^u)
}  # fmt: skip
