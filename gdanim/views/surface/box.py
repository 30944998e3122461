"""What stands still in the box: the floor with its level lines and ticks, the minima, and the lit surface.

The surface is an image, rendered from back to front; its level lines and edges are strokes on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import PIL.Image
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gdanim.drawing.frame import BAND_PX
from gdanim.drawing.geometry import Polylines
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.mpl import to_rgb
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.shapes import CIRCLE, copies, polylines
from gdanim.views.ground.draw import PLUS_PT, RING_PT, SIGN_HALO_PT
from gdanim.views.ground.inks import LINE_CONTRAST, fills, line_ink, veil
from gdanim.views.ground.levels import crossings
from gdanim.views.surface.axes import surface_axes
from gdanim.views.surface.camera import FLOOR, TOP
from gdanim.views.surface.paths import floor_shadow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.backend_bases import RendererBase
    from matplotlib.colors import Colormap
    from numpy.typing import NDArray

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import Extent, PixelPoints
    from gdanim.drawing.styles import Style
    from gdanim.views.surface.camera import Camera, Projection, Vec3
    from gdanim.views.surface.heightmap import HeightMap

    Ink = str | tuple[float, float, float, float]

LINE_PT, LEVEL_PT, TICK_PT = 0.8, 0.5, 2.5
HIDDEN_INK: Final = 0.45  # of the signs of hidden minima
SUPERSAMPLED: Final = 2  # each way: quads without antialiasing leave no seams, and this smooths their outline
# Towards the lamp, in the directions right, up and back of the viewer: behind the viewer's left shoulder.
LAMP: Final = np.array([-0.55, 0.62, 0.56])
DEEPEST_SHADE, BRIGHTEST_SHINE, UNDERSIDE = 0.5, 0.5, 0.5
LEVEL_COUNTS: Final = (14, 10, 7, 5, 3)  # that are tried
MAX_CROSSINGS: Final = 36  # of level lines on a straight way across: more are a veil
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
        ink = to_rgba(self.colours.line, self.colours.line_opacity)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceColours:
    """The colours of a surface."""

    tints: Colormap  # from the lowest to the highest
    shade: str  # what tints are mixed with where it is dark
    shine: str  # … and bright
    edge: str  # of the line around the surface
    line: str  # of the lines of level on it

    @property
    def line_opacity(self) -> float:
        """The least at which lines of level are told from every tint."""
        return veil(fills(self.tints, 16), np.array(to_rgb(self.line)), LINE_CONTRAST)

    def lit(
        self, heights: NDArray[np.float64], light: NDArray[np.float64], below: NDArray[np.bool_] | bool = False
    ) -> NDArray[np.float64]:
        """The colours (…, 3) at heights (…), where light (…) runs from −1, dark, over 0, as on flat ground, to 1.

        below (…)   where the underside is seen, which the light does not reach
        """
        tint: NDArray[np.float64] = self.tints(heights / TOP)[..., :3]
        dark = DEEPEST_SHADE * np.clip(-light, 0, 1)[..., np.newaxis]
        bright = BRIGHTEST_SHINE * np.clip(light, 0, 1)[..., np.newaxis]
        tint = tint + dark * (np.array(to_rgb(self.shade)) - tint)
        tint += bright * (np.array(to_rgb(self.shine)) - tint)
        shaded = UNDERSIDE * np.asarray(below)[..., np.newaxis]
        return np.asarray(tint + shaded * (np.array(to_rgb(self.shade)) - tint))


def sectors(side: NDArray[np.float64], eye: Vec3) -> Iterator[tuple[Index, Index]]:
    """Split the points of a grid, rows along y and columns along x, into parts that can be painted row by row.

    A cell is covered only by cells that are nearer to the eye in both x and y. So the grid is cut beside the eye, and
    each part begins at its far corner.
    """
    yield from product(_halves(side, float(eye[1])), _halves(side, float(eye[0])))


def _halves(side: NDArray[np.float64], eye: float) -> list[Index]:
    """The two parts of one side, each from its far end towards the eye; the one with the cell of the eye comes last."""
    last = len(side) - 1
    cut = int(np.clip(np.searchsorted(side, eye), 0, last))
    return [part for part in (np.arange(last, cut - 1, -1), np.arange(cut + 1)) if len(part) > 1]


def light(heightmap: HeightMap, camera: Camera) -> NDArray[np.float64]:
    """How much more light than flat ground each cell of the surface gets: (n-1, n-1), from −1 to 1."""
    z, step = heightmap.z, heightmap.cell
    east = (z[:-1, 1:] - z[:-1, :-1] + z[1:, 1:] - z[1:, :-1]) / (2 * step)
    north = (z[1:, :-1] - z[:-1, :-1] + z[1:, 1:] - z[:-1, 1:]) / (2 * step)
    right, up, _ = camera.axes
    ahead = up[:2] / max(float(np.hypot(*up[:2])), 1e-9)
    lamp = np.array([*(LAMP[0] * right[:2] + LAMP[2] * 0.6 * ahead), LAMP[1]])
    lamp /= np.hypot(np.hypot(lamp[0], lamp[1]), lamp[2])
    lit = (lamp[2] - east * lamp[0] - north * lamp[1]) / np.sqrt(1 + east**2 + north**2)
    flat = float(lamp[2])
    return np.asarray((lit - flat) / np.where(lit < flat, 1 + flat, 1 - flat))


def undersides(corners: PixelPoints) -> NDArray[np.bool_]:
    """Which cells between the points of a grid (n, n, 2), as seen in the picture, are seen from below: (n-1, n-1)."""
    along, across = corners[1:, 1:] - corners[:-1, :-1], corners[1:, :-1] - corners[:-1, 1:]
    return np.asarray(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0] < 0)


def render_surface(
    heightmap: HeightMap, projection: Projection, surface_colours: SurfaceColours
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The surface as an image (h, w, 4) with straight alpha, top row first; and the pixel of its lower left corner."""
    z, side = heightmap.z, heightmap.side
    x, y = np.meshgrid(side, side)
    corners = projection.pixels(np.stack([x, y, np.nan_to_num(z)], axis=-1))
    low, high = np.floor(corners.min(axis=(0, 1))), np.ceil(corners.max(axis=(0, 1)))
    corners = SUPERSAMPLED * (corners - low)
    width, height = (SUPERSAMPLED * np.maximum(high - low, 1)).astype(int).tolist()
    renderer: Any = RendererAgg(width, height, 72)  # type: ignore[no-untyped-call]  # Agg's methods carry no types
    gc = renderer.new_gc()
    gc.set_linewidth(0.0)
    middle = (z[:-1, :-1] + z[1:, :-1] + z[:-1, 1:] + z[1:, 1:]) / 4
    colours = np.ones((*middle.shape, 4))
    lit, below = np.nan_to_num(light(heightmap, projection.camera)), undersides(corners)
    colours[..., :3] = surface_colours.lit(np.nan_to_num(middle), lit, below)
    colours[np.isnan(middle), 3] = 0.0
    for rows, columns in sectors(side, projection.camera.eye):
        part = corners[np.ix_(rows, columns)]
        # Each cell is numbered as the lower of the two points that it lies between.
        cells = colours[np.ix_(*(np.minimum(points[:-1], points[1:]) for points in (rows, columns)))]
        renderer.draw_quad_mesh(
            gc, Affine2D().frozen(), part.shape[1] - 1, part.shape[0] - 1, part, np.zeros((1, 2)),
            IdentityTransform(), cells.reshape(-1, 4), False, np.empty((0, 4)),
        )  # fmt: skip
    return _reduced(np.asarray(renderer.buffer_rgba())), (int(low[0]), int(low[1]))


def _reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels (h, w, 4) with each SUPERSAMPLED × SUPERSAMPLED of them as one. Pillow weighs colours by their alpha."""
    bands = [pixels[top : top + SUPERSAMPLED * BAND_PX] for top in range(0, len(pixels), SUPERSAMPLED * BAND_PX)]
    return np.concatenate([np.asarray(PIL.Image.fromarray(band).reduce(SUPERSAMPLED)) for band in bands])


def level_lines(heightmap: HeightMap) -> list[Vec3]:
    """Lines of equal height on the surface, (m, 3) each: as many as do not crowd; none where even the fewest do."""
    tried = (TOP * (np.arange(count) + 0.5) / count for count in LEVEL_COUNTS)
    calm = (levels for levels in tried if crossings(np.nan_to_num(heightmap.z), levels) <= MAX_CROSSINGS)
    levels, z = next(calm, np.empty(0)), np.ma.masked_invalid(heightmap.z)
    if not levels.size or not z.count() or z.min() > levels[-1] or z.max() < levels[0]:
        return []
    drawn = Figure().add_subplot().contour(heightmap.side, heightmap.side, z, levels=levels)
    return [
        np.concatenate([piece, np.full((len(piece), 1), level)], axis=1)
        for level, pieces in zip(levels.tolist(), drawn.allsegs, strict=True)
        for piece in map(np.asarray, pieces)
        if len(piece) > 1
    ]


def edges(heightmap: HeightMap) -> list[Vec3]:
    """The four edges of the surface, (n, 3) each."""
    side, z = heightmap.side, heightmap.z
    one = np.ones_like(side)
    along = (side, -one, z[0]), (side, one, z[-1]), (-one, side, z[:, 0]), (one, side, z[:, -1])
    return [np.stack(edge, axis=-1) for edge in along]
