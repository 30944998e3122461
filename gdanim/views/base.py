"""What the views of runs have in common: run_styles and marks of the runs, and how a scene is put up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gdanim.drawing.layout import Layout, Slot
from gdanim.drawing.marks.spots import Dots, EndMarkers, Spots
from gdanim.drawing.marks.trails import Mark, ShortTrails, Trail, mixed
from gdanim.drawing.run_styles import assign_styles, recoloured
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import load_style
from gdanim.errors import SettingError
from gdanim.views import header
from gdanim.views.failure_notes import failure_notes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Timeline
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.run_styles import RunStyles
    from gdanim.drawing.styles import Style

AddAxes = Callable[[Layout, "RunStyles"], tuple[list[Slot], list[Mark]]]

TRAIL_PT, DOT_PT, SPOT_PT, END_MARKER_PT = 1.8, 4.0, 9.0, 4.5
FEW_STYLES, SLENDER = 4, 0.75  # more paths than that leave each other less room
SMALL_PT, LEAST_SHARE = 110.0, 0.6  # the shorter side of axes, from which on marks shrink with them

LINED_PT = 2 * (Trail.HALO_PT + 0.5)  # what a trail is wider with its halo and the line around that
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
class Panel:
    """The runs that one axes shows.

    runs (m,)   their numbers in the whole descent
    descent     of these runs alone, which count from 0
    run_styles       of these runs alone
    """

    runs: Index
    descent: Descent
    run_styles: RunStyles


def all_runs(descent: Descent, run_styles: RunStyles) -> Panel:
    """All runs in one axes."""
    return Panel(runs=np.arange(descent.trajectory.runs), descent=descent, run_styles=run_styles)


class Plot(Protocol):
    """How a view shows runs in one axes. What depends on the whole descent, limits first of all, is settled in it."""

    @property
    def aspect(self) -> float:
        """Width to height, at which it looks best."""

    def axes(self, layout: Layout) -> Axes:
        """Add axes with all that stands still and is quickly drawn."""

    def ground(self, layout: Layout, axes: Axes, run: int) -> frozenset[int]:
        """Paint what takes long, lies below all else and is the same for all runs of the method and rates of one.

        Returns the kinds of ground that need a word: draw_ground() says it.
        """

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """Add the marks of the runs."""


def build_scene(descent: Descent, add_axes: AddAxes, *, header_share: float = 1.0) -> Scene:
    """Build a scene: `add_axes` adds axes and marks of the runs to the layout; header and failure notes are the same.

    The header lines up with the first of the slots that `add_axes` returns, which holds the failure notes, too.
    Where `header_share` is less than 1, the header stands at the left of the slots, and takes that share of the width.
    Raises SettingError where facets are asked for.
    """
    if descent.settings.facet is not None:
        allowed = "multiplies views of one axes; choose --view curve or contour, or leave one of them out"
        raise SettingError("--facet", descent.settings.facet, allowed)
    style = load_style(descent.settings.style)
    layout = replace(Layout.open(descent.settings, style), header_share=header_share)
    run_styles = assign_styles(descent.runs, style, in_turn=descent.timeline.in_turn)
    head = header.compose(layout, descent, run_styles)
    slots, marks = add_axes(layout, run_styles)
    layout.arrange(slots, header=head.height if header_share == 1 else 0.0)
    first = slots[0].axes
    left = first.get_window_extent().x0 if header_share == 1 else layout.margin
    captions = [*head.place(left), *failure_notes(layout, first, descent, run_styles)]
    return Scene(figure=layout.figure, marks=(*marks, *captions), timeline=descent.timeline)


def build_plot(descent: Descent, plot: Plot) -> Scene:
    """Build a scene with one axes, in which all runs are drawn."""

    def add_axes(layout: Layout, run_styles: RunStyles) -> tuple[list[Slot], list[Mark]]:
        axes = plot.axes(layout)
        slots = [Slot(axes, 0, 0, 1, 1)]
        layout.place_roughly(slots)
        draw_ground(layout, axes, plot)
        return slots, plot.marks(layout, axes, all_runs(descent, run_styles))

    return build_scene(descent, add_axes)


def draw_ground(layout: Layout, axes: Axes, plot: Plot) -> None:
    """Draw the ground of the only axes of a plot, and the legend of its basins where there are any."""
    kinds = plot.ground(layout, axes, 0)
    if kinds:
        from gdanim.views.basins import write_basins_legend

        write_basins_legend(layout, axes, kinds)


def pointers(axes: Axes, track: Track, run_styles: RunStyles, descent: Descent, style: Style) -> list[Mark]:
    """Add the arrows and the explanation that are asked for. Imports what draws them only then."""
    if not descent.settings.explain and descent.settings.arrows is None:
        return []
    from gdanim.views import explain

    return explain.pointers(axes, track, run_styles, descent, style)


def run_marks(
    axes: Axes,
    track: Track,
    run_styles: RunStyles,
    timeline: Timeline,
    style: Style,
    *,
    line: str | None = None,
    dotted: bool = True,
    trail: int | None = None,
) -> list[Mark]:
    """Add trails and spots to an axes. A swarm has tails and dots.

    line     sets the trails off from coloured ground: the colour of a line around them, and around a halo between
    dotted   whether there is room for a dot at each iteration
    trail    how many of its last iterations a path shows; None for the whole path
    """
    runs = track.shape[0]
    size = (SLENDER if len(run_styles) > FEW_STYLES else 1.0) * _share(axes)
    spot_pt = size * SPOT_PT
    marks: list[Mark]
    if runs > SWARM and not timeline.in_turn:
        # However many they are, they cover as much of the picture as that many spots would.
        dot_pt = max(spot_pt * (SWARM / runs) ** 0.5, LEAST_SPOT_PT)
        tail = min(TAIL_SEGMENTS // runs, track.shape[1] if trail is None else trail)
        tails = [ShortTrails(track, run_styles, width_pt=TAIL_PT, tail=tail)] if tail else []
        marks = [*tails, Dots(track, run_styles, size_pt=dot_pt)]
    else:
        halo = None if line is None else style.background
        iterate_pt = size * DOT_PT if dotted else 0.0
        marks = [] if line is None else [
            Trail(
                track, recoloured(run_styles, line), width_pt=size * TRAIL_PT + LINED_PT,
                dot_pt=iterate_pt and iterate_pt + LINED_PT, tail=trail,
            )
        ]  # fmt: skip
        marks += [
            Trail(track, run_styles, width_pt=size * TRAIL_PT, dot_pt=iterate_pt, halo=halo, tail=trail),
            Spots(track, run_styles, halo=style.background, size_pt=spot_pt),
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


def end_markers(axes: Axes, track: Track, run_styles: RunStyles, timeline: Timeline, colour: str) -> list[Mark]:
    """Add the ends of runs that are over, where runs are shown in turn."""
    if not timeline.in_turn or track.shape[0] == 1:
        return []
    landings = EndMarkers(track, recoloured(run_styles, colour), timeline.last, size_pt=END_MARKER_PT)
    axes.add_artist(landings)
    return [landings]
