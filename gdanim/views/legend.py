"""The legend: the labels of the runs, above the axes, so that it covers no path, and live what became of each.

Once all have ended, and the last frame is held, the lowest final f comes first, and lost runs last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Index
from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering, minus, shortened
from gdanim.drawing.marks.rows import Cell, Row, RowContent
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.styles import Style
from gdanim.views.told import (
    BRIEF,
    FULL,
    HINTED,
    PLAIN,
    REASONED,
    Told,
    final_f,
    height_text,
    is_judged,
    tell,
    widest,
)  # fmt: skip

MAX_ENTRIES = 24
HEIGHT_SHARE, SHARE_BESIDE = 0.2, 0.6  # of the picture; the axes are what one looks at

GAP, _SPACE = "    ", "  "
# The lines of an entry, and on each from the left its parts: label, limit, what is told, and f. Above the axes it has
# one line.
LABEL, LIMIT, TOLD, HEIGHT = range(4)
LINES = (
    ((LABEL, LIMIT, TOLD, HEIGHT),), ((LABEL, LIMIT), (TOLD, HEIGHT)), ((LABEL,), (LIMIT, HEIGHT), (TOLD,)),
    ((LABEL,), (TOLD, HEIGHT), (LIMIT,)),
)  # fmt: skip
APART = 0.5  # of a line, between entries of several lines
SIGN_EM = 1.3  # from the left end of an entry to its label, against the height of a letter


class Entry(NamedTuple):
    """One label with its run style, and how its runs went.

    name    the method alone, where that is enough to tell the entries apart; else the label
    limit   the rate as a multiple of its stability limit; empty where that is unknown
    told    how they ended; None where nothing is to be said
    f       at their ends, the median of several; infinite where they were lost
    height  f of a single run that was not lost, in few characters; else empty
    """

    run_style: RunStyle
    label: str
    name: str
    limit: str = ""
    told: Told | None = None
    f: float = np.inf
    height: str = ""


class Form(NamedTuple):
    """What a legend says of each entry: the share of the limit, a length of what is told, f at the end.

    is_named   by its name alone, without the rate
    """

    limit: bool = False
    length: int | None = None
    height: bool = False
    is_named: bool = False


# From the fullest: first go limits, f, motions, reasons; then rates, before the numbers of what became of the runs.
FORMS = (
    *(Form(limit=limit, length=FULL, height=True) for limit in (True, False)),
    *(Form(length=length) for length in (FULL, REASONED, HINTED)),
    *(Form(length=PLAIN, height=height) for height in (True, False)),
    *(Form(length=length, is_named=True) for length in (PLAIN, BRIEF)),
    Form(),
    Form(is_named=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Entries in columns of one width, filled from the top down. Lengths in pixels.

    entries     in the order of the request; those without a row are counted in the last one
    lefts       of label, limit, what is told, and f, from the left end of a column
    downs       of the same, from the first line of an entry to theirs
    """

    entries: tuple[Entry, ...] = ()
    form: Form = Form()
    rows: int = 0
    places: int = 0
    lefts: tuple[float, ...] = ()
    downs: tuple[float, ...] = ()
    column_px: float = 0.0
    gap_px: float = 0.0
    line_px: float = 0.0

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
            return RowContent(cells=(Cell(0.0, _rest(self.entries, self.places), style.text),))
        entry = self.entries[self._order(moment)[place]]
        ink = style.text if entry.told is None else entry.told.ink(moment)
        cells = [
            entry.label,
            entry.limit if self.form.limit else "",
            "",
            entry.height if moment.at_end and self.form.height else "",
        ]
        if entry.told is not None and self.form.length is not None:
            cells[2], _ = entry.told.piece(moment, self.form.length)
        inks = ink, style.muted, ink, style.muted
        lefts = self._lefts_of(entry)
        return RowContent(entry.run_style, tuple(map(Cell, lefts, cells, inks, self.downs)), tells=bool(cells[2]))

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


def fit_legend(entries: Sequence[Entry], layout: Layout, lettering: Lettering, line_px: float) -> Legend:
    """The fullest legend that fits: forms get shorter and shorter, then the last entries are counted."""
    share = HEIGHT_SHARE if layout.header_share == 1 else SHARE_BESIDE
    # Larger type takes no more of the height than usual type, for a legend has shorter forms, and a plot has none.
    most_rows = max(int(share * layout.height / (line_px * max(layout.style.scale, 1.0))), 1)
    if not entries:
        return Legend()
    for form, places in _choices(len(entries)):
        legend = _laid_out(entries, form, places, lettering, layout.header_width_px, line_px)
        for rows in range(1, min(places, most_rows) + 1):
            found = replace(legend, rows=rows)
            if found.width <= layout.header_width_px:
                return found
    return Legend()


def _choices(count: int) -> Iterator[tuple[Form, int]]:
    """The forms and numbers of places to try, from the fullest legend to the shortest."""
    if count <= MAX_ENTRIES:
        yield from ((form, count) for form in FORMS)
    for places in range(min(count, MAX_ENTRIES + 1), 1, -1):
        yield FORMS[-1], places


def fit_column(
    entries: Sequence[Entry], above: Legend, lettering: Lettering, line_px: float, room: tuple[float, float]
) -> Legend | None:
    """The fullest legend of one column that fits into a room (width, height) in pixels and has all of the entries.

    None where none says as much as the one `above` the axes, but for how runs moved.
    """
    if not above.places == len(entries) <= MAX_ENTRIES:
        return None
    length = None if above.form.length is None else max(above.form.length, REASONED)
    forms = *FORMS[: FORMS.index(above.form) + 1], above.form._replace(length=length)
    for form, lines in product(forms, LINES):
        found = _laid_out(entries, form, len(entries), lettering, room[0], line_px, lines)
        high = (len(entries) - 1) * found.line_px + max(found.downs) + lettering.ascent
        is_cut = [one.label for one in found.entries] != _called(entries, form)
        if found.column_px <= room[0] and high <= room[1] and not is_cut:
            return replace(found, rows=len(entries))
    return None


def _laid_out(
    entries: Sequence[Entry], form: Form, places: int, lettering: Lettering, room: float, line_px: float,
    lines: Sequence[Sequence[int]] = LINES[0],
) -> Legend:  # fmt: skip
    """A legend of a form, not yet in rows; labels that are wider than a room are cut."""
    width, sign, space = lettering.width, SIGN_EM * lettering.ascent, lettering.width(_SPACE)
    labels = [shortened(label, room - sign, width) for label in _called(entries, form)]
    entries = tuple(entry._replace(label=label) for entry, label in zip(entries, labels, strict=True))
    told = [entry.told for entry in entries if entry.told is not None]
    widths = [
        max(width(entry.label) for entry in entries),
        max(width(entry.limit) for entry in entries) if form.limit else 0.0,
        0.0 if form.length is None else widest(told, form.length, width),
        max(width(entry.height) for entry in entries) if form.height else 0.0,
    ]
    column_px, lefts, downs = float(width(_rest(entries, places))), [0.0] * len(widths), [0.0] * len(widths)
    for line, parts in enumerate(lines):
        end = sign
        for part in filter(widths.__getitem__, parts):
            lefts[part], downs[part] = end, line * line_px
            column_px, end = max(column_px, end + widths[part]), end + widths[part] + space
    return Legend(
        entries=entries, form=form, places=places, lefts=tuple(lefts), downs=tuple(downs), column_px=column_px,
        gap_px=width(GAP), line_px=line_px + max(downs) + (APART * line_px if max(downs) else 0.0),
    )  # fmt: skip


def _called(entries: Sequence[Entry], form: Form) -> list[str]:
    """What a form calls the entries."""
    return [entry.name if form.is_named else entry.label for entry in entries]


def _rest(entries: Sequence[Entry], places: int) -> str:
    """How many entries have no place; nothing where all have."""
    left = len(entries) - places
    return f"… and {left + 1} more" if left else ""
