"""Animated WebP, written change by change as the frames come; Pillow compresses each picture.

Layout (RIFF, WebP Container Specification): RIFF header · VP8X (canvas, what there is) · ANIM (how many plays) · for
each frame ANMF (box, delay, blending, and the picture as a chunk in it) · XMP (the recipe).
"""

import io
import struct
from typing import Final

import numpy as np
from PIL import Image

from gdanim.drawing.frame import Box, Pixels
from gdanim.output.animation import AnimationWriter
from gdanim.output.changes import Change
from gdanim.output.containers import xmp

TICKS_PER_S: Final = 1000
MAX_TICKS: Final = 0xFFFFFF
GRID_PX: Final = 2  # offsets are stored as halves
ANIMATION, XMP, ALPHA = 0x02, 0x04, 0x10  # flags of VP8X
BLEND, REPLACE = 0x00, 0x02  # pixels laid over the canvas, or put in its place
# Measured on the presets: more effort gains less than 1 %, less loses a quarter.
METHOD, EFFORT = 2, 50
# Below 25, libwebp takes 12 bytes for each pixel, not 22, and half the time, for a sixth more bytes.
LARGE_PX, LARGE_EFFORT = 16_000_000, 24


class WebpWriter(AnimationWriter):
    """A lossless animated WebP.

    Lossy WebP is not offered: on plots it is larger than this, and its colours are of half the resolution.
    """

    ticks_per_s = TICKS_PER_S
    grid_px = GRID_PX

    def _begin(self) -> None:
        content = ANIMATION | ALPHA | (XMP if self._film.recipe else 0)
        canvas = bytes((content, 0, 0, 0)) + _u24(self._film.width - 1, self._film.height - 1)
        self._append(_riff(0), _chunk(b"VP8X", canvas))
        self._append(_chunk(b"ANIM", struct.pack("<IH", 0, self._film.loop)))

    def _end(self) -> None:
        if self._film.recipe:
            self._append(_chunk(b"XMP ", xmp.packet(self._film.recipe)))
        size = self._file.tell()
        self._file.seek(0)
        self._append(_riff(size))

    def _put(self, change: Change) -> None:
        pixels, operation = (change.sparse_pixels, BLEND) if change.blends else (change.pixels, REPLACE)
        if self._few is not None:
            pixels = self._few.reduced(pixels)
        self._put_frame(change.box, pixels, min(change.ticks, MAX_TICKS), operation)
        for start in range(MAX_TICKS, change.ticks, MAX_TICKS):
            self._put_frame(Box(0, 0, 1, 1), NOTHING_NEW, min(change.ticks - start, MAX_TICKS), BLEND)

    def _put_frame(self, box: Box, pixels: Pixels, ticks: int, operation: int) -> None:
        place = _u24(box.x // GRID_PX, box.y // GRID_PX, box.width - 1, box.height - 1, ticks) + bytes((operation,))
        self._append(_chunk(b"ANMF", place + _compressed(pixels)))


NOTHING_NEW: Final = np.zeros((1, 1, 4), np.uint8)


def _riff(file_size: int) -> bytes:
    return struct.pack("<4sI4s", b"RIFF", max(file_size - 8, 0), b"WEBP")


def _chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk, padded to an even size."""
    return struct.pack("<4sI", kind, len(content)) + content + bytes(len(content) % 2)


def _u24(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(3, "little") for number in numbers)


def _compressed(pixels: Pixels) -> bytes:
    """Pixels (h, w, 4) as the chunk of a lossless picture: a WebP file without its RIFF header."""
    file = io.BytesIO()
    height, width, _ = pixels.shape
    effort = EFFORT if height * width < LARGE_PX else LARGE_EFFORT
    # exact: transparent pixels keep their colour, too.
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, exact=True, method=METHOD, quality=effort)
    return file.getvalue()[len(_riff(0)) :]
