"""The legend: labels and verdicts of the runs, above the axes, so that it covers no path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.transforms import IdentityTransform

from gdanim.descent.descend import Descent
from gdanim.descent.verdicts import Verdict
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering, minus
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import SHAPES, copies

MAX_ENTRIES = 24
HEIGHT_SHARE, SHARE_BESIDE = 0.2, 0.6  # of the picture; the axes are what one looks at

GAP, _SPACE = "    ", "  "
SIGN_EM = 1.3  # from the left end of an entry to its label, against the height of a letter


class Entry(NamedTuple):
    """One label with its run style, and how its runs went. Without a style it stands for those left out.

    short   the verdict in fewer words
    limit   the rate as a multiple of its stability limit; empty where that is unknown
    """

    run_style: RunStyle | None
    label: str
    verdict: str
    short: str = ""
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
        em, figure, in_pixels = lettering.ascent, layout.figure, IdentityTransform()
        plain: dict[str, Any] = {"transform": in_pixels, "fontsize": lettering.size_pt, "parse_math": False}
        for column in self.columns:
            y = top - em
            for entry in column.entries:
                label_x = left
                if entry.run_style is not None:
                    label_x = left + column.label_px
                    spot = copies(SHAPES[entry.run_style.shape], np.array([[left + em / 2, y + 0.4 * em]]), 0.36 * em)
                    figure.add_artist(
                        PathPatch(spot, transform=in_pixels, facecolor=entry.run_style.colour, linewidth=0)
                    )
                figure.text(label_x, y, entry.label, color=layout.style.text, **plain)
                if entry.verdict:
                    verdict_x = left + column.verdict_px
                    figure.text(verdict_x, y, entry.verdict, color=layout.style.muted, **plain)
                y -= self.line_px
            left += column.width_px + self.gap_px


def entries(descent: Descent, run_styles: Sequence[RunStyle], *, verdicts: bool = True) -> list[Entry]:
    """One entry for each label, with the commonest verdict of its runs."""
    of = {label: run_style for run_style in run_styles for label in run_style.labels}
    if not of:
        return []
    went: dict[str, list[Verdict]] = {}
    limits: dict[str, set[str]] = {}
    for run, verdict, share in zip(descent.runs, descent.verdict, descent.limit_shares(), strict=True):
        went.setdefault(run.label, []).append(verdict)
        limits.setdefault(run.label, set()).add(share)
    named = [label for label in went if label in of]
    if not verdicts:
        return [Entry(of[label], minus(label), "") for label in named]
    # Runs that ended at different minima have different limits.
    limit = {label: "" if len(shares) > 1 else shares.pop() for label, shares in limits.items()}
    return [
        Entry(
            of[label],
            minus(label),
            f"— {tally([verdict.words for verdict in went[label]])}",
            f"— {tally([verdict.short for verdict in went[label]])}",
            limit[label],
        )
        for label in named
    ]


def tally(words: Sequence[str]) -> str:
    """`arrived, bouncing`; of several runs `arrived, bouncing 7 of 10`."""
    ((word, count),) = Counter(words).most_common(1)
    return f"{word} {count} of {len(words)}" if len(words) > 1 else word


def fit_legend(entries: Sequence[Entry], layout: Layout, lettering: Lettering, line_px: float) -> Legend:
    """The fullest legend that fits: left out are first limits, motions, verdicts, last entries."""
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
        yield [one._replace(verdict=_with_limit(one)) for one in entries]
        yield entries
        yield [one._replace(verdict=one.short) for one in entries]
        yield bare
    for count in range(min(len(entries) - 1, MAX_ENTRIES), 0, -1):
        yield [*bare[:count], Entry(None, f"… and {len(entries) - count} more", "")]


def _with_limit(entry: Entry) -> str:
    """The verdict and the share of the limit: `arrived, 95 % of limit`."""
    return f"{entry.verdict}, {entry.limit}" if entry.limit else entry.verdict


def _shortened(label: str, room: float, lettering: Lettering) -> str:
    """A label, cut to fit into one line."""
    room -= SIGN_EM * lettering.ascent
    if lettering.width(label) <= room:
        return label
    while label and lettering.width(f"{label}…") > room:
        label = label[:-1]
    return f"{label}…"


def _column(entries: Sequence[Entry], lettering: Lettering) -> LegendColumn:
    sign_px = SIGN_EM * lettering.ascent
    label_px = max(lettering.width(entry.label) + (sign_px if entry.run_style else 0.0) for entry in entries)
    verdict_px = max(lettering.width(entry.verdict) for entry in entries)
    space = lettering.width(_SPACE) if verdict_px else 0
    return LegendColumn(entries, sign_px, label_px + space, label_px + space + verdict_px)
