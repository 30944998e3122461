"""Basins of attraction: a background coloured by where descents end, and the legend of its other colours."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.offsetbox import DrawingArea
from matplotlib.patches import Rectangle
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from gdanim.arrays import Index, Vector
from gdanim.descent.attractors import FAILED, IN_VALLEY, UNSETTLED
from gdanim.descent.basins import Basins, basins_of_run, grid
from gdanim.descent.descend import Descent, iterations_of
from gdanim.descent.stepping import Conditions
from gdanim.drawing.layout import Layout
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.mpl import to_rgb
from gdanim.drawing.styles import Style, is_light
from gdanim.views.ground.key import APART_PT, in_row, place_beside_name, words

Pixels = NDArray[np.uint8]  # (h, w, 3)
Limits = tuple[tuple[float, float], ...]


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

BASINS_ZORDER, STRIP_ZORDER, MARK_ZORDER = 0.4, 0.6, 4.0  # below the levels; above the grid; below the paths
STRIP_PT: Final = 7.0  # the height of a strip; in one so thin a tint is not seen, so that it takes half of the mark
STRIPE_PT: Final = 3.0
MARK_PT, LEAST_MARK_PT = 8.0, 3.5
CROWD: Final = 12  # attractors from which on their marks shrink

LEGEND: Final = {FAILED: "diverges", UNSETTLED: "still moving", IN_VALLEY: "arrives in the valley"}
SIGN_PT, SIGN_GAP_PT = 8.0, 4.0


def draw_basins(layout: Layout, axes: Axes, descent: Descent, *, run: int = 0) -> Basins:
    """Paint the basins of a run's method and rates as the background of axes of two variables, and mark the attractors.

    The axes must have their limits, and about their final size. The attractors have the colours of their basins.
    """
    limits, box = (axes.get_xlim(), axes.get_ylim()), axes.get_window_extent()
    basins = _basins(descent, run, limits, (box.width, box.height))
    style = layout.style
    palette, indices = basin_colours(style), colour_indices(basins)
    pixels = _painted(basins.attractor, indices, palette, style.background, layout.px(STRIPE_PT) / box.width)
    show_pixels(axes, pixels, (*limits[0], *limits[1]), axes.transData, BASINS_ZORDER)
    size = max(MARK_PT * min(1.0, (CROWD / max(len(indices), 1)) ** 0.5), LEAST_MARK_PT)
    for place, attractor in zip(indices.tolist(), basins.attractors, strict=True):
        fill = palette.marks[place] if place >= 0 else style.background
        axes.plot(
            *attractor, "o", color=fill, markersize=size, markeredgecolor=style.text, markeredgewidth=size / 7,
            zorder=MARK_ZORDER, scalex=False, scaley=False,
        )  # fmt: skip
    return basins


def draw_basins_strip(layout: Layout, axes: Axes, descent: Descent, *, run: int = 0) -> Basins:
    """Paint the basins of a run's method and rates as a strip along the bottom of axes of one variable.

    The axes must have their limits, and about their final size.
    """
    limits, box = axes.get_xlim(), axes.get_window_extent()
    basins = _basins(descent, run, (limits,), (box.width, 1.0))
    palette = basin_colours(layout.style)
    strong = replace(palette, tints=tuple(map(partial(mixed, share=0.5), palette.marks, palette.tints)))
    cells = basins.attractor[np.newaxis]
    pixels = _painted(cells, colour_indices(basins), strong, layout.style.background, layout.px(STRIPE_PT) / box.width)
    height = layout.px(STRIP_PT) / box.height
    show_pixels(axes, pixels, (*limits, 0.0, height), axes.get_xaxis_transform(), STRIP_ZORDER)
    return basins


def colour_indices(basins: Basins) -> Index:
    """The index of the colour of each attractor: (m,); -1 for attractors without cells.

    The lowest attractors have different colours; each further one takes the colour whose other attractors are farthest
    away. Attractors without cells count, so that a minimizer keeps its colour whatever the rate.
    """
    count = len(LIGHT.tints)
    indices = np.full(len(basins.attractors), -1)
    taken: list[list[Vector]] = [[] for _ in range(count)]
    for place, here in enumerate(basins.attractors):
        gaps = [min((float(np.sum((here - other) ** 2)) for other in owners), default=np.inf) for owners in taken]
        indices[place] = int(np.argmax(gaps))
        taken[indices[place]].append(here)
    return np.where(np.isin(np.arange(len(indices)), basins.attractor), indices, -1)


def _basins(descent: Descent, run: int, limits: Limits, size_px: tuple[float, float]) -> Basins:
    settings, objective, start = descent.settings, descent.objective, descent.trajectory.x[run, 0]
    iterations, conditions = iterations_of(settings, objective), Conditions.of(settings)
    cells = partial(grid, limits, size_px)
    return basins_of_run(objective, descent.runs[run], start, iterations, conditions, cells)


def _painted(attractor: Index, indices: Index, palette: BasinColours, background: str, stripe: float) -> Pixels:
    """The pixels (h, w, 3) of cells (h, w). A stripe takes the share `stripe` of the width."""
    # The last four rows belong to IN_VALLEY, NOWHERE, UNSETTLED and FAILED, which are negative indices.
    names = [*(palette.tints[i] for i in indices), palette.tints[0], background, palette.unsettled, palette.stripes[0]]
    pixels = np.array([to_rgb(name) for name in names])[attractor]
    row, column = np.indices(attractor.shape)
    across = max(round(stripe * attractor.shape[1]), 1)
    pixels[(attractor == FAILED) & ((row + column) // across % 2 == 1)] = to_rgb(palette.stripes[1])
    painted: Pixels = np.rint(pixels * 255).astype(np.uint8)
    return painted


def show_pixels(
    axes: Axes, pixels: Pixels, extent: tuple[float, float, float, float], place: Transform, zorder: float, *,
    origin: Literal["lower", "upper"] = "lower",
) -> None:  # fmt: skip
    """Lay pixels (h, w, 3 or 4) over an area of axes (left, right, bottom, top), in the coordinates of a transform."""
    # Not imshow, which sets limits and aspect of the axes.
    image = AxesImage(axes, extent=extent, origin=origin, interpolation="nearest", zorder=zorder)
    image.set_data(pixels)
    image.set_transform(place)
    image.set_clip_path(axes.patch)
    axes.add_artist(image)


def basin_colours(style: Style) -> BasinColours:
    """The colours of basins in a style."""
    if style.greyscale:
        return GREY
    return LIGHT if is_light(style.background) else DARK


def write_basins_legend(layout: Layout, axes: Axes, kinds: Set[int]) -> None:
    """Add a legend of some kinds of cells, those of LEGEND, right of the name of the horizontal axis.

    The axes must have about their final width. Nothing is added where there is no room.
    """
    shown = [kind for kind in LEGEND if kind in kinds]
    if not shown:
        return
    style = layout.style
    entries = [in_row([_sign(style, kind), words(style, LEGEND[kind])], SIGN_GAP_PT) for kind in shown]
    place_beside_name(layout, axes, in_row(entries, APART_PT))


def _sign(style: Style, kind: int) -> DrawingArea:
    palette = basin_colours(style)
    faces = {UNSETTLED: (palette.unsettled, None), IN_VALLEY: (palette.tints[0], None), FAILED: palette.stripes}
    face, stripe = faces[kind]
    area, square = DrawingArea(SIGN_PT, SIGN_PT), partial(Rectangle, (0, 0), SIGN_PT, SIGN_PT)
    area.add_artist(square(facecolor=face, edgecolor=stripe, linewidth=0, hatch=stripe and "////"))
    area.add_artist(square(facecolor="none", edgecolor=style.muted, linewidth=0.6))
    return area
