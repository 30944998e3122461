"""What became of the runs that a readout tells of, and until it is known how far a run is from a minimum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.descent.descend import Descent
from gdanim.descent.stability import distances
from gdanim.descent.timeline import Moment
from gdanim.drawing.lettering import HAIR, Lettering, minus
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.run_styles import is_told_by_place
from gdanim.objectives.objective import Objective
from gdanim.views.told import BRIEF, Told, tell, widest

BETWEEN = "; "  # what became of the run that is shown, and of all


@dataclass(frozen=True, slots=True)
class Away:
    """How far a run is from the nearest minimizer, while it is on its way; once that is known for good.

    path (n+1, d)   up to where it is known what became of it
    since           the first row of the path from which on all distances are known
    """

    objective: Objective
    path: Vector
    since: int

    @classmethod
    def of(cls, objective: Objective, path: Vector) -> Away:
        """On a path (n+1, d)."""
        unknown = np.flatnonzero(np.isnan(distances(objective, path)))
        return cls(objective, path, int(unknown.max(initial=-1)) + 1)

    def text(self, position: float) -> str:
        """The distance at a position of the run, between two rows on its chord; empty where it is not known."""
        if position < self.since:
            return ""
        row, share = int(position), position % 1
        x = self.path[row] if not share else (1 - share) * self.path[row] + share * self.path[row + 1]
        return _far(float(distances(self.objective, x[np.newaxis])[0]))

    def texts(self, shares: Scalar) -> Iterator[str]:
        """Texts of which one is the widest that there is at some shares of each step (m,)."""
        begins, ends = self.path[self.since : -1], self.path[self.since + 1 :]
        away = distances(self.objective, np.concatenate([(1 - share) * begins + share * ends for share in shares]))
        known = away[away > 0]
        _, some = np.unique(np.floor(np.log10(known)), return_index=True)
        yield from map(_far, known[some].tolist())


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is told of each run that is shown, or of all runs together.

    together   of all runs of which each is shown alone: what is added in the end, where no place counts them
    """

    told: Sequence[Told]
    away: Sequence[Away]
    lettering: Lettering
    ink: str
    room: int  # of a distance, in pixels
    together: Told | None = None

    @classmethod
    def of(cls, told: Sequence[Told], descent: Descent, lettering: Lettering, ink: str) -> Outcomes:
        """With the distance of runs of which each is told alone."""
        whole, alone = descent.whole or descent, [one for one in told if one.ending is not None]
        paths = [whole.trajectory.x[int(one.runs[0]), : int(one.since[0]) + 1] for one in alone]
        away = [Away.of(whole.objective, path) for path in paths]
        shares = np.unique(descent.timeline.tick % 1)
        texts = {text for one in away for text in one.texts(shares)}
        in_turn = len(told) > 1 and not is_told_by_place(descent)
        together = next(iter(tell(descent, [np.arange(len(told))], told[0].style)), None) if in_turn else None
        return cls(told, away, lettering, ink, max(map(lettering.width, texts), default=0), together)

    @property
    def of_one(self) -> bool:
        """Whether each run is told of alone."""
        return any(one.ending is not None for one in self.told)

    def width(self, length: int) -> float:
        """The width that a length may take, in pixels."""
        of_all = 0.0 if self.together is None else widest([self.together], BRIEF, self.lettering.width)
        return max(widest(self.told, length, self.lettering.width), self.room) + (
            of_all + self.lettering.width(BETWEEN) if of_all else 0.0
        )

    def piece(self, length: int, moment: Moment) -> Pieces:
        """What is told of the current run, or of all runs together; nothing where there is nothing yet."""
        place = moment.current if len(self.told) > 1 else 0
        text, ink = self.told[place].piece(moment, length)
        if not text and self.away:
            far = self.away[place].text(float(moment.position[self.told[place].runs[0]]))
            text, ink = HAIR * (self.room - self.lettering.width(far)) + far if far else "", self.ink
        if text and moment.at_end and self.together is not None:
            return [(text, ink), (f"{BETWEEN}{self.together.piece(moment, BRIEF)[0]}", self.ink)]
        return [(text, ink)] if text else []


def _far(away: float) -> str:
    return minus(f"{away:#.2g} away") if isfinite(away) else ""
