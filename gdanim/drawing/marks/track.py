"""The points of runs in one axes, in data and in pixels, and where the paths of different runs coincide.

Marks that show the same runs share a Track. Paths that coincide are drawn as stripes, the earlier ones wider beneath.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes._base import _AxesBase
from numpy.typing import NDArray

from gdanim.arrays import Index
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import FAR, MOST, PixelPoints, Points, Polylines, Positions
from gdanim.drawing.marks.exits import Exits, exits

MAX_LEVEL = 5  # with more stripes than that a path covers what it runs through
SHARED = 0.4  # of an earlier path: where more of it is covered, the rest could be overlooked
THIN_FROM = 256  # points; shorter paths are drawn as they are
PARTS_PER_PIXEL = 4  # points that stay in one part of a pixel cannot be told apart
LEAST_BLOCK, MOST_BLOCKS = 64, 400  # parts of a pixel along a block of a path, and blocks of it
APART_PT = 1.8  # paths that are closer cover each other
EDGE_PX = 1.0  # so far beyond the edge of its axes a point is still in view


class Track:
    """Points (runs, n+1, 2) in the data coordinates of one axes; rows past a run's end repeat it.

    Between its points a run moves on straight lines. Runs that were lost stop where they leave the axes first: what
    comes after is no part of the picture.

    lost_at (runs,)   the row at which each run was lost; infinity of others
    """

    def __init__(self, points: Points, lost_at: Positions | None = None) -> None:
        self.points = points
        self.lost_at = np.full(len(points), np.inf) if lost_at is None else lost_at
        self._pixels: tuple[float, Points] | None = None
        self._here: tuple[Moment, PixelPoints] | None = None
        self._exits: Exits | None = None
        self._stops: Positions | None = None
        self._kept: Index | None = None
        self._cuts: Positions | None = None
        self._lengths: NDArray[np.float64] | None = None
        self._meets: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None  # of these lengths
        self._stripe_levels: list[int] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of runs and of points in each."""
        return self.points.shape[0], self.points.shape[1]

    def pixels(self, axes: _AxesBase, dpi: float) -> Points:
        """The points in pixels from the bottom left: (runs, n+1, 2). Computed once for a resolution."""
        if self._pixels is None or self._pixels[0] != dpi:
            self._pixels = dpi, _in_pixels(self.points.reshape(-1, 2), axes).reshape(self.points.shape)
            self._here = self._kept = self._lengths = self._stripe_levels = self._exits = self._stops = None
            self._cuts = None
        return self._pixels[1]

    def placing(self, axes: _AxesBase, dpi: float) -> int:
        """A number that is another one whenever the points have moved in the picture."""
        del axes, dpi
        return 0

    def cuts(self, axes: _AxesBase, dpi: float) -> Positions:
        """The iterations (k,), rising, at which long paths are cut into blocks. Computed once for a resolution.

        By their way, not by iterations: where a run creeps, dozens of blocks would lie under its spot.
        """
        pixels = self.pixels(axes, dpi)
        if self._cuts is None:
            self._cuts = _cuts(pixels) if self.shape[1] > THIN_FROM else np.empty(0)
        return self._cuts

    def exits(self, axes: _AxesBase, dpi: float) -> Exits:
        """Where runs leave the axes, in pixels. Computed once for a resolution."""
        pixels = self.pixels(axes, dpi)
        if self._exits is None:
            self._exits = exits(pixels, *_frame(axes))
        return self._exits

    def stops(self, axes: _AxesBase, dpi: float) -> Positions:
        """The positions (runs,) at which lost runs leave the axes first; infinity of those that never do."""
        self.pixels(axes, dpi)
        if self._stops is None:
            self._stops = np.full(len(self.lost_at), np.inf)
            if (lost := np.isfinite(self.lost_at)).any():
                self._stops[lost] = self.exits(axes, dpi).first(len(lost))[lost]
        return self._stops

    def way_out(self, runs: Index, position: Positions, axes: _AxesBase, dpi: float) -> tuple[PixelPoints, PixelPoints]:
        """Where runs (m,) outside the axes at positions (m,) left them last, and in which direction: (m, 2) each.

        A run that has not been inside stands at the point of the edge that is nearest to its start.
        """
        found, pixels = self.exits(axes, dpi), self.pixels(axes, dpi)
        far = pixels[runs, 0]
        at = np.clip(far, *_frame(axes))
        ahead = far - at
        for place, (run, now) in enumerate(zip(runs.tolist(), position.tolist(), strict=True)):
            if (row := found.latest(run, now)) is not None:
                at[place], ahead[place] = found.at[row], found.ahead[row]
        return at, ahead

    def here(self, moment: Moment, axes: _AxesBase, dpi: float) -> PixelPoints:
        """Where each run is at a moment: (runs, 2) in pixels, NaN of those that are not visible.

        Computed once for a moment, so that all marks agree.
        """
        pixels = self.pixels(axes, dpi)
        if self._here is None or self._here[0] is not moment:
            here, stops = np.full((self.shape[0], 2), np.nan), self.stops(axes, dpi)
            here[moment.visible] = self._at(moment.visible, moment.position[moment.visible], pixels, axes)
            if (left := moment.visible[moment.position[moment.visible] >= stops[moment.visible]]).size:
                here[left], _ = self.way_out(left, stops[left], axes, dpi)
            self._here = moment, here
        return self._here[1]

    def _at(self, runs: Index, position: Positions, pixels: Points, axes: _AxesBase) -> PixelPoints:
        """Where runs (m,) are at positions (m,): (m, 2)."""
        return chord(pixels, runs, position)

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
        pixels = self.pixels(axes, dpi)
        if self._lengths is None:
            # Along the visible paths up to each point, summed on through all runs: (runs · (n+1),).
            seen = np.clip(pixels, axes.bbox.min, axes.bbox.max)
            steps = np.hypot(*np.moveaxis(np.diff(seen, axis=1, prepend=seen[:, :1]), -1, 0))
            self._lengths = np.cumsum(steps)
        lengths, offset = self._lengths, runs * self.shape[1]

        def length_at(position: Positions) -> NDArray[np.float64]:
            row = offset + position.astype(np.int64)
            ahead = lengths[np.minimum(row + 1, len(lengths) - 1)] - lengths[row]
            return np.where(position % 1 == 0, lengths[row], lengths[row] + position % 1 * ahead)

        begin, end = length_at(since), length_at(until)
        reached = begin + np.asarray(shares)[:, np.newaxis] * (end - begin)
        rows = np.searchsorted(lengths, reached) - 1 - offset
        meet: NDArray[np.float64] = np.maximum(np.minimum(rows, np.floor(until)), since)
        return meet

    def even_parts(self, count: int, axes: _AxesBase, dpi: float) -> NDArray[np.float64]:
        """The positions (count − 1, runs) at which whole paths are parted evenly. Computed once for their lengths."""
        self.pixels(axes, dpi)
        if self._meets is None or self._meets[0] is not self._lengths or len(self._meets[1]) != count - 1:
            runs = np.arange(self.shape[0])
            ends = np.minimum(self.stops(axes, dpi), self.shape[1] - 1.0)
            shares = np.arange(1, count) / count
            meets = self.parted(runs, np.zeros(len(runs)), ends, shares.tolist(), axes, dpi)
            assert self._lengths is not None
            self._meets = self._lengths, meets
        return self._meets[1]

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


def _frame(axes: _AxesBase) -> tuple[PixelPoints, PixelPoints]:
    """The corners between which points are in view, in pixels."""
    return np.array(axes.bbox.min) - EDGE_PX, np.array(axes.bbox.max) + EDGE_PX


def _in_pixels(points: Points, axes: _AxesBase) -> PixelPoints:
    pixels: PixelPoints = axes.transData.transform(np.clip(points, -MOST, MOST))
    return np.clip(pixels, -FAR, FAR)


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


def _cuts(pixels: Points) -> Positions:
    """Where the run that goes farthest has gone through so many parts of a pixel; a long step counts as one point."""
    steps = np.hypot(*np.moveaxis(np.diff(pixels, axis=1), -1, 0))
    way = np.cumsum(np.minimum(steps * PARTS_PER_PIXEL, 1.0).max(axis=0))
    block = max(LEAST_BLOCK, way[-1] / MOST_BLOCKS)
    ends = np.searchsorted(way, np.arange(1, way[-1] // block + 1) * block) + 1.0
    cuts: Positions = ends[ends < pixels.shape[1] - 1]
    return cuts


def stripe_levels(
    pixels: Points, groups: Sequence[Index], *, cell_px: float, frame_px: tuple[PixelPoints, PixelPoints]
) -> list[int]:
    """How many stripes wider each group of runs is drawn: the number of later groups that follow its path.

    Two groups follow one path where they meet the same cells of a grid over the frame (its two corners, in pixels).
    pixels (runs, n+1, 2).
    """
    if len(groups) == 1:
        return [0]
    cells = [_cells(pixels[runs], cell_px, frame_px) for runs in groups]
    levels = [0] * len(groups)
    for earlier in reversed(range(len(groups))):
        for later in range(earlier + 1, len(groups)):
            shared = np.isin(cells[earlier], cells[later], assume_unique=True).sum()
            if shared > SHARED * len(cells[earlier]):
                levels[earlier] = max(levels[earlier], min(levels[later] + 1, MAX_LEVEL))
    return levels


def _cells(paths: Points, cell_px: float, frame_px: tuple[PixelPoints, PixelPoints]) -> Index:
    """The cells of the grid that paths (m, n+1, 2) meet."""
    low, high = frame_px
    across, up = np.ceil((high - low) / cell_px).astype(np.int64).tolist()
    met = [np.empty(0, dtype=np.int64)]
    for path in paths:
        # Points outside are moved to the cells around the frame, which do not count.
        line = np.clip((path - low) / cell_px, -1.0, (across, up))
        column, row = np.floor(fine(line)).astype(np.int64).T
        seen = (column >= 0) & (column < across) & (row >= 0) & (row < up)
        met.append(np.unique(row[seen] * across + column[seen]))
    return np.unique(np.concatenate(met))


def fine(line: PixelPoints) -> PixelPoints:
    """A polyline with points added, so that neighbours are at most 1 apart along x and y."""
    step = np.diff(line, axis=0)
    parts = np.maximum(np.ceil(np.abs(step).max(axis=1)), 1).astype(np.int64)
    place = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    share = place[:, np.newaxis] / np.repeat(parts, parts)[:, np.newaxis]
    between = np.repeat(line[:-1], parts, axis=0) + share * np.repeat(step, parts, axis=0)
    return np.concatenate([between, line[-1:]])
