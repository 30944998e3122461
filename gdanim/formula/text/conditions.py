"""Conditions behind what they are for, x^2 where x > 0: refused, with where(x > 0, x**2, 0)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from gdanim.errors import FormulaError
from gdanim.formula.text.spelling import plain
from gdanim.formula.text.tokens import Token, tokens_of

_WORDS: Final = ("where", "for", "if")
_EXAMPLE: Final = "it as in where(x > 0, x, 0)"
_LONGEST_SHOWN: Final = 70  # characters of a formula that a message writes out
_RELATION: Final = re.compile("[<>=≤≥≠]")


def check(text: str, is_readable: Callable[[str], bool]) -> None:
    """Raise FormulaError where a condition stands behind its value. is_readable: of a text in its place."""
    tokens = tokens_of(text)
    found = [token for i, token in enumerate(tokens) if token.written in _WORDS and _stands_behind(tokens, i)]
    if found:
        start, end = found[0].start, found[0].start + len(found[0].written)
        written = _where(text[:start].strip(), text[end:].strip()) if len(found) == 1 else ""
        is_advice = 0 < len(written) <= _LONGEST_SHOWN and is_readable(written)
        raise FormulaError(f"conditions stand in where; write {plain(written) if is_advice else _EXAMPLE}")


def _stands_behind(tokens: Sequence[Token], i: int) -> bool:
    """Whether a word begins a condition behind a value: where as no function, if without else."""
    rest = {token.text for token in tokens[i + 1 :]}
    if tokens[i].text == "if":
        return "else" not in rest
    is_called = tokens[i + 1].kind == "open" and (i == 0 or "," in rest)
    return tokens[i].text == "for" or (len(tokens) > 2 and not is_called)


def _where(value: str, condition: str) -> str:
    """A value under a condition; nothing where one of them is not whole."""
    is_whole = value.count("(") == value.count(")") and "," not in value + condition
    if not value or not is_whole or not _RELATION.search(condition) or _RELATION.search(value):
        return ""
    return f"where({condition}, {value}, 0)"
