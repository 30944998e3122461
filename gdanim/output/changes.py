"""Turns frames into (changed box, delay) records; identical frames are merged, and delays add up exactly."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.drawing.frame import NOWHERE, Box, Frame, Pixels, bounds
from gdanim.output.base import FilmInfo

ALPHA: Final = 3


class Change(NamedTuple):
    """What changes on the canvas, and how long the canvas then stays as it is."""

    box: Box  # the smallest one around all that changes
    pixels: Pixels  # (box.height, box.width, 4) uint8, straight-alpha sRGB, as they look from now on; see Changes
    changed: NDArray[np.bool_]  # (box.height, box.width), which of these pixels are new
    ticks: int  # how long it lasts

    @property
    def blends(self) -> bool:
        """Whether sparse_pixels can be laid over the canvas: every new pixel is opaque."""
        return bool((self.pixels[..., ALPHA][self.changed] == 255).all())

    @property
    def sparse_pixels(self) -> Pixels:
        """The pixels, old ones as transparent black: its runs cost next to nothing. Not copied where all are new."""
        return self.pixels if self.changed.all() else self.pixels * self.changed[..., None]


class Changes:
    """Turns the frames of one film into changes.

    Frames that look like the one before prolong its change; a frame that would last no tick is shown together with the
    one after it. Ticks are differences of rounded absolute times, so that rounding never accumulates. The pixels of a
    change are those of the canvas, not copied: they are valid until the next change is asked for.

    ticks_per_s   the clock of the file
    grid_px       boxes begin at multiples of it, right and down
    canvas        (h, w, 4), what all changes so far, the last one included, make of the picture
    """

    def __init__(self, film: FilmInfo, *, ticks_per_s: int, grid_px: int = 1) -> None:
        self._ticks_per_s, self._grid_px = ticks_per_s, grid_px
        self.canvas: Pixels = np.zeros((film.height, film.width, 4), np.uint8)
        self._waiting: list[Frame] = []  # the frames that are not on it yet
        self._latest: Change | None = None
        self._latest_since = 0
        self._end = 0

    def take(self, frame: Frame) -> Iterator[Change]:
        """Take the next frame; yields the change that it ends, if it ends one. To be iterated to its end."""
        end = round(self._ticks_per_s * frame.end_s)
        if end <= self._end:
            self._waiting.append(replace(frame, pixels=frame.pixels.copy()))
            return
        self._waiting.append(frame)
        yield from self._begin_change()
        self._end = end

    def finish(self) -> Iterator[Change]:
        """The changes that are left; the very last frame is shown even where it lasts no tick."""
        yield from self._begin_change()
        yield from self._ended()

    def _begin_change(self) -> Iterator[Change]:
        """Begin a change where the waiting frames differ from the canvas; first yields the one that ends by that."""
        place, drawn = self._laid_together(self._waiting)
        self._waiting = []
        area = self._aligned(place)
        changed = self._changed(area, place, drawn)
        box = self._aligned(bounds(changed).on_canvas(area))
        if box.empty:
            return
        yield from self._ended()
        self.canvas[place.slices] = drawn
        part = changed[box.seen_from(area).slices]
        self._latest, self._latest_since = Change(box, self.canvas[box.slices], part, ticks=0), self._end

    def _laid_together(self, frames: list[Frame]) -> tuple[Box, Pixels]:
        """What frames show that follow each other: a box, and its pixels."""
        if len(frames) == 1:
            return frames[0].box, frames[0].pixels
        area = reduce(Box.union, (frame.box for frame in frames), NOWHERE)
        drawn = self.canvas[area.slices].copy()
        for frame in frames:
            drawn[frame.box.seen_from(area).slices] = frame.pixels
        return area, drawn

    def _changed(self, area: Box, place: Box, drawn: Pixels) -> NDArray[np.bool_]:
        """Which pixels of an area (h, w) differ from the canvas with what is drawn in a place in it; at first, all."""
        if self._latest is None:
            return np.broadcast_to(np.True_, (area.height, area.width))
        changed = np.zeros((area.height, area.width), np.bool_)
        changed[place.seen_from(area).slices] = _words(drawn) != _words(self.canvas[place.slices])
        return changed

    def _ended(self) -> Iterator[Change]:
        if self._latest is not None:
            yield self._latest._replace(ticks=self._end - self._latest_since)

    def _aligned(self, box: Box) -> Box:
        left, up = box.x % self._grid_px, box.y % self._grid_px
        return Box(box.x - left, box.y - up, box.width + left, box.height + up)


def _words(pixels: Pixels) -> NDArray[np.uint32]:
    """Whole pixels (h, w), to compare them at once."""
    return pixels.view(np.uint32)[..., 0]
