"""Marks: the parts of the picture that move. Each draws itself for one moment and knows the pixels that it touched.

They are matplotlib artists, so that a full redraw draws them too; they call the renderer directly, because a Line2D
that changes in every frame spends most of its time on bookkeeping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import RendererBase

    from gdanim.lettering import Lettering
    from gdanim.solver import Index
    from gdanim.timeline import Moment

Extent = tuple[float, float, float, float]  # left, bottom, right, top; pixels from the bottom left
Points = NDArray[np.float64]  # (runs, n+1, 2)
Pixels2 = NDArray[np.float64]  # (m, 2), from the bottom left
Pieces = Sequence[tuple[str, str]]  # (text, colour), one after the other

_CIRCLE = np.asarray(Path.unit_circle().vertices)
_CIRCLE_CODES = np.asarray(Path.unit_circle().codes)
_PIXELS = IdentityTransform()
# Far outside, where a path only needs its direction: Agg's arithmetic stays finite.
_FAR = 1e100


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
    """A mark for all runs, in one axes.

    points (runs, n+1, 2) are data coordinates; runs that share a colour are painted as one path.
    """

    def __init__(self, points: Points, colours: Sequence[str], zorder: float) -> None:
        super().__init__(zorder)
        self.points = np.maximum(np.minimum(points, _FAR), -_FAR)
        self.colours = colours
        self._pixels_at: tuple[float, Points] | None = None

    @property
    def plane(self) -> _AxesBase:
        """The axes that the mark stands in."""
        if self.axes is None:
            raise RuntimeError("add the mark to axes first")
        return self.axes

    @property
    def pixels(self) -> Points:
        """The points in pixels from the bottom left: (runs, n+1, 2). Computed once for a resolution."""
        if self._pixels_at is None or self._pixels_at[0] != self.dpi:
            flat = self.plane.transData.transform(self.points.reshape(-1, 2))
            self._pixels_at = self.dpi, flat.reshape(self.points.shape)
        return self._pixels_at[1]

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
            gc.set_clip_rectangle(self.plane.bbox)
        renderer.draw_path(gc, path, _PIXELS, to_rgba(fill) if fill else None)
        gc.restore()

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72


class Trail(RunsMark):
    """The path of every visible run so far, with a dot at each iteration where they are few."""

    MAX_DOTS = 2000

    def __init__(self, points: Points, colours: Sequence[str], *, width_pt: float, dot_pt: float) -> None:
        super().__init__(points, colours, zorder=10)
        self.width_pt = width_pt
        self.dot_pt = dot_pt if points.shape[0] * points.shape[1] <= self.MAX_DOTS else 0.0

    def _so_far(self, runs: Index) -> Points:
        """The points of runs (m,) up to now: (m, k, 2). Rows past a run's end repeat it, which paints nothing new."""
        rows = int(np.max(_moment(self).position[runs])) + 1
        return self.pixels[runs, :rows]

    def draw(self, renderer: RendererBase) -> None:
        """Paint lines, then dots."""
        if self.moment is None or not self.get_visible():
            return
        for colour, runs in self._by_colour(self.moment.visible):
            points = self._so_far(runs)
            self._paint(renderer, _polylines(points), line=colour, width_pt=self.width_pt)
            if self.dot_pt:
                dots = _circles(points.reshape(-1, 2), self.px(self.dot_pt) / 2)
                self._paint(renderer, dots, line=colour, width_pt=0, fill=colour)

    def touched(self) -> Extent | None:
        """Bound the visible part of the lines."""
        if self.moment is None or not self.moment.visible.size:
            return None
        pad = self.px(max(self.width_pt, self.dot_pt))
        low, high = _ends(self.plane, pad)
        points = self._so_far(self.moment.visible).reshape(-1, 2)
        return _extent(np.maximum(np.minimum(points, high), low), pad)


class Spots(RunsMark):
    """Where every visible run is: a spot, or at the frame's edge an arrow towards it."""

    CASING_PT = 1.2

    def __init__(self, points: Points, colours: Sequence[str], *, casing: str, size_pt: float) -> None:
        super().__init__(points, colours, zorder=12)
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
            shapes = [_circles(here[inside], radius)] if inside.any() else []
            outside = here[~inside]
            shapes += [_arrow(foot, spot, radius) for foot, spot in zip(self._foot(outside), outside, strict=True)]
            for shape in shapes:
                self._paint(renderer, shape, line=self.casing, width_pt=self.CASING_PT, fill=colour)

    def touched(self) -> Extent | None:
        """Bound spots and arrows."""
        if self.moment is None or not self.moment.visible.size:
            return None
        here = self._here(self.moment.visible)
        drawn = np.where(self._in_view(here)[:, np.newaxis], here, self._foot(here))
        return _extent(drawn, 1.3 * self.px(self.size_pt) + self.px(self.CASING_PT))

    def _foot(self, spots: Pixels2) -> Pixels2:
        """Where the arrows towards spots outside stand: (m, 2)."""
        low, high = _ends(self.plane, pad=-0.9 * self.px(self.size_pt))
        return np.maximum(np.minimum(spots, high), low)


class Landings(RunsMark):
    """Where the runs that made room for a later one have ended."""

    def __init__(self, points: Points, last: Index, *, colour: str, size_pt: float) -> None:
        ends = points[np.arange(len(points)), last][:, np.newaxis]
        super().__init__(ends, (colour,) * len(points), zorder=9)
        self.size_pt = size_pt

    def _over(self) -> Pixels2:
        ends: Pixels2 = self.pixels[_moment(self).over, 0]
        return ends[self._in_view(ends)]

    def draw(self, renderer: RendererBase) -> None:
        """Paint one small dot for each run that is over."""
        if self.moment is None or not self.get_visible() or not (ends := self._over()).size:
            return
        dots = _circles(ends, self.px(self.size_pt) / 2)
        self._paint(renderer, dots, line=self.colours[0], width_pt=0, fill=self.colours[0])

    def touched(self) -> Extent | None:
        """Bound the dots."""
        if self.moment is None or not (ends := self._over()).size:
            return None
        return _extent(ends, self.px(self.size_pt))


class Caption(Mark):
    """A line of text that changes. It stands at (x, y) pixels from the bottom left, the left end of its baseline.

    `words` gives the pieces for a moment, or none. A centred caption has its middle at x; a plate of the given
    colour lies under it where it stands over other things.
    """

    def __init__(
        self,
        lettering: Lettering,
        words: Callable[[Moment], Pieces],
        at: tuple[float, float],
        *,
        centred: bool = False,
        plate: str | None = None,
    ) -> None:
        super().__init__(zorder=14)
        self.lettering, self.words, self.at, self.centred, self.plate = lettering, words, at, centred, plate
        self._pieces: Pieces = ()
        self._image: NDArray[np.uint8] | None = None

    def show(self, moment: Moment) -> None:
        """Set the words for a moment; nothing is drawn anew where they are the same."""
        super().show(moment)
        pieces = tuple(self.words(moment))
        if pieces != self._pieces:
            self._pieces = pieces
            self._image = self._drawn(pieces) if pieces else None

    def _drawn(self, pieces: Pieces) -> NDArray[np.uint8]:
        image = self.lettering.image(*pieces)
        if self.plate is None:
            return image
        pad = self.lettering.descent
        plate = np.empty((image.shape[0] + pad, image.shape[1] + 4 * pad, 4), dtype=np.uint8)
        plate[...] = np.round(np.multiply(to_rgba(self.plate), 255))
        room = plate[pad // 2 : pad // 2 + image.shape[0], 2 * pad : 2 * pad + image.shape[1], :3]
        alpha = image[..., 3:].astype(np.uint16)
        room[...] = (image[..., :3] * alpha + room * (255 - alpha) + 127) // 255
        return plate

    def _corner(self) -> tuple[int, int]:
        if self._image is None:
            raise RuntimeError("there are no words")
        x, y = self.at
        shift = self._image.shape[1] / 2 if self.centred else 0
        return round(x - shift), round(y) - self.lettering.descent

    def draw(self, renderer: RendererBase) -> None:
        """Lay the rendered line onto the canvas."""
        if self._image is None or not self.get_visible():
            return
        gc = renderer.new_gc()
        x, y = self._corner()
        renderer.draw_image(gc, x, y, self._image[::-1])
        gc.restore()

    def touched(self) -> Extent | None:
        """Bound the line."""
        if self._image is None:
            return None
        x, y = self._corner()
        height, width = self._image.shape[:2]
        return x, y, x + width, y + height


def _moment(mark: Mark) -> Moment:
    if mark.moment is None:
        raise RuntimeError("show() comes before draw()")
    return mark.moment


def _ends(axes: _AxesBase, pad: float) -> tuple[Pixels2, Pixels2]:
    """The lower left and the upper right corner of an axes in pixels, moved outwards."""
    left, bottom, right, top = axes.bbox.extents
    return np.array([left - pad, bottom - pad]), np.array([right + pad, top + pad])


def _polylines(points: Points) -> Path:
    """One path of m separate lines through (m, k, 2)."""
    lines, rows = points.shape[:2]
    codes = np.full(lines * rows, Path.LINETO, dtype=np.uint8)
    codes[::rows] = Path.MOVETO
    path = Path(points.reshape(-1, 2), codes)
    # Simplified, the older part of a trail would change its pixels as it grows.
    path.should_simplify = False
    return path


def _circles(centres: Pixels2, radius: float) -> Path:
    """One path of circles around (m, 2)."""
    vertices = centres[:, np.newaxis] + _CIRCLE * radius
    codes = np.broadcast_to(_CIRCLE_CODES, vertices.shape[:2])
    return Path(vertices.reshape(-1, 2), codes.reshape(-1))


def _arrow(foot: Pixels2, spot: Pixels2, radius: float) -> Path:
    """A triangle at `foot` that points to a spot outside."""
    ahead = (spot - foot) / np.hypot(*(spot - foot)) * radius * 1.6
    aside = np.array([-ahead[1], ahead[0]]) * 0.8
    corners = [foot + ahead, foot - ahead + aside, foot - ahead - aside, foot + ahead]
    return Path(np.array(corners), closed=True)


def _extent(points: Pixels2, pad: float) -> Extent:
    left, bottom = points.min(axis=0).tolist()
    right, top = points.max(axis=0).tolist()
    return left - pad, bottom - pad, right + pad, top + pad
