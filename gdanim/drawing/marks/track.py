"""The points of runs in one axes, in data and in pixels. Marks that show the same runs share a Track."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.drawing.geometry import FAR, Polylines
from gdanim.drawing.marks.overlap import stripe_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes._base import _AxesBase
    from numpy.typing import NDArray

    from gdanim.arrays import Index
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Interpolation, PixelPoints, Points, Positions

THIN_FROM = 256  # points; shorter paths are drawn as they are
PARTS_PER_PIXEL = 4  # points that stay in one part of a pixel cannot be told apart
APART_PT = 1.8  # paths that are closer cover each other


class Track:
    """Points (runs, n+1, 2) in the data coordinates of one axes; rows past a run's end repeat it.

    Between its points a run moves on straight lines, or as `between` says.
    """

    def __init__(self, points: Points, between: Interpolation | None = None) -> None:
        self.points, self.between = points, between
        self._pixels: tuple[float, Points] | None = None
        self._here: tuple[Moment, PixelPoints] | None = None
        self._kept: Index | None = None
        self._lengths: NDArray[np.float64] | None = None
        self._stripe_levels: list[int] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of runs and of points in each."""
        return self.points.shape[0], self.points.shape[1]

    def pixels(self, axes: _AxesBase, dpi: float) -> Points:
        """The points in pixels from the bottom left: (runs, n+1, 2). Computed once for a resolution."""
        if self._pixels is None or self._pixels[0] != dpi:
            self._pixels = dpi, _in_pixels(self.points.reshape(-1, 2), axes).reshape(self.points.shape)
            self._here = self._kept = self._lengths = self._stripe_levels = None
        return self._pixels[1]

    def here(self, moment: Moment, axes: _AxesBase, dpi: float) -> PixelPoints:
        """Where each run is at a moment: (runs, 2) in pixels, NaN of those that are not visible.

        Computed once for a moment, so that all marks agree.
        """
        pixels = self.pixels(axes, dpi)
        if self._here is None or self._here[0] is not moment:
            here = np.full((self.shape[0], 2), np.nan)
            here[moment.visible] = self._at(moment.visible, moment.position[moment.visible], pixels, axes)
            self._here = moment, here
        return self._here[1]

    def _at(self, runs: Index, position: Positions, pixels: Points, axes: _AxesBase) -> PixelPoints:
        """Where runs (m,) are at positions (m,): the point itself where that is whole. (m, 2)."""
        at = chord(pixels, runs, position)
        moving = np.flatnonzero(position % 1)
        if self.between is not None and moving.size:
            points = self.between(runs[moving], position[moving])
            known = ~np.isnan(points).any(axis=1)
            at[moving[known]] = _in_pixels(points[known], axes)
        return at

    def lines(
        self, runs: Index, since: Positions, until: Positions, ends: PixelPoints, axes: _AxesBase, dpi: float
    ) -> Polylines:
        """The paths of runs (m,) from positions (m,) until positions (m,) at which they are at `ends` (m, 2).

        A long path leaves out points that stay in the same part of a pixel, so that a settled run costs nothing.
        This depends on earlier points only: the older part of a path never changes.
        """
        pixels = self.pixels(axes, dpi)
        if self._kept is None:
            self._kept = _kept(pixels) if self.shape[1] > THIN_FROM else np.arange(pixels.shape[0] * pixels.shape[1])
        first = runs * self.shape[1] + since.astype(np.int64)
        last = runs * self.shape[1] + np.ceil(until).astype(np.int64)
        rows, begins = _rows(self._kept, first, last)
        stops = np.append(begins[1:], len(rows)) - 1
        points = pixels.reshape(-1, 2)[rows]
        points[begins], points[stops] = chord(pixels, runs, since), ends
        iterate = np.ones(len(rows), dtype=np.bool_)
        iterate[begins], iterate[stops] = since % 1 == 0, until % 1 == 0
        return Polylines(points, begins, iterate)

    def parted(
        self, runs: Index, since: Positions, until: Positions, shares: Sequence[float], axes: _AxesBase, dpi: float
    ) -> NDArray[np.float64]:
        """The positions (shares, m) at which shares of the visible lengths of the paths of runs (m,) are reached.

        Each is rounded down to an iteration, so that a step has one colour and the newest step is in the last part.
        """
        lengths = self._seen_lengths(axes, dpi)
        offset = runs * self.shape[1]
        begin, end = (_between_rows(lengths, offset, position) for position in (since, until))
        reached = begin + np.asarray(shares)[:, np.newaxis] * (end - begin)
        rows = np.searchsorted(lengths, reached) - 1 - offset
        meet: NDArray[np.float64] = np.maximum(np.minimum(rows, np.floor(until)), since)
        return meet

    def _seen_lengths(self, axes: _AxesBase, dpi: float) -> NDArray[np.float64]:
        """Lengths along the visible paths up to each point, summed on through all runs: (runs · (n+1),)."""
        pixels = self.pixels(axes, dpi)
        if self._lengths is None:
            seen = np.clip(pixels, axes.bbox.min, axes.bbox.max)
            steps = np.hypot(*np.moveaxis(np.diff(seen, axis=1, prepend=seen[:, :1]), -1, 0))
            self._lengths = np.cumsum(steps)
        return self._lengths

    def stripe_levels(self, groups: Sequence[Index], axes: _AxesBase, dpi: float) -> list[int]:
        """How many later groups of runs follow the path of each group. Computed once for a resolution."""
        pixels = self.pixels(axes, dpi)
        if self._stripe_levels is None:
            frame_px = np.array(axes.bbox.min), np.array(axes.bbox.max)
            self._stripe_levels = stripe_levels(pixels, groups, cell_px=APART_PT * dpi / 72, frame_px=frame_px)
        return self._stripe_levels


def chord(points: Points, runs: Index, position: Positions) -> Points:
    """Where runs (m,) are at positions (m,) on the straight lines between points (runs, n+1, 2): (m, 2)."""
    row = position.astype(np.int64)
    share = (position - row)[:, np.newaxis]
    if not share.any():
        return points[runs, row]
    after = points[runs, np.minimum(row + 1, points.shape[1] - 1)]
    # Weighed apart, the difference of two far points does not overflow.
    return np.asarray(np.where(share == 0, points[runs, row], (1 - share) * points[runs, row] + share * after))


def _in_pixels(points: Points, axes: _AxesBase) -> PixelPoints:
    pixels: PixelPoints = axes.transData.transform(np.maximum(np.minimum(points, FAR), -FAR))
    return pixels


def _between_rows(values: NDArray[np.float64], offset: Index, position: Positions) -> NDArray[np.float64]:
    """Values (k,) at positions (m,) of lines that begin at offsets (m,): (m,)."""
    row = offset + position.astype(np.int64)
    after = np.minimum(row + 1, len(values) - 1)
    return np.where(position % 1 == 0, values[row], values[row] + position % 1 * (values[after] - values[row]))


def _rows(kept: Index, first: Index, last: Index) -> tuple[Index, Index]:
    """The rows of m lines one after another, and where each line begins: first row, kept rows between, last row.

    A line that ends where it begins has one row.
    """
    begin, end = np.searchsorted(kept, first, side="right"), np.searchsorted(kept, last)
    if len(first) == 1:  # as in most pictures
        return np.concatenate([first, kept[begin[0] : end[0]], last[last > first]]), np.zeros(1, dtype=np.int64)
    sizes = np.where(first == last, 1, end - begin + 2)
    stops = np.cumsum(sizes)
    begins = stops - sizes
    place = np.arange(stops[-1]) + np.repeat(begin - 1 - begins, sizes)
    rows = kept[np.clip(place, 0, len(kept) - 1)]
    rows[begins], rows[stops - 1] = first, last
    return rows, begins


def _kept(pixels: Points) -> Index:
    """The rows that lie in another part of a pixel than the row before, numbered through all runs: (k,), rising."""
    kept = []
    for run, line in enumerate(pixels):
        part = np.floor(np.maximum(np.minimum(line, 1e12), -1e12) * PARTS_PER_PIXEL)
        moves = np.any(part[1:] != part[:-1], axis=1)
        kept.append(np.flatnonzero(np.append(True, moves)) + run * len(line))
    return np.concatenate(kept)
