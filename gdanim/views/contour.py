"""The contour view: the levels of a function of two variables, its minima, and the trails and spots of the runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from gdanim.arrays import Scalar
from gdanim.descent.descend import Descent
from gdanim.drawing.colours.grounds import basin_colours
from gdanim.drawing.layout import Layout, Mathtext, axis_names
from gdanim.drawing.marks.track import Track
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.scene import Scene
from gdanim.views.base import SWARM, Background, Panel, build_plot, inset_of, lost_at, path_marks
from gdanim.views.ground.aspect import MOST_APART, EqualAxes, is_equal, movable_ends
from gdanim.views.ground.draw import draw_level_lines, draw_levels, draw_valley
from gdanim.views.ground.inks import soft_outline
from gdanim.views.ground.minima import draw_minimizers
from gdanim.views.ground.plain import key_of, shaded

# In a picture of this ratio of width to height and more, the header stands beside axes of one scale, with that share of
# the width.
WIDE, HEADER_BESIDE = 3.0, 0.35
FREE_ASPECT: Final = 1.15  # at which axes of two scales look best


def build(descent: Descent) -> Scene:
    """Lay out axes with filled levels, and the marks of all runs."""
    plot = Contour(descent=descent)
    inset = inset_of(descent, lambda part: Contour(descent=part))
    if descent.settings.facet is None:
        width, height = descent.settings.size
        is_beside = plot.is_equal and width >= WIDE * height
        return build_plot(descent, plot, inset, header_share=HEADER_BESIDE if is_beside else 1.0)
    from gdanim.views.facets import build_facets

    return build_facets(descent, plot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """The plot of this view."""

    descent: Descent

    @property
    def limits(self) -> Scalar:
        """The ends of both axes (2, 2) that are shown at least."""
        settings, (x, y) = self.descent.settings, self.descent.objective.bounds.tolist()
        return np.array([settings.xlim or x, settings.ylim or y])

    @property
    def is_equal(self) -> bool:
        """Whether both axes have one scale."""
        return is_equal(self.descent.settings.aspect, np.abs(np.diff(self.limits)[:, 0]))

    @property
    def aspect(self) -> float:
        """The ratio of width to height at which it looks best."""
        width, height = np.abs(np.diff(self.limits)[:, 0])
        return float(np.clip(width / height, 1 / MOST_APART, MOST_APART)) if self.is_equal else FREE_ASPECT

    def axes(self, layout: Layout) -> Axes:
        """Add axes with the isolated minimizers."""
        settings, objective, (xlim, ylim) = self.descent.settings, self.descent.objective, self.limits.tolist()
        names = axis_names(settings, *map(Mathtext.of, objective.letters, objective.symbols))
        kind = EqualAxes if self.is_equal else Axes
        axes = layout.axes(xlabel=names[0], ylabel=names[1], xlim=xlim, ylim=ylim, kind=kind)
        if isinstance(axes, EqualAxes):
            asked = np.array([[settings.xlim is not None], [settings.ylim is not None]])
            axes.hold(movable_ends(objective, self.limits) & ~asked)
        axes.grid(visible=False)
        if not settings.basins:  # basins mark their attractors
            draw_minimizers(axes, objective.marked, layout.style)
        return axes

    def paint_background(self, layout: Layout, axes: Axes, run: int) -> Background:
        """Fill the levels, or draw lines of level over the basins of a run's method; outline a valley of minimizers."""
        descent, style = self.descent, layout.style
        if descent.objective.recorded:
            return Background(bands=None if len(descent.runs) > SWARM else key_of(descent, style))
        draw_valley(axes, descent.objective, style)
        if not descent.settings.basins:
            return Background(bands=draw_levels(axes, descent.objective, style, cmap=descent.settings.cmap))
        from gdanim.views.basins import draw_basins

        palette = basin_colours(style)
        draw_level_lines(axes, descent.objective, style, (*palette.tints, *palette.unsettled, *palette.stripes))
        return Background(kinds=draw_basins(layout, axes, descent, run=run).kinds)

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """Add trails and spots."""
        style = layout.style
        if panel.descent.objective.recorded:
            track, trail = Track(panel.descent.trajectory.x, lost_at(panel)), shaded(self.descent, style, panel.runs)
            return path_marks(layout, axes, track, panel, end_colour=style.text, trail=trail)
        outline = soft_outline(style) if self.descent.settings.cmap is None else style.text
        track = Track(panel.descent.trajectory.x, lost_at(panel))
        return path_marks(layout, axes, track, panel, end_colour=style.text, outline=outline)
