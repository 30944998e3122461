"""The header of a picture: the title, the readout of live numbers, and the legend that names several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.text import Text

from gdanim.descent.descend import Descent
from gdanim.drawing.layout import TITLE_PT, Layout
from gdanim.drawing.lettering import Lettering
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.styles import Style
from gdanim.formula.mathtext import visible_length
from gdanim.objectives.objective import Objective
from gdanim.views.legend import Legend, entries
from gdanim.views.legend_form import fit_legend
from gdanim.views.readout.line import LiveLine, readout
from gdanim.views.told import Told, tell, tell_each

if TYPE_CHECKING:
    from gdanim.views.explain.explanation import Explained

NAME_GAP = "   "  # between the name of a function and its formula
EXPLAINED_GAP = 0.3  # of a line, above those of an update
# Between a title and what stands beside it: with room for an overhang of the axes, and the least.
ROOMY_PT, BESIDE_PT = 72.0, 30.0
TIGHT = 0.85  # of the room, where a title may not be wider: formulas are wider than the mean of their letters
SMALL_PX, MANY_PANELS = 300, 7  # lower than that, or in so many, panels are given every line that can be spared
GAP_PT = 7.0  # to the axes: a spot on their edge stays clear of the words above


@dataclass(slots=True, kw_only=True)
class Header:
    """The lines above the axes, before they are placed. Lengths in pixels.

    beside      whether the first live line stands right of the title
    explained   the lines of an update, below the others
    aside       the upper left corner of a legend that stands beside the axes; None for one above them
    update      the live lines of an update, once they are placed
    """

    title: Text | None
    lines: tuple[LiveLine, ...]
    legend: Legend
    lettering: Lettering
    layout: Layout
    beside: bool = False
    explained: Explained | None = None
    aside: tuple[float, float] | None = None
    update: tuple[Caption, ...] = ()

    @property
    def height(self) -> float:
        """The height of the header."""
        lines = len(self.lines) + self._rows - self.beside
        explained_px = 0.0
        if self.explained:
            explained_px = line_px(self.explained.lettering) * (len(self.explained.lines) + EXPLAINED_GAP)
        live_px = line_px(self.lettering) * lines + explained_px
        return self._title_px + live_px + (self.layout.px(GAP_PT) if live_px else 0.0)

    @property
    def _rows(self) -> int:
        """The rows of a legend above the axes."""
        return self.legend.rows if self.aside is None else 0

    @property
    def _title_px(self) -> float:
        """The height of the title: more than a line's where it holds fractions."""
        if self.title is None:
            return 0.0
        return max(self.layout.px(TITLE_PT), self.title.get_window_extent().height) + self.layout.px(TITLE_PT * 0.75)

    def place(self, left: float, right: float = 0.0) -> tuple[Mark, ...]:
        """Place the lines from the top down, at `left` or as far left of it as they need; returns the live ones.

        A line beside the title ends at `right`, above a legend beside the axes with that, and left of axes with the
        header.
        """
        layout = self.layout
        right = right if self.aside is None else layout.width - layout.margin
        right = min(right, layout.margin + layout.header_width_px) if layout.header_share < 1 else right
        # All lines begin where the longest ends inside the margin.
        title_px = self.title.get_window_extent().width if self.title else 0.0
        explained = self.explained.lines if self.explained else ()
        legend_px = self.legend.width if self._rows else 0.0
        longest = max(title_px, legend_px, *(width for _, width in (*self.lines, *explained)))
        left, y = max(min(left, layout.width - layout.margin - longest), layout.margin), layout.height - layout.margin
        captions: list[Mark] = []
        if self.title:
            self.title.set_verticalalignment("top")
            self.title.set_position((left, y))
            if self.beside:
                pieces_at, width = self.lines[0]
                middle = y - self.title.get_window_extent().height / 2
                captions.append(Caption(self.lettering, pieces_at, (right - width, middle - self.lettering.ascent / 3)))
            y -= self._title_px
        for pieces_at, _ in self.lines[self.beside :]:
            captions.append(Caption(self.lettering, pieces_at, (left, y - self.lettering.ascent)))
            y -= line_px(self.lettering)
        lettering = self.explained.lettering if self.explained else self.lettering
        y -= EXPLAINED_GAP * line_px(lettering) if explained else 0.0
        at = [(left, y - lettering.ascent - line * line_px(lettering)) for line in range(len(explained))]
        self.update = tuple(Caption(lettering, line[0], place) for line, place in zip(explained, at, strict=True))
        y -= len(explained) * line_px(lettering)
        captions += self.update
        captions += self.legend.place(self.lettering, layout.style, *(self.aside or (left, y)))
        for caption in captions:
            layout.figure.add_artist(caption)
        return tuple(captions)


def line_px(lettering: Lettering) -> float:
    """The distance between two lines of the header."""
    return 1.5 * lettering.ascent + lettering.descent


def compose(layout: Layout, descent: Descent, run_styles: Sequence[RunStyle], *, panels: int = 0) -> Header:
    """Compose the header of a picture.

    Above a number of panels with titles it is short: the titles hold the verdicts, and the readout stands beside the
    header's title where it fits; so it does above a legend in larger type.
    Raises UsageError where several runs at once were to be explained.
    """
    lettering = layout.lettering()
    named = [] if layout.is_bare else entries(descent, run_styles, layout.style, verdicts=not panels)
    legend = fit_legend(named, layout, lettering, line_px(lettering))
    has_readout = descent.settings.readout and not layout.is_bare
    explained: Explained | None = None
    if descent.settings.explain:
        from gdanim.views.explain.explanation import explanation

        explained = explanation(descent, layout, run_styles)
    told = [] if legend.tells or panels else _told(descent, layout.style)
    # Above axes, in larger type, and above panels that are low, lines cost the plot more.
    are_low = panels > 0 and (layout.height < SMALL_PX or panels >= MANY_PANELS)
    is_low = (bool(legend.rows) and layout.style.scale > 1 and layout.header_share == 1) or are_low
    lines: list[LiveLine] = []
    if has_readout:
        lines = readout(descent, layout, lettering, told, explained=explained is not None, brief=is_low)
    if lines and (leaves := _leaving(descent, layout, lettering)):
        lines.append(leaves)
    gap_pt = BESIDE_PT if is_low else ROOMY_PT
    beside_px = layout.header_width_px - lines[0][1] - layout.px(gap_pt) if (panels or is_low) and lines else 0.0
    title = _title(layout, descent, beside_px, may_cut=is_low)
    beside = bool(title is not None and title.get_window_extent().width <= beside_px)
    return Header(
        title=title, lines=tuple(lines), legend=legend, lettering=lettering, layout=layout, beside=beside,
        explained=explained,
    )  # fmt: skip


def _leaving(descent: Descent, layout: Layout, lettering: Lettering) -> LiveLine | None:
    """A line that says by how much paths leave the plane that is drawn, where that is much."""
    text = "" if descent.plane is None else descent.plane.remark()
    if not text:
        return None
    return lambda moment: [(text, layout.style.muted)], lettering.width(text)


def _told(descent: Descent, style: Style) -> list[Told]:
    """What the readout tells: of the run that is shown, or of all that are shown together."""
    if descent.trajectory.runs == 1 or descent.timeline.in_turn:
        return tell_each(descent, style)
    return tell(descent, [np.arange(descent.trajectory.runs)], style, heights=True)


def _title(layout: Layout, descent: Descent, beside_px: float, *, may_cut: bool) -> Text | None:
    """The title; no wider than `beside_px` where name and formula, cut if need be, fit into that, or if `may_cut` the
    name alone.
    """
    objective, asked = descent.objective, descent.settings.title
    if asked is not None:
        return layout.asked_title(asked)
    forms = _forms(objective)
    short = [(objective.title, "")] if may_cut and objective.title else []
    tight_px = beside_px * (TIGHT if may_cut else 1.0)
    for some, room_px in (([*forms, *short], tight_px), (forms, layout.header_width_px)):
        for name, formula in some:
            if visible_length(formula) + len(name) <= room_px / layout.px(0.6 * TITLE_PT):
                return layout.title(f"{name}${formula}$" if formula else name, plain=not formula)
    return layout.title(objective.title or objective.name, plain=True)


def _forms(objective: Objective) -> list[tuple[str, str]]:
    """Names and formulas of ever shorter titles: both whole, then with ever more of the formula cut off."""
    name = f"{objective.title}{NAME_GAP}" if objective.title else ""
    return [(name, f"{objective.left_side} {form}") for form in objective.typeset]
