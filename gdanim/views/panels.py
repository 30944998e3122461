"""The panels view: the curve, and beside it x and y against the iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.scene import Scene
from gdanim.styles import load_style
from gdanim.track import Track
from gdanim.views import header
from gdanim.views.curve import draw_curve, moving, run_colours
from gdanim.views.notices import notices
from gdanim.views.stage import Cell, Stage, nice_limits

if TYPE_CHECKING:
    from gdanim.marks import Mark
    from gdanim.objectives.objective import Objective, Scalar
    from gdanim.settings import Settings
    from gdanim.solver import Trajectory
    from gdanim.timeline import Timeline

CURVE_WIDTH = 2 / 3


def build(objective: Objective, trajectory: Trajectory, timeline: Timeline, settings: Settings) -> Scene:
    """Lay out the curve at two thirds of the width, and two series stacked at its right."""
    style = load_style(settings.style)
    stage = Stage.open(settings, style)
    colours = run_colours(trajectory, timeline, style)
    head = header.compose(stage, settings, objective, trajectory, colours)
    curve, marks = draw_curve(stage, objective, trajectory, timeline, settings, colours)
    cells = [Cell(curve, 0, 0, CURVE_WIDTH, 1)]
    alone = len(set(colours)) == 1
    series = (("x", trajectory.x[..., 0], style.x_series, 0.0, 0.5), ("y", trajectory.f, style.f_series, 0.5, 1.0))
    for label, values, colour, top, bottom in series:
        own = (colour,) * trajectory.runs if alone else colours
        axes = stage.axes(
            xlabel="Iteration", ylabel=label, xlim=(0, max(trajectory.iterations, 1)), ylim=_limits(trajectory, values)
        )
        cells.append(Cell(axes, CURVE_WIDTH, top, 1, bottom))
        iteration = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
        drawn: list[Mark] = moving(Track(np.stack([iteration, values], axis=-1)), own, style)
        for mark in drawn:
            axes.add_artist(mark)
        marks += drawn
    stage.layout(cells, header=head.height)
    marks += [*head.place(curve.get_window_extent().x0), *notices(stage, curve, trajectory)]
    return Scene(figure=stage.figure, marks=tuple(marks), timeline=timeline)


def _limits(trajectory: Trajectory, values: Scalar) -> tuple[float, float]:
    """Ends of the axis of a series: every start and every run that did not fail is in view.

    Where all failed, each is in view until its failure showed, so that one that leaves the axes leaves them late.
    """
    kept = [run for run in range(trajectory.runs) if not trajectory.outcome[run].failed]
    low, high = float(values[:, 0].min()), float(values[:, 0].max())
    if kept:
        return nice_limits(min(low, float(values[kept].min())), max(high, float(values[kept].max())))
    inside = [values[run, : max(int(trajectory.since[run]), 1)] for run in range(trajectory.runs)]
    return nice_limits(min(low, *(float(v.min()) for v in inside)), max(high, *(float(v.max()) for v in inside)))
