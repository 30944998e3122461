"""The curve view: a function of one variable, the trail of each run and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.marks import Landings, Mark, Spots, Trail
from gdanim.scene import Scene
from gdanim.styles import Style, load_style
from gdanim.track import Track
from gdanim.views import header
from gdanim.views.notices import notices
from gdanim.views.stage import Cell, Stage, nice_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.objectives.objective import Objective, Scalar
    from gdanim.settings import Settings
    from gdanim.solver import Trajectory
    from gdanim.timeline import Timeline

TRAIL_PT, DOT_PT, SPOT_PT = 1.8, 4.0, 9.0
SAMPLES, FEW_SAMPLES = 2001, 201  # of the function; few where each costs a call of somebody's code


def build(objective: Objective, trajectory: Trajectory, timeline: Timeline, settings: Settings) -> Scene:
    """Lay out one axes with the function, and the marks of all runs."""
    style = load_style(settings.style)
    stage = Stage.open(settings, style)
    colours = run_colours(trajectory, timeline, style)
    head = header.compose(stage, settings, objective, trajectory, colours)
    axes, marks = draw_curve(stage, objective, trajectory, timeline, settings, colours)
    stage.layout([Cell(axes, 0, 0, 1, 1)], header=head.height)
    marks += [*head.place(axes.get_window_extent().x0), *notices(stage, axes, trajectory)]
    return Scene(figure=stage.figure, marks=tuple(marks), timeline=timeline)


def draw_curve(
    stage: Stage,
    objective: Objective,
    trajectory: Trajectory,
    timeline: Timeline,
    settings: Settings,
    colours: tuple[str, ...],
) -> tuple[Axes, list[Mark]]:
    """Add the axes with the function; returns them with the marks on them."""
    style = stage.style
    xlim, ylim, x, f = _window(objective, trajectory, settings)
    axes = stage.axes(xlabel="x", ylabel="y", xlim=xlim, ylim=ylim)
    axes.plot(x, f, color=style.function, linewidth=1.4, solid_capstyle="round", zorder=3)
    track = Track(np.stack([trajectory.x[..., 0], trajectory.f], axis=-1))
    marks = moving(track, colours, style)
    if timeline.in_turn and trajectory.runs > 1:
        marks.insert(0, Landings(track, trajectory.last, colour=style.muted, size_pt=4.5))
    for mark in marks:
        axes.add_artist(mark)
    return axes, marks


def moving(track: Track, colours: tuple[str, ...], style: Style) -> list[Mark]:
    """The trails and the spots of a track."""
    return [
        Trail(track, colours, width_pt=TRAIL_PT, dot_pt=DOT_PT),
        Spots(track, colours, casing=style.background, size_pt=SPOT_PT),
    ]


def run_colours(trajectory: Trajectory, timeline: Timeline, style: Style) -> tuple[str, ...]:
    """One colour for each run; runs that are seen alone all have the trail's."""
    if trajectory.runs == 1 or timeline.in_turn:
        return (style.trail,) * trajectory.runs
    return tuple(style.runs[run % len(style.runs)] for run in range(trajectory.runs))


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
