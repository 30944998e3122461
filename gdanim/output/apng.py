"""APNG, written change by change as the frames come: exact, with delays from absolute times.

Layout (Animated PNG, PNG third edition): the PNG signature and IHDR · acTL (how many frames, how many plays) · for
each frame fcTL (box, delay, blending) and its pixels, IDAT for the first and fdAT for the others ·
tEXt (the recipe, as a comment) · IEND. fcTL and fdAT are numbered through. The recipe comes last, because ffmpeg looks
for an fcTL in the first two kilobytes, and takes a file without one there for a still.
"""

import struct
from pathlib import Path
from typing import Final

import numpy as np

from gdanim.drawing.frame import Box
from gdanim.output.animation import AnimationWriter
from gdanim.output.base import FilmInfo
from gdanim.output.changes import Change
from gdanim.output.png import END, FILTERS, INDEXED, RGBA, SIGNATURE, Coding, chunk, comment, deflated, density, header

TICKS_PER_S: Final = 1000
MAX_TICKS: Final = 0xFFFF
REPLACE, BLEND = 0, 1  # blend_op: pixels put in place of the canvas, or laid over it
ACTL_AT: Final = len(SIGNATURE) + 25  # after IHDR
NOTHING_NEW: Final = Change(Box(0, 0, 1, 1), np.zeros((1, 1, 4), np.uint8), np.zeros((1, 1), np.bool_), ticks=0)


class ApngWriter(AnimationWriter):
    """An animated PNG."""

    ticks_per_s = TICKS_PER_S

    def __init__(self, path: Path, film: FilmInfo) -> None:
        super().__init__(path, film)
        self._coding = Coding(RGBA)
        self._n_frames = self._n_numbered = 0

    def _begin(self) -> None:
        if self._few is not None and not self._film.transparent:
            self._coding = Coding(INDEXED, self._few)
        self._append(
            header(self._film.width, self._film.height, self._coding, between=self._control() + density(self._film.dpi))
        )

    def _end(self) -> None:
        self._append(comment(self._film.recipe) + END)
        self._file.seek(ACTL_AT)
        self._append(self._control())

    def _control(self) -> bytes:
        return chunk(b"acTL", struct.pack(">II", self._n_frames, self._film.loop))

    def _put(self, change: Change) -> None:
        self._put_frame(change, min(change.ticks, MAX_TICKS))
        for start in range(MAX_TICKS, change.ticks, MAX_TICKS):
            self._put_frame(NOTHING_NEW, min(change.ticks - start, MAX_TICKS))

    def _put_frame(self, change: Change, ticks: int) -> None:
        first = self._n_frames == 0
        blends = not first and change.blends
        pixels = change.sparse_pixels if blends else change.pixels
        if self._few is not None and self._film.transparent:
            pixels = self._few.reduced(pixels)
        payload = deflated(self._coding.samples(pixels), FILTERS if first else FILTERS[:1])
        x, y, width, height = change.box
        operation = BLEND if blends else REPLACE
        control = struct.pack(">IIIIHHBB", width, height, x, y, ticks, TICKS_PER_S, 0, operation)
        self._append(chunk(b"fcTL", self._number() + control))
        self._append(chunk(b"IDAT", payload) if first else chunk(b"fdAT", self._number() + payload))
        self._n_frames += 1

    def _number(self) -> bytes:
        """The next sequence number of fcTL and fdAT."""
        self._n_numbered += 1
        return struct.pack(">I", self._n_numbered - 1)
