"""The marks of runs on a surface: trails, spots, and the shadows of both on the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.drawing.shapes import circles, extent, polylines
from gdanim.views.surface.axes import surface_axes
from gdanim.views.surface.heightmap import LIFT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Index
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Extent, PixelPoints
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
            lines = self.track.hidden_lines(runs, *self._span(runs), self.plane)
            if len(lines.begins) == len(lines.points):
                continue
            gc = self.context(renderer)
            gc.set_foreground(to_rgba(run_style.colour, FAINT), isRGBA=True)
            gc.set_linewidth(0.8 * self.width_pt)
            gc.set_capstyle("butt")
            gc.set_dashes(0, DASH_PT)
            renderer.draw_path(gc, polylines(lines), IdentityTransform(), None)
            gc.restore()
        super().draw_at(moment, renderer)


class SpotShadow(RunsMark):
    """The shadow of every visible spot on the floor, where the surface does not hide it."""

    track: SurfaceTrack

    def __init__(self, track: SurfaceTrack, run_styles: Sequence[RunStyle], *, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=8)
        self.size_pt = size_pt

    def _seen(self, runs: Index, moment: Moment) -> PixelPoints:
        seen = runs[self.track.seen(runs, moment.position[runs], self.plane)]
        return np.asarray(self.track.here(moment, self.plane, self.dpi)[seen])

    def draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint the shadows of one style after another."""
        for run_style, _, runs in self.by_style(moment.visible):
            if (seen := self._seen(runs, moment)).size:
                shapes = circles(seen, self.px(self.size_pt) / 2)
                self.paint(renderer, shapes, line=run_style.colour, width_pt=0, fill=run_style.colour)

    def extent_at(self, moment: Moment) -> Extent | None:
        """Bound the shadows."""
        seen = self._seen(moment.visible, moment)
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
        return projection.pixels(np.concatenate([edge, heights[:, np.newaxis]], axis=-1))
