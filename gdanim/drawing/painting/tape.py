"""A tape: what keeps the frames of a short film that its raster drew, for a writer that first looks at a sample.

Without it, the sampled frames are drawn twice: of a film of 26 frames, nearly half of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.drawing.frame import NOWHERE, Box, Frame, Pixels, difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.drawing.raster import Raster

MOST_FRAMES: Final = 60  # of longer films, the sample is a small part of what is drawn
MOST_PIXELS: Final = 1_200_000  # of a picture
MOST_KEPT: Final = 3  # pictures that have as many pixels as all that is kept: where every frame is new, none is


class _Kept(NamedTuple):
    """A frame: what is new in it, piece by piece, and the box around that."""

    number: int  # its index
    end_s: float
    box: Box
    pieces: list[tuple[Box, Pixels]]


class Tape:
    """Gives the frames of a raster, and its sample; see there. Frames that were drawn for the sample are kept."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._kept: list[_Kept] = []

    def frames(self) -> Iterator[Frame]:
        """Every frame of the timeline, in order."""
        return self._played(self._blank()) if self._kept else self._raster.frames()

    def sample(self) -> Iterator[Frame]:
        """Some frames over the timeline; boxes since the one before."""
        self._kept = self._kept or self._drawn()
        return self._sampled() if self._kept else self._raster.sample()

    def _drawn(self) -> list[_Kept]:
        """All frames; none where they are too many, or take too much memory."""
        width, height = self._raster.size
        if self._raster.scene.timeline.frames > MOST_FRAMES or width * height > MOST_PIXELS:
            return []
        room = MOST_KEPT * width * height
        kept = []
        for frame in self._raster.frames():
            pieces = [(box, pixels.copy()) for box, pixels in frame.pieces]
            kept.append(_Kept(frame.index, frame.end_s, frame.box, pieces))
            room -= sum(box.width * box.height for box, _ in pieces)
            if room < 0:
                return []
        return kept

    def _blank(self) -> Pixels:
        width, height = self._raster.size
        return np.zeros((height, width, 4), np.uint8)

    def _played(self, canvas: Pixels) -> Iterator[Frame]:
        """The frames that are kept, each shown on a canvas."""
        for number, end_s, box, pieces in self._kept:
            for place, pixels in pieces:
                canvas[place.slices] = pixels
            yield _frame(number, end_s, box, canvas, tuple(place for place, _ in pieces))

    def _sampled(self) -> Iterator[Frame]:
        """The sample of what is kept, as if no other frame had been drawn."""
        canvas, shown = self._blank(), self._blank()
        wanted, touched = set(self._raster.sampled()), NOWHERE
        for frame in self._played(canvas):
            touched = touched.union(frame.box)
            if frame.index in wanted:
                new = difference(_words(canvas[touched.slices]), _words(shown[touched.slices])).on_canvas(touched)
                shown[new.slices] = canvas[new.slices]
                yield _frame(frame.index, frame.end_s, new if frame.index else frame.box, canvas)
                touched = NOWHERE


def _frame(index: int, end_s: float, box: Box, canvas: Pixels, parts: tuple[Box, ...] | None = None) -> Frame:
    pixels = canvas[box.slices]
    pixels.flags.writeable = False
    return Frame(index=index, end_s=end_s, box=box, pixels=pixels, parts=parts)


def _words(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    """Whole pixels (h, w), to compare them at once."""
    return pixels.view(np.uint32)[..., 0]
