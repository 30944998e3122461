"""What a picture tells of how runs ended, in several lengths; of each run from the frame on in which it is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from string import digits

import numpy as np

from gdanim.arrays import Flags, Index, Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.outcomes.endings import Ending, endings, kind_of, shown_from
from gdanim.descent.timeline import Moment
from gdanim.descent.verdicts import Outcome
from gdanim.drawing.lettering import minus
from gdanim.drawing.numbers import short
from gdanim.drawing.styles import Style
from gdanim.views.digits import FIGURE_SPACE

FULL, REASONED, HINTED, PLAIN, BRIEF = range(5)  # places in Ending.forms
LOST_SIGN = "✕ "  # where no colour tells that a run was lost
_ZEROS = str.maketrans(digits, "0" * len(digits))
ARRIVED, LOST = str(Outcome.ARRIVED.value), str(Outcome.LOST.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of some runs: of one how it ended, of several how many arrived so far, and how many were lost.

    runs (m,)    their numbers
    since (m,)   the row from which on it is true how each ended
    kinds        what became of them, each kind once, as in Ending
    kind (m,)    the place of each run's among them
    k (m,)       the iteration at which that was so
    ending       of the only run; None where there are several
    reason       why all of several that were lost were lost; empty where that is not one reason
    height       f where the only run ended, and of several the lowest: `f 0.012`; empty where that stands elsewhere
    """

    runs: Index
    since: Index
    kinds: tuple[str, ...]
    kind: Index
    k: Index
    ending: Ending | None
    reason: str
    height: str
    style: Style

    @property
    def has_reason(self) -> bool:
        """Whether it is told why a run did not arrive."""
        return bool(self.reason if self.ending is None else self.ending.reason)

    def texts(self, length: int) -> Iterator[str]:
        """All texts that may be the widest in a length."""
        if self.ending is not None:
            yield self._of_one(self.ending, length, at_end=True)
            return
        yield self._counts(np.ones(len(self.runs), dtype=bool), length, at_end=True)

    def piece(self, moment: Moment, length: int) -> tuple[str, str]:
        """The text of a length that is true at a moment, empty where there is none, and its ink."""
        ended = moment.position[self.runs] >= self.since
        if self.ending is None:
            return self._counts(ended, length, at_end=moment.at_end), self.ink(moment)
        return self._of_one(self.ending, length, at_end=moment.at_end) if ended[0] else "", self.ink(moment)

    def ink(self, moment: Moment) -> str:
        """Another one for runs that were all lost, and for those of which none arrived, once all have ended."""
        if ARRIVED in self.kinds or not (moment.position[self.runs] >= self.since).all():
            return self.style.text
        return self.style.warning if self.kinds == (LOST,) else self.style.muted

    def _of_one(self, ending: Ending, length: int, *, at_end: bool) -> str:
        """How the only run ended; in the end with f, where there is room for a reason."""
        sign = LOST_SIGN if self.kinds == (LOST,) and self.style.greyscale else ""
        height = [self.height] if self.height and at_end and length <= REASONED else []
        return minus(", ".join([f"{sign}{ending.forms[length]}", *height]))

    def _counts(self, ended: Flags, length: int, *, at_end: bool) -> str:
        """`17 of 20 arrived, 2 lost: overshot`; with room, what became of the others, and in the end when the last came
        and the lowest f, of which f stays longer.
        """
        counts = np.bincount(self.kind[ended], minlength=len(self.kinds)).tolist()
        of, total = dict(zip(self.kinds, counts, strict=True)), f"{len(self.runs):,}"
        parts = [f"{f'{of.get(ARRIVED, 0):,}'.rjust(len(total), FIGURE_SPACE)} of {total} arrived"]
        if length in (FULL, HINTED) and at_end and of.get(ARRIVED):
            parts[0] += f" by k {self.k[self.kind == self.kinds.index(ARRIVED)].max()}"
        others = [kind for kind in self.kinds if kind not in (ARRIVED, LOST)]
        # What was lost comes last, since its reason may be long.
        told = {PLAIN: [LOST], BRIEF: []}.get(length, [*others, LOST])
        height = [minus(self.height)] if self.height and length in (FULL, REASONED) and at_end else []
        counted = [f"{of[kind]:,} {kind}" for kind in told if of.get(kind)]
        return ", ".join([*parts, *height, *counted]) + (self._why(length) if of.get(LOST) else "")

    def _why(self, length: int) -> str:
        """Why runs were lost, behind their count."""
        if not self.reason or length >= PLAIN:
            return ""
        words = self.reason if length < HINTED else self.reason.partition(" (")[0].removeprefix("each step ")
        return f": {minus(words)}"


def is_judged(descent: Descent) -> bool:
    """Whether it is known what became of some run: not where all are recordings without slopes."""
    return any(one.outcome is not Outcome.RECORDED for one in descent.verdict)


def tell_each(descent: Descent, style: Style) -> list[Told]:
    """What is told of each run alone."""
    return tell(descent, list(np.arange(descent.trajectory.runs)[:, np.newaxis]), style)


def tell(descent: Descent, groups: Sequence[Index], style: Style, *, heights: bool = False) -> list[Told]:
    """What is told of the runs (m,) of each group, with heights f at their ends; nothing where --no-verdict leaves it
    out, and of recordings.
    """
    if not (descent.settings.verdict and is_judged(descent)):
        return []
    since, kinds = shown_from(descent), [kind_of(verdict) for verdict in descent.verdict]
    k = descent.trajectory.k[np.arange(len(since)), since]
    ended = endings(descent) if any(len(runs) == 1 for runs in groups) else ()
    final = final_f(descent)

    def told(runs: Index) -> Told:
        height = height_text(float(final[runs].min())) if heights else ""
        own = [kinds[run] for run in runs.tolist()]
        if len(runs) == 1:
            return _told(runs, since[runs], k[runs], own, ended, height, style)
        from gdanim.descent.outcomes.shared import shared_reason  # late: one run needs none of it

        why = shared_reason(descent, [run for run, kind in zip(runs.tolist(), own, strict=True) if kind == LOST])
        height = height and f"lowest {height}"
        return replace(_told(runs, since[runs], k[runs], own, ended, height, style), reason=why)

    return [told(runs) for runs in groups]


def final_f(descent: Descent) -> Scalar:
    """f at the end of each run; infinite where it was lost: (runs,)."""
    trajectory = descent.trajectory
    lost = np.array([verdict.outcome is Outcome.LOST for verdict in descent.verdict])
    return np.where(lost, np.inf, trajectory.f[np.arange(trajectory.runs), trajectory.last])


def height_text(f: float) -> str:
    """`f 0.0123`; empty where that is not finite."""
    return f"f {short(float(f'{f:.2e}'))}" if isfinite(f) else ""


def _told(
    runs: Index, since: Index, k: Index, kinds: Sequence[str], ended: Sequence[Ending], height: str, style: Style
) -> Told:
    known = tuple(dict.fromkeys(kinds))
    return Told(
        runs=runs,
        since=since,
        k=k,
        kinds=known,
        kind=np.array([known.index(kind) for kind in kinds]),
        ending=ended[int(runs[0])] if len(runs) == 1 else None,
        reason="",
        height=height,
        style=style,
    )


def widest(told: Sequence[Told], length: int, width: Callable[[str], float]) -> float:
    """The width that a length of each may take."""
    # Figures are equally wide.
    alike = {text.translate(_ZEROS) for one in told for text in one.texts(length)}
    return max(map(width, alike), default=0.0)
