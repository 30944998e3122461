"""What textbooks do to a formula, and gdanim does not compute: derivatives, integrals, argmin and norms.

Each is refused with what to write in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from gdanim.errors import FormulaError

_LONGEST_SHOWN: Final = 70  # characters of a formula that a message writes out
# d/dx, ∂/∂x, d²/dx², and LaTeX's fractions of these.
_DERIVATIVE: Final = re.compile(
    r" {0,9}\(?\(?(?:d|∂) ?(?:\^2|²)?\)?/\(?"
    r"(?P<below>d|∂) ?(?P<letter>[^\W\d_]\w{0,9})(?:\^2|²)?\)?\)?(?P<rest>[ (\[].*)?"
)
_OPTIMUM: Final = re.compile(
    r" {0,9}(?P<word>arg ?(?:min|max)|min|max|(?:min|max)imi[sz]e|inf|sup)(?![A-Za-z0-9])"
    r"(?P<under>_?\{[^{}]{1,40}\}|_\w{1,9})? {0,9}(?P<rest>.*)"
)
_FUNCTIONS: Final = ("min", "max")  # which gdanim has, too
_NORM: Final = re.compile(
    r"(?:‖(?P<bars>[^‖]{1,80})‖|\|\|(?P<pairs>[^|]{1,80})\|\||\bnorm\((?P<called>[^()]{1,80})\))"
    r"(?:_\{?(?P<kind>\w|∞|inf)\}?|(?P<low>[₁₂]))?(?P<square>\^2|\*\*2|\^\{2\}|²)?"
)
_NAME: Final = re.compile(r" *([^\W\d_]{1,9}) *")


def check(text: str, given: Collection[str], is_readable: Callable[[str], bool]) -> None:
    """Raise FormulaError, without the text, where something is done to a formula. given: names that are no functions.

    What is offered instead can be read.
    """
    for operation in (_derivative, _integral, _optimum, _norm):
        if found := operation(text, given):
            what, formula, example = found
            is_offered = len(formula) <= _LONGEST_SHOWN and is_readable(formula)
            raise FormulaError(f"{what}; write {formula if is_offered else f'only the function, such as {example}'}")


class _Found(NamedTuple):
    """What is wrong, the formula to write instead, or an example where that cannot be read."""

    what: str
    formula: str
    example: str = "x**2"


def _derivative(text: str, given: Collection[str]) -> _Found | None:
    match = _DERIVATIVE.fullmatch(text)
    if match is None or not {"d", match["below"] + match["letter"]}.isdisjoint(given):
        return None
    return _Found("gdanim differentiates by itself", (match["rest"] or "").strip())


def _integral(text: str, _: Collection[str]) -> _Found | None:
    return _Found("integrals are not computed", "", "x**2/2") if "∫" in text else None


def _optimum(text: str, given: Collection[str]) -> _Found | None:
    """Of min(x, y), None: that is a function."""
    match = _OPTIMUM.fullmatch(text)
    if match is None or not {match["word"], f"{match['word']}{match['under']}"}.isdisjoint(given):
        return None
    is_function = match["word"] in _FUNCTIONS and match["under"] is None and match["rest"].startswith("(")
    if is_function or not match["rest"] or match["rest"][0] in "+-*/^=,)":
        return None
    if "max" in match["word"] or match["word"] == "sup":
        return _Found("gdanim looks for the minimum, not the maximum", f"-({match['rest']})", "-x**2")
    return _Found("gdanim looks for the minimum of what is written", match["rest"])


def _norm(text: str, given: Collection[str]) -> _Found | None:
    """Of one letter, the letters that it stands for are numbered; of anything else, there is but an example."""
    norms = [] if "norm" in given else [*_NORM.finditer(text)]
    if not norms:
        return None
    are_letters = all(_NAME.fullmatch(_inside(norm)) for norm in norms)
    instead = _NORM.sub(_spelt, text) if are_letters else ""
    return _Found("a norm is written with coordinates", instead, "x**2 + y**2")


def _inside(norm: re.Match[str]) -> str:
    return norm["bars"] or norm["pairs"] or norm["called"]


def _spelt(norm: re.Match[str]) -> str:
    """A norm of two coordinates, in parentheses where more stands around it."""
    name = _inside(norm).strip()
    one, other = ("x", "y") if name == "x" else (f"{name}1", f"{name}2")
    if norm["kind"] == "1" or norm["low"] == "₁":
        whole = f"abs({one}) + abs({other})"
    elif norm["kind"] in ("∞", "inf"):
        return f"max(abs({one}), abs({other}))" + (norm["square"] or "")
    else:
        whole = f"{one}**2 + {other}**2" if norm["square"] else f"sqrt({one}**2 + {other}**2)"
        return f"({whole})" if norm["square"] and norm[0] != norm.string.strip() else whole
    return f"({whole})**2" if norm["square"] else f"({whole})"
