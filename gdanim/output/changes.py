"""Moments: frames cut into what a file of changed boxes stores. Nothing new is said twice, no time is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.drawing.frame import NOWHERE, Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.drawing.frame import Frame, Pixels
    from gdanim.output.base import Reel

ALPHA: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What changes on the canvas, and how long the canvas then stays as it is.

    box       where something changes
    pixels    (box.height, box.width, 4) uint8, straight-alpha sRGB, as they look from now on
    changed   (box.height, box.width), which of them are new
    ticks     how long it lasts
    """

    box: Box
    pixels: Pixels
    changed: NDArray[np.bool_]
    ticks: int

    @property
    def blends(self) -> bool:
        """Whether it may be laid over the canvas, with what is old left transparent: all that is new is opaque."""
        return bool((self.pixels[..., ALPHA][self.changed] == 255).all())

    @property
    def sparse_pixels(self) -> Pixels:
        """The pixels with all that is old transparent black; long runs of it cost next to nothing."""
        return self.pixels * self.changed[..., None]


class Moments:
    """Turns the frames of one film into moments.

    Frames that look like the one before prolong it; the changes of a frame that would last no tick are shown by the
    one after it. Ticks are differences of rounded absolute times, so that rounding never accumulates.

    ticks_per_s   the clock of the file
    grid_px       boxes begin at multiples of it, right and down
    """

    def __init__(self, reel: Reel, *, ticks_per_s: int, grid_px: int = 1) -> None:
        self._ticks_per_s, self._grid_px = ticks_per_s, grid_px
        self._drawn: Pixels = np.zeros((reel.height, reel.width, 4), np.uint8)
        self._shown = np.zeros_like(self._drawn)
        self._dirty = NOWHERE  # where `_drawn` may differ from `_shown`
        self._held: Moment | None = None
        self._held_since = 0
        self._end = 0

    def take(self, frame: Frame) -> Moment | None:
        """The next frame; returns the moment that it ends, if it ends one."""
        self._drawn[frame.box.slices] = frame.pixels
        self._dirty = self._dirty.union(frame.box)
        end = round(self._ticks_per_s * frame.end_s)
        if end <= self._end:
            return None
        ended = self._settle()
        self._end = end
        return ended

    def finish(self) -> list[Moment]:
        """The moments that are left; the very last frame is shown even where it lasts no tick."""
        ended = [self._settle(), self._ended()]
        return [moment for moment in ended if moment is not None]

    def _settle(self) -> Moment | None:
        """Hold what differs between drawn and shown as the next moment; returns the one that was held till now."""
        dirty, self._dirty = self._dirty, NOWHERE
        differs = _words(self._drawn[dirty.slices]) != _words(self._shown[dirty.slices])
        if self._held is None:
            differs[...] = True  # nothing is on the canvas yet
        changed = bounds(differs)
        if changed is None:
            return None
        box = self._aligned(moved(changed, dirty))
        pixels = self._drawn[box.slices].copy()
        shown = self._shown[box.slices]
        fresh = np.ones(pixels.shape[:2], np.bool_) if self._held is None else _words(pixels) != _words(shown)
        shown[...] = pixels
        ended = self._ended()
        self._held, self._held_since = Moment(box=box, pixels=pixels, changed=fresh, ticks=0), self._end
        return ended

    def _ended(self) -> Moment | None:
        return None if self._held is None else replace(self._held, ticks=self._end - self._held_since)

    def _aligned(self, box: Box) -> Box:
        left, up = box.x % self._grid_px, box.y % self._grid_px
        return Box(box.x - left, box.y - up, box.width + left, box.height + up)


def bounds(mask: NDArray[np.bool_]) -> Box | None:
    """The smallest box around the true items of `mask` (h, w), or None where there are none."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return Box(left, top, right - left, bottom - top)


def moved(box: Box, origin: Box) -> Box:
    """`box`, given relative to the corner of `origin`, on the canvas."""
    return box._replace(x=box.x + origin.x, y=box.y + origin.y)


def _words(pixels: Pixels) -> NDArray[np.uint32]:
    """Whole pixels (h, w), to compare them at once."""
    return pixels.view(np.uint32)[..., 0]
