"""`--explain`: each update as the rule of its method in symbols, and below it with its numbers, column by column.

x₂₅    = x₂₄    − lr  · f′(x₂₄)
0.0162 = 0.0203 − 0.1 · 0.0406
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import Final, NamedTuple

import numpy as np

from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import READOUT_PT, Layout
from gdanim.drawing.lettering import HAIR, Lettering
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.run_styles import RunStyle
from gdanim.errors import UsageError
from gdanim.optimizers.terms import SIGNS
from gdanim.views.explain.equation import Equation, equation, updates_shown, with_steps
from gdanim.views.readout.line import LiveLine

TYPE_PT: Final = 11.5  # 13 pixels in a picture that is 480 wide
MOST_WRITTEN: Final = 2  # variables whose updates are written out
DECIMALS: Final = (4, 3, 2)  # what is tried, one after the other, until the lines fit
HEIGHT_SHARE: Final = 0.25  # of the picture, which the lines may take
WRITTEN: Final = {"(": "(", ")": ")"}  # signs without a blank on either side
BINDING: Final = frozenset("+−·/")  # before a number below zero, which then stands in brackets


class Explained(NamedTuple):
    """The lines of an update, and the lettering that they are set in."""

    lines: tuple[LiveLine, ...]
    lettering: Lettering


def explanation(descent: Descent, layout: Layout, run_styles: Sequence[RunStyle]) -> Explained | None:
    """The lines of the update that comes next, at the end the last one. None without room, and of many variables.

    Of two variables, points stand in brackets, or each coordinate has a line of its own. Where the rule finds no room,
    the step stands in its place.
    Raises UsageError where several runs move at once: nobody can follow two equations.
    """
    if descent.trajectory.runs > 1 and not descent.timeline.in_turn:
        raise UsageError("--explain explains one run: give one --lr, or --order in-turn")
    if descent.whole is not None and descent.whole.objective.dim > MOST_WRITTEN:
        return None
    if layout.is_bare or not (updates := updates_shown(descent)):
        return None
    colours = {int(run): style.colour for style in run_styles for run in style.runs}
    told = updates, [with_steps(descent, update) for update in updates]
    stacks = (False, True) if descent.objective.dim > 1 else (False,)
    for its, size_pt, stacked, decimals in product(told, (TYPE_PT, READOUT_PT), stacks, DECIMALS):
        lettering = layout.lettering(size_pt)
        lines = {
            update.run: Lines(
                equation(descent, update, decimals, layout.style, colours[update.run]),
                lettering, layout.style.muted, stacked=stacked,
            )
            for update in its
        }  # fmt: skip
        count, width = 1 + (descent.objective.dim if stacked else 1), max(one.width for one in lines.values())
        if width <= layout.header_width_px and 2 * lettering.ascent * count <= HEIGHT_SHARE * layout.height:
            at = partial(_at, lines, descent.trajectory.last.tolist())
            return Explained(tuple((partial(at, line), width) for line in range(count)), lettering)
    return None


def _at(lines: dict[int, Lines], last: list[int], line: int, moment: Moment) -> Pieces:
    """A line of the step that the current run takes next, at its end the last one; nothing where it takes none."""
    run = moment.current
    return lines[run].pieces(line, min(moment.iteration(run), last[run] - 1)) if run in lines else ()


@dataclass(slots=True)
class Lines:
    """The lines of an equation: symbols, and below them numbers, in columns that are as wide at all rows."""

    equation: Equation
    lettering: Lettering
    sign_colour: str
    columns: list[_Column]
    stacked: bool

    def __init__(self, equation: Equation, lettering: Lettering, sign_colour: str, *, stacked: bool) -> None:
        self.equation, self.lettering, self.sign_colour, self.stacked = equation, lettering, sign_colour, stacked
        words = equation.words
        self.columns = [
            _Column.of(equation, lettering, word, stacked=stacked, bracketed=before in BINDING)
            for before, word in zip(("", *words), words, strict=False)
        ]

    @property
    def width(self) -> int:
        """Of each line, in pixels."""
        return sum(column.width for column in self.columns)

    def pieces(self, line: int, row: int) -> Pieces:
        """A line of the update at a row: that of the symbols is the first."""
        i = int(np.searchsorted(self.equation.rows, row, side="right")) - 1
        found = []
        for column in self.columns:
            text = column.symbol(i) if line == 0 else column.number(i, line - 1)
            found.append((text, column.colour or self.sign_colour))
        return found


@dataclass(frozen=True, slots=True)
class _Column:
    """A word of a rule and what stands below it. Without a colour it is a sign.

    room         of a single number, in pixels
    is_bracketed   whether numbers below zero stand in brackets
    """

    equation: Equation
    lettering: Lettering
    word: str
    colour: str
    stacked: bool
    room: int
    is_bracketed: bool
    width: int

    @classmethod
    def of(cls, equation: Equation, lettering: Lettering, word: str, *, stacked: bool, bracketed: bool) -> _Column:
        if word in SIGNS or word == "=":
            width = max(map(lettering.width, (_spaced(word), _spaced("≈") if word == "=" else "")))
            return cls(equation, lettering, word, "", stacked, 0, False, width)
        term = equation.terms[word]
        unlike = {text for row in term.texts for text in row}
        is_single = stacked or len(term.texts[0]) == 1
        is_bracketed = bracketed and is_single and any("−" in text.partition("×")[0] for text in unlike)
        room = max(map(lettering.width, unlike))
        bare = cls(equation, lettering, word, term.colour, stacked, room, is_bracketed, 0)
        widths = [lettering.width(bare._numbers(0, 0)), *map(lettering.width, set(term.symbols))]
        return cls(equation, lettering, word, term.colour, stacked, room, is_bracketed, max(widths))

    def symbol(self, i: int) -> str:
        """The word in symbols at the i-th row."""
        return self._centred(self.equation.terms[self.word].symbols[i] if self.colour else _spaced(self.word))

    def number(self, i: int, line: int) -> str:
        """What stands below it; the line is that of a coordinate where each has its own."""
        if self.word == "=":
            coordinates = [line] if self.stacked else range(self.equation.dim)
            return self._centred(_spaced("=" if all(self.equation.holds(i, at) for at in coordinates) else "≈"))
        return self._centred(self._numbers(i, line) if self.colour else _spaced(self.word))

    def _numbers(self, i: int, line: int) -> str:
        texts = self.equation.terms[self.word].texts[i]
        if len(texts) > 1 and not self.stacked:
            return f"({', '.join(map(self._right, texts))})"
        return self._right(self.equation.text(self.word, i, line))

    def _right(self, text: str) -> str:
        """A number at the right end of its room."""
        blank = HAIR * (self.room - self.lettering.width(text))
        if not self.is_bracketed:
            return blank + text
        if text.startswith("−"):
            return f"{blank}({text})"
        left, right = (HAIR * self.lettering.width(bracket) for bracket in "()")
        return f"{blank}{left}{text}{right}"

    def _centred(self, text: str) -> str:
        return _in_the_middle(text, self.width, self.lettering)


@lru_cache
def _in_the_middle(text: str, width: int, lettering: Lettering) -> str:
    """A text with blanks on both sides, in pixels so wide."""
    left, right = divmod(width - lettering.width(text), 2)
    return f"{HAIR * left}{text}{HAIR * (left + right)}"


def _spaced(sign: str) -> str:
    return WRITTEN.get(sign, f" {sign} ")
