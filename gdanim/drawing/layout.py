"""The layout that all views share: a figure, axes of one look, and where they stand.

Type and lines are measured in points, and the dots per inch grow with the canvas, so that a picture keeps its look
from a thumbnail to a slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.lettering import MATHTEXT, Canvas, Lettering, shortened
from gdanim.drawing.numbers import NumberFormatter, crowded, fit_names, name_axes, set_ticks
from gdanim.drawing.styles import Style, on_any_page
from gdanim.errors import SettingError
from gdanim.formula import titles
from gdanim.settings import Picture

TITLE_PT, LABEL_PT, TICK_PT, READOUT_PT = 12.0, 10.0, 9.0, 9.5
TICK_LENGTH_PT = 3.0
SPOT_PT = 9.0  # the diameter of a run's spot
LEAST_AXES_PX = 8.0  # wide and high: labels that leave less run out of the picture
LONGEST_MATH = 12  # letters of the name of an axis that is set as mathematics
LEAST_TICK_PX = 9.0  # the size of digits along the axes at 320×240 and more
LEAST_PX = 240  # wide: below that, readable text leaves no room for a picture


Sides = tuple[float, float, float, float]  # left, bottom, right, top


class Mathtext(str):
    """The name of an axis in which what stands between dollars is mathematics, which it never is in a person's own."""

    __slots__ = ()

    @classmethod
    def of(cls, letters: str, plain: str) -> str:
        """Letters as mathtext; a long name is plain, for that can be cut."""
        return cls(f"${letters}$") if len(plain) <= LONGEST_MATH else plain


class Slot(NamedTuple):
    """The area of an axes with its labels, in fractions of the area below the header, from the left and the top."""

    axes: Axes
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A figure being laid out. Lengths are pixels from the bottom left.

    header_share   of the width between the margins, what the header may take: less than 1 where it stands left of
                   the axes
    spot_pt        the diameter of a run's spot, in points, before it is scaled to its axes
    """

    figure: Figure
    style: Style
    width: int
    height: int
    header_share: float = 1.0
    spot_pt: float = SPOT_PT

    @classmethod
    def open(cls, settings: Picture, style: Style) -> Layout:
        """Set up an empty figure of the size that was asked for."""
        width, height = settings.size
        share = min(width / 640, height / 480)
        # In proportion, but a little more below 640×480, from 320×240 on enough for digits of LEAST_TICK_PX. A style
        # enlarges type less there: nobody reads such a picture from the last row.
        proportionate = 100 * (share if share > 1 else max(share, 0.2) ** 0.7)
        proportionate = max(proportionate, min(2 * share, 1.0) ** 1.5 * LEAST_TICK_PX / TICK_PT * 72)
        dpi = settings.dpi or proportionate * (1.0 + (style.scale - 1.0) * min(share, 1.0))
        face = style.background
        if settings.transparent:
            face, style = "none", on_any_page(style)
        figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi, facecolor=face)
        Canvas(figure)
        return cls(figure=figure, style=style, width=width, height=height)

    @property
    def dpi(self) -> float:
        """Dots per inch."""
        return float(self.figure.dpi)

    @property
    def is_bare(self) -> bool:
        """Whether the picture is so small that the numbers along the axes are its only text."""
        return self.width < LEAST_PX

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72

    def lettering(self, size_pt: float = READOUT_PT) -> Lettering:
        """Lettering for marks of this figure."""
        return Lettering(size_pt=size_pt, dpi=self.dpi)

    def axes(
        self,
        *,
        xlabel: str,
        ylabel: str,
        xlim: tuple[float, float],
        ylim: tuple[float, float],
        kind: type[Axes] = Axes,
    ) -> Axes:
        """Add axes of a kind in the style of all views; layout() places them. Names may be Mathtext."""
        style = self.style
        axes: Axes = self.figure.add_axes((0.1, 0.1, 0.8, 0.8), axes_class=kind, facecolor="none")
        axes.set_xlim(*xlim)
        axes.set_ylim(*ylim)
        if style.gridded:
            axes.grid(visible=True, color=style.grid, linewidth=0.8)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(style.boxed or side in ("left", "bottom"))
            spine.set_color(style.line)
            spine.set_linewidth(0.8)
        for axis, name, pad in ((axes.xaxis, xlabel, 3), (axes.yaxis, ylabel, 5)):
            has_math = isinstance(name, Mathtext)
            axis.set_major_formatter(NumberFormatter(name, may_cut=not has_math))
            if not self.is_bare:
                axis.set_label_text(name, color=style.text, fontsize=LABEL_PT, parse_math=has_math)
                axis.labelpad = pad
        axes.tick_params(
            length=TICK_LENGTH_PT, width=0.8, color=style.line, labelcolor=style.muted, labelsize=TICK_PT, pad=3
        )
        if not self.is_bare:
            fit_names(axes)
        return axes

    def title(self, text: str, *, plain: bool) -> Text | None:
        """Add a title: plain text, or mathtext. Type that is too wide shrinks, then plain text is cut."""
        if not text or self.is_bare:
            return None
        written = self.figure.text(
            0, 0, text, transform=IdentityTransform(), parse_math=not plain, color=self.style.text, fontsize=TITLE_PT
        )
        if (found := written.get_window_extent().width) > self.header_width_px:
            least = READOUT_PT if plain else TICK_PT * 0.75
            written.set_fontsize(max(TITLE_PT * self.header_width_px / found, least))

        def width(shown: str) -> float:
            written.set_text(shown)
            return float(written.get_window_extent().width)

        if plain:
            shortened(text, self.header_width_px, width)
        return written

    def asked_title(self, text: str) -> Text | None:
        """Add a title that a person wrote: mathtext where it has some that can be set and fits, else as it stands."""
        if titles.has_math(text) and not self.is_bare and _can_be_set(text):
            written = self.title(text, plain=False)
            if written is None or written.get_window_extent().width <= self.header_width_px:
                return written
            written.remove()
        return self.title(titles.without_signs(text), plain=True)

    @property
    def margin(self) -> float:
        """The empty border of the picture."""
        return self.px(TICK_PT)

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin

    @property
    def header_width_px(self) -> float:
        """The width that a line of the header may have."""
        return self.header_share * self.room

    def place_roughly(self, slots: Sequence[Slot], header: float = 0.0) -> None:
        """Place axes `header` pixels below the upper margin, without room for labels, to know about their size."""
        for slot in slots:
            self._fill(slot, header, (0.0, 0.0, 0.0, 0.0))

    def arrange(self, slots: Sequence[Slot], *, header: float) -> None:
        """Place axes so that their labels fit their slots, `header` pixels below the upper margin."""
        em = self.px(TICK_PT)
        self.place_roughly(slots, header)
        for slot in slots:
            set_ticks(slot.axes, em)
        self.figure.align_ylabels([slot.axes for slot in slots])
        overhang = {slot.axes: overhang_of(slot.axes) for slot in slots}
        for slot in slots:
            # Axes in one column or row share the wider overhang, and so line up.
            left = max(overhang[other.axes][0] for other in slots if other.left == slot.left)
            bottom = max(overhang[other.axes][1] for other in slots if other.bottom == slot.bottom)
            right = max(overhang[other.axes][2] for other in slots if other.right == slot.right)
            top = max(overhang[other.axes][3] for other in slots if other.top == slot.top)
            self._fill(slot, header, (left, bottom, right, top))
            # The labels have taken room.
            if crowded(slot.axes.xaxis, em) or crowded(slot.axes.yaxis, em):
                set_ticks(slot.axes, em)
            name_axes(slot.axes)

    def _fill(self, slot: Slot, header: float, overhang: Sides) -> None:
        """Place axes so that they and what stands out of them fill a slot."""
        gutter = self.margin / 2  # on either side of an inner edge
        width, height = self.room, self.height - 2 * self.margin - header
        left, bottom, right, top = overhang
        self.place(slot.axes, (
            self.margin + slot.left * width + (gutter if slot.left > 0 else 0) + left,
            self.margin + (1 - slot.bottom) * height + (gutter if slot.bottom < 1 else 0) + bottom,
            self.margin + slot.right * width - (gutter if slot.right < 1 else 0) - right,
            self.margin + (1 - slot.top) * height - (gutter if slot.top > 0 else 0) - top,
        ))  # fmt: skip

    def place(self, axes: Axes, sides: Sides) -> None:
        """Place axes between four sides, in pixels. On a canvas too small for its labels they still have a size."""
        left, bottom, right, top = sides
        width, height = max(right - left, LEAST_AXES_PX), max(top - bottom, LEAST_AXES_PX)
        axes.set_position((left / self.width, bottom / self.height, width / self.width, height / self.height))


def _can_be_set(text: str) -> bool:
    try:
        MATHTEXT.parse(text)
    except (ValueError, RecursionError):
        return False
    return True


def check_room(figure: Figure, settings: Picture) -> None:
    """Raise SettingError where the dots per inch that were asked for leave an axes no room."""
    if settings.dpi is None:
        return
    if any(min(axes.get_window_extent().size) < LEAST_AXES_PX + 1 for axes in figure.axes):
        width, height = settings.size
        allowed = f"text so large leaves the axes no room in {width}x{height}: give a lower one, or a larger --size"
        raise SettingError("--dpi", settings.dpi, allowed)


def axis_names(settings: Picture, x: str, y: str) -> tuple[str, str]:
    """The names of two axes: those that were asked for, else x and y."""
    return x if settings.xlabel is None else settings.xlabel, y if settings.ylabel is None else settings.ylabel


def overhang_of(axes: Axes) -> Sides:
    """How far labels and ticks stand out of an axes: left, bottom, right, top."""
    inner, figure = axes.get_window_extent(), axes.get_figure()
    assert figure is not None
    # Of the axes' lines nothing but the ticks stands out: matplotlib would place these anew for each of the four.
    artists = [artist for artist in axes.get_default_bbox_extra_artists() if not isinstance(artist, Spine)]
    tick = TICK_LENGTH_PT * figure.dpi / 72 if axes.axison else 0.0
    outer = axes.get_tightbbox(bbox_extra_artists=artists) or inner
    left, bottom = max(inner.x0 - outer.x0, tick), max(inner.y0 - outer.y0, tick)
    return left, bottom, outer.x1 - inner.x1, outer.y1 - inner.y1
