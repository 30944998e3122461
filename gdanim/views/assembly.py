"""What the views of runs have in common: teams and marks of the runs, and how a scene is put up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gdanim.marks import Mark, Trail
from gdanim.scene import Scene
from gdanim.spots import Dots, Landings, Spots
from gdanim.styles import load_style
from gdanim.teams import Team, line_up
from gdanim.views import header
from gdanim.views.notices import notices
from gdanim.views.stage import Cell, Stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.descent import Descent
    from gdanim.styles import Style
    from gdanim.timeline import Timeline
    from gdanim.track import Track

Teams = tuple[Team, ...]
Fill = Callable[[Stage, Teams], tuple[list[Cell], list[Mark]]]

TRAIL_PT, DOT_PT, SPOT_PT, LANDING_PT = 1.8, 4.0, 9.0, 4.5
FEW_TEAMS, SLENDER = 4, 0.75  # more paths than that leave each other less room

# More runs than that at once are a swarm. A hundred spots are an eighteenth of the plot at 640×480, and their whole
# paths cost 70 ms a frame; ten times as many would hide the function, and each other.
SWARM = 100
TAIL_PT, LEAST_SPOT_PT = 0.8, 1.8
# The tails of a swarm have so many segments in all: Agg strokes one in 4 µs where it is short.
TAIL_SEGMENTS = 5000


def assemble(descent: Descent, fill: Fill) -> Scene:
    """Put up a scene: `fill` adds the axes and the marks of the runs to the stage; header and notices are the same.

    The first of the cells that `fill` returns is the one that the header lines up with and that holds the notices.
    """
    style = load_style(descent.settings.style)
    stage = Stage.open(descent.settings, style)
    teams = line_up(descent.trajectory, style, in_turn=descent.timeline.in_turn)
    head = header.compose(stage, descent, teams)
    cells, marks = fill(stage, teams)
    stage.layout(cells, header=head.height)
    first = cells[0].axes
    captions = [*head.place(first.get_window_extent().x0), *notices(stage, first, descent, teams)]
    return Scene(figure=stage.figure, marks=(*marks, *captions), timeline=descent.timeline)


def run_marks(
    axes: Axes, track: Track, teams: Teams, timeline: Timeline, style: Style, *, cased: bool = False
) -> list[Mark]:
    """Add trails and spots to an axes; `cased` sets the trails off from coloured ground. A swarm has tails and dots."""
    runs = track.shape[0]
    size = SLENDER if len(teams) > FEW_TEAMS else 1.0
    spot_pt = size * SPOT_PT
    marks: list[Mark]
    if runs > SWARM and not timeline.in_turn:
        # However many they are, they cover as much of the picture as that many spots would.
        dot_pt = max(spot_pt * (SWARM / runs) ** 0.5, LEAST_SPOT_PT)
        tail = TAIL_SEGMENTS // runs
        tails = [Trail(track, teams, width_pt=TAIL_PT, dot_pt=0, tail=tail)] if tail else []
        marks = [*tails, Dots(track, teams, size_pt=dot_pt)]
    else:
        casing = style.background if cased else None
        marks = [
            Trail(track, teams, width_pt=size * TRAIL_PT, dot_pt=size * DOT_PT, casing=casing),
            Spots(track, teams, casing=style.background, size_pt=spot_pt),
        ]
    for mark in marks:
        axes.add_artist(mark)
    return marks


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
