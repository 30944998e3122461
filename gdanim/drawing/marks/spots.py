"""Marks at the current points of the runs, and at the ends of runs that are over."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform
from numpy.typing import NDArray

from gdanim.arrays import Index
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.painting.mark import moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import ARROW_REACH, CIRCLE, SHAPES, arrow, copies, extent

_PIXELS = IdentityTransform()

SAME_PX = 1.5  # spots that are no farther apart are at one place
HIDING = 0.6  # of the radius of a spot: so near, one hides another but for its rim
DISC, RING = 1.15, 1 / 3  # in radii of a spot: the disc below it without rings, and the width of each ring
SYMBOL_BEHIND = 3.2  # in radii: from a lost run's arrow back to its spot


class Spots(RunsMark):
    """Where every visible run is; where it is outside the axes, an arrow at the place where it left them.

    Of spots that would hide each other the lower ones are rings around the topmost. A lost one has a bar across.

    shows_strangers   whether a run that has never been inside has an arrow
    """

    shows_strangers = True

    HALO_PT, RING_HALO_PT = 1.2, 0.6
    MOST_RINGS = 4  # more than that would cover the path
    BAR_PT, BAR_HALO_PT, BAR_REACH = 1.2, 0.6, 1.7  # of a lost run: its width, its halo, its half length in radii

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], *, halo: str, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=12)
        self.halo, self.size_pt = halo, size_pt
        # A spot on the edge of the axes stays round; what is outside is never drawn.
        self.set_clip_on(False)

    def here(self, runs: Index) -> PixelPoints:
        """Where runs (m,) are: (m, 2). Far away only the direction counts."""
        return np.maximum(np.minimum(super().here(runs), 1e9), -1e9)

    def is_lost(self, runs: Index) -> NDArray[np.bool_]:
        """Which runs (m,) have been lost by now: (m,)."""
        lost: NDArray[np.bool_] = moment_of(self).position[runs] >= self.track.lost_at[runs]
        return lost

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        by_style = [(run_style, runs) for run_style, _, runs in self.by_style(moment.visible)]
        if not by_style:
            return
        runs = np.concatenate([runs for _, runs in by_style])
        here, inside, lost = self.here(runs), self.is_inside(runs), self.is_lost(runs)
        rings = self._rings(here, inside)
        is_spot, begin = inside & ~lost, 0
        for run_style, members in by_style:
            its = slice(begin, begin := begin + len(members))
            at, wide = here[its][is_spot[its]], rings[its][is_spot[its]]
            for level in sorted(set(wide.tolist()), reverse=True):
                self._draw_spots(renderer, run_style, at[wide == level], level)
            if len(at) < len(members):
                self._draw_gone(renderer, run_style, members)

    def _rings(self, here: PixelPoints, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many later ones of the runs at places (m, 2), in drawing order, are at the place of each: (m,); at most
        MOST_RINGS. Those outside the axes are at no place.
        """
        if len(here) == 1:
            return np.zeros(1, dtype=np.int64)
        here = np.where(inside[:, np.newaxis], here, np.inf)
        with np.errstate(invalid="ignore"):
            apart = np.hypot(*(here[:, np.newaxis] - here).T).T
            near = np.triu(apart <= self._together_px, k=1)
        rings: NDArray[np.int64] = np.minimum(near.sum(axis=1), self.MOST_RINGS)
        return rings

    @property
    def _together_px(self) -> float:
        """How far apart spots are at most of which the lower ones would be hidden but for their rims."""
        return max(SAME_PX, HIDING * self.px(self.size_pt) / 2)

    def _draw_spots(self, renderer: RendererBase, run_style: RunStyle, here: PixelPoints, rings: int) -> None:
        if rings:
            shape, radius = CIRCLE, self.px((DISC + rings * RING) * self.size_pt / 2)
        else:
            shape, radius = SHAPES[run_style.shape], self.px(self.size_pt / 2)
        halo_pt = self.RING_HALO_PT if rings else self.HALO_PT
        self.paint(renderer, copies(shape, here, radius), line=self.halo, width_pt=halo_pt, fill=run_style.colour)

    def _draw_gone(self, renderer: RendererBase, run_style: RunStyle, runs: Index) -> None:
        """Draw the arrows of the runs (m,) outside, and bars across those that are lost."""
        inside, lost = self.is_inside(runs), self.is_lost(runs)
        radius = self.px(self.size_pt) / 2
        if lost[inside].any():
            self._draw_lost(renderer, run_style, self.here(runs[inside & lost]), radius)
        outside = self._marked_outside(runs)
        if not outside.size:
            return
        at, ahead = self._arrows(outside)
        if (gone := self.is_lost(outside)).any():
            behind = at - SYMBOL_BEHIND * radius * ahead
            self._draw_lost(renderer, run_style, behind[gone], radius)
        for foot, way in zip(at, ahead, strict=True):
            self.paint(renderer, arrow(foot, way, radius), line=self.halo, width_pt=self.HALO_PT, fill=run_style.colour)

    def _marked_outside(self, runs: Index) -> Index:
        """Those of the runs (m,) outside that have an arrow: (k,)."""
        outside = runs[~self.is_inside(runs)]
        if self.shows_strangers or not outside.size:
            return outside
        left = self.track.exits(self.plane, self.dpi).first(self.track.shape[0])
        return outside[left[outside] <= moment_of(self).position[outside]]

    def _draw_lost(self, renderer: RendererBase, run_style: RunStyle, here: PixelPoints, radius: float) -> None:
        """Draw the shape of a style with a bar across at places (m, 2)."""
        symbol = copies(SHAPES[run_style.shape], here, radius)
        self.paint(renderer, symbol, line=self.halo, width_pt=self.HALO_PT, fill=run_style.colour)
        slant = radius * self.BAR_REACH * np.sqrt(0.5) * np.array([[-1.0, -1.0], [1.0, 1.0]])
        for place in here:
            self.paint(renderer, Path(place + slant), line=self.halo, width_pt=self.BAR_PT + 2 * self.BAR_HALO_PT)
            self.paint(renderer, Path(place + slant), line=run_style.colour, width_pt=self.BAR_PT)

    def _arrows(self, runs: Index) -> tuple[PixelPoints, PixelPoints]:
        """Where the arrows of runs (m,) outside stand, and their directions, of length 1: (m, 2) each.

        The tip is where the run left the axes, or beside that of one that left there before; all of an arrow is inside.
        """
        everyone = self._marked_outside(moment_of(self).visible)
        at, ahead = self.track.way_out(everyone, self.reached(everyone), self.plane, self.dpi)
        length = np.hypot(ahead[:, 0], ahead[:, 1])[:, np.newaxis]
        ahead = ahead / np.where(length > 0, length, 1.0)
        reach = ARROW_REACH * self.px(self.size_pt) / 2
        low, high = self.ends(pad=-0.8 * reach)
        first = self.track.exits(self.plane, self.dpi).first(self.track.shape[0])[everyone]
        feet = np.maximum(np.minimum(at - reach * ahead, high), low)
        feet = beside_each_other(feet, np.argsort(first, kind="stable"), self.px(self.size_pt), low, high)
        place = np.searchsorted(everyone, runs)
        return feet[place], ahead[place]

    @property
    def gone_px(self) -> float:
        """How far the arrow of a run, and its spot behind it, reach from where it left the axes."""
        return self.px((ARROW_REACH + SYMBOL_BEHIND + 1.7) * self.size_pt / 2)

    def ways_out(self) -> PixelPoints:
        """Where lost runs leave the axes: (m, 2)."""
        lost = np.flatnonzero(np.isfinite(self.track.lost_at))
        ends = np.minimum(self.track.lost_at, self.track.stops(self.plane, self.dpi))[lost]
        return self.track.way_out(lost, ends, self.plane, self.dpi)[0]

    def _extent_at(self, moment: Moment) -> Extent | None:
        runs = moment.visible
        if not runs.size:
            return None
        outside = self._marked_outside(runs)
        drawn = self.here(runs[self.is_inside(runs)])
        reach_pt = max(1.7, DISC + self.MOST_RINGS * RING) * self.size_pt / 2
        if outside.size:
            drawn = np.concatenate([drawn, self._arrows(outside)[0]])
            reach_pt = max(reach_pt, (SYMBOL_BEHIND + 1.7) * self.size_pt / 2)
        return extent(drawn, self.px(reach_pt + self.HALO_PT)) if drawn.size else None


def beside_each_other(
    feet: PixelPoints, order: Index, apart: float, low: PixelPoints, high: PixelPoints
) -> PixelPoints:
    """Feet (m, 2) of arrows along the edges of a frame, moved along their edge until they are `apart` from each other.

    Those that come first in `order` (m,) keep their places, so that no arrow moves when another one joins it.
    """
    if len(feet) < 2:
        return feet
    found, placed = feet.copy(), np.empty((0, 2))
    for one in order.tolist():
        along = int(np.argmin(np.minimum(np.abs(feet[one] - low), np.abs(high - feet[one])))) ^ 1
        for shift in (0, 1, -1, 2, -2, 3, -3):
            place = feet[one].copy()
            place[along] = np.clip(place[along] + shift * apart, low[along], high[along])
            if not placed.size or np.hypot(*(placed - place).T).min() >= 0.9 * apart:
                found[one] = place
                break
        placed = np.concatenate([placed, found[one][np.newaxis]])
    return found


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
    """A dot at the end of each run that is over, where runs are shown one after another.

    Ends at one place have one dot, that of the first: it does not grow as others come.
    """

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, size_pt: float) -> None:
        super().__init__(track, run_styles, size_pt=size_pt, zorder=9)
        self.last = last

        self._shown_at: tuple[Points, PixelPoints] | None = None

    def state(self) -> Hashable:
        """Which runs are over: their colours are those of the places where they end."""
        return self.track.placing(self.plane, self.dpi), self._runs().tobytes()

    def _runs(self) -> Index:
        return moment_of(self).over

    def _seen(self, runs: Index) -> PixelPoints:
        pixels = self.pixels
        if self._shown_at is None or self._shown_at[0] is not pixels:
            ends: PixelPoints = pixels[np.arange(len(self.last)), self.last]
            _, first, place = np.unique(np.round(ends / SAME_PX), axis=0, return_index=True, return_inverse=True)
            self._shown_at = pixels, ends[first[place]]
        shown = self._shown_at[1][runs]
        return shown[self.in_view(shown)]
