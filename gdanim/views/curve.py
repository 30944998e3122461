"""The curve view: a function of one variable, the trail of each run and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.track import Track
from gdanim.views.assembly import assemble, landing_marks, run_marks
from gdanim.views.stage import Cell, Stage, nice_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.descent import Descent
    from gdanim.marks import Mark
    from gdanim.objectives.objective import Scalar
    from gdanim.scene import Scene
    from gdanim.trajectory import Trajectory
    from gdanim.views.assembly import Teams

SAMPLES, FEW_SAMPLES = 2001, 201  # of the function; few where each costs a call of somebody's code


def build(descent: Descent) -> Scene:
    """Lay out one axes with the function, and the marks of all runs."""

    def fill(stage: Stage, teams: Teams) -> tuple[list[Cell], list[Mark]]:
        axes, marks = draw_curve(stage, descent, teams)
        return [Cell(axes, 0, 0, 1, 1)], marks

    return assemble(descent, fill)


def draw_curve(stage: Stage, descent: Descent, teams: Teams) -> tuple[Axes, list[Mark]]:
    """Add the axes with the function; returns them with the marks on them."""
    style, trajectory, timeline = stage.style, descent.trajectory, descent.timeline
    xlim, ylim, x, f = _window(descent)
    axes = stage.axes(xlabel="x", ylabel="y", xlim=xlim, ylim=ylim)
    axes.plot(x, f, color=style.function, linewidth=1.4, solid_capstyle="round", zorder=3)
    track = Track(np.stack([trajectory.x[..., 0], trajectory.f], axis=-1))
    landings = landing_marks(axes, track, teams, timeline, style.muted)
    return axes, [*landings, *run_marks(axes, track, teams, timeline, style)]


def _window(descent: Descent) -> tuple[tuple[float, float], tuple[float, float], np.ndarray, np.ndarray]:
    """The ends of both axes, and the function between them: x (n,), f (n,)."""
    objective, settings = descent.objective, descent.settings
    low, high = objective.bounds[0]
    own_x, own_y = objective.view or ((float(low), float(high)), None)
    xlim = settings.xlim or own_x
    # The function is drawn where it is defined to be searched; a reader who asks for other ends gets all of them.
    first, last = xlim if settings.xlim else (low, high)
    x = np.linspace(first, last, FEW_SAMPLES if objective.point_by_point else SAMPLES)
    f = objective.value(x[:, np.newaxis])
    automatic = _heights(f, descent.trajectory)
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
    settled = np.array([not outcome.failed for outcome in trajectory.outcome])
    path = np.concatenate([trajectory.f[:, 0], trajectory.f[settled].ravel()])
    return nice_limits(float(min(low, path.min())), float(max(high, path.max())))
