"""The mini-batch of a step: its points are ringed, and the minimum of its own loss is marked.

So a viewer sees why such a descent does not settle: each step goes down another loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.descent.runs import stream_of
from gdanim.drawing.marks.batches import BatchMinima, BatchRings
from gdanim.optimizers.minibatches import rows_of_step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.drawing.geometry import Points
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.painting.mark import Mark
    from gdanim.views.base import Panel
    from gdanim.views.fit.data import DataPlot

RING_PT: Final = 8.0
FAR: Final = 10.0  # diagonals of the axes: so far a line of minima reaches
NOWHERE: Final = np.empty((0, 2))


def has_batches(descent: Descent) -> bool:
    """Whether one run at a time is seen, and its steps see some of the rows."""
    alone = descent.trajectory.runs == 1 or descent.timeline.in_turn
    return alone and all(run.batch is not None for run in descent.runs)


def rows_seen(descent: Descent, run: int, k: int) -> Index:
    """The rows that a run sees in the step after k others."""
    batch = descent.runs[run].batch
    assert batch is not None
    start = (descent.whole or descent).trajectory.x[run, 0]
    return rows_of_step(batch, descent.settings.seed, stream_of(start), k)


def batch_rings(layout: Layout, data: DataPlot, panel: Panel) -> list[Mark]:
    """Rings around the points of the batch, in the axes of the data, as far as these are drawn."""
    descent, style = panel.descent, layout.style
    if not has_batches(descent):
        return []
    every = data.shown.step

    def rows(run: int, k: int) -> Index:
        seen = rows_seen(descent, run, k)
        drawn: Index = seen[seen % every == 0]
        return drawn

    return [
        BatchRings(
            descent.trajectory.x, panel.run_styles, descent.trajectory.last, rows=rows, points=data.places,
            size_pt=RING_PT, colour=style.x_series, halo=style.background,
        )
    ]  # fmt: skip


def batch_minima(layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
    """Where the loss of the batch alone is least, in the axes of the loss, of models for which that is known."""
    descent, style = panel.descent, layout.style
    if not has_batches(descent):
        return []

    def minima(run: int, k: int) -> Points:
        return _minima(descent, axes, rows_seen(descent, run, k))

    trajectory = descent.trajectory
    here = trajectory.x if descent.objective.dim > 1 else np.stack([trajectory.x[..., 0], trajectory.f], axis=-1)
    lines = any(run.batch is not None and run.batch.size < descent.objective.dim for run in descent.runs)
    return [
        BatchMinima(
            here, panel.run_styles, descent.trajectory.last, minima=minima, colour=style.x_series,
            halo=style.background, lines=lines,
        )
    ]  # fmt: skip


def _minima(descent: Descent, axes: Axes, rows: Index) -> Points:
    """A point (1, 2), both ends of a line (2, 2), or nothing (0, 2)."""
    functions: Any = (descent.whole or descent).objective.functions
    axes_of = None if descent.plane is None else descent.plane.axes
    found = functions.least_on(rows, None if axes_of is None else (axes_of.origin, axes_of.directions))
    if found is None:
        return NOWHERE
    if isinstance(found, tuple):
        return _line(axes, *found)
    if descent.objective.dim == 1:  # on the curve of the whole loss
        return np.array([[found[0], float(descent.objective.value(found))]])
    return np.asarray(found[np.newaxis])


def _line(axes: Axes, normal: Points, offset: float) -> Points:
    """Both ends (2, 2), far outside the axes, of the line v·w = q."""
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    length = float(np.hypot(*normal))
    unit, middle = normal / length, (low + high) / 2
    foot = middle + (offset / length - unit @ middle) * unit
    reach = FAR * float(np.hypot(*(high - low))) * np.array([-unit[1], unit[0]])
    return np.stack([foot - reach, foot + reach])
