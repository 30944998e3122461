"""The readout: live numbers of a single run, in columns of fixed width."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.descent.stability import limit_formula, ratio_text
from gdanim.drawing.lettering import minus
from gdanim.views.legend import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.arrays import Scalar
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces

FIGURE_SPACE = "\u2007"
MANY = 5000  # values of which only the widest possible is looked for


class ReadoutColumn(NamedTuple):
    """A number of the readout: name, text for (run, iteration), and the gap before it.

    need   where there is no room, columns of the least need are left out first
    """

    name: str
    text: Callable[[int, int], str]
    need: int
    gap: str = GAP


def readout(descent: Descent, layout: Layout, lettering: Lettering) -> tuple[Callable[[Moment], Pieces], float]:
    """The text for a moment, and its width in pixels. Columns without room are left out."""
    columns = _columns(descent)
    name_ink, ink = layout.style.muted, layout.style.text

    def pieces(run: int, iteration: int) -> Pieces:
        return [
            piece
            for place, column in enumerate(columns)
            for piece in (
                (f"{column.gap if place else ''}{column.name}{' ' if column.name else ''}", name_ink),
                (column.text(run, iteration), ink),
            )
        ]

    def width() -> float:
        # The last column is the only one whose width may differ from run to run.
        return max(sum(lettering.width(text) for text, _ in pieces(run, 0)) for run in _unlike(descent))

    while len(columns) > 1 and width() > layout.header_width_px:
        columns.remove(min(columns, key=lambda column: column.need))
    # Of runs together, one may have stopped: the count is that of those that still run.
    return lambda moment: pieces(moment.current, int(moment.position[moment.visible].max())), width()


def _unlike(descent: Descent) -> list[int]:
    """Runs that stand for all others: one of each verdict."""
    return list({verdict: run for run, verdict in enumerate(descent.verdict)}.values())


def _columns(descent: Descent) -> list[ReadoutColumn]:
    """What the readout names. Texts have fixed widths, so that digits keep their places."""
    trajectory, dim = descent.trajectory, descent.objective.dim
    runs, iterations = trajectory.runs, trajectory.iterations
    in_turn = descent.timeline.in_turn and runs > 1
    columns = [ReadoutColumn("run", lambda run, _: f"{_whole(run + 1, runs)} of {runs}", need=9)] if in_turn else []
    columns.append(ReadoutColumn("iteration", lambda _, k: _whole(k, iterations), need=8))
    if runs > 1 and not in_turn:
        return columns
    names = ("x",) if dim == 1 else ("x", "y")
    columns += [_series(name, trajectory.x[..., i], need=7 - i) for i, name in enumerate(names)]
    columns.append(_series(f"f({', '.join(names)})", trajectory.f, need=5))
    if iterations and np.isfinite(trajectory.lr).all():
        columns += [_rate(trajectory.lr), *_against_limit(descent)]
    columns.append(ReadoutColumn("", lambda run, _: descent.verdict[run].value, need=2))
    return columns


def _rate(lr: Scalar) -> ReadoutColumn:
    if not np.all(lr == lr[:, :1]):
        return _series("lr", np.concatenate([lr[:, :1], lr], axis=1), need=3)
    texts = _padded([minus(f"{rate:g}") for rate in lr[:, 0].tolist()])
    return ReadoutColumn("lr", lambda run, _: texts[run], need=3)


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


def _whole(value: int, most: int) -> str:
    """A whole number in as many places as the largest one needs."""
    return str(value).rjust(len(str(most)), FIGURE_SPACE)


def _padded(texts: list[str]) -> list[str]:
    """Texts of one width."""
    width = max(len(text) for text in texts)
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
