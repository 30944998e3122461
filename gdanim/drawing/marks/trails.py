"""The base classes of marks, the parts of a picture that move, and the trails: the paths of the runs.

Marks are matplotlib artists, so that a full redraw draws them too. They call the renderer directly: a Line2D that
changes in every frame spends most of its time on bookkeeping.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes._base import _AxesBase
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from gdanim.arrays import Index
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points, Polylines, Positions
from gdanim.drawing.marks.fade import ALONE, OF_SEVERAL, Fade, faded
from gdanim.drawing.marks.track import EDGE_PX, Track
from gdanim.drawing.run_styles import RunStyle, is_alone
from gdanim.drawing.shapes import circles, extent, polylines

_PIXELS = IdentityTransform()


class Mark(Artist, ABC):
    """A moving part: `show` chooses the moment, `draw` paints it, `touched` bounds what was painted.

    runs   which runs of the scene the mark shows, (m,), and numbers from 0; None where it shows all
    """

    runs: Index | None = None

    def __init__(self, zorder: float) -> None:
        super().__init__()
        self.set_zorder(zorder)
        self.set_in_layout(False)
        self.set_animated(True)
        self.moment: Moment | None = None

    @property
    def dpi(self) -> float:
        """Dots per inch of the figure."""
        figure = self.get_figure(root=True)
        if figure is None:
            raise RuntimeError("add the mark to a figure first")
        return float(figure.dpi)

    def show(self, moment: Moment) -> None:
        """Choose the moment to draw."""
        self.moment = self.moment_of_its_runs(moment)

    def moment_of_its_runs(self, moment: Moment) -> Moment:
        """A moment of the scene, restricted to the runs of the mark and in its numbering."""
        return moment if self.runs is None else moment.among(self.runs)

    @abstractmethod
    def touched(self) -> Extent | None:
        """The pixels that draw() may paint at this moment, or None."""


class RunsMark(Mark):
    """A mark for all runs of a track, in one axes. Runs of one style are painted as one path.

    striped   whether runs whose paths coincide are drawn wider beneath later ones, else all alike
    """

    striped: ClassVar[bool] = True

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], zorder: float) -> None:
        super().__init__(zorder)
        self.track, self.run_styles = track, run_styles
        self._style_index, self._since = np.zeros((2, track.shape[0]), dtype=np.int64)
        for place, run_style in enumerate(run_styles):
            self._style_index[run_style.runs] = place
            if run_style.unsettled:
                self._since[run_style.runs] = run_style.since

    @property
    def plane(self) -> _AxesBase:
        """The axes that the mark stands in."""
        if self.axes is None:
            raise RuntimeError("add the mark to axes first")
        return self.axes

    @property
    def pixels(self) -> Points:
        """The track in pixels from the bottom left: (runs, n+1, 2)."""
        return self.track.pixels(self.plane, self.dpi)

    @property
    def stripe_levels(self) -> Sequence[int]:
        """How many stripes wider the runs of each style are drawn than the topmost ones."""
        if not self.striped or is_alone(self.run_styles):
            return (0,) * len(self.run_styles)
        return self.track.stripe_levels([run_style.runs for run_style in self.run_styles], self.plane, self.dpi)

    def by_style(self, runs: Index) -> Iterator[tuple[RunStyle, int, Index]]:
        """Runs (m,) by their styles and by whether they settled: each style there is, its stripe level, its runs."""
        style_of_run, position = self._style_index[runs], moment_of(self).position[runs]
        for place, (run_style, stripe_level) in enumerate(zip(self.run_styles, self.stripe_levels, strict=True)):
            its = style_of_run == place
            settled = (self._since[runs] >= 0) & (position >= self._since[runs]) if run_style.unsettled else its
            if (moving := runs[its & ~settled]).size:
                yield replace(run_style, colour=run_style.unsettled), stripe_level, moving
            if (members := runs[its & settled]).size:
                yield run_style, stripe_level, members

    def here(self, runs: Index) -> PixelPoints:
        """Where runs (m,) are, in pixels: (m, 2)."""
        return self.track.here(moment_of(self), self.plane, self.dpi)[runs]

    def reached(self, runs: Index) -> Positions:
        """The positions (m,) up to which the paths of runs (m,) are drawn: lost runs stop where they leave the axes."""
        stops = self.track.stops(self.plane, self.dpi)
        return np.minimum(moment_of(self).position[runs], stops[runs])

    def goes_on(self, runs: Index) -> NDArray[np.bool_]:
        """Which runs (m,) have not ended at the edge of the axes: (m,)."""
        on: NDArray[np.bool_] = moment_of(self).position[runs] < self.track.stops(self.plane, self.dpi)[runs]
        return on

    def is_inside(self, runs: Index) -> NDArray[np.bool_]:
        """Which runs (m,) are in the axes, without those that were lost and have left them once: (m,)."""
        return self.in_view(self.here(runs)) & self.goes_on(runs)

    def in_view(self, pixels: PixelPoints) -> NDArray[np.bool_]:
        """Which points (m, 2) lie in the axes, its edges included: (m,)."""
        low, high = self.ends(pad=EDGE_PX)
        inside: NDArray[np.bool_] = np.all((pixels >= low) & (pixels <= high), axis=1)
        return inside

    def ends(self, pad: float) -> tuple[PixelPoints, PixelPoints]:
        """The lower left and the upper right corner of the axes in pixels, moved outwards."""
        left, bottom, right, top = self.plane.bbox.extents
        return np.array([left - pad, bottom - pad]), np.array([right + pad, top + pad])

    def draw(self, renderer: RendererBase) -> None:
        """Paint the moment that is shown."""
        if self.moment is not None and self.get_visible():
            self._draw_at(self.moment, renderer)

    def touched(self) -> Extent | None:
        """Bound what draw() paints."""
        return None if self.moment is None else self._extent_at(self.moment)

    @abstractmethod
    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint a moment."""

    @abstractmethod
    def _extent_at(self, moment: Moment) -> Extent | None:
        """The pixels that _draw_at() may paint, or None."""

    @property
    def overhang_px(self) -> float:
        """How far the mark may reach out of its axes."""
        return 0.0

    def paint(self, renderer: RendererBase, path: Path, *, line: str, width_pt: float, fill: str | None = None) -> None:
        """Stroke, and fill, a path in pixels."""
        gc = self.context(renderer)
        gc.set_foreground(line)
        gc.set_linewidth(width_pt)
        gc.set_capstyle("round")
        gc.set_joinstyle("round")
        renderer.draw_path(gc, path, _PIXELS, to_rgba(fill) if fill else None)
        gc.restore()

    def context(self, renderer: RendererBase) -> GraphicsContextBase:
        """The graphics context of the mark's strokes: unsnapped, clipped to the axes."""
        gc = renderer.new_gc()
        gc.set_snap(False)
        if self.get_clip_on():
            # A dot on the edge of the axes stays round.
            gc.set_clip_rectangle(self.plane.bbox.padded(self.overhang_px))
        return gc

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72


class Trail(RunsMark):
    """The path of every visible run so far, with a dot at each iteration where they are few.

    halo     the colour of a wider line beneath, which sets paths off from a coloured background
    ground   the colour that paths fade towards; None where they do not
    tail     how many of its last iterations a run shows; None for all
    """

    MAX_DOTS, MAX_DOTS_OF_SEVERAL = 2000, 500  # dots of one path run together; those of several hide each other
    HALO_PT = 0.9  # on either side
    CORE = 0.4  # of its width: the line along the middle
    STRIPE_PT = 1.4  # what a path is wider than the one that covers it

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], *, width_pt: float, dot_pt: float,
        halo: str | None = None, ground: str | None = None, tail: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(track, run_styles, zorder=10)
        runs, points = track.shape
        self.width_pt, self.halo, self.ground, self.tail = width_pt, halo, ground, tail
        most = self.MAX_DOTS if is_alone(run_styles) else self.MAX_DOTS_OF_SEVERAL
        self.dot_pt = dot_pt if runs * points <= most else 0.0

    @property
    def overhang_px(self) -> float:
        """Half of the widest line or dot, with its halo."""
        halo_pt = 0.0 if self.halo is None else 2 * self.HALO_PT
        return self.px(max(self.width_pt, self.dot_pt) + max(self.stripe_levels) * self.STRIPE_PT + halo_pt) / 2

    def _shown(self) -> Index:
        visible = moment_of(self).visible
        return visible[:0] if self.tail == 0 else visible

    def _span(self, runs: Index) -> tuple[Positions, Positions]:
        """The positions between which the paths of runs (m,) are drawn."""
        until = self.reached(runs)
        return np.zeros(len(runs)) if self.tail is None else np.maximum(until - self.tail, 0), until

    def _lines(self, runs: Index) -> Polylines:
        return self.track.lines(runs, *self._span(runs), self.here(runs), self.plane, self.dpi)

    def _parts(self, runs: Index) -> Iterator[tuple[float, Polylines]]:
        """The paths of runs from their oldest parts to their newest: each with its shade."""
        span, here = self._span(runs), self.here(runs)
        return faded(self.track, runs, span, here, self.plane, self.dpi, fade=self.fade, tail=self.tail)

    @property
    def fade(self) -> Fade:
        """How its paths fade, where they do."""
        return ALONE if is_alone(self.run_styles) else OF_SEVERAL

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        found = list(self.by_style(self._shown()))
        if self.halo is not None:
            for level in {stripe_level for _, stripe_level, _ in found}:
                alike = np.concatenate([runs for _, stripe_level, runs in found if stripe_level == level])
                self._stroke(renderer, self._lines(alike), self.halo, level * self.STRIPE_PT + 2 * self.HALO_PT)
        for run_style, stripe_level, runs in found:
            parts = [(1.0, self._lines(runs))] if self.ground is None else self._parts(runs)
            for shade, lines in parts:
                # Mixed, not transparent: where parts and paths overlap, nothing shines through.
                colour = run_style.colour if self.ground is None else mixed(run_style.colour, self.ground, shade)
                self._stroke(renderer, lines, colour, stripe_level * self.STRIPE_PT)
            self._stroke_core(renderer, run_style, runs)

    def _stroke(self, renderer: RendererBase, lines: Polylines, colour: str, wider_pt: float) -> None:
        self.paint(renderer, polylines(lines), line=colour, width_pt=self.width_pt + wider_pt)
        if self.dot_pt:
            dots = circles(lines.points[lines.iterate], self.px(self.dot_pt + wider_pt) / 2)
            self.paint(renderer, dots, line=colour, width_pt=0, fill=colour)

    def _stroke_core(self, renderer: RendererBase, run_style: RunStyle, runs: Index) -> None:
        if run_style.core:
            self.paint(renderer, polylines(self._lines(runs)), line=run_style.core, width_pt=self.CORE * self.width_pt)

    def _extent_at(self, moment: Moment) -> Extent | None:
        runs = self._shown()
        points = self._lines(runs).points if runs.size else self.pixels[:0, 0]
        if not len(points):
            return None
        pad = 2 * self.overhang_px
        low, high = self.ends(pad)
        return extent(np.maximum(np.minimum(points, high), low), pad)


def moment_of(mark: Mark) -> Moment:
    """The moment that a mark shows. Raises RuntimeError before show()."""
    if mark.moment is None:
        raise RuntimeError("show() comes before draw()")
    return mark.moment


@cache
def mixed(colour: str, other: str, share: float) -> str:
    """A share of a colour in another, as #rrggbb."""
    red, green, blue = (share * one + (1 - share) * two for one, two in zip(to_rgb(colour), to_rgb(other), strict=True))
    return to_hex((red, green, blue))
