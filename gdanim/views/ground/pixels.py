"""Pixels that lie over an area of axes."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.transforms import Bbox, IdentityTransform, Transform
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (h, w, 3)

EXACT: Final = 1e-6  # of a pixel
AT_ONCE: Final = 500_000  # pixels of a picture that are sampled at once: matplotlib takes 66 bytes for each


class BandedImage(AxesImage):
    """An image in a picture of any size, in bounded memory.

    One that has the pixels of its place is laid there as it is; a smaller one is sampled some rows at a time.
    """

    def make_image(
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[Any, float, float, Any]:
        """What is drawn: the pixels (h, w, 4), the lowest row first, and where, see matplotlib."""
        pixels, box = self.get_array(), self.get_window_extent(renderer)
        is_drawn = not unsampled and magnification == 1
        if is_drawn and pixels is not None and _fills(pixels.shape, box):
            upwards = pixels[:: -1 if self.origin == "upper" else 1]
            return np.ascontiguousarray(upwards), round(box.x0), round(box.y0), IdentityTransform()
        clip = self.get_clip_box() or self.axes.bbox
        rows = max(int(AT_ONCE / max(clip.width, 1)), 1)
        is_large = prod(self.get_size()) > AT_ONCE  # it is made ready anew for each band
        if not is_drawn or clip.height <= rows or is_large:
            made: tuple[Any, float, float, Any] = super().make_image(renderer, magnification, unsampled)
            return made
        edges = [clip.y0, *np.arange(np.ceil(clip.y0) + rows, clip.y1, rows), clip.y1]
        bands = []
        for low, high in pairwise(edges):
            self.set_clip_box(Bbox.from_extents(clip.x0, low, clip.x1, high))
            bands.append(super().make_image(renderer))
        self.set_clip_box(clip)
        drawn = [band for band in bands if band[0] is not None]
        return (np.concatenate([band[0] for band in drawn]), *drawn[0][1:]) if drawn else bands[0]


def _fills(shape: tuple[int, ...], box: Bbox) -> bool:
    """Whether pixels (h, w, 4) are those of a box, which begins where one begins."""
    columns, rows = box.size
    edges = np.array([box.x0, box.y0, columns - shape[1], rows - shape[0]])
    return shape[2:] == (4,) and bool(np.all(np.abs(edges - edges.round()) < EXACT) and not edges[2:].round().any())


def show_pixels(
    axes: Axes, pixels: Pixels, extent: tuple[float, float, float, float], place: Transform, zorder: float, *,
    origin: Literal["lower", "upper"] = "lower",
) -> None:  # fmt: skip
    """Lay pixels (h, w, 3 or 4) over an area of axes (left, right, bottom, top), in the coordinates of a transform."""
    # Not imshow, which sets limits and aspect of the axes.
    image = BandedImage(axes, extent=extent, origin=origin, interpolation="nearest", zorder=zorder)
    image.set_data(pixels)
    image.set_transform(place)
    image.set_clip_path(axes.patch)
    axes.add_artist(image)
