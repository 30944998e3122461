"""Ramps: colours for values in an order, such as rates, from near the background to far from it."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib import colormaps

from gdanim.drawing.colours.vision import contrast, seen
from gdanim.drawing.mpl import to_hex

LEAST_CONTRAST: Final = 3.0  # to the background. Source: WCAG 2.2, 1.4.11
# Maps whose lightness rises evenly, to every kind of colour vision: on paper one whose dark end has the more colour.
ON_LIGHT, ON_DARK = "plasma", "viridis"


def ramp(count: int, background: str) -> tuple[str, ...]:
    """So many colours, the last of which has the most contrast to the background.

    Neighbours are equally far apart (ΔE76), to the readers who see the least of the difference.
    """
    is_light = contrast(background, "#000000") > contrast(background, "#ffffff")
    whole = colormaps[ON_LIGHT].reversed() if is_light else colormaps[ON_DARK]
    colours = [to_hex(colour) for colour in whole(np.arange(whole.N))]
    colours = [colour for colour in colours if contrast(colour, background) >= LEAST_CONTRAST]
    steps = np.linalg.norm(np.diff(seen(colours), axis=1), axis=-1).min(axis=0)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.searchsorted(along, np.linspace(0.0, along[-1], count))
    return tuple(colours[place] for place in places.tolist())
