"""A formula's text as tokens, in plain letters: numbers, names, operators, brackets. Each knows where it stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from keyword import iskeyword
from typing import Final, NamedTuple

from gdanim.errors import FormulaError, shown
from gdanim.formula.text import letters
from gdanim.formula.text.names import is_symbol
from gdanim.formula.vocabulary import CONSTANTS

MAX_CHARACTERS: Final = 8000
MAX_NESTED: Final = 60  # parentheses inside each other; Python's own parser ends at 200
MAX_SIGNS: Final = 149  # in a row: each is a level of the tree

# Hexadecimal and imaginary literals are one token, which is no decimal number. 1e3x is 1e3 and x; 3e-x is 3, e, -, x.
_NUMBER: Final = re.compile(r"0[xXbBoO]\w+|(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[jJ](?!\w))?")
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_OPERATOR: Final = re.compile(r"\*\*|//|<=|>=|==|!=|\.[*/^]|[-+*/%<>=!,.]")
_SUBSCRIPT: Final = re.compile(r"\d+|_\w*|", re.ASCII)
_SUBSCRIPT_WORD: Final = re.compile(r"_\w*|", re.ASCII)
_DIGITS_IN_BRACES: Final = re.compile(r"\{ *(\d+) *\}", re.ASCII)
_WORD_IN_BRACES: Final = re.compile(r"\{ *([A-Za-z]\w*[A-Za-z0-9]|[A-Za-z]) *\}", re.ASCII)
_LIMITS: Final = re.compile(r"\{? *([A-Za-z]) *= *(\w+) *\}? *\^ *\{? *(\w+)", re.ASCII)  # ∑_{i=1}^{3}
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
            if kind == "name":
                return (kind, *_subscripted(text, match[0], match.end()))
            return kind, letters.ELEMENTWISE.get(match[0], match[0]), match.end()
    if text[start] in letters.SUPERSCRIPTS:
        end = _behind(text, start, letters.SUPERSCRIPTS)
        return "power", _translated(text[start:end], letters.SUPERSCRIPTS), end
    kind, plain = _kind_of(text[start])
    return (kind, *_subscripted(text, plain, start + 1)) if kind == "name" else (kind, plain, start + 1)


def _subscripted(text: str, name: str, start: int) -> tuple[str, int]:
    """A name with its subscript, which may be low or in braces, and where that ends: x₁, x_{1}, θ_1, θ1."""
    # π2 and √2 are two things.
    is_letter = name not in CONSTANTS and not {text[start - 1]} & (letters.ROOTS.keys() | letters.RANGES.keys())
    match = (_SUBSCRIPT if is_letter else _SUBSCRIPT_WORD).match(text, start)
    behind = match.end() if match else start
    end = _behind(text, behind, letters.SUBSCRIPTS)
    name += text[start:behind] + _translated(text[behind:end], letters.SUBSCRIPTS)
    # lambda_ is how Python's users write λ.
    if not name.endswith("_") or name.startswith("_") or iskeyword(name.rstrip("_")):
        return name, end
    if braces := _DIGITS_IN_BRACES.match(text, end):
        return name.rstrip("_") + braces[1], braces.end()
    raise FormulaError(_bad_subscript(text, name.rstrip("_"), end))


def _bad_subscript(text: str, stem: str, end: int) -> str:
    """What is wrong with a subscript that is none, and what to write. end: where it begins."""
    range_name = {"Sigma": "sum"}.get(stem, stem.lower())
    if range_name in letters.RANGES.values():
        index, low, high = match.groups() if (match := _LIMITS.match(text, end)) else ("i", "1", "3")
        example = f"{range_name}({index}, {low}, {high}, {index}*x)"
        return f"the limits of a {range_name} stand in brackets; write it as in {example}"
    if match := _WORD_IN_BRACES.match(text, end):
        return f"a subscript in braces has digits only; write {stem}_{match[1]}"
    if text[end : end + 1] in letters.BRACKETS:
        return f"a subscript in braces has digits only; write it as in {stem if is_symbol(stem) else 'x'}_1"
    return f"the name {shown(stem + '_')} ends in _; {f'write {stem}' if is_symbol(stem) else 'leave that out'}"


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
    for kind, table in (
        ("name", letters.GREEK),
        ("number", letters.FRACTIONS),
        ("name", letters.ROOTS),
        ("name", letters.RANGES),
    ):
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
    if character == "‖":
        return f"{what} write abs(x) or hypot(x, y)"
    plain = "1e9" if character == "∞" else unicodedata.normalize("NFKC", character)
    if plain.isspace():
        return f"{what} put a plain blank in its place, or leave it out"
    if plain.isascii() and plain.isalnum():
        return f"{what} put {plain} in its place"
    return f"{what} a formula holds numbers, names, ( ) [ ] {{ }} | , and + - * / % ^ ** ² · × ÷ √ ½ !; leave it out"
