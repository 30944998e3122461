"""Facets: the runs in a grid of small panels with the same axes, each titled with its value and its verdict.

Any view that draws runs in one axes can be laid out so: it gives a Plot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FixedLocator

from gdanim.drawing import grid
from gdanim.drawing.layout import TICK_PT, Cell, Stage, overhang_of, set_ticks
from gdanim.drawing.run_styles import line_up
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import load_style
from gdanim.views import header
from gdanim.views.base import Part, assemble, whole
from gdanim.views.basins_key import write_key
from gdanim.views.facet_groups import groups
from gdanim.views.facet_titles import Titles
from gdanim.views.notices import notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gdanim.descent.descend import Descent
    from gdanim.drawing.frame import Pixels
    from gdanim.drawing.grid import Grid
    from gdanim.drawing.marks.trails import Mark
    from gdanim.drawing.styles import Style
    from gdanim.views.base import Plot, Teams
    from gdanim.views.facet_groups import Group

GAP_PT = 9.0  # between panels; numbers below them may need more
GROUND_ZORDER = 0.4


def put_up(descent: Descent, plot: Plot) -> Scene:
    """Put up the scene of a view that draws in one axes: one for all runs, or one for each value of `--facet`.

    Raises SettingError where the picture has no room for so many.
    """
    if descent.settings.facet is not None:
        return _faceted(descent, plot)

    def fill(stage: Stage, teams: Teams) -> tuple[list[Cell], list[Mark]]:
        axes = plot.axes(stage)
        cells = [Cell(axes, 0, 0, 1, 1)]
        stage.sketch(cells)
        write_key(stage, axes, plot.ground(stage, axes, 0))
        return cells, plot.marks(stage, axes, whole(descent, teams))

    return assemble(descent, fill)


def _faceted(descent: Descent, plot: Plot) -> Scene:
    stage = Stage.open(descent.settings, load_style(descent.settings.style))
    parted = groups(descent)
    grid.check_room(len(parted), (stage.width, stage.height))
    casts, named = _cast(descent, parted, stage.style)
    head = header.compose(stage, named, line_up(named.trajectory, stage.style, in_turn=False), of_panels=True)
    axes = [plot.axes(stage) for _ in parted]
    lattice = _Lattice.of(stage, axes, head.height, plot.aspect)
    titles = Titles.fitted(stage, parted, lattice.panel_px)
    lattice.lay_out(titles.height)
    titles.write(axes)
    _paint_grounds(stage, axes, plot, _models(descent, parted))
    marks: list[Mark] = []
    for one, group, teams in zip(axes, parted, casts, strict=True):
        its_own = plot.marks(stage, one, Part(runs=group.runs, descent=group.descent, teams=teams))
        its_own += notices(stage, one, group.descent, teams)
        for mark in its_own:
            mark.runs = group.runs
        marks += its_own
    boxes = [one.get_window_extent() for one in axes]
    captions = head.place(boxes[0].x0, max(box.x1 for box in boxes))
    return Scene(figure=stage.figure, marks=(*marks, *captions), timeline=descent.timeline)


def _cast(descent: Descent, parted: Sequence[Group], style: Style) -> tuple[list[Teams], Descent]:
    """The teams of each panel, and the descent with the labels that runs have in their panels.

    Runs that are called the same look the same in all panels; where nothing has a name, their places count.
    """
    label = [""] * descent.trajectory.runs
    for group in parted:
        for run, its_own in zip(group.runs.tolist(), group.descent.trajectory.label, strict=True):
            label[run] = its_own
    named = replace(descent, trajectory=replace(descent.trajectory, label=tuple(label)))
    if not any(label):
        return [line_up(group.descent.trajectory, style, in_turn=False) for group in parted], named
    everyone = line_up(named.trajectory, style, in_turn=False)
    return [_those_of(everyone, group) for group in parted], named


def _those_of(teams: Teams, group: Group) -> Teams:
    members = [replace(team, runs=np.flatnonzero(np.isin(group.runs, team.runs))) for team in teams]
    return tuple(team for team in members if team.runs.size)


@dataclass(slots=True, kw_only=True)
class _Lattice:
    """Axes in a grid, all of one size in whole pixels. Lengths in pixels."""

    stage: Stage
    axes: Sequence[Axes]
    grid: Grid
    header: float
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    gap: float = 0.0

    @classmethod
    def of(cls, stage: Stage, axes: Sequence[Axes], header: float, aspect: float) -> _Lattice:
        """Choose the grid; only its outer panels have numbers and labels."""
        outer = overhang_of(axes[0])
        room = stage.room - outer[0], stage.height - 2 * stage.margin - header - outer[1]
        each = stage.px(GAP_PT), Titles.least_height(stage)
        chosen = grid.choose(len(axes), (stage.width, stage.height), room, each, aspect)
        lattice = cls(stage=stage, axes=axes, grid=chosen, header=header)
        for panel, one in enumerate(axes):
            if chosen.place(panel)[1]:
                one.set_ylabel("")
                one.tick_params(labelleft=False)
            # Above a gap in the last row, too.
            if panel + chosen.columns < len(axes):
                one.set_xlabel("")
                one.tick_params(labelbottom=False)
        lattice.lay_out(each[1])
        return lattice

    @property
    def panel_px(self) -> tuple[float, float]:
        """The width and the height of a panel."""
        box = self.axes[0].get_window_extent()
        return float(box.width), float(box.height)

    def lay_out(self, title: float) -> None:
        """Place the axes, with a title over each. Numbers change with the size, and the room for them with those."""
        for _ in range(2):
            self._place(title)
            self._set_ticks()
            self._measure()
        self._place(title)

    def _set_ticks(self) -> None:
        """The same ticks in all panels: those of the lower left one, which has numbers along both of its sides."""
        rows, columns = self.grid
        corner = self.axes[(rows - 1) * columns]
        set_ticks(corner, self.stage.px(TICK_PT))
        for one in self.axes:
            if one is not corner:
                one.xaxis.set_major_locator(FixedLocator(corner.get_xticks().tolist()))
                one.yaxis.set_major_locator(FixedLocator(corner.get_yticks().tolist()))

    def _measure(self) -> None:
        out = [overhang_of(one) for one in self.axes]
        rows, columns = self.grid
        self.left = max(found[0] for found in out[::columns])
        self.bottom = max(found[1] for found in out[(rows - 1) * columns :])
        self.right = max(found[2] for found in out)
        # The last number below a panel and the first one below the next stand out towards each other.
        inner = max((found[0] for panel, found in enumerate(out) if self.grid.place(panel)[1]), default=0.0)
        self.gap = max(self.stage.px(GAP_PT), self.right + inner + self.stage.px(TICK_PT))

    def _place(self, title: float) -> None:
        stage, (rows, columns) = self.stage, self.grid
        gap, above, margin = round(self.gap), round(title), stage.margin
        left, bottom = round(margin + self.left), round(margin + self.bottom)
        room = stage.width - margin - self.right - left, stage.height - margin - self.header - bottom
        width, height = int((room[0] + gap) / columns) - gap, int(room[1] / rows) - above
        for panel, one in enumerate(self.axes):
            row, column = self.grid.place(panel)
            x, y = left + column * (width + gap), bottom + (rows - 1 - row) * (height + above)
            stage.place(one, (x, y, x + width, y + height))


def _models(descent: Descent, parted: Sequence[Group]) -> list[int]:
    """The run of each panel by which its ground is painted: one for all where the ground is the same."""
    differ = descent.settings.basins and descent.settings.facet != "start"
    return [int(group.runs[0]) if differ else 0 for group in parted]


def _paint_grounds(stage: Stage, axes: Sequence[Axes], plot: Plot, models: Sequence[int]) -> None:
    """Paint each ground once, as pixels, and show them in the axes: a dozen fillings of levels cost three seconds."""
    painted = {run: _painted(stage, axes[0], plot, run) for run in dict.fromkeys(models)}
    write_key(stage, axes[-1], frozenset().union(*(kinds for _, kinds in painted.values())))
    for one, run in zip(axes, models, strict=True):
        pixels, _ = painted[run]
        if pixels is None:
            continue
        image = AxesImage(one, extent=(*one.get_xlim(), *one.get_ylim()), interpolation="nearest", zorder=GROUND_ZORDER)
        image.set_data(pixels)
        image.set_clip_path(one.patch)
        one.add_artist(image)


def _painted(stage: Stage, axes: Axes, plot: Plot, run: int) -> tuple[Pixels | None, frozenset[int]]:
    """The ground of axes, or None where there is none, and what kinds it has."""
    box = axes.get_window_extent()
    figure = Figure(
        figsize=(box.width / stage.dpi, box.height / stage.dpi), dpi=stage.dpi, facecolor=stage.style.background
    )
    canvas: Any = FigureCanvasAgg(figure)  # the backend's methods carry no types
    model = figure.add_axes((0, 0, 1, 1), xlim=axes.get_xlim(), ylim=axes.get_ylim())
    model.set_axis_off()
    empty = len(model.get_children())
    kinds = plot.ground(stage, model, run)
    if len(model.get_children()) == empty:
        return None, kinds
    canvas.draw()
    pixels: Pixels = np.asarray(canvas.buffer_rgba())
    return pixels, kinds
