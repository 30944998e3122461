"""Draws the frames of a Scene: all that is static once, then for each frame the box that changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdanim.drawing.frame import BAND_PX, NOWHERE, Box, Frame, Pixels, apart, difference
from gdanim.drawing.geometry import Extent
from gdanim.drawing.painting.strokes import Stroke
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
        self._strokes: dict[Hashable, Stroke] = {}  # on the canvas, in the order in which they are painted
        self._at_rest: list[Stroke] = []  # the lowest of them, which the ground holds

    @cached_property
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
    def background(self) -> PackedPixels:
        """The static part of the picture; first used before any mark is drawn."""
        return self._canvas.copy()

    @cached_property
    def _ground(self) -> _Copy:
        """The background and the strokes at rest."""
        return _Copy(self.background)

    def still(self, index: int) -> Pixels:
        """A frame as a picture of its own."""
        self._wipe()
        self._repaint(index, _Copy(self.background))
        return self._canvas.view(np.uint8).reshape(*self._canvas.shape, 4).copy()

    def frames(self) -> Iterator[Frame]:
        """Every frame of the timeline, in order."""
        return self._drawn(range(self.scene.timeline.frames))

    def sample(self) -> Iterator[Frame]:
        """The frames that are sampled(); boxes since the sample before."""
        return self._drawn(self.sampled())

    def sampled(self) -> list[int]:
        """At most SAMPLES frames over the timeline, first and last included."""
        count = self.scene.timeline.frames
        return sorted({round(i) for i in np.linspace(0, count - 1, min(SAMPLES, count))})

    def _drawn(self, indices: range | list[int]) -> Iterator[Frame]:
        shown = _Copy(self.background)
        self._wipe()
        pixels: Pixels = self._canvas.view(np.uint8).reshape(*self._canvas.shape, 4)
        pixels.flags.writeable = False
        for index in indices:
            parts = self._repaint(index, shown)
            if index == indices[0]:
                parts = (Box(0, 0, *self.size),)
            box = reduce(Box.union, parts, NOWHERE)
            end_s = float(self.scene.timeline.end_s[index])
            yield Frame(index=index, end_s=end_s, box=box, pixels=pixels[box.slices], parts=parts)

    def _wipe(self) -> None:
        """Make the canvas show the background alone."""
        for stroke in self._strokes.values():
            place = self._box(stroke.extent)
            self._canvas[place.slices] = self.background[place.slices]
        self._strokes = {}
        self._wake()

    def _repaint(self, index: int, shown: _Copy) -> tuple[Box, ...]:
        """Draw a frame on the canvas, which shows the one before; returns boxes of what is new.

        Places in which strokes changed are painted anew: the ground, and all strokes above it that meet them.
        """
        before = self._strokes
        self.scene.update(index)
        places = apart([self._box(extent) for extent in self._differences()])
        above = self._above_ground(before)
        for place in places:
            self._ground.show(place, self._canvas)
        spoilt = []
        edges = [self._extent(place) for place in places]
        for stroke in above:
            if any(map(stroke.meets, edges)):
                stroke.paint(self._renderer)
                reach = self._box(stroke.extent)
                if not any(reach.common(place) == reach for place in places):
                    spoilt.append(reach)
        # Outside the places, strokes were painted a second time, over what later ones had painted.
        kept = [self._canvas[place.slices].copy() for place in places] if spoilt else []
        for reach in spoilt:
            shown.show(reach, self._canvas)
        for place, pixels in zip(places, kept, strict=False):
            self._canvas[place.slices] = pixels
        new = [shown.update(place, self._canvas) for place in places]
        return tuple(box for box in new if not box.empty)

    def _above_ground(self, before: dict[Hashable, Stroke]) -> list[Stroke]:
        """Paint the lowest strokes that are those of the frame before into the ground; returns the others."""
        strokes = list(self._strokes.values())
        resting = 0
        while resting < len(strokes) and before.get(strokes[resting].name) is strokes[resting]:
            resting += 1
        if self._at_rest != strokes[: min(len(self._at_rest), resting)]:
            self._wake()
        for stroke in strokes[len(self._at_rest) : resting]:
            place = self._box(stroke.extent)
            kept = self._canvas[place.slices].copy()
            self._ground.show(place, self._canvas)
            stroke.paint(self._renderer)
            self._ground.update(place, self._canvas)
            self._canvas[place.slices] = kept
        self._at_rest = strokes[:resting]
        return strokes[resting:]

    def _wake(self) -> None:
        """Take all strokes out of the ground."""
        for stroke in self._at_rest:
            self._ground.update(self._box(stroke.extent), self.background)
        self._at_rest = []

    def _differences(self) -> Iterator[Extent]:
        """Take over the strokes of the scene; yields where they differ from those before."""
        before = self._strokes
        self._strokes = {stroke.name: stroke for mark in self.scene.marks for stroke in mark.strokes()}
        found: list[Extent | None] = [before[name].extent for name in before.keys() - self._strokes.keys()]
        for name, stroke in self._strokes.items():
            earlier = before.get(name)
            if earlier is None:
                found.append(stroke.extent)
            elif earlier is not stroke and earlier.state == stroke.state:
                self._strokes[name] = earlier  # which has found its pixels
            elif earlier is not stroke:
                found.extend(stroke.differences(earlier))
        return (extent for extent in found if extent is not None)

    def _extent(self, place: Box) -> Extent:
        """The extent of all that may paint a pixel of a place; see _box."""
        top = self.size[1] - place.y
        return place.x - 2.0, top - place.height - 2.0, place.x + place.width + 2.0, top + 2.0

    def _box(self, extent: Extent | None) -> Box:
        """The whole pixels around an extent, with one to spare for antialiasing."""
        if extent is None:
            return NOWHERE
        width, height = self.size
        left, bottom, right, top = extent
        x0, x1 = max(int(left) - 1, 0), min(int(right) + 2, width)
        y0, y1 = max(int(height - top) - 1, 0), min(int(height - bottom) + 2, height)
        return Box(x0, y0, x1 - x0, y1 - y0) if x0 < x1 and y0 < y1 else NOWHERE


class _Copy:
    """A picture that shows the background, but for the bands of rows in which something was painted.

    A copy of the whole canvas, of which only these bands take memory.
    """

    def __init__(self, background: PackedPixels) -> None:
        self._background = background
        self._pixels = np.empty_like(background)
        self._kept = np.zeros(-(-len(background) // BAND_PX), np.bool_)

    def update(self, place: Box, canvas: PackedPixels) -> Box:
        """Take over from the canvas what is new in a place; returns the box of that."""
        self._keep(place)
        box = difference(canvas[place.slices], self._pixels[place.slices]).on_canvas(place)
        self._pixels[box.slices] = canvas[box.slices]
        return box

    def show(self, place: Box, canvas: PackedPixels) -> None:
        """Make the canvas show in a place what the picture shows."""
        self._keep(place)
        canvas[place.slices] = self._pixels[place.slices]

    def _keep(self, place: Box) -> None:
        for band in range(place.y // BAND_PX, -(-(place.y + place.height) // BAND_PX)):
            if not self._kept[band]:
                rows = slice(band * BAND_PX, (band + 1) * BAND_PX)
                self._pixels[rows] = self._background[rows]
                self._kept[band] = True
