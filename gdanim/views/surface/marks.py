"""Climb: the marks of runs on a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.trails import RunsMark, Trail, moment_of
from gdanim.drawing.shapes import circles, extent, polylines
from gdanim.views.surface.axes import plinth_of
from gdanim.views.surface.heightmap import LIFT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Index
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Extent, PixelPoints, Polylines
    from gdanim.drawing.run_styles import RunStyle
    from gdanim.views.surface.paths import SpaceTrack

DASH_PT: Final = (2.4, 2.2)
FAINT: Final = 0.6  # of what the surface hides


class Ascent(Trail):
    """The path of every visible run so far. What the surface hides is dashed and faint, so that no path is lost."""

    track: SpaceTrack

    def draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint what is hidden, then the rest as every trail."""
        for run_style, _, runs in self.by_style(self._shown()):
            self._dash(renderer, self.track.hidden_lines(runs, *self._span(runs), self.plane), run_style.colour)
        super().draw_at(moment, renderer)

    def _dash(self, renderer: RendererBase, lines: Polylines, colour: str) -> None:
        if len(lines.begins) == len(lines.points):
            return
        gc = self.context(renderer)
        gc.set_foreground(to_rgba(colour, FAINT), isRGBA=True)
        gc.set_linewidth(0.8 * self.width_pt)
        gc.set_capstyle("butt")
        gc.set_dashes(0, DASH_PT)
        renderer.draw_path(gc, polylines(lines), IdentityTransform(), None)
        gc.restore()


class Shade(Trail):
    """The shadows of the paths on the floor; what the surface hides of them is left out."""

    def __init__(self, track: SpaceTrack, run_styles: Sequence[RunStyle], *, width_pt: float, tail: int | None) -> None:
        super().__init__(track, run_styles, width_pt=width_pt, dot_pt=0.0, tail=tail)
        self.set_zorder(7)


class SpotShade(RunsMark):
    """The shadow of every visible spot on the floor, where the surface does not hide it."""

    track: SpaceTrack

    def __init__(self, track: SpaceTrack, run_styles: Sequence[RunStyle], *, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=8)
        self.size_pt = size_pt

    def _seen(self, runs: Index) -> PixelPoints:
        moment = moment_of(self)
        seen = runs[self.track.seen(runs, moment.position[runs], self.plane)]
        shadows: PixelPoints = self.track.here(moment, self.plane, self.dpi)[seen]
        return shadows

    def draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint the shadows of one style after another."""
        for run_style, _, runs in self.by_style(moment.visible):
            if (seen := self._seen(runs)).size:
                shapes = circles(seen, self.px(self.size_pt) / 2)
                self.paint(renderer, shapes, line=run_style.colour, width_pt=0, fill=run_style.colour)

    def extent_at(self, moment: Moment) -> Extent | None:
        """Bound the shadows."""
        seen = self._seen(moment.visible)
        return extent(seen, self.px(self.size_pt)) if seen.size else None


class Climbers(Spots):
    """Where every visible run is, on the surface or on its way over it; arrows at its edge towards those outside."""

    track: SpaceTrack

    def _foot(self, spots: PixelPoints) -> PixelPoints:
        """Where the arrows stand: on the edge of the surface, in the direction of the spots."""
        prospect, relief = plinth_of(self.plane).prospect, self.track.course.relief
        across = prospect.along(spots - prospect.origin_px)
        edge = across / np.maximum(np.abs(across).max(axis=-1, keepdims=True), 1e-9)
        heights = np.nan_to_num(relief.at(edge)) + LIFT
        foot: PixelPoints = prospect.pixels(np.concatenate([edge, heights[:, np.newaxis]], axis=-1))
        return foot
