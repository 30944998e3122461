"""Track: where the runs go in one axes, in data and in pixels. All marks that show the same runs share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes._base import _AxesBase

    from gdanim.solver import Index

Points = NDArray[np.float64]  # (runs, n+1, 2)
Pixels2 = NDArray[np.float64]  # (m, 2), from the bottom left

# Far outside, where a path only needs its direction: Agg's arithmetic stays finite.
FAR = 1e100
THIN_FROM = 256  # points; shorter paths are drawn as they are
GRAINS = 4  # a pixel: points that stay in one grain of it cannot be told apart


class Track:
    """Points (runs, n+1, 2) in the data coordinates of one axes; rows past a run's end repeat it."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self._pixels: tuple[float, Points] | None = None
        self._kept: dict[int, Index] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of runs and of points in each."""
        return self.points.shape[0], self.points.shape[1]

    def pixels(self, axes: _AxesBase, dpi: float) -> Points:
        """The points in pixels from the bottom left: (runs, n+1, 2). Computed once for a resolution."""
        if self._pixels is None or self._pixels[0] != dpi:
            near = np.maximum(np.minimum(self.points.reshape(-1, 2), FAR), -FAR)
            self._pixels = dpi, axes.transData.transform(near).reshape(self.points.shape)
            self._kept.clear()
        return self._pixels[1]

    def lines(self, runs: Index, row: int, axes: _AxesBase, dpi: float) -> Sequence[Pixels2]:
        """The paths of runs up to a row, in pixels, one array (k, 2) for each.

        A long path leaves out the points that stay in a grain of a pixel, so that a run that has settled costs
        nothing more. Which ones depends on earlier points only: the older part of a path never changes.
        """
        pixels = self.pixels(axes, dpi)
        if row < THIN_FROM:
            return list(pixels[runs, : row + 1])
        lines = []
        for run in runs.tolist():
            kept = self._thinned(run, pixels[run])
            so_far = kept[: np.searchsorted(kept, row, side="right")]
            lines.append(pixels[run, np.append(so_far, row)])
        return lines

    def _thinned(self, run: int, line: Pixels2) -> Index:
        if run not in self._kept:
            grain = np.floor(np.maximum(np.minimum(line, 1e12), -1e12) * GRAINS)
            moves = np.any(grain[1:] != grain[:-1], axis=1)
            self._kept[run] = np.concatenate([[0], np.flatnonzero(moves) + 1])
        return self._kept[run]
