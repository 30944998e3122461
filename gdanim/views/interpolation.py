"""Between: where a run is on its way from one iteration to the next. Interpolation: no method was ever there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Index, Scalar
    from gdanim.descent.trajectory import Trajectory
    from gdanim.drawing.marks.track import Between, Points2, Positions
    from gdanim.objectives.objective import Objective


def on_graph(objective: Objective, trajectory: Trajectory) -> Between:
    """Along the graph of a function of one variable: x goes straight on, and y = f(x).

    Heights that were recorded elsewhere may differ from f. What they differ by is added, in proportion to the way:
    so a run meets its own points.
    """
    x = trajectory.x[..., 0]
    excess = _excess(objective, trajectory)

    def points(runs: Index, position: Positions) -> Points2:
        at = _weighed(x, runs, position)
        with np.errstate(invalid="ignore", over="ignore"):
            heights = objective.value(at[:, np.newaxis]) + _weighed(excess, runs, position)
        return np.stack([at, heights], axis=-1)

    return points


def _excess(objective: Objective, trajectory: Trajectory) -> Scalar:
    """By how much recorded heights are above f: (runs, n+1), 0 of runs that were solved here."""
    excess = np.zeros_like(trajectory.f)
    recorded = trajectory.evaluations[:, -1] < 0
    if recorded.any():
        with np.errstate(invalid="ignore", over="ignore"):
            excess[recorded] = trajectory.f[recorded] - objective.value(trajectory.x[recorded])
    return excess


def _weighed(values: Scalar, runs: Index, position: Positions) -> NDArray[np.float64]:
    """Values (runs, n+1) at positions (m,) of runs (m,), in proportion between two iterations: (m,)."""
    row = position.astype(np.int64)
    share = position - row
    # Weighed apart: the difference of two far points may overflow.
    weighed: NDArray[np.float64] = (1 - share) * values[runs, row]
    weighed += share * values[runs, np.minimum(row + 1, values.shape[1] - 1)]
    return weighed
