"""The operations of formulas on arrays: kernel(*arguments, out) fills `out` and changes no argument.

`out` may be one of the arguments where the kernel is a numpy ufunc, but not where it is a function of this module.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from gdanim.formula import special
from gdanim.formula.special import Array

Kernel = Callable[..., Any]

MAX_MULTIPLIED_POWER: Final = 64  # beyond, np.power is used: its error stays below one unit in the last place


def multiplied_bits(exponent: float | None) -> str | None:
    """The binary digits but the first of an exponent by which a power is multiplied out; None of any other."""
    if exponent is None or not exponent.is_integer() or not 0.0 < exponent <= MAX_MULTIPLIED_POWER:
        return None
    return f"{int(exponent):b}"[1:]


def power_kernel(exponent: float) -> Kernel:
    """u to a constant power: by repeated squaring for whole exponents, where np.power takes 20 times as long."""
    if exponent == 2.0:
        return np.square
    higher_bits = multiplied_bits(abs(exponent))
    if higher_bits is None:
        return lambda u, out: np.power(u, exponent, out)

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


def _ratio(u: Array, v: Array, out: Array) -> None:
    """u/v, with 0 for 0/0, 0/NaN and ∞/∞."""
    np.divide(u, v, out)
    undefined = np.isnan(out)
    if undefined.any():
        out[undefined & ((u == 0.0) | np.isinf(v))] = 0.0


def _sigmoid(u: Array, out: Array) -> None:
    """1/(1 + e^−u); where the exponential overflows, this is 0, its limit."""
    np.exp(np.negative(u, out), out)
    np.reciprocal(np.add(out, 1.0, out), out)


def _bell(u: Array, out: Array) -> None:
    """σ(u)·σ(−u), the slope of the sigmoid."""
    opposite = np.negative(u)
    _sigmoid(u, out)
    _sigmoid(opposite, opposite)
    np.multiply(out, opposite, out)


def _softplus(u: Array, out: Array) -> None:
    """log(1 + e^u) as max(u, 0) + log(1 + e^−|u|): a tenth of the time of logaddexp."""
    above = np.maximum(u, 0.0)
    np.log1p(np.exp(np.negative(np.abs(u, out), out), out), out)
    np.add(out, above, out)


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
    "gap": lambda u, out: np.multiply(1.0 - u, 1.0 + u, out),  # 1 − u², with all digits near ±1, too
    "guarded": _guarded, "ratio": _ratio, "step": lambda u, out: np.heaviside(u, 0.5, out),
    "sigmoid": _sigmoid, "bell": _bell, "softplus": _softplus,
    "floor": np.floor, "ceil": np.ceil, "round": np.rint, "trunc": np.trunc, "mod": np.mod, "floordiv": np.floor_divide,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "exp2": np.exp2, "logaddexp": np.logaddexp,
    "erf": special.erf, "erfc": special.erfc, "gamma": special.gamma, "lgamma": special.lgamma,
    "digamma": special.digamma, "trigamma": special.trigamma,
    "sinc": special.sinc, "sinc_slope": special.sinc_slope, "sinc_curvature": special.sinc_curvature,
}  # fmt: skip
