"""The characters and words in which people write formulas, and what they are in gdanim's own spelling."""

import re
from collections.abc import Mapping, Sequence
from keyword import kwlist
from typing import Final

# Characters that mean what one or two plain ones do.
PLAIN: Final[Mapping[str, str]] = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "•": "*", "∙": "*", "÷": "/",
    "∕": "/", "⁄": "/", "≤": "<=", "≥": ">=", "≠": "!=", "^": "**", "ℯ": "e", "∣": "|",
}  # fmt: skip
ELEMENTWISE: Final[Mapping[str, str]] = {".^": "**", ".*": "*", "./": "/"}  # as MATLAB writes them
BRACKETS: Final[Mapping[str, str]] = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}
ROUNDED: Final[Mapping[str, str]] = {"⌊": "floor", "⌈": "ceil"}
FRACTIONS: Final[Mapping[str, str]] = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
    "⅙": "1/6", "⅚": "5/6", "⅐": "1/7", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅑": "1/9", "⅒": "1/10",
}  # fmt: skip
ROOTS: Final[Mapping[str, str]] = {"√": "sqrt", "∛": "cbrt"}
RANGES: Final[Mapping[str, str]] = {"∑": "sum", "∏": "prod", "Π": "prod"}
SUPERSCRIPTS: Final[Mapping[str, str]] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣʸ", "0123456789+-()nxy", strict=True))
SUBSCRIPTS: Final[Mapping[str, str]] = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

GREEK_WORDS: Final = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]  # fmt: skip
_GREEK_LETTERS: Final = "αβγδεζηθικλμνξοπρστυφχψω"
GREEK: Final[Mapping[str, str]] = {
    **dict(zip(_GREEK_LETTERS, GREEK_WORDS, strict=True)),
    **{
        letter.upper(): word.capitalize()
        for letter, word in zip(_GREEK_LETTERS, GREEK_WORDS, strict=True)
        if word in ("gamma", "delta", "theta", "lambda", "xi", "sigma", "phi", "psi", "omega")
    },
    "λ": "lam", "ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta", "µ": "mu",  # Python keeps lambda for itself
}  # fmt: skip

# Other names of functions, each with one meaning only.
SAME_FUNCTION: Final[Mapping[str, str]] = {
    "ln": "log", "lb": "log2", "log_2": "log2", "log_10": "log10", "log_e": "log", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "arctan2": "atan2", "arctg": "atan", "tg": "tan", "sh": "sinh", "ch": "cosh", "th": "tanh",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arsinh": "asinh", "arcosh": "acosh",
    "artanh": "atanh", "sgn": "sign", "fabs": "abs", "absolute": "abs", "maximum": "max", "minimum": "min",
    "fmax": "max", "fmin": "min", "logistic": "sigmoid", "expit": "sigmoid", "rint": "round", "fix": "trunc",
    "ceiling": "ceil", "lgam": "lgamma", "gammaln": "lgamma", "loggamma": "lgamma", "Gamma": "gamma",
    "tgamma": "gamma", "ReLU": "relu", "sigma": "sigmoid", "Sigma": "sum",
}  # fmt: skip
# What a function is in gdanim's own: {0}, {1} are its arguments, {a}, {b} the same in parentheses where they need them.
WRITTEN_AS: Final[Mapping[tuple[str, int], str]] = {
    ("pow", 2): "{a}**{b}", ("power", 2): "{a}**{b}", ("square", 1): "{a}**2",
    ("sec", 1): "(1/cos({0}))", ("csc", 1): "(1/sin({0}))", ("cosec", 1): "(1/sin({0}))", ("cot", 1): "(1/tan({0}))",
    ("ctg", 1): "(1/tan({0}))", ("sech", 1): "(1/cosh({0}))", ("csch", 1): "(1/sinh({0}))",
    ("coth", 1): "(1/tanh({0}))", ("log", 2): "(log({0})/log({1}))", ("exp10", 1): "10**{a}",
    ("factorial", 1): "gamma({0} + 1)", ("reciprocal", 1): "(1/{a})", ("negative", 1): "(-{a})",
    ("add", 2): "({0} + {1})", ("subtract", 2): "({a} - {b})", ("multiply", 2): "({a}*{b})",
    ("divide", 2): "({a}/{b})", ("true_divide", 2): "({a}/{b})", ("floor_divide", 2): "({a}//{b})",
    ("remainder", 2): "mod({0}, {1})", ("root", 2): "{a}**(1/{b})", ("fmod", 2): "({a} - {b}*trunc({a}/{b}))",
}  # fmt: skip

# Words of other languages between two operands, and what to write in their place.
OPERATORS: Final[Mapping[str, str]] = {"div": "x // 2", "rem": "x - 2*trunc(x/2)"}
# Functions that can mean two things: what to write for each.
TWO_MEANINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "lg": ("log10({0})", "log2({0})"),
    "sqr": ("{a}**2", "sqrt({0})"),
    "heaviside": ("where({0} >= 0, 1, 0)", "where({0} > 0, 1, 0)"),
    "step": ("where({0} >= 0, 1, 0)", "where({0} > 0, 1, 0)"),
}
# Modules that people's code has in front of functions.
MODULES: Final = frozenset(
    ["np", "numpy", "math", "jnp", "jax", "torch", "tf", "scipy", "sp", "sympy", "special", "Math", "cmath", "cupy"]
)

WORDS: Final = frozenset({"and", "or", "not", "if", "else"})  # operators
KEYWORDS: Final = frozenset(kwlist)  # of Python: none of them names a thing

_ATOM: Final = re.compile(r"[\w.]+|\w*\([^()]*\)")


def formatted(form: str, args: Sequence[str]) -> str:
    """A form of WRITTEN_AS or TWO_MEANINGS with its arguments."""
    a, b = [arg if _ATOM.fullmatch(arg) else f"({arg})" for arg in (args[0], args[-1])]
    return form.format(*args, a=a, b=b)
