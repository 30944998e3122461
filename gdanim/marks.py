"""Marks: the parts of the picture that move. Each draws itself for one moment and knows the pixels that it touched.

They are matplotlib artists, so that a full redraw draws them too; they call the renderer directly, because a Line2D
that changes in every frame spends most of its time on bookkeeping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from gdanim.lettering import Lettering
from gdanim.timeline import Moment

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase

Extent = tuple[float, float, float, float]  # left, bottom, right, top; pixels from the bottom left
Points = NDArray[np.float64]  # (runs, n+1, 2)
Pieces = Sequence[tuple[str, str]]  # (text, colour), one after the other

_CIRCLE = Path.unit_circle()
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
        self.points = np.clip(points, -_FAR, _FAR)
        self.colours = colours

    def _by_colour(self, runs: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        for colour in dict.fromkeys(self.colours[run] for run in runs):
            yield colour, np.array([run for run in runs if self.colours[run] == colour])

    def _here(self, runs: NDArray[np.int64]) -> NDArray[np.float64]:
        """Where runs (m,) are, in pixels: (m, 2)."""
        assert self.moment is not None  # noqa: S101
        row = self.moment.position[runs].astype(np.int64)
        # A spot that is beyond 1e9 pixels away is only asked for its direction.
        return np.clip(self.axes.transData.transform(self.points[runs, row]), -1e9, 1e9)

    def _in_view(self, pixels: NDArray[np.float64]) -> NDArray[np.bool_]:
        left, bottom, right, top = self.axes.bbox.extents
        x, y = pixels[:, 0], pixels[:, 1]
        inside: NDArray[np.bool_] = (x >= left - 1) & (x <= right + 1) & (y >= bottom - 1) & (y <= top + 1)
        return inside

    def _paint(
        self, renderer: RendererBase, path: Path, transform: Any, *, line: str, width_pt: float, fill: str | None = None
    ) -> None:
        gc = renderer.new_gc()
        gc.set_foreground(line)
        gc.set_linewidth(renderer.points_to_pixels(width_pt))
        gc.set_capstyle("round")
        gc.set_joinstyle("round")
        gc.set_snap(False)
        if self.get_clip_on():
            gc.set_clip_rectangle(self.axes.bbox)
        renderer.draw_path(gc, path, transform, to_rgba(fill) if fill else None)
        gc.restore()

    def _pixels(self, points: float) -> float:
        return points * self.get_figure(root=True).dpi / 72


class Trail(RunsMark):
    """The path of every visible run so far, with a dot at each iteration where they are few."""

    MAX_DOTS = 2000

    def __init__(self, points: Points, colours: Sequence[str], *, width_pt: float, dot_pt: float) -> None:
        super().__init__(points, colours, zorder=10)
        self.width_pt = width_pt
        self.dot_pt = dot_pt if points.shape[0] * points.shape[1] <= self.MAX_DOTS else 0.0

    def _so_far(self, runs: NDArray[np.int64]) -> NDArray[np.float64]:
        """The points of runs (m,) up to now: (m, k, 2). Rows past a run's end repeat it, which paints nothing new."""
        assert self.moment is not None  # noqa: S101
        rows = int(np.nanmax(self.moment.position[runs])) + 1
        return self.points[runs, :rows]

    def draw(self, renderer: RendererBase) -> None:
        """Paint lines, then dots."""
        if self.moment is None or not self.get_visible():
            return
        transform = self.axes.transData
        for colour, runs in self._by_colour(self.moment.visible):
            points = self._so_far(runs)
            path = transform.transform_path_non_affine(_polylines(points))
            self._paint(renderer, path, transform.get_affine(), line=colour, width_pt=self.width_pt)
            if self.dot_pt:
                radius = self._pixels(self.dot_pt) / 2
                dots = _circles(transform.transform(points.reshape(-1, 2)), radius)
                self._paint(renderer, dots, _PIXELS, line=colour, width_pt=0, fill=colour)

    def touched(self) -> Extent | None:
        """Bound the visible part of the lines."""
        if self.moment is None or not self.moment.visible.size:
            return None
        points = self._so_far(self.moment.visible).reshape(-1, 2)
        corners = self.axes.transData.transform([points.min(axis=0), points.max(axis=0)])
        left, bottom, right, top = self.axes.bbox.extents
        pad = self._pixels(max(self.width_pt, self.dot_pt))
        corners = np.clip(corners, [left - pad, bottom - pad], [right + pad, top + pad])
        return _extent(corners, pad)


class Spots(RunsMark):
    """Where every visible run is: a spot, or at the frame's edge an arrow towards it."""

    def __init__(self, points: Points, colours: Sequence[str], *, casing: str, size_pt: float) -> None:
        super().__init__(points, colours, zorder=12)
        self.casing, self.size_pt = casing, size_pt
        # A spot on the edge of the axes stays round; what is outside is never drawn.
        self.set_clip_on(False)

    CASING_PT = 1.2

    def draw(self, renderer: RendererBase) -> None:
        """Paint the spots in view, and arrows for those that are not."""
        if self.moment is None or not self.get_visible():
            return
        radius = self._pixels(self.size_pt) / 2
        for colour, runs in self._by_colour(self.moment.visible):
            here = self._here(runs)
            inside = self._in_view(here)
            shapes = [_circles(here[inside], radius)] if inside.any() else []
            shapes += [self._arrow(spot, radius) for spot in here[~inside]]
            for shape in shapes:
                self._paint(renderer, shape, _PIXELS, line=self.casing, width_pt=self.CASING_PT, fill=colour)

    def _arrow(self, spot: NDArray[np.float64], radius: float) -> Path:
        """A triangle at the edge of the axes that points to a spot outside."""
        foot = self._foot(spot, radius)
        ahead = (spot - foot) / np.hypot(*(spot - foot)) * radius * 1.3
        aside = np.array([-ahead[1], ahead[0]]) * 0.8
        corners = [foot + ahead, foot - ahead + aside, foot - ahead - aside, foot + ahead]
        return Path(np.array(corners), closed=True)

    def _foot(self, spots: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
        left, bottom, right, top = self.axes.bbox.extents
        inset = 1.6 * radius
        return np.clip(spots, [left + inset, bottom + inset], [right - inset, top - inset])

    def touched(self) -> Extent | None:
        """Bound spots and arrows."""
        if self.moment is None or not self.moment.visible.size:
            return None
        radius = self._pixels(self.size_pt) / 2
        here = self._here(self.moment.visible)
        inside = self._in_view(here)
        drawn = np.where(inside[:, np.newaxis], here, self._foot(here, radius))
        return _extent(drawn, 2 * radius + self._pixels(self.CASING_PT))


class Landings(RunsMark):
    """Where the runs that made room for a later one have ended."""

    def __init__(self, points: Points, last: NDArray[np.int64], *, colour: str, size_pt: float) -> None:
        ends = points[np.arange(len(points)), last][:, np.newaxis]
        super().__init__(ends, (colour,) * len(points), zorder=9)
        self.size_pt = size_pt

    def _ends(self) -> NDArray[np.float64]:
        assert self.moment is not None  # noqa: S101
        pixels = np.clip(self.axes.transData.transform(self.points[self.moment.over, 0]), -1e9, 1e9)
        return pixels[self._in_view(pixels)]

    def draw(self, renderer: RendererBase) -> None:
        """Paint one small dot for each run that is over."""
        if self.moment is None or not self.get_visible() or not self.moment.over.size:
            return
        ends = self._ends()
        if ends.size:
            dots = _circles(ends, self._pixels(self.size_pt) / 2)
            self._paint(renderer, dots, _PIXELS, line=self.colours[0], width_pt=0, fill=self.colours[0])

    def touched(self) -> Extent | None:
        """Bound the dots."""
        if self.moment is None or not self.moment.over.size:
            return None
        ends = self._ends()
        return _extent(ends, self._pixels(self.size_pt)) if ends.size else None


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
        assert self._image is not None  # noqa: S101
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


def _polylines(points: NDArray[np.float64]) -> Path:
    """One path of m separate lines through (m, k, 2)."""
    lines, rows = points.shape[:2]
    codes = np.full(lines * rows, Path.LINETO, dtype=np.uint8)
    codes[::rows] = Path.MOVETO
    path = Path(points.reshape(-1, 2), codes)
    # Simplified, the older part of a trail would change its pixels as it grows.
    path.should_simplify = False
    return path


def _circles(centres: NDArray[np.float64], radius: float) -> Path:
    """One path of circles around (m, 2)."""
    outline = np.asarray(_CIRCLE.vertices) * radius
    vertices = (centres[:, np.newaxis] + outline).reshape(-1, 2)
    return Path(vertices, np.tile(np.asarray(_CIRCLE.codes), len(centres)))


def _extent(points: NDArray[np.float64], pad: float) -> Extent:
    left, bottom = points.min(axis=0) - pad
    right, top = points.max(axis=0) + pad
    return float(left), float(bottom), float(right), float(top)
