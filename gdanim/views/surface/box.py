"""What stands still in the box: the floor with its level lines and ticks, the surface, and the minima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.geometry import Polylines
from gdanim.drawing.marks.trails import Mark, mixed
from gdanim.drawing.shapes import CIRCLE, copies, polylines
from gdanim.views.levels import PLUS_PT, RING_PT, SIGN_HALO_PT, line_ink
from gdanim.views.surface.axes import surface_axes
from gdanim.views.surface.camera import FLOOR
from gdanim.views.surface.paths import floor_shadow
from gdanim.views.surface.shading import edges, level_lines, render_surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import Extent, PixelPoints
    from gdanim.drawing.styles import Style
    from gdanim.views.surface.camera import Projection, Vec3
    from gdanim.views.surface.heightmap import HeightMap
    from gdanim.views.surface.shading import SurfaceColours

    Ink = str | tuple[float, float, float, float]

LINE_PT, LEVEL_PT, TICK_PT = 0.8, 0.5, 2.5
LEVEL_INK: Final = 0.32  # of the level lines on the surface
HIDDEN_INK: Final = 0.45  # of the signs of hidden minima
FLOOR_CORNERS: Final = np.array([[-1, -1, FLOOR], [1, -1, FLOOR], [1, 1, FLOOR], [-1, 1, FLOOR]], dtype=np.float64)
PLUS: Final = Path([[-1, 0], [1, 0], [0, -1], [0, 1]], [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO])


class SurfaceBox(Mark):
    """Floor, surface and minima. It is a mark since it moves where the box turns."""

    def __init__(self, heightmap: HeightMap, minima: Vec3, colours: SurfaceColours, style: Style) -> None:
        super().__init__(zorder=1)
        self.heightmap, self.minima, self.colours, self.style = heightmap, minima, colours, style
        self.lines = level_lines(heightmap)

    @property
    def _projection(self) -> Projection:
        return surface_axes(self.axes).projection

    def draw(self, renderer: RendererBase) -> None:
        """Draw the floor, the surface above it, and the minima on this."""
        if self.get_visible():
            self._draw_floor(renderer)
            self._draw_surface(renderer)
            self._draw_minima(renderer)

    def touched(self) -> Extent | None:
        """All of the axes."""
        return surface_axes(self.axes).extent

    def _draw_floor(self, renderer: RendererBase) -> None:
        style, place = self.style, self._projection.pixels
        corners = place(FLOOR_CORNERS)
        floor = Path(np.concatenate([corners, corners[:1]]), closed=True)
        fill = mixed(line_ink(style), style.background, 0.12)
        self._stroke(renderer, floor, style.line, LINE_PT, fill=fill)
        lines = _path([place(floor_shadow(line)) for line in self.lines])
        self._stroke(renderer, lines, mixed(line_ink(style), fill, 0.75), 0.6)
        length = TICK_PT * self.dpi / 72
        numbers = [label for label, _ in surface_axes(self.axes).labels() if not label.is_name]
        ticks = [np.stack([foot := place(label.at), foot + length * label.outwards]) for label in numbers]
        self._stroke(renderer, _path(ticks), style.line, LINE_PT)
        upper = FLOOR_CORNERS.copy()
        upper[:, 2] = np.nan_to_num(self.heightmap.at(FLOOR_CORNERS[:, :2]))
        posts = np.stack([FLOOR_CORNERS, upper], axis=1)
        self._stroke(renderer, _path([place(post) for post in posts]), mixed(style.line, style.background, 0.7), 0.6)

    def _draw_surface(self, renderer: RendererBase) -> None:
        image, (left, bottom) = render_surface(self.heightmap, self._projection, self.colours)
        gc = renderer.new_gc()
        renderer.draw_image(gc, left, bottom, image[::-1])
        gc.restore()
        ink = to_rgba(self.colours.shade, LEVEL_INK)
        self._stroke(renderer, self._seen(self.lines), ink, LEVEL_PT)
        self._stroke(renderer, self._seen(edges(self.heightmap)), self.colours.edge, LINE_PT)

    def _seen(self, lines: Sequence[Vec3]) -> Path:
        """The parts of lines on the surface that it does not hide."""
        points, projection = np.concatenate([np.empty((0, 3)), *lines]), self._projection
        hidden = self.heightmap.hides(points, projection.camera.eye) | np.isnan(points).any(axis=1)
        begins = np.union1d(_begins(lines), np.flatnonzero(hidden | np.append(False, hidden[:-1])))
        return polylines(Polylines(projection.pixels(np.nan_to_num(points)), begins, ~hidden))

    def _draw_minima(self, renderer: RendererBase) -> None:
        style, projection = self.style, self._projection
        places = projection.pixels(self.minima)
        hidden = self.heightmap.hides(self.minima, projection.camera.eye)
        self._signs(renderer, places[hidden], to_rgba(style.text, HIDDEN_INK), 0.0)
        self._signs(renderer, places[~hidden], style.background, 2 * SIGN_HALO_PT)
        self._signs(renderer, places[~hidden], style.text, 0.0)

    def _signs(self, renderer: RendererBase, places: PixelPoints, ink: Ink, wider_pt: float) -> None:
        """Draw the signs of minima, as the contour view does."""
        for shape, (size_pt, width_pt) in ((CIRCLE, RING_PT), (PLUS, PLUS_PT)):
            path = copies(shape, places, size_pt * self.dpi / 72 / 2)
            self._stroke(renderer, path, ink, width_pt + wider_pt)

    def _stroke(self, renderer: RendererBase, path: Path, ink: Ink, width_pt: float, fill: str | None = None) -> None:
        if not len(path):
            return
        gc = renderer.new_gc()
        gc.set_foreground(to_rgba(ink), isRGBA=True)
        gc.set_linewidth(width_pt)
        gc.set_joinstyle("round")
        gc.set_snap(False)
        renderer.draw_path(gc, path, IdentityTransform(), to_rgba(fill) if fill else None)
        gc.restore()


def _path(lines: Sequence[np.ndarray]) -> Path:
    """One path of separate lines (m, 2)."""
    points = np.concatenate([np.empty((0, 2)), *lines])
    return polylines(Polylines(points, _begins(lines), np.ones(len(points), dtype=bool)))


def _begins(lines: Sequence[np.ndarray]) -> Index:
    """The row at which each line begins, when all are joined to one array."""
    return np.cumsum([0, *map(len, lines)])[:-1]
