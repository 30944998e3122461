"""The contour view: a function of two variables from above, its minima, the trail of each run and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from gdanim.track import Track
from gdanim.views.assembly import assemble, landing_marks, run_marks
from gdanim.views.stage import Cell, Stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gdanim.descent import Descent
    from gdanim.marks import Mark
    from gdanim.objectives.objective import Objective
    from gdanim.scene import Scene
    from gdanim.styles import Style
    from gdanim.views.assembly import Teams

GRID, COARSE_GRID = 241, 61  # points along each axis; coarse where each costs a call of somebody's code
LEVELS = 16
MAX_CROSSINGS = 70  # with more lines than that the levels are a grey veil


def build(descent: Descent) -> Scene:
    """Lay out one axes with filled levels, and the marks of all runs."""
    settings, objective, timeline = descent.settings, descent.objective, descent.timeline
    xlim, ylim = settings.xlim or tuple(objective.bounds[0]), settings.ylim or tuple(objective.bounds[1])

    def fill(stage: Stage, teams: Teams) -> tuple[list[Cell], list[Mark]]:
        style = stage.style
        axes = stage.axes(xlabel="x", ylabel="y", xlim=xlim, ylim=ylim)
        axes.grid(visible=False)
        _draw_levels(axes, objective, style)
        _draw_minimizers(axes, objective, style)
        track = Track(descent.trajectory.x)
        landings = landing_marks(axes, track, teams, timeline, style.text)
        return [Cell(axes, 0, 0, 1, 1)], [*landings, *run_marks(axes, track, teams, timeline, style, cased=True)]

    return assemble(descent, fill)


def _draw_levels(axes: Axes, objective: Objective, style: Style) -> None:
    points = COARSE_GRID if objective.point_by_point else GRID
    x, y = np.linspace(*axes.get_xlim(), points), np.linspace(*axes.get_ylim(), points)
    f = objective.value(np.stack(np.meshgrid(x, y), axis=-1))
    f = np.where(np.isfinite(f), f, np.nan)
    levels = spread_levels(f)
    if len(levels) < 2:
        return
    axes.contourf(x, y, f, levels=levels, cmap=_ramp(style), norm=_rank(levels), extend="both", zorder=0.5)
    if _crossings(f, levels) <= MAX_CROSSINGS:
        axes.contour(x, y, f, levels=levels, colors=[style.line], linewidths=0.6, linestyles="solid", zorder=1)


def _crossings(f: NDArray[np.float64], levels: NDArray[np.float64]) -> float:
    """How many lines a straight way across the picture meets, on average."""
    band = np.digitize(f, levels)
    return float(max(np.abs(np.diff(band, axis=axis)).sum() / f.shape[1 - axis] for axis in (0, 1)))


def _draw_minimizers(axes: Axes, objective: Objective, style: Style) -> None:
    if len(objective.minimizers):
        x, y = objective.minimizers.T
        axes.plot(x, y, "+", color=style.text, markersize=8, markeredgewidth=1.4, zorder=4, clip_on=True)


def spread_levels(f: NDArray[np.float64], count: int = LEVELS) -> NDArray[np.float64]:
    """Levels that show the valleys of f: between equal heights, where f is even, and equal areas, where it is not.

    Heights above the minimum are spaced like a power of the rank whose exponent comes from the skewness of f: a
    function with deep narrow valleys gets most of its levels low down. Returns at most count + 1 rising values.
    """
    finite = f[np.isfinite(f)]
    if not finite.size:
        return np.empty(0)
    low, middle, high = np.quantile(finite, [0.0, 0.5, 0.97])
    if not high > low:
        return np.empty(0)
    # f ≈ low + (high − low)·q^p puts the median at q = 1/2: p is 1 for an even spread, and large for a narrow valley.
    share = np.clip((middle - low) / (high - low), 1e-4, 0.9)
    power = float(np.clip(np.log(share) / np.log(0.5), 1.0, 7.0))
    return np.unique(low + (high - low) * np.linspace(0, 1, count + 1) ** power)


def _rank(levels: NDArray[np.float64]) -> object:
    from matplotlib.colors import BoundaryNorm

    return BoundaryNorm(levels, ncolors=256, extend="both")


def _ramp(style: Style) -> LinearSegmentedColormap:
    """From a tint at the bottom of the valleys to the background at the top: the path keeps its contrast everywhere."""
    return LinearSegmentedColormap.from_list("levels", [*style.levels, style.background])
