"""Destinations: in which places the runs of a descent end, and when each is there to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.descent.attractors import FAILED, places_of

if TYPE_CHECKING:
    from gdanim.arrays import Index, Vector
    from gdanim.descent.descend import Descent


class Destinations(NamedTuple):
    """Where runs end.

    place (runs,)   the row of `places` where each run ends; or FAILED, UNSETTLED, IN_VALLEY
    places (m, d)   the known minimizers of the objective, then others where runs end, the lowest first
    since (runs,)   the iteration from which on a run stays at the minimizer where it arrived; -1 of those that have not
                    arrived, however near they are
    """

    place: Index
    places: Vector
    since: Index

    def arrived_at(self, place: int) -> Index:
        """The runs (k,) that arrived at a place."""
        return np.flatnonzero((self.place == place) & (self.since >= 0))


def destinations(descent: Descent) -> Destinations:
    """Where the runs of a descent end, by the rules of basins()."""
    trajectory, objective = descent.trajectory, descent.objective
    runs = np.arange(trajectory.runs)
    healthy = np.flatnonzero([not stop.failed for stop in trajectory.stop])
    x, f = trajectory.x[runs, trajectory.last], trajectory.f[runs, trajectory.last]
    place = np.full(len(runs), FAILED)
    place[healthy], places = places_of(objective, x[healthy], f[healthy], objective.minimizers)
    return Destinations(place, places, descent.arrived_at)
