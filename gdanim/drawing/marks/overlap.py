"""Where the paths of different runs coincide: they are drawn as stripes, earlier ones wider beneath later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import PixelPoints, Points

MAX_LEVEL = 5  # with more stripes than that a path covers what it runs through
SHARED = 0.4  # of an earlier path: where more of it is covered, the rest could be overlooked

Cells = NDArray[np.int64]  # (k,), each once, rising


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


def _cells(paths: Points, cell_px: float, frame_px: tuple[PixelPoints, PixelPoints]) -> Cells:
    """The cells of the grid that paths (m, n+1, 2) meet."""
    low, high = frame_px
    across, up = np.ceil((high - low) / cell_px).astype(np.int64).tolist()
    met = [np.empty(0, dtype=np.int64)]
    for path in paths:
        # Points outside are moved to the cells around the frame, which do not count.
        line = np.clip((path - low) / cell_px, -1.0, (across, up))
        column, row = np.floor(_fine(line)).astype(np.int64).T
        seen = (column >= 0) & (column < across) & (row >= 0) & (row < up)
        met.append(np.unique(row[seen] * across + column[seen]))
    return np.unique(np.concatenate(met))


def _fine(line: PixelPoints) -> PixelPoints:
    """A polyline with points added, so that neighbours are at most 1 apart along x and y."""
    step = np.diff(line, axis=0)
    parts = np.maximum(np.ceil(np.abs(step).max(axis=1)), 1).astype(np.int64)
    place = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    share = place[:, np.newaxis] / np.repeat(parts, parts)[:, np.newaxis]
    between = np.repeat(line[:-1], parts, axis=0) + share * np.repeat(step, parts, axis=0)
    return np.concatenate([between, line[-1:]])
