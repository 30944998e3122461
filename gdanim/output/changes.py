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
        """The pixels, old ones as transparent black; long runs of it cost next to nothing."""
        return self.pixels * self.changed[..., None]


class Changes:
    """Turns the frames of one film into changes.

    Frames that look like the one before prolong its change; a frame that would last no tick is shown together with the
    one after it. Ticks are differences of rounded absolute times, so that rounding never accumulates. The pixels of a
    change are those of the canvas: they are valid until the next frame is taken, or the next change asked for.

    ticks_per_s   the clock of the file
    grid_px       boxes begin at multiples of it, right and down
    """

    def __init__(self, film: FilmInfo, *, ticks_per_s: int, grid_px: int = 1) -> None:
        self._ticks_per_s, self._grid_px = ticks_per_s, grid_px
        self._shown: Pixels = np.zeros((film.height, film.width, 4), np.uint8)  # the changes so far, but for the latest
        self._coming: Pixels | None = None  # the pixels of the latest change, until they are put into those
        self._waiting: list[Frame] = []  # the frames since then
        self._latest: Change | None = None
        self._latest_since = 0
        self._end = 0

    def take(self, frame: Frame) -> Change | None:
        """Take the next frame; returns the change that it ends, if it ends one."""
        end = round(self._ticks_per_s * frame.end_s)
        if end <= self._end:
            self._waiting.append(replace(frame, pixels=frame.pixels.copy()))
            return None
        self._waiting.append(frame)
        ended = self._begin_change()
        self._end = end
        return ended

    def finish(self) -> Iterator[Change]:
        """The changes that are left; the very last frame is shown even where it lasts no tick."""
        ended = self._begin_change()
        if ended is not None:
            yield ended
        self._show_latest()
        ended = self._ended()
        if ended is not None:
            yield ended

    def _begin_change(self) -> Change | None:
        """Begin a change where the waiting frames differ from what is shown; returns the one that ends by that."""
        self._show_latest()
        frames, self._waiting = self._waiting, []
        area = self._aligned(reduce(Box.union, (frame.box for frame in frames), NOWHERE))
        drawn = self._shown[area.slices].copy()
        for frame in frames:
            drawn[frame.box.seen_from(area).slices] = frame.pixels
        changed = (_words(drawn) != _words(self._shown[area.slices])) | (self._latest is None)
        box = self._aligned(bounds(changed).on_canvas(area))
        if box.empty:
            return None
        part = box.seen_from(area).slices
        ended = self._ended()
        self._coming = drawn if box == area else drawn[part].copy()
        self._latest, self._latest_since = Change(box, self._shown[box.slices], changed[part], ticks=0), self._end
        return ended

    def _show_latest(self) -> None:
        """Put the latest change on the canvas, where its pixels are kept from then on: a second copy would be large."""
        if self._latest is not None and self._coming is not None:
            self._latest.pixels[...] = self._coming
            self._coming = None

    def _ended(self) -> Change | None:
        return None if self._latest is None else self._latest._replace(ticks=self._end - self._latest_since)

    def _aligned(self, box: Box) -> Box:
        left, up = box.x % self._grid_px, box.y % self._grid_px
        return Box(box.x - left, box.y - up, box.width + left, box.height + up)


def _words(pixels: Pixels) -> NDArray[np.uint32]:
    """Whole pixels (h, w), to compare them at once."""
    return pixels.view(np.uint32)[..., 0]
