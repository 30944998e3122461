"""Trajectories as programs read them: with what each run is called, and as the columns of a table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from gdanim.descent.recording.export import columns_of
from gdanim.descent.trajectory import Trajectory

if TYPE_CHECKING:
    from gdanim.descent.descend import Descent
    from gdanim.descent.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTrajectory(Trajectory):
    """What every run did, see Trajectory, and how it was made.

    made (runs,)   its method, schedule, rate and label
    """

    made: Runs

    @classmethod
    def of(cls, descent: Descent) -> Self:
        """The trajectory of a descent; its arrays are shared."""
        named = {field.name: getattr(descent.trajectory, field.name) for field in fields(Trajectory)}
        return cls(**named, made=descent.runs)

    @property
    def labels(self) -> tuple[str, ...]:
        """What tells each run from the others; empty where there is one."""
        return tuple(run.label for run in self.made)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """How each run ended, as a name of Stop: `STEP_LIMIT`, `DIVERGED`."""
        return tuple(stop.name for stop in self.stop)

    def to_dict(self) -> dict[str, Any]:
        """The rows that `--data` writes, as a column for each name: `pandas.DataFrame(trajectory.to_dict())`.

        Rows go run by run, up to the last finite point of each, and the lost one where there was one.
        """
        return dict(columns_of(self, self.made))
