"""The ground of axes of two variables: filled levels with the lines between them, and the valley of all minima."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from numpy.typing import NDArray

from gdanim.arrays import Scalar
from gdanim.drawing.geometry import to_scale
from gdanim.drawing.mpl import to_rgb
from gdanim.drawing.styles import Style
from gdanim.objectives.objective import Objective
from gdanim.views.ground.inks import HEAVY_CONTRAST, LINE_CONTRAST, Colours, fills, line_inks, tints, veil
from gdanim.views.ground.key import Bands
from gdanim.views.ground.levels import MAX_CROSSINGS, calm_levels, crossings, lowest, sampled

LINE_PT, HEAVY_PT = 0.6, 1.2
HEAVY_EVERY: Final = 4
UNEVEN: Final = 0.05  # by how much steps between levels differ, at least, against the largest, where they do
BESIDE_VALLEY = 0.75  # cells: where the line beside a valley of minima runs
VALLEY_PT = 0.8
# The sign of a minimum is a ring and a plus: the size and the line of each, and the halo around both, in points.
RING_PT, PLUS_PT, SIGN_HALO_PT = (9.0, 1.0), (5.0, 1.2), 0.9


def draw_levels(axes: Axes, objective: Objective, style: Style, *, cmap: str | None) -> Bands | None:
    """Fill the levels of axes and draw the lines between them, fewer where they would crowd, every fourth heavier.

    cmap   a colour map of matplotlib in place of the style's tints
    Returns the colours of the fills; None where the function is flat.
    """
    x, y, f, levels = _levels(axes, objective)
    if not len(levels):
        return None
    colours = fills(tints(style) if cmap is None else colormaps[cmap], len(levels) + 1)
    axes.contourf(x, y, f, levels=levels, colors=list(map(tuple, colours)), extend="both", zorder=0.5)
    if crossings(f, levels) <= MAX_CROSSINGS:
        thin, heavy = (line_inks(colours, style, contrast) for contrast in (LINE_CONTRAST, HEAVY_CONTRAST))
        _draw_lines(axes, (x, y, f), levels, np.where(is_heavy(levels)[:, np.newaxis], heavy, thin), 1.0)
    steps = np.diff(levels)
    return Bands(colours, uneven=bool(np.ptp(steps) > UNEVEN * steps.max(initial=0.0)))


def draw_level_lines(axes: Axes, objective: Objective, style: Style, over: Sequence[str]) -> None:
    """Draw the lines of level alone, over areas of some colours."""
    x, y, f, levels = _levels(axes, objective)
    if len(levels) and crossings(f, levels) <= MAX_CROSSINGS:
        ink = np.array(to_rgb(style.text))
        opacity = veil(np.array(list(map(to_rgb, over))), ink, LINE_CONTRAST)
        _draw_lines(axes, (x, y, f), levels, np.tile(ink, (len(levels), 1)), opacity)


def draw_valley(axes: Axes, objective: Objective, style: Style) -> None:
    """Outline the curve or the area of the lowest points, where there is one: as a double line, or by its edge."""
    if not objective.continuum or objective.valley > objective.minimum:
        return
    grid = sampled(objective, (axes.get_xlim(), axes.get_ylim()))
    x, y, f = grid.x, grid.y, grid.f
    cell = np.array([x[1] - x[0], y[1] - y[0]])
    with np.errstate(all="ignore"):
        slope = np.linalg.norm(objective.gradient(np.stack(np.meshgrid(x, y), axis=-1)) * cell, axis=-1)
        # The distance to where f would be that low, in cells: half of it where f is quadratic across the valley.
        away = np.where(f <= objective.valley, 0.0, (f - objective.valley) / slope)
    axes.contour(x, y, away, levels=[BESIDE_VALLEY], colors=[style.text], linewidths=VALLEY_PT, zorder=3.9)


def is_heavy(levels: Scalar) -> NDArray[np.bool_]:
    """Which levels (k,) have a heavier line: every fourth, from the lowest upwards."""
    return np.asarray(np.arange(1, len(levels) + 1) % HEAVY_EVERY == 0)


def _levels(axes: Axes, objective: Objective) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """f (m, n) at x (n,) and y (m,), and its levels (k,), both over a power of two."""
    grid = sampled(objective, (axes.get_xlim(), axes.get_ylim()))
    # matplotlib takes ±1e250 for the ends of all heights.
    scaled = to_scale(np.append(grid.f.ravel(), lowest(objective)))
    f = scaled[:-1].reshape(grid.f.shape)
    return grid.x, grid.y, f, calm_levels(f, float(scaled[-1]))


def _draw_lines(
    axes: Axes, values: tuple[Scalar, Scalar, Scalar], levels: Scalar, inks: Colours, opacity: float
) -> None:
    widths = np.where(is_heavy(levels), HEAVY_PT, LINE_PT)
    axes.contour(
        *values, levels=levels, colors=list(map(tuple, inks)), linewidths=widths.tolist(), linestyles="solid",
        alpha=opacity if opacity < 1 else None, zorder=1,
    )  # fmt: skip
