"""The legend: labels and verdicts of the runs, above the axes, so that it covers no path."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.lettering import minus
from gdanim.drawing.shapes import SHAPES, copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gdanim.descent.descend import Descent
    from gdanim.descent.verdicts import Verdict
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.run_styles import RunStyle

MAX_ENTRIES = 24
HEIGHT_SHARE, SHARE_BESIDE = 0.2, 0.6  # of the picture; the axes are what one looks at

GAP = "    "
_SPACE = "  "


class Entry(NamedTuple):
    """One label with its run style, and how its runs went. Without a style it stands for those left out.

    limit   the rate as a multiple of its stability limit; empty where that is unknown
    """

    run_style: RunStyle | None
    label: str
    verdict: str
    limit: str = ""


class LegendColumn(NamedTuple):
    """Entries below one another, and the offsets of their parts from the left end of the column, in pixels."""

    entries: Sequence[Entry]
    label_px: float
    verdict_px: float
    width_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Entries in columns, filled from the top down. Lengths in pixels."""

    columns: tuple[LegendColumn, ...]
    gap_px: float
    line_px: float

    @property
    def rows(self) -> int:
        """The number of lines."""
        return len(self.columns[0].entries) if self.columns else 0

    @property
    def width(self) -> float:
        """From the first sign to the end of the longest line."""
        return sum(column.width_px + self.gap_px for column in self.columns) - self.gap_px if self.columns else 0.0

    def write(self, layout: Layout, lettering: Lettering, left: float, top: float) -> None:
        """Put the legend onto the figure, its upper left corner at (left, top)."""
        for column in self.columns:
            y = top - lettering.ascent
            for entry in column.entries:
                self._sign(layout, lettering, entry, left, y)
                inked = (
                    (entry.label, column.label_px if entry.run_style else 0.0, layout.style.text),
                    (entry.verdict, column.verdict_px, layout.style.muted),
                )
                for text, shift, ink in inked:
                    if text:
                        layout.figure.text(
                            left + shift, y, text, transform=IdentityTransform(), color=ink,
                            fontsize=lettering.size_pt, parse_math=False,
                        )  # fmt: skip
                y -= self.line_px
            left += column.width_px + self.gap_px

    def _sign(self, layout: Layout, lettering: Lettering, entry: Entry, left: float, y: float) -> None:
        if entry.run_style is None:
            return
        em = lettering.ascent
        spot = copies(SHAPES[entry.run_style.shape], np.array([[left + em / 2, y + 0.4 * em]]), 0.36 * em)
        layout.figure.add_artist(
            PathPatch(spot, transform=IdentityTransform(), facecolor=entry.run_style.colour, linewidth=0)
        )


def entries(descent: Descent, run_styles: Sequence[RunStyle], *, verdicts: bool = True) -> list[Entry]:
    """One entry for each label, with the commonest verdict of its runs."""
    of = {label: run_style for run_style in run_styles for label in run_style.labels}
    if not of:
        return []
    found: dict[str, list[Verdict]] = {}
    limits: dict[str, set[str]] = {}
    for run, verdict, share in zip(descent.runs, descent.verdict, descent.limit_shares(), strict=True):
        found.setdefault(run.label, []).append(verdict)
        limits.setdefault(run.label, set()).add(share)
    named = [label for label in found if label in of]
    if not verdicts:
        return [Entry(of[label], minus(label), "") for label in named]
    return [
        # Runs that ended at different minima have different limits.
        Entry(
            of[label], minus(label), f"— {tally(found[label])}", limits[label].pop() if len(limits[label]) == 1 else ""
        )
        for label in named
    ]


def tally(verdicts: Sequence[Verdict]) -> str:
    """`converging`; of several runs `converging 7 of 10`."""
    ((verdict, count),) = Counter(verdicts).most_common(1)
    return f"{verdict.value} {count} of {len(verdicts)}" if len(verdicts) > 1 else verdict.value


def fit_legend(entries: Sequence[Entry], layout: Layout, lettering: Lettering, line_px: float) -> Legend:
    """The fullest legend that fits: limits are left out first, then verdicts, then the last entries."""
    share = HEIGHT_SHARE if layout.header_share == 1 else SHARE_BESIDE
    most_rows = max(int(share * layout.height / line_px), 1)
    for chosen in _choices(entries, layout.header_width_px, lettering):
        for rows in range(1, min(len(chosen), most_rows) + 1):
            columns = tuple(_column(chosen[i : i + rows], lettering) for i in range(0, len(chosen), rows))
            legend = Legend(columns=columns, gap_px=lettering.width(GAP), line_px=line_px)
            if legend.width <= layout.header_width_px:
                return legend
    return Legend(columns=(), gap_px=0.0, line_px=line_px)


def _choices(entries: Sequence[Entry], room: float, lettering: Lettering) -> Iterator[Sequence[Entry]]:
    """The entries to try, from the fullest legend to the shortest."""
    bare = [Entry(entry.run_style, _shortened(entry.label, room, lettering), "") for entry in entries[:MAX_ENTRIES]]
    if len(entries) <= MAX_ENTRIES:
        yield [
            entry._replace(verdict=f"{entry.verdict}, {entry.limit}" if entry.limit else entry.verdict)
            for entry in entries
        ]
        yield entries
        yield bare
    for count in range(min(len(entries) - 1, MAX_ENTRIES), 0, -1):
        yield [*bare[:count], Entry(None, f"… and {len(entries) - count} more", "")]


def _shortened(label: str, room: float, lettering: Lettering) -> str:
    """A label, cut to fit into one line."""
    room -= _sign_px(lettering)
    if lettering.width(label) <= room:
        return label
    while label and lettering.width(f"{label}…") > room:
        label = label[:-1]
    return f"{label}…"


def _column(entries: Sequence[Entry], lettering: Lettering) -> LegendColumn:
    sign_px = _sign_px(lettering)
    label_px = max(lettering.width(entry.label) + (sign_px if entry.run_style else 0.0) for entry in entries)
    verdict_px = max(lettering.width(entry.verdict) for entry in entries)
    if not verdict_px:
        return LegendColumn(entries, sign_px, label_px, label_px)
    space = lettering.width(_SPACE)
    return LegendColumn(entries, sign_px, label_px + space, label_px + space + verdict_px)


def _sign_px(lettering: Lettering) -> float:
    """From the left end of an entry to its label."""
    return 1.3 * lettering.ascent
