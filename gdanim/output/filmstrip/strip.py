"""Filmstrip: a few moments of the animation side by side, for print: as PDF or SVG, which hold vectors, or as PNG.

The picture is drawn once for each moment, by the calls that draw it in the animation, and its frame is laid out anew
for a panel. What panels share stands once: the title and the legend above all of them, and numbers and names of
axes at the left and at the bottom only, where a picture has one axes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from gdanim.drawing import grid
from gdanim.drawing.layout import LABEL_PT, READOUT_PT, TICK_PT
from gdanim.drawing.styles import load_style
from gdanim.output.filmstrip.moments import caption, told
from gdanim.output.filmstrip.pages import PAGES
from gdanim.output.filmstrip.renderer import Elsewhere, ElsewhereInVectors
from gdanim.output.filmstrip.size import SEVERAL_WIDER, own_grid, own_height, own_width
from gdanim.settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from gdanim.drawing.grid import Grid
    from gdanim.drawing.scene import Scene
    from gdanim.drawing.styles import Style
    from gdanim.output.base import FilmInfo

Redraw = Callable[..., "Scene"]

MOMENTS: Final = 5
# A strip is set for paper: no wider than this, so that on a page of 7 in its smallest type is 7 pt.
WIDEST_IN: Final = 9.0
GAP_PT, BELOW_PT = 9.0, 4.0  # between panels; from the header to the first captions
PAD_PT: Final = 6.5  # from a panel to the caption above it: a spot on the edge stays clear of the words
ONE_ASPECT, SEVERAL_ASPECT = 4 / 3, 2.0  # at which pictures of one and of several axes look best
GAPPY: Final = 0.5  # what a grid with an empty place is worth
LEAST_PX: Final = 24.0  # of the sides of a panel's axes


def write_filmstrip(
    stream: BinaryIO,
    scene: Scene,
    reel: FilmInfo,
    *,
    frames: int | None,
    dpi: int | None,
    style: str,
    suffix: str,
    redraw: Redraw,
) -> None:
    """Write a strip of `frames` moments, MOMENTS where None; see SceneWriter.

    Its size is that of the reel. Where that is the one of every animation, it was not chosen for a strip: then it is
    a row with room for each panel.

    dpi      of the whole strip; by None as for every picture of that size, and no fewer than fit WIDEST_IN
    suffix   one of PAGES
    redraw   draws the picture anew with other settings

    Raises SettingError where the strip is too small for so many panels.
    """
    chosen, size = told(scene, MOMENTS if frames is None else frames), (reel.width, reel.height)
    several = len(scene.figure.axes) > 1
    lattice = own_grid(len(chosen)) if size == DEFAULTS["size"] else None
    width = size[0] if lattice is None else own_width(lattice, several=several)
    widest = WIDEST_IN if lattice is None or not several else WIDEST_IN * SEVERAL_WIDER
    dots = dpi or round(max(float(scene.figure.dpi), width / widest))

    def again(size: tuple[int, int], **settings: Any) -> Scene:
        return redraw(size=size, dpi=dots, readout=False, explain=False, **settings)

    if lattice is not None:
        height = own_height(lattice, dots)
        size = width, height + round(height - _top(again((width, height))))
    layout = _Layout.of(again, size, len(chosen), lattice)
    figure = Figure(figsize=(size[0] / dots, size[1] / dots), dpi=dots, facecolor=scene.figure.get_facecolor())
    figure.add_artist(_Panels(layout, chosen))
    _write_captions(figure, layout, chosen, load_style(style))
    PAGES[suffix](stream, figure, reel)


def _write_captions(figure: Figure, layout: _Layout, chosen: Sequence[int], style: Style) -> None:
    timeline = layout.panel.timeline
    for frame, place in zip(chosen, layout.places(), strict=True):
        words = caption(timeline.moment(frame), in_turn=timeline.in_turn and len(timeline.last) > 1)
        figure.text(
            place.left / layout.size[0],
            (place.bottom + layout.box.height + layout.px(PAD_PT)) / layout.size[1],
            words,
            color=style.text,
            fontsize=READOUT_PT,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the lower left corner of a panel's axes stands, and which sides of the strip it is at."""

    left: float
    bottom: float
    is_first: bool
    is_lowest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How the panels stand. Lengths in pixels, from the bottom left.

    head    the picture in the size of the strip, of which the title and the legend are taken
    panel   the picture in the size of a panel
    box     around the axes of a panel
    out     how far what belongs to them stands out of it: left, bottom, right, top
    inner   how far to the left where the numbers at the left are those of another panel
    """

    head: Scene
    panel: Scene
    size: tuple[int, int]
    count: int
    grid: Grid
    top: float
    box: Bbox
    out: tuple[float, float, float, float]
    inner: float

    @classmethod
    def of(cls, again: Redraw, size: tuple[int, int], count: int, lattice: Grid | None) -> _Layout:
        """Choose the grid where None is given, and draw the panel in the size that fills it."""
        if lattice is None:
            grid.check_room(count, size)
        head = again(size)
        dpi = float(head.figure.dpi)
        em, width, height = TICK_PT * dpi / 72, *size
        top = _top(head)
        above = (PAD_PT + READOUT_PT) * dpi / 72
        room = width - 2 * em, top - em
        aspect = ONE_ASPECT if len(head.figure.axes) == 1 else SEVERAL_ASPECT
        if lattice is None:
            lattice = grid.choose(count, size, room, (GAP_PT * dpi / 72, above), aspect, gappy=GAPPY)
        # So high that a legend, which the strip does without, leaves room for axes to be measured.
        guess = _sized(room[0] / lattice.columns, height)
        for _ in range(3):
            panel = again(guess, title="")
            _name_axes(panel, head)
            box, out = _measured(panel)
            inner = _without_numbers(panel)
            layout = cls(
                head=head, panel=panel, size=size, count=count, grid=lattice, top=top, box=box, out=out, inner=inner
            )
            wanted = layout._axes_px(above)
            guess = _sized(guess[0] - box.width + wanted[0], guess[1] - box.height + wanted[1])
        return layout

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * float(self.panel.figure.dpi) / 72

    @property
    def shares(self) -> bool:
        """Whether panels share the numbers along their axes."""
        return len(self.panel.figure.axes) == 1

    @property
    def gap(self) -> float:
        """Between two panels, at least."""
        return self.px(GAP_PT) + (self.out[2] + self.inner if self.shares else 0.0)

    def places(self) -> Iterator[_Place]:
        """Where the panels stand, the first above on the left; as far apart as the strip is wide, and flush with it."""
        rows, columns = self.grid
        left, bottom, right, _ = self.out
        across, up = self.box.width + self.gap, 0.0
        span = self.size[0] - 2 * self.px(TICK_PT) - left - self.box.width - right
        rise = self.top - self.px(PAD_PT + READOUT_PT) - self.px(TICK_PT) - bottom - self.box.height
        if columns > 1:
            across = span / (columns - 1)
        if rows > 1:
            up = rise / (rows - 1)
        for panel in range(self.count):
            row, column = self.grid.place(panel)
            yield _Place(
                left=self.px(TICK_PT) + left + column * across,
                bottom=self.px(TICK_PT) + bottom + (rows - 1 - row) * up,
                is_first=column == 0,
                is_lowest=panel + columns >= self.count,
            )

    def _axes_px(self, above: float) -> tuple[float, float]:
        """The size of a panel's axes with which the panels fill the strip."""
        rows, columns = self.grid
        left, bottom, right, top = self.out
        width = self.size[0] - 2 * self.px(TICK_PT) - (columns - 1) * self.gap
        height = self.top - self.px(TICK_PT) - rows * (above + top) - (rows - 1) * self.px(GAP_PT)
        beside, below = left + right, bottom
        if self.shares:
            inner = (width - beside) / columns, (height - below) / rows
        else:
            inner = width / columns - beside, height / rows - below
        return max(inner[0], LEAST_PX), max(inner[1], LEAST_PX)


class _Panels(Artist):
    """Draws the header once and the panel for each moment."""

    def __init__(self, layout: _Layout, chosen: Sequence[int]) -> None:
        super().__init__()
        self._layout, self._chosen = layout, chosen

    def draw(self, renderer: Any) -> None:
        """Draw all, on any renderer."""
        layout = self._layout
        figure = self.get_figure(root=True)
        if figure is None:
            raise RuntimeError("add the panels to a figure first")
        dpi = float(layout.panel.figure.dpi)
        # Vector backends set the figure to their own unit, the point, while they draw.
        unit = dpi / float(figure.dpi)
        kind = Elsewhere if isinstance(renderer, RendererAgg) else ElsewhereInVectors
        places = list(layout.places())
        head = kind(renderer, dpi=dpi, unit=unit, move=(_aside(layout, places[0].left), 0.0))
        for artist in _header(layout.head):
            artist.draw(head)
        for frame, place in zip(self._chosen, places, strict=True):
            # By whole pixels: what matplotlib sets on them stays as sharp as in the animation.
            move = round(place.left - layout.box.x0), round(place.bottom - layout.box.y0)
            self._draw_panel(kind(renderer, dpi=dpi, unit=unit, move=move), frame, place)

    def _draw_panel(self, renderer: Elsewhere, frame: int, place: _Place) -> None:
        panel = self._layout.panel
        panel.update(frame)
        for axes in panel.figure.axes:
            if self._layout.shares:
                _show_numbers(axes, left=place.is_first, below=place.is_lowest)
            axes.draw(renderer)
        for mark in panel.marks:
            mark.draw(renderer)


def _header(scene: Scene) -> list[Artist]:
    """What stands still above the axes: the title and the legend."""
    figure = scene.figure
    above = max(axes.bbox.y1 for axes in figure.axes)
    artists: list[Artist] = [*figure.texts, *figure.patches, *figure.artists]
    still = [artist for artist in artists if not artist.get_animated()]
    return [artist for artist in still if artist.get_window_extent().y0 >= above]


def _top(head: Scene) -> float:
    """How high panels and their captions may reach: up to what stands above the axes, in pixels from the bottom."""
    dpi = float(head.figure.dpi)
    words = [artist.get_window_extent().y0 for artist in _header(head)]
    return min(words) - BELOW_PT * dpi / 72 if words else head.figure.bbox.height - TICK_PT * dpi / 72


def _aside(layout: _Layout, left: float) -> float:
    """How far the header is moved to begin where the panels do, as far as there is room."""
    boxes = [artist.get_window_extent() for artist in _header(layout.head)]
    if not boxes:
        return 0.0
    header = Bbox.union(boxes)
    return float(round(min(left - header.x0, layout.size[0] - layout.px(TICK_PT) - header.x1)))


def _measured(scene: Scene) -> tuple[Bbox, tuple[float, float, float, float]]:
    """The box around all axes, and how far numbers and names stand out of it: left, bottom, right, top."""
    inner = Bbox.union([axes.bbox for axes in scene.figure.axes])
    outer = Bbox.union([axes.get_tightbbox() or axes.bbox for axes in scene.figure.axes])
    out = inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1
    left, bottom, right, top = (max(float(edge), 0.0) for edge in out)
    return inner, (left, bottom, right, top)


def _without_numbers(panel: Scene) -> float:
    """How far the only axes stand out to the left where another panel has their numbers."""
    axes = panel.figure.axes
    if len(axes) > 1:
        return 0.0
    _show_numbers(axes[0], left=False, below=True)
    return _measured(panel)[1][0]


def _sized(width: float, height: float) -> tuple[int, int]:
    return round(max(width, LEAST_PX)), round(max(height, LEAST_PX))


def _name_axes(panel: Scene, head: Scene) -> None:
    """Give axes the names that a picture so small goes without: in a strip there is room for them at its sides."""
    if len(panel.figure.axes) > 1:
        return
    for axes, named in zip(panel.figure.axes, head.figure.axes, strict=True):
        for axis, model in ((axes.xaxis, named.xaxis), (axes.yaxis, named.yaxis)):
            if model.get_label_text() and not axis.get_label_text():
                axis.set_label_text(model.get_label_text(), color=model.label.get_color(), fontsize=LABEL_PT)
                axis.labelpad = model.labelpad


def _show_numbers(axes: Axes, *, left: bool, below: bool) -> None:
    """Show numbers and names at the left and below, or leave them to other panels."""
    axes.tick_params(labelleft=left, labelbottom=below)
    axes.xaxis.label.set_visible(below)
    axes.yaxis.label.set_visible(left)
