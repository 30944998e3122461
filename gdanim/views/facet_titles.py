"""The titles of small panels: value, verdict and share of the limit, in the fullest form that fits all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from matplotlib.transforms import IdentityTransform

from gdanim.drawing.layout import READOUT_PT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from gdanim.drawing.layout import Layout
    from gdanim.views.facet_groups import Group

    Form = tuple[tuple[str, ...], ...]  # the parts on each line
    Parts = dict[str, Text]

PAD_PT, ABOVE_PT = 6.5, 8.0  # to the axes below, a spot on their edge stays clear of the words; to those above
LINE, SPACE = 1.25, 0.7  # of the height of the type
APART = 1.0  # of a space: what keeps the limit clear of the verdict, too
SMALL_PT = 8.5
LEAST_LINES = 3.0  # of a title, as high as a panel is at least where the title has several

# The limit stands at the right end of its line. It is the first to go; then the verdict goes to a line of its own.
# Before anything goes, the type is set a little smaller.
FORMS: tuple[Form, ...] = (
    (("value", "more", "verdict", "limit"),),
    (("value", "more", "verdict"),),
    (("value", "more"), ("verdict",)),
    (("value", "verdict"),),
    (("value",), ("verdict",)),
    (("value",),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """A title for each panel, all in one form."""

    layout: Layout
    parts: tuple[Parts, ...]
    form: Form
    size_pt: float

    @classmethod
    def fit(cls, layout: Layout, groups: Sequence[Group], size: tuple[float, float]) -> Titles:
        """Choose the form for panels of a size in pixels, which leaves room for a title of one line.

        Where even the shortest form is too wide, values are cut.
        """
        if layout.is_bare:
            return cls(layout=layout, parts=(), form=(), size_pt=READOUT_PT)
        parts = tuple(_written(layout, group) for group in groups)
        form, size_pt = _chosen(parts, size, layout)
        kept = {name for line in form for name in line}
        for own in parts:
            for name in own.keys() - kept:
                own.pop(name).remove()
            for text in own.values():
                text.set_fontsize(size_pt)
            _cut(own["value"], size[0])
        return cls(layout=layout, parts=parts, form=form, size_pt=size_pt)

    @classmethod
    def least_height(cls, layout: Layout) -> float:
        """The height of a title of one line, in pixels."""
        return cls(layout=layout, parts=(), form=() if layout.is_bare else FORMS[-1], size_pt=READOUT_PT).height

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
    widths = {size_pt: [_widths(own, size_pt) for own in parts] for size_pt in sizes}
    for form, size_pt in product(FORMS, sizes):
        space, line_px, lines = SPACE * layout.px(size_pt), LINE * layout.px(size_pt), len(form)
        is_low = lines > 1 and height - (lines - 1) * line_px < LEAST_LINES * line_px
        if not is_low and all(_longest(own, form, space) <= width for own in widths[size_pt]):
            return form, size_pt
    return FORMS[-1], sizes[-1]


def _written(layout: Layout, group: Group) -> Parts:
    style = layout.style
    looks = {
        "value": (group.value, style.text, "bold"),
        "more": (group.more, style.text, "normal"),
        "verdict": (group.verdict, style.muted, "normal"),
        "limit": (group.limit, style.muted, "normal"),
    }
    return {
        name: layout.figure.text(
            0, 0, text, transform=IdentityTransform(), color=ink, fontsize=READOUT_PT, fontweight=weight,
            parse_math=False,
        )
        for name, (text, ink, weight) in looks.items()
    }  # fmt: skip


def _widths(parts: Parts, size_pt: float) -> dict[str, float]:
    """The width of each part at a type size, in pixels. Measured, since hinted letters do not scale evenly."""
    for text in parts.values():
        text.set_fontsize(size_pt)
    return {name: _width_of(text, 0.0) for name, text in parts.items()}


def _longest(widths: dict[str, float], form: Form, space: float) -> float:
    """The width of the longest line, in pixels. The limit stands off by one space more."""
    gaps = {"limit": (1.0 + APART) * space}
    lines = [[(widths[name], gaps.get(name, space)) for name in line if widths[name]] for line in form]
    return max(sum(width + gap for width, gap in line) - space for line in lines)


def _width_of(part: Text, space: float) -> float:
    """The width of a part and the space behind it; 0 for an empty part."""
    return part.get_window_extent().width + space if part.get_text() else 0.0


def _cut(value: Text, width: float) -> None:
    text = value.get_text()
    while len(text) > 1 and value.get_window_extent().width > width:
        text = text[:-1].rstrip(" ,")
        value.set_text(f"{text}…")
