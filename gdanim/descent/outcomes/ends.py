"""Ends: what the place where a run ended, and its last steps there, tell beside the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.formatting import coordinates

if TYPE_CHECKING:
    from gdanim.descent.descend import Descent

LOWER: Final = 1e-3  # of what f fell, and would fall to there: a minimum that is less below is no other one
EQUAL: Final = 0.9  # share of the longer of two steps, from which on they are equally long
AT_KINK: Final = 0.25  # of the change of a slope from one side to the other: what curvature makes of it, at most


def lower_elsewhere(descent: Descent, run: int) -> str:
    """Of a run that arrived: which known minimum is lower; empty where none is, or by nothing beside its descent."""
    objective, path = descent.objective, descent.trajectory.f[run, : descent.trajectory.last[run] + 1]
    if not len(objective.minimizers):
        return ""
    lowest = objective.minimizers[0]
    f = float(objective.value(lowest[np.newaxis])[0])
    if not path[-1] - f > LOWER * (path[0] - f):
        return ""
    return f"a lower minimum exists (at {coordinates(lowest.tolist(), digits=4)})"


def bounces_at_kink(descent: Descent, run: int) -> bool:
    """Whether the last two steps of a run are equally long and turn back, and no curvature makes its slopes do so."""
    trajectory, last = descent.trajectory, int(descent.trajectory.last[run])
    if last < 2:
        return False
    x, slope = trajectory.x[run, last - 2 : last + 1], trajectory.grad[run, last - 1 : last + 1]
    steps = np.diff(x, axis=0)
    short, long = sorted(np.linalg.norm(steps, axis=1).tolist())
    curved = np.linalg.norm(descent.objective.hessian(x[1:]) @ steps[1], axis=1).max()
    turned = float(np.linalg.norm(slope[1] - slope[0]))
    return bool(steps[0] @ steps[1] < 0 and short >= EQUAL * long and curved <= AT_KINK * turned)
