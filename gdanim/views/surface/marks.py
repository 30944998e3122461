"""The marks of runs on a surface: trails, spots, and the shadows of both on the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.trails import RunsMark, Trail, moment_of
from gdanim.drawing.shapes import circles, extent, polylines
from gdanim.views.surface.axes import surface_axes
from gdanim.views.surface.heightmap import LIFT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Index
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Extent, PixelPoints, Polylines
    from gdanim.drawing.run_styles import RunStyle
    from gdanim.views.surface.paths import SurfaceTrack

DASH_PT: Final = (2.4, 2.2)
FAINT: Final = 0.6  # opacity of what the surface hides


class SurfaceTrail(Trail):
    """The path of every visible run so far. What the surface hides is dashed and faint, so that no path is lost."""

    track: SurfaceTrack

    def draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint what is hidden, then the rest as any trail."""
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


class TrailShadow(Trail):
    """The shadows of the paths on the floor, as far as the surface does not hide them."""

    def __init__(
        self, track: SurfaceTrack, run_styles: Sequence[RunStyle], *, width_pt: float, tail: int | None
    ) -> None:
        super().__init__(track, run_styles, width_pt=width_pt, dot_pt=0.0, tail=tail)
        self.set_zorder(7)


class SpotShadow(RunsMark):
    """The shadow of every visible spot on the floor, where the surface does not hide it."""

    track: SurfaceTrack

    def __init__(self, track: SurfaceTrack, run_styles: Sequence[RunStyle], *, size_pt: float) -> None:
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


class SurfaceSpots(Spots):
    """Where every visible run is; arrows at the edge of the surface towards those outside."""

    track: SurfaceTrack

    def _foot(self, spots: PixelPoints) -> PixelPoints:
        """Where the arrows stand: on the edge of the surface, in the direction of the spots."""
        projection, heightmap = surface_axes(self.plane).projection, self.track.paths.heightmap
        xy = projection.to_floor(spots - projection.origin_px)
        edge = xy / np.maximum(np.abs(xy).max(axis=-1, keepdims=True), 1e-9)
        heights = np.nan_to_num(heightmap.at(edge)) + LIFT
        foot: PixelPoints = projection.pixels(np.concatenate([edge, heights[:, np.newaxis]], axis=-1))
        return foot
