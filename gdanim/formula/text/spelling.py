"""Textbook spelling → gdanim's own: 2x² + |sin 3x| → 2*x**2 + abs(sin(3*x)).

    plain("x^2 + 2x")  →  "x**2 + 2*x"

A text is changed only where it can mean one thing. 1/2x and sin x/2 can mean two: both are named, and the person
chooses. What is spelt as gdanim reads it comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from gdanim.errors import FormulaError
from gdanim.formula.text import functions, letters
from gdanim.formula.text.cursor import AmbiguousError, Cursor
from gdanim.formula.text.names import is_factor
from gdanim.formula.text.tidying import tidied
from gdanim.formula.text.tokens import Token, tokens_of
from gdanim.formula.vocabulary import ARITHMETIC, CONSTANTS, FUNCTIONS

# Behind these, an implicit product has two readings: 1/2x.
_DIVIDES: Final = ("/", "//", "%")
_ARITHMETIC: Final = frozenset(ARITHMETIC.values())
_LONGEST_SHOWN: Final = 70  # characters of a formula that a message writes out
_NUMBER: Final = re.compile(r"[\d.]+")
_WHOLE: Final = re.compile(r"-?\d+")


def plain(text: str, given: Collection[str] = ()) -> str:
    """The text in gdanim's own spelling; itself where it is that already. given: names that are parameters.

    Raises FormulaError, without the text, where it holds what no formula may, or can mean two things.
    """
    tokens = tokens_of(text)
    speller = _Speller(tokens, given)
    try:
        spelt = speller.whole()
    except AmbiguousError as found:
        what = f"{text[found.start : found.end].strip()!r} can mean two things"
        readings = dict.fromkeys(_Speller(tokens, given, choice).whole() for choice in range(found.readings))
        short = len(text) <= _LONGEST_SHOWN
        raise FormulaError(f"{what}; " + (f"write {' or '.join(readings)}" if short else "put parentheses")) from None
    return spelt if speller.changed else text


class _Speller(Cursor):
    """Writes tokens in plain spelling. in_bars: whether a bar behind an operand closes."""

    def __init__(self, tokens: list[Token], given: Collection[str], choice: int | None = None) -> None:
        super().__init__(tidied(tokens, given), choice)
        self.given = given
        self.in_bars = False

    def whole(self) -> str:
        """The whole text."""
        written = self.sequence()
        while self.token.kind != "end":  # a parenthesis that nothing opened: the parser says so
            written += self.take().written + self.sequence()
        return written

    def sequence(self, *, in_bars: bool = False, comma: bool = True) -> str:
        """Operators and operands up to a bracket or bar that closes, or the end; comma: beyond commas, too."""
        outside, self.in_bars = self.in_bars, in_bars
        with self.deeper():
            written = self.pieces(comma)
        self.in_bars = outside
        return written

    def pieces(self, comma: bool) -> str:
        done, written, before = "", "", "+"
        first, is_sum = self.place, False
        while self.token.kind not in ("end", "close") and (comma or self.token.text != ","):
            if self.token.kind == "bar" and self.in_bars and not before:
                break
            if self.is_operator():
                sign, is_mod = self.token.text, self.token.written == "mod"
                is_binary = not before
                # The sign in 1/-2x leaves the division in front of it.
                before = before if before in _DIVIDES and sign in "+-" else self.checked(before)
                operator = self.operator()
                if is_mod and is_sum and self.decide(2, first):  # x + 1 mod 2
                    written = f"({written.strip()})"
                written += operator
                is_sum = (sign in "+-" and is_binary) or (is_sum and sign in _ARITHMETIC)
                if sign not in _ARITHMETIC:  # behind it, another argument begins
                    done, written = done + written, ""
            else:
                written += self.product(before)
                before = ""
        self.close_after(before)
        return done + written

    def begins_operand(self) -> bool:
        """Whether an operand begins here: behind another one, as a factor."""
        kind = self.token.kind
        if kind == "open" and self.token.written == "[" and self.tokens[self.place - 1].kind == "name":
            raise FormulaError("'[' picks an element in Python's code; write the coordinates as x and y, or x1 and x2")
        return (kind in ("number", "name", "open") and not self.is_operator()) or (kind == "bar" and not self.in_bars)

    def product(self, before: str) -> str:
        """A factor, or several without a sign between them. before: the operator in front."""
        first = self.place
        factors = self.factor()
        n, is_apart = 1, self.token.blank and self.is_tight(first)
        while self.begins_operand():
            if self.is_lost_power():
                number = self.take().text
                if factors.isdecimal() and re.fullmatch(r"[0-9]{3}(\.[0-9]*)?", number):  # 1 000
                    raise FormulaError(f"numbers hold no blanks; leave them out of {factors} {number}")
                factors = self.respelt(factors + ("*", "**")[self.decide(2, first)] + number)
                continue
            factors, n = f"{factors}*{self.factor()}", n + 1
        if n == 1:
            return factors
        if before in _DIVIDES and not is_apart and self.decide(2, max(first - 2, 0)):
            return self.respelt(f"({factors})")
        return self.respelt(factors)

    def factor(self) -> str:
        """An operand with its powers."""
        with self.deeper():
            return self.powers(self.place, self.operand())

    def powers(self, first: int, base: str) -> str:
        """The powers and factorials behind an operand, with it."""
        while True:
            if self.token.kind == "power":
                base = self.respelt(f"{base}**{_exponent(self.take().text)}")
            elif self.token.text == "**":
                base += self.operator() + self.exponent(base, first)
            elif self.token.text == "!":
                self.take()
                base = self.respelt(f"gamma({base} + 1)")
            else:
                return base

    def exponent(self, base: str, first: int) -> str:
        """What stands behind **. In e^2x, the x may belong to it."""
        signs = ""
        while self.token.text in ("+", "-"):
            signs += self.operator()
        start = self.place
        exponent = self.factor()
        self.close_after("" if exponent else "**")
        glued = self.begins_operand() and not self.token.blank and self.token.kind in ("name", "open")
        if exponent == "1" and self.is_root_by_power(start) and self.decide(2, first):  # x^1/2
            self.take()
            return self.respelt(f"(1/{self.factor()})")
        of_constant = base in CONSTANTS or _NUMBER.fullmatch(base)
        if glued and of_constant and self.place == start + 1 and self.tokens[start].kind in ("number", "name"):
            more = f"{signs}{exponent}*{self.factor()}"
            return self.respelt(f"({more})" if self.decide(2, first) else more)
        return signs + exponent

    def operand(self) -> str:
        """A number, a name, a call, or what stands in brackets or bars."""
        token = self.token
        match token.kind:
            case "number":
                text = f"({token.text})" if "/" in token.text else token.text
                return text if self.take().written == text else self.respelt(text)
            case "open":
                return f"{letters.ROUNDED.get(token.written, '')}({self.inside()}"
            case "bar":
                self.take()
                inner = self.sequence(in_bars=True)
                if self.take().kind != "bar":
                    raise FormulaError(f"the '|' at character {token.start + 1} is not closed; write it as in abs(x)")
                return self.respelt(f"abs({inner})")
            case "name":
                return self.name()
        return ""

    def inside(self) -> str:
        """What stands between brackets, and ) where they are closed."""
        opening = self.take()
        inner = self.sequence()
        return inner + self.closing(opening)

    def name(self) -> str:
        """A name, or a function with its arguments."""
        token = self.take()
        while token.text in letters.MODULES and self.token.text == "." and self.tokens[self.place + 1].kind == "name":
            self.take()
            token = self.take()
            self.changed = True
        called = self.token.kind == "open"
        name = functions.known(token.text, self.given, called=called)
        self.changed = self.changed or name != token.written
        if called and functions.is_function(name):
            return self.call(name)
        if name in functions.APPLIED:
            return self.root(name) if token.written in letters.ROOTS else self.applied(name)
        return f"{name}({self.inside()}" if called and not is_factor(name) else name

    def call(self, name: str) -> str:
        """A function and its arguments in brackets."""
        if name in FUNCTIONS and name != "log":
            self.changed = self.changed or self.token.written != "("
            return f"{name}({self.inside()}"
        first, opening = self.place - 1, self.take()
        args = [self.sequence(comma=False)]
        while self.token.text == ",":
            self.take()
            args.append(self.sequence(comma=False).strip())
        closing = self.closing(opening)
        if name in letters.TWO_MEANINGS and len(args) == 1:
            readings = letters.TWO_MEANINGS[name]
            return letters.formatted(readings[self.decide(len(readings), first)], args)
        if name == "root" and args[1:] in (["2"], ["3"]):
            return self.respelt(f"{'sqrt' if args[1] == '2' else 'cbrt'}({args[0]})")
        if form := letters.WRITTEN_AS.get((name, len(args))):
            return self.respelt(letters.formatted(form, args))
        return f"{name}({', '.join(args)}{closing}"

    def root(self, name: str) -> str:
        """√ without brackets: of the one operand behind it."""
        with self.deeper():
            first, inner = self.place - 1, self.operand()
        if self.token.kind == "power" or self.token.text == "**":  # √x²
            power = (
                f"**{_exponent(self.take().text)}" if self.token.kind == "power" else self.operator() + self.factor()
            )
            return f"{name}({inner}){power}" if self.decide(2, first) else f"{name}({inner}{power})"
        if self.begins_operand() and not self.token.blank:  # √2x
            more = self.factor()
            return f"{name}({inner}*{more})" if self.decide(2, first) else f"{name}({inner})*{more}"
        return self.respelt(f"{name}({inner})")

    def applied(self, name: str) -> str:
        """A function without brackets, or with a power before them: sin 3x, sin² x, sin^2(x)."""
        first = self.place - 1
        power = self.power_of_name()
        if self.token.kind == "open":
            call = f"{name}({self.inside()}"
        elif self.begins_operand() or self.token.text == "-":
            with self.deeper():
                argument = self.argument(first)
            call = letters.formatted(letters.WRITTEN_AS.get((name, 1), f"{name}({{0}})"), [argument])
        else:
            return name  # the parser says that it is a function
        self.changed = True
        if power.startswith("-"):
            inverse = f"a{call}" if f"a{name}" in FUNCTIONS and power == "-1" else f"(1/{call}){f'**{power[1:]}'}"
            return f"1/{call}" if power == "-1" and self.decide(2, first) else inverse
        return f"{call}**{power}" if power else call

    def power_of_name(self) -> str:
        """The 2 in sin² x and sin^2 x; empty where there is none."""
        if self.token.kind == "power":
            return self.take().text
        if self.token.text != "**":
            return ""
        self.take()
        sign = self.take().text if self.token.text == "-" else ""
        power = sign + self.operand()
        return power[1:-1] if _WHOLE.fullmatch(power[1:-1]) else power

    def argument(self, first: int) -> str:
        """The argument of a function without brackets: sin 2πx, sin √x. It ends before the next function and sign."""
        sign = self.operator().strip() if self.token.text == "-" else ""
        factors, is_number = "", True
        while self.begins_operand() and not (factors and self.is_applied(self.token.text)):
            follows = not factors or is_number or (not self.token.blank and self.token.kind == "name")
            if not follows and not self.decide(2, first):  # sin x (y + 1)
                break
            is_number = self.token.kind == "number" or self.token.text in CONSTANTS
            factors += "*" * bool(factors) + self.factor()
        if self.token.text == "/" and not self.token.blank:  # sin x/2
            place = self.place
            self.take()
            if self.decide(2, first):
                return sign + factors + "/" + self.factor()
            self.place = place
        return sign + factors

    def is_applied(self, name: str) -> bool:
        return functions.known(name, self.given, called=False) in functions.APPLIED


def _exponent(text: str) -> str:
    """Superscripts as an exponent: 2, -1, n, and (2*x) for what is longer."""
    return text if text.removeprefix("-").isdigit() or len(text) == 1 else f"({plain(text)})"
