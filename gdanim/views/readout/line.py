"""The readout: live numbers of a single run, in columns that keep their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import product

import numpy as np

from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import HAIR, Lettering
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.styles import LIGHT, Style
from gdanim.views.legend import GAP
from gdanim.views.readout.columns import Columns, columns_of
from gdanim.views.readout.outcomes import Outcomes
from gdanim.views.told import BRIEF, FULL, HINTED, PLAIN, REASONED, Told

LiveLine = tuple[
    Callable[[Moment], Pieces], float
]  # a line that changes: its text for a moment, its greatest width in px

SPARED = 1  # the need of a column that is given up for what became of a run


def readout(
    descent: Descent, layout: Layout, lettering: Lettering, told: Sequence[Told], *, explained: bool = False,
    brief: bool = False,
) -> list[LiveLine]:  # fmt: skip
    """The line of the numbers; behind them, or on a line of its own, what became of the runs.

    Method and rate stand there where the first line has no room; columns without room are left out.
    told   of each run, or of all runs together; nothing where the legend tells it
    brief  whether it is told in a word or two
    """
    columns, room = columns_of(descent, layout.style, explained=explained), layout.header_width_px
    outcomes = Outcomes.of(told, descent, lettering, layout.style.muted)
    line = partial(_line, descent, layout.style, lettering)
    beside = _beside(columns, outcomes, room, brief=brief) if told else (columns, BRIEF)
    if beside is None:
        told_line = _telling(outcomes, room)
        first, moved = ([one for one in columns if one.may_move is moves] for moves in (False, True))
        moved = _fitted(moved, room - told_line[1] - lettering.width(GAP), lettering, least=0)
        if not moved or _width(columns, lettering) <= room:
            return [line(_fitted(columns, room, lettering)), told_line]
        return [line(_fitted(first, room, lettering)), _together(line(moved), told_line, lettering)]
    columns, length = beside
    numbers = line(_fitted(columns, room, lettering))
    if not told:
        return [numbers]
    return [_together(numbers, (partial(outcomes.piece, length), outcomes.width(length)), lettering)]


def _line(descent: Descent, style: Style, lettering: Lettering, columns: Columns) -> LiveLine:
    def numbers(moment: Moment) -> Pieces:
        # Of runs together, one may have stopped: the count is that of those that still run.
        return _pieces(columns, *_foremost(descent, moment), style, lettering)

    return numbers, _width(columns, lettering)


def _together(numbers: LiveLine, told: LiveLine, lettering: Lettering) -> LiveLine:
    """Columns, and behind a gap what became of the runs."""
    gap = GAP if numbers[1] else ""

    def pieces(moment: Moment) -> Pieces:
        first, *others = told[0](moment) or [("", "")]
        return [*numbers[0](moment), *([(f"{gap}{first[0]}", first[1])] if first[0] else []), *others]

    return pieces, numbers[1] + lettering.width(gap) + told[1]


def _fitted(columns: Columns, room: float, lettering: Lettering, *, least: int = 1) -> Columns:
    """Columns that fit into a room, those of the least need left out first; `least` of them always stay."""
    while len(columns) > least and _width(columns, lettering) > room:
        columns = _lighter(columns)
    return columns


def _telling(outcomes: Outcomes, room: float) -> LiveLine:
    """A line that says what became of the runs, in the fullest form that fits."""
    widths = [outcomes.width(length) for length in range(BRIEF + 1)]
    length = next((length for length, width in enumerate(widths) if width <= room), BRIEF)
    return partial(outcomes.piece, length), widths[length]


def _beside(columns: Columns, outcomes: Outcomes, room: float, *, brief: bool) -> tuple[Columns, int] | None:
    """The columns, and the length of what is told behind them; None where that would cost one that is needed.

    Why runs were lost is worth a line; how one moved is not, nor a column. What became of many runs is worth columns,
    but where a line is had anyway, the method keeps its place.
    """
    some, lettering = [columns], outcomes.lettering
    while len(some[-1]) > 1 and min(column.need for column in some[-1]) <= SPARED:
        some.append(_lighter(some[-1]))
    has_reason = any(one.has_reason for one in outcomes.told)
    lengths = (FULL,) if has_reason else (FULL, REASONED, HINTED, PLAIN)
    lengths = (BRIEF,) if brief else lengths
    widths = [outcomes.width(length) + lettering.width(GAP) for length in lengths]
    keeps_method = has_reason and len(some) > 1 and not (outcomes.of_one or brief)
    for fewer in (some[:-1],) if keeps_method else (some[:-1], some[-1:]):
        choices = list(product(zip(lengths, widths, strict=True), fewer))
        if outcomes.of_one:
            choices.sort(key=lambda choice: fewer.index(choice[1]))
        for (length, width), kept in choices:
            if _width(kept, lettering) + width <= room:
                return kept, length
    return None


def _lighter(columns: Columns) -> Columns:
    """The columns with the one of the least need shortened, or left out."""
    least = min(columns, key=lambda column: column.need)
    place = columns.index(least)
    return [*columns[:place], *([] if least.shorter is None else [least.shorter]), *columns[place + 1 :]]


def _pieces(columns: Columns, run: int, position: float, style: Style, lettering: Lettering) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for column in columns:
        name = f"{column.gap if found else ''}{column.name}{' ' if column.name else ''}"
        text = _padded(column.text(run, position), column.widest, lettering)
        found += [(name, style.muted), *_barred(column.bars, run, style, lettering), (text, style.text)]
    return found


def _barred(bars: Sequence[Pieces], run: int, style: Style, lettering: Lettering) -> Pieces:
    """The bar of a run, in a room that holds the longest of all."""
    if not bars:
        return ()
    longest = _room(frozenset("".join(text for text, _ in bar) for bar in bars), lettering)
    return *bars[run], (HAIR * (longest - sum(lettering.width(text) for text, _ in bars[run])), style.muted)


def _width(columns: Columns, lettering: Lettering) -> float:
    """The width of columns, the same for all runs and positions."""
    return sum(lettering.width(text) for text, _ in _pieces(columns, 0, 0, LIGHT, lettering))


def _foremost(descent: Descent, moment: Moment) -> tuple[int, float]:
    """The visible run that is at the highest iteration, and its position."""
    position = moment.position[moment.visible]
    at = int(np.argmax(descent.trajectory.k[moment.visible, position.astype(np.int64)] + position % 1))
    return int(moment.visible[at]), float(position[at])


def _padded(text: str, widest: frozenset[str], lettering: Lettering) -> str:
    """A text at the left end of a room that holds the widest one, too."""
    return text + HAIR * (_room(widest, lettering) - lettering.width(text))


@lru_cache
def _room(texts: frozenset[str], lettering: Lettering) -> int:
    return max(map(lettering.width, texts), default=0)
