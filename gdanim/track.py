"""Track: where the runs go in one axes, in data and in pixels. All marks that show the same runs share one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.nesting import depths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes._base import _AxesBase

    from gdanim.teams import Team
    from gdanim.trajectory import Index

Points = NDArray[np.float64]  # (runs, n+1, 2)
Pixels2 = NDArray[np.float64]  # (m, 2), from the bottom left

# Far outside, where a path only needs its direction: Agg's arithmetic stays finite.
FAR = 1e100
THIN_FROM = 256  # points; shorter paths are drawn as they are
GRAINS = 4  # a pixel: points that stay in one grain of it cannot be told apart
APART_PT = 1.8  # paths that are closer cover each other


class Lines(NamedTuple):
    """Separate lines: points (k, 2) in pixels, one line after the other, and where each begins (m,)."""

    points: Pixels2
    begins: Index


class Track:
    """Points (runs, n+1, 2) in the data coordinates of one axes; rows past a run's end repeat it."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self._pixels: tuple[float, Points] | None = None
        self._kept: Index | None = None
        self._depths: list[int] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of runs and of points in each."""
        return self.points.shape[0], self.points.shape[1]

    def pixels(self, axes: _AxesBase, dpi: float) -> Points:
        """The points in pixels from the bottom left: (runs, n+1, 2). Computed once for a resolution."""
        if self._pixels is None or self._pixels[0] != dpi:
            near = np.maximum(np.minimum(self.points.reshape(-1, 2), FAR), -FAR)
            self._pixels = dpi, axes.transData.transform(near).reshape(self.points.shape)
            self._kept = self._depths = None
        return self._pixels[1]

    def lines(self, runs: Index, row: int, axes: _AxesBase, dpi: float, *, since: int = 0) -> Lines:
        """The paths of runs (m,) from row `since` up to a row.

        A long path leaves out the points that stay in a grain of a pixel, so that a run that has settled costs
        nothing more. Which ones depends on earlier points only: the older part of a path never changes.
        """
        pixels = self.pixels(axes, dpi)
        if row - since < THIN_FROM:
            points = pixels[runs, since : row + 1]
            return Lines(points.reshape(-1, 2), np.arange(len(runs)) * points.shape[1])
        if self._kept is None:
            self._kept = _kept(pixels)
        first, last = runs * self.shape[1] + since, runs * self.shape[1] + row
        begin, end = np.searchsorted(self._kept, first, side="right"), np.searchsorted(self._kept, last)
        # Of each run its first row, what is kept between, and its last row.
        sizes = end - begin + 2
        ends = np.cumsum(sizes)
        begins = ends - sizes
        place = np.arange(ends[-1]) + np.repeat(begin - 1 - begins, sizes)
        rows = self._kept[np.clip(place, 0, len(self._kept) - 1)]
        rows[begins], rows[ends - 1] = first, last
        return Lines(pixels.reshape(-1, 2)[rows], begins)

    def depths(self, teams: Sequence[Team], axes: _AxesBase, dpi: float) -> list[int]:
        """How many later teams follow the path of each team. Computed once for a resolution, of the same teams."""
        pixels = self.pixels(axes, dpi)
        if self._depths is None:
            frame_px = np.array(axes.bbox.min), np.array(axes.bbox.max)
            self._depths = depths(pixels, teams, cell_px=APART_PT * dpi / 72, frame_px=frame_px)
        return self._depths


def _kept(pixels: Points) -> Index:
    """The rows that leave their grain of a pixel, counted through all runs: (k,), rising."""
    kept = []
    for run, line in enumerate(pixels):
        grain = np.floor(np.maximum(np.minimum(line, 1e12), -1e12) * GRAINS)
        moves = np.any(grain[1:] != grain[:-1], axis=1)
        kept.append(np.flatnonzero(np.append(True, moves)) + run * len(line))
    return np.concatenate(kept)
