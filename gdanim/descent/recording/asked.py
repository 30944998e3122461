"""What a request asks of recordings: their runs, on an objective whose bounds hold them; slopes only where known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.catalogue.dims import check_start
from gdanim.catalogue.request import is_callable
from gdanim.descent.trajectory import joined
from gdanim.errors import SettingError
from gdanim.objectives.autorange import Given
from gdanim.objectives.grounds.recorded import bounds_around, recording
from gdanim.objectives.lookup import objective as objective_of
from gdanim.objectives.minimizers import MOST_GRIDS
from gdanim.objectives.objective import has_cheap_slopes

if TYPE_CHECKING:
    from gdanim.arrays import Vector
    from gdanim.catalogue.request import Request
    from gdanim.descent.runs import Runs
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Picture, Settings

WITHOUT_EXTREMES: Final = (0.02, 0.98)  # quantiles of a replayed path: one wild step does not set the bounds


class Replayed(NamedTuple):
    """The runs in files, and the objective that they are shown on; what a person should know about the files."""

    objective: Objective
    trajectory: Trajectory
    runs: Runs
    remarks: tuple[str, ...]


def replayed_runs(request: Request) -> Replayed:
    """Read the runs in the files of a request. Raises UsageError, and DomainError."""
    from gdanim.descent.recording.replay import read_all, variables_of

    settings, columns = request.settings, dict(request.settings.columns)
    if is_callable(settings.function) and request.function.size is None:
        size = variables_of(settings.trajectory, columns)
        request = replace(request, function=request.function._replace(size=size))
    alone = not asks_for_runs(settings)
    objective = objective_for(request)
    recordings = read_all(settings.trajectory, objective, columns=columns, alone=alone)
    trajectory = joined([one.trajectory for one in recordings])
    if objective.recorded:
        objective = recording(trajectory.x.shape[2], _landmarks(trajectory))
        if objective.dim == 1 and not trajectory.heights_known:
            raise SettingError("FUNCTION", settings.function, "a run of one variable is drawn over f: add a column f")
    elif objective.dim > MOST_GRIDS and alone:
        bounds, said = bounds_around(_landmarks(trajectory)), objective.remarks
        said = said if has_cheap_slopes(objective.functions) else ()  # how slopes are found: they are not
        objective = replace(objective, bounds=bounds, start=trajectory.x[0, 0], remarks=said)
    elif (objective.suggested and not settings.start) or not objective.contains(_landmarks(trajectory)).all():
        # Nobody has said where to look: the path does.
        objective = objective_for(request, trajectory)
    runs = tuple(run for one in recordings for run in one.runs)
    return Replayed(objective, trajectory, runs, tuple(remark for one in recordings for remark in one.remarks))


def check_slopes(settings: Settings, trajectory: Trajectory) -> None:
    """Refuse what shows slopes where nobody knows them. Raises SettingError."""
    if trajectory.has_slopes.all():
        return
    for option, value, other in (("--arrows", "gradient", "step"), ("--view", "panels", "contour")):
        if getattr(settings, option[2:]) == value:
            raise SettingError(option, value, f"the slopes of this run are not known: give {other}, or a --gradient")


def objective_for(request: Request, replayed: Trajectory | None = None) -> Objective:
    """The objective of a request, with bounds that hold a replayed path, too."""
    settings = request.settings
    starts = settings.start or (() if replayed is None else tuples(replayed.x[:, 0]))
    if request.function.dim is not None:
        starts = tuple(check_start("--start", start, request.function.dim, request.function.text) for start in starts)
    shown = () if replayed is None else tuples(_landmarks(replayed))
    given = Given(
        limits=(settings.xlim, settings.ylim), starts=starts, rates=settings.lr, shown=shown,
        tried=not settings.trajectory or asks_for_runs(settings),
    )  # fmt: skip
    return objective_of(request.function, dict(settings.param), given, settings.gradient)


def tuples(points: Vector) -> tuple[tuple[float, ...], ...]:
    """Points (m, d) as settings have them."""
    return tuple(map(tuple, points.tolist()))


def _landmarks(trajectory: Trajectory) -> Vector:
    """Points (m, d) that show where paths go: their starts, and corners around most of those that were not lost.

    Of very many variables, which are seen on a plane, starts and ends.
    """
    if trajectory.x.shape[2] > MOST_GRIDS:
        return np.concatenate([trajectory.x[:, 0], trajectory.x[np.arange(trajectory.runs), trajectory.last]])
    healthy = [not stop.failed for stop in trajectory.stop]
    path = trajectory.x[healthy].reshape(-1, trajectory.x.shape[2])
    corners = np.quantile(path, WITHOUT_EXTREMES, axis=0) if len(path) else path
    return np.concatenate([trajectory.x[:, 0], corners])


def asks_for_runs(settings: Picture) -> bool:
    """Whether descents are wanted beside a replayed path."""
    asked = settings.optimizer, settings.lr, settings.start, settings.schedule, settings.starts, settings.batch
    return any(asked)
