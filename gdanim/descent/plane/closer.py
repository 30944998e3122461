"""Closer: of a function whose bounds are far wider than a descent in them, a picture shows the half where that is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Settings

NARROWED: Final = 0.5  # of the widths of the bounds: closer, and the function is lost in its neighbourhood
FILLED: Final = 0.8  # of that: what paths and minima may take up, so that they are not at the edges


def closer(objective: Objective, trajectory: Trajectory, settings: Settings) -> Objective:
    """The same objective of two variables with bounds (2, 2) half as wide, where these hold all paths and minima."""
    if not _may_be_closer(objective, trajectory, settings):
        return objective
    steps = np.arange(trajectory.x.shape[1]) <= trajectory.last[:, np.newaxis]
    points = np.concatenate([trajectory.x[steps], objective.minimizers])
    (low, high), half = (points.min(axis=0), points.max(axis=0)), NARROWED / 2 * np.ptp(objective.bounds, axis=1)
    if np.any(high - low > 2 * FILLED * half):
        return objective
    middle = np.clip((low + high) / 2, objective.bounds[:, 0] + half, objective.bounds[:, 1] - half)
    return replace(objective, bounds=np.stack([middle - half, middle + half], axis=1), view=None)


def _may_be_closer(objective: Objective, trajectory: Trajectory, settings: Settings) -> bool:
    """Whether all minima are known, and neither limits, basins, random starts nor lost runs decide what is shown."""
    if objective.dim != 2 or objective.recorded or objective.suggested or objective.continuum:
        return False
    asked = settings.xlim is not None or settings.ylim is not None or settings.starts is not None or settings.basins
    failed = any(stop.failed for stop in trajectory.stop)
    return not (asked or failed) and len(objective.searched) > 0 and len(objective.minimizers) > 0
