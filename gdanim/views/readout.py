"""The readout: live numbers of a single run, in columns of fixed width."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.stability import limit_formula, ratio_text
from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering, minus
from gdanim.drawing.marks.caption import Pieces
from gdanim.views.legend import GAP

LiveLine = tuple[
    Callable[[Moment], Pieces], float
]  # a line that changes: its text for a moment, its greatest width in px

FIGURE_SPACE = "\u2007"
VERDICT = 2  # the need of the column that holds it; without its motion one more
MANY = 5000  # values of which only the widest possible is looked for


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
    return lambda moment: pieces(moment.current, int(moment.position[moment.visible].max())), width()


def _columns(descent: Descent) -> list[ReadoutColumn]:
    """What the readout names. Texts have fixed widths, so that digits keep their places."""
    trajectory, dim = descent.trajectory, descent.objective.dim
    runs, iterations = trajectory.runs, trajectory.iterations
    in_turn = descent.timeline.in_turn and runs > 1

    def whole(value: int, most: int) -> str:
        return str(value).rjust(len(str(most)), FIGURE_SPACE)

    columns = [ReadoutColumn("run", lambda run, _: f"{whole(run + 1, runs)} of {runs}", need=9)] if in_turn else []
    columns.append(ReadoutColumn("iteration", lambda _, k: whole(k, iterations), need=8))
    if runs > 1 and not in_turn:
        return columns
    names = ("x",) if dim == 1 else ("x", "y")
    columns += [_series(name, trajectory.x[..., i], need=7 - i) for i, name in enumerate(names)]
    columns.append(_series(f"f({', '.join(names)})", trajectory.f, need=5))
    if iterations and np.isfinite(trajectory.lr).all():
        columns += [_rate(trajectory.lr), *_against_limit(descent)]
    columns.append(ReadoutColumn("", lambda run, _: descent.verdict[run].words, need=VERDICT))
    return columns


def _rate(lr: Scalar) -> ReadoutColumn:
    if not np.all(lr == lr[:, :1]):
        return _series("lr", np.concatenate([lr[:, :1], lr], axis=1), need=4)
    texts = _padded([minus(f"{rate:g}") for rate in lr[:, 0].tolist()])
    return ReadoutColumn("lr", lambda run, _: texts[run], need=4)


def _against_limit(descent: Descent) -> list[ReadoutColumn]:
    """The rate as a multiple of the largest at which a run could settle, where that is known of all runs."""
    ratios, limits = descent.over_limit, {limit_formula(run.method) for run in descent.runs}
    if not np.isfinite(ratios).all() or len(limits) > 1:
        return []
    (limit,) = limits
    texts = _padded([ratio_text(ratio) for ratio in ratios.tolist()])
    return [ReadoutColumn("=", lambda run, _: f"{minus(texts[run])} × {limit}", need=1, gap=" ")]


def _series(name: str, values: Scalar, *, need: int) -> ReadoutColumn:
    width = places(values)
    return ReadoutColumn(name, lambda run, k: number(float(values[run, k]), width), need)


def _padded(texts: list[str]) -> list[str]:
    width = max(map(len, texts))
    return [text.ljust(width, FIGURE_SPACE) for text in texts]


def number(value: float, width: int, decimals: int = 4) -> str:
    """A number in a fixed number of places: fixed point where the decimals tell it, else with an exponent."""
    value += 0.0  # a zero below zero is a zero
    plain = value == 0 or 10.0 ** (1 - decimals) <= abs(value) < 1e4
    text = f"{value:.{decimals}f}" if plain else f"{value:.{max(decimals - 2, 1)}e}"
    return minus(text).rjust(width, FIGURE_SPACE)


def places(values: Scalar, decimals: int = 4) -> int:
    """The places that hold every one of the values; the widest that there is, where they are many."""
    if values.size > MANY:
        return max(decimals, max(decimals - 2, 1) + 2) + 6
    return max((len(number(value, 0, decimals)) for value in values.ravel().tolist()), default=1)
