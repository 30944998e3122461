"""The legend: the labels of the runs, above the axes, so that it covers no path, and live what became of each.

Once all have ended, and the last frame is held, the lowest final f comes first, and lost runs last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Index
from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.lettering import Lettering, minus
from gdanim.drawing.marks.rows import Cell, Row, RowContent
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.styles import Style
from gdanim.views.readout.away import Away
from gdanim.views.told import Told, final_f, height_text, is_judged, tell

GAP, SPACE = "    ", "  "
# The parts of an entry: label, limit, what is told, and f at the end.
LABEL, LIMIT, TOLD, HEIGHT = range(4)


class Entry(NamedTuple):
    """One label with its run style, and how its runs went.

    name    the method alone, where that is enough to tell the entries apart; else the label
    limit   the rate as a multiple of its stability limit; empty where that is unknown
    told    how they ended; None where nothing is to be said
    f       at their ends, the median of several; infinite where they were lost
    height  f of a single run that was not lost, in few characters; else empty
    away    how far a single run is from a minimum until it is told how it ended; None where that is not told
    """

    run_style: RunStyle
    label: str
    name: str
    limit: str = ""
    told: Told | None = None
    f: float = np.inf
    height: str = ""
    away: Away | None = None


class Form(NamedTuple):
    """What a legend says of each entry: the share of the limit, a length of what is told, f at the end.

    is_named   by its name alone, without the rate
    """

    limit: bool = False
    length: int | None = None
    height: bool = False
    is_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Entries in columns of one width, filled from the top down. Lengths in pixels.

    entries     in the order of the request; those without a row are counted in the last one
    lefts       of label, limit, what is told, and f, from the left end of a column
    alone       the same of each entry where nothing stands below or above it to be in line with
    downs       of the same, from the first line of an entry to theirs
    says_away   whether distances stand where it is not yet told what became of a run: on a line that were blank
    """

    entries: tuple[Entry, ...] = ()
    form: Form = Form()
    rows: int = 0
    places: int = 0
    lefts: tuple[float, ...] = ()
    alone: tuple[tuple[float, ...], ...] = ()
    downs: tuple[float, ...] = ()
    column_px: float = 0.0
    gap_px: float = 0.0
    line_px: float = 0.0
    says_away: bool = False

    @property
    def width(self) -> float:
        """From the first sign to the end of the longest line."""
        columns = -(-self.places // self.rows) if self.rows else 0
        return max(columns * (self.column_px + self.gap_px) - self.gap_px, 0.0)

    @property
    def tells(self) -> bool:
        """Whether it says what became of the runs."""
        return bool(self.entries) and self.form.length is not None

    def place(self, lettering: Lettering, style: Style, left: float, top: float) -> list[Row]:
        """The rows, the upper left corner of the first at (left, top)."""
        found = []
        for place in range(self.places):
            column, row = divmod(place, self.rows)
            at = left + column * (self.column_px + self.gap_px), top - lettering.ascent - row * self.line_px
            content = partial(self._content, place, style)
            found.append(Row(lettering, content, at, self.column_px, drop=max(self.downs)))
        return found

    def _content(self, place: int, style: Style, moment: Moment) -> RowContent:
        """What stands at a place."""
        if place == self.places - 1 < len(self.entries) - 1:
            return RowContent(cells=(Cell(0.0, rest_of(self.entries, self.places), style.text),))
        entry = self.entries[number := self._order(moment)[place]]
        ink = style.text if entry.told is None else entry.told.ink(moment)
        cells = [
            entry.label,
            entry.limit if self.form.limit else "",
            "",
            entry.height if moment.at_end and self.form.height else "",
        ]
        if entry.told is not None and self.form.length is not None:
            cells[TOLD], _ = entry.told.piece(moment, self.form.length)
        inks, tells = [ink, style.muted, ink, style.muted], bool(cells[TOLD])
        if self.says_away and entry.away is not None and not tells:
            cells[TOLD], inks[TOLD] = entry.away.text(moment, 1), style.muted
        lefts = self.alone[number] if self.rows == 1 and not any(self.downs) else self._lefts_of(entry)
        return RowContent(entry.run_style, tuple(map(Cell, lefts, cells, inks, self.downs)), tells=tells)

    def _lefts_of(self, entry: Entry) -> list[float]:
        """`lefts`, but that below its label an entry has no gap where it has no share of the limit, or no f."""
        is_there = {LABEL: True, LIMIT: bool(entry.limit), TOLD: True, HEIGHT: bool(entry.height)}
        found = list(self.lefts)
        for part, left in enumerate(self.lefts):
            before = [one for one, down in enumerate(self.downs) if down == self.downs[part] and self.lefts[one] < left]
            if self.downs[part] and before and not any(is_there[one] for one in before):
                found[part] = min(self.lefts[one] for one in before)
        return found

    def _order(self, moment: Moment) -> Sequence[int]:
        """The entries from the first to the last at a moment."""
        if not moment.at_end or any(entry.told is None for entry in self.entries):
            return range(len(self.entries))
        return sorted(range(len(self.entries)), key=lambda entry: self.entries[entry].f)


def entries(descent: Descent, run_styles: Sequence[RunStyle], style: Style, *, verdicts: bool = True) -> list[Entry]:
    """One entry for each label."""
    of = {label: run_style for run_style in run_styles for label in run_style.labels}
    if not of:
        return []
    labels = np.array([run.label for run in descent.runs])
    groups = {label: np.flatnonzero(labels == label) for label in dict.fromkeys(labels.tolist()) if label in of}
    names = _names(descent, groups)
    if not verdicts:
        return [Entry(of[label], minus(label), minus(names[label])) for label in groups]
    told: Sequence[Told | None] = tell(descent, list(groups.values()), style) or [None] * len(groups)
    shares, final = descent.limit_shares(), final_f(descent)
    return [
        Entry(
            run_style=of[label],
            label=minus(label),
            name=minus(names[label]),
            limit=_shared(shares, runs),
            told=one,
            f=float(np.median(final[runs])),
            height=height_text(final[runs[0]])
            if len(runs) == 1 and (one is not None or not is_judged(descent))
            else "",
            away=None if one is None or one.ending is None else Away.of(one, descent),
        )
        for (label, runs), one in zip(groups.items(), told, strict=True)
    ]


def _names(descent: Descent, groups: Mapping[str, Index]) -> dict[str, str]:
    """The method of each label, where it begins with that, and no two have the same; else the labels."""
    methods = {label: descent.runs[int(runs[0])].method for label, runs in groups.items()}
    names = {
        label: method.label if method is not None and label.startswith(f"{method.label}, ") else label
        for label, method in methods.items()
    }
    return names if len(set(names.values())) == len(names) else {label: label for label in groups}


def _shared(shares: Sequence[str], runs: Index) -> str:
    """The share of the limit that all of some runs have: those that ended at different minima have different limits."""
    (share, *others) = {shares[run] for run in runs.tolist()}
    return "" if others else minus(share)


def rest_of(entries: Sequence[Entry], places: int) -> str:
    """How many entries have no place; nothing where all have."""
    left = len(entries) - places
    return f"… and {left + 1} more" if left else ""
