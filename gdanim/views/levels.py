"""Levels: a function of two variables as filled heights and lines, spaced so that its valleys show."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap
from numpy.typing import NDArray

from gdanim.arrays import Scalar
from gdanim.drawing.geometry import to_scale
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.styles import Style
from gdanim.objectives.objective import Objective

GRID, FINE_GRID, COARSE_GRID = 241, 481, 61  # points along each axis; coarse where each costs a call of somebody's code
LEVELS, FEWEST_LEVELS = 16, 5
MAX_CROSSINGS = 70  # with more lines than that across the picture the levels are a grey veil
LINE_PT, LINE_INK = 0.6, 0.32
TOP = 0.97  # the quantile of f that the highest level stands at: poles and corners are cut off
EVEN = 0.5 / TOP  # where the median then is, between the lowest level and the highest, if f is even
FLAT = 64  # in units of rounding: a function that varies by less has no shape to show
BESIDE_VALLEY = 0.75  # cells: where the line beside a valley of minima runs
VALLEY_PT = 0.8
# The sign of a minimum is a ring and a plus: the size and the line of each, and the halo around both, in points.
RING_PT, PLUS_PT, SIGN_HALO_PT = (9.0, 1.0), (5.0, 1.2), 0.9


def draw_levels(axes: Axes, objective: Objective, style: Style, *, cmap: str | None, filled: bool) -> None:
    """Fill the levels of an axes and draw the lines between them, fewer where they would crowd.

    cmap     a colour map of matplotlib in place of the style's tints
    filled   whether the heights are coloured, too
    """
    x, y, f = _sampled(axes, objective)
    f = to_scale(f)  # matplotlib takes ±1e250 for the ends of all heights
    levels = calm_levels(f)
    if len(levels) < 2:
        return
    if filled:
        ramp = tints(style) if cmap is None else colormaps[cmap]
        norm = BoundaryNorm(levels, ncolors=ramp.N, extend="both")
        axes.contourf(x, y, f, levels=levels, cmap=ramp, norm=norm, extend="both", zorder=0.5)
    if crossings(f, levels) <= MAX_CROSSINGS:
        axes.contour(
            x, y, f, levels=levels, colors=[line_ink(style) if cmap is None else style.background],
            linewidths=LINE_PT, linestyles="solid", alpha=None if cmap is None else 0.45, zorder=1,
        )  # fmt: skip


def draw_valley(axes: Axes, objective: Objective, style: Style) -> None:
    """Outline the curve or the area of the lowest points, where there is one: as a double line, or by its edge."""
    if not objective.continuum or objective.valley > objective.minimum:
        return
    x, y, f = _sampled(axes, objective)
    cell = np.array([x[1] - x[0], y[1] - y[0]])
    with np.errstate(all="ignore"):
        slope = np.linalg.norm(objective.gradient(np.stack(np.meshgrid(x, y), axis=-1)) * cell, axis=-1)
        # The distance to where f would be that low, in cells: half of it where f is quadratic across the valley.
        away = np.where(f <= objective.valley, 0.0, (f - objective.valley) / slope)
    axes.contour(x, y, away, levels=[BESIDE_VALLEY], colors=[style.text], linewidths=VALLEY_PT, zorder=3.9)


def line_ink(style: Style) -> str:
    """The colour of lines of level: a hint of the text's. The lines of the axes are black where they are a box."""
    return mixed(style.text, style.background, LINE_INK)


def tints(style: Style) -> Colormap:
    """From a tint at the bottom of the valleys to the background at the top: the path keeps its contrast everywhere."""
    return LinearSegmentedColormap.from_list("levels", [*style.levels, style.background])


def spread_levels(f: Scalar, count: int = LEVELS) -> Scalar:
    """Levels that show the shape of f: between equal heights, where f is even, and equal areas, where it is not.

    Heights are spaced like a power of the rank whose exponent comes from the skewness of f: a function with deep narrow
    valleys gets most of its levels low down, and one that is a hole in a plain gets them just below the plain.
    Returns at most count + 1 rising values.
    """
    finite = f[np.isfinite(f)]
    if not finite.size:
        return np.empty(0)
    with np.errstate(over="ignore", invalid="ignore"):
        low, middle, high = np.quantile(finite, [0.0, 0.5, TOP])
        spread = high - low
    if not np.isfinite(spread):  # wider than numbers reach: nothing between can be told
        return np.empty(0)
    if not high - low > FLAT * np.spacing(max(abs(low), abs(high))):
        return np.empty(0)
    rank = np.linspace(0, 1, count + 1)
    # f ≈ low + (high − low)·q^p puts the median at q = 1/2: p is 1 for an even spread, and large for a narrow valley.
    share = np.clip((middle - low) / (high - low), 1e-4, 1 - 1e-4)
    if share <= EVEN:
        power = float(np.clip(np.log(share) / np.log(0.5), 1.0, 7.0))
        return np.unique(low + (high - low) * rank**power)
    power = float(np.clip(np.log(1 - share) / np.log(1 - EVEN), 1.0, 4.0))
    return np.unique(high - (high - low) * (1 - rank) ** power)


def calm_levels(f: Scalar) -> Scalar:
    """As many levels, up to LEVELS, as make no crowd of lines; the fewest where they always do."""
    counts = range(LEVELS, FEWEST_LEVELS - 1, -1)
    tried = (spread_levels(f, count) for count in counts)
    return next((levels for levels in tried if crossings(f, levels) <= MAX_CROSSINGS), spread_levels(f))


def crossings(f: Scalar, levels: Scalar) -> float:
    """How many lines a straight way across the picture meets, on average."""
    band = np.digitize(f, levels)
    return float(max(np.abs(np.diff(band, axis=axis)).sum() / f.shape[1 - axis] for axis in (0, 1)))


def _sampled(axes: Axes, objective: Objective) -> tuple[Scalar, Scalar, Scalar]:
    """f (m, n) at x (n,) and y (m,); on a finer grid where it goes up and down within a few points."""

    def sampled(points: int) -> tuple[Scalar, Scalar, Scalar]:
        x, y = np.linspace(*axes.get_xlim(), points), np.linspace(*axes.get_ylim(), points)
        f = objective.value(np.stack(np.meshgrid(x, y), axis=-1))
        return x, y, np.where(np.isfinite(f), f, np.nan)

    if objective.point_by_point:
        return sampled(COARSE_GRID)
    usual = sampled(GRID)
    return sampled(FINE_GRID) if turns(usual[2]) > GRID / 6 else usual


def turns(f: NDArray[np.float64]) -> float:
    """How often f turns from rising to falling or back on a straight way across, on average."""
    rising = [np.diff(f, axis=axis) > 0 for axis in (0, 1)]
    return float(max((np.diff(up, axis=a) != 0).sum() / f.shape[1 - a] for a, up in enumerate(rising)))
