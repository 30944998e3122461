"""Names: which are symbols, such as x, w0, theta or x_max, in which order they come, which ones are joined in xe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gdanim.formula.text import letters

_WORDS: Final = sorted([*letters.GREEK_WORDS, "lam", "lamda"], key=len, reverse=True)  # Python keeps lambda for itself
_LETTER: Final = rf"(?:{'|'.join([*_WORDS, *map(str.capitalize, _WORDS)])}|[A-Za-z])"
# A letter with a subscript: digits, or behind _ digits or a word. a_1x is none: it is a_1 and x.
_SYMBOL: Final = re.compile(rf"{_LETTER}\d*(?:_+(?:\d+|[A-Za-z]+\d*))*", re.IGNORECASE | re.ASCII)
_PIECE: Final = re.compile(rf"{_LETTER}(?:_?\d+)?", re.ASCII)
_STEM: Final = re.compile(r"([A-Za-z]+)_*(\d*)", re.ASCII)
_FUNCTION_LETTERS: Final = frozenset("fghFGH")  # f(x) is no product, whatever f may be


def is_symbol(name: str) -> bool:
    """Whether a name is one letter or the word of a Greek one, with a subscript or without."""
    return _SYMBOL.fullmatch(name) is not None


def is_factor(name: str) -> bool:
    """Whether a name is a symbol that is multiplied with a bracket behind it: a(x + 1)."""
    stem = name.rstrip("0123456789_")
    return (len(stem) == 1 and stem not in _FUNCTION_LETTERS) or stem.lower() in letters.GREEK_WORDS


def pieces(name: str) -> list[str]:
    """The symbols that may be joined in a name: w0w1 → w0, w1; empty where it cannot be made of them."""
    found = _PIECE.findall(name)
    return found if "".join(found) == name else []


def twins(found: Iterable[str]) -> list[str]:
    """The names that are one in a textbook, x1 and x_1; empty where there are none."""
    spellings: dict[str, list[str]] = {}
    for name in found:
        spellings.setdefault(re.sub(r"_+(?=\d+$)", "", name), []).append(name)
    return next((names for names in spellings.values() if len(names) > 1), [])


def are_numbered(names: Iterable[str]) -> bool:
    """Whether names are one letter with different numbers: x1, x2, x7."""
    found = [re.fullmatch(r"([A-Za-z]+?)_?(\d+)", name) for name in names]
    return None not in found and len({match[1] for match in found if match}) == 1


def order(name: str) -> tuple[bool, int, str, str, int, str, str]:
    """A key that sorts symbols: Latin before Greek, each by its alphabet, x before x1 before x10, a capital first."""
    match = _STEM.match(name)
    stem, digits = match.groups() if match else (name, "")
    word = {"lam": "lambda", "lamda": "lambda"}.get(stem.lower(), stem.lower())
    is_greek = word in letters.GREEK_WORDS
    place = letters.GREEK_WORDS.index(word) if is_greek else 0
    digits = digits.lstrip("0") or digits[:1]  # compared by length first: Python reads no numbers of 4 300 digits
    return is_greek, place, "" if is_greek else word, stem, len(digits), digits, name
