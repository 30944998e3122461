"""Derivatives in arithmetic of many digits, and how far from them one in double precision may lie: a running analysis.

    found = analysed("tanh(x)**2", 0.3)
    found.slope, found.slope_error      # found.curvature, found.curvature_error

Each operation is granted some units in the last place of what it gives, of each term of a derivative and of what it is
given; what comes of them is carried on to first order (Wilkinson 1963; Higham, Accuracy and Stability, 3.3). So the
bounds are the condition of the chain rule: large where digits cancel, infinite from a part on that no float can hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import mpmath
from mpmath import inf, mpf

from support.compositions import BOUNDED

if TYPE_CHECKING:
    from collections.abc import Callable

DIGITS: Final = 60
UNITS: Final = mpf(8) / 2**53  # what one operation is granted, relative to its terms
LEAST: Final = mpf(10) ** -306  # and absolutely, for what is below the smallest float
LARGEST: Final = mpf(10) ** 308
# Where functions have edges, poles or kinks: there rounding may decide.
EDGES: Final[dict[str, tuple[float, ...]]] = {
    "log": (0,), "log2": (0,), "sqrt": (0,), "cbrt": (0,), "log1p": (-1,), "asin": (-1, 1), "acos": (-1, 1),
    "abs": (0,), "sign": (0,), "power": (0,),
}  # fmt: skip


class UndecidedError(Exception):
    """Rounding decides on which side of an edge, a pole or a kink a part is."""


class NoDerivativeError(Exception):
    """A part has none of its own at the point: a kink, a pole or an edge is met exactly."""


class KinkError(NoDerivativeError):
    """A part has another slope on either side of the point: no curvature, unless such kinks cancel."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """A part of a formula: its value and two derivatives, and the error that each may have in double precision."""

    value: Any
    slope: Any
    curvature: Any
    value_error: Any
    slope_error: Any
    curvature_error: Any

    @property
    def arguments_error(self) -> Any:
        """The error with which a function is evaluated: at least that of its own rounding of what it is given."""
        return self.value_error + UNITS * abs(self.value)

    def __add__(self, other: Any) -> Analysed:
        other = _analysed(other)
        pairs = list(zip(self.parts, other.parts, strict=True))
        return _checked(
            *(a + b for a, b in pairs),
            *(p + q + UNITS * abs(a + b) for p, q, (a, b) in zip(self.errors, other.errors, pairs, strict=True)),
        )

    def __mul__(self, other: Any) -> Analysed:
        u, v = self, _analysed(other)
        (a, a1, a2), (b, b1, b2) = map(_sizes, (u, v))
        (p, p1, p2), (q, q1, q2) = u.errors, v.errors
        return _checked(
            u.value * v.value,
            u.slope * v.value + u.value * v.slope,
            u.curvature * v.value + 2 * u.slope * v.slope + u.value * v.curvature,
            p * b + a * q + UNITS * a * b,
            p1 * b + a1 * q + p * b1 + a * q1 + UNITS * (a1 * b + a * b1),
            p2 * b + a2 * q + 2 * (p1 * b1 + a1 * q1) + p * b2 + a * q2 + UNITS * (a2 * b + 2 * a1 * b1 + a * b2),
        )

    def __neg__(self) -> Analysed:
        return Analysed(-self.value, -self.slope, -self.curvature, *self.errors)

    def __sub__(self, other: Any) -> Analysed:
        return self + -_analysed(other)

    def __rsub__(self, other: Any) -> Analysed:
        return _analysed(other) + -self

    def __truediv__(self, other: Any) -> Analysed:
        return self * applied("power", _power(-1), _analysed(other))

    def __rtruediv__(self, other: Any) -> Analysed:
        return _analysed(other) / self

    def __pow__(self, exponent: float) -> Analysed:
        whole = float(exponent).is_integer() and exponent > 0
        return applied("whole power" if whole else "power", _power(exponent), self)

    def __rpow__(self, base: float) -> Analysed:
        return applied("exp", _exp, self * mpmath.log(base))

    __radd__, __rmul__ = __add__, __mul__

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        return self.value, self.slope, self.curvature

    @property
    def errors(self) -> tuple[Any, Any, Any]:
        return self.value_error, self.slope_error, self.curvature_error


Series = tuple[Any, Any, Any, Any]  # a function and its first three derivatives


def applied(name: str, function: Callable[[Any], Series], u: Analysed) -> Analysed:
    """A function of one argument, by the chain rule."""
    for edge in EDGES.get(name, ()):
        if u.value == edge and u.value_error == 0:
            raise KinkError if name == "abs" and u.slope else NoDerivativeError
        if abs(u.value - edge) <= 4 * u.value_error:
            raise UndecidedError
    g, g1, g2, g3 = function(u.value)
    near, s, c = u.arguments_error, abs(u.slope), abs(u.curvature)
    g1_error, g2_error = abs(g2) * near + UNITS * abs(g1) + LEAST, abs(g3) * near + UNITS * abs(g2) + LEAST
    return _checked(
        g,
        g1 * u.slope,
        g2 * u.slope**2 + g1 * u.curvature,
        abs(g1) * u.value_error + UNITS * abs(g),
        g1_error * s + abs(g1) * u.slope_error,
        g2_error * s**2 + 2 * abs(g2) * s * u.slope_error + g1_error * c + abs(g1) * u.curvature_error,
    )


def analysed(text: str, at: float) -> Analysed:
    """A formula in x at a point. Raises NoDerivativeError, UndecidedError, and ValueError outside the domain."""
    with mpmath.workdps(DIGITS):
        x = Analysed(mpf(at), mpf(1), mpf(0), mpf(0), mpf(0), mpf(0))
        try:
            return _analysed(eval(text, {"__builtins__": {}}, {**_FUNCTIONS, "x": x}))
        except ArithmeticError as error:
            raise ValueError(text) from error


def _analysed(value: Any) -> Analysed:
    return value if isinstance(value, Analysed) else Analysed(mpf(value), *[mpf(0)] * 5)


def _sizes(part: Analysed) -> tuple[Any, ...]:
    return tuple(map(abs, part.parts))


def _checked(value: Any, slope: Any, curvature: Any, *errors: Any) -> Analysed:
    """A part, with errors that begin to be infinite where it is too large for a float."""
    found = [mpf(part) for part in (value, slope, curvature)]
    too_large, bounds = False, []
    for part, error in zip(found, errors, strict=True):
        too_large = too_large or abs(part) > LARGEST
        bounds.append(inf if too_large or mpmath.isnan(error) else error + (LEAST if part else 0))
    return Analysed(*found, *bounds)


def _larger(u: Any, v: Any, sign: int = 1) -> Analysed:
    u, v = _analysed(u), _analysed(v)
    apart = sign * (u.value - v.value)
    if abs(apart) > 4 * (u.value_error + v.value_error):
        return u if apart > 0 else v
    if u.parts == v.parts:
        return u
    if u.value_error or v.value_error:
        raise UndecidedError
    raise KinkError if u.slope != v.slope else NoDerivativeError


def _hypot(u: Any, v: Any) -> Analysed:
    u, v = _analysed(u), _analysed(v)
    if u.value == v.value == 0 and (u.slope or v.slope):
        raise KinkError
    return applied("sqrt", _sqrt, u * u + v * v)


def _power(exponent: float) -> Callable[[Any], Series]:
    p = mpf(exponent)

    def series(u: Any) -> Any:
        factors = (mpf(1), p, p * (p - 1), p * (p - 1) * (p - 2))
        return tuple(factor * u ** (p - k) if factor else mpf(0) for k, factor in enumerate(factors))

    return series


def _exp(u: Any) -> Series:
    e = BOUNDED["exp"](u)
    return e, e, e, e


def _expm1(u: Any) -> Series:
    e = BOUNDED["exp"](u)
    return mpmath.expm1(u) if abs(u) < 1 else e - 1, e, e, e


def _sinh(u: Any) -> Series:
    s, c = BOUNDED["sinh"](u), BOUNDED["cosh"](u)
    return s, c, s, c


def _sin(u: Any) -> Series:
    s, c = mpmath.sin(u), mpmath.cos(u)
    return s, c, -s, -c


def _tan(u: Any) -> Series:
    t = mpmath.tan(u)
    s = 1 + t**2
    return t, s, 2 * t * s, 2 * s**2 + 4 * t**2 * s


def _tanh(u: Any) -> Series:
    t, s = BOUNDED["tanh"](u), (1 / BOUNDED["cosh"](u)) ** 2 if abs(u) < 1e4 else mpf(0)
    return t, s, -2 * t * s, 4 * t**2 * s - 2 * s**2


def _atan(u: Any) -> Series:
    w = 1 / (1 + u**2)
    return mpmath.atan(u), w, -2 * u * w**2, (6 * u**2 - 2) * w**3


def _asin(u: Any) -> Series:
    if abs(u) > 1:
        raise ValueError(u)
    w = 1 / mpmath.sqrt((1 - u) * (1 + u))
    return mpmath.asin(u), w, u * w**3, (1 + 2 * u**2) * w**5


def _acos(u: Any) -> Series:
    _, *others = _asin(u)
    first, second, third = (-g for g in others)
    return mpmath.acos(u), first, second, third


def _log(base: Any, shift: int = 0) -> Callable[[Any], Series]:
    def series(u: Any) -> Series:
        v = u + shift
        if v <= 0:
            raise ValueError(u)
        return (mpmath.log1p(u) if shift else mpmath.log(u)) / base, 1 / v / base, -1 / v**2 / base, 2 / v**3 / base

    return series


def _erf(u: Any) -> Series:
    g = 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-min(u**2, mpf(10) ** 5))
    return BOUNDED["erf"](u), g, -2 * u * g, (4 * u**2 - 2) * g


def _sigmoid(u: Any) -> Series:
    a, b = BOUNDED["sigmoid"](u), BOUNDED["sigmoid"](-u)
    return a, a * b, a * b * (b - a), a * b * ((b - a) ** 2 - 2 * a * b)


def _softplus(u: Any) -> Series:
    first, second, third, _ = _sigmoid(u)
    return BOUNDED["softplus"](u), first, second, third


def _sqrt(u: Any) -> Series:
    if u < 0:
        raise ValueError(u)
    first, *others = _power(0.5)(u)
    return first, *others


def _cbrt(u: Any) -> Series:
    root, third = mpmath.cbrt(abs(u)), 1 / mpf(3)
    return (
        mpmath.sign(u) * root,
        third * root / abs(u),
        -2 * third**2 * root / (u * abs(u)),
        mpf(10) / 27 * root / abs(u) ** 3,
    )


def _abs(u: Any) -> Series:
    return abs(u), mpmath.sign(u), mpf(0), mpf(0)


def _sign(u: Any) -> Series:
    return mpmath.sign(u), mpf(0), mpf(0), mpf(0)


_UNARY: Final[dict[str, Callable[[Any], Series]]] = {
    "sin": _sin, "cos": lambda u: (mpmath.cos(u), *(-g for g in _sin(u)[:3])), "tan": _tan, "asin": _asin,
    "acos": _acos, "atan": _atan, "sinh": _sinh, "cosh": lambda u: (*_sinh(u)[1:], _sinh(u)[0]), "tanh": _tanh,
    "exp": _exp, "expm1": _expm1, "log": _log(1), "log2": _log(mpmath.log(2)), "log1p": _log(1, 1), "sqrt": _sqrt,
    "cbrt": _cbrt, "abs": _abs, "sign": _sign, "erf": _erf, "sigmoid": _sigmoid, "softplus": _softplus,
}  # fmt: skip
_FUNCTIONS: Final[dict[str, Any]] = {
    **{name: lambda u, name=name: applied(name, _UNARY[name], _analysed(u)) for name in _UNARY},
    "max": _larger,
    "min": lambda u, v: _larger(u, v, -1),
    "relu": lambda u: _larger(u, 0),
    "clip": lambda u, low, high: _larger(_larger(u, low), high, -1),
    "hypot": _hypot,
    "atan2": lambda u, v: applied("atan", _atan, u / v),  # of v > 0
}
