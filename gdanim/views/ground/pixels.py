"""Pixels that lie over an area of axes."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.transforms import Bbox, Transform
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (h, w, 3)

AT_ONCE: Final = 500_000  # pixels of a picture that are sampled at once: matplotlib takes 66 bytes for each


class BandedImage(AxesImage):
    """A small image that fills a large picture: it is sampled some rows at a time, so that memory stays bounded."""

    def make_image(
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[Any, float, float, Any]:
        """What is drawn: the pixels (h, w, 4) and where, see matplotlib."""
        clip = self.get_clip_box() or self.axes.bbox
        rows = max(int(AT_ONCE / max(clip.width, 1)), 1)
        is_large = prod(self.get_size()) > AT_ONCE  # it is made ready anew for each band
        if unsampled or magnification != 1 or clip.height <= rows or is_large:
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
