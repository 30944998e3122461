"""Random formulas, and two independent ways to evaluate them: Python's own evaluation of the text, over the numbers of
math with a bound on their rounding errors, and over the numbers of mpmath with as many digits as are asked for."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import mpmath
from hypothesis import strategies as st

SMOOTH = (
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "log2", "log10", "log1p",
    "expm1", "sqrt", "cbrt", "erf", "sigmoid", "softplus",
)  # fmt: skip
KINKED = ("abs", "sign", "relu")
NUMBERS = ("0.5", "2.0", "3.0", ".25", "1e-1", "1.5e0", "pi", "e")

UNIT = 1e-13  # the relative error that one operation is granted


class UndecidedError(Exception):
    """The rounding errors decide on which side of a jump or an edge of the domain the value lies."""


@dataclass(frozen=True)
class Approximate:
    """A float of Python's math, and how far from it another evaluation of the same formula may lie."""

    value: float
    error: float = 0.0

    def __add__(self, other):
        return lifted(operator.add)(self, other)

    def __radd__(self, other):
        return lifted(operator.add)(other, self)

    def __sub__(self, other):
        return lifted(operator.sub)(self, other)

    def __rsub__(self, other):
        return lifted(operator.sub)(other, self)

    def __mul__(self, other):
        return lifted(operator.mul)(self, other)

    def __rmul__(self, other):
        return lifted(operator.mul)(other, self)

    def __truediv__(self, other):
        return lifted(operator.truediv)(self, other)

    def __rtruediv__(self, other):
        return lifted(operator.truediv)(other, self)

    def __pow__(self, other):
        return lifted(math.pow)(self, other)

    def __rpow__(self, other):
        return lifted(math.pow)(other, self)

    def __neg__(self):
        return Approximate(-self.value, self.error)

    def __pos__(self):
        return self

    def __lt__(self, other):
        other = approximate(other)
        if abs(self.value - other.value) <= self.error + other.error:
            raise UndecidedError
        return self.value < other.value

    def __gt__(self, other):
        return approximate(other) < self


def approximate(value) -> Approximate:
    if isinstance(value, complex):
        raise ValueError(value)
    return value if isinstance(value, Approximate) else Approximate(float(value))


def lifted(function):
    """A function of floats on approximate numbers: how far the result moves when each argument moves by its error."""

    def on_approximate(*args):
        args = [approximate(arg) for arg in args]
        values = [arg.value for arg in args]
        result = float(function(*values))
        error = UNIT * abs(result) + 1e-300
        for i, arg in enumerate(args):
            if arg.error:
                ends = [function(*values[:i], arg.value + shift, *values[i + 1 :]) for shift in (-arg.error, arg.error)]
                error += max(abs(end - result) for end in ends)
        if not (math.isfinite(result) and math.isfinite(error)):
            raise OverflowError
        return Approximate(result, error)

    return on_approximate


def _sign(u):
    return 1.0 if u > 0 else -1.0 if u < 0 else 0.0


def _where(condition, u, v):
    return u if condition else v


_MATH = {
    "abs": abs, "min": min, "max": max, "sign": _sign,
    "relu": lambda u: max(u, 0.0),
    "clip": lambda u, low, high: min(max(u, low), high),
    "sigmoid": lambda u: 1 / (1 + math.exp(-u)),
    "softplus": lambda u: math.log1p(math.exp(u)),
    **{name: getattr(math, name) for name in (*SMOOTH, "hypot", "atan2") if hasattr(math, name)},
}  # fmt: skip
_MPMATH = {
    "sign": mpmath.sign, "abs": abs, "min": min, "max": max, "where": _where,
    "relu": lambda u: max(u, mpmath.mpf(0)),
    "clip": lambda u, low, high: min(max(u, low), high),
    "log2": lambda u: mpmath.log(u, 2), "log1p": mpmath.log1p, "expm1": mpmath.expm1,
    "cbrt": lambda u: mpmath.sign(u) * mpmath.cbrt(abs(u)),
    "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)),
    "softplus": lambda u: mpmath.log(1 + mpmath.exp(u)),
    **{name: getattr(mpmath, name) for name in ("log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2")},
    **{name: getattr(mpmath, name) for name in ("sinh", "cosh", "tanh", "exp", "sqrt", "erf", "hypot")},
}  # fmt: skip


def by_math(text: str, **variables: float) -> Approximate:
    """The formula as Python reads it, over the functions of math. Raises where it has no value."""
    names = {name: lifted(function) for name, function in _MATH.items()} | {"where": _where}
    names |= {"pi": math.pi, "e": math.e, "tau": math.tau}
    names |= {name: Approximate(value) for name, value in variables.items()}
    return approximate(eval(text, {"__builtins__": {}}, names))


def by_mpmath(text: str, **variables):
    """The formula as Python reads it, over the numbers of mpmath; real, or it raises ValueError."""
    names = {**_MPMATH, "pi": mpmath.pi(), "e": mpmath.e(), "tau": 2 * mpmath.pi()}
    result = mpmath.mpmathify(eval(text, {"__builtins__": {}}, names | variables))
    if isinstance(result, mpmath.mpc) or not mpmath.isfinite(result):
        raise ValueError(text)
    return result


def formulas(*, functions=SMOOTH + KINKED, branches=True, max_leaves=8):
    """Formulas in x and y as text, with and without the parentheses that they need.

    Literals have a point: Python's own evaluation must not meet a tower of integers.
    """

    def larger(part):
        forms = [
            st.builds("{}{}{}".format, part, st.sampled_from(("+", " - ", "*", " / ")), part),
            st.builds("({}){}{}".format, part, st.sampled_from(("+", "-", "*", "/")), part),
            st.builds("{}**{}".format, part, st.sampled_from(("2.0", "3.0", "-1.0", "0.5", "1.5", "4.0"))),
            st.builds("({})**({})".format, part, part),
            st.builds("{}{}".format, st.sampled_from("-+"), part),
            st.builds("({})".format, part),
            st.builds("{}({})".format, st.sampled_from(functions), part),
            st.builds("{}({}, {})".format, st.sampled_from(("hypot", "atan2")), part, part),
        ]
        if branches:
            forms += [
                st.builds("{}({}, {})".format, st.sampled_from(("min", "max")), part, part),
                st.builds("clip({}, -1.0, {})".format, part, part),
                st.builds("where({} < {}, {}, {})".format, part, part, part, part),
                st.builds("where(not {} > 0.5 or 0.1 < {} < 2.0, {}, {})".format, part, part, part, part),
            ]
        return st.one_of(forms)

    leaves = st.one_of(st.sampled_from(("x", "y")), st.sampled_from(NUMBERS))
    return st.recursive(leaves, larger, max_leaves=max_leaves).map("x + {}".format)
