"""What the views of runs have in common: colours and marks of the runs, and how a scene is put up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gdanim.marks import Landings, Mark, Spots, Trail
from gdanim.scene import Scene
from gdanim.styles import load_style
from gdanim.views import header
from gdanim.views.notices import notices
from gdanim.views.stage import Cell, Stage

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.objectives.objective import Objective
    from gdanim.settings import Settings
    from gdanim.solver import Trajectory
    from gdanim.styles import Style
    from gdanim.timeline import Timeline
    from gdanim.track import Track

Colours = tuple[str, ...]  # one for each run
Fill = Callable[[Stage, Colours], tuple[list[Cell], list[Mark]]]

TRAIL_PT, DOT_PT, SPOT_PT, LANDING_PT = 1.8, 4.0, 9.0, 4.5
CASING_PT = 0.9  # on either side of a trail that runs over coloured ground


def assemble(objective: Objective, trajectory: Trajectory, timeline: Timeline, settings: Settings, fill: Fill) -> Scene:
    """Put up a scene: `fill` adds the axes and the marks of the runs to the stage; header and notices are the same.

    The first of the cells that `fill` returns is the one that the header lines up with and that holds the notices.
    """
    style = load_style(settings.style)
    stage = Stage.open(settings, style)
    colours = _run_colours(trajectory, timeline, style)
    head = header.compose(stage, settings, objective, trajectory, colours)
    cells, marks = fill(stage, colours)
    stage.layout(cells, header=head.height)
    first = cells[0].axes
    captions = [*head.place(first.get_window_extent().x0), *notices(stage, first, trajectory, colours)]
    return Scene(figure=stage.figure, marks=(*marks, *captions), timeline=timeline)


def run_marks(axes: Axes, track: Track, colours: Colours, style: Style, *, cased: bool = False) -> list[Mark]:
    """Add trails and spots to an axes; `cased` sets the trails off from coloured ground."""
    casing = (style.background,) * len(colours)
    below = Trail(track, casing, width_pt=TRAIL_PT + 2 * CASING_PT, dot_pt=DOT_PT + 2 * CASING_PT)
    marks: list[Mark] = [
        *([below] if cased else []),
        Trail(track, colours, width_pt=TRAIL_PT, dot_pt=DOT_PT),
        Spots(track, colours, casing=style.background, size_pt=SPOT_PT),
    ]
    for mark in marks:
        axes.add_artist(mark)
    return marks


def landing_marks(axes: Axes, track: Track, trajectory: Trajectory, timeline: Timeline, colour: str) -> list[Mark]:
    """Add the ends of runs that are over, where runs are shown in turn."""
    if not timeline.in_turn or trajectory.runs == 1:
        return []
    landings = Landings(track, trajectory.last, colour=colour, size_pt=LANDING_PT)
    axes.add_artist(landings)
    return [landings]


def _run_colours(trajectory: Trajectory, timeline: Timeline, style: Style) -> Colours:
    """One colour for each run; runs that are seen alone all have the trail's."""
    if trajectory.runs == 1 or timeline.in_turn:
        return (style.trail,) * trajectory.runs
    return tuple(style.runs[run % len(style.runs)] for run in range(trajectory.runs))
