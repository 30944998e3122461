"""Plinth: axes that hold the box of space.py, and fit what is seen of it whenever they are placed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.marks.caption import SetsText
from gdanim.drawing.marks.trails import Mark
from gdanim.views.surface.camera import FLOOR, TOP, fit
from gdanim.views.surface.ticks import apart, gauges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import RendererBase
    from matplotlib.figure import Figure

    from gdanim.drawing.geometry import Extent
    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.styles import Style
    from gdanim.views.surface.camera import Camera, Plane, Prospect
    from gdanim.views.surface.heightmap import Relief
    from gdanim.views.surface.ticks import Gauge

CORNERS: Final = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (FLOOR, TOP)], dtype=np.float64)
RIM_EM: Final = 0.7  # around the box: a spot on its edge stays in the picture
NUMBER_EM: Final = 4.5  # of an edge that a number takes
MOST_STRETCHED: Final = 1.6


class Plinth(Axes):
    """Axes without lines of their own, into which the box fits as each of the cameras sees it.

    Of one camera the labels are texts; of several, whoever turns the box writes them. They are numbers alone where
    they are not named.
    """

    def __init__(
        self,
        figure: Figure,
        relief: Relief,
        cameras: Sequence[Camera],
        lettering: Lettering,
        style: Style,
        *,
        named: bool,
    ) -> None:
        self._cameras: Sequence[Camera] = ()  # set_position is called before the rest is known
        super().__init__(figure, (0.1, 0.1, 0.8, 0.8), frame_on=False)
        self.relief, self.lettering, self.style, self.named = relief, lettering, style, named
        self._cameras = cameras
        self.set_axis_off()
        for axis in (self.xaxis, self.yaxis):
            axis.set_major_formatter(NullFormatter())
        self.prospect: Prospect = self._fitted()

    def set_position(self, pos: Any, which: Any = "both") -> None:
        """Place the axes, and fit the box into them."""
        super().set_position(pos, which)
        if self._cameras:
            self.prospect = self._fitted()
            if len(self._cameras) == 1:
                self._write()

    def turn_by(self, degrees: float) -> None:
        """Look from so much farther around than at first, and at the same scale."""
        first = self._cameras[0]
        self.prospect = replace(self.prospect, camera=replace(first, azim=first.azim + degrees))

    def labels(self) -> list[tuple[Gauge, Plane]]:
        """The labels that have room, each with the pixel of its middle."""
        return apart(self._gauges(self.prospect.camera), self.prospect, self.lettering.ascent)

    def _gauges(self, camera: Camera) -> list[Gauge]:
        side = min(self.bbox.width, self.bbox.height) / 2
        most = int(np.clip(side / (NUMBER_EM * self.lettering.ascent), 1, 5))
        found = gauges(self.relief, camera, self.lettering, most)
        return found if self.named else [gauge for gauge in found if not gauge.is_name]

    def _fitted(self) -> Prospect:
        rim = np.full((len(CORNERS), 2), RIM_EM * self.lettering.ascent)
        # A tall picture has a taller box: a wide one cannot have a wider.
        stretch = float(np.clip(self.bbox.height / max(self.bbox.width, 1.0), 1.0, MOST_STRETCHED))
        self._cameras = [replace(camera, stretch=stretch) for camera in self._cameras]
        items = []
        for camera in self._cameras:
            items.append((camera.project(CORNERS), -rim, rim))
            for gauge in self._gauges(camera):
                low, high = gauge.corners_px
                items.append((camera.project(gauge.at[np.newaxis]), low[np.newaxis], high[np.newaxis]))
        return fit(self._cameras[0], items, np.array(self.bbox.min), np.array(self.bbox.max))

    def _write(self) -> None:
        for text in list(self.texts):
            text.remove()
        for gauge, (x, y) in self.labels():
            self.text(
                x, y - self.lettering.ascent / 2, gauge.text, transform=IdentityTransform(), parse_math=False,
                fontsize=self.lettering.size_pt, color=self.style.text if gauge.is_name else self.style.muted,
                horizontalalignment="center", verticalalignment="baseline", zorder=3,
            )  # fmt: skip


class Labels(Mark):
    """The labels of a plinth that turns. All of its axes change with them."""

    def draw(self, renderer: RendererBase) -> None:
        """Lay the labels that have room onto the canvas."""
        if not self.get_visible():
            return
        plinth = plinth_of(self.axes)
        lettering, style = plinth.lettering, plinth.style
        for gauge, (x, y) in plinth.labels():
            words = (gauge.text, style.text if gauge.is_name else style.muted)
            left, base = round(x - lettering.width(gauge.text) / 2), round(y - lettering.ascent / 2)
            if isinstance(renderer, SetsText):
                renderer.draw_text_pieces(lettering, [words], left, base)
                continue
            gc = renderer.new_gc()
            renderer.draw_image(gc, left, base - lettering.descent, lettering.image(words)[::-1])
            gc.restore()

    def touched(self) -> Extent | None:
        """All of the axes."""
        left, bottom, right, top = plinth_of(self.axes).bbox.extents
        return float(left), float(bottom), float(right), float(top)


def plinth_of(axes: _AxesBase | None) -> Plinth:
    """Axes that are a plinth. Raises TypeError where they are not."""
    if not isinstance(axes, Plinth):
        raise TypeError("only a plinth has a prospect")
    return axes
