"""The place of a legend: the fullest that fits above the axes, or beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, product

from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering, shortened
from gdanim.views.legend import GAP, HEIGHT, LABEL, LIMIT, SPACE, TOLD, Entry, Form, Legend, rest_of
from gdanim.views.readout.away import room_of
from gdanim.views.told import BRIEF, FULL, HINTED, PLAIN, REASONED, widest

MAX_ENTRIES = 24
HEIGHT_SHARE, SHARE_BESIDE = 0.2, 0.6  # of the picture; the axes are what one looks at
SIGN_EM = 1.3  # from the left end of an entry to its label, against the height of a letter
# The lines of an entry, and on each from the left its parts: label, limit, what is told, and f. Above the axes it has
# one line.
LINES = (
    ((LABEL, LIMIT, TOLD, HEIGHT),), ((LABEL, LIMIT), (TOLD, HEIGHT)), ((LABEL,), (TOLD,), (LIMIT, HEIGHT)),
    ((LABEL,), (TOLD, HEIGHT), (LIMIT,)),
)  # fmt: skip
APART = 0.5  # of a line, between entries of several lines

# From the fullest: first go limits, f, motions, reasons; then rates, before the numbers of what became of the runs.
FORMS = (
    *(Form(limit=limit, length=FULL, height=True) for limit in (True, False)),
    *(Form(length=length) for length in (FULL, REASONED, HINTED)),
    *(Form(length=PLAIN, height=height) for height in (True, False)),
    *(Form(length=length, is_named=True) for length in (PLAIN, BRIEF)),
    Form(),
    Form(is_named=True),
)


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

    None where none says as much as the one `above` the axes, but for how runs moved; any says more where that has no
    room for all.
    """
    if len(entries) > MAX_ENTRIES:
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
    width, sign, space = lettering.width, SIGN_EM * lettering.ascent, lettering.width(SPACE)
    labels = [shortened(label, room - sign, width) for label in _called(entries, form)]
    entries = tuple(entry._replace(label=label) for entry, label in zip(entries, labels, strict=True))
    told = [entry.told for entry in entries if entry.told is not None]
    widths = [
        max(width(entry.label) for entry in entries),
        max(width(entry.limit) for entry in entries) if form.limit else 0.0,
        0.0 if form.length is None else widest(told, form.length, width),
        max(width(entry.height) for entry in entries) if form.height else 0.0,
    ]
    column_px, lefts, downs = float(width(rest_of(entries, places))), [0.0] * len(widths), [0.0] * len(widths)
    away_px = room_of((entry.away for entry in entries if entry.away is not None), lettering)
    before_f = widest([one.told for one in entries if one.told is not None and one.height], form.length or FULL, width)
    for line, parts in enumerate(lines):
        end = sign
        for part in filter(widths.__getitem__, parts):
            lefts[part], downs[part] = end, line * line_px
            column_px = max(column_px, end + widths[part])
            # Where an entry has no f, as one that was lost, what is told runs on through that column.
            end += (before_f if part == TOLD and form.height else widths[part]) + space
    return Legend(
        entries=entries, form=form, places=places, lefts=tuple(lefts), alone=_in_rows(entries, form, lettering),
        downs=tuple(downs), column_px=column_px, gap_px=width(GAP),
        line_px=line_px + max(downs) + (APART * line_px if max(downs) else 0.0),
        says_away=downs[TOLD] > 0 and 0 < away_px <= widths[TOLD],
    )  # fmt: skip


def _in_rows(entries: Sequence[Entry], form: Form, lettering: Lettering) -> tuple[tuple[float, ...], ...]:
    """The left ends of the parts of each entry side by side; those that it has not take no room."""
    width, space, found = lettering.width, lettering.width(SPACE), []
    for entry in entries:
        told = 0.0 if form.length is None or entry.told is None else widest([entry.told], form.length, width)
        parts = width(entry.label), width(entry.limit) if form.limit else 0.0, told
        ends = accumulate((part + space if part else 0.0 for part in parts), initial=SIGN_EM * lettering.ascent)
        found.append(tuple(ends))
    return tuple(found)


def _called(entries: Sequence[Entry], form: Form) -> list[str]:
    """What a form calls the entries."""
    return [entry.name if form.is_named else entry.label for entry in entries]
