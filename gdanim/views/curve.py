"""The curve view: a function of one variable, the trail of each run and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.track import Track
from gdanim.views.assembly import assemble, landing_marks, run_marks
from gdanim.views.stage import Cell, Stage, nice_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.marks import Mark
    from gdanim.objectives.objective import Objective, Scalar
    from gdanim.scene import Scene
    from gdanim.settings import Settings
    from gdanim.solver import Trajectory
    from gdanim.timeline import Timeline
    from gdanim.views.assembly import Colours

SAMPLES, FEW_SAMPLES = 2001, 201  # of the function; few where each costs a call of somebody's code


def build(objective: Objective, trajectory: Trajectory, timeline: Timeline, settings: Settings) -> Scene:
    """Lay out one axes with the function, and the marks of all runs."""

    def fill(stage: Stage, colours: Colours) -> tuple[list[Cell], list[Mark]]:
        axes, marks = draw_curve(stage, objective, trajectory, timeline, settings, colours)
        return [Cell(axes, 0, 0, 1, 1)], marks

    return assemble(objective, trajectory, timeline, settings, fill)


def draw_curve(
    stage: Stage,
    objective: Objective,
    trajectory: Trajectory,
    timeline: Timeline,
    settings: Settings,
    colours: Colours,
) -> tuple[Axes, list[Mark]]:
    """Add the axes with the function; returns them with the marks on them."""
    style = stage.style
    xlim, ylim, x, f = _window(objective, trajectory, settings)
    axes = stage.axes(xlabel="x", ylabel="y", xlim=xlim, ylim=ylim)
    axes.plot(x, f, color=style.function, linewidth=1.4, solid_capstyle="round", zorder=3)
    track = Track(np.stack([trajectory.x[..., 0], trajectory.f], axis=-1))
    landings = landing_marks(axes, track, trajectory, timeline, style.muted)
    return axes, [*landings, *run_marks(axes, track, colours, style)]


def _window(
    objective: Objective, trajectory: Trajectory, settings: Settings
) -> tuple[tuple[float, float], tuple[float, float], np.ndarray, np.ndarray]:
    """The ends of both axes, and the function between them: x (n,), f (n,)."""
    low, high = objective.bounds[0]
    own_x, own_y = objective.view or ((float(low), float(high)), None)
    xlim = settings.xlim or own_x
    # The function is drawn where it is defined to be searched; a reader who asks for other ends gets all of them.
    first, last = xlim if settings.xlim else (low, high)
    x = np.linspace(first, last, FEW_SAMPLES if objective.point_by_point else SAMPLES)
    f = objective.value(x[:, np.newaxis])
    automatic = _heights(f, trajectory)
    ylim = settings.ylim or (own_y if own_y and not settings.xlim else automatic)
    # A pole is a gap: without one, its two sides would be joined by a vertical line.
    far = 2 * (ylim[1] - ylim[0])
    f = np.where(np.isfinite(f) & (f > ylim[0] - far) & (f < ylim[1] + far), f, np.nan)
    return xlim, ylim, x, f


def _heights(f: Scalar, trajectory: Trajectory) -> tuple[float, float]:
    """Ends of the vertical axis for samples of the function: poles are cut off, starts and settled runs are not."""
    seen = f[np.isfinite(f)]
    if not seen.size:
        return 0.0, 1.0
    low, high = np.quantile(seen, [0.02, 0.98])
    low, high = max(seen.min(), low - 0.5 * (high - low)), min(seen.max(), high + 0.5 * (high - low))
    settled = [run for run in range(trajectory.runs) if not trajectory.outcome[run].failed]
    path = np.concatenate([trajectory.f[:, 0], trajectory.f[settled].ravel()])
    return nice_limits(float(min(low, path.min())), float(max(high, path.max())))
