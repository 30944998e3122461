"""Facets: the runs in a grid of small panels with the same limits, each titled with its value and its verdict.

Any view that draws runs in one axes can be faceted: it passes a Plot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from gdanim.descent.descend import Descent
from gdanim.drawing import grid
from gdanim.drawing.frame import Pixels
from gdanim.drawing.layout import TICK_PT, Layout, overhang_of
from gdanim.drawing.marks.tallies import tallies
from gdanim.drawing.numbers import name_axes, set_ticks
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import RunStyles, is_told_by_place, styles_of
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import Style
from gdanim.views import header
from gdanim.views.base import Background, Panel, Plot, write_key
from gdanim.views.basins import BASINS_ZORDER
from gdanim.views.facet_groups import Group, group_runs
from gdanim.views.facet_titles import Titles
from gdanim.views.ground.pixels import show_pixels
from gdanim.views.opening_names import opening_names

GAP_PT = 9.0  # between panels; numbers below them may need more


def build_facets(descent: Descent, plot: Plot) -> Scene:
    """Build a scene with one axes for each value of `--facet`.

    Raises SettingError where the picture has no room for so many.
    """
    layout = Layout.open(descent.settings, descent.style.loaded)
    groups = group_runs(descent, layout.style)
    grid.check_room(len(groups), (layout.width, layout.height))
    labelled = {
        number: run for group in groups for number, run in zip(group.runs.tolist(), group.descent.runs, strict=True)
    }
    named = replace(descent, runs=tuple(labelled[number] for number in range(len(labelled))))
    everyone = styles_of(named, layout.style)
    head = header.compose(layout, named, everyone, panels=len(groups))
    axes = [plot.axes(layout) for _ in groups]
    panel_grid = _PanelGrid(layout, axes, head.height, plot.aspect)
    titles = Titles.fit(layout, groups, panel_grid.panel_px)
    panel_grid.lay_out(titles.height)
    told = titles.write(axes)
    _paint_backgrounds(layout, axes, plot, descent, groups)
    marks: list[Mark] = []
    for one, group, words in zip(axes, groups, told, strict=True):
        run_styles = _styles_of(group, everyone, layout.style)
        panel_marks = plot.marks(layout, one, Panel(runs=group.runs, descent=group.descent, run_styles=run_styles))
        panel_marks += words
        if len(group.runs) > 1 and is_told_by_place(group.descent):
            panel_marks += tallies(layout, one, group.descent, panel_marks)
        if one is axes[0]:  # the others have the same signs
            panel_marks += opening_names(layout, one, group.descent)
        for mark in panel_marks:
            mark.runs = group.runs
        marks += panel_marks
    boxes = [one.get_window_extent() for one in axes]
    captions = head.place(boxes[0].x0, max(box.x1 for box in boxes))
    above = *titles.texts, *(caption for words in told for caption in words)
    marks += captions
    return Scene(figure=layout.figure, marks=tuple(marks), timeline=descent.timeline, belonging=above)


def _styles_of(group: Group, everyone: RunStyles, style: Style) -> RunStyles:
    """The run styles of a panel, of those of the whole picture, in which runs with one label look alike.

    Without labels, and where runs have the colours of their places, each panel assigns styles anew.
    """
    if is_told_by_place(group.descent) or not any(run_style.labels for run_style in everyone):
        return styles_of(group.descent, style)
    members = [replace(run_style, runs=np.flatnonzero(np.isin(group.runs, run_style.runs))) for run_style in everyone]
    return tuple(run_style for run_style in members if run_style.runs.size)


class _PanelGrid:
    """Axes in a grid, all of one size in whole pixels, of which only the outer ones have numbers and labels."""

    def __init__(self, layout: Layout, axes: Sequence[Axes], header: float, aspect: float) -> None:
        self.layout, self.axes, self.header = layout, axes, header
        self.left = self.bottom = self.right = self.gap = 0.0
        outer = overhang_of(axes[0])
        room = layout.room - outer[0], layout.height - 2 * layout.margin - header - outer[1]
        each = layout.px(GAP_PT), Titles.least_height(layout)
        self.grid = grid.choose(len(axes), (layout.width, layout.height), room, each, aspect)
        for panel, one in enumerate(axes):
            if self.grid.place(panel)[1]:
                one.set_ylabel("")
                one.tick_params(labelleft=False)
            # Above a gap in the last row, too.
            if panel + self.grid.columns < len(axes):
                one.set_xlabel("")
                one.tick_params(labelbottom=False)
        self.lay_out(each[1])

    @property
    def panel_px(self) -> tuple[float, float]:
        """The width and the height of a panel."""
        box = self.axes[0].get_window_extent()
        return float(box.width), float(box.height)

    def lay_out(self, title: float) -> None:
        """Place the axes with titles above, at most twice: numbers depend on the size, and the size on the numbers."""
        # All panels have the ticks of the lower left one, which has numbers along both sides.
        corner = self.axes[(self.grid.rows - 1) * self.grid.columns]
        for _ in range(2):
            before = self._sides
            self._place(title)
            set_ticks(corner, self.layout.px(TICK_PT))
            for one in self.axes:
                if one is not corner:
                    one.xaxis.set_major_locator(FixedLocator(corner.get_xticks().tolist()))
                    one.yaxis.set_major_locator(FixedLocator(corner.get_yticks().tolist()))
                    name_axes(one)
            self._measure()
            if self._sides == before:
                break
        self._place(title)

    @property
    def _sides(self) -> tuple[float, ...]:
        return self.left, self.bottom, self.right, self.gap

    def _measure(self) -> None:
        rows, columns = self.grid
        # What stands out depends on the limits and on the sides that have numbers: one of each kind is measured.
        kinds = [self._kind(panel) for panel in range(len(self.axes))]
        found_of = {kind: overhang_of(self.axes[kinds.index(kind)]) for kind in set(kinds)}
        out = [found_of[kind] for kind in kinds]
        self.left = max(found[0] for found in out[::columns])
        self.bottom = max(found[1] for found in out[(rows - 1) * columns :])
        self.right = max(found[2] for found in out)
        # The last number below a panel and the first one below the next stand out towards each other.
        inner = max((found[0] for panel, found in enumerate(out) if self.grid.place(panel)[1]), default=0.0)
        self.gap = max(self.layout.px(GAP_PT), self.right + inner + self.layout.px(TICK_PT))

    def _kind(self, panel: int) -> tuple[object, ...]:
        axes = self.axes[panel]
        is_left, is_lowest = not self.grid.place(panel)[1], panel + self.grid.columns >= len(self.axes)
        return axes.get_xlim(), axes.get_ylim(), is_left, is_lowest

    def _place(self, title: float) -> None:
        layout, (rows, columns) = self.layout, self.grid
        gap, above, margin = round(self.gap), round(title), layout.margin
        left, bottom = round(margin + self.left), round(margin + self.bottom)
        room = layout.width - margin - self.right - left, layout.height - margin - self.header - bottom
        width, height = int((room[0] + gap) / columns) - gap, int(room[1] / rows) - above
        for panel, one in enumerate(self.axes):
            row, column = self.grid.place(panel)
            x, y = left + column * (width + gap), bottom + (rows - 1 - row) * (height + above)
            layout.place(one, (x, y, x + width, y + height))


def _paint_backgrounds(
    layout: Layout, axes: Sequence[Axes], plot: Plot, descent: Descent, groups: Sequence[Group]
) -> None:
    """Paint each different background once, as pixels for all its axes: filling levels a dozen times takes 3 s."""
    # Basins depend on the method and the rates of runs: those of the first one of each panel.
    differ = descent.settings.basins and descent.settings.facet != "start"
    runs = [int(group.runs[0]) if differ else 0 for group in groups]
    painted = {run: _painted(layout, axes[0], plot, run) for run in dict.fromkeys(runs)}
    kinds = frozenset[int]().union(*(background.kinds for _, background in painted.values()))
    bands = next(background.bands for _, background in painted.values())
    write_key(layout, axes[-1], Background(kinds, bands))
    for one, run in zip(axes, runs, strict=True):
        pixels, _ = painted[run]
        if pixels is not None:
            extent = *one.get_xlim(), *one.get_ylim()
            show_pixels(one, pixels, extent, one.transData, BASINS_ZORDER, origin="upper")


def _painted(layout: Layout, axes: Axes, plot: Plot, run: int) -> tuple[Pixels | None, Background]:
    """The background of axes, or None where it is empty, and what of it needs a key."""
    box = axes.get_window_extent()
    size = box.width / layout.dpi, box.height / layout.dpi
    figure = Figure(figsize=size, dpi=layout.dpi, facecolor=layout.style.background)
    canvas: Any = FigureCanvasAgg(figure)  # the backend's methods carry no types
    model = figure.add_axes((0, 0, 1, 1), xlim=axes.get_xlim(), ylim=axes.get_ylim())
    model.set_axis_off()
    empty = len(model.get_children())
    background = plot.paint_background(layout, model, run)
    if len(model.get_children()) == empty:
        return None, background
    canvas.draw()
    pixels: Pixels = np.asarray(canvas.buffer_rgba())
    return pixels, background
