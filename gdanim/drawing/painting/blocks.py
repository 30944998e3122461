"""Paths in blocks: what a run has left behind is painted once, so that a frame costs the same however long the path."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.drawing.marks.track import chord
from gdanim.drawing.painting.strokes import Layer, LineStroke, Reach

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from matplotlib.axes._base import _AxesBase
    from numpy.typing import NDArray

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import PixelPoints, Polylines, Positions
    from gdanim.drawing.marks.fade import Part
    from gdanim.drawing.marks.track import Track


class Ends(NamedTuple):
    """Where runs (m,) are: the positions (m,) up to which their paths are drawn, and the pixels (m, 2)."""

    position: Positions
    here: PixelPoints


class Blocks:
    """The strokes of a part of some paths. Blocks that the runs have left are the same strokes in every frame.

    layers   the first of all blocks lies below the second of all
    """

    def __init__(
        self, name: Hashable, track: Track, axes: _AxesBase, dpi: float, layers: Sequence[Layer], reach: Reach
    ) -> None:  # fmt: skip
        self._name, self._track, self._axes, self._dpi = name, track, axes, dpi
        self._layers, self._reach = layers, reach
        self._finished: list[list[LineStroke]] = []  # of each block a stroke for each layer
        self._whole: list[LineStroke] = []  # all strokes, once the runs have left the last block

    def strokes(self, part: Part, ends: Ends, cuts: Positions) -> list[LineStroke]:
        """The strokes when the runs of a part are at their ends, in blocks that end at some iterations (k,), rising."""
        if not (part.until < ends.position).all():
            return self._layered(*self._blocks(part, ends, cuts))
        if not self._whole:
            self._whole = self._layered(*self._blocks(part, ends, cuts))
        return self._whole

    def _layered(self, *blocks: list[LineStroke]) -> list[LineStroke]:
        return [block[layer] for layer in range(len(self._layers)) for block in blocks]

    def _blocks(self, part: Part, ends: Ends, cuts: Positions) -> list[list[LineStroke]]:
        """Those that the runs have left, which stay, and those in which they are."""
        first = np.searchsorted(cuts, part.since.min(), side="right")
        edges = np.append(cuts[first : np.searchsorted(cuts, part.until.max())], np.inf)
        left = np.all(np.minimum(part.until, edges[:, np.newaxis]) < ends.position, axis=1)
        done = int(np.count_nonzero(left))
        for place in range(len(self._finished), done):
            self._finished.append(self._made(part, ends, edges, place, None))
        state = part.until.tobytes(), ends.here.tobytes()
        going_on = [self._made(part, ends, edges, place, state) for place in range(done, len(edges))]
        return [*self._finished[:done], *going_on]

    def _made(self, part: Part, ends: Ends, edges: Positions, place: int, state: Hashable) -> list[LineStroke]:
        """The strokes of one block, each a layer."""
        since = np.maximum(part.since, edges[place - 1]) if place else part.since
        until = np.minimum(part.until, edges[place])
        some = until > since
        if place == 0:
            some |= part.until == part.since  # a run at its start has a dot
        find = partial(
            self._lines, part.runs[some], since[some], until[some], Ends(ends.position[some], ends.here[some])
        )
        first = LineStroke((self._name, place, 0), state, find, self._layers[0], self._reach)
        others = [
            LineStroke((self._name, place, number), state, lambda: first.lines, layer, self._reach)
            for number, layer in enumerate(self._layers[1:], start=1)
        ]
        return [first, *others]

    def _lines(self, runs: Index, since: Positions, until: Positions, ends: Ends) -> Polylines:
        between = chord(self._track.pixels(self._axes, self._dpi), runs, until)
        at: NDArray[np.float64] = np.where((until == ends.position)[:, np.newaxis], ends.here, between)
        return self._track.lines(runs, since, until, at, self._axes, self._dpi)
