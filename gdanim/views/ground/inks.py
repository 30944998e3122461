"""The colours of the ground: fills from deep to high, and lines that are told from the fills beside them."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap
from numpy.typing import NDArray

from gdanim.drawing.colours.vision import with_contrast
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.mpl import to_hex, to_rgb
from gdanim.drawing.styles import Style

Colours = NDArray[np.float64]  # (…, 3), sRGB from 0 to 1

# The share of the text's colour in an outline of paths. It has a contrast of OUTLINED to all basins, and to every fill
# of levels to which the halo inside it has less.
OUTLINE_INK, OUTLINED = 0.85, 3.0
FILLS: Final = 64  # at which that is looked at
LINE_INK: Final = 0.32
LINE_CONTRAST, HEAVY_CONTRAST = 1.6, 2.1  # of a line of level to the fills on both sides
SHARES: Final = np.linspace(0.0, 1.0, 101)[:, np.newaxis]


def tints(style: Style) -> Colormap:
    """From the deepest colour, in the valleys, to the background at the top."""
    return LinearSegmentedColormap.from_list("levels", [*style.levels, style.background])


def fills(ramp: Colormap, count: int) -> Colours:
    """The colours of `count` areas between levels, from the lowest upwards: (count, 3)."""
    return np.asarray(ramp(np.linspace(0.0, 1.0, count))[:, :3])


def soft_outline(style: Style) -> str:
    """The colour of the outline of paths over the fills of a style: darker or lighter, where its text is too pale."""
    ink = mixed(style.text, style.background, OUTLINE_INK)
    areas, halo = fills(tints(style), FILLS), np.array(to_rgb(style.background))
    for fill in areas[contrasts(areas, halo) < OUTLINED]:
        if contrasts(np.array(to_rgb(ink)), fill) < OUTLINED:
            ink = with_contrast(ink, to_hex(tuple(fill)), OUTLINED)
    return ink


def line_ink(style: Style) -> str:
    """The colour of lines upon the background: a hint of the text's. The lines of the axes are black in a box."""
    return mixed(style.text, style.background, LINE_INK)


def line_inks(areas: Colours, style: Style, contrast: float) -> Colours:
    """The colours (k, 3) of the lines between areas (k + 1, 3): a shade of these, with a contrast to both.

    The shade is one towards the text; towards the background, where text does not reach.
    """
    sides = np.stack([areas[:-1], areas[1:]])
    inks = [
        _shade(one, np.array([to_rgb(style.text), to_rgb(style.background)]), contrast) for one in sides.swapaxes(0, 1)
    ]
    return np.array(inks).reshape(-1, 3)


def _shade(beside: Colours, inks: Colours, contrast: float) -> Colours:
    """The mean of colours (m, 3), with as much of the first ink as has a contrast to all; of the next, if none has."""
    best: tuple[float, Colours] = 0.0, beside[0]
    for ink in inks:
        tried = SHARES * ink + (1 - SHARES) * beside.mean(axis=0)
        reached = contrasts(tried[:, np.newaxis], beside).min(axis=1)
        first = int(np.argmax(reached >= contrast)) or int(np.argmax(reached))
        if reached[first] > best[0]:
            best = float(reached[first]), tried[first]
        if best[0] >= contrast:
            break
    return best[1]


def veil(under: Colours, ink: Colours, contrast: float) -> float:
    """The least opacity at which an ink (3,) has a contrast to all colours (m, 3) under it; 1 where none has."""
    laid = SHARES[:, np.newaxis] * ink + (1 - SHARES[:, np.newaxis]) * under
    enough = contrasts(laid, under).min(axis=1) >= contrast
    return float(SHARES[np.argmax(enough), 0]) if enough.any() else 1.0


def contrasts(one: Colours, other: Colours) -> NDArray[np.float64]:
    """From 1 (alike) to 21 (black and white), of colours (…, 3). Source: WCAG 2.2."""
    here, there = luminance(one), luminance(other)
    return np.asarray((np.maximum(here, there) + 0.05) / (np.minimum(here, there) + 0.05))


def luminance(colours: Colours) -> NDArray[np.float64]:
    """The relative luminance of colours (…, 3). Source: WCAG 2.2."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])
