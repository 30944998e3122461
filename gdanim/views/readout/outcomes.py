"""What became of the runs that a readout tells of; until that is known, how far each is from a minimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.lettering import Lettering
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.run_styles import is_told_by_place
from gdanim.views.readout.away import Away, room_of, set_right
from gdanim.views.told import BRIEF, Told, tell, widest

BETWEEN = "; "  # what became of the run that is shown, and of all


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
        away = [Away.of(one, descent) for one in told if one.ending is not None]
        in_turn = len(told) > 1 and not is_told_by_place(descent)
        together = next(iter(tell(descent, [np.arange(len(told))], told[0].style)), None) if in_turn else None
        return cls(told, away, lettering, ink, room_of(away, lettering), together)

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
            text, ink = set_right(self.away[place].text(moment), self.room, self.lettering), self.ink
        if text and moment.at_end and self.together is not None:
            return [(text, ink), (f"{BETWEEN}{self.together.piece(moment, BRIEF)[0]}", self.ink)]
        return [(text, ink)] if text else []
