"""Where paths leave a frame: its edge, which side, and when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gdanim.arrays import Index, Scalar
from gdanim.drawing.geometry import Points, Positions


class Exits(NamedTuple):
    """The steps in which runs leave a frame, run by run in the order of the iterations.

    run (m,)        whose step it is
    position (m,)   when it passes the edge, in iterations
    at (m, d)       where it does
    ahead (m, d)    the step
    """

    run: Index
    position: Positions
    at: Points
    ahead: Points

    def first(self, runs: int) -> Positions:
        """When each of so many runs leaves first: (runs,), infinity where it never does."""
        found = np.full(runs, np.inf)
        leaving, place = np.unique(self.run, return_index=True)
        found[leaving] = self.position[place]
        return found

    def latest(self, run: int, position: float) -> int | None:
        """The row of the exit of a run that came last before a position, or None."""
        begin, end = np.searchsorted(self.run, [run, run + 1]).tolist()
        row = begin + int(np.searchsorted(self.position[begin:end], position, side="right"))
        return row - 1 if row > begin else None


def exits(points: Points, low: Scalar, high: Scalar) -> Exits:
    """The exits of paths (runs, n+1, d) from the frame between two corners (2,), by their first two coordinates."""
    start, move = points[:, :-1], np.diff(points, axis=1)
    enter, leave = fractions_inside(start[..., :2], move[..., :2], low, high)
    run, row = np.nonzero((enter <= leave) & (leave < 1))
    share = leave[run, row]
    # Of a step to a far point, the share inside is lost in rounding: it is passed after the iteration all the same.
    position = np.maximum(row + share, np.nextafter(row.astype(np.float64), np.inf))
    ahead = move[run, row]
    return Exits(run, position, start[run, row] + share[:, np.newaxis] * ahead, ahead)


def fractions_inside(start: Points, move: Points, low: Scalar | float, high: Scalar | float) -> tuple[Scalar, Scalar]:
    """Between which fractions (…) steps (…, 2) are inside a frame; the first is larger where they never are."""
    still, inside = move == 0, (start >= low) & (start <= high)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / move, (high - start) / move
        first = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(one, other))
        last = np.where(still, np.where(inside, np.inf, -np.inf), np.maximum(one, other))
    return np.maximum(first.max(axis=-1), 0.0), np.minimum(last.min(axis=-1), 1.0)
