"""The contour view: the levels of a function of two variables, its minima, and the trails and spots of the runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from matplotlib.axes import Axes

from gdanim.descent.descend import Descent
from gdanim.drawing.colours.grounds import basin_colours
from gdanim.drawing.layout import Layout, Mathtext, axis_names
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import Mark
from gdanim.drawing.scene import Scene
from gdanim.views.base import Background, Panel, build_plot, lost_at, path_marks, soft_outline
from gdanim.views.ground.draw import draw_level_lines, draw_levels, draw_valley
from gdanim.views.ground.minima import draw_minimizers
from gdanim.views.inset import zoomed


def build(descent: Descent) -> Scene:
    """Lay out axes with filled levels, and the marks of all runs."""
    plot = Contour(descent=descent)
    inset = Contour(descent=zoomed(descent)) if descent.settings.inset else None
    if descent.settings.facet is None:
        return build_plot(descent, plot, inset)
    from gdanim.views.facets import build_facets

    return build_facets(descent, plot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """The plot of this view."""

    descent: Descent
    aspect: ClassVar[float] = 1.15

    def axes(self, layout: Layout) -> Axes:
        """Add axes with the isolated minimizers."""
        settings, bounds = self.descent.settings, self.descent.objective.bounds
        xlim, ylim = settings.xlim or tuple(bounds[0]), settings.ylim or tuple(bounds[1])
        objective = self.descent.objective
        names = axis_names(settings, *map(Mathtext.of, objective.letters, objective.symbols))
        axes = layout.axes(xlabel=names[0], ylabel=names[1], xlim=xlim, ylim=ylim)
        axes.grid(visible=False)
        if not settings.basins:  # basins mark their attractors
            draw_minimizers(axes, objective.marked, layout.style)
        return axes

    def paint_background(self, layout: Layout, axes: Axes, run: int) -> Background:
        """Fill the levels, or draw lines of level over the basins of a run's method; outline a valley of minimizers."""
        descent, style = self.descent, layout.style
        draw_valley(axes, descent.objective, style)
        if not descent.settings.basins:
            return Background(bands=draw_levels(axes, descent.objective, style, cmap=descent.settings.cmap))
        from gdanim.views.basins import draw_basins

        palette = basin_colours(style)
        draw_level_lines(axes, descent.objective, style, (*palette.tints, palette.unsettled, *palette.stripes))
        return Background(kinds=draw_basins(layout, axes, descent, run=run).kinds)

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """Add trails and spots."""
        style = layout.style
        outline = soft_outline(style) if self.descent.settings.cmap is None else style.text
        track = Track(panel.descent.trajectory.x, lost_at(panel))
        return path_marks(layout, axes, track, panel, end_colour=style.text, outline=outline)
