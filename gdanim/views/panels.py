"""The panels view: the curve, and beside it x and y against the iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.track import Track
from gdanim.views.assembly import assemble, run_marks
from gdanim.views.curve import draw_curve
from gdanim.views.stage import Cell, Stage, nice_limits

if TYPE_CHECKING:
    from gdanim.marks import Mark
    from gdanim.objectives.objective import Objective, Scalar
    from gdanim.scene import Scene
    from gdanim.settings import Settings
    from gdanim.solver import Trajectory
    from gdanim.timeline import Timeline
    from gdanim.views.assembly import Colours

CURVE_WIDTH = 2 / 3


def build(objective: Objective, trajectory: Trajectory, timeline: Timeline, settings: Settings) -> Scene:
    """Lay out the curve at two thirds of the width, and two series stacked at its right."""

    def fill(stage: Stage, colours: Colours) -> tuple[list[Cell], list[Mark]]:
        curve, marks = draw_curve(stage, objective, trajectory, timeline, settings, colours)
        cells = [Cell(curve, 0, 0, CURVE_WIDTH, 1)]
        series = (("x", trajectory.x[..., 0], stage.style.x_series), ("y", trajectory.f, stage.style.f_series))
        for place, (label, values, colour) in enumerate(series):
            axes = stage.axes(
                xlabel="Iteration",
                ylabel=label,
                xlim=(0, max(trajectory.iterations, 1)),
                ylim=_limits(trajectory, values),
            )
            cells.append(Cell(axes, CURVE_WIDTH, place / 2, 1, (place + 1) / 2))
            alike = len(set(colours)) == 1
            marks += run_marks(axes, _series(values), (colour,) * len(colours) if alike else colours, stage.style)
        return cells, marks

    return assemble(objective, trajectory, timeline, settings, fill)


def _series(values: Scalar) -> Track:
    """The track of values (runs, n+1) against their iterations."""
    iteration = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
    return Track(np.stack([iteration, values], axis=-1))


def _limits(trajectory: Trajectory, values: Scalar) -> tuple[float, float]:
    """Ends of the axis of a series: every start is in view, and every run for as long as it did not fail."""
    until = [
        max(int(trajectory.since[run]), 1) if trajectory.outcome[run].failed else values.shape[1]
        for run in range(trajectory.runs)
    ]
    seen = [values[run, :rows] for run, rows in enumerate(until)]
    return nice_limits(min(float(part.min()) for part in seen), max(float(part.max()) for part in seen))
