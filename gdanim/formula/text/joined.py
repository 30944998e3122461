"""Joined letters, 2xe^x and sinx, and words without a value: refused, with a text that can be read.

check("2xe^x")  →  JoinedError: 'xe' is no name that is known; give it a value with -p xe=NUMBER, or write 2 x e^x
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from gdanim.errors import FormulaError, shown
from gdanim.formula.text import letters, names
from gdanim.formula.text.functions import UNBRACKETED
from gdanim.formula.text.tokens import Token, tokens_of
from gdanim.formula.vocabulary import CONSTANTS, FUNCTIONS, VARIABLES

_LONGEST_SHOWN: Final = 70  # characters of a formula that a message writes out
_LONGEST_PRODUCT: Final = 3  # letters: what is longer is a word
_MOST_BESIDE: Final = 2  # letters in front of a function, and behind it
_RANGES: Final = ("sum", "prod", "Sum", "Prod", "Sigma")
_BINDS_TIGHTLY: Final = ("/", "//", "%", "**")
_LONGEST_NAME: Final = 20  # characters of a name in an example

# Functions that are functions only in front of a bracket, as words of other languages: lg, step, pow.
_PARENTHESISED: Final = frozenset([*(name for name, _ in letters.WRITTEN_AS), *letters.TWO_MEANINGS]) - {
    *FUNCTIONS,
    *UNBRACKETED,
}
_CALLED: Final = frozenset([*FUNCTIONS, *letters.SAME_FUNCTION, *UNBRACKETED, *_PARENTHESISED])
_WORDS: Final = (_CALLED - _PARENTHESISED) | CONSTANTS.keys() | {"inf", "nan", "infinity"}  # hints knows the last


def _any_of(functions: Iterable[str]) -> str:
    """A pattern for the longest of some functions. Names of two letters, such as sh, are more often letters."""
    return "|".join(sorted((name for name in functions if len(name) > 2 or name == "ln"), key=len, reverse=True))


_OF_ONE: Final = [
    name for name in _CALLED - _PARENTHESISED if FUNCTIONS.get(letters.SAME_FUNCTION.get(name, name), (1, 1)) == (1, 1)
]
# x, sin, 2, ab in xsin2ab; and x, sin in xsin(…)
_WITH_FUNCTION: Final = re.compile(rf"(\w*?)({_any_of(_OF_ONE)})(\d*)(\w*)", re.ASCII)
_ENDS_IN_FUNCTION: Final = re.compile(rf"(\w+?)({_any_of(_CALLED)})", re.ASCII)


class JoinedError(FormulaError):
    """A name is several joined letters, or a word without a value."""


def check(text: str, given: Collection[str], declared: Collection[str], is_readable: Callable[[str], bool]) -> None:
    """Raise JoinedError where a formula joins letters, or holds a word.

    given        the names that have values
    declared     those that vary, where the left side of the formula names them
    is_readable  tells of a text in its place whether it can be read
    """
    tokens = tokens_of(text)
    own = {*given, *declared, *_indices(tokens)}
    unknown = [i for i, token in enumerate(tokens) if token.kind == "name" and not _is_known(tokens, i, own)]
    if unknown:
        is_tight = any(i and tokens[i - 1].text in _BINDS_TIGHTLY for i in unknown)  # 1/ab, x^ab: two readings
        readings = [reading for reading in _readings(text, tokens, unknown, is_tight) if is_readable(reading)]
        readings = readings[:1] if not is_tight else readings if len(readings) > 1 else []
        left = "" if set(declared) <= set(VARIABLES) else f"f({', '.join(declared)}) = "
        readings = [left + reading for reading in readings]
        raise JoinedError(_message(tokens, unknown[0], own, readings))


def _indices(tokens: Sequence[Token]) -> Iterator[str]:
    """The names that a sum or a product runs over."""
    for function, bracket, index in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if function.text in _RANGES and bracket.kind == "open" and index.kind == "name":
            yield index.text


def _is_known(tokens: Sequence[Token], i: int, own: Collection[str]) -> bool:
    """Whether a name means itself, or is left to those who know more about functions and words of Python."""
    name, is_called = tokens[i].text, tokens[i + 1].kind == "open"
    if tokens[i].written[0] in letters.RANGES:
        return is_called
    if is_called:
        known = name in _CALLED or name.lower() in _CALLED or names.is_factor(name) or len(name) == 1
        return known or set(name) <= set(VARIABLES) or (name not in own and not _split(name, is_called=True))
    return name in own or _is_word(name) or "." in (tokens[i - 1].text, tokens[i + 1].text)


def _is_word(name: str) -> bool:
    """Whether a name is a symbol, xy, or a word that has a meaning in a formula or in Python."""
    if names.is_symbol(name) or set(name) <= set(VARIABLES):
        return True
    return name in _WORDS or name.lower() in _WORDS or name.startswith("_") or name.rstrip("_") in letters.KEYWORDS


def _message(tokens: Sequence[Token], i: int, own: Collection[str], readings: Sequence[str]) -> str:
    """What is wrong with an unknown name, and what to write. readings: of the whole text, with names apart."""
    name, is_called = tokens[i].text, tokens[i + 1].kind == "open"
    if function := letters.RANGES.get(sign := tokens[i].written[0]):
        return f"{sign} takes an index, its limits and a term; write it as in {function}(i, 1, 5, i*x)"
    if name in letters.OPERATORS:
        return f"{shown(name)} is no operator of a formula; write it as in {letters.OPERATORS[name]}"
    if name in own:
        return f"{shown(name)} is no function; for a product write {name}*(…)"
    if name in _PARENTHESISED:
        return f"{name} is a function; write its argument in parentheses"
    part = _split(name, is_called=is_called)
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 4]}…"
    if written := " or ".join(readings) or (part and part + "(…)" * is_called):
        value = "" if is_called else f"give it a value with -p {short}=NUMBER, or "
        return f"{shown(name)} is no name that is known; {value}write {written}"
    return f"{shown(name)} has no value; give it one with -p {short}=NUMBER, or say f({short}) = … if it varies"


def _readings(text: str, tokens: Sequence[Token], unknown: Sequence[int], is_tight: bool) -> list[str]:
    """The text with the joined letters apart, and with these in parentheses; none where it is long."""
    apart = bracketed = ""
    end = 0
    for i in unknown:
        token = tokens[i]
        split = _split(token.text, is_called=tokens[i + 1].kind == "open")
        if not split:
            return []
        between = text[end : token.start]
        between += " " * between[-1:].isalnum()  # 2ex
        apart += between + (split.replace(" ", "*") if is_tight else split)
        bracketed += f"{between}({split})"
        end = token.start + len(token.written)
    return [reading + text[end:] for reading in (apart, bracketed) if len(reading + text[end:]) <= _LONGEST_SHOWN]


def with_function(name: str) -> str:
    """A word that joins a function and its argument, with these apart: sinx → sin x; or nothing."""
    return _split(name, is_called=False) if _WITH_FUNCTION.fullmatch(name) else ""


def _split(name: str, *, is_called: bool) -> str:
    """The symbols that are joined in a name, and a function among them, with blanks: xsin2x → x sin 2x; or nothing."""
    parts = names.pieces(name)
    if is_called:
        if match := _ENDS_IN_FUNCTION.fullmatch(name):
            before = names.pieces(match[1])
            return f"{'*'.join(before)}*{match[2]}" if _are_factors(before) else ""
        return " ".join(parts) if len(parts) == 2 and names.is_factor(parts[1]) else ""
    if match := _WITH_FUNCTION.fullmatch(name):
        before, behind = names.pieces(match[1]), names.pieces(match[4])
        is_whole = "".join(behind) == match[4] and (match[3] or behind) and len(behind) <= _MOST_BESIDE
        if is_whole and (not match[1] or _are_factors(before)):
            argument = f"({' '.join([match[3], *behind]).strip()})" if len(behind) > 1 else match[3] + match[4]
            return " ".join([*before, match[2], argument])
    return " ".join(parts) if len(parts) <= _LONGEST_PRODUCT else ""


def _are_factors(parts: Sequence[str]) -> bool:
    """Whether symbols in front of a function may be its factors: x, a, ax; but not the ar in arsin."""
    return len(parts) == 1 or (len(parts) == _MOST_BESIDE and parts[-1] in VARIABLES)
