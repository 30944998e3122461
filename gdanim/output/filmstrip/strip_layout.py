"""Where the panels of a filmstrip stand, and how large they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from matplotlib.offsetbox import AnnotationBbox
from matplotlib.transforms import Bbox

from gdanim.drawing import grid
from gdanim.drawing.grid import Grid
from gdanim.drawing.layout import LABEL_PT, READOUT_PT, TICK_PT
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.numbers import name_axes
from gdanim.errors import SettingError
from gdanim.output.filmstrip.sizes import best_aspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from gdanim.drawing.scene import Scene

Redraw = Callable[..., "Scene"]

GAP_PT, BELOW_PT = 9.0, 7.0  # between panels; from the header to the first captions
PAD_PT: Final = 6.5  # from a panel to its caption: a spot on the edge stays clear of the text
GAPPY: Final = 0.5  # what a grid with an empty place is worth
LEAST_PX: Final = 24.0  # of the sides of a panel's axes
LEAST_OF_SEVERAL_PX: Final = 80  # of those of each of several: in smaller ones nothing is to be seen


class Place(NamedTuple):
    """Where the lower left corner of a panel's axes stands, in pixels, and which sides of the strip it is at."""

    left: float
    bottom: float
    is_first: bool
    is_lowest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StripLayout:
    """The panels of a strip. Lengths in pixels, from the bottom left."""

    whole: Scene  # the picture in the size of the strip, whose header it shows
    panel: Scene  # the picture in the size of a panel
    size: tuple[int, int]  # of the strip
    count: int
    grid: Grid
    top: float  # how high panels and their captions may reach
    box: Bbox  # around the axes of a panel
    overhang: tuple[float, float, float, float]  # of labels and ticks around it: left, bottom, right, top
    unlabelled_left: float  # the first of these without the numbers that another panel shows
    above: float  # how high what belongs to the axes of a panel stands above them
    has_all: bool  # whether the header has what belongs to the axes, for which panels have no room

    @classmethod
    def of(
        cls, redraw: Redraw, size: tuple[int, int], count: int, panels: Grid | None, *, has_all: bool = False
    ) -> StripLayout:
        """Choose the grid where None is given, and draw the panel in the size that fills it.

        Raises SettingError where the strip is too small for so many panels.
        """
        asked = panels
        if panels is None:
            grid.check_room(count, size)
        whole = _with_header_above(redraw, size)
        dpi = float(whole.figure.dpi)
        em, top = TICK_PT * dpi / 72, header_bottom(whole, has_all=has_all) - (whole.figure.bbox.height - size[1])
        room = size[0] - 2 * em, top - em
        if panels is None:
            gaps = GAP_PT * dpi / 72, (PAD_PT + READOUT_PT) * dpi / 72
            aspect = best_aspect(whole)
            panels = grid.choose(count, size, room, gaps, aspect, gappy=GAPPY)
        # The first guess is high: a legend, which the strip does without, leaves room for axes to be measured.
        guess = _at_least(room[0] / panels.columns, size[1])
        for _ in range(3):
            panel = _panel(redraw, guess, size, count)
            _name_axes(panel, whole)
            box, overhang = _measure(panel)
            layout = cls(
                whole=whole, panel=panel, size=size, count=count, grid=panels, top=top, box=box, overhang=overhang,
                unlabelled_left=_unlabelled_left(panel), above=0.0 if has_all else _above(panel, box.y1),
                has_all=has_all,
            )  # fmt: skip
            axes_width, axes_height = layout._axes_px()
            guess = _at_least(guess[0] - box.width + axes_width, guess[1] - box.height + axes_height)
        if whole.belonging and not (has_all or layout._has_room_above()):
            return cls.of(redraw, size, count, asked, has_all=True)
        layout.check_room()
        return layout

    @property
    def belonging(self) -> tuple[Artist, ...]:
        """What is drawn above the axes of each panel."""
        return () if self.has_all else self.panel.belonging

    def _has_room_above(self) -> bool:
        """Whether what belongs to the axes of a panel is there, and no wider than these and the gap beside them."""
        self.panel.update(0)
        widths = [one.get_window_extent().width for one in self.panel.belonging]
        return bool(widths) and max(widths) <= self.box.width + self.px(GAP_PT)

    def check_room(self) -> None:
        """Raise SettingError where one of several axes is so small that nothing is to be seen in it."""
        axes = self.panel.figure.axes
        if len(axes) > 1 and min(min(one.bbox.size) for one in axes) < LEAST_OF_SEVERAL_PX:
            raise _no_room(self.size, self.count, len(axes))

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * float(self.panel.figure.dpi) / 72

    @property
    def shares_labels(self) -> bool:
        """Whether only panels at the left and at the bottom show numbers and names of axes."""
        return len(self.panel.figure.axes) == 1

    def places(self) -> Iterator[Place]:
        """The places of the panels, top left first, spread over the whole strip."""
        (rows, columns), em = self.grid, self.px(TICK_PT)
        left, bottom, right, _ = self.overhang
        room = self.size[0] - 2 * em - left - self.box.width - right
        rise = self.top - self.px(PAD_PT + READOUT_PT) - self.above - em - bottom - self.box.height
        for panel in range(self.count):
            row, column = self.grid.place(panel)
            across = column * (room / max(columns - 1, 1))
            up = (rows - 1 - row) * (rise / max(rows - 1, 1))
            yield Place(em + left + across, em + bottom + up, column == 0, panel + columns >= self.count)

    def _axes_px(self) -> tuple[float, float]:
        """The size of a panel's axes with which the panels fill the strip."""
        (rows, columns), em = self.grid, self.px(TICK_PT)
        left, bottom, right, top = self.overhang
        gap = self.px(GAP_PT) + (right + self.unlabelled_left if self.shares_labels else 0.0)
        width = self.size[0] - 2 * em - (columns - 1) * gap
        text = self.px(PAD_PT + READOUT_PT) + max(top, self.above)
        height = self.top - em - rows * text - (rows - 1) * self.px(GAP_PT)
        if self.shares_labels:
            axes = (width - (left + right)) / columns, (height - bottom) / rows
        else:
            axes = width / columns - (left + right), height / rows - bottom
        return max(axes[0], LEAST_PX), max(axes[1], LEAST_PX)

    def header_shift(self, left: float) -> tuple[float, float]:
        """How far to move the header right, so that it begins at `left` as far as there is room, and up."""
        up = self.size[1] - self.whole.figure.bbox.height
        boxes = [artist.get_window_extent() for artist in header(self.whole, has_all=self.has_all)]
        if not boxes:
            return 0.0, up
        box = Bbox.union(boxes)
        return float(round(min(left - box.x0, self.size[0] - self.px(TICK_PT) - box.x1))), up


def _with_header_above(redraw: Redraw, size: tuple[int, int]) -> Scene:
    """The picture in a size, or higher, where that has its header beside the axes. No legend stands beside them."""
    whole = redraw(size, aspect="free")
    whole = whole if header(whole) else redraw((size[0], max(size)), aspect="free")
    whole.update(whole.timeline.frames - 1)
    return whole


def header_px(redraw: Redraw, size: tuple[int, int], *, has_all: bool) -> float:
    """The height of the header above a strip of a size."""
    whole = _with_header_above(redraw, size)
    return float(whole.figure.bbox.height) - header_bottom(whole, has_all=has_all)


def _panel(redraw: Redraw, size: tuple[int, int], strip: tuple[int, int], count: int) -> Scene:
    """The picture in the size of a panel, of a strip of a size with so many."""
    try:
        return redraw(size, title="", readout=False)
    except SettingError as refusal:
        if refusal.name != "--size":
            raise
    raise _no_room(strip, count, 0)


def _no_room(size: tuple[int, int], count: int, axes: int) -> SettingError:
    several = f" with {axes} axes of {LEAST_OF_SEVERAL_PX} pixels each" if axes else " with so many panels"
    allowed = f"has no room for {count} moments{several}; give a larger one, none, fewer --frames, or another --view"
    return SettingError("--size", "x".join(map(str, size)), allowed)


def _above(panel: Scene, top: float) -> float:
    """How far what belongs to the axes of a panel stands out above them, whose upper end is at `top`."""
    tops = [one.at[1] + one.lettering.ascent for one in panel.belonging if isinstance(one, Caption)]
    tops += [one.get_window_extent().y1 for one in panel.belonging if not isinstance(one, Caption)]
    return max(*tops, top, top) - top


def header(scene: Scene, *, has_all: bool = True) -> list[Artist]:
    """What all panels share: the title, live lines and the legend; if it `has_all`, also what belongs to the axes."""
    figure = scene.figure
    above = max(axes.bbox.y1 for axes in figure.axes)
    artists: list[Artist] = [*figure.texts, *figure.patches, *figure.artists]
    still = [one for one in artists if not one.get_animated() and one.get_window_extent().y0 >= above]
    live = [mark for mark in scene.marks if isinstance(mark, Caption) and mark.at[1] >= above]
    found = [*still, *(mark for mark in scene.marks if isinstance(mark, Row)), *live]
    return [one for one in found if has_all or one not in scene.belonging]


def header_bottom(scene: Scene, *, has_all: bool) -> float:
    """Where the header ends, or what stands for it without one, in pixels from the bottom."""
    dpi = float(scene.figure.dpi)
    bottoms = [artist.get_window_extent().y0 for artist in header(scene, has_all=has_all)]
    return min(bottoms) - BELOW_PT * dpi / 72 if bottoms else scene.figure.bbox.height - TICK_PT * dpi / 72


def show_labels(axes: Axes, *, left: bool, below: bool) -> None:
    """Show or hide the numbers and names of axes at the left and below, and keys there."""
    axes.tick_params(labelleft=left, labelbottom=below)
    axes.xaxis.label.set_visible(below)
    for key in axes.get_children():
        if isinstance(key, AnnotationBbox):
            key.set_visible(below)
    axes.yaxis.label.set_visible(left)


def _measure(scene: Scene) -> tuple[Bbox, tuple[float, float, float, float]]:
    """The box around all axes, and how far labels and ticks stand out of it: left, bottom, right, top."""
    inner = Bbox.union([axes.bbox for axes in scene.figure.axes])
    outer = Bbox.union([axes.get_tightbbox() or axes.bbox for axes in scene.figure.axes])
    sides = inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1
    left, bottom, right, top = (max(float(side), 0.0) for side in sides)
    return inner, (left, bottom, right, top)


def _unlabelled_left(panel: Scene) -> float:
    """How far the only axes stand out to the left without their numbers."""
    if len(panel.figure.axes) > 1:
        return 0.0
    show_labels(panel.figure.axes[0], left=False, below=True)
    return _measure(panel)[1][0]


def _at_least(width: float, height: float) -> tuple[int, int]:
    return round(max(width, LEAST_PX)), round(max(height, LEAST_PX))


def _name_axes(panel: Scene, whole: Scene) -> None:
    """Give the only axes the names that a picture so small goes without: a strip has room for them at its sides."""
    if len(panel.figure.axes) > 1:
        return
    axes, named = panel.figure.axes[0], whole.figure.axes[0]
    for axis, model in ((axes.xaxis, named.xaxis), (axes.yaxis, named.yaxis)):
        if model.get_label_text() and not axis.get_label_text():
            name = model.label
            axis.set_label_text(
                name.get_text(), color=name.get_color(), fontsize=LABEL_PT, parse_math=name.get_parse_math()
            )
            axis.labelpad = model.labelpad
    name_axes(axes)
