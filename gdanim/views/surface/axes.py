"""Axes of the surface view. They fit the projection anew whenever they are moved or resized."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.layout import TICK_PT
from gdanim.drawing.marks.caption import SetsText
from gdanim.drawing.marks.trails import Mark
from gdanim.views.surface.camera import FLOOR, TOP, fit
from gdanim.views.surface.ticks import axis_labels, without_overlaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import RendererBase

    from gdanim.drawing.geometry import Extent
    from gdanim.drawing.layout import Layout
    from gdanim.views.surface.camera import Camera, Projection, Vec2
    from gdanim.views.surface.heightmap import HeightMap
    from gdanim.views.surface.ticks import AxisLabel

CORNERS: Final = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (FLOOR, TOP)], dtype=np.float64)
RIM_EM: Final = 0.7  # of room around the box: a spot on its edge stays in the picture
NUMBER_EM: Final = 4.5  # of an edge for each number
MOST_NUMBERS: Final = 5  # along an edge
MOST_STRETCHED: Final = 1.6


class SurfaceAxes(Axes):
    """Frameless axes; the scale fits the box from every camera angle of the animation.

    Seen by one camera, the labels are texts of the axes; by several, TurningLabels draws them.
    """

    def __init__(self, layout: Layout, heightmap: HeightMap, cameras: Sequence[Camera]) -> None:
        self._cameras: Sequence[Camera] = ()  # set_position is called before the rest is known
        super().__init__(layout.figure, (0.1, 0.1, 0.8, 0.8), frame_on=False)
        self.heightmap, self.lettering, self.style = heightmap, layout.lettering(TICK_PT), layout.style
        self._cameras, self._is_named = cameras, not layout.is_bare
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

    def turn_by(self, degrees: float) -> None:
        """Look from `degrees` farther around than the first camera, at the same scale."""
        first = self._cameras[0]
        self.projection = replace(self.projection, camera=replace(first, azim=first.azim + degrees))

    def labels(self) -> list[tuple[AxisLabel, Vec2]]:
        """The labels that have room, each with the pixel of its middle."""
        return without_overlaps(self._axis_labels(self.projection.camera), self.projection, self.lettering.ascent)

    def _axis_labels(self, camera: Camera) -> list[AxisLabel]:
        side = min(self.bbox.width, self.bbox.height) / 2
        most = int(np.clip(side / (NUMBER_EM * self.lettering.ascent), 1, MOST_NUMBERS))
        found = axis_labels(self.heightmap, camera, self.lettering, most)
        return [label for label in found if self._is_named or not label.is_name]

    def _fit(self) -> Projection:
        rim = np.full((len(CORNERS), 2), RIM_EM * self.lettering.ascent)
        # A tall picture has a taller box.
        stretch = float(np.clip(self.bbox.height / max(self.bbox.width, 1.0), 1.0, MOST_STRETCHED))
        self._cameras = [replace(camera, stretch=stretch) for camera in self._cameras]
        items = [(camera.project(CORNERS), -rim, rim) for camera in self._cameras]
        for camera in self._cameras:
            for label in self._axis_labels(camera):
                middle, half = label.middle_px[np.newaxis], np.array(label.size_px) / 2
                items.append((camera.project(label.at[np.newaxis]), middle - half, middle + half))
        return fit(self._cameras[0], items, np.array(self.bbox.min), np.array(self.bbox.max))

    def _write(self) -> None:
        for text in list(self.texts):
            text.remove()
        for label, (x, y) in self.labels():
            self.text(
                x, y - self.lettering.ascent / 2, label.text, transform=IdentityTransform(), parse_math=False,
                fontsize=self.lettering.size_pt, color=self.style.text if label.is_name else self.style.muted,
                horizontalalignment="center", verticalalignment="baseline", zorder=3,
            )  # fmt: skip


class TurningLabels(Mark):
    """The labels of axes whose box turns."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw the labels that have room."""
        if not self.get_visible():
            return
        axes = surface_axes(self.axes)
        lettering, style = axes.lettering, axes.style
        for label, (x, y) in axes.labels():
            piece = (label.text, style.text if label.is_name else style.muted)
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
