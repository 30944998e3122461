"""The key to the colours of a surface, in a corner of its axes that the box and its labels leave free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.views.ground.inks import fills
from gdanim.views.ground.key import Bands, ground_keys, key_box, size_px

if TYPE_CHECKING:
    from gdanim.drawing.geometry import PixelPoints
    from gdanim.views.surface.axes import SurfaceAxes
    from gdanim.views.surface.box import SurfaceColours

STEPS: Final = 12  # of the bar
CORNERS: Final = ((1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0))  # of the axes, the most usual first
APART_EM: Final = 1.0  # from the box and its labels
# Points around a label, (9, 2), against half of its size.
AROUND: Final = np.array([[x, y] for x in (-1, 0, 1) for y in (-1, 0, 1)], dtype=np.float64)


def write_surface_key(axes: SurfaceAxes, colours: SurfaceColours) -> None:
    """Add the key in the first corner that is free from every camera; none where no corner is.

    The axes must have their final size.
    """
    if not axes.is_named:
        return
    shades = fills(colours.tints, STEPS)
    bands = Bands(shades, uneven=not axes.heightmap.scale.is_straight)
    taken = _taken(axes)
    low, size = np.array(axes.bbox.min), np.array(axes.bbox.size)
    for key in ground_keys(axes.style, bands):
        own = np.array(size_px(axes, key))
        if (own > size).any():
            continue
        for corner in CORNERS:
            left = low + corner * (size - own)
            apart = APART_EM * axes.lettering.ascent
            if not ((taken > left - apart) & (taken < left + own + apart)).all(axis=1).any():
                axes.add_artist(key_box(key, corner, "axes fraction", corner))
                return


def _taken(axes: SurfaceAxes) -> PixelPoints:
    """Points (m, 2) on the floor, the surface and around the labels, as every camera sees them."""
    found = []
    for projection, labels in axes.views():
        found.append(projection.pixels(axes.drawn))
        for label in labels:
            middle = projection.pixels(label.at) + label.middle_px
            found.append(middle + AROUND * np.array(label.size_px) / 2)
    return np.concatenate(found)
