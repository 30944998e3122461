"""The columns of the readout: what each names, how wide it may be, and what gives way first where room is short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Flags, Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.stability import ratio_text
from gdanim.drawing.lettering import minus
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.numbers import Numbers
from gdanim.drawing.styles import Style
from gdanim.formatting import distinct
from gdanim.views.digits import Digits, live_digits, number
from gdanim.views.legend import GAP

MANY = 5000  # values of which only the widest possible is looked for
ROUNDING = 1e-15  # of the range of values: one below it is 0
CELLS, MOST_OVER = 10, 3  # of the bar that stands for the limit; beyond it
CELL, HALF_CELL = "━", "╸"
FAINT = 0.35  # of the ink of the bar: what of it a rate leaves free


class ReadoutColumn(NamedTuple):
    """A number of the readout: name, text for (run, position), and the gap before it.

    A position is that of a run in its rows: 3.5 is halfway between 3 and 4, where numbers are, too.

    widest    texts of which one is the widest; whatever follows a text stands still
    need      where there is no room, columns of the least need are left out first
    shorter   what stands in its place then
    bars      before the text, one for each run; runs without one have nothing there
    may_move  whether it may stand on the line of what became of the run, where the first line has no room
    """

    name: str
    text: Callable[[int, float], str]
    need: int
    gap: str = GAP
    widest: frozenset[str] = frozenset()
    shorter: ReadoutColumn | None = None
    bars: Sequence[Pieces] = ()
    may_move: bool = False


Columns = list[ReadoutColumn]


def columns_of(descent: Descent, style: Style, *, explained: bool) -> list[ReadoutColumn]:
    """What the readout names; not x and the rate where the equation below has them."""
    trajectory = descent.trajectory
    runs, iterations = trajectory.runs, trajectory.iterations
    in_turn = descent.timeline.in_turn and runs > 1

    columns = [_whole("run", lambda run, _: run + 1, runs, need=9, ending=f" of {runs}")] if in_turn else []
    most = int(trajectory.k[np.arange(runs), trajectory.last].max())
    columns += _count(descent, most)
    noise = _noise(descent)
    if runs > 1 and not in_turn:
        return [*columns, *_shared(descent), *noise]
    seen, stages = in_view(descent), _stages(descent)
    plane = descent.plane
    if not explained and (plane is None or plane.axes.whole):  # numbers along other axes say nothing
        columns += [
            _series(name, trajectory.x[..., i], seen, stages, need=7 - i)
            for i, name in enumerate(descent.objective.symbols)
        ]
    if trajectory.heights_known:
        columns.append(_series(descent.objective.f_of, trajectory.f, seen, stages, need=5))
    if plane is not None and plane.axes.directions.shape[1] > 2:
        columns.append(_series("off the plane", plane.off, seen, stages, need=5))
    has_rate = bool(iterations) and bool(np.isfinite(trajectory.lr).all())
    methods = _methods(descent)
    movable = []
    if has_rate and not explained:
        movable.append(_rate(trajectory.lr, methods))
    elif methods:
        movable.append(_words(methods, need=3))
    movable += _against_limit(descent, style) if has_rate else []
    return [*columns, *(column._replace(may_move=True) for column in (*movable, *noise))]


def between(values: NDArray[Any], run: int, position: float) -> float:
    """The value of a run at a position, on the straight line between two of its rows; values (runs, n+1)."""
    row = int(position)
    share = position - row
    # Two products, since the difference of two far values may overflow.
    return float(values[run, row] if share == 0 else (1 - share) * values[run, row] + share * values[run, row + 1])


def _stages(descent: Descent) -> Scalar:
    """The shares of a step at which frames show a run between two iterations: (m,)."""
    shares: Scalar = np.unique(descent.timeline.tick % 1)
    return shares[shares > 0]


def _count(descent: Descent, most: int) -> list[ReadoutColumn]:
    """The iteration; of mini-batches of one size, which runs share, the epoch and the step."""
    iteration, batch = _iteration(descent, most), descent.runs[0].batch
    if batch is None or any(run.batch != batch for run in descent.runs):
        return [iteration]
    epoch = _whole("epoch", lambda run, row: batch.epoch(ceil(row)), batch.epoch(most), need=7)
    return [epoch, iteration._replace(name="step")]


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


def _methods(descent: Descent) -> list[str]:
    """The method of each run, as people read it; none where one is not known."""
    found = ["" if run.method is None else minus(run.method.label) for run in descent.runs]
    return found if all(found) else []


def _shared(descent: Descent) -> list[ReadoutColumn]:
    """The method of runs that are shown together, where they have one; and the rate, where no label names it."""
    some = list({id(run): run for run in descent.runs}.values())  # a million runs may share one record
    made = {(run.method and run.method.label, run.lr, run.schedule and run.schedule.label) for run in some}
    methods = {method for method, _, _ in made}
    if len(methods) > 1 or None in methods:
        return []
    (method, lr, schedule), *others = made
    alone = _words([minus(str(method))], need=1)
    if others or any(run.label for run in some):
        return [alone]
    named = "" if schedule == "constant" else f", {schedule}"
    return [_words([minus(f"{method}, lr {distinct([lr])[0]}{named}")], need=1)._replace(shorter=alone)]


def _noise(descent: Descent) -> list[ReadoutColumn]:
    """The deviation of the noise in each gradient, without which nobody would understand a ragged path."""
    sigma = descent.settings.noise
    made = any(run.method is not None for run in descent.runs)
    return [_words([f"noise {minus(distinct([sigma])[0])}"], need=2)] if sigma and made else []


def _words(texts: Sequence[str], *, need: int) -> ReadoutColumn:
    """Words for each run, or for all of them, where a name and a number would stand."""
    return ReadoutColumn("", lambda run, _: texts[run if len(texts) > 1 else 0], need, widest=frozenset(texts))


def _rate(lr: Scalar, methods: Sequence[str]) -> ReadoutColumn:
    """The rate behind the method that takes it; first its hyperparameters go, then the method, unless runs differ."""
    rate = _bare_rate(lr)
    if len(set(methods)) == 1:
        word, _, given = methods[0].partition(", ")
        named = rate._replace(name=f"{word}, {rate.name}", need=3, shorter=rate)
        return rate._replace(name=f"{methods[0]}, {rate.name}", need=0, shorter=named) if given else named
    if not methods:
        return rate

    def text(run: int, position: float) -> str:
        return f"{methods[run]}, {rate.name} {rate.text(run, position)}"

    longest = frozenset(f"{method}, {rate.name} {number}" for method in set(methods) for number in rate.widest)
    return rate._replace(name="", text=text, need=6, widest=longest)


def _bare_rate(lr: Scalar) -> ReadoutColumn:
    if not np.all(lr == lr[:, :1]):
        rates = np.concatenate([lr[:, :1], lr], axis=1)
        # The rate of a step is the same all along it.
        column = _series("lr", rates, np.isfinite(rates), np.empty(0), need=4)
        return column._replace(text=lambda run, position: column.text(run, int(position)))
    texts = [minus(text) for text in distinct(lr[:, 0].tolist())]
    return ReadoutColumn("lr", lambda run, _: texts[run], need=4, widest=frozenset(texts))


def _against_limit(descent: Descent, style: Style) -> list[ReadoutColumn]:
    """The rates of runs as shares of the largest at which each could settle, where that is known: a bar, and words."""
    known = list(map(bool, descent.limit_shares()))
    if not any(known):
        return []
    ratios = [ratio if tells else None for ratio, tells in zip(descent.over_limit.tolist(), known, strict=True)]
    bars: list[Pieces] = [() if ratio is None else limit_bar(ratio, style) for ratio in ratios]
    shortest: ReadoutColumn | None = None
    for words in (" of stable limit", " of the stable limit"):
        told = ["" if ratio is None else f" {minus(ratio_text(ratio))}{words}" for ratio in ratios]
        shortest = ReadoutColumn("", partial(_told, told), 1, "  ", frozenset(told), shortest, bars)
    return [shortest] if shortest else []


def _told(texts: Sequence[str], run: int, position: float) -> str:
    return texts[run]


def limit_bar(ratio: float, style: Style) -> Pieces:
    """A bar from 0 to the limit, filled as far as a rate reaches; in the colour of warnings beyond the limit."""
    if ratio > 1:
        over = min(ceil((ratio - 1) * CELLS), MOST_OVER)
        return (CELL * CELLS, style.warning), ("╋", style.warning), (CELL * over, style.warning)
    filled, half = divmod(floor(2 * CELLS * ratio * (1 + 1e-12)), 2)
    rest = CELLS - filled - half
    # Lines of borrowed styles may be as dark as text, and grids as light as the background.
    return (CELL * filled + HALF_CELL * half, style.muted), (CELL * rest, mixed(style.muted, style.background, FAINT))


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
