"""The header of a picture: the title, the readout of live numbers, and the legend that names several runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdanim.caption import Caption, Pieces
from gdanim.objectives.typeset import visible_length
from gdanim.views.legend import Legend, entries, fitted
from gdanim.views.readout import readout
from gdanim.views.stage import TITLE_PT, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.text import Text

    from gdanim.descent import Descent
    from gdanim.lettering import Lettering
    from gdanim.teams import Team
    from gdanim.timeline import Moment

GAP_PT = 7.0  # to the axes: a spot on their edge stays clear of the words above


@dataclass(slots=True, kw_only=True)
class Header:
    """The lines above the axes, before they are placed. Lengths in pixels."""

    title: Text | None
    words: Callable[[Moment], Pieces] | None
    words_px: float
    legend: Legend
    lettering: Lettering
    stage: Stage

    @property
    def height(self) -> float:
        """What the header takes from the height of the picture."""
        lines = (self.words is not None) + self.legend.rows
        return self._title_px + line_px(self.lettering) * lines + (self.stage.px(GAP_PT) if lines else 0.0)

    @property
    def _title_px(self) -> float:
        """The height of the title: more than a line's where it holds fractions."""
        if self.title is None:
            return 0.0
        return max(self.stage.px(TITLE_PT), self.title.get_window_extent().height) + self.stage.px(TITLE_PT * 0.75)

    def place(self, left: float) -> tuple[Caption, ...]:
        """Put the lines at `left`, or as far left of it as they need, from the top down; returns those that change."""
        stage = self.stage
        left, y = self._left(left), stage.height - stage.margin
        if self.title:
            self.title.set_verticalalignment("top")
            self.title.set_position((left, y))
            y -= self._title_px
        captions = []
        if self.words is not None:
            captions.append(Caption(self.lettering, self.words, (left, y - self.lettering.ascent)))
            y -= line_px(self.lettering)
        self.legend.write(stage, self.lettering, left, y)
        for caption in captions:
            stage.figure.add_artist(caption)
        return tuple(captions)

    def _left(self, left: float) -> float:
        """Where all lines begin, so that the longest ends inside the margin."""
        title_px = self.title.get_window_extent().width if self.title else 0.0
        longest = max(title_px, self.words_px, self.legend.width)
        return max(min(left, self.stage.width - self.stage.margin - longest), self.stage.margin)


def line_px(lettering: Lettering) -> float:
    """From one line of the header to the next."""
    return 1.5 * lettering.ascent + lettering.descent


def compose(stage: Stage, descent: Descent, teams: Sequence[Team]) -> Header:
    """Decide what the header of a picture says."""
    lettering = stage.lettering()
    words, words_px = readout(descent, stage, lettering) if descent.settings.readout else (None, 0.0)
    return Header(
        title=_title(stage, descent),
        words=words,
        words_px=words_px,
        legend=fitted(entries(descent, teams), stage, lettering, line_px(lettering)),
        lettering=lettering,
        stage=stage,
    )


def _title(stage: Stage, descent: Descent) -> Text | None:
    objective, asked = descent.objective, descent.settings.title
    if asked is not None:
        return stage.title(asked, plain=True)
    variables = "x" if objective.dim == 1 else "x, y"
    room = stage.room / stage.px(0.6 * TITLE_PT) - len(f"f({variables}) = ")
    for form in objective.typeset:
        if visible_length(form) <= room:
            return stage.title(f"$f({variables}) = {form}$", plain=False)
    return stage.title(objective.name.replace("_", "-"), plain=True)
