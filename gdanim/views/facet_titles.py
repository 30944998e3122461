"""The titles of small panels: value, verdict and share of the limit, in the fullest form that fits all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.layout import READOUT_PT, Layout
from gdanim.views.facet_groups import Group

Form = tuple[tuple[str, ...], ...]  # the parts on each line
Parts = dict[str, Text]

PAD_PT, ABOVE_PT = 6.5, 8.0  # to the axes below, a spot on their edge stays clear of the words; to those above
LINE, SPACE = 1.25, 0.7  # of the height of the type
APART = 1.0  # of a space: what keeps the limit clear of the verdict, too
SMALL_PT = 8.5
LEAST_LINES = 3.0  # of a title, as high as a panel is at least where the title has several

# The limit stands at the right end of its line. It is the first to go; then the verdict goes to a line of its own, and
# then says no motion. Before anything goes, the type is set a little smaller.
FORMS: tuple[Form, ...] = (
    (("value", "more", "verdict", "limit"),),
    (("value", "more", "verdict"),),
    (("value", "more"), ("verdict",)),
    (("value", "more", "outcome"),),
    (("value", "more"), ("outcome",)),
    (("value", "verdict"),),
    (("value",), ("verdict",)),
    (("value", "outcome"),),
    (("value",), ("outcome",)),
    (("value",),),
)


class Titles(NamedTuple):
    """A title for each panel, all in one form."""

    layout: Layout
    parts: tuple[Parts, ...]
    form: Form
    size_pt: float = READOUT_PT

    @classmethod
    def fit(cls, layout: Layout, groups: Sequence[Group], size: tuple[float, float]) -> Titles:
        """Choose the form for panels of a size in pixels, which leaves room for a title of one line.

        Where even the shortest form is too wide, values are cut.
        """
        if layout.is_bare:
            return cls(layout, (), ())
        parts = tuple(_written(layout, group) for group in groups)
        form, size_pt = _chosen(parts, size, layout)
        kept = {name for line in form for name in line}
        for own in parts:
            for name in own.keys() - kept:
                own.pop(name).remove()
            for text in own.values():
                text.set_fontsize(size_pt)
            _cut(own["value"], size[0])
        return cls(layout, parts, form, size_pt)

    @classmethod
    def least_height(cls, layout: Layout) -> float:
        """The height of a title of one line, in pixels."""
        return cls(layout, (), () if layout.is_bare else FORMS[-1]).height

    @property
    def height(self) -> float:
        """The height of a title, in pixels."""
        return self.layout.px(PAD_PT + ABOVE_PT) + len(self.form) * self._line_px

    @property
    def _line_px(self) -> float:
        return LINE * self.layout.px(self.size_pt)

    def write(self, axes: Sequence[Axes]) -> None:
        """Put the titles over axes that have their place."""
        space = SPACE * self.layout.px(self.size_pt)
        for own, one in zip(self.parts, axes if self.parts else (), strict=True):
            box = one.get_window_extent()
            y = box.y1 + self.layout.px(PAD_PT) + (len(self.form) - 1) * self._line_px
            for line in self.form:
                x = box.x0
                for name in line:
                    if name == "limit":
                        own[name].set_horizontalalignment("right")
                        x = box.x1
                    own[name].set_position((round(x), round(y)))
                    x += _width_of(own[name], space)
                y -= self._line_px


def _chosen(parts: Sequence[Parts], size: tuple[float, float], layout: Layout) -> tuple[Form, float]:
    """The fullest form in which all titles fit and leave room for the panel, and its type size."""
    width, height = size
    # Large type shrinks before parts are left out.
    sizes = sorted({READOUT_PT, SMALL_PT, min(SMALL_PT, READOUT_PT / layout.style.scale)}, reverse=True)
    # Measured at each size, since hinted letters do not scale evenly.
    widths: dict[float, list[dict[str, float]]] = {}
    for size_pt in sizes:
        for text in [text for own in parts for text in own.values()]:
            text.set_fontsize(size_pt)
        widths[size_pt] = [{name: _width_of(text, 0.0) for name, text in own.items()} for own in parts]
    for form, size_pt in product(FORMS, sizes):
        space, line_px, lines = SPACE * layout.px(size_pt), LINE * layout.px(size_pt), len(form)
        is_low = lines > 1 and height - (lines - 1) * line_px < LEAST_LINES * line_px
        if not is_low and all(_longest(own, form, space) <= width for own in widths[size_pt]):
            return form, size_pt
    return FORMS[-1], sizes[-1]


def _written(layout: Layout, group: Group) -> Parts:
    ink, muted = layout.style.text, layout.style.muted
    write = partial(layout.figure.text, 0, 0, transform=IdentityTransform(), fontsize=READOUT_PT, parse_math=False)
    return {
        "value": write(group.value, color=ink, fontweight="bold"),
        "more": write(group.more, color=ink, fontweight="normal"),
        "verdict": write(group.verdict, color=muted, fontweight="normal"),
        "outcome": write(group.outcome, color=muted, fontweight="normal"),
        "limit": write(group.limit, color=muted, fontweight="normal"),
    }


def _longest(widths: dict[str, float], form: Form, space: float) -> float:
    """The width of the longest line, in pixels. The limit stands off by one space more."""
    gaps = {"limit": (1.0 + APART) * space}
    return max(sum(widths[name] + gaps.get(name, space) for name in line if widths[name]) - space for line in form)


def _width_of(part: Text, space: float) -> float:
    """The width of a part and the space behind it; 0 for an empty part."""
    return part.get_window_extent().width + space if part.get_text() else 0.0


def _cut(value: Text, width: float) -> None:
    text = value.get_text()
    while len(text) > 1 and value.get_window_extent().width > width:
        text = text[:-1].rstrip(" ,")
        value.set_text(f"{text}…")
