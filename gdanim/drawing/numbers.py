"""Numbers along an axis: as many digits as tell its ticks apart, and a far offset taken out to the name of the axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from matplotlib.axis import XAxis
from matplotlib.ticker import Formatter

from gdanim.drawing.lettering import FEW, minus, power, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

PLAIN: Final = 6  # digits of a number that is read at a glance
MANTISSA: Final = 4  # digits before a power of ten
MOST: Final = 7  # digits of a number along an axis, where an offset can be taken out
NEAR: Final = 100  # steps from tick to tick: so near to all ticks an offset has to be
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
