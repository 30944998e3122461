"""The readout: live numbers of a single run, in columns that keep their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import product
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Flags, Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.stability import limit_of, ratio_text
from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import HAIR, Lettering, minus
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.numbers import Numbers
from gdanim.drawing.styles import LIGHT, Style
from gdanim.formatting import distinct
from gdanim.views.digits import Digits, live_digits, number
from gdanim.views.legend import GAP
from gdanim.views.told import BRIEF, FULL, PLAIN, REASONED, Told, widest

LiveLine = tuple[
    Callable[[Moment], Pieces], float
]  # a line that changes: its text for a moment, its greatest width in px

SPARED = 1  # the need of a column that is given up for what became of a run
MANY = 5000  # values of which only the widest possible is looked for
ROUNDING = 1e-15  # of the range of values: one below it is 0
CELLS, MOST_OVER = 10, 3  # of the bar that stands for the limit; beyond it
CELL, HALF_CELL = "━", "╸"


class ReadoutColumn(NamedTuple):
    """A number of the readout: name, text for (run, position), and the gap before it.

    A position is that of a run in its rows: 3.5 is halfway between 3 and 4, where numbers are, too.

    widest    texts of which one is the widest; whatever follows a text stands still
    need      where there is no room, columns of the least need are left out first
    shorter   what stands in its place then
    bar       of a run, before the text
    """

    name: str
    text: Callable[[int, float], str]
    need: int
    gap: str = GAP
    widest: frozenset[str] = frozenset()
    shorter: ReadoutColumn | None = None
    bar: Callable[[int], Pieces] = lambda run: ()


Columns = list[ReadoutColumn]


def readout(
    descent: Descent, layout: Layout, lettering: Lettering, told: Sequence[Told], *, explained: bool = False,
    brief: bool = False,
) -> list[LiveLine]:  # fmt: skip
    """The line of the numbers; behind them, or on a line of its own, what became of the runs.

    Columns without room are left out.
    told   of each run, or of all runs together; nothing where the legend tells it
    brief  whether it is told in a word or two
    """
    columns, room = _columns(descent, layout.style), layout.header_width_px
    if explained:  # the equation below has them
        columns = [one for one in columns if one.name.partition(" ")[0] not in (*descent.objective.symbols, "lr")]
    beside = _beside(columns, lettering, told, room, brief=brief) if told else (columns, BRIEF)
    columns, length = beside or (columns, BRIEF)
    while len(columns) > 1 and _width(columns, lettering) > room:
        columns = _lighter(columns)

    def numbers(moment: Moment) -> Pieces:
        # Of runs together, one may have stopped: the count is that of those that still run.
        return _pieces(columns, *_foremost(descent, moment), layout.style, lettering)

    lines: list[LiveLine] = [(numbers, _width(columns, lettering))]
    if not told:
        return lines
    if beside is None:
        return [*lines, telling(told, room, lettering)]
    ended = partial(_piece, told, length)
    width = lines[0][1] + lettering.width(GAP) + widest(told, length, lettering.width)
    return [(lambda moment: [*numbers(moment), *ended(moment, before=GAP)], width)]


def telling(told: Sequence[Told], room: float, lettering: Lettering) -> LiveLine:
    """A line that says what became of the runs, in the fullest form that fits."""
    widths = [widest(told, length, lettering.width) for length in range(BRIEF + 1)]
    length = next((length for length, width in enumerate(widths) if width <= room), BRIEF)
    return partial(_piece, told, length), widths[length]


def _piece(told: Sequence[Told], length: int, moment: Moment, *, before: str = "") -> Pieces:
    """What is told of the current run, or of all runs together, behind a gap; nothing where there is nothing yet."""
    text, ink = told[moment.current if len(told) > 1 else 0].piece(moment, length)
    return [(f"{before}{text}", ink)] if text else []


def _beside(
    columns: Columns, lettering: Lettering, told: Sequence[Told], room: float, *, brief: bool
) -> tuple[Columns, int] | None:
    """The columns, and the length of what is told behind them; None where that would cost one that is needed.

    Why a run was lost is worth a line; how one moved is not.
    """
    some = [columns]
    while len(some[-1]) > 1 and min(column.need for column in some[-1]) <= SPARED:
        some.append(_lighter(some[-1]))
    lengths = (FULL,) if any(one.has_reason for one in told) else (FULL, REASONED, PLAIN)
    lengths = (BRIEF,) if brief else lengths
    widths = [widest(told, length, lettering.width) + lettering.width(GAP) for length in lengths]
    for fewer in (some[:-1], some[-1:]):
        for (length, width), kept in product(zip(lengths, widths, strict=True), fewer):
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
        found += [(name, style.muted), *column.bar(run), (text, style.text)]
    return found


def _width(columns: Columns, lettering: Lettering) -> float:
    """The width of columns, but for bars the same for all runs and positions."""
    return sum(lettering.width(text) for text, _ in _pieces(columns, 0, 0, LIGHT, lettering))


def _foremost(descent: Descent, moment: Moment) -> tuple[int, float]:
    """The visible run that is at the highest iteration, and its position."""
    position = moment.position[moment.visible]
    at = int(np.argmax(descent.trajectory.k[moment.visible, position.astype(np.int64)] + position % 1))
    return int(moment.visible[at]), float(position[at])


def between(values: NDArray[Any], run: int, position: float) -> float:
    """The value of a run at a position, on the straight line between two of its rows; values (runs, n+1)."""
    row = int(position)
    share = position - row
    # Two products, since the difference of two far values may overflow.
    return float(values[run, row] if share == 0 else (1 - share) * values[run, row] + share * values[run, row + 1])


def _padded(text: str, widest: frozenset[str], lettering: Lettering) -> str:
    """A text at the left end of a room that holds the widest one, too."""
    return text + HAIR * (_room(widest, lettering) - lettering.width(text))


@lru_cache
def _room(texts: frozenset[str], lettering: Lettering) -> int:
    return max(map(lettering.width, texts), default=0)


def _columns(descent: Descent, style: Style) -> list[ReadoutColumn]:
    """What the readout names."""
    trajectory = descent.trajectory
    runs, iterations = trajectory.runs, trajectory.iterations
    in_turn = descent.timeline.in_turn and runs > 1

    columns = [_whole("run", lambda run, _: run + 1, runs, need=9, ending=f" of {runs}")] if in_turn else []
    most = int(trajectory.k[np.arange(runs), trajectory.last].max())
    columns.append(_iteration(descent, most))
    if runs > 1 and not in_turn:
        return columns
    seen, stages = in_view(descent), _stages(descent)
    columns += [
        _series(name, trajectory.x[..., i], seen, stages, need=7 - i)
        for i, name in enumerate(descent.objective.symbols)
    ]
    columns.append(_series(descent.objective.f_of, trajectory.f, seen, stages, need=5))
    if iterations and np.isfinite(trajectory.lr).all():
        columns += [_rate(trajectory.lr), *_against_limit(descent, style)]
    return columns


def _stages(descent: Descent) -> Scalar:
    """The shares of a step at which frames show a run between two iterations: (m,)."""
    shares: Scalar = np.unique(descent.timeline.tick % 1)
    return shares[shares > 0]


def _iteration(descent: Descent, most: int) -> ReadoutColumn:
    """The iteration, with a decimal where it lies between two."""
    k = descent.trajectory.k

    def text(run: int, position: float) -> str:
        return f"{between(k, run, position):.{1 if position % 1 else 0}f}"

    widest = f"{'0' * len(str(most))}{'.0' if _stages(descent).size else ''}"  # digits are equally wide
    return ReadoutColumn("iteration", text, need=8, widest=frozenset([widest]))


def _whole(name: str, value: Callable[[int, float], int], most: int, *, need: int, ending: str = "") -> ReadoutColumn:
    """A count up to `most`."""
    widest = frozenset([f"{'0' * len(str(most))}{ending}"])  # digits are equally wide
    return ReadoutColumn(name, lambda run, row: f"{value(run, row)}{ending}", need, widest=widest)


def _rate(lr: Scalar) -> ReadoutColumn:
    if not np.all(lr == lr[:, :1]):
        rates = np.concatenate([lr[:, :1], lr], axis=1)
        # The rate of a step is the same all along it.
        column = _series("lr", rates, np.isfinite(rates), np.empty(0), need=4)
        return column._replace(text=lambda run, position: column.text(run, int(position)))
    texts = [minus(text) for text in distinct(lr[:, 0].tolist())]
    return ReadoutColumn("lr", lambda run, _: texts[run], need=4, widest=frozenset(texts))


def _against_limit(descent: Descent, style: Style) -> list[ReadoutColumn]:
    """The rate as a share of the largest at which a run could settle, where all have one: a bar, and words."""
    ratios, limits = descent.over_limit, {limit_of(run.method) for run in descent.runs}
    limit = next(iter(limits))
    if (
        not (np.isfinite(ratios) & descent.trajectory.is_constant).all()
        or len({known.formula for known in limits}) > 1
        or not limit.by_curvature
    ):
        return []
    texts = [minus(ratio_text(ratio)) for ratio in ratios.tolist()]
    bars = [_bar(ratio, style) for ratio in ratios.tolist()]
    shortest: ReadoutColumn | None = None
    for words in ("", " of limit", " of the stable limit"):
        told = [f" {text}{words}" for text in texts]
        shortest = ReadoutColumn("", partial(_told, told), 1, "  ", frozenset(told), shortest, bars.__getitem__)
    return [shortest] if shortest else []


def _told(texts: Sequence[str], run: int, position: float) -> str:
    return texts[run]


def _bar(ratio: float, style: Style) -> Pieces:
    """A bar from 0 to the limit, filled as far as a rate reaches; in the colour of warnings beyond the limit."""
    if ratio > 1:
        over = min(ceil((ratio - 1) * CELLS), MOST_OVER)
        return (CELL * CELLS, style.warning), ("╋", style.warning), (CELL * over, style.warning)
    filled, half = divmod(floor(2 * CELLS * ratio * (1 + 1e-12)), 2)
    rest = CELLS - filled - half
    return (CELL * filled + HALF_CELL * half, style.muted), (CELL * rest, style.line)


def _series(name: str, values: Scalar, seen: Flags, stages: Scalar, *, need: int) -> ReadoutColumn:
    """A number that changes: values (runs, n+1), and those on the way, at shares (m,) of each step."""
    values = np.where(np.abs(values) <= ROUNDING * np.ptp(values[seen]), 0.0, values)
    digits = live_digits(values, seen)
    if digits.offset:
        name, values = Numbers((), digits.offset).named(name), values - digits.offset
    signed = bool((values < 0).any())
    on_the_way = [(1 - share) * values[:, :-1] + share * values[:, 1:] for share in stages.tolist()]
    widest = widest_of(np.concatenate([values, *on_the_way], axis=1), digits, signed=signed)
    return ReadoutColumn(
        name, lambda run, position: number(between(values, run, position), digits, signed=signed), need, widest=widest
    )


def widest_of(values: Scalar, digits: Digits, *, signed: bool = False) -> frozenset[str]:
    """Texts of which one is as wide as that of any of the values; of many, the widest that there can be."""
    if values.size > MANY:
        longest = f"−{'0' * len(f'{digits.most:.0f}')}.{'0' * digits.decimals}"
        return frozenset([longest, minus(f"-{0:.{digits.exponent_decimals}f}e-300")])
    return frozenset(number(value, digits, signed=signed) for value in np.unique(values).tolist())


def in_view(descent: Descent) -> Flags:
    """Which points of the runs lie within the bounds, (runs, n+1); the starts where none does."""
    inside: Flags = descent.objective.contains(descent.trajectory.x)
    if not inside.any():
        inside[:, 0] = True
    return inside
