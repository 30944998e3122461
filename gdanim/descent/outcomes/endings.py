"""Endings: how each run ended, in the words that pictures, `-v`, `--json` and `--alt-text` share.

The outcome comes first: `arrived at k 36`, `2.06 away`, `lost at 4`; then why it did not arrive, or how it moved. A run
that still moves is said to be as far away as the nearest minimizer, where that is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.descent.outcomes.motion import Motion
from gdanim.descent.outcomes.reasons import EXPLAINED, in_brief
from gdanim.descent.stability import distances
from gdanim.descent.trajectory import Stop
from gdanim.descent.verdicts import Outcome

if TYPE_CHECKING:
    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.verdicts import Verdict

_KINDS: Final = {Outcome.BOUNCING: "bouncing"}  # the others are called as they are


class Ending(NamedTuple):
    """How a run ended, in words.

    kind      what became of it, without numbers: `arrived`
    brief     the same in a word or two, with the distance of a run that still moves: `2.06 away`
    outcome   the same with numbers: `arrived at k 36`
    motion    how it moved; empty where the outcome says it
    reason    why it did not arrive, or that another minimum is lower; empty where the outcome says enough
    """

    kind: str
    brief: str
    outcome: str
    motion: str
    reason: str

    @property
    def words(self) -> str:
        """Outcome and motion: `arrived at k 36, steadily down`."""
        return f"{self.outcome}, {self.motion}" if self.motion else self.outcome

    @property
    def forms(self) -> tuple[str, str, str, str, str]:
        """From the fullest to the shortest: all; without the motion; with the reason cut short; without it; in a word
        or two. Where a reason is known, it stands in place of the motion.
        """
        reasoned = f"{self.outcome}: {self.reason}" if self.reason else self.outcome
        hinted = reasoned.partition(" (")[0].replace(": each step ", ": ")
        return reasoned if self.reason else self.words, reasoned, hinted, self.outcome, self.brief


def endings(descent: Descent, *, explained: int = EXPLAINED) -> tuple[Ending, ...]:
    """How every run ended. Reasons are told of the first `explained` runs only: each may cost a few descents."""
    descent = descent.whole or descent  # a plane does not show where runs end
    trajectory = descent.trajectory
    away = distances(descent.objective, trajectory.x[np.arange(trajectory.runs), trajectory.last])
    reason = [in_brief(descent, run) if run < explained else "" for run in range(trajectory.runs)]
    return tuple(
        Ending(kind_of(verdict), *_told(descent, run, float(away[run])), reason[run])
        for run, verdict in enumerate(descent.verdict)
    )


def kind_of(verdict: Verdict) -> str:
    """What became of a run, without numbers: `arrived`, `lost`, `at a saddle`, `stalled`."""
    if verdict == (Outcome.MOVING, Motion.STALLED):
        return str(verdict.motion.value)
    return _KINDS.get(verdict.outcome, str(verdict.outcome.value))


def _told(descent: Descent, run: int, away: float) -> tuple[str, str, str]:
    """Ending.brief, Ending.outcome and Ending.motion of a run whose end is so far from a minimizer, NaN if unknown."""
    outcome, motion = descent.verdict[run]
    kind, moved = kind_of(descent.verdict[run]), str(motion.value)
    k = descent.trajectory.k[run]
    match outcome:
        case Outcome.ARRIVED:
            told = kind, f"arrived at k {k[descent.arrived_at[run]]}"
        case Outcome.LOST:
            told = kind, f"lost at {k[lost_at(descent, run)]}"
        case Outcome.MOVING if np.isfinite(away):
            told = f"{away:.3g} away", f"{away:.3g} away"
        case Outcome.BOUNCING if np.isfinite(away):
            told = kind, f"{kind}, {away:.3g} away"
        case _:
            told = kind, kind
    silent = motion is Motion.NONE or outcome is Outcome.BOUNCING or moved == told[1]
    stands = motion is Motion.STALLED and outcome is not Outcome.MOVING
    return *told, "" if silent or stands else moved


def shown_from(descent: Descent) -> Index:
    """The row from which on it is true how each run ended: (runs,). A picture says nothing of it before.

    That of a run that arrived is the one from which it stayed; of one that was lost, see lost_at(); of others the last.
    """
    descent = descent.whole or descent
    found = np.where(descent.arrived_at >= 0, descent.arrived_at, descent.trajectory.last)
    for run, verdict in enumerate(descent.verdict):
        if verdict.outcome is Outcome.LOST:
            found[run] = min(lost_at(descent, run), found[run])
    return found


def lost_at(descent: Descent, run: int) -> int:
    """The row at which a run was lost: of one that left the domain, that of the step that led out.

    Else the first one from which on f is above its start, and x outside the bounds, if it left them for good.
    """
    trajectory = descent.trajectory
    since = int(trajectory.since[run])
    if trajectory.stop[run] is Stop.LEFT_DOMAIN:
        return since
    return max(since, seen_until(descent, run))


def seen_until(descent: Descent, run: int) -> int:
    """The row from which on a run is out of bounds for good; its last one where it never leaves them."""
    path = descent.trajectory.x[run, : descent.trajectory.last[run] + 1]
    inside = np.flatnonzero(descent.objective.contains(path))
    return min(int(inside[-1]) + 1 if inside.size else 0, len(path) - 1)
