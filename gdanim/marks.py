"""Marks: the parts of the picture that move. Each draws itself for one moment and knows the pixels that it touched.

They are matplotlib artists, so that a full redraw draws them too; they call the renderer directly, because a Line2D
that changes in every frame spends most of its time on bookkeeping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.transforms import IdentityTransform

from gdanim.shapes import arrow, circles, extent, polylines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import RendererBase
    from matplotlib.path import Path
    from numpy.typing import NDArray

    from gdanim.shapes import Extent
    from gdanim.solver import Index
    from gdanim.timeline import Moment
    from gdanim.track import Pixels2, Points, Track

_PIXELS = IdentityTransform()


class Mark(Artist):
    """A moving part: `show` chooses the moment, `draw` paints it, `touched` bounds what was painted."""

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
        self.moment = moment

    def touched(self) -> Extent | None:
        """The pixels that draw() may paint at this moment, or None."""
        raise NotImplementedError


class RunsMark(Mark):
    """A mark for all runs of a track, in one axes. Runs that share a colour are painted as one path."""

    def __init__(self, track: Track, colours: Sequence[str], zorder: float) -> None:
        super().__init__(zorder)
        self.track, self.colours = track, colours

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

    def _by_colour(self, runs: Index) -> Iterator[tuple[str, Index]]:
        if len(runs) == 1:
            yield self.colours[runs[0]], runs
            return
        for colour in dict.fromkeys(self.colours[run] for run in runs):
            yield colour, np.array([run for run in runs if self.colours[run] == colour])

    def _in_view(self, pixels: Pixels2) -> NDArray[np.bool_]:
        """Which points (m, 2) lie in the axes, its edges included: (m,)."""
        low, high = _ends(self.plane, pad=1.0)
        inside: NDArray[np.bool_] = np.all((pixels >= low) & (pixels <= high), axis=1)
        return inside

    @property
    def overhang_px(self) -> float:
        """How far the mark may reach out of its axes."""
        return 0.0

    def _paint(
        self, renderer: RendererBase, path: Path, *, line: str, width_pt: float, fill: str | None = None
    ) -> None:
        """Stroke, and fill, a path in pixels."""
        gc = renderer.new_gc()
        gc.set_foreground(line)
        gc.set_linewidth(width_pt)
        gc.set_capstyle("round")
        gc.set_joinstyle("round")
        gc.set_snap(False)
        if self.get_clip_on():
            # A dot on the edge of the axes stays round.
            gc.set_clip_rectangle(self.plane.bbox.padded(self.overhang_px))
        renderer.draw_path(gc, path, _PIXELS, to_rgba(fill) if fill else None)
        gc.restore()

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72


class Trail(RunsMark):
    """The path of every visible run so far, with a dot at each iteration where they are few."""

    MAX_DOTS = 2000

    def __init__(self, track: Track, colours: Sequence[str], *, width_pt: float, dot_pt: float) -> None:
        super().__init__(track, colours, zorder=10)
        runs, points = track.shape
        self.width_pt = width_pt
        self.dot_pt = dot_pt if runs * points <= self.MAX_DOTS else 0.0

    @property
    def overhang_px(self) -> float:
        """Half a dot."""
        return self.px(max(self.width_pt, self.dot_pt)) / 2

    def _so_far(self, runs: Index) -> Sequence[Pixels2]:
        row = int(np.max(_moment(self).position[runs]))
        return self.track.lines(runs, row, self.plane, self.dpi)

    def draw(self, renderer: RendererBase) -> None:
        """Paint lines, then dots."""
        if self.moment is None or not self.get_visible():
            return
        for colour, runs in self._by_colour(self.moment.visible):
            lines = self._so_far(runs)
            self._paint(renderer, polylines(lines), line=colour, width_pt=self.width_pt)
            if self.dot_pt:
                dots = circles(np.concatenate(lines), self.px(self.dot_pt) / 2)
                self._paint(renderer, dots, line=colour, width_pt=0, fill=colour)

    def touched(self) -> Extent | None:
        """Bound the visible part of the lines."""
        if self.moment is None or not self.moment.visible.size:
            return None
        pad = self.px(max(self.width_pt, self.dot_pt))
        low, high = _ends(self.plane, pad)
        points = np.concatenate(self._so_far(self.moment.visible))
        return extent(np.maximum(np.minimum(points, high), low), pad)


class Spots(RunsMark):
    """Where every visible run is: a spot, or at the frame's edge an arrow towards it."""

    CASING_PT = 1.2

    def __init__(self, track: Track, colours: Sequence[str], *, casing: str, size_pt: float) -> None:
        super().__init__(track, colours, zorder=12)
        self.casing, self.size_pt = casing, size_pt
        # A spot on the edge of the axes stays round; what is outside is never drawn.
        self.set_clip_on(False)

    def _here(self, runs: Index) -> Pixels2:
        """Where runs (m,) are: (m, 2). Far away only the direction counts."""
        row = _moment(self).position[runs].astype(np.int64)
        return np.maximum(np.minimum(self.pixels[runs, row], 1e9), -1e9)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the spots in view, and arrows for those that are not."""
        if self.moment is None or not self.get_visible():
            return
        radius = self.px(self.size_pt) / 2
        for colour, runs in self._by_colour(self.moment.visible):
            here = self._here(runs)
            inside = self._in_view(here)
            shapes = [circles(here[inside], radius)] if inside.any() else []
            outside = here[~inside]
            shapes += [arrow(foot, spot, radius) for foot, spot in zip(self._foot(outside), outside, strict=True)]
            for shape in shapes:
                self._paint(renderer, shape, line=self.casing, width_pt=self.CASING_PT, fill=colour)

    def touched(self) -> Extent | None:
        """Bound spots and arrows."""
        if self.moment is None or not self.moment.visible.size:
            return None
        here = self._here(self.moment.visible)
        drawn = np.where(self._in_view(here)[:, np.newaxis], here, self._foot(here))
        return extent(drawn, 1.3 * self.px(self.size_pt) + self.px(self.CASING_PT))

    def _foot(self, spots: Pixels2) -> Pixels2:
        """Where the arrows towards spots outside stand: (m, 2)."""
        low, high = _ends(self.plane, pad=0.0)
        inner_low, inner_high = _ends(self.plane, pad=-0.9 * self.px(self.size_pt))
        # Only across the edge that was passed: along it the arrow stands exactly where the spot would.
        return np.where(spots < low, inner_low, np.where(spots > high, inner_high, spots))


class Landings(RunsMark):
    """Where the runs that made room for a later one have ended."""

    def __init__(self, track: Track, last: Index, *, colour: str, size_pt: float) -> None:
        super().__init__(track, (colour,) * len(last), zorder=9)
        self.last, self.size_pt = last, size_pt

    def _over(self) -> Pixels2:
        over = _moment(self).over
        ends: Pixels2 = self.pixels[over, self.last[over]]
        return ends[self._in_view(ends)]

    def draw(self, renderer: RendererBase) -> None:
        """Paint one small dot for each run that is over."""
        if self.moment is None or not self.get_visible() or not (ends := self._over()).size:
            return
        dots = circles(ends, self.px(self.size_pt) / 2)
        self._paint(renderer, dots, line=self.colours[0], width_pt=0, fill=self.colours[0])

    def touched(self) -> Extent | None:
        """Bound the dots."""
        if self.moment is None or not (ends := self._over()).size:
            return None
        return extent(ends, self.px(self.size_pt))


def _moment(mark: Mark) -> Moment:
    if mark.moment is None:
        raise RuntimeError("show() comes before draw()")
    return mark.moment


def _ends(axes: _AxesBase, pad: float) -> tuple[Pixels2, Pixels2]:
    """The lower left and the upper right corner of an axes in pixels, moved outwards."""
    left, bottom, right, top = axes.bbox.extents
    return np.array([left - pad, bottom - pad]), np.array([right + pad, top + pad])
