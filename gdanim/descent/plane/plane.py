"""The plane of a descent, and how far its runs leave it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.descent.plane.axes import (
    along_coordinates,
    coordinates_on,
    distances_from,
    length_of,
    principal,
    through_ends,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Scalar, Vector
    from gdanim.descent.plane.axes import Axes
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Picture

OFF: Final = 0.1  # share of its length: a path that leaves the plane by more is not seen whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """A plane on which runs are looked at.

    on (runs, n+1, 2)   their points on it
    off (runs, n+1)   the distance of each of their points from it
    length (runs,)    of each path
    """

    axes: Axes
    on: Vector
    off: Scalar
    length: Scalar

    @property
    def leaving(self) -> Scalar:
        """The share of its length by which each run leaves the plane, 0 where that is at most OFF: (runs,)."""
        share = np.divide(self.off.max(axis=1), self.length, out=np.zeros_like(self.length), where=self.length > 0)
        return np.where(share > OFF, share, 0.0)

    def of_runs(self, runs: Sequence[int]) -> Plane:
        """The same plane, for some of the runs."""
        some = np.array(runs, dtype=np.int64)
        return replace(self, on=self.on[some], off=self.off[some], length=self.length[some])

    def remark(self) -> str:
        """What a person should know where paths leave the plane; empty where none does."""
        leaving = np.count_nonzero(self.leaving)
        if not leaving:
            return ""
        paths, its = ("the path leaves", "its") if len(self.off) == 1 else ("paths leave", "their")
        whose = paths if leaving == len(self.off) else f"{leaving} of {len(self.off)} {paths}"
        most = float(self.leaving.max())
        share = f"up to {100 * most:.0f} % of {its} length" if most <= 1 else f"more than {its} whole length"
        return f"{whose} this plane by {share}"


def plane_of(settings: Picture, objective: Objective, trajectory: Trajectory) -> Plane | None:
    """The plane on which a descent is drawn; None of two variables or one. Raises SettingError where there is none."""
    if objective.dim <= 2 and settings.plane is None:
        return None
    asked = settings.plane or "pca"
    rows = [trajectory.x[run, : last + 1] for run, last in enumerate(trajectory.last.tolist())]
    match asked:
        case "pca":
            axes = principal(rows)
        case "ends":
            axes = through_ends(rows)
        case _:
            axes = along_coordinates(asked, objective.symbols, rows[0][-1])
    return Plane(
        axes=axes,
        on=np.stack([coordinates_on(path, axes) for path in trajectory.x]),
        off=np.stack([distances_from(path, axes) for path in trajectory.x]),
        length=np.array([length_of(path) for path in trajectory.x]),
    )
