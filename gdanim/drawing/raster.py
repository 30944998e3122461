"""Draws the frames of a Scene: all that is static once, then for each frame the box that changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdanim.drawing.frame import BAND_PX, NOWHERE, Box, Frame, Pixels, difference
from gdanim.drawing.geometry import Extent
from gdanim.drawing.scene import Scene

PackedPixels = NDArray[np.uint32]  # (h, w): one RGBA pixel each, so that pixels are copied and compared whole

# Frames that a palette is chosen from: more of them change no colour that can be seen, and each costs a drawing.
SAMPLES = 12


class Raster:
    """Draws the frames of one scene. One pass at a time: frames() and sample() share the canvas."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        # The canvas on which texts were measured: another one would take as much memory again.
        canvas: Any = scene.figure.canvas  # the backend's methods carry no types
        self._agg = canvas
        self._renderer = canvas.get_renderer()
        self._painted: list[Box] = []

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self._agg.get_width_height()
        return width, height

    @cached_property
    def _canvas(self) -> PackedPixels:
        """The pixels of the canvas. Drawn when first used: vector formats use none."""
        self._agg.draw()
        canvas: PackedPixels = np.asarray(self._agg.buffer_rgba()).view(np.uint32)[..., 0]
        return canvas

    @cached_property
    def _background(self) -> PackedPixels:
        """The static part of the picture; first used before any mark is drawn."""
        return self._canvas.copy()

    def still(self, index: int) -> Pixels:
        """A frame as a picture of its own."""
        shown = self._background.shape
        self._paint(index)
        return self._canvas.view(np.uint8).reshape(*shown, 4).copy()

    def frames(self) -> Iterator[Frame]:
        """Every frame of the timeline, in order."""
        return self._drawn(range(self.scene.timeline.frames))

    def sample(self) -> Iterator[Frame]:
        """At most SAMPLES frames over the timeline, first and last included; boxes since the sample before."""
        count = self.scene.timeline.frames
        return self._drawn(sorted({round(i) for i in np.linspace(0, count - 1, min(SAMPLES, count))}))

    def _drawn(self, indices: range | list[int]) -> Iterator[Frame]:
        shown = _Shown(self._background)
        pixels: Pixels = self._canvas.view(np.uint8).reshape(*self._canvas.shape, 4)
        pixels.flags.writeable = False
        for index in indices:
            before = self._painted
            self._paint(index)
            changed = Box(0, 0, *self.size) if index == indices[0] else NOWHERE
            for place in (*before, *self._painted):
                # Mark by mark: the box around all marks may be the whole canvas.
                changed = changed.union(shown.update(place, self._canvas))
            end_s = float(self.scene.timeline.end_s[index])
            yield Frame(index=index, end_s=end_s, box=changed, pixels=pixels[changed.slices])

    def _paint(self, index: int) -> None:
        """Draw one frame on the canvas: restore the background where marks were painted, then paint them anew."""
        for box in self._painted:
            self._canvas[box.slices] = self._background[box.slices]
        self.scene.update(index)
        self._painted = []
        for mark in self.scene.marks:
            mark.draw(self._renderer)
            extent = mark.touched()
            if extent is not None:
                self._painted.append(self._box(extent))

    def _box(self, extent: Extent) -> Box:
        """The whole pixels around an extent, with one to spare for antialiasing."""
        width, height = self.size
        left, bottom, right, top = extent
        x0, x1 = max(int(left) - 1, 0), min(int(right) + 2, width)
        y0, y1 = max(int(height - top) - 1, 0), min(int(height - bottom) + 2, height)
        return Box(x0, y0, x1 - x0, y1 - y0) if x0 < x1 and y0 < y1 else NOWHERE


class _Shown:
    """What the frame before showed: the background, but for the bands of rows in which marks were painted.

    A copy of the whole canvas, of which only these bands take memory.
    """

    def __init__(self, background: PackedPixels) -> None:
        self._background = background
        self._pixels = np.empty_like(background)
        self._kept = np.zeros(-(-len(background) // BAND_PX), np.bool_)

    def update(self, place: Box, canvas: PackedPixels) -> Box:
        """Take over from the canvas what is new in a place; returns the box of that."""
        for band in range(place.y // BAND_PX, -(-(place.y + place.height) // BAND_PX)):
            if not self._kept[band]:
                rows = slice(band * BAND_PX, (band + 1) * BAND_PX)
                self._pixels[rows] = self._background[rows]
                self._kept[band] = True
        box = difference(canvas[place.slices], self._pixels[place.slices]).on_canvas(place)
        self._pixels[box.slices] = canvas[box.slices]
        return box
