"""A formula's text as tokens, in plain letters: numbers, names, operators, brackets. Each knows where it stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

from gdanim.errors import FormulaError, shown
from gdanim.formula.text import letters

MAX_CHARACTERS: Final = 8000
MAX_NESTED: Final = 60  # parentheses inside each other; Python's own parser ends at 200
MAX_SIGNS: Final = 149  # in a row: each is a level of the tree

# Hexadecimal and imaginary literals are one token, which is no decimal number. 1e3x is 1e3 and x; 3e-x is 3, e, -, x.
_NUMBER: Final = re.compile(r"0[xXbBoO]\w+|(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[jJ](?!\w))?")
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_OPERATOR: Final = re.compile(r"\*\*|//|<=|>=|==|!=|[-+*/%<>=!,.]")
_MATHEMATICAL_LETTERS: Final = range(0x1D400, 0x1D7CC)  # 𝑥, as it is copied from a PDF


class Token(NamedTuple):
    """A piece of a formula.

    kind     number, name, operator, open, close, bar, power (superscripts) or end
    text     in plain letters; an opening bracket's is the bracket that closes it
    written  as the person wrote it
    start    where it begins in what the person wrote
    blank    whether a blank stands before it
    """

    kind: str
    text: str
    written: str
    start: int
    blank: bool


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, and an end. Raises FormulaError, without the text, for what no formula may hold."""
    found: list[Token] = []
    nested = signs = place = 0
    while place < len(text):
        blank = text[place] == " "
        while text[place : place + 1] == " ":
            place += 1
        if place == len(text):
            break
        kind, plain, end = _token(text, place)
        nested += (kind == "open") - (kind == "close")
        signs = signs + 1 if plain in ("+", "-") else 0
        if nested > MAX_NESTED:
            raise FormulaError(f"more than {MAX_NESTED} parentheses inside each other; write it flatter")
        if signs > MAX_SIGNS:
            raise FormulaError(f"more than {MAX_SIGNS} signs in a row; write it with fewer")
        found.append(Token(kind, plain, text[place:end], place, blank))
        place = end
    return [*found, Token("end", "", "", len(text), blank=False)]


def _token(text: str, start: int) -> tuple[str, str, int]:
    """Kind and plain text of the token that begins at a place, and where it ends."""
    for kind, pattern in (("number", _NUMBER), ("name", _NAME), ("operator", _OPERATOR)):
        if match := pattern.match(text, start):
            end = _behind(text, match.end(), letters.SUBSCRIPTS) if kind == "name" else match.end()
            return kind, match[0] + _translated(text[match.end() : end], letters.SUBSCRIPTS), end
    if text[start] in letters.SUPERSCRIPTS:
        end = _behind(text, start, letters.SUPERSCRIPTS)
        return "power", _translated(text[start:end], letters.SUPERSCRIPTS), end
    kind, plain = _kind_of(text[start])
    end = _behind(text, start + 1, letters.SUBSCRIPTS) if kind == "name" else start + 1
    return kind, plain + _translated(text[start + 1 : end], letters.SUBSCRIPTS), end


def _behind(text: str, start: int, table: Mapping[str, str]) -> int:
    """Where the characters of a table end that begin at a place."""
    while start < len(text) and text[start] in table:
        start += 1
    return start


def _translated(text: str, table: Mapping[str, str]) -> str:
    return "".join([table[character] for character in text])


def _kind_of(character: str) -> tuple[str, str]:
    """The kind and the plain text of one character."""
    if character in letters.BRACKETS:
        return "open", letters.BRACKETS[character]
    if character in letters.BRACKETS.values():
        return "close", character
    for kind, table in (("name", letters.GREEK), ("number", letters.FRACTIONS), ("name", letters.ROOTS)):
        if character in table:
            return kind, table[character]
    if plain := letters.PLAIN.get(character):
        return ("name" if plain.isalpha() else "operator"), plain
    if character == "|":
        return "bar", character
    if ord(character) in _MATHEMATICAL_LETTERS:
        return _kind_of_letter(character)
    raise FormulaError(_refusal(character))


def _kind_of_letter(character: str) -> tuple[str, str]:
    plain = unicodedata.normalize("NFKC", character)
    return "name", letters.GREEK.get(plain, plain)


def _refusal(character: str) -> str:
    """Why a character is not read, and what to write instead."""
    if not character.isprintable() or character.isspace():
        code_point = f"U+{ord(character):04X}"
        what = f"the character {code_point} ({unicodedata.name(character, 'a control character')}) is not allowed;"
    else:
        what = f"{shown(character)} has no meaning in a formula;"
    plain = "1e9" if character == "∞" else unicodedata.normalize("NFKC", character)
    if plain.isspace():
        return f"{what} put a plain blank in its place, or leave it out"
    if plain.isascii() and plain.isalnum():
        return f"{what} put {plain} in its place"
    return f"{what} numbers, names, ( ) , and the operators + - * / ** % are allowed; leave it out"
