"""Ramps: colours for values in an order, such as rates, from near the background to far from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps

from gdanim.drawing.colours.vision import contrast, needed_contrast, seen
from gdanim.drawing.mpl import to_hex

# Maps whose lightness rises evenly, to every kind of colour vision: on paper one whose dark end has the more colour.
# On dark levels, which are blue, one without blues and greens.
ON_LIGHT, ON_DARK, ON_DARK_LEVELS = "plasma", "viridis", "inferno"


def ramp(count: int, background: str, levels: Sequence[str] = ()) -> tuple[str, ...]:
    """So many colours, the last of which has the most contrast to the background; all are seen on levels, too.

    Neighbours are equally far apart (ΔE76), to the readers who see the least of the difference.
    """
    is_light = contrast(background, "#000000") > contrast(background, "#ffffff")
    whole = colormaps[ON_LIGHT].reversed() if is_light else colormaps[ON_DARK_LEVELS if levels else ON_DARK]
    colours = [to_hex(colour) for colour in whole(np.arange(whole.N))]
    needed = needed_contrast(colours, levels)
    colours = [colour for colour, least in zip(colours, needed, strict=True) if contrast(colour, background) >= least]
    steps = np.linalg.norm(np.diff(seen(colours), axis=1), axis=-1).min(axis=0)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.searchsorted(along, np.linspace(0.0, along[-1], count))
    return tuple(colours[place] for place in places.tolist())
