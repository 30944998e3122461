"""What views have in common: how a Scene is built, and the marks of the runs in one axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes

from gdanim.arrays import Index
from gdanim.descent.descend import Descent
from gdanim.drawing.geometry import Positions
from gdanim.drawing.layout import Layout, Slot
from gdanim.drawing.marks.past import PastTrails, ShortTrails
from gdanim.drawing.marks.spots import Dots, EndMarkers, Spots
from gdanim.drawing.marks.starts import PastRings, StartRings
from gdanim.drawing.marks.tallies import tallies
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import Trail, mixed
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import RunStyles, is_told_by_place, recoloured, settled, styles_of
from gdanim.drawing.scene import Scene
from gdanim.errors import SettingError
from gdanim.views import header
from gdanim.views.ground.key import Bands, write_ground_key
from gdanim.views.opening_names import opening_names
from gdanim.views.side_legend import place_legend

AddAxes = Callable[[Layout], list[Slot]]
MakeTrail = Callable[..., Trail]
Draw = Callable[[Layout, list[Slot], RunStyles], list[Mark]]

TRAIL_PT, DOT_PT, END_MARKER_PT = 1.8, 4.0, 4.5
FEW_RUNS, SLENDER = 4, 0.75  # more than that at once leave each other less room
SMALL_PT, LEAST_SCALE = 110.0, 0.6  # the shorter side of axes, from which on marks shrink with them

PAST_PT, PAST_INK, MOST_PAST_POINTS = 1.6, 0.45, 20_000  # of runs that are over; points drawn in every frame

OUTLINE_PT = 2 * (Trail.HALO_PT + 0.5)  # what a trail is wider with its halo and the outline around that

# More runs than that at once are a swarm. A hundred spots are an eighteenth of the plot at 640×480, and their whole
# paths cost 70 ms a frame; ten times as many would hide the function, and each other.
SWARM = 100
SHORT_TRAIL_PT, LEAST_SPOT_PT = 0.8, 1.8
TAIL_SEGMENTS = 5000  # in all short trails of a swarm: Agg strokes a short one in 4 µs


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The runs that one axes shows.

    runs (m,)    their numbers in the whole descent
    descent      of these runs alone, numbered from 0
    run_styles   of these runs alone
    """

    runs: Index
    descent: Descent
    run_styles: RunStyles

    @property
    def is_swarm(self) -> bool:
        """Whether too many runs move at once for whole paths."""
        return len(self.runs) > SWARM and not self.descent.timeline.in_turn


def lost_at(panel: Panel) -> Positions | None:
    """The row (runs,) at which each run was lost, infinity of others. None for a swarm, whose runs are not marked."""
    trajectory = panel.descent.trajectory
    failed = [stop.failed for stop in trajectory.stop]
    return None if panel.is_swarm else np.where(failed, trajectory.last.astype(np.float64), np.inf)


def all_runs(descent: Descent, run_styles: RunStyles) -> Panel:
    """All runs in one axes."""
    return Panel(runs=np.arange(descent.trajectory.runs), descent=descent, run_styles=run_styles)


class Background(NamedTuple):
    """What of a background needs a key below the axes.

    kinds   of cells of basins: FAILED, UNSETTLED
    bands   the fills between levels
    """

    kinds: frozenset[int] = frozenset()
    bands: Bands | None = None


class Plot(Protocol):
    """How a view draws runs in one axes. Limits, and all else that depends on the whole descent, are fields of it."""

    @property
    def aspect(self) -> float:
        """The ratio of width to height at which it looks best."""

    def axes(self, layout: Layout) -> Axes:
        """Add axes with their static parts, as far as these are drawn quickly."""

    def paint_background(self, layout: Layout, axes: Axes, run: int) -> Background:
        """Paint the background: slow to draw, and the same for all runs with the method and the rates of `run`.

        Returns what of it needs a key.
        """

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """Add the marks of the runs."""


def build_scene(
    descent: Descent, add_axes: AddAxes, draw: Draw, *, header_share: float = 1.0, function: int = 0
) -> Scene:
    """Build a Scene: `add_axes` adds axes; once they are placed, `draw` fills them and returns the marks of the runs.

    The header is added here, aligned with the first of the slots that `add_axes` returns.
    `header_share` < 1 puts the header left of the slots, with that share of the width; `function` is the number of the
    slot with the runs on the function.
    Raises SettingError where facets are asked for.
    """
    if descent.settings.facet is not None:
        allowed = "multiplies views of one axes; choose --view curve or contour, or leave one of them out"
        raise SettingError("--facet", descent.settings.facet, allowed)
    layout = replace(Layout.open(descent.settings, descent.style.loaded), header_share=header_share)
    run_styles = styles_of(descent, layout.style)
    head = header.compose(layout, descent, run_styles)
    slots = add_axes(layout)
    layout.arrange(slots, header=head.height if header_share == 1 else 0.0)
    if descent.settings.inset is None and header_share == 1:  # that takes what width there is
        place_legend(head, layout, slots)
    marks = draw(layout, slots, run_styles)
    left = slots[0].axes.get_window_extent().x0 if header_share == 1 else layout.margin
    captions = [*head.place(left, max(slot.axes.get_window_extent().x1 for slot in slots))]
    named = slots[function].axes
    if len(descent.runs) > 1 and is_told_by_place(descent) and not descent.settings.turn:
        captions += tallies(layout, named, descent, marks)
    captions += opening_names(layout, named, descent)
    return Scene(figure=layout.figure, marks=(*marks, *captions), timeline=descent.timeline, belonging=head.update)


def build_plot(descent: Descent, plot: Plot, inset: Plot | None = None, *, header_share: float = 1.0) -> Scene:
    """Build a scene with one axes, in which all runs are drawn, and an inset that shows them enlarged."""

    def add_axes(layout: Layout) -> list[Slot]:
        return [Slot(plot.axes(layout), header_share % 1, 0, 1, 1)]

    def draw(layout: Layout, slots: list[Slot], run_styles: RunStyles) -> list[Mark]:
        axes = slots[0].axes
        draw_background(layout, axes, plot)
        panel = all_runs(descent, run_styles)
        marks = plot.marks(layout, axes, panel)
        return marks if inset is None else [*marks, *_inset_marks(layout, axes, inset, panel, marks)]

    return build_scene(descent, add_axes, draw, header_share=header_share)


def draw_background(layout: Layout, axes: Axes, plot: Plot) -> None:
    """Paint the background of a plot with one axes, and add the key to it."""
    write_key(layout, axes, plot.paint_background(layout, axes, 0))


def write_key(layout: Layout, axes: Axes, background: Background) -> None:
    """Add the key to a background below axes that have about their final width, where it has room."""
    if background.bands is not None:
        write_ground_key(layout, axes, background.bands)
    if background.kinds:
        from gdanim.views.basins import write_basins_legend

        write_basins_legend(layout, axes, background.kinds)


def inset_of(descent: Descent, plot_of: Callable[[Descent], Plot]) -> Plot | None:
    """What --inset shows enlarged, as a plot; None without it. Raises SettingError where there is none."""
    if not descent.settings.inset:
        return None
    from gdanim.views.inset import zoomed

    return plot_of(zoomed(descent))


def _inset_marks(layout: Layout, axes: Axes, plot: Plot, panel: Panel, marks: list[Mark]) -> list[Mark]:
    """Add an inset to axes and fill it. Raises SettingError where it finds no room."""
    from gdanim.views.inset import place_inset

    inset = plot.axes(layout)
    place_inset(layout, axes, inset, marks, panel.descent)
    plot.paint_background(layout, inset, 0)
    found = plot.marks(layout, inset, panel)
    for mark in found:
        if isinstance(mark, Spots):
            mark.shows_strangers = False  # the axes around it have their spots
    return found


class MarkSizes(NamedTuple):
    """The sizes of the marks of one axes, in points: `scale` times the usual ones."""

    scale: float
    spot_pt: float

    @classmethod
    def of(cls, layout: Layout, panel: Panel, scale: float = 1.0) -> MarkSizes:
        """Smaller marks where many runs are seen at once, and small dots for a swarm."""
        crowd = 1 if panel.descent.timeline.in_turn else len(panel.runs)
        scale *= SLENDER if crowd > FEW_RUNS else 1.0
        spot_pt = scale * layout.spot_pt
        if panel.is_swarm:
            # All dots together cover as much of the picture as SWARM spots would.
            spot_pt = max(spot_pt * (SWARM / len(panel.runs)) ** 0.5, LEAST_SPOT_PT)
        return cls(scale, spot_pt)


def path_marks(
    layout: Layout, axes: Axes, track: Track, panel: Panel, *, end_colour: str, outline: str | None = None,
    trail: MakeTrail = Trail,
) -> list[Mark]:  # fmt: skip
    """Add all marks of the runs to the axes of a function: end markers, trails, spots, arrows, as they are drawn."""
    settings = panel.descent.settings
    marks = past_marks(layout, axes, track, panel, end_colour)
    marks += run_marks(layout, axes, track, panel, outline=outline, tail=settings.trail, trail=trail)
    if settings.explain or settings.arrows is not None:
        from gdanim.views.explain.pointers import pointers

        marks += pointers(layout, axes, track, panel.run_styles, panel.descent)
    return sorted(marks, key=Mark.get_zorder)


def run_marks(
    layout: Layout, axes: Axes, track: Track, panel: Panel, *, outline: str | None = None, dotted: bool = True,
    tail: int | None = None, trail: MakeTrail = Trail,
) -> list[Mark]:  # fmt: skip
    """Add trails and spots to an axes. A swarm has short trails and dots.

    outline   the colour of a line around trails and their halos, over a coloured background; None for neither
    dotted    whether there is room for a dot at each iteration
    tail      how many of its last iterations a path shows; None for the whole path
    """
    # Marks shrink with small axes, half as fast.
    box = axes.get_window_extent()
    side_pt = min(box.width, box.height) * 72 / layout.dpi
    marks: list[Mark] = []
    sizes = MarkSizes.of(layout, panel, float(np.clip((side_pt / SMALL_PT) ** 0.5, LEAST_SCALE, 1.0)))
    if panel.is_swarm:
        runs, points = track.shape
        tail = min(TAIL_SEGMENTS // runs, points if tail is None else tail)
        if tail:
            page = layout.style.background
            short = ShortTrails(
                track, panel.run_styles, width_pt=SHORT_TRAIL_PT, dot_pt=0.0, ground=page, tail=tail
            )  # fmt: skip
            marks.append(short)
        marks.append(Dots(track, panel.run_styles, size_pt=sizes.spot_pt))
    else:
        marks = path_and_spots(
            layout, track, panel, sizes, outline=outline, dotted=dotted, tail=tail, kinds=(trail, Spots)
        )
    for mark in marks:
        axes.add_artist(mark)
    return marks


def path_and_spots(
    layout: Layout, track: Track, panel: Panel, sizes: MarkSizes, *, outline: str | None, dotted: bool = True,
    tail: int | None, kinds: tuple[MakeTrail, type[Spots]] = (Trail, Spots),
) -> list[Mark]:  # fmt: skip
    """Rings at the starts, trails, with an outline and a halo or without both, and spots, of some kinds of marks."""
    background, run_styles, (trail, spots) = layout.style.background, panel.run_styles, kinds
    width_pt, dot_pt = sizes.scale * TRAIL_PT, sizes.scale * DOT_PT if dotted else 0.0
    halo = None if outline is None else background
    marks: list[Mark] = [
        StartRings(track, run_styles, ink=layout.style.text, halo=background, size_pt=sizes.spot_pt),
        trail(track, run_styles, width_pt=width_pt, dot_pt=dot_pt, halo=halo, ground=background, tail=tail),
        spots(track, run_styles, halo=background, size_pt=sizes.spot_pt),
    ]
    if outline is None:
        return marks
    wide_pt, dot_pt = width_pt + OUTLINE_PT, dot_pt + OUTLINE_PT if dotted else 0.0
    outlined = Trail(track, recoloured(run_styles, outline), width_pt=wide_pt, dot_pt=dot_pt, tail=tail)
    return [marks[0], outlined, *marks[1:]]


def past_marks(layout: Layout, axes: Axes, track: Track, panel: Panel, end_colour: str) -> list[Mark]:
    """Add paths, starts and ends of runs that are over, where runs are in turn: in the colours of the places where they
    ended, or else in `end_colour`.
    """
    timeline, background, tail = panel.descent.timeline, layout.style.background, panel.descent.settings.trail
    if not timeline.in_turn or track.shape[0] == 1:
        return []
    found = settled(panel.run_styles)
    ended = found if is_told_by_place(panel.descent) else recoloured(found, end_colour)
    marks: list[Mark] = [EndMarkers(track, ended, timeline.last, size_pt=END_MARKER_PT)]
    faint = [replace(one, colour=mixed(one.colour, background, PAST_INK)) for one in found]
    if len(panel.runs) <= SWARM:
        marks.insert(0, PastRings(track, faint, ink=faint[0].colour, halo=background, size_pt=layout.spot_pt))
    if tail is None and track.shape[0] * track.shape[1] <= MOST_PAST_POINTS:
        marks.insert(0, PastTrails(track, faint, timeline.last, width_pt=PAST_PT))
    for mark in marks:
        axes.add_artist(mark)
    return marks
