"""Random compositions of all functions, and their derivatives in arithmetic of many digits, also where they are limits.

text = composition(7)                  # sqrt(x**4)*tanh(x - 1)
slope(text, 0.0), curvature(text, 0.0)    # nan where there is none: at kinks, poles and edges of the domain
"""

from __future__ import annotations

from math import isfinite, nan
from random import Random
from typing import TYPE_CHECKING, Any

import mpmath
from mpmath import mpf

from support.strategies import by_mpmath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DIGITS = 100
STEPS = (mpf(10) ** -22, mpf(10) ** -27)  # a derivative exists where both give the same
SPECIAL = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-9, -1e-9, 20.0, -40.0, 360.0, -800.0, 1e4)

_UNARY = (
    "sin({})", "cos({})", "exp({})", "exp(-{})", "log(1 + ({})**2)", "sqrt({})", "cbrt({})", "abs({})", "tanh({})",
    "cosh({})", "sinh({})", "1/cosh({})", "1/(1 + exp(-100*({})))", "atan({})", "erf({})", "sigmoid({})",
    "softplus({})", "({})**2", "({})**3", "({})**4", "({})**1.5", "({})**0.5", "1/({})", "exp(-1/({})**2)", "log({})",
    "expm1({})", "log1p({})", "sqrt(1 + ({})**2)", "hypot({}, 2)", "max({}, 0)", "min({}, 1)", "relu({})", "tan({})",
    "asin({})", "acos({})", "sign({})", "log2({})", "atan2({}, 3)", "({})**-2", "2**({})", "clip({}, -1, 1)",
)  # fmt: skip
_BINARY = ("{}*{}", "({}) + {}", "({}) - {}", "({})/({})", "max({}, {})", "hypot({}, {})")


def composition(seed: int) -> str:
    """A formula in x of two to four functions."""
    random = Random(seed)
    return _part(random, random.choice((2, 2, 3)))


def _part(random: Random, depth: int) -> str:
    if depth == 0:
        return random.choice(("x", "x", "x", "(x - 1)", "2*x", "x**2"))
    if random.random() < 0.35:
        return random.choice(_BINARY).format(_part(random, depth - 1), _part(random, depth - 1))
    return random.choice(_UNARY).format(_part(random, depth - 1))


def points(seed: int) -> list[float]:
    """20 points: the special ones, and others of moderate size."""
    random = Random(-seed)
    return [*SPECIAL, *[random.uniform(-4, 4) for _ in range(20 - len(SPECIAL))]]


def slope(text: str, at: float) -> float:
    """f′, one-sided at an edge of the domain; nan where it does not exist, or is no float."""
    return _limit(text, at, (-1, 1), power=1)


def curvature(text: str, at: float) -> float:
    """f″, likewise."""
    return _limit(text, at, (1, -2, 1), power=2) if isfinite(slope(text, at)) else nan


def _limit(text: str, at: float, weights: Sequence[int], *, power: int) -> float:
    with mpmath.workdps(DIGITS):
        sides = [_one_sided(text, mpf(at), side, weights, power) for side in (1, -1)]
        found = [limit for limit in sides if limit is not None]
        if not found or any(not mpmath.isfinite(limit) for limit in found):
            return nan
        same = abs(found[0] - found[-1]) <= mpf(10) ** -5 * (1 + abs(found[0]))
        return float(found[0]) if same and abs(found[0]) < 1e290 else nan


def _one_sided(text: str, x: Any, side: int, weights: Sequence[int], power: int) -> Any:
    """The derivative from one side; None outside the domain, nan where differences of two steps are not the same."""
    try:
        found = [
            sum(w * value(text, x + side * i * h) for i, w in enumerate(weights)) / (side * h) ** power
            for h in (step * max(1, abs(x)) for step in STEPS)
        ]
    except (ValueError, TypeError, AttributeError):  # a complex number
        return None
    except ArithmeticError:
        return mpf("nan")
    return found[-1] if abs(found[0] - found[1]) <= mpf(10) ** -5 * (1 + abs(found[1])) else mpf("nan")


def value(text: str, x: Any) -> Any:
    """f at a number of mpmath. Raises ValueError outside the domain, ArithmeticError at poles and above 10^43429."""
    return by_mpmath(text, x=x, **BOUNDED)


def is_value(text: str, at: float, found: float) -> bool:
    """Whether a float is f at a point: where rounding before it decides what it is, so it does for derivatives."""
    if not isfinite(found):
        return False
    with mpmath.workdps(DIGITS):
        try:
            exact = float(value(text, mpf(at)))
        except (ArithmeticError, ValueError, TypeError, AttributeError):
            return True  # exp(-1/0) is 0
    return abs(exact - found) <= 1e-13 * abs(exact) or abs(exact) < 1e-290


def is_edge(text: str, at: float) -> bool:
    """Whether the domain of a formula ends at a point."""
    with mpmath.workdps(DIGITS):
        return None in [_one_sided(text, mpf(at), side, (-1, 1), 1) for side in (1, -1)]


def _bounded(function: Callable[[Any], Any], below: Any = None) -> Callable[[Any], Any]:
    """A function that grows as e^u: without it, exp(exp(1000)) takes all memory."""

    def at(u: Any) -> Any:
        if abs(u) < 1e5:
            return function(u)
        if u < 0 and below is not None:
            return mpf(below)
        raise OverflowError

    return at


BOUNDED = {
    "exp": _bounded(mpmath.exp, 0), "sinh": _bounded(mpmath.sinh), "cosh": _bounded(mpmath.cosh),
    "expm1": _bounded(mpmath.expm1, -1), "softplus": lambda u: mpmath.log(1 + mpmath.exp(u)) if u < 1e4 else u,
    "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)) if abs(u) < 1e5 else mpf(int(u > 0)),
    "tanh": lambda u: mpmath.tanh(u) if abs(u) < 1e5 else mpmath.sign(u),
    "erf": lambda u: mpmath.erf(u) if abs(u) < 1e4 else mpmath.sign(u),
}  # fmt: skip
