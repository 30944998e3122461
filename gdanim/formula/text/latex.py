r"""LaTeX in plain letters: \frac{1}{2}x^2 + \sqrt{\lvert x \rvert} → (1/2)x^2 + sqrt(|x|).

Only the commands of formulas: fractions, roots, functions, Greek letters, signs and brackets. Nothing is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from gdanim.errors import FormulaError, nearest, shown
from gdanim.formula.text import letters
from gdanim.formula.text.tokens import MAX_NESTED
from gdanim.formula.vocabulary import FUNCTIONS

_PIECE: Final = re.compile(r"\\([A-Za-z]+) *|\\(.)|(.)", re.DOTALL)
_IN_DOLLARS: Final = re.compile(r"\$\$?([^$]*)\$\$?|\\[(\[](.*)\\[)\]]", re.DOTALL)
_SIMPLE: Final = re.compile(r"\w+")

_FRACTIONS: Final = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_UPRIGHT: Final = frozenset({"mathrm", "operatorname", "text", "textrm", "mathit", "mathbf", "boldsymbol", "mathsf"})
# Sizes of brackets and of formulas, which mean nothing.
_SIZES: Final = frozenset({
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr",
    "displaystyle", "textstyle", "limits", "nolimits",
})  # fmt: skip
_SIGNS: Final[Mapping[str, str]] = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "lt": "<", "gt": ">", "infty": "∞", "pm": "±", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|",
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lbrace": "(",
    "rbrace": ")", "lbrack": "(", "rbrack": ")", "sum": "∑", "prod": "∏", "quad": " ", "qquad": " ", "bmod": " mod ",
    "mapsto": "↦", "int": "∫", "to": "→",
}  # fmt: skip
_CHARACTERS: Final[Mapping[str, str]] = {"{": "(", "}": ")", "|": "‖", "%": "%", **dict.fromkeys(",;:! >", " ")}
_VARIANTS: Final[Mapping[str, str]] = {"varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "varrho": "ρ"}
_GREEK: Final[Mapping[str, str]] = {
    **{word: letter for letter, word in reversed([*letters.GREEK.items()])}, **_VARIANTS, "lambda": "λ",
}  # fmt: skip
_WORDS: Final = frozenset([*FUNCTIONS, *letters.SAME_FUNCTION, "sec", "csc", "cot", "coth", "sech", "csch"])


def plain(text: str) -> str:
    r"""The text without commands of LaTeX; itself where it has none.

    Raises FormulaError, without the text, where a command is unknown or its argument is missing.
    """
    if match := _IN_DOLLARS.fullmatch(text):
        text = match[1] or match[2] or ""
    return _Reader(text.replace("~", " ")).until("") if "\\" in text else text


class _Reader:
    """Reads a text from left to right. place: how far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = self.depth = 0

    def until(self, closing: str) -> str:
        """The text up to a closing brace or bracket, which is passed; to the end where there is none."""
        written = ""
        while self.place < len(self.text):
            if closing and self.text[self.place] == closing:
                self.place += 1
                return written
            written = _joined(written, self.piece())
        if closing:
            raise FormulaError(f"1 {closing!r} missing; close every one that is opened")
        return written

    def piece(self) -> str:
        """What stands here: a command with its arguments, braces with what they hold, or one character."""
        match = _PIECE.match(self.text, self.place)
        assert match is not None  # a character is a piece
        self.place = match.end()
        command, escaped, character = match.groups()
        if escaped:
            return _escaped(escaped)
        if not command and character != "{":
            return str(character)
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise FormulaError(f"more than {MAX_NESTED} braces and commands inside each other; write it flatter")
        written = self.command(command) if command else f"{{{self.until('}')}}}"
        self.depth -= 1
        return written

    def command(self, name: str) -> str:
        """A command and its arguments."""
        if name in _FRACTIONS:
            return f"({_grouped(self.argument(name))}/{_grouped(self.argument(name))})"
        if name == "sqrt":
            return self.root()
        if name in _UPRIGHT:
            return self.argument(name)
        if name in _SIZES:
            return ""
        if name in _SIGNS:
            return _SIGNS[name]
        if name in _GREEK or name in _WORDS:
            return _GREEK.get(name, name) + " " * self.text[self.place : self.place + 1].isalnum()
        raise FormulaError(_unknown(name))

    def root(self) -> str:
        r"""\sqrt{x}, \sqrt[3]{x}."""
        degree = ""
        if self.text[self.place : self.place + 1] == "[":
            self.place += 1
            degree = self.until("]")
        inner = self.argument("sqrt")
        return f"root({inner}, {degree})" if degree else f"sqrt({inner})"

    def argument(self, command: str) -> str:
        r"""What a command applies to: the inside of braces, another command, or one character, as in \frac12."""
        while self.text[self.place : self.place + 1] == " ":
            self.place += 1
        if self.place == len(self.text):
            braces = "{x}{2}" if command in _FRACTIONS else "{x}"
            raise FormulaError(rf"\{command} lacks an argument; write it as in \{command}{braces}")
        found = self.piece()
        return found[1:-1] if found.startswith("{") else found


def _joined(before: str, piece: str) -> str:
    """Two pieces, apart where two words would be one: x\\sin x → x sin x."""
    is_apart = len(piece) > 1 and piece[0].isalnum() and before[-1:].isalnum()
    return f"{before} {piece}" if is_apart else before + piece


def _grouped(part: str) -> str:
    return part if _SIMPLE.fullmatch(part) else f"({part})"


def _escaped(character: str) -> str:
    if character == "\\":
        raise FormulaError("conditions stand in where; write it as in where(x > 0, x, 0)")
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    raise FormulaError(f"{shown(chr(92) + character)} has no meaning in a formula; leave it out")


def _unknown(name: str) -> str:
    if name in ("begin", "end"):
        return "conditions stand in where; write it as in where(x > 0, x, 0)"
    near = nearest(name, [*_FRACTIONS, *_GREEK, *_WORDS], cutoff=0.75)
    is_fraction = name == "over" or near in _FRACTIONS
    advice = r"\frac{x}{2}" if is_fraction else rf"\{near}(x)" if near else "sqrt(x**2 + 1)"
    return rf"the command \{name[:20]} has no meaning in a formula; write it as in {advice}"
