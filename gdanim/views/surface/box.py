"""Scenery: what stands still in the box: the floor with its lines, the surface, and the minima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.geometry import Polylines
from gdanim.drawing.marks.trails import Mark, mixed
from gdanim.drawing.shapes import CIRCLE, copies, polylines
from gdanim.views.levels import line_ink
from gdanim.views.surface.axes import plinth_of
from gdanim.views.surface.camera import FLOOR, TOP
from gdanim.views.surface.paths import dropped
from gdanim.views.surface.shading import borders, painted, slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.drawing.geometry import Extent, PixelPoints
    from gdanim.drawing.styles import Style
    from gdanim.views.surface.axes import Plinth
    from gdanim.views.surface.camera import Solid
    from gdanim.views.surface.heightmap import Relief
    from gdanim.views.surface.shading import Paints

    Ink = str | tuple[float, float, float, float]

LINE_PT, SLICE_PT, TICK_PT = 0.8, 0.5, 2.5
SLICE_INK: Final = 0.32  # of the lines on the surface
HALO_PT, HIDDEN_INK = 0.9, 0.45
FLOOR_CORNERS: Final = np.array([[-1, -1, FLOOR], [1, -1, FLOOR], [1, 1, FLOOR], [-1, 1, FLOOR]], dtype=np.float64)
PLUS: Final = Path([[-1, 0], [1, 0], [0, -1], [0, 1]], [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO])
SIGNS: Final = ((CIRCLE, 9.0, 1.0), (PLUS, 5.0, 1.2))  # of a minimum: what is drawn, its size and its line in points


class Scenery(Mark):
    """Floor, surface and minima, as the prospect of the plinth shows them. It moves where the box is turned."""

    def __init__(self, relief: Relief, minima: Solid, paints: Paints, style: Style) -> None:
        super().__init__(zorder=1)
        self.relief, self.minima, self.paints, self.style = relief, minima, paints, style
        self.lines = slices(relief)

    @property
    def plinth(self) -> Plinth:
        """The axes that the scenery stands in."""
        if self.axes is None:
            raise RuntimeError("add the scenery to axes first")
        return plinth_of(self.axes)

    def draw(self, renderer: RendererBase) -> None:
        """Paint from the floor up, and the surface from back to front."""
        if self.get_visible():
            self._draw_floor(renderer)
            self._draw_surface(renderer)
            self._draw_minima(renderer)

    def touched(self) -> Extent | None:
        """All of the axes."""
        left, bottom, right, top = self.plinth.bbox.extents
        return float(left), float(bottom), float(right), float(top)

    def _draw_floor(self, renderer: RendererBase) -> None:
        style, plinth = self.style, self.plinth
        place = plinth.prospect.pixels
        corners = place(FLOOR_CORNERS)
        ground = Path(np.concatenate([corners, corners[:1]]), closed=True)
        fill = mixed(line_ink(style), style.background, 0.12)
        self._stroke(renderer, ground, style.line, LINE_PT, fill=fill)
        lines = _path([place(dropped(line)) for line in self.lines])
        self._stroke(renderer, lines, mixed(line_ink(style), fill, 0.75), 0.6)
        ticks = [
            np.stack([foot := place(gauge.at), foot + TICK_PT * self.dpi / 72 * gauge.outwards])
            for gauge, _ in plinth.labels()
            if not gauge.is_name
        ]
        self._stroke(renderer, _path(ticks), style.line, LINE_PT)
        posts = [np.array([corner, [*corner[:2], TOP]]) for corner in FLOOR_CORNERS]
        heights = self.relief.at(FLOOR_CORNERS[:, :2])
        for post, height in zip(posts, np.nan_to_num(heights), strict=True):
            post[1, 2] = height
        self._stroke(renderer, _path([place(post) for post in posts]), mixed(style.line, style.background, 0.7), 0.6)

    def _draw_surface(self, renderer: RendererBase) -> None:
        image, (left, bottom) = painted(self.relief, self.plinth.prospect, self.paints)
        gc = renderer.new_gc()
        renderer.draw_image(gc, left, bottom, image[::-1])
        gc.restore()
        ink = to_rgba(self.paints.shade, SLICE_INK)
        self._stroke(renderer, self._seen(self.lines), ink, SLICE_PT)
        self._stroke(renderer, self._seen(borders(self.relief)), self.paints.edge, LINE_PT)

    def _seen(self, lines: Sequence[Solid]) -> Path | None:
        """Those parts of lines on the surface that nothing hides."""
        if not lines:
            return None
        points, prospect = np.concatenate(lines), self.plinth.prospect
        hidden = self.relief.hides(points, prospect.camera.eye) | np.isnan(points).any(axis=1)
        begins = np.cumsum([0, *(len(part) for part in lines[:-1])])
        parted = np.union1d(begins, np.flatnonzero(hidden | np.append(False, hidden[:-1])))
        return polylines(Polylines(prospect.pixels(np.nan_to_num(points)), parted, ~hidden))

    def _draw_minima(self, renderer: RendererBase) -> None:
        if not len(self.minima):
            return
        style, prospect = self.style, self.plinth.prospect
        places = prospect.pixels(self.minima)
        hidden = self.relief.hides(self.minima, prospect.camera.eye)
        self._signs(renderer, places[hidden], to_rgba(style.text, HIDDEN_INK), 0.0)
        self._signs(renderer, places[~hidden], style.background, 2 * HALO_PT)
        self._signs(renderer, places[~hidden], style.text, 0.0)

    def _signs(self, renderer: RendererBase, places: PixelPoints, ink: Ink, wider_pt: float) -> None:
        """Rings with a plus, as the contour view marks minima."""
        for shape, size_pt, width_pt in SIGNS:
            path = copies(shape, places, size_pt * self.dpi / 72 / 2)
            self._stroke(renderer, path, ink, width_pt + wider_pt)

    def _stroke(
        self,
        renderer: RendererBase,
        path: Path | None,
        ink: Ink,
        width_pt: float,
        fill: str | None = None,
    ) -> None:
        if path is None or not len(np.asarray(path.vertices)):
            return
        gc = renderer.new_gc()
        gc.set_foreground(to_rgba(ink), isRGBA=True)
        gc.set_linewidth(width_pt)
        gc.set_joinstyle("round")
        gc.set_snap(False)
        renderer.draw_path(gc, path, IdentityTransform(), to_rgba(fill) if fill else None)
        gc.restore()


def _path(lines: Sequence[np.ndarray]) -> Path | None:
    """One path of separate lines (m, 2)."""
    if not lines:
        return None
    points = np.concatenate(lines)
    begins = np.cumsum([0, *(len(part) for part in lines[:-1])])
    return polylines(Polylines(points, begins, np.ones(len(points), dtype=bool)))
