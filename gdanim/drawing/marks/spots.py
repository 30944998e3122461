"""Marks at the current points of the runs, and at the ends of runs that are over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gdanim.arrays import Index
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import RunsMark, moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import CIRCLE, SHAPES, arrow, copies, extent

_PIXELS = IdentityTransform()


class Spots(RunsMark):
    """A spot where every visible run is, or an arrow towards it at the edge of the axes."""

    HALO_PT = 1.2
    RING_PT = 1.2  # what a spot is larger than the one that covers it

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, halo: str, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=12)
        self.halo, self.size_pt = halo, size_pt
        # A spot on the edge of the axes stays round; what is outside is never drawn.
        self.set_clip_on(False)

    def here(self, runs: Index) -> PixelPoints:
        """Where runs (m,) are: (m, 2). Far away only the direction counts."""
        return np.maximum(np.minimum(super().here(runs), 1e9), -1e9)

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for run_style, stripe_level, runs in self.by_style(moment.visible):
            here = self.here(runs)
            inside = self.in_view(here)
            radius = self.px(self.size_pt) / 2
            spot = copies(SHAPES[run_style.shape], here[inside], radius + stripe_level * self.px(self.RING_PT) / 2)
            outside = here[~inside]
            arrows = [arrow(foot, spot, radius) for foot, spot in zip(self._foot(outside), outside, strict=True)]
            for shape in [spot, *arrows] if inside.any() else arrows:
                self.paint(renderer, shape, line=self.halo, width_pt=self.HALO_PT, fill=run_style.colour)

    def _extent_at(self, moment: Moment) -> Extent | None:
        if not moment.visible.size:
            return None
        here = self.here(moment.visible)
        drawn = np.where(self.in_view(here)[:, np.newaxis], here, self._foot(here))
        widest_pt = self.size_pt + max(self.stripe_levels) * self.RING_PT
        return extent(drawn, 1.3 * self.px(widest_pt) + self.px(self.HALO_PT))

    def _foot(self, spots: PixelPoints) -> PixelPoints:
        """Where the arrows towards spots (m, 2) outside the axes stand: (m, 2)."""
        low, high = self.ends(pad=0.0)
        inner_low, inner_high = self.ends(pad=-0.9 * self.px(self.size_pt))
        # Only across the edge that was passed: along it the arrow stands exactly where the spot would.
        return np.where(spots < low, inner_low, np.where(spots > high, inner_high, spots))


class Dots(RunsMark):
    """A small dot for each of many runs; those outside the axes are not shown."""

    striped = False

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, size_pt: float, zorder: float = 12) -> None:
        super().__init__(track, run_styles, zorder)
        self.size_pt = size_pt
        self.set_clip_on(False)

    def _runs(self) -> Index:
        return moment_of(self).visible

    def _seen(self, runs: Index) -> PixelPoints:
        """Where runs (m,) in view are: (k, 2)."""
        here = self.here(runs)
        return here[self.in_view(here)]

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        size = Affine2D().scale(self.px(self.size_pt) / 2)
        for run_style, _, runs in self.by_style(self._runs()):
            gc = self.context(renderer)
            gc.set_linewidth(0)
            # Whole pixels, as Agg sets markers: ten times as fast as a path of circles, and nothing is left to see.
            renderer.draw_markers(gc, CIRCLE, size, Path(self._seen(runs)), _PIXELS, to_rgba(run_style.colour))
            gc.restore()

    def _extent_at(self, moment: Moment) -> Extent | None:
        here = self._seen(self._runs())
        return extent(here, self.px(self.size_pt) + 1) if here.size else None


class EndMarkers(Dots):
    """A dot at the end of each run that is over, where runs are shown one after another."""

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, size_pt: float) -> None:
        super().__init__(track, run_styles, size_pt=size_pt, zorder=9)
        self.last = last

    def _runs(self) -> Index:
        return moment_of(self).over

    def _seen(self, runs: Index) -> PixelPoints:
        ends: PixelPoints = self.pixels[runs, self.last[runs]]
        return ends[self.in_view(ends)]
