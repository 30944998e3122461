"""The readout: live numbers of a single run, in columns of fixed width."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log10
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Flags, Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.stability import limit_of, ratio_text
from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering, minus
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.numbers import Numbers, roundest
from gdanim.formatting import distinct
from gdanim.views.legend import GAP

LiveLine = tuple[
    Callable[[Moment], Pieces], float
]  # a line that changes: its text for a moment, its greatest width in px

FIGURE_SPACE = "\u2007"
VERDICT = 2  # the need of the column that holds it; without its motion one more
MANY = 5000  # values of which only the widest possible is looked for
RESOLVED = 500  # places in the height of a picture that a reader tells apart
FEW = 1e-7  # of a value that never changes: differences that its text shows
REACH = 20  # of an offset, in widths of the values that it is taken from
READ_DIGITS, MOST_DIGITS = 11, 16  # of a number that is read; that a float has
ROUNDING = 1e-15  # of the range of values: one below it is 0
SPARE_DIGITS = 3  # at the end of a whole number, which tell nothing


class ReadoutColumn(NamedTuple):
    """A number of the readout: name, text for (run, iteration), and the gap before it.

    need   where there is no room, columns of the least need are left out first
    """

    name: str
    text: Callable[[int, int], str]
    need: int
    gap: str = GAP


def readout(descent: Descent, layout: Layout, lettering: Lettering) -> LiveLine:
    """The line of the readout. Columns without room are left out."""
    columns = _columns(descent)
    # Runs that stand for all others: the last column is the only one whose width may differ, from verdict to verdict.
    unlike = {verdict: run for run, verdict in enumerate(descent.verdict)}.values()

    def pieces(run: int, iteration: int) -> Pieces:
        found: list[tuple[str, str]] = []
        for column in columns:
            name = f"{column.gap if found else ''}{column.name}{' ' if column.name else ''}"
            found += [(name, layout.style.muted), (column.text(run, iteration), layout.style.text)]
        return found

    def width() -> float:
        return max(sum(lettering.width(text) for text, _ in pieces(run, 0)) for run in unlike)

    while len(columns) > 1 and width() > layout.header_width_px:
        least = min(columns, key=lambda column: column.need)
        columns.remove(least)
        if least.need == VERDICT:
            columns.append(ReadoutColumn("", lambda run, _: descent.verdict[run].short, need=VERDICT + 1))
    # Of runs together, one may have stopped: the count is that of those that still run.
    return lambda moment: pieces(*_foremost(descent, moment)), width()


def _foremost(descent: Descent, moment: Moment) -> tuple[int, int]:
    """The visible run that is at the highest iteration, and its row."""
    row = moment.position[moment.visible].astype(np.int64)
    at = int(np.argmax(descent.trajectory.k[moment.visible, row]))
    return int(moment.visible[at]), int(row[at])


def _columns(descent: Descent) -> list[ReadoutColumn]:
    """What the readout names. Texts have fixed widths, so that digits keep their places."""
    trajectory = descent.trajectory
    runs, iterations = trajectory.runs, trajectory.iterations
    in_turn = descent.timeline.in_turn and runs > 1

    def whole(value: int, most: int) -> str:
        return str(value).rjust(len(str(most)), FIGURE_SPACE)

    columns = [ReadoutColumn("run", lambda run, _: f"{whole(run + 1, runs)} of {runs}", need=9)] if in_turn else []
    most = int(trajectory.k[np.arange(runs), trajectory.last].max())
    columns.append(ReadoutColumn("iteration", lambda run, row: whole(int(trajectory.k[run, row]), most), need=8))
    if runs > 1 and not in_turn:
        return columns
    seen = in_view(descent)
    columns += [
        _series(name, trajectory.x[..., i], seen, need=7 - i) for i, name in enumerate(descent.objective.symbols)
    ]
    columns.append(_series(descent.objective.f_of, trajectory.f, seen, need=5))
    if iterations and np.isfinite(trajectory.lr).all():
        columns += [_rate(trajectory.lr), *_against_limit(descent)]
    columns.append(ReadoutColumn("", lambda run, _: descent.verdict[run].words, need=VERDICT))
    return columns


def _rate(lr: Scalar) -> ReadoutColumn:
    if not np.all(lr == lr[:, :1]):
        rates = np.concatenate([lr[:, :1], lr], axis=1)
        return _series("lr", rates, np.isfinite(rates), need=4)
    texts = _padded([minus(text) for text in distinct(lr[:, 0].tolist())])
    return ReadoutColumn("lr", lambda run, _: texts[run], need=4)


def _against_limit(descent: Descent) -> list[ReadoutColumn]:
    """The rate as a multiple of the largest at which a run could settle, where that is known of all runs."""
    ratios, limits = descent.over_limit, {limit_of(run.method) for run in descent.runs}
    limit = next(iter(limits))
    if (
        not (np.isfinite(ratios) & descent.trajectory.is_constant).all()
        or len({known.formula for known in limits}) > 1
        or not limit.by_curvature
    ):
        return []
    texts = _padded([ratio_text(ratio) for ratio in ratios.tolist()])
    return [ReadoutColumn("=", lambda run, _: f"{minus(texts[run])} × {limit.formula}", need=1, gap=" ")]


def _series(name: str, values: Scalar, seen: Flags, *, need: int) -> ReadoutColumn:
    values = np.where(np.abs(values) <= ROUNDING * np.ptp(values[seen]), 0.0, values)
    digits = digits_of(values[seen])
    if digits.offset:
        name, values = Numbers((), digits.offset).named(name), values - digits.offset
    width = places(values, digits)
    return ReadoutColumn(name, lambda run, k: number(float(values[run, k]), width, digits), need)


def _padded(texts: list[str]) -> list[str]:
    width = max(map(len, texts))
    return [text.ljust(width, FIGURE_SPACE) for text in texts]


def in_view(descent: Descent) -> Flags:
    """Which points of the runs lie within the bounds, (runs, n+1); the starts where none does."""
    inside: Flags = descent.objective.contains(descent.trajectory.x)
    if not inside.any():
        inside[:, 0] = True
    return inside


class Digits(NamedTuple):
    """How the numbers of a series are written.

    decimals            of a number in fixed point: one from `least` up to below `most`, and 0
    exponent_decimals   of any other, with an exponent
    offset              what is taken from each number before, and told in the name of the series
    """

    decimals: int
    exponent_decimals: int
    least: float
    most: float
    offset: float = 0.0

    @classmethod
    def usual(cls, decimals: int = 4) -> Digits:
        """The digits of numbers that vary as much as they are large."""
        return cls(decimals, max(decimals - 2, 1), 10.0 ** (1 - decimals), 1e4)

    def tells(self, value: float, difference: float) -> bool:
        """Whether so small a difference changes the text of a value."""
        if self.least <= value < self.most:
            return 10.0**-self.decimals <= difference
        return value * 10.0**-self.exponent_decimals <= difference


def digits_of(seen: Scalar, decimals: int = 4, *, may_shift: bool = True) -> Digits:
    """The digits in which values (m,) differ where their places in the picture do.

    decimals    of the usual digits, which serve where they tell the values apart
    may_shift   whether an offset may be taken out
    """
    usual = Digits.usual(decimals)
    low, high = float(seen.min()), float(seen.max())
    largest, least = max(abs(low), abs(high)), min(abs(low), abs(high)) if low * high > 0 else 0.0
    # A value that never changes has all digits that float32 would give it.
    difference = (high - low) / RESOLVED * 10.0 ** (4 - decimals) or FEW * largest or np.spacing(largest)
    if usual.tells(largest, difference) or (high == low and usual.least <= largest < usual.most):
        return usual
    whole = floor(log10(largest)) + 1
    digits = min(whole + ceil(-log10(difference)), MOST_DIGITS)
    fixed = max(digits - whole, 0)
    if least < largest / 10 and usual.least <= largest < 1:
        return usual._replace(decimals=fixed, least=10.0 ** (1 - fixed))
    if largest < usual.least or least < largest / 10 or digits < whole - SPARE_DIGITS:
        return usual._replace(exponent_decimals=max(digits - 1, usual.exponent_decimals))
    if may_shift and whole + fixed > READ_DIGITS:
        offset = roundest(low, high, REACH * (high - low or difference))
        if offset:
            return digits_of(seen - offset, decimals, may_shift=False)._replace(offset=offset)
    return usual._replace(decimals=fixed, least=0.0, most=10.0 ** (whole + 1))


def number(value: float, width: int, digits: Digits) -> str:
    """A number in a fixed number of places: fixed point where the decimals tell it, else with an exponent."""
    value += 0.0  # a zero below zero is a zero
    plain = value == 0 or digits.least <= abs(value) < digits.most
    text = f"{value:.{digits.decimals}f}" if plain else f"{value:.{digits.exponent_decimals}e}"
    return minus(text).rjust(width, FIGURE_SPACE)


def places(values: Scalar, digits: Digits) -> int:
    """The places that hold every one of the values; the widest that there is, where they are many."""
    if values.size > MANY:
        return max(len(f"{digits.most:.0f}") + digits.decimals + 1, digits.exponent_decimals + len("−1.e+100"))
    return max((len(number(value, 0, digits)) for value in values.ravel().tolist()), default=1)
