"""What the views of runs have in common: teams and marks of the runs, and how a scene is put up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gdanim.drawing.layout import Cell, Stage
from gdanim.drawing.marks.spots import Dots, Landings, Spots
from gdanim.drawing.marks.trails import Mark, Tails, Trail, mixed
from gdanim.drawing.run_styles import Team, line_up
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import load_style
from gdanim.errors import SettingError
from gdanim.views import header
from gdanim.views.notices import notices

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Timeline
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.styles import Style

Teams = tuple[Team, ...]
Fill = Callable[[Stage, Teams], tuple[list[Cell], list[Mark]]]

TRAIL_PT, DOT_PT, SPOT_PT, LANDING_PT = 1.8, 4.0, 9.0, 4.5
FEW_TEAMS, SLENDER = 4, 0.75  # more paths than that leave each other less room
SMALL_PT, LEAST_SHARE = 110.0, 0.6  # the shorter side of axes, from which on marks shrink with them

LINED_PT = 2 * (Trail.CASING_PT + 0.5)  # what a trail is wider with its casing and the line around that
# Of the text's colour: as soft as a line can be that stands out from all tints with a contrast of 3. The tints for a
# printer without colour reach further into the dark.
LINE_INK, GREY_LINE_INK = 0.68, 0.78

# More runs than that at once are a swarm. A hundred spots are an eighteenth of the plot at 640×480, and their whole
# paths cost 70 ms a frame; ten times as many would hide the function, and each other.
SWARM = 100
TAIL_PT, LEAST_SPOT_PT = 0.8, 1.8
# The tails of a swarm have so many segments in all: Agg strokes one in 4 µs where it is short.
TAIL_SEGMENTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The runs that one axes shows.

    runs (m,)   their numbers in the whole descent
    descent     of these runs alone, which count from 0
    teams       of these runs alone
    """

    runs: Index
    descent: Descent
    teams: Teams


def whole(descent: Descent, teams: Teams) -> Part:
    """All runs in one axes."""
    return Part(runs=np.arange(descent.trajectory.runs), descent=descent, teams=teams)


class Plot(Protocol):
    """How a view shows runs in one axes. What depends on the whole descent, limits first of all, is settled in it."""

    @property
    def aspect(self) -> float:
        """Width to height, at which it looks best."""

    def axes(self, stage: Stage) -> Axes:
        """Add axes with all that stands still and is quickly drawn."""

    def ground(self, stage: Stage, axes: Axes, run: int) -> frozenset[int]:
        """Paint what takes long, lies below all else and is the same for all runs of the method and rates of one.

        Returns the kinds of ground that need a word: key.write_key() says it.
        """

    def marks(self, stage: Stage, axes: Axes, part: Part) -> list[Mark]:
        """Add the marks of the runs."""


def assemble(descent: Descent, fill: Fill, *, words: float = 1.0) -> Scene:
    """Put up a scene: `fill` adds the axes and the marks of the runs to the stage; header and notices are the same.

    The first of the cells that `fill` returns is the one that the header lines up with and that holds the notices.
    Where `words` is less than 1, the header stands at the left of the cells, and takes that share of the width.
    Raises SettingError where facets are asked for.
    """
    if descent.settings.facet is not None:
        allowed = "multiplies views of one axes; choose --view curve or contour, or leave one of them out"
        raise SettingError("--facet", descent.settings.facet, allowed)
    style = load_style(descent.settings.style)
    stage = replace(Stage.open(descent.settings, style), words=words)
    teams = line_up(descent.trajectory, style, in_turn=descent.timeline.in_turn)
    head = header.compose(stage, descent, teams)
    cells, marks = fill(stage, teams)
    stage.layout(cells, header=head.height if words == 1 else 0.0)
    first = cells[0].axes
    left = first.get_window_extent().x0 if words == 1 else stage.margin
    captions = [*head.place(left), *notices(stage, first, descent, teams)]
    return Scene(figure=stage.figure, marks=(*marks, *captions), timeline=descent.timeline)


def run_marks(
    axes: Axes,
    track: Track,
    teams: Teams,
    timeline: Timeline,
    style: Style,
    *,
    line: str | None = None,
    dotted: bool = True,
) -> list[Mark]:
    """Add trails and spots to an axes. A swarm has tails and dots.

    line     sets the trails off from coloured ground: the colour of a line around them, and around a casing between
    dotted   whether there is room for a dot at each iteration
    """
    runs = track.shape[0]
    size = (SLENDER if len(teams) > FEW_TEAMS else 1.0) * _share(axes)
    spot_pt = size * SPOT_PT
    marks: list[Mark]
    if runs > SWARM and not timeline.in_turn:
        # However many they are, they cover as much of the picture as that many spots would.
        dot_pt = max(spot_pt * (SWARM / runs) ** 0.5, LEAST_SPOT_PT)
        tail = min(TAIL_SEGMENTS // runs, track.shape[1] if timeline.trail is None else timeline.trail)
        tails = [Tails(track, teams, width_pt=TAIL_PT, tail=tail)] if tail else []
        marks = [*tails, Dots(track, teams, size_pt=dot_pt)]
    else:
        casing = None if line is None else style.background
        iterate_pt = size * DOT_PT if dotted else 0.0
        marks = [] if line is None else [
            Trail(
                track, recoloured(teams, line), width_pt=size * TRAIL_PT + LINED_PT,
                dot_pt=iterate_pt and iterate_pt + LINED_PT, tail=timeline.trail,
            )
        ]  # fmt: skip
        marks += [
            Trail(track, teams, width_pt=size * TRAIL_PT, dot_pt=iterate_pt, casing=casing, tail=timeline.trail),
            Spots(track, teams, casing=style.background, size_pt=spot_pt),
        ]
    for mark in marks:
        axes.add_artist(mark)
    return marks


def soft_line(style: Style) -> str:
    """The colour of the line around paths over the tints of a style."""
    return mixed(style.text, style.background, GREY_LINE_INK if style.greyscale else LINE_INK)


def _share(axes: Axes) -> float:
    """Of the size of marks: they shrink with small axes, half as fast."""
    figure = axes.get_figure(root=True)
    box = axes.get_window_extent()
    side_pt = min(box.width, box.height) * 72 / (figure.dpi if figure else 72)
    return float(np.clip((side_pt / SMALL_PT) ** 0.5, LEAST_SHARE, 1.0))


def landing_marks(axes: Axes, track: Track, teams: Teams, timeline: Timeline, colour: str) -> list[Mark]:
    """Add the ends of runs that are over, where runs are shown in turn."""
    if not timeline.in_turn or track.shape[0] == 1:
        return []
    landings = Landings(track, recoloured(teams, colour), timeline.last, size_pt=LANDING_PT)
    axes.add_artist(landings)
    return [landings]


def recoloured(teams: Teams, colour: str) -> Teams:
    """The same teams in one colour."""
    return tuple(replace(team, colour=colour) for team in teams)
