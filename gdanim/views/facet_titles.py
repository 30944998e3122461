"""The titles of small panels: value, share of the limit, and live what became of the runs, in the fullest form that
fits all of them. Where one has room for more of what is told, it says more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from math import ceil
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import READOUT_PT, Layout
from gdanim.drawing.marks.caption import Caption, Pieces
from gdanim.views.facet_groups import Group
from gdanim.views.readout.columns import limit_bar
from gdanim.views.told import BRIEF, FULL, HINTED, PLAIN, REASONED, Told, widest

Form = tuple[tuple[str | int, ...], ...]  # the parts on each line; a number is a length of what is told
Parts = dict[str, Text]
Bar = tuple[Text, ...]  # what of it is filled, and the rest

PAD_PT, ABOVE_PT = 6.5, 8.0  # to the axes below, a spot on their edge stays clear of the words; to those above
LINE, SPACE = 1.4, 0.7  # of the height of the type
APART = 1.0  # of a space: what keeps the limit clear of the words, too
SMALL_PT = 8.5
LEAST_LINES = 4.0  # of a title, as high as a panel is at least where the title has several
TALL_LINES = 9.0  # so high, it has a line more for the limit, which is worth more than how a run moved

# The limit stands at the right end of its line. After how a run moved, it is the first to go; then what is told goes to
# a line of its own, and gets shorter, and so does the value. Before anything goes, the type is set a little smaller.
FORMS: tuple[Form, ...] = (
    *((("value", "more", length, "limit"),) for length in (FULL, REASONED)),
    *((("value", "more", length),) for length in (FULL, REASONED)),
    (("value", "more", "limit"), (FULL,)),  # also where a panel is not that high
    (("value", "more"), (FULL,)),
    (("value", "more"), (REASONED,)),
    *((("value", "more", length),) for length in (HINTED, PLAIN)),
    (("value", "more"), (PLAIN,)),
    (("value", "more", BRIEF),),
    *((("value", length),) for length in (FULL, PLAIN)),
    (("value",), (PLAIN,)),
    (("value", BRIEF),),
    (("value",), (BRIEF,)),
    (("short", BRIEF),),
    (("short",), (BRIEF,)),
    (("value",),),
    (("short",),),
)


WITH_LIMIT: Form = (("value", "more", "limit"), (FULL,))


class Titles(NamedTuple):
    """A title for each panel, all in one form, but for the length of what is told: `lengths` has that of each.

    bars   of each panel that which stands before its share of the limit, where all have room for it
    """

    layout: Layout
    parts: tuple[Parts, ...]
    told: tuple[Told | None, ...]
    form: Form
    lengths: tuple[int, ...] = ()
    size_pt: float = READOUT_PT
    bars: tuple[Bar, ...] = ()

    @classmethod
    def fit(cls, layout: Layout, groups: Sequence[Group], size: tuple[float, float]) -> Titles:
        """Choose the form for panels of a size in pixels, which leaves room for a title of one line.

        Where even the shortest form is too wide, values are cut.
        """
        told = tuple(group.told for group in groups)
        if layout.is_bare:
            return cls(layout, (), told, ())
        parts = tuple(_written(layout, group) for group in groups)
        form, size_pt, lengths = _chosen(parts, told, size, layout)
        kept = {name for line in form for name in line}
        for own in parts:
            for name in own.keys() - kept:
                own.pop(name).remove()
            for text in own.values():
                text.set_fontsize(size_pt)
            _cut(_value(own), size[0])
        bars = _bars(layout, groups, parts, told, form, size[0], size_pt)
        return cls(layout, parts, told, form, lengths, size_pt, bars)

    @classmethod
    def least_height(cls, layout: Layout) -> float:
        """The height of a title of one line, in pixels."""
        return cls(layout, (), (), () if layout.is_bare else FORMS[-1]).height

    @property
    def height(self) -> float:
        """The height of a title, in pixels."""
        return self.layout.px(PAD_PT + ABOVE_PT) + len(self.form) * self._line_px

    @property
    def texts(self) -> list[Text]:
        """What of all titles stands still."""
        return [text for own in self.parts for text in own.values()] + [text for bar in self.bars for text in bar]

    @property
    def _line_px(self) -> float:
        return LINE * self.layout.px(self.size_pt)

    def write(self, axes: Sequence[Axes]) -> list[list[Caption]]:
        """Put the titles over axes that have their place; returns the live part of each."""
        if not self.parts:
            return [[] for _ in axes]
        titles = zip(self.parts, self.told, self.lengths, axes, strict=True)
        found = [list(self._write(*title)) for title in titles]
        for own, bar in zip(self.parts, self.bars, strict=False):
            right, y = own["limit"].get_position()
            left = right - own["limit"].get_window_extent().width - _bar_px(bar, SPACE * self._line_px / LINE)
            for text in bar:
                text.set_position((round(left), y))
                left = round(left) + ceil(text.get_window_extent().width)
        return found

    def _write(self, parts: Parts, told: Told | None, length: int, axes: Axes) -> Iterator[Caption]:
        space, box = SPACE * self.layout.px(self.size_pt), axes.get_window_extent()
        y = box.y1 + self.layout.px(PAD_PT) + (len(self.form) - 1) * self._line_px
        for line in self.form:
            x = box.x0
            for name in line:
                if isinstance(name, int):
                    if told is not None:
                        yield self._caption(told, length, (x, y), _value(parts).get_text())
                    continue
                if name == "limit":
                    parts[name].set_horizontalalignment("right")
                    x = box.x1
                parts[name].set_position((round(x), round(y)))
                x += _width_of(parts[name], space)
            y -= self._line_px

    def _caption(self, told: Told, length: int, at: tuple[float, float], name: str) -> Caption:
        def pieces(moment: Moment) -> Pieces:
            return [piece] if (piece := told.piece(moment, length))[0] else []

        caption = Caption(self.layout.lettering(self.size_pt), pieces, at, about=name)
        self.layout.figure.add_artist(caption)
        return caption


def _chosen(
    parts: Sequence[Parts], told: Sequence[Told | None], size: tuple[float, float], layout: Layout
) -> tuple[Form, float, tuple[int, ...]]:
    """The fullest form in which all titles fit and leave room for the panel, its type size, and the lengths of what
    is told in it.
    """
    width, height = size
    # Large type shrinks before parts are left out.
    sizes = sorted({READOUT_PT, SMALL_PT, min(SMALL_PT, READOUT_PT / layout.style.scale)}, reverse=True)
    # Measured at each size, since hinted letters do not scale evenly.
    widths = {size_pt: _widths(parts, told, size_pt, layout) for size_pt in sizes}
    has_limits = any(own["limit"].get_text() for own in parts)
    with_limit, others = FORMS[:2], FORMS[2:]
    forms = (*with_limit, *([WITH_LIMIT] if has_limits else []), *others)
    for form, size_pt in product(forms, sizes):
        space, line_px, lines = SPACE * layout.px(size_pt), LINE * layout.px(size_pt), len(form)
        least = TALL_LINES if form is WITH_LIMIT else LEAST_LINES
        is_low = lines > 1 and height - (lines - 1) * line_px < least * line_px
        if not is_low and all(_longest(own, form, space) <= width for own in widths[size_pt]):
            return form, size_pt, tuple(_fullest(own, form, space, width) for own in widths[size_pt])
    return FORMS[-1], sizes[-1], (BRIEF,) * len(parts)


def _fullest(widths: dict[str | int, float], form: Form, space: float, width: float) -> int:
    """The fullest length of what is told with which a title of a form is no wider than a panel."""

    def told(length: int) -> Form:
        return tuple(tuple(length if isinstance(part, int) else part for part in line) for line in form)

    return next((length for length in range(BRIEF) if _longest(widths, told(length), space) <= width), BRIEF)


def _widths(
    parts: Sequence[Parts], told: Sequence[Told | None], size_pt: float, layout: Layout
) -> list[dict[str | int, float]]:
    """How wide each part of each title is in a type size; a length of what is told, at most."""
    for text in [text for own in parts for text in own.values()]:
        text.set_fontsize(size_pt)
    measure: Callable[[str], float] = layout.lettering(size_pt).width
    return [
        {name: _width_of(text, 0.0) for name, text in own.items()}
        | {length: widest([one] if one else [], length, measure) for length in range(BRIEF + 1)}
        for own, one in zip(parts, told, strict=True)
    ]


def _written(layout: Layout, group: Group) -> Parts:
    ink, muted = layout.style.text, layout.style.muted
    write = partial(layout.figure.text, 0, 0, transform=IdentityTransform(), fontsize=READOUT_PT, parse_math=False)
    return {
        "value": write(group.value, color=ink, fontweight="bold"),
        "short": write(group.short, color=ink, fontweight="bold"),
        "more": write(group.more, color=ink, fontweight="normal"),
        "limit": write(group.limit, color=muted, fontweight="normal"),
    }


def _bars(
    layout: Layout, groups: Sequence[Group], parts: Sequence[Parts], told: Sequence[Told | None], form: Form,
    width: float, size_pt: float,
) -> tuple[Bar, ...]:  # fmt: skip
    """The bar of each panel; none where one has no room for it before its share of the limit."""
    if not any("limit" in line for line in form):
        return ()
    bars, space = tuple(_bar(layout, group, size_pt) for group in groups), SPACE * layout.px(size_pt)
    widths = _widths(parts, told, size_pt, layout)
    fuller = [own | {"limit": own["limit"] + _bar_px(bar, space)} for own, bar in zip(widths, bars, strict=True)]
    if all(_longest(own, form, space) <= width for own in fuller):
        return bars
    for text in [text for bar in bars for text in bar]:
        text.remove()
    return ()


def _bar(layout: Layout, group: Group, size_pt: float) -> Bar:
    """The bar of a panel, not yet in its place; nothing where the limit is not known."""
    if not group.limit:
        return ()
    pieces = limit_bar(float(group.descent.over_limit[0]), layout.style)
    if len(inks := {ink for _, ink in pieces}) == 1:
        pieces = [("".join(text for text, _ in pieces), inks.pop())]
    write = partial(layout.figure.text, 0, 0, transform=IdentityTransform(), fontsize=size_pt, parse_math=False)
    return tuple(write(text, color=ink) for text, ink in pieces if text)


def _bar_px(bar: Bar, space: float) -> float:
    """The width of a bar and the space behind it."""
    return sum(ceil(text.get_window_extent().width) for text in bar) + space if bar else 0.0


def _value(parts: Parts) -> Text:
    """The value in a title, whole or in few letters."""
    return parts["value"] if "value" in parts else parts["short"]


def _longest(widths: dict[str | int, float], form: Form, space: float) -> float:
    """The width of the longest line, in pixels. The limit stands off by one space more."""
    gaps: dict[str | int, float] = {"limit": (1.0 + APART) * space}
    return max(sum(widths[name] + gaps.get(name, space) for name in line if widths[name]) - space for line in form)


def _width_of(part: Text, space: float) -> float:
    """The width of a part and the space behind it; 0 for an empty part."""
    return part.get_window_extent().width + space if part.get_text() else 0.0


def _cut(value: Text, width: float) -> None:
    text = value.get_text()
    while len(text) > 1 and value.get_window_extent().width > width:
        text = text[:-1].rstrip(" ,")
        value.set_text(f"{text}…")
