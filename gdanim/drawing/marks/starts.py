"""Hollow rings at the starts of runs. They stay, so that the last picture tells where each run began."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from gdanim.arrays import Index
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points
from gdanim.drawing.marks.spots import DISC, RING, SAME_PX, Spots
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.painting.mark import moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import circles, extent

FEW = 12  # starts: rings around more of them would hide each other and the function; theirs are smaller than spots
GAP_PT, SMALL_SHARE = 1.7, 0.6  # between a spot and the ring around it; the radius of a small ring, in that of spots


class Starts(NamedTuple):
    """Starts that do not coincide: where (k, 2) in pixels, a run of each (k,), and how many runs begin there (k,)."""

    at: PixelPoints
    runs: Index
    together: NDArray[np.int64]


class StartRings(RunsMark):
    """A ring around the start of every visible run, in its colour; in `ink` where runs of several styles start.

    It lies below the paths. Around spots that stand there at the beginning, it is seen in the first picture, too.
    """

    WIDTH_PT, HALO_PT = 1.1, 0.8

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, ink: str, halo: str, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=9.2)
        self.ink, self.halo, self.size_pt = ink, halo, size_pt
        self.set_clip_on(False)
        self._found: tuple[Points, dict[bytes, Starts]] | None = None

    @property
    def reach_px(self) -> float:
        """The radius of the largest ring."""
        at, _, count = self._starts(np.arange(self.track.shape[0]))
        return self._radius_px(int(count.max(initial=1)), crowded=len(at) > FEW) + self.px(self.WIDTH_PT / 2)

    def centres(self) -> PixelPoints:
        """The starts of all runs in view, without those that coincide: (k, 2) in pixels."""
        return self._starts(np.arange(self.track.shape[0]))[0]

    def _starts(self, runs: Index) -> Starts:
        """The starts of runs (m,) in view. Found once, for as long as points stay where they are in the picture."""
        pixels = self.pixels
        if self._found is None or self._found[0] is not pixels:
            self._found = pixels, {}
        found, asked = self._found[1], runs.tobytes()
        if asked not in found:
            found[asked] = self._starts_in(pixels, runs)
        return found[asked]

    def _starts_in(self, pixels: Points, runs: Index) -> Starts:
        at = pixels[runs, 0]
        seen = self._is_seen(runs) & self.in_view(at)
        runs, at = runs[seen], at[seen]
        _, first, count = np.unique(np.round(at / SAME_PX), axis=0, return_index=True, return_counts=True)
        return Starts(at[first], runs[first], count)

    def _is_seen(self, runs: Index) -> NDArray[np.bool_]:
        return np.ones(len(runs), dtype=np.bool_)

    @property
    def _is_crowded(self) -> bool:
        return len(self.centres()) > FEW

    def _radius_px(self, together: int, *, crowded: bool) -> float:
        """The radius of the ring around a start of so many runs; a small one where there are many starts."""
        if crowded:
            return self.px(SMALL_SHARE * self.size_pt / 2)
        rings = min(together - 1, Spots.MOST_RINGS)
        radii = DISC + rings * RING if rings else 1.0
        return self.px(radii * self.size_pt / 2 + GAP_PT)

    def state(self) -> Hashable:
        """Which starts are seen, and where."""
        visible = moment_of(self).visible
        at, runs, count = self._starts(visible)
        return at.tobytes(), runs.tobytes(), count.tobytes(), self._is_crowded

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        (at, runs, count), crowded = self._starts(moment.visible), self._is_crowded
        for place, run, together in zip(at, runs.tolist(), count.tolist(), strict=True):
            ring = circles(place[np.newaxis], self._radius_px(together, crowded=crowded))
            is_shared = together > 1 and len(self.run_styles) > 1
            colour = self.ink if is_shared else self.run_styles[self._style_index[run]].colour
            self.paint(renderer, ring, line=self.halo, width_pt=self.WIDTH_PT + 2 * self.HALO_PT)
            self.paint(renderer, ring, line=colour, width_pt=self.WIDTH_PT)

    def _extent_at(self, moment: Moment) -> Extent | None:
        at, _, count = self._starts(moment.visible)
        if not at.size:
            return None
        radius = self._radius_px(int(count.max()), crowded=self._is_crowded)
        return extent(at, radius + self.px(self.WIDTH_PT + self.HALO_PT))
