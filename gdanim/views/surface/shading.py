"""Terrain: the shaded surface over its floor, painted from back to front."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import PIL.Image
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D, IdentityTransform

from gdanim.drawing.mpl import to_rgb
from gdanim.views.levels import crossings
from gdanim.views.surface.camera import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.colors import Colormap
    from numpy.typing import NDArray

    from gdanim.views.surface.camera import Camera, Prospect, Solid
    from gdanim.views.surface.heightmap import Relief

    Colours = NDArray[np.float64]  # (…, 3), from 0 to 1
    Image = NDArray[np.uint8]  # (h, w, 4)

SUPERSAMPLED: Final = 2  # each way; quads without antialiasing leave no seams, and this smooths their outline
# Towards the lamp, from the viewer's right, up and back: it stands behind the viewer's left shoulder.
LAMP: Final = np.array([-0.55, 0.62, 0.56])
DEEPEST_SHADE, BRIGHTEST_SHINE = 0.5, 0.5
SLICES: Final = (14, 10, 7, 5, 3)  # lines of equal height
MAX_CROSSINGS: Final = 36  # of them on a straight way across: more are a veil


@dataclass(frozen=True, slots=True, kw_only=True)
class Paints:
    """The colours of a surface: tints from the bottom up, what they go to in the shade and in the light, the edge."""

    tints: Colormap
    shade: str
    shine: str
    edge: str

    def lit(self, heights: NDArray[np.float64], light: NDArray[np.float64]) -> Colours:
        """The colours (…, 3) of places at heights (…) where light (…) runs from −1, shade, over 0, flat, to 1."""
        tint: Colours = self.tints(heights / TOP)[..., :3]
        dark = DEEPEST_SHADE * np.clip(-light, 0, 1)[..., np.newaxis]
        bright = BRIGHTEST_SHINE * np.clip(light, 0, 1)[..., np.newaxis]
        tint = tint + dark * (np.array(to_rgb(self.shade)) - tint)
        lit: Colours = tint + bright * (np.array(to_rgb(self.shine)) - tint)
        return lit


def sectors(side: NDArray[np.float64], eye: Solid) -> Iterator[tuple[slice, slice]]:
    """The points of a grid, rows along y and columns along x, in parts that can be painted row by row.

    Seen from the eye, a cell is covered only by slots that are nearer in x and in y both. So the grid is cut beside
    the eye, and each part begins at its far corner.
    """
    yield from product(_runs(side, float(eye[1])), _runs(side, float(eye[0])))


def _runs(side: NDArray[np.float64], eye: float) -> list[slice]:
    """Both parts of one side, each from its far end towards the eye; that which holds the eye's own cell comes last."""
    last = len(side) - 1
    cut = int(np.clip(np.searchsorted(side, eye), 0, last))
    after, before = slice(last, cut - 1 if cut else None, -1), slice(0, cut + 1)
    return [part for part, slots in ((after, last - cut), (before, cut)) if slots]


def light(relief: Relief, camera: Camera) -> NDArray[np.float64]:
    """How much more than flat ground each cell of the surface is lit: (n-1, n-1), from −1 to 1."""
    z, step = relief.z, relief.cell
    east = (z[:-1, 1:] - z[:-1, :-1] + z[1:, 1:] - z[1:, :-1]) / (2 * step)
    north = (z[1:, :-1] - z[:-1, :-1] + z[1:, 1:] - z[:-1, 1:]) / (2 * step)
    right, up, _ = camera.axes
    ahead = up[:2] / max(float(np.hypot(*up[:2])), 1e-9)
    lamp = np.array([*(LAMP[0] * right[:2] + LAMP[2] * 0.6 * ahead), LAMP[1]])
    lamp /= np.hypot(np.hypot(lamp[0], lamp[1]), lamp[2])
    lit = (lamp[2] - east * lamp[0] - north * lamp[1]) / np.sqrt(1 + east**2 + north**2)
    flat = float(lamp[2])
    more: NDArray[np.float64] = np.where(lit < flat, (lit - flat) / (1 + flat), (lit - flat) / (1 - flat))
    return more


def painted(relief: Relief, prospect: Prospect, paints: Paints) -> tuple[Image, tuple[int, int]]:
    """The surface as a picture (h, w, 4) with straight alpha, first row on top; and the pixel of its lower left."""
    z, side = relief.z, relief.side
    x, y = np.meshgrid(side, side)
    corners = prospect.pixels(np.stack([x, y, np.nan_to_num(z)], axis=-1))
    low, high = np.floor(corners.min(axis=(0, 1))), np.ceil(corners.max(axis=(0, 1)))
    corners = SUPERSAMPLED * (corners - low)
    width, height = (SUPERSAMPLED * np.maximum(high - low, 1)).astype(int).tolist()
    renderer: Any = RendererAgg(width, height, 72)  # type: ignore[no-untyped-call]  # Agg's methods carry no types
    gc = renderer.new_gc()
    gc.set_linewidth(0.0)
    middle = (z[:-1, :-1] + z[1:, :-1] + z[:-1, 1:] + z[1:, 1:]) / 4
    colours = np.ones((*middle.shape, 4))
    colours[..., :3] = paints.lit(np.nan_to_num(middle), np.nan_to_num(light(relief, prospect.camera)))
    colours[np.isnan(middle), 3] = 0.0
    for rows, columns in sectors(side, prospect.camera.eye):
        part, slots = corners[rows, columns], colours[_cells(rows), _cells(columns)]
        renderer.draw_quad_mesh(
            gc, Affine2D().frozen(), part.shape[1] - 1, part.shape[0] - 1, part, np.zeros((1, 2)),
            IdentityTransform(), slots.reshape(-1, 4), False, np.empty((0, 4)),
        )  # fmt: skip
    # Colours are averaged by what they cover: Pillow sees to that.
    image = PIL.Image.fromarray(np.asarray(renderer.buffer_rgba())).reduce(SUPERSAMPLED)
    return np.asarray(image), (int(low[0]), int(low[1]))


def _cells(points: slice) -> slice:
    """The slots between points of a grid, in the same order."""
    if points.step is None:
        return slice(points.start, points.stop - 1)
    first = points.start - 1
    stop = -1 if points.stop is None else points.stop
    return slice(first, None if stop < 0 else stop, -1)


def slices(relief: Relief) -> list[Solid]:
    """Lines of equal height on the surface, (m, 3) each: fewer where they would crowd, none where they always do."""
    for count in SLICES:
        levels = TOP * (np.arange(count) + 0.5) / count
        if crossings(np.nan_to_num(relief.z), levels) <= MAX_CROSSINGS:
            break
    else:
        return []
    z = np.ma.masked_invalid(relief.z)
    if not z.count() or z.min() > levels[-1] or z.max() < levels[0]:
        return []
    drawn = Figure().add_subplot().contour(relief.side, relief.side, z, levels=levels)
    return [
        np.concatenate([piece, np.full((len(piece), 1), level)], axis=1)
        for level, pieces in zip(levels.tolist(), drawn.allsegs, strict=True)
        for piece in map(np.asarray, pieces)
        if len(piece) > 1
    ]


def borders(relief: Relief) -> list[Solid]:
    """The four edges of the surface: (n, 3) each."""
    side, z = relief.side, relief.z
    one = np.ones_like(side)
    return [
        np.stack(edge, axis=-1)
        for edge in ((side, -one, z[0]), (side, one, z[-1]), (-one, side, z[:, 0]), (one, side, z[:, -1]))
    ]
