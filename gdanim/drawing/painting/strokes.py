"""Strokes: marks, or parts of marks, that a canvas need not repaint for as long as they stay the same."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.drawing.geometry import Extent, PixelPoints

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from matplotlib.backend_bases import RendererBase
    from matplotlib.path import Path
    from numpy.typing import NDArray

    from gdanim.drawing.geometry import Polylines


class Stroke:
    """What is painted at once.

    name    the same in all frames in which it is there, and of no other stroke of the scene
    state   strokes of one name and of equal states paint equal pixels
    paint   paints it
    """

    def __init__(
        self,
        name: Hashable,
        state: Hashable,
        paint: Callable[[RendererBase], None],
        touched: Callable[[], Extent | None],
    ) -> None:
        self.name, self.state, self.paint, self._touched = name, state, paint, touched

    @cached_property
    def extent(self) -> Extent | None:
        """The pixels that it may paint, or None."""
        return self._touched()

    def meets(self, place: Extent) -> bool:
        """Whether it may paint a pixel of a place."""
        if self.extent is None:
            return False
        left, bottom, right, top = self.extent
        return left <= place[2] and right >= place[0] and bottom <= place[3] and top >= place[1]

    def differences(self, before: Stroke) -> Iterator[Extent | None]:
        """Where it may differ from a stroke of its name."""
        yield before.extent
        yield self.extent


class Reach(NamedTuple):
    """How far what stands along lines reaches: `pad` pixels around them, between two corners (2,)."""

    low: PixelPoints
    high: PixelPoints
    pad: float

    def extent(self, points: PixelPoints) -> Extent | None:
        """The pixels that lines between points (k, 2) may touch."""
        if not len(points):
            return None
        near = np.maximum(np.minimum(points, self.high), self.low)
        left, bottom = near.min(axis=0).tolist()
        right, top = near.max(axis=0).tolist()
        return left - self.pad, bottom - self.pad, right + self.pad, top + self.pad


class Layer(NamedTuple):
    """What stands along lines: the path that it is, and how that is painted."""

    path: Callable[[Polylines], Path]
    paint: Callable[[RendererBase, Path], None]


class LineStroke(Stroke):
    """What stands along lines. Where one line has only grown, its end alone differs.

    find   finds the lines; called once, when they are needed
    """

    def __init__(
        self, name: Hashable, state: Hashable, find: Callable[[], Polylines], layer: Layer, reach: Reach
    ) -> None:
        super().__init__(name, state, self._paint, lambda: reach.extent(self.lines.points))
        self._find, self._layer, self._reach = find, layer, reach

    @cached_property
    def lines(self) -> Polylines:
        """The lines."""
        return self._find()

    @cached_property
    def _path(self) -> Path:
        return self._layer.path(self.lines)

    def _paint(self, renderer: RendererBase) -> None:
        self._layer.paint(renderer, self._path)

    @cached_property
    def _steps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lower left and the upper right corners of what each step may touch: (k, 2) each."""
        points, pad = self.lines.points, self._reach.pad
        ends = points[1:] if len(points) > 1 else points
        return np.minimum(points[: len(ends)], ends) - pad, np.maximum(points[: len(ends)], ends) + pad

    def meets(self, place: Extent) -> bool:
        """Whether one of its steps may paint a pixel of a place: their common box may be most of the picture."""
        if not super().meets(place):
            return False
        low, high = self._steps
        return bool(np.all((low <= place[2:]) & (high >= place[:2]), axis=1).any())

    def differences(self, before: Stroke) -> Iterator[Extent | None]:
        """The ends of both. Agg rounds a step anew where its end becomes a corner, or turns another way."""
        if not isinstance(before, LineStroke) or len(before.lines.begins) != 1 or len(self.lines.begins) != 1:
            yield from super().differences(before)
            return
        shared = min(len(before.lines.points), len(self.lines.points))
        same = np.all(before.lines.points[: shared - 1] == self.lines.points[: shared - 1], axis=1)
        same &= before.lines.iterate[: shared - 1] == self.lines.iterate[: shared - 1]
        first = max(int(np.argmin(np.append(same, False))) - 2, 0)
        yield self._reach.extent(before.lines.points[first:])
        yield self._reach.extent(self.lines.points[first:])
