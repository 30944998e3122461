"""Sums and products with their limits below and above: ∑_{i=1}^{3} (x - i)^2 → sum(i, 1, 3, (x - i)^2)."""

from __future__ import annotations

import re
from typing import Final

from gdanim.errors import FormulaError
from gdanim.formula.text.letters import RANGES

_END: Final = r"[A-Za-z0-9]{1,9}(?: {0,3}[-+*] {0,3}[A-Za-z0-9]{1,9})?"
_LIMITS: Final = re.compile(
    rf"(?:([{''.join(RANGES)}Σ])|\b(sum|prod))_(?:{{ *([A-Za-z]) *= *(-?{_END}) *}}|([A-Za-z]) *= *([0-9]{{1,9}}))"
    rf" *\^ *(?:{{ *({_END}) *}}|([A-Za-z0-9]))"
)
_NO_OPERAND: Final = re.compile(r"(?:[-+−*/^%·×÷⋅∗]|[0-9]\.?[eE])\Z")
MOST_SUMS: Final = 20
MOST_TERMS: Final = 50  # of coordinates
MOST_CHARACTERS: Final = 8000
_LONGEST_SHOWN: Final = 70  # characters of a formula that a message writes out


def in_brackets(text: str) -> str:
    """A text whose sums hold their limits as gdanim writes them. Raises FormulaError where a sum may end twice."""
    sums = list(_LIMITS.finditer(text))
    if len(sums) > MOST_SUMS:
        raise FormulaError(f"more than {MOST_SUMS} sums and products; write it shorter")
    for found in reversed(sums):  # the inner ones first
        end, sign = _extent(text, found.end())
        term = text[found.end() : end]
        if not term.strip():
            return text  # its refusal says what is missing
        before, behind = text[: found.start()], text[end:]
        whole = f"{before}{_call(found, term)}{behind}"
        if sign is not None:
            first, rest = text[found.end() : sign].rstrip(), text[sign:]
            either = f"write {before}{_call(found, first)} {rest} or {whole}"
            short = len(either) <= 2 * _LONGEST_SHOWN
            raise FormulaError(
                f"{found[0]!r} can mean two things; {either if short else 'put parentheses around what it runs over'}"
            )
        text = whole
    return text


def _call(found: re.Match[str], term: str) -> str:
    index, low, high = found[3] or found[5], found[4] or found[6], found[7] or found[8]
    name = found[2] or {"Σ": "sum"}.get(found[1]) or RANGES[found[1]]
    if re.search(rf"_(?:{index}(?![A-Za-z])|{{ *{index}\b)", term):
        return _of_coordinates(name, index, (low, high), term.strip())
    return f"{name}({index}, {low}, {high}, {term.strip()})"


def _of_coordinates(name: str, index: str, limits: tuple[str, str], term: str) -> str:
    """A sum whose index picks coordinates, written out: ∑_{i=1}^{2} x_i^2 → ((x_1^2) + (x_2^2))."""
    if not all(limit.isdecimal() and len(limit) < 4 for limit in limits):
        raise FormulaError(f"{index} counts coordinates, up to a number; write it as in {name}_{{i=1}}^{{2}} x_i^2")
    low, high = map(int, limits)
    count = high - low + 1
    if not 0 < count <= MOST_TERMS:
        raise FormulaError(f"a {name} of coordinates has 1 to {MOST_TERMS} terms; write it as in {name}(i, 1, 5, i*x)")
    if count * len(term) > MOST_CHARACTERS:  # sums in sums
        raise FormulaError(f"its sums have more than {MOST_CHARACTERS:,} characters, written out; write it shorter")
    sign = " + " if name == "sum" else " * "
    return f"({sign.join(_term(term, index, number) for number in range(low, high + 1))})"


def _term(term: str, index: str, number: int) -> str:
    """A term for one number in place of its index: x_i, x_{i+1} and i itself."""

    def shifted(found: re.Match[str]) -> str:
        return f"_{number + int((found[1] or '0').replace(' ', ''))}"

    term = re.sub(rf"_(?:{{ *{index} *([-+] *[0-9]{{1,3}})? *}}|{index}(?![A-Za-z]))", shifted, term)
    return f"({re.sub(rf'(?<![A-Za-z_]){index}(?![A-Za-z])', f'({number})', term)})"


def _extent(text: str, start: int) -> tuple[int, int | None]:
    """Where what a sum runs over ends at the latest, and its first plus or minus, where it may end, too."""
    depth, sign, in_bars, before = 0, None, False, ""
    for place in range(start, len(text)):
        character = text[place]
        depth += (character in "([{") - (character in ")]}")
        in_bars ^= character == "|"
        if depth < 0 or (depth == 0 and character == ","):
            return place, sign
        if sign is None and depth == 0 and not in_bars and _is_between(before, character):
            sign = place
        before = (before + character.strip())[-3:]
    return len(text), sign


def _is_between(before: str, character: str) -> bool:
    """Whether a character is a plus or minus with an operand in front of it: not in -x, x^-2 and 1e-5."""
    return character in "+-−" and before != "" and not _NO_OPERAND.search(before)
