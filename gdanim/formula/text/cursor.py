"""Reads the tokens of a formula from left to right, and remembers whether they are spelt in another way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gdanim.errors import FormulaError
from gdanim.formula.text import letters
from gdanim.formula.text.tokens import Token

MAX_DEPTH: Final = 240  # factors and brackets inside each other: some 600 levels of Python's stack of 1 000


class AmbiguousError(Exception):
    """A part of a text can mean several things. start, end: where it stands."""

    def __init__(self, readings: int, start: int, end: int) -> None:
        self.readings, self.start, self.end = readings, start, end
        super().__init__()


class Cursor:
    """A place among tokens.

    changed  whether anything was spelt otherwise than the person did
    choice   which reading is meant where the text first can mean several things; of others it is the first. None
             raises AmbiguousError there
    """

    def __init__(self, tokens: list[Token], choice: int | None) -> None:
        self.tokens, self.choice = tokens, choice
        self.place = self.depth = 0
        self.changed = False

    @property
    def token(self) -> Token:
        """The token here."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """The token here; goes on to the next."""
        token = self.token
        self.place += token.kind != "end"
        return token

    def respelt(self, text: str) -> str:
        """A text that is not what the person wrote."""
        self.changed = True
        return text

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level down. Raises FormulaError where there are too many."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError("its powers, roots and bars stand too deep inside each other; write it flatter")
        yield
        self.depth -= 1

    def decide(self, readings: int, first: int) -> int:
        """Which of several readings of the tokens from the first to here is meant."""
        if self.choice is None:
            last = self.tokens[self.place - 1]
            raise AmbiguousError(readings, self.tokens[first].start, last.start + len(last.written))
        choice, self.choice = self.choice, 0
        return choice

    def is_operator(self) -> bool:
        """Whether an operator, a comma or a keyword stands here."""
        return self.token.kind == "operator" or (self.token.kind == "name" and self.token.text in letters.KEYWORDS)

    def operator(self) -> str:
        """An operator, a comma or a keyword, with the blanks around it."""
        token = self.take()
        if token.kind == "name" and token.text not in letters.WORDS:
            raise FormulaError(f"{token.text!r} is a word that Python keeps for itself; give the name other letters")
        self.changed = self.changed or token.text != token.written
        word = token.kind == "name"
        return " " * (word or token.blank) + token.text + " " * (word or self.token.blank)

    def is_tight(self, place: int) -> bool:
        """Whether / stands in front of a place without blanks: a blank behind its divisor, 1/2 x, ends the fraction."""
        sign = self.tokens[place - 1]
        return place > 0 and sign.text == "/" and not sign.blank and not self.tokens[place].blank

    def is_root_by_power(self, exponent: int) -> bool:
        """Whether a / behind an exponent 1, written as ^1/2, may be meant as part of it."""
        return self.tokens[exponent - 1].written == "^" and self.token.text == "/" and not self.token.blank

    def is_lost_power(self) -> bool:
        """Whether a number stands here behind a factor, x 2: a sign was lost, but which? In x 2^k, it is a product."""
        behind = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        is_base = behind.kind == "power" or behind.text == "**"
        return self.token.kind == "number" and "/" not in self.token.text and not is_base

    def checked(self, before: str) -> str:
        """The operator here. Raises FormulaError where it needs an operand in front, and `before` is no operand."""
        token = self.token
        if before and token.kind == "operator" and token.text not in ("+", "-", ","):
            raise FormulaError(
                f"nothing stands in front of {token.written!r} at character {token.start + 1}; complete it"
            )
        return token.text

    def close_after(self, before: str) -> None:
        """Check that a bracket does not close, or the text end, behind an operator."""
        last = self.tokens[self.place - 1]
        if before and self.place and last.kind == "operator" and last.text != ",":
            raise FormulaError(
                f"nothing follows {last.written!r} at character {last.start + 1}; complete it, or leave it out"
            )

    def closing(self, opening: Token) -> str:
        """The bracket that closes another, as a parenthesis; nothing where it stays open."""
        if self.token.kind != "close":
            return ""
        closing = self.take()
        if closing.text != opening.text:
            raise FormulaError(f"{closing.written!r} at character {closing.start + 1} closes {opening.written!r}")
        self.changed = self.changed or closing.text != ")"
        return ")"
