"""RGB to Y′CbCr 4:2:0 of BT.709 in tv range (ITU-R BT.709-6, 3), where a picture changed: a film changes little.

Y′ = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B), Cb = 128 + 224 (B − Y)/1.8556, Cr = 128 + 224 (R − Y)/1.5748 for R, G
and B from 0 to 1. The chroma of a pixel is that of the mean of four. All in whole numbers, the weights in 2⁻¹⁶: every
machine gives the same bytes, within half a level and 0.01 of the formula.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gdanim.drawing.frame import Box

BITS: Final = 16
# Weights of R, G and B, each from 0 to 255, in 2⁻¹⁶. Those of a chroma are 0 together, so that greys have none.
LUMA: Final = (11966, 40254, 4064)
BLUE_CHROMA: Final = (-6596, -22188, 28784)
RED_CHROMA: Final = (28784, -26145, -2639)
_RED_AND_BLUE: Final = np.uint32(0x00FF00FF)
_BYTE: Final = np.uint32(0xFF)


class Planes:
    """A picture of even sides in the order of ffmpeg's yuv420p: all of Y′, then Cb and Cr in half the resolution.

    `bytes` is what ffmpeg takes; it changes with the picture.
    """

    def __init__(self, height: int, width: int) -> None:
        content = np.zeros(height * width * 3 // 2, np.uint8)
        self.bytes = content.data
        self._luma = content[: height * width].reshape(height, width)
        self._chroma = content[height * width :].reshape(2, height // 2, width // 2)

    def update(self, canvas: NDArray[np.uint8], box: Box) -> None:
        """Take over what a box of the canvas (h, w, 4) shows, in RGB; of the whole squares that it meets."""
        words = canvas.view(np.uint32)[..., 0]
        for band in _even(box).bands:
            self._convert(words[band.slices], band)

    def _convert(self, words: NDArray[np.uint32], box: Box) -> None:
        self._luma[box.slices] = _luma(words)
        half = Box(*(side // 2 for side in box))
        sums = _sums_of_four(words)
        for plane, weights in zip(self._chroma, (BLUE_CHROMA, RED_CHROMA), strict=True):
            plane[half.slices] = _chroma(*sums, weights)


def _even(box: Box) -> Box:
    """The smallest box around one whose edges are even."""
    x, y = box.x // 2 * 2, box.y // 2 * 2
    return Box(x, y, -(-(box.x + box.width - x) // 2) * 2, -(-(box.y + box.height - y) // 2) * 2)


def _luma(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Y′ (h, w) of RGBA in words: red is their lowest byte."""
    red, green, blue = map(np.uint32, LUMA)
    luma = (words & _BYTE) * red
    luma += (words >> np.uint32(8) & _BYTE) * green
    luma += (words >> np.uint32(16) & _BYTE) * blue
    luma += np.uint32((16 << BITS) + (1 << BITS - 1))
    luma >>= np.uint32(BITS)
    return luma


def _sums_of_four(words: NDArray[np.uint32]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """R, G and B (h/2, w/2), each the sum of a square of four pixels. Two are added at once, in halves of a word."""
    both, green = _squares(words & _RED_AND_BLUE), _squares(words >> np.uint32(8) & _BYTE)
    red, blue = both & np.uint32(0xFFFF), both >> np.uint32(16)
    return red.view(np.int32), green.view(np.int32), blue.view(np.int32)


def _squares(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    rows = values[0::2] + values[1::2]
    return rows[:, 0::2] + rows[:, 1::2]


def _chroma(
    red: NDArray[np.int32], green: NDArray[np.int32], blue: NDArray[np.int32], weights: tuple[int, int, int]
) -> NDArray[np.int32]:
    """One chroma (h/2, w/2) of sums of four."""
    chroma = red * np.int32(weights[0])
    chroma += green * np.int32(weights[1])
    chroma += blue * np.int32(weights[2])
    chroma += np.int32((128 << BITS + 2) + (1 << BITS + 1))
    chroma >>= np.int32(BITS + 2)
    return chroma
