"""The pieces of mathtext: numbers, names and groups, and how tightly each piece binds."""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from gdanim.formula.text import letters

_DEEPEST_GROUP: Final = 8  # nested braces; mathtext overflows Python's stack at about 23

_GREEK: Final[Mapping[str, str]] = {
    **{name: rf"\{name}" for name in (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
        "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda",
        "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
    )},
    "lam": r"\lambda", "lamda": r"\lambda",  # Python keeps lambda for itself
}  # fmt: skip

# The usual letter of a word comes first there, variants such as ϑ last.
_LETTERS: Final[Mapping[str, str]] = {word: letter for letter, word in reversed([*letters.GREEK.items()])}

# Functions whose power is set behind the name: \sin^{2}(x).
TRIGONOMETRIC: Final[Mapping[str, str]] = {
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "asinh": r"\mathrm{arsinh}",
    "acosh": r"\mathrm{arcosh}", "atanh": r"\mathrm{artanh}",
}  # fmt: skip
# Functions that are not listed here are set upright, under their own names.
FUNCTIONS: Final[Mapping[str, str]] = {
    **TRIGONOMETRIC, "exp": r"\exp", "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}", "min": r"\min",
    "max": r"\max", "sign": r"\mathrm{sgn}", "sigmoid": r"\sigma", "gamma": r"\Gamma",
}  # fmt: skip
RELATIONS: Final[Mapping[str, str]] = {"lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq", "eq": "=", "ne": r"\neq"}

UPRIGHT: Final = re.compile(r"\\(mathrm|arc|sin|cos|tan|exp|ln|log|min|max|sum|prod|sigma\W*\()")


class Binds(IntEnum):
    """How tightly a part binds; a looser part inside a tighter one needs parentheses."""

    CHOICE = 0
    OR = 1
    AND = 2
    RELATION = 3
    SUM = 4
    SIGNED = 5  # -x
    QUOTIENT = 6  # x/2 on one line
    PRODUCT = 7
    FACTOR = 8  # \sin(x), x^{2}, \frac{x}{2}: tight, but no base of a power
    ATOM = 9


class Part(NamedTuple):
    """A piece of mathtext and how tightly it binds."""

    text: str
    binds: Binds

    def within(self, least: Binds) -> str:
        """The text, in parentheses unless it binds as tightly as `least`."""
        return self.text if self.binds >= least else parenthesised(self.text)


def number(value: float) -> Part:
    """A number, its exponent as a power of ten."""
    digits, _, exponent = f"{value:.12g}".partition("e")
    if 0 < value < 0.01:
        digits, _, exponent = f"{value:.11e}".partition("e")
        digits = digits.rstrip("0").rstrip(".")
    if not exponent:
        return Part(digits, Binds.ATOM)
    power = f"10^{{{int(exponent)}}}"
    return Part(power, Binds.FACTOR) if digits == "1" else Part(rf"{digits} \times {power}", Binds.PRODUCT)


def named(name: str) -> str:
    r"""a1 → a_{1}, theta → \theta, decay_rate → decay with the subscript rate."""
    stem = re.match("[A-Za-z]+", name)[0]  # type: ignore[index]  # names start with a letter
    subscript = name[len(stem) :].strip("_")
    symbol = _GREEK.get(stem) or _word(stem)
    return f"{symbol}_{{{subscript if subscript.isdigit() else _word(subscript)}}}" if subscript else symbol


def symbol(name: str) -> str:
    """A name in a label without mathtext: θ, θ_1, x1."""
    stem = re.match("[A-Za-z]*", name)[0]  # type: ignore[index]  # it may be empty, and so always matches
    return _LETTERS.get(stem, stem) + name[len(stem) :]


def _word(word: str) -> str:
    escaped = word.replace("_", r"\_")
    return word if len(word) == 1 else rf"\mathrm{{{escaped}}}"


def parenthesised(text: str) -> str:
    """A text in parentheses, high ones around a fraction."""
    return rf"\left({shallow(text)}\right)" if r"\frac" in text else f"({text})"


def group(text: str) -> str:
    """A text in braces."""
    return f"{{{shallow(text)}}}"


def shallow(text: str) -> str:
    r"""The text, or \ldots where it is nested too deeply to be read."""
    depth = deepest = 0
    for bracket in re.finditer(r"[{}]|\\left|\\right", text):
        depth += 1 if bracket[0] in ("{", r"\left") else -1
        deepest = max(deepest, depth)
    return text if deepest < _DEEPEST_GROUP else r"\ldots"


def opening(text: str) -> str:
    """Text behind a comma or a bar, grouped if it begins with a sign: mathtext would set that like a minus."""
    return group(text) if text.startswith("-") else text
