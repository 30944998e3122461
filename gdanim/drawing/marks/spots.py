"""Spots: the marks that say where the runs are, and where those that are over have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gdanim.drawing.marks.trails import RunsMark, moment_of
from gdanim.drawing.shapes import CIRCLE, SHAPES, arrow, copies, extent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import Extent, PixelPoints
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.run_styles import RunStyle

_PIXELS = IdentityTransform()


class Spots(RunsMark):
    """Where every visible run is: a spot in the shape of its run_style, or at the frame's edge an arrow towards it."""

    HALO_PT = 1.2
    RING_PT = 1.2  # what a spot is larger than the one that covers it

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, halo: str, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=12)
        self.halo, self.size_pt = halo, size_pt
        # A spot on the edge of the axes stays round; what is outside is never drawn.
        self.set_clip_on(False)

    def _here(self, runs: Index) -> PixelPoints:
        """Where runs (m,) are: (m, 2). Far away only the direction counts."""
        here = self.track.here(moment_of(self), self.plane, self.dpi)[runs]
        return np.maximum(np.minimum(here, 1e9), -1e9)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the spots in view, and arrows for those that are not."""
        if self.moment is None or not self.get_visible():
            return
        for run_style, stripe_level, runs in self.by_style(self.moment.visible):
            here = self._here(runs)
            inside = self.in_view(here)
            radius = self.px(self.size_pt) / 2
            spot = copies(SHAPES[run_style.shape], here[inside], radius + stripe_level * self.px(self.RING_PT) / 2)
            shapes = [spot] if inside.any() else []
            outside = here[~inside]
            shapes += [arrow(foot, spot, radius) for foot, spot in zip(self._foot(outside), outside, strict=True)]
            for shape in shapes:
                self.paint(renderer, shape, line=self.halo, width_pt=self.HALO_PT, fill=run_style.colour)

    def touched(self) -> Extent | None:
        """Bound spots and arrows."""
        if self.moment is None or not self.moment.visible.size:
            return None
        here = self._here(self.moment.visible)
        drawn = np.where(self.in_view(here)[:, np.newaxis], here, self._foot(here))
        return extent(
            drawn, 1.3 * self.px(self.size_pt + max(self.stripe_levels) * self.RING_PT) + self.px(self.HALO_PT)
        )

    def _foot(self, spots: PixelPoints) -> PixelPoints:
        """Where the arrows towards spots outside stand: (m, 2)."""
        low, high = self.ends(pad=0.0)
        inner_low, inner_high = self.ends(pad=-0.9 * self.px(self.size_pt))
        # Only across the edge that was passed: along it the arrow stands exactly where the spot would.
        return np.where(spots < low, inner_low, np.where(spots > high, inner_high, spots))


class Dots(RunsMark):
    """A small dot for each of many runs; those outside the axes are not shown."""

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, size_pt: float, zorder: float = 12) -> None:
        super().__init__(track, run_styles, zorder)
        self.size_pt = size_pt
        self.set_clip_on(False)

    @property
    def stripe_levels(self) -> Sequence[int]:
        """All dots are equally large."""
        return (0,) * len(self.run_styles)

    def _runs(self) -> Index:
        return moment_of(self).visible

    def _here(self, runs: Index) -> PixelPoints:
        """Where runs (m,) in view are: (k, 2)."""
        here = self.track.here(moment_of(self), self.plane, self.dpi)[runs]
        return here[self.in_view(here)]

    def draw(self, renderer: RendererBase) -> None:
        """Paint the dots of one run_style after another."""
        if self.moment is None or not self.get_visible():
            return
        size = Affine2D().scale(self.px(self.size_pt) / 2)
        for run_style, _, runs in self.by_style(self._runs()):
            gc = self.context(renderer)
            gc.set_linewidth(0)
            # Whole pixels, as Agg sets markers: ten times as fast as a path of circles, and nothing is left to see.
            renderer.draw_markers(gc, CIRCLE, size, Path(self._here(runs)), _PIXELS, to_rgba(run_style.colour))
            gc.restore()

    def touched(self) -> Extent | None:
        """Bound the dots."""
        if self.moment is None or not (here := self._here(self._runs())).size:
            return None
        return extent(here, self.px(self.size_pt) + 1)


class EndMarkers(Dots):
    """Where the runs that made room for a later one have ended."""

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, size_pt: float) -> None:
        super().__init__(track, run_styles, size_pt=size_pt, zorder=9)
        self.last = last

    def _runs(self) -> Index:
        return moment_of(self).over

    def _here(self, runs: Index) -> PixelPoints:
        ends: PixelPoints = self.pixels[runs, self.last[runs]]
        return ends[self.in_view(ends)]
