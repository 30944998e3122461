"""Filmstrip: the picture at a few moments, side by side, for print: as PDF or SVG, which hold vectors, or as PNG.

The picture is laid out anew in the size of a panel, and draws itself once for each moment, as in the animation. What
panels share stands once: the title and the legend above them; and where a picture has one axes, numbers and names of
axes at the left and at the bottom only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from gdanim.drawing.layout import READOUT_PT
from gdanim.drawing.styles import load_style
from gdanim.output.filmstrip import strip_layout
from gdanim.output.filmstrip.moments import caption, choose_frames
from gdanim.output.filmstrip.pages import PAGES
from gdanim.output.filmstrip.renderer import OffsetRenderer, VectorOffsetRenderer
from gdanim.output.filmstrip.strip_layout import PAD_PT, StripLayout, header, show_labels
from gdanim.settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.drawing.scene import Scene
    from gdanim.drawing.styles import Style
    from gdanim.output.base import FilmInfo
    from gdanim.output.filmstrip.strip_layout import Place, Redraw

MOMENTS: Final = 5
# A strip is set for paper: no wider than this, so that on a page of 7 in its smallest type is 7 pt.
WIDEST_IN: Final = 9.0
# A page is too narrow for a row of panels with several axes: such a row is for a page on its side, or a slide.
MULTIPLE_WIDEST_IN: Final = 18.0


def write_filmstrip(
    stream: BinaryIO,
    scene: Scene,
    info: FilmInfo,
    *,
    frames: int | None,
    dpi: int | None,
    style: str,
    suffix: str,
    redraw: Redraw,
) -> None:
    """Write a strip of `frames` moments, MOMENTS where None; see SceneWriter.

    Its size is that of the animation. If this is the default, it was not chosen for a strip: then the strip is a row
    with room for each panel.

    dpi      of the strip; None is that of any picture of its size, and enough for WIDEST_IN
    suffix   one of PAGES
    redraw   draws the picture anew with other settings

    Raises SettingError where the strip is too small for so many panels.
    """
    chosen, size = choose_frames(scene, MOMENTS if frames is None else frames), (info.width, info.height)
    panels, widest_in = None, WIDEST_IN
    if size == DEFAULTS["size"]:
        is_multiple = len(scene.figure.axes) > 1
        panels = strip_layout.row_grid(len(chosen))
        size = panels.columns * (strip_layout.MULTIPLE_PX if is_multiple else strip_layout.SINGLE_PX), size[1]
        widest_in = MULTIPLE_WIDEST_IN if is_multiple else WIDEST_IN
    dots = dpi or round(max(float(scene.figure.dpi), size[0] / widest_in))

    def redraw_at(size: tuple[int, int], **settings: Any) -> Scene:
        return redraw(size=size, dpi=dots, readout=False, explain=False, **settings)

    if panels is not None:
        height = strip_layout.own_height(panels, dots)
        header_px = height - strip_layout.header_bottom(redraw_at((size[0], height)))
        size = size[0], height + round(header_px)
    layout = StripLayout.of(redraw_at, size, len(chosen), panels)
    figure = Figure(figsize=(size[0] / dots, size[1] / dots), dpi=dots, facecolor=scene.figure.get_facecolor())
    figure.add_artist(_Panels(layout, chosen))
    _write_captions(figure, layout, chosen, load_style(style))
    PAGES[suffix](stream, figure, info)


def _write_captions(figure: Figure, layout: StripLayout, chosen: Sequence[int], style: Style) -> None:
    timeline = layout.panel.timeline
    for frame, place in zip(chosen, layout.places(), strict=True):
        figure.text(
            place.left / layout.size[0],
            (place.bottom + layout.box.height + layout.px(PAD_PT)) / layout.size[1],
            caption(timeline.moment(frame), in_turn=timeline.in_turn and len(timeline.last) > 1),
            color=style.text,
            fontsize=READOUT_PT,
        )


class _Panels(Artist):
    """Draws the header once, and the panel for each chosen frame."""

    def __init__(self, layout: StripLayout, chosen: Sequence[int]) -> None:
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
        unit_px = dpi / float(figure.dpi)
        kind = OffsetRenderer if isinstance(renderer, RendererAgg) else VectorOffsetRenderer
        places = list(layout.places())
        at_header = kind(renderer, dpi=dpi, unit_px=unit_px, offset=(layout.header_shift(places[0].left), 0.0))
        for artist in header(layout.whole):
            artist.draw(at_header)
        for frame, place in zip(self._chosen, places, strict=True):
            # By whole pixels: what matplotlib sets on them stays as sharp as in the animation.
            offset = round(place.left - layout.box.x0), round(place.bottom - layout.box.y0)
            self._draw_panel(kind(renderer, dpi=dpi, unit_px=unit_px, offset=offset), frame, place)

    def _draw_panel(self, renderer: OffsetRenderer, frame: int, place: Place) -> None:
        panel = self._layout.panel
        panel.update(frame)
        for axes in panel.figure.axes:
            if self._layout.shares_labels:
                show_labels(axes, left=place.is_first, below=place.is_lowest)
            axes.draw(renderer)
        for mark in panel.marks:
            mark.draw(renderer)
