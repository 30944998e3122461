"""Colours of places: of basins, of the minima in them, and of the runs that end there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gdanim.drawing.styles import Style, is_light


@dataclass(frozen=True, slots=True, kw_only=True)
class BasinColours:
    """The colours of basins, as #rrggbb.

    tints       of the areas, the most distinct first: any two differ by ΔE76 ≥ 12 to every kind of colour vision, and
                the style's trail has a contrast of 3 to each
    marks       of their attractors, in the same colours
    unsettled   of cells from which a descent is still moving at its end
    stripes     of cells from which it diverges or leaves the domain
    """

    tints: tuple[str, ...]
    marks: tuple[str, ...]
    unsettled: str
    stripes: tuple[str, str]


LIGHT = BasinColours(
    tints=("#9dcafa", "#e0c68b", "#ccfcce", "#f3b9a5", "#d1c0d7", "#9eeeff", "#f7f1b1", "#c8dbcd"),
    marks=("#1c66b8", "#8a6a00", "#2f8a3a", "#b8492a", "#7d549b", "#00839a", "#8f8500", "#4f7a5e"),
    unsettled="#eff1f3",
    stripes=("#c9cdd2", "#dde0e4"),
)
DARK = BasinColours(
    tints=("#174e82", "#6d3d4c", "#39532e", "#453a59", "#584c14", "#002b5b", "#48181a", "#3f2900"),
    marks=("#6fb4ff", "#f09ab0", "#9ad084", "#b8a2e6", "#d8c65a", "#4a8fe0", "#ea7d72", "#c89a3c"),
    unsettled="#1a2027",
    stripes=("#3a4048", "#2a3037"),
)
# Any two tints differ in lightness by L* ≥ 5 as well, the first four by twice that.
GREY = BasinColours(
    tints=("#edf3b8", "#b4d1fd", "#ed9d9a", "#8596b3", "#81f2de", "#d6bf6f", "#67a6f0", "#91884c"),
    marks=("#696e45", "#495f7e", "#794241", "#3a465b", "#0e7164", "#65571d", "#094e82", "#464115"),
    unsettled="#fafafa",
    stripes=("#b0b0b0", "#fafafa"),
)

PLACES: Final = len(LIGHT.tints)


def basin_colours(style: Style) -> BasinColours:
    """The colours of basins in a style."""
    if style.greyscale:
        return GREY
    return LIGHT if is_light(style.background) else DARK


def place_colours(style: Style) -> tuple[str, ...]:
    """The colours of minima and of the runs that end there, over basins in a style."""
    return basin_colours(style).marks
