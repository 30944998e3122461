"""Basins of attraction: a background coloured by where descents end, and the legend of its other colours."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import DrawingArea
from matplotlib.patches import Circle, Rectangle

from gdanim.arrays import Index
from gdanim.descent.attractors import FAILED, IN_VALLEY, UNSETTLED
from gdanim.descent.basins import Basins, basins_of_run, grid
from gdanim.descent.descend import Descent, iterations_of
from gdanim.descent.outcomes.destinations import destinations
from gdanim.descent.stepping import Conditions
from gdanim.drawing.colours.grounds import PLACES, BasinColours, basin_colours
from gdanim.drawing.layout import Layout
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.mpl import to_rgb
from gdanim.drawing.run_styles import spread
from gdanim.drawing.styles import Style
from gdanim.views.ground.borders import smoothed
from gdanim.views.ground.key import APART_PT, in_row, place_beside_name, words
from gdanim.views.ground.pixels import Pixels, show_pixels

Limits = tuple[tuple[float, float], ...]


BASINS_ZORDER, STRIP_ZORDER, MARK_ZORDER = 0.4, 0.6, 4.0  # below the levels; above the grid; below the paths
STRIP_PT: Final = 7.0  # the height of a strip; in one so thin a tint is not seen, so that it takes half of the mark
STRIPE_PT: Final = 3.0
MARK_PT, LEAST_MARK_PT = 8.0, 3.5
CROWD: Final = 12  # attractors from which on their marks shrink

LEGEND: Final = {FAILED: "diverges", UNSETTLED: "still moving", IN_VALLEY: "arrives in the valley"}
SIGN_PT, SIGN_GAP_PT = 8.0, 4.0
DOT_PT: Final = 0.7  # the radius of a dot of a sign


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
    """The number of the colour of each attractor: (m,); -1 for attractors without cells.

    Attractors without cells count, so that a minimizer keeps its colour whatever the rate.
    """
    numbers = spread(basins.attractors, PLACES)
    return np.where(np.isin(np.arange(len(numbers)), basins.attractor), numbers, -1)


def _basins(descent: Descent, run: int, limits: Limits, size_px: tuple[float, float]) -> Basins:
    settings, objective, start = descent.settings, descent.objective, descent.trajectory.x[run, 0]
    # The places of the runs come first, so that runs and ground agree about colours.
    known = destinations(descent).places
    iterations, conditions = iterations_of(settings, objective), Conditions.of(settings)
    cells = partial(grid, limits, size_px)
    return basins_of_run(objective, descent.runs[run], start, iterations, conditions, cells, known)


def _painted(attractor: Index, indices: Index, palette: BasinColours, background: str, stripe: float) -> Pixels:
    """The pixels (h, w, 3) of cells (h, w). A stripe takes the share `stripe` of the width."""
    # The last four rows belong to IN_VALLEY, NOWHERE, UNSETTLED and FAILED, which are negative indices.
    names = [
        *(palette.tints[i] for i in indices),
        palette.tints[0],
        background,
        palette.unsettled[0],
        palette.stripes[0],
    ]
    colours, kinds = np.unique(np.array([to_rgb(name) for name in names]), axis=0, return_inverse=True)
    pixels = smoothed(kinds.reshape(-1)[attractor], colours)
    row, column = np.indices(attractor.shape)
    across = max(round(stripe * attractor.shape[1]), 1)
    pixels[(attractor == FAILED) & ((row + column) // across % 2 == 1)] = to_rgb(palette.stripes[1])
    dot = max(across // 2, 1)
    is_dot = (row % (2 * across) < dot) & (column % (2 * across) < dot)
    pixels[(attractor == UNSETTLED) & is_dot] = to_rgb(palette.unsettled[1])
    painted: Pixels = np.rint(pixels * 255).astype(np.uint8)
    return painted


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
    faces = {
        UNSETTLED: (*palette.unsettled, None),
        IN_VALLEY: (palette.tints[0], None, None),
        FAILED: (*palette.stripes, "////"),
    }
    face, ink, hatch = faces[kind]
    area, square = DrawingArea(SIGN_PT, SIGN_PT), partial(Rectangle, (0, 0), SIGN_PT, SIGN_PT)
    area.add_artist(square(facecolor=face, edgecolor=ink, linewidth=0, hatch=hatch))
    if kind == UNSETTLED:  # not a hatch, which vector formats leave out
        for x, y in product((1, 2, 3), repeat=2):
            area.add_artist(Circle((x * SIGN_PT / 4, y * SIGN_PT / 4), DOT_PT, facecolor=ink, linewidth=0))
    area.add_artist(square(facecolor="none", edgecolor=style.muted, linewidth=0.6))
    return area
