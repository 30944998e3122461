"""What a formula may hold: its variables, constants and functions, and what each operation gives on plain floats.

Parts that are constant are computed with the operations on floats here, never with Python's integers, so that 9**9**9
costs nothing.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Final

VARIABLES: Final = ("x", "y")
CONSTANTS: Final[Mapping[str, float]] = {"pi": math.pi, "e": math.e, "tau": math.tau}

ANY_NUMBER: Final = 1_000_000  # more arguments than a formula can hold

# name → the fewest and the most arguments
FUNCTIONS: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"), (1, 1)),
    **dict.fromkeys(("exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "abs", "sign"), (1, 1)),
    **dict.fromkeys(("erf", "sigmoid", "softplus", "relu"), (1, 1)),
    **dict.fromkeys(("asinh", "acosh", "atanh", "exp2", "erfc", "sinc", "gamma", "lgamma"), (1, 1)),
    **dict.fromkeys(("floor", "ceil", "round", "trunc"), (1, 1)),
    **dict.fromkeys(("atan2", "hypot", "mod", "logaddexp"), (2, 2)),
    **dict.fromkeys(("min", "max", "logsumexp"), (2, ANY_NUMBER)),
    **dict.fromkeys(("clip", "where"), (3, 3)),
    **dict.fromkeys(("sum", "prod"), (4, 4)),  # sum(i, 1, 5, i*x): index, from, to, term
}
# Functions that a person may also have as a parameter: they are functions only where a parenthesis follows.
ALSO_NAMES: Final = frozenset({"gamma", "mod", "sum", "prod", "floor", "ceil", "round", "trunc", "sinc"})

# How the operators of the tree are written. Comparisons and logic stand only in the first argument of where.
ARITHMETIC: Final[Mapping[str, str]] = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "neg": "-",
    "mod": "%", "floordiv": "//",
}  # fmt: skip
COMPARISONS: Final[Mapping[str, str]] = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}

_SCALAR: Final[Mapping[str, Callable[..., float]]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
    # float ** float can answer with a complex number; math.pow refuses instead.
    "pow": math.pow,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
    "and": lambda *truths: all(truths), "or": lambda *truths: any(truths), "not": operator.not_,
    "where": lambda condition, u, v: u if condition else v, "abs": abs, "min": min, "max": max,
    "clip": lambda u, low, high: min(max(u, low), high), "relu": lambda u: max(u, 0.0),
    "sign": lambda u: float((u > 0) - (u < 0)),
    "bell": lambda u: math.exp(-abs(u)) / (1 + math.exp(-abs(u))) ** 2,  # the slope of sigmoid; no formula names it
    "gap": lambda u: (1 - u) * (1 + u),  # of the derivatives of asin, acos and atanh; no formula names it
    "step": lambda u: 0.5 * ((u > 0) - (u < 0) + 1),  # the derivative of max(u, 0); no formula names it
    "sigmoid": lambda u: 1 / (1 + math.exp(-u)) if u > -700 else math.exp(u),
    "softplus": lambda u: max(u, 0.0) + math.log1p(math.exp(-abs(u))),
    "mod": operator.mod, "floordiv": operator.floordiv, "round": round,
    "sinc": lambda u: math.sin(math.pi * u) / (math.pi * u) if u else 1.0,
    "logaddexp": lambda u, v: max(u, v) + math.log1p(math.exp(-abs(u - v))),
    "logsumexp": lambda *args: max(args) + math.log(sum(math.exp(arg - max(args)) for arg in args)),
    **{name: getattr(math, name) for name in FUNCTIONS if hasattr(math, name) and name != "prod"},
}  # fmt: skip


def apply(op: str, values: Sequence[float]) -> float:
    """The value of one operation on plain floats; NaN where it has none, or where it overflows."""
    try:
        return float(_SCALAR[op](*values))
    except (ArithmeticError, ValueError):
        return math.nan
