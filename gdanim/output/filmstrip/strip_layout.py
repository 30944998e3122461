"""Where the panels of a filmstrip stand, and how large they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from matplotlib.transforms import Bbox

from gdanim.drawing import grid
from gdanim.drawing.grid import Grid
from gdanim.drawing.layout import LABEL_PT, READOUT_PT, TICK_PT
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.numbers import name_axes
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from gdanim.drawing.scene import Scene

Redraw = Callable[..., "Scene"]

# The size of a strip that is given none: each panel has the size that suits it.
LONGEST_ROW, SHORTEST_ROW = 8, 3  # in panels
PANEL_PX: Final = 320  # its width
# The height of a panel's axes, one or several, which then stand below one another; of its caption and labels, which
# grow with the type.
SINGLE_HIGH_PX, MULTIPLE_HIGH_PX, TEXT_HIGH_IN = 240, 600, 0.7

GAP_PT, BELOW_PT = 9.0, 4.0  # between panels; from the header to the first captions
PAD_PT: Final = 6.5  # from a panel to its caption: a spot on the edge stays clear of the text
SINGLE_ASPECT, MULTIPLE_ASPECT = 4 / 3, 0.5  # at which pictures with one and with several axes look best
GAPPY: Final = 0.5  # what a grid with an empty place is worth
LEAST_PX: Final = 24.0  # of the sides of a panel's axes
LEAST_OF_SEVERAL_PX: Final = 80  # of those of each of several: in smaller ones nothing is to be seen


def row_grid(count: int) -> Grid:
    """One row; several where it would be longer than LONGEST_ROW, without an empty place if possible."""
    if count <= LONGEST_ROW:
        return Grid(rows=1, columns=count)
    full = [columns for columns in range(SHORTEST_ROW, LONGEST_ROW + 1) if count % columns == 0]
    rows = count // max(full) if full else ceil(count / LONGEST_ROW)
    return Grid(rows=rows, columns=ceil(count / rows))


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

    @classmethod
    def of(cls, redraw: Redraw, size: tuple[int, int], count: int, panels: Grid | None) -> StripLayout:
        """Choose the grid where None is given, and draw the panel in the size that fills it.

        Raises SettingError where the strip is too small for so many panels.
        """
        if panels is None:
            grid.check_room(count, size)
        whole = _with_header_above(redraw, size)
        dpi = float(whole.figure.dpi)
        em, top = TICK_PT * dpi / 72, header_bottom(whole) - (whole.figure.bbox.height - size[1])
        room = size[0] - 2 * em, top - em
        if panels is None:
            gaps = GAP_PT * dpi / 72, (PAD_PT + READOUT_PT) * dpi / 72
            aspect = SINGLE_ASPECT if len(whole.figure.axes) == 1 else MULTIPLE_ASPECT
            panels = grid.choose(count, size, room, gaps, aspect, gappy=GAPPY)
        # The first guess is high: a legend, which the strip does without, leaves room for axes to be measured.
        guess = _at_least(room[0] / panels.columns, size[1])
        for _ in range(3):
            panel = redraw(guess, title="", readout=False)
            _name_axes(panel, whole)
            box, overhang = _measure(panel)
            layout = cls(
                whole=whole, panel=panel, size=size, count=count, grid=panels, top=top, box=box, overhang=overhang,
                unlabelled_left=_unlabelled_left(panel),
            )  # fmt: skip
            axes_width, axes_height = layout._axes_px()
            guess = _at_least(guess[0] - box.width + axes_width, guess[1] - box.height + axes_height)
        layout.check_room()
        return layout

    def check_room(self) -> None:
        """Raise SettingError where one of several axes is so small that nothing is to be seen in it."""
        axes = self.panel.figure.axes
        if len(axes) > 1 and min(min(one.bbox.size) for one in axes) < LEAST_OF_SEVERAL_PX:
            room = f"has no room for {self.count} moments with {len(axes)} axes of {LEAST_OF_SEVERAL_PX} pixels each"
            allowed = f"{room}; give a larger one, none, fewer --frames, or another --view"
            raise SettingError("--size", "x".join(map(str, self.size)), allowed)

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
        rise = self.top - self.px(PAD_PT + READOUT_PT) - em - bottom - self.box.height
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
        height = self.top - em - rows * (self.px(PAD_PT + READOUT_PT) + top) - (rows - 1) * self.px(GAP_PT)
        if self.shares_labels:
            axes = (width - (left + right)) / columns, (height - bottom) / rows
        else:
            axes = width / columns - (left + right), height / rows - bottom
        return max(axes[0], LEAST_PX), max(axes[1], LEAST_PX)

    def header_shift(self, left: float) -> tuple[float, float]:
        """How far to move the header right, so that it begins at `left` as far as there is room, and up."""
        up = self.size[1] - self.whole.figure.bbox.height
        boxes = [artist.get_window_extent() for artist in header(self.whole)]
        if not boxes:
            return 0.0, up
        box = Bbox.union(boxes)
        return float(round(min(left - box.x0, self.size[0] - self.px(TICK_PT) - box.x1))), up


def _with_header_above(redraw: Redraw, size: tuple[int, int]) -> Scene:
    """The picture in a size, or higher, where that has its header beside the axes."""
    whole = redraw(size)
    whole = whole if header(whole) else redraw((size[0], max(size)))
    whole.update(whole.timeline.frames - 1)
    return whole


def header_px(redraw: Redraw, size: tuple[int, int]) -> float:
    """The height of the header above a strip of a size."""
    whole = _with_header_above(redraw, size)
    return float(whole.figure.bbox.height) - header_bottom(whole)


def header(scene: Scene) -> list[Artist]:
    """What all panels share: the title, live lines and the legend."""
    figure = scene.figure
    above = max(axes.bbox.y1 for axes in figure.axes)
    artists: list[Artist] = [*figure.texts, *figure.patches, *figure.artists]
    still = [one for one in artists if not one.get_animated() and one.get_window_extent().y0 >= above]
    return [*still, *(mark for mark in scene.marks if isinstance(mark, Row)), *lines_above(scene, above)]


def lines_above(scene: Scene, above: float) -> list[Caption]:
    """The live lines above a height."""
    return [mark for mark in scene.marks if isinstance(mark, Caption) and mark.at[1] >= above]


def header_bottom(scene: Scene) -> float:
    """Where the header ends, or what stands for it without one, in pixels from the bottom."""
    dpi = float(scene.figure.dpi)
    bottoms = [artist.get_window_extent().y0 for artist in header(scene)]
    return min(bottoms) - BELOW_PT * dpi / 72 if bottoms else scene.figure.bbox.height - TICK_PT * dpi / 72


def show_labels(axes: Axes, *, left: bool, below: bool) -> None:
    """Show or hide the numbers and names of axes at the left and below."""
    axes.tick_params(labelleft=left, labelbottom=below)
    axes.xaxis.label.set_visible(below)
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
