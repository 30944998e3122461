"""Hollow rings at the starts of runs. They stay, so that the last picture tells where each run began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
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


BETWEEN_PT = 2.2  # the rings around places that are not the same, but nearly


class Starts(NamedTuple):
    """Starts that are told apart in the picture: places (k, 2) in pixels.

    runs (k,)       a run of each
    together (k,)   how many runs begin there
    within          the runs of each that begin at different points, so near to one another: one for each point
    """

    at: PixelPoints
    runs: Index
    together: NDArray[np.int64]
    within: tuple[Index, ...]


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
        return self._reach_px(self._starts(np.arange(self.track.shape[0]))) + self.px(self.WIDTH_PT / 2)

    def centres(self, runs: Index | None = None) -> PixelPoints:
        """The starts of runs (m,), or of all, in view, without those that coincide: (k, 2) in pixels."""
        return self._starts(np.arange(self.track.shape[0]) if runs is None else runs)[0]

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
        _, first, group, count = np.unique(
            np.round(at / SAME_PX), axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        _, points = np.unique(at, axis=0, return_index=True)
        order = np.sort(points)
        within = tuple(runs[order[group.ravel()[order] == one]] for one in range(len(first)))
        return Starts(at[first], runs[first], count, within)

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

    def _radii_px(self, together: int, within: Index, *, crowded: bool) -> list[float]:
        """The radii of the rings around a place, the innermost first."""
        least, gap = self._radius_px(together, crowded=crowded), self.px(BETWEEN_PT)
        return [least + place * gap for place in range(min(len(within), Spots.MOST_RINGS))]

    def _reach_px(self, starts: Starts) -> float:
        """The radius of the largest ring around some starts; of one around a lone start, where there are none."""
        crowded = self._is_crowded
        around = zip(starts.together.tolist(), starts.within, strict=True)
        radii = (self._radii_px(together, within, crowded=crowded)[-1] for together, within in around)
        return max(radii, default=self._radius_px(1, crowded=crowded))

    def state(self) -> Hashable:
        """Which starts are seen, where, and which of their runs have settled."""
        shown = self._shown()
        at, runs, count, _ = self._starts(shown)
        return at.tobytes(), runs.tobytes(), count.tobytes(), self._is_crowded, self.is_settled(shown).tobytes()

    def _shown(self) -> Index:
        return moment_of(self).visible

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Draw all halos, then all rings: where rings meet, none is hidden."""
        halos, rings = defaultdict(list), defaultdict(list)
        for place, radius, colour in self._rings():
            halos[radius].append(place)
            rings[radius, colour].append(place)
        for radius, places in halos.items():
            self.paint(
                renderer, circles(np.array(places), radius), line=self.halo, width_pt=self.WIDTH_PT + 2 * self.HALO_PT
            )
        for (radius, colour), places in rings.items():
            self.paint(renderer, circles(np.array(places), radius), line=colour, width_pt=self.WIDTH_PT)

    def _rings(self) -> Iterator[tuple[PixelPoints, float, str]]:
        """The place, radius and colour of each ring."""
        (at, _, count, within), crowded = self._starts(self._shown()), self._is_crowded
        for place, together, runs in zip(at, count.tolist(), within, strict=True):
            is_shared = together > len(runs) and len(self.run_styles) > 1
            radii = self._radii_px(together, runs, crowded=crowded)
            for radius, run, settled in zip(radii, runs, self.is_settled(runs), strict=False):
                own = self.run_styles[self._style_index[run]]
                yield place, radius, self.ink if is_shared else own.colour if settled else own.unsettled

    def _extent_at(self, moment: Moment) -> Extent | None:
        starts = self._starts(self._shown())
        reach = self._reach_px(starts) + self.px(self.WIDTH_PT + self.HALO_PT)
        return extent(starts.at, reach) if starts.at.size else None


class PastRings(StartRings):
    """The small rings at the starts of runs that are over, where runs are shown one after another."""

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, ink: str, halo: str, size_pt: float) -> None:
        super().__init__(track, run_styles, ink=ink, halo=halo, size_pt=size_pt)
        self.set_zorder(8.6)

    def _shown(self) -> Index:
        return moment_of(self).over

    @property
    def _is_crowded(self) -> bool:
        return True
