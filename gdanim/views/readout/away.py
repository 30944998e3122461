"""How far a run on its way is from the nearest minimum, while it is not yet known what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.descent.descend import Descent
from gdanim.descent.stability import distances
from gdanim.descent.timeline import Moment
from gdanim.drawing.lettering import HAIR, Lettering, minus
from gdanim.objectives.objective import Objective
from gdanim.views.told import Told


@dataclass(frozen=True, slots=True)
class Away:
    """The distance of one run from the nearest minimizer, once that is known for good.

    run            its number
    path (n+1, d)  up to where it is known what became of it
    far (n+1,)     the distance at each of its rows
    since          the first row of the path from which on all distances are known
    texts          one of them is as wide as the widest that a frame shows
    """

    objective: Objective
    run: int
    path: Vector
    far: Scalar
    since: int
    texts: frozenset[str]

    @classmethod
    def of(cls, told: Told, descent: Descent) -> Away:
        """Of the only run of which something is told."""
        whole, run = descent.whole or descent, int(told.runs[0])
        path = whole.trajectory.x[run, : int(told.since[0]) + 1]
        far = distances(whole.objective, path)
        unknown = np.flatnonzero(np.isnan(far))
        since = int(unknown.max(initial=-1)) + 1
        shares = np.unique(descent.timeline.tick % 1)
        return cls(whole.objective, run, path, far, since, frozenset(_texts(whole.objective, path[since:], shares)))

    def text(self, moment: Moment, digits: int = 2) -> str:
        """The distance at a moment, between two rows on the chord of the run; empty where it is not known."""
        position = float(moment.position[self.run])
        if not self.since <= position < len(self.path):
            return ""
        row, share = int(position), position % 1
        if not share:
            return _far(float(self.far[row]), digits)
        x = (1 - share) * self.path[row] + share * self.path[row + 1]
        return _far(float(distances(self.objective, x[np.newaxis])[0]), digits)


def _texts(objective: Objective, path: Vector, shares: Scalar) -> Iterator[str]:
    """Texts of which one is the widest that there is at some shares of each step (m,) of a path (n+1, d)."""
    begins, ends = path[:-1], path[1:]
    away = distances(objective, np.concatenate([(1 - share) * begins + share * ends for share in shares]))
    known = away[away > 0]
    _, some = np.unique(np.floor(np.log10(known)), return_index=True)
    yield from map(_far, known[some].tolist())


def room_of(some: Iterable[Away], lettering: Lettering) -> int:
    """The width that the widest distance of some runs takes, in pixels."""
    return max((lettering.width(text) for away in some for text in away.texts), default=0)


def set_right(text: str, room: int, lettering: Lettering) -> str:
    """A distance at the right end of a room, so that its words never move; empty if it is."""
    return HAIR * (room - lettering.width(text)) + text if text else ""


def _far(away: float, digits: int = 2) -> str:
    return minus(f"{f'{away:#.{digits}g}'.removesuffix('.')} away") if isfinite(away) else ""
