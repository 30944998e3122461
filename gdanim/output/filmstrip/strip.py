"""Filmstrip: the picture at a few moments, side by side, for print: as PDF or SVG, which hold vectors, or as PNG.

The picture is laid out anew in the size of a panel, and draws itself once for each moment, as in the animation, with
the titles of its facets and the step that is explained. What panels share stands once: the title above them, and below
it the readout and the legend, as they are in the end; and where a picture has one axes, numbers and names of axes at
the left and at the bottom only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

from gdanim.drawing.frame import Box, Frame
from gdanim.drawing.layout import READOUT_PT
from gdanim.drawing.marks.fitted import FittedMark
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.mpl import mpl
from gdanim.output.filmstrip.renderer import OffsetRenderer, VectorOffsetRenderer
from gdanim.output.filmstrip.sizes import Default, is_faceted
from gdanim.output.filmstrip.strip_layout import PAD_PT, StripLayout, header, header_px, show_labels
from gdanim.output.pages import about_pdf
from gdanim.output.png import PngWriter
from gdanim.output.svg.writer import own_name
from gdanim.settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.catalogue.request import StyleChoice
    from gdanim.descent.timeline import Moment, Timeline
    from gdanim.drawing.scene import Scene
    from gdanim.drawing.styles import Style
    from gdanim.output.base import FilmInfo
    from gdanim.output.filmstrip.strip_layout import Redraw

MOMENTS: Final = 5
# A strip is set for paper: no wider than this, so that on a page of 7 in its smallest type is 7 pt.
WIDEST_IN: Final = 9.0
# Whole fonts in PDF, which journals ask for.
_RC: Final = {"svg.hashsalt": "gdanim", "svg.image_inline": True, "pdf.fonttype": 42}
# The letters of an SVG: outlines, which look alike everywhere, or text.
_LETTERS: Final = {"paths": "path", "text": "none"}
# What matplotlib sets for all elements of a page, for those of the drawing alone.
_LINES_OF_ALL: Final = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
_LINES: Final = 'stroke-linejoin="round" stroke-linecap="butt"'
_TEXT: Final = re.compile(r'<text\b(?: style="([^"]*)")?')  # as matplotlib writes it, formulas without a style
_ID: Final = re.compile(r'(\bid="|href="#|url\(#)')
SETTLED: Final = 0.03  # of the width and the height of the axes: a run that is so near to its end has settled


def write_filmstrip(
    stream: BinaryIO,
    scene: Scene,
    info: FilmInfo,
    *,
    frames: int | None,
    dpi: int | None,
    style: StyleChoice,
    svg_text: str,
    suffix: str,
    redraw: Redraw,
) -> None:
    """Write a strip of `frames` moments, MOMENTS where None; see SceneWriter.

    Its size is that of the animation. If this is the default, it was not chosen for a strip: then the strip is a row
    with room for each panel.

    dpi        of the strip; None is that of any picture of its size, and enough for WIDEST_IN
    svg_text   whether the letters of an .svg are `paths` or `text`
    suffix     one of PAGES
    redraw     draws the picture anew with other settings

    Raises SettingError where the strip is too small for so many panels.
    """
    chosen = choose_frames(scene, MOMENTS if frames is None else frames)

    def dots_of(width: int) -> int:
        return dpi or round(max(float(scene.figure.dpi), width / WIDEST_IN))

    layout = _laid_out(scene, (info.width, info.height), len(chosen), dots_of, redraw)
    size, dots = layout.size, dots_of(layout.size[0])
    figure = Figure(figsize=(size[0] / dots, size[1] / dots), dpi=dots, facecolor=scene.figure.get_facecolor())
    figure.add_artist(_Panels(figure, layout, chosen))
    _write_captions(figure, layout, chosen, style.loaded)
    with mpl.rc_context({"svg.fonttype": _LETTERS[svg_text]}):
        PAGES[suffix](stream, figure, info)


def _laid_out(
    scene: Scene, size: tuple[int, int], count: int, dots_of: Callable[[int], int], redraw: Redraw, *,
    explained: bool = True,
) -> StripLayout:  # fmt: skip
    """The panels of a strip of a size, or of that which suits them; with the lines of an update where each has room."""
    panels, is_default = None, size == DEFAULTS["size"]
    if is_default:
        panels, (width, height) = Default.of(scene, count, dots_of, explained=explained)
        size = panels.columns * width, panels.rows * height

    def redraw_at(own: tuple[int, int], **settings: Any) -> Scene:
        return redraw(size=own, dpi=dots_of(size[0]), **settings)

    if is_default:
        size = size[0], size[1] + round(header_px(redraw_at, size, has_all=not explained))
    layout = StripLayout.of(redraw_at, size, count, panels, has_all=not explained)
    if is_default and explained and layout.has_all:
        return _laid_out(scene, DEFAULTS["size"], count, dots_of, redraw, explained=False)
    return layout


def _write_captions(figure: Figure, layout: StripLayout, chosen: Sequence[int], style: Style) -> None:
    timeline, (width, height) = layout.panel.timeline, layout.size
    for frame, place in zip(chosen, layout.places(), strict=True):
        bottom = (place.bottom + layout.box.height + layout.above + layout.px(PAD_PT)) / height
        text = caption(timeline.moment(frame), in_turn=timeline.in_turn and len(timeline.last) > 1)
        figure.text(place.left / width, bottom, text, color=style.text, fontsize=READOUT_PT)


def choose_frames(scene: Scene, count: int) -> list[int]:
    """At most `count` frames, rising: the first and the last among them; of one, the last.

    They are spread evenly over the iterations until all runs have settled, and the last one shows the end: so no two
    panels are alike because nothing moves any more. There are fewer where fewer frames show an iteration.
    """
    timeline = scene.timeline
    ticks = timeline.tick[: timeline.forward : timeline.tween]
    last = len(ticks) - 1
    if count == 1 or last == 0:
        return [last * timeline.tween]
    settled = int(np.searchsorted(ticks, _settled_tick(scene)))
    until = min(max(settled, count - 1), last)
    iterations = np.round(np.linspace(0, until, min(count, last + 1))).astype(np.int64)
    iterations[-1] = last
    return [int(iteration) * timeline.tween for iteration in iterations]


def caption(moment: Moment, *, in_turn: bool) -> str:
    """What stands above a panel: the iteration; and the run, where they are shown one after another."""
    iteration = f"$k = {moment.number}$"
    return f"run {moment.current + 1}, {iteration}" if in_turn else iteration


def _settled_tick(scene: Scene) -> float:
    """The tick from which no run is seen to move; the last one where no mark of the scene shows runs.

    A run that has left the axes for good is not seen to move: an arrow at their edge stands for it.
    """
    timeline = scene.timeline
    # Marks of models are where the data is, not where the runs are.
    marks = [mark for mark in scene.marks if isinstance(mark, RunsMark) and not isinstance(mark, FittedMark)]
    seen = {mark.axes: mark for mark in reversed(marks)}.values() if is_faceted(scene) else marks[:1]
    return max((_settled(mark, timeline) for mark in seen), default=float(timeline.tick[timeline.forward - 1]))


def _settled(mark: RunsMark, timeline: Timeline) -> float:
    """The tick from which no run of a mark is seen to move."""
    low, high = mark.ends(pad=0.0)
    place = (mark.pixels - low) / (high - low)
    runs = slice(None) if mark.runs is None else mark.runs
    numbers = np.arange(len(timeline.last))[runs]
    last = timeline.last[numbers]
    end = place[np.arange(len(place)), last][:, np.newaxis]
    moving = np.any(np.abs(place - end) > SETTLED, axis=2) & np.all((place >= 0) & (place <= 1), axis=2)
    settled = np.where(moving.any(axis=1), moving.shape[1] - np.argmax(moving[:, ::-1], axis=1), 0)
    return float(np.max(timeline.ticks_at(numbers, np.minimum(settled, last))))


class _Panels(Artist):
    """Draws the header once, with the live lines of the last chosen frame, and the panel for each of them."""

    def __init__(self, page: Figure, layout: StripLayout, chosen: Sequence[int]) -> None:
        super().__init__()
        self._page, self._layout, self._chosen = page, layout, chosen

    def draw(self, renderer: Any) -> None:
        """Draw all, on any renderer."""
        layout, panel = self._layout, self._layout.panel
        dpi = float(panel.figure.dpi)
        # Vector backends set the figure to their own unit, the point, while they draw.
        unit_px = dpi / float(self._page.dpi)
        kind = OffsetRenderer if isinstance(renderer, RendererAgg) else VectorOffsetRenderer
        places = list(layout.places())
        at_header = kind(renderer, dpi=dpi, unit_px=unit_px, offset=layout.header_shift(places[0].left))
        layout.whole.update(self._chosen[-1])
        for artist in header(layout.whole, has_all=layout.has_all):
            artist.draw(at_header)
        for frame, place in zip(self._chosen, places, strict=True):
            # By whole pixels: what matplotlib sets on them stays as sharp as in the animation.
            offset = round(place.left - layout.box.x0), round(place.bottom - layout.box.y0)
            at_panel = kind(renderer, dpi=dpi, unit_px=unit_px, offset=offset)
            panel.update(frame)
            for axes in panel.figure.axes:
                if layout.shares_labels:
                    show_labels(axes, left=place.is_first, below=place.is_lowest)
                axes.draw(at_panel)
            hidden = {*panel.belonging} - {*layout.belonging}
            marks = [mark for mark in panel.marks if not isinstance(mark, Row) and mark not in hidden]
            for artist in (*(one for one in layout.belonging if not one.get_animated()), *marks):
                artist.draw(at_panel)


def _write_pdf(stream: BinaryIO, figure: Figure, info: FilmInfo) -> None:
    """Write a page in the figure's own size; the recipe stands in its keywords."""
    stream.write(_saved(figure, "pdf", about_pdf(info)))


def _write_svg(stream: BinaryIO, figure: Figure, info: FilmInfo) -> None:
    """Write a drawing; the recipe is all that its <metadata> holds. Nothing in it reaches other drawings on a page."""
    drawn = _saved(figure, "svg", dict.fromkeys(("Date", "Creator", "Format", "Type"))).decode()
    about = {"title": info.title, "desc": info.alt_text, "metadata": info.recipe}
    elements = "".join(f"\n <{name}>{escape(text, quote=False)}</{name}>" for name, text in about.items() if text)
    drawn = _TEXT.sub(r'<text xml:space="preserve" style="white-space: pre; \1"', drawn)
    drawn = _ID.sub(rf"\1{own_name(drawn + elements)}", drawn.replace(_LINES_OF_ALL, ""))
    end = drawn.index(">", drawn.index("<svg"))
    stream.write(f'{drawn[:end]} {_LINES} role="img">{elements}{drawn[end + 1 :]}'.encode())


def _write_png(stream: BinaryIO, figure: Figure, info: FilmInfo) -> None:
    """Write the pixels."""
    canvas: Any = FigureCanvasAgg(figure)  # the backend's methods carry no types
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    height, width, _ = pixels.shape
    with PngWriter(stream, replace(info, width=width, height=height)) as writer:
        writer.write(Frame(index=0, end_s=0.0, box=Box(0, 0, width, height), pixels=pixels))


def _saved(figure: Figure, form: str, metadata: dict[str, Any]) -> bytes:
    page = BytesIO()
    rc: Any = _RC  # matplotlib's annotations name every key
    with mpl.rc_context(rc):
        figure.savefig(page, format=form, dpi="figure", metadata=metadata)
    return page.getvalue()


PAGES: Final = {".pdf": _write_pdf, ".svg": _write_svg, ".png": _write_png}
