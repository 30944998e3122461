"""The panels view: the curve, and beside it x and y against the iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.track import Track
from gdanim.views.assembly import assemble, recoloured, run_marks
from gdanim.views.curve import draw_curve
from gdanim.views.stage import Cell, Stage, nice_limits

if TYPE_CHECKING:
    from gdanim.descent import Descent
    from gdanim.marks import Mark
    from gdanim.objectives.objective import Scalar
    from gdanim.scene import Scene
    from gdanim.trajectory import Trajectory
    from gdanim.views.assembly import Teams

CURVE_WIDTH = 2 / 3


def build(descent: Descent) -> Scene:
    """Lay out the curve at two thirds of the width, and two series stacked at its right."""
    trajectory, timeline = descent.trajectory, descent.timeline

    def fill(stage: Stage, teams: Teams) -> tuple[list[Cell], list[Mark]]:
        curve, marks = draw_curve(stage, descent, teams)
        cells = [Cell(curve, 0, 0, CURVE_WIDTH, 1)]
        series = (("x", trajectory.x[..., 0], stage.style.x_series), ("y", trajectory.f, stage.style.f_series))
        alone = len(teams) == 1 and not teams[0].labels
        for place, (label, values, colour) in enumerate(series):
            axes = stage.axes(
                xlabel="Iteration",
                ylabel=label,
                xlim=(0, max(trajectory.iterations, 1)),
                ylim=_limits(trajectory, values),
            )
            cells.append(Cell(axes, CURVE_WIDTH, place / 2, 1, (place + 1) / 2))
            inked = recoloured(teams, colour) if alone else teams
            marks += run_marks(axes, _series(values), inked, timeline, stage.style)
        return cells, marks

    return assemble(descent, fill)


def _series(values: Scalar) -> Track:
    """The track of values (runs, n+1) against their iterations."""
    iteration = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
    return Track(np.stack([iteration, values], axis=-1))


def _limits(trajectory: Trajectory, values: Scalar) -> tuple[float, float]:
    """Ends of the axis of a series: every start is in view, and every run for as long as it did not fail."""
    failed = np.array([outcome.failed for outcome in trajectory.outcome])
    until = np.where(failed, np.maximum(trajectory.since, 1), values.shape[1])
    seen = values[np.arange(values.shape[1]) < until[:, np.newaxis]]
    return nice_limits(float(seen.min()), float(seen.max()))
