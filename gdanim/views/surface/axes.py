"""Axes of the surface view, with numbers and names along the three edges of the box that are nearest to the viewer.

They fit the projection anew whenever they are moved or resized.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.layout import TICK_PT
from gdanim.drawing.lettering import shortened
from gdanim.drawing.marks.caption import SetsText
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.painting.mark import Mark
from gdanim.views.surface.camera import FLOOR, fit
from gdanim.views.surface.labels import FAINT, axis_labels, with_strengths, without_overlaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import RendererBase

    from gdanim.drawing.geometry import Extent, PixelPoints
    from gdanim.drawing.layout import Layout
    from gdanim.views.surface.camera import Camera, Projection, Vec2, Vec3
    from gdanim.views.surface.heightmap import HeightMap
    from gdanim.views.surface.labels import AxisLabel


EDGE: Final = np.linspace(-1.0, 1.0, 41)
SIDES: Final = np.array([[*np.roll([x, side], turn), FLOOR] for side in (-1, 1) for turn in (0, 1) for x in EDGE])
SAMPLES: Final = 40  # of the surface along each side, at least, by which its extent is known
RIM_EM: Final = 0.7  # of room around the box: a spot on its edge stays in the picture
NUMBER_EM: Final = 4.5  # of an edge for each number
MOST_NUMBERS: Final = 5  # along an edge
# Of the room that the box takes: at least, where its proportions allow that, and what is aimed at where it takes less.
FILLED, FILLED_AT_ONCE, TRIALS = 0.72, 0.75, 4
FLATTEST, TALLEST, NARROWEST, WIDEST = 0.75, 1.8, 0.55, 1.6
NAME_SHARE: Final = 0.3  # of the width of the picture, that a name takes at most


class SurfaceAxes(Axes):
    """Frameless axes; the scale fits the box from every camera angle of the animation.

    Seen by one camera, the labels are texts of the axes; by several, TurningLabels draws them.
    """

    def __init__(self, layout: Layout, heightmap: HeightMap, cameras: Sequence[Camera], minima: Vec3) -> None:
        self._cameras: Sequence[Camera] = ()  # set_position is called before the rest is known
        super().__init__(layout.figure, (0.1, 0.1, 0.8, 0.8), frame_on=False)
        self.lettering, self.style = layout.lettering(TICK_PT), layout.style
        room, width = NAME_SHARE * layout.width, self.lettering.width
        self.heightmap = replace(heightmap, symbols=tuple(shortened(name, room, width) for name in heightmap.symbols))
        self._cameras, self.is_named = cameras, not layout.is_bare
        self._asked, self._minima = cameras, minima
        self.drawn = np.concatenate([SIDES, heightmap.sample(SAMPLES)])  # (m, 3): of the floor and the surface
        self.set_axis_off()
        for axis in (self.xaxis, self.yaxis):
            axis.set_major_formatter(NullFormatter())
        self.projection: Projection = self._fit()

    def set_position(self, pos: Any, which: Any = "both") -> None:
        """Move or resize the axes, and fit the box into them."""
        super().set_position(pos, which)
        if self._cameras:
            self.projection = self._fit()
            if len(self._cameras) == 1:
                self._write()

    @property
    def extent(self) -> Extent:
        """All pixels of the axes."""
        left, bottom, right, top = self.bbox.extents
        return float(left), float(bottom), float(right), float(top)

    def signs(self) -> PixelPoints:
        """Where the signs of minima stand that the surface does not hide, in pixels: (m, 2)."""
        seen = ~self.heightmap.hides(self._minima, self.projection.camera.eye)
        return self.projection.pixels(self._minima[seen])

    def turn_by(self, degrees: float) -> None:
        """Look from `degrees` farther around than the first camera, at the same scale."""
        first = self._cameras[0]
        self.projection = replace(self.projection, camera=replace(first, azim=first.azim + degrees))

    def views(self) -> Iterator[tuple[Projection, list[AxisLabel]]]:
        """The projection of each camera, and the labels that it may show."""
        for projection in self._projections(self.projection):
            yield projection, self._axis_labels(projection.camera)

    def labels(self) -> list[tuple[AxisLabel, Vec2]]:
        """The labels that have room, and are not faint, each with the pixel of its middle."""
        if len(self._cameras) == 1:
            return without_overlaps(self._axis_labels(self.projection.camera), self.projection, self.lettering.ascent)
        return [(label, middle) for label, middle, strength in self.turning_labels() if strength >= FAINT]

    def turning_labels(self) -> list[tuple[AxisLabel, Vec2, float]]:
        """All labels of a box that turns, each with the pixel of its middle and its strength from 0 to 1."""
        camera = self.projection.camera
        return with_strengths(self._axis_labels(camera), self.projection, self.lettering.ascent)

    def _axis_labels(self, camera: Camera) -> list[AxisLabel]:
        side = min(self.bbox.width, self.bbox.height) / 2
        most = int(np.clip(side / (NUMBER_EM * self.lettering.ascent), 1, MOST_NUMBERS))
        found = axis_labels(self.heightmap, camera, self.lettering, most, is_named=self.is_named)
        return [label for label in found if self.is_named or not label.is_name]

    def _fit(self) -> Projection:
        """The largest box that fits; a box of other proportions where the usual one leaves much of the room empty."""
        wider = 1.0
        for _ in range(TRIALS):
            projection = self._fitted(*proportions(wider))
            places = np.concatenate([seen.pixels(self.drawn) for seen in self._projections(projection)])
            size, room = np.ptp(places, axis=0), np.array(self.bbox.size)
            if (filled := float(size.prod() / room.prod())) >= FILLED:
                break
            wider *= (FILLED_AT_ONCE / filled) ** (1 if size[0] / room[0] < size[1] / room[1] else -1)
        return projection

    def _fitted(self, stretch: float, widening: float) -> Projection:
        rim = np.full((2, 2), RIM_EM * self.lettering.ascent)
        self._cameras = [replace(camera, stretch=stretch, widening=widening) for camera in self._asked]
        places = [camera.project(self.drawn) for camera in self._cameras]
        items = [(np.stack([seen.min(axis=0), seen.max(axis=0)]), -rim, rim) for seen in places]
        for camera in self._cameras:
            for label in self._axis_labels(camera):
                middle, half = label.middle_px[np.newaxis], np.array(label.size_px) / 2
                items.append((camera.project(label.at[np.newaxis]), middle - half, middle + half))
        return fit(self._cameras[0], items, np.array(self.bbox.min), np.array(self.bbox.max))

    def _projections(self, first: Projection) -> list[Projection]:
        return [replace(first, camera=camera) for camera in self._cameras]

    def _write(self) -> None:
        for text in list(self.texts):
            text.remove()
        for label, (x, y) in self.labels():
            self.text(
                x, y - self.lettering.ascent / 2, label.text, transform=IdentityTransform(), parse_math=False,
                fontsize=self.lettering.size_pt, color=self.style.text if label.is_name else self.style.muted,
                horizontalalignment="center", verticalalignment="baseline", zorder=3,
            )  # fmt: skip


def proportions(wider: float) -> tuple[float, float]:
    """The stretch and the widening of a box that is drawn so much wider than usual, against its height.

    Both take a part in it. Neither changes from where its valleys are seen by much, as another elevation would.
    """
    return float(np.clip(wider**-0.4, FLATTEST, TALLEST)), float(np.clip(wider**0.75, NARROWEST, WIDEST))


class TurningLabels(Mark):
    """The labels of axes whose box turns. None appears or vanishes at full strength."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw the labels that have room, at their strengths."""
        if not self.get_visible():
            return
        axes = surface_axes(self.axes)
        lettering, style = axes.lettering, axes.style
        for label, (x, y), strength in axes.turning_labels():
            if not strength:
                continue
            ink = style.text if label.is_name else style.muted
            piece = (label.text, mixed(ink, style.background, round(strength, 2)))
            left, base = round(x - lettering.width(label.text) / 2), round(y - lettering.ascent / 2)
            if isinstance(renderer, SetsText):
                renderer.draw_text_pieces(lettering, [piece], left, base)
                continue
            gc = renderer.new_gc()
            renderer.draw_image(gc, left, base - lettering.descent, lettering.image(piece)[::-1])
            gc.restore()

    def touched(self) -> Extent | None:
        """All of the axes."""
        return surface_axes(self.axes).extent


def surface_axes(axes: _AxesBase | None) -> SurfaceAxes:
    """Return axes of the surface view. Raises TypeError for others."""
    if not isinstance(axes, SurfaceAxes):
        raise TypeError("only axes of the surface view have a projection")
    return axes
