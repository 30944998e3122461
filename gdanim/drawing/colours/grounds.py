"""Colours of places: of basins, of the minima in them, and of the runs that end there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gdanim.drawing.styles import Style, is_light


@dataclass(frozen=True, slots=True, kw_only=True)
class BasinColours:
    """The colours of basins, as #rrggbb.

    tints       of the areas, the most distinct first: any two differ by ΔE76 ≥ 12 to every kind of colour vision, the
                first four in lightness, too, by L* ≥ 4.5; the style's trail has a contrast of 3 to each
    marks       of their attractors and of the runs that end there, in the same hues, told apart as well
    unsettled   of cells from which a descent is still moving at its end, and of the dots on them
    stripes     of cells from which it diverges or leaves the domain
    """

    tints: tuple[str, ...]
    marks: tuple[str, ...]
    unsettled: tuple[str, str]
    stripes: tuple[str, str]


LIGHT = BasinColours(
    tints=("#8bcdf9", "#fccb70", "#d1ffc3", "#fddcd7", "#ccc1d0", "#80f6fe", "#e9f6a0", "#acd194"),
    marks=("#1864a8", "#8c640e", "#6c7c3c", "#a94457", "#60426b", "#348d84", "#4f5822", "#264929"),
    unsettled=("#eff1f3", "#b0b7bf"),
    stripes=("#c9cdd2", "#dde0e4"),
)
DARK = BasinColours(
    tints=("#264b86", "#5d2e43", "#2f3103", "#2b1055", "#524600", "#2d3458", "#4c131e", "#340d30"),
    marks=("#afa9f9", "#eb8ba4", "#b1e84f", "#7d8cfd", "#e9ee90", "#9480b2", "#febaa5", "#d5b1de"),
    unsettled=("#1a2027", "#4d5763"),
    stripes=("#3a4048", "#2a3037"),
)
# Any two tints differ in lightness by L* ≥ 5 as well, the first four by twice that.
GREY = BasinColours(
    tints=("#edf3b8", "#b4d1fd", "#ed9d9a", "#8596b3", "#81f2de", "#d6bf6f", "#67a6f0", "#91884c"),
    marks=("#696e45", "#495f7e", "#794241", "#3a465b", "#0e7164", "#65571d", "#094e82", "#464115"),
    unsettled=("#fafafa", "#a6a6a6"),
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
