"""Nesting: teams whose paths coincide are drawn as stripes, each earlier one wider beneath the later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.drawing.marks.track import Pixels2, Points
    from gdanim.drawing.run_styles import Team

DEEPEST = 5  # with more stripes than that a path covers what it runs through
SHARED = 0.4  # of an earlier path: with more of it covered, what is left could be overlooked

Cells = NDArray[np.int64]  # (k,), each once, rising


def depths(pixels: Points, teams: Sequence[Team], *, cell_px: float, frame_px: tuple[Pixels2, Pixels2]) -> list[int]:
    """How many teams that are drawn later follow the path of each team: so many stripes wider is it drawn.

    Two teams follow one path where they meet the same cells of a grid over the frame (its two corners, in pixels).
    pixels (runs, n+1, 2).
    """
    if len(teams) == 1:
        return [0]
    cells = [_cells(pixels, team, cell_px, frame_px) for team in teams]
    found = [0] * len(teams)
    for earlier in reversed(range(len(teams))):
        mine = cells[earlier]
        for later in range(earlier + 1, len(teams)):
            if np.isin(mine, cells[later], assume_unique=True).sum() > SHARED * len(mine):
                found[earlier] = max(found[earlier], min(found[later] + 1, DEEPEST))
    return found


def _cells(pixels: Points, team: Team, cell_px: float, frame_px: tuple[Pixels2, Pixels2]) -> Cells:
    """The cells of the grid that the paths of a team meet."""
    low, high = frame_px
    across, up = np.ceil((high - low) / cell_px).astype(np.int64).tolist()
    met = [np.empty(0, dtype=np.int64)]
    for run in team.runs.tolist():
        # What is outside counts as standing one cell off: it is not seen.
        line = np.clip((pixels[run] - low) / cell_px, -1.0, (across, up))
        column, row = np.floor(_fine(line)).astype(np.int64).T
        seen = (column >= 0) & (column < across) & (row >= 0) & (row < up)
        met.append(np.unique(row[seen] * across + column[seen]))
    return np.unique(np.concatenate(met))


def _fine(line: Pixels2) -> Pixels2:
    """A polyline with so many points between its own that none is farther than 1 from the next."""
    step = np.diff(line, axis=0)
    parts = np.maximum(np.ceil(np.abs(step).max(axis=1)), 1).astype(np.int64)
    place = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    share = place[:, np.newaxis] / np.repeat(parts, parts)[:, np.newaxis]
    between = np.repeat(line[:-1], parts, axis=0) + share * np.repeat(step, parts, axis=0)
    return np.concatenate([between, line[-1:]])
