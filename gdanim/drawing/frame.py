"""Frames: what a Raster draws and the writers of formats store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (h, w, 4), straight-alpha sRGB
BAND_PX: Final = 128  # height of the parts in which pictures are treated: of a large one, each copy takes much memory


class Box(NamedTuple):
    """A rectangle of the canvas in whole pixels, from the top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an image of shape (height, width, …)."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return not (self.width and self.height)

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        x, right = min(self.x, other.x), max(self.x + self.width, other.x + other.width)
        y, bottom = min(self.y, other.y), max(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, bottom - y)

    def common(self, other: Box) -> Box:
        """What both boxes cover."""
        x, right = max(self.x, other.x), min(self.x + self.width, other.x + other.width)
        y, bottom = max(self.y, other.y), min(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, bottom - y) if x < right and y < bottom else NOWHERE

    def on_canvas(self, origin: Box) -> Box:
        """This box, which is relative to the corner of `origin`, on the canvas; an empty one stays as it is."""
        return self if self.empty else self._replace(x=self.x + origin.x, y=self.y + origin.y)

    def seen_from(self, origin: Box) -> Box:
        """This box relative to the corner of `origin`."""
        return self._replace(x=self.x - origin.x, y=self.y - origin.y)

    @property
    def bands(self) -> Iterator[Box]:
        """The box in parts of BAND_PX rows, from the top."""
        for top in range(self.y, self.y + self.height, BAND_PX):
            yield Box(self.x, top, self.width, min(BAND_PX, self.y + self.height - top))


NOWHERE = Box(0, 0, 0, 0)


def apart(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that do not meet and cover all of some boxes: those that meet become one."""
    found: list[Box] = []
    for box in boxes:
        while meeting := [other for other in found if not box.common(other).empty]:
            box = reduce(Box.union, meeting, box)
            found = [other for other in found if other not in meeting]
        if not box.empty:
            found.append(box)
    return found


def bounds(mask: NDArray[np.bool_]) -> Box:
    """The smallest box around the true items of `mask` (h, w); NOWHERE where there are none."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return NOWHERE
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return Box(left, top, right - left, bottom - top)


def difference(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> Box:
    """The smallest box around the pixels in which two images (h, w) differ; NOWHERE where they are the same."""
    found, height, width = NOWHERE, *one.shape
    for band in Box(0, 0, width, height).bands:
        found = found.union(bounds(one[band.slices] != other[band.slices]).on_canvas(band))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One moment: the box that changed since the frame before, and when the moment ends.

    index   position in the timeline, from 0; frame 0 covers the whole canvas
    end_s   absolute time at which the next frame replaces this one, in seconds
    box     the changed rectangle; width and height are 0 where nothing changed
    pixels  (box.height, box.width, 4) uint8, straight-alpha sRGB; valid until the next frame is drawn
    parts   boxes in it that hold all that changed, where they are known: two marks far apart span a large box
    """

    index: int
    end_s: float
    box: Box
    pixels: Pixels
    parts: tuple[Box, ...] | None = None

    @property
    def pieces(self) -> Iterator[tuple[Box, Pixels]]:
        """What changed, in as few pixels as are known: boxes, and what they show."""
        for part in (self.box,) if self.parts is None else self.parts:
            yield part, self.pixels[part.seen_from(self.box).slices]
