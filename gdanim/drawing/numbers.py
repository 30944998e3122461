"""Numbers along an axis: as many as have room, with as many digits as tell them apart.

A far offset is taken out to the name of the axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from matplotlib.axis import XAxis
from matplotlib.ticker import FixedLocator, Formatter, MaxNLocator

from gdanim.drawing.ends import ROUND_STEPS
from gdanim.drawing.lettering import FEW, minus, power, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.text import Text
    from matplotlib.ticker import Locator

PLAIN: Final = 6  # digits of a number that is read at a glance
MANTISSA: Final = 4  # digits before a power of ten
MOST: Final = 7  # digits of a number along an axis, where an offset can be taken out
NEAR: Final = 100  # steps from tick to tick: so near to all ticks an offset has to be
DECADE_STEPS: Final = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200)
GAP_EM: Final = 0.5  # between two numbers below an axes, at least
EXACT: Final = 1e-3  # of the step between two ticks: a number that is off by less stands for its tick


class Numbers(NamedTuple):
    """The texts of some ticks, and what has to be added to each: 0, or an offset that the name of the axis tells."""

    texts: tuple[str, ...]
    offset: float = 0.0

    def named(self, name: str) -> str:
        """The name of the axis with the offset that was taken out: `y − 10⁹`."""
        return f"{name} {'−' if self.offset > 0 else '+'} {short(abs(self.offset))}" if self.offset else name


def numbers(ticks: Sequence[float], span: float, *, alike: bool = True, may_shift: bool = True) -> Numbers:
    """The texts of ticks, all different, each as exact as EXACT tells.

    span        of the axis, in which they stand
    alike       whether all have the same decimals
    may_shift   whether an offset can be told in the name of the axis
    """
    step = min((abs(b - a) for a, b in pairwise(ticks) if a != b), default=span) or 1.0
    plain, powers = _plain(ticks, step, alike), _powers(ticks, step, alike)
    is_brief = _digits(text.partition("×")[0] for text in powers) <= MANTISSA
    if is_brief and not alike:
        return Numbers(powers)
    if _digits(plain) <= PLAIN:
        return Numbers(plain)
    if is_brief:
        return Numbers(powers)
    offset = roundest(min(ticks), max(ticks), NEAR * step) if may_shift and _digits(plain) > MOST else 0.0
    if not offset:
        return Numbers(min(plain, powers, key=lambda texts: max(map(len, texts))))
    shifted = numbers([tick - offset for tick in ticks], span, alike=alike, may_shift=False)
    return Numbers(shifted.texts, offset)


def short(value: float) -> str:
    """A number in few characters, to 15 digits: `0.5`, `300`, `2×10⁵`."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return minus(f"{value + 0.0:.15g}")
    digits, exponent = f"{value:.14e}".split("e")
    return power(minus(f"{float(digits):.15g}"), int(exponent))


def roundest(low: float, high: float, reach: float) -> float:
    """The roundest number of which both ends are within reach; 0 where there is none but 0."""
    middle, largest = (low + high) / 2, max(abs(low), abs(high))
    for exponent in range(floor(log10(largest)) + 1, floor(log10(reach)) - 2, -1):
        unit = 10.0**exponent
        for rounded in (round(middle / unit) * unit, floor(low / unit) * unit, ceil(high / unit) * unit):
            if rounded and max(high - rounded, rounded - low) <= reach:
                return float(rounded)
    return 0.0


class NumberFormatter(Formatter):
    """The texts of an axis' ticks, for matplotlib.

    name      that of the axis without an offset
    may_cut   whether it is cut where it is longer than the axis
    """

    def __init__(self, name: str, *, may_cut: bool = False) -> None:
        self.name, self.may_cut = name, may_cut
        self._texts: dict[float, str] = {}

    def set_locs(self, locs: Any) -> None:
        """Choose the texts of all ticks together."""
        self._texts = dict(zip(map(float, locs), self.of(locs).texts, strict=True))

    def of(self, ticks: Any) -> Numbers:
        """The texts of ticks (m,), of which those in view decide."""
        axis: Any = self.axis
        low, high = sorted(axis.get_view_interval().tolist())
        slack = 1e-9 * (high - low)
        places = [float(tick) for tick in ticks]
        seen = [tick for tick in places if low - slack <= tick <= high + slack]
        of_seen = numbers(seen, high - low, may_shift=bool(axis.get_label_text()))
        texts = dict(zip(seen, of_seen.texts, strict=True))
        return of_seen._replace(texts=tuple(texts.get(tick, "") for tick in places))

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of a tick."""
        return self._texts.get(float(x), "")


class Names(Formatter):
    """The texts of an axis that has a name at 0, 1, …, and nothing else."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of a tick."""
        return self.names[round(x)]


def set_ticks(axes: Axes, em: float) -> None:
    """Set as many ticks as have room, at round values."""
    box = axes.get_window_extent()
    places = max(len(f"{end:.3g}") for end in axes.get_xlim())
    for axis, room in ((axes.xaxis, box.width / ((0.8 * places + 1) * em)), (axes.yaxis, box.height / (2.8 * em))):
        # The numbers between the ends may be longer than those: 0.5 between 0 and 2.
        for most in range(int(np.clip(room, 1, 8)), -1, -1):
            axis.set_major_locator(_locator(axis, most))
            if not crowded(axis, em):
                break
    name_axes(axes)


def _locator(axis: Axis, most: int) -> Locator:
    """A locator for at most `most` intervals between ticks; for 0, one tick. What has names has a tick at each."""
    if isinstance(found := axis.get_major_formatter(), Names):
        return FixedLocator(list(range(len(found.names))))
    if axis.get_scale() != "log":
        return MaxNLocator(nbins=max(most, 1), steps=ROUND_STEPS, min_n_ticks=2 if most else 1)
    # Powers of ten whose exponents are multiples of a round number, 0 first of all.
    low, high = np.log10(axis.get_view_interval())
    step = next(step for step in DECADE_STEPS if (high - low) / step + 1 <= max(most, 1) + 1)
    exponents = step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)
    return FixedLocator((10.0**exponents).tolist())


def crowded(axis: Axis, em: float) -> bool:
    """Whether two numbers along an axis are too near to one another."""
    label = axis.get_major_ticks(1)[0].label1
    if not label.get_visible():
        return False
    along = 0 if isinstance(axis, XAxis) else 1
    low, high = sorted(axis.get_view_interval())
    places = axis.get_majorticklocs().tolist()
    texts = axis.get_major_formatter().format_ticks(places)
    shown = [(place, text) for place, text in zip(places, texts, strict=True) if low <= place <= high and text]
    # One label is measured with each text in turn: matplotlib would make a tick, a mark and two labels, for each.
    ends = sorted(_span(label, text, place, along) for place, text in shown)
    # Polylines of text bring their own space above and below.
    gap = (GAP_EM * em, 0.0)[along]
    return any(start - end < gap for (_, end), (start, _) in pairwise(ends))


def _span(label: Text, text: str, place: float, along: int) -> tuple[float, float]:
    """Where a label begins and ends along its axis with a text at a place."""
    label.set_text(text)
    (label.set_x, label.set_y)[along](place)
    box = label.get_window_extent()
    return float(box.min[along]), float(box.max[along])


def name_axes(axes: Axes) -> None:
    """Tell the offset of each axis in its name, where it has one, and cut long names. The ticks must be chosen."""
    for axis in (axes.xaxis, axes.yaxis):
        formatter = axis.get_major_formatter()
        if isinstance(formatter, NumberFormatter) and axis.get_label_text():
            _name(axis, formatter, formatter.of(axis.get_majorticklocs()))


def fit_names(axes: Axes) -> None:
    """Cut names that are longer than their axes, before ticks are chosen."""
    for axis in (axes.xaxis, axes.yaxis):
        formatter = axis.get_major_formatter()
        if isinstance(formatter, NumberFormatter):
            _name(axis, formatter, Numbers(()))


def _name(axis: Axis, formatter: NumberFormatter, found: Numbers) -> None:
    box, along_x = axis.axes.get_window_extent(), isinstance(axis, XAxis)

    def length(name: str) -> float:
        axis.set_label_text(found.named(name))
        label = axis.label.get_window_extent()
        return float(label.width if along_x else label.height)

    if formatter.may_cut and len(formatter.name) > FEW:
        shortened(formatter.name, float(box.width if along_x else box.height), length)
    else:
        axis.set_label_text(found.named(formatter.name))


def _plain(ticks: Sequence[float], step: float, alike: bool) -> tuple[str, ...]:
    decimals = _decimals(ticks, step)
    texts = [minus(f"{tick + 0.0:.{decimals}f}") for tick in ticks]
    return tuple(texts if alike else map(_trimmed, texts))


def _powers(ticks: Sequence[float], step: float, alike: bool) -> tuple[str, ...]:
    """All with the same power of ten: `0`, `0.5×10⁶`, `1.0×10⁶`; else each with its own."""
    if not alike:
        exact = 2 - floor(log10(step))  # decimals; whole tens, hundreds, … where it is negative
        return tuple(short(round(tick, exact) + 0.0) for tick in ticks)
    largest = max(map(abs, ticks), default=0.0)
    exponent = floor(log10(largest)) if largest else 0
    scale = 10.0**exponent
    texts = _plain([tick / scale for tick in ticks], step / scale, alike)
    return tuple(text if tick == 0 else power(text, exponent) for tick, text in zip(ticks, texts, strict=True))


def _decimals(ticks: Sequence[float], step: float) -> int:
    """The fewest decimals that tell each tick."""
    most = max(1 - floor(log10(step)), 0) + 2
    return next(
        (places for places in range(most) if all(abs(round(tick, places) - tick) <= EXACT * step for tick in ticks)),
        most,
    )


def _digits(texts: Any) -> int:
    """The digits of the longest text."""
    return max((sum(letter.isdecimal() for letter in text) for text in texts), default=0)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
