"""Arrows at the spots of the runs: gradients, steps or momentum, scaled to fit the axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.transforms import BboxBase
from numpy.typing import NDArray

from gdanim.arrays import Index, Scalar
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points, to_scale
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import RunsMark, moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import extent

LONGEST_SHARE = 0.22  # of the shorter side of the axes
# A first step down a wall is a hundred times as long as those in the valley: by its measure they would be invisible.
RANGE = 5.0
LEAST_PX = 1.0
HALO_PT = 0.9
HEAD_PT, HEAD_WIDTH = 6.5, 0.9  # its length, and its width against that


class Arrows(RunsMark):
    """An arrow at the spot of every visible run, from the spot's edge in the direction of a vector in data units.

    vectors (runs, n+1, 2)   at each iteration; zero where there is none
    clear_pt                 the radius of the spots
    colour                   of all arrows; without one, each has the colour of its style

    An arrow is `scale` times as long as its vector, in pixels from the spot's edge, at every iteration of every run.
    The longest vector in view takes a share of the axes. Where it exceeds RANGE times the upper quartile, RANGE times
    that quartile takes this share; longer arrows are cut there, and get two heads. Arrows below a pixel are left out.
    """

    striped = False

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], vectors: Points, *, width_pt: float, clear_pt: float,
        halo: str, colour: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(track, run_styles, zorder=11)
        self.vectors = to_scale(vectors)
        self.width_pt, self.clear_pt, self.halo, self.colour = width_pt, clear_pt, halo, colour
        self._scale: tuple[float, float] | None = None

    @property
    def longest_px(self) -> float:
        """The greatest length of an arrow beyond its spot."""
        return LONGEST_SHARE * float(min(self.plane.bbox.width, self.plane.bbox.height))

    @property
    def scale(self) -> float:
        """The length of an arrow over that of its vector, both in pixels. Computed once for a resolution."""
        if self._scale is None or self._scale[0] != self.dpi:
            ahead = self.vectors.reshape(-1, 2) * per_unit(self)
            length = np.hypot(*ahead.T)[self.in_view(self.pixels.reshape(-1, 2))]
            length = length[length > 0]
            # That of the vector whose arrow has the greatest length.
            longest = float(min(length.max(), RANGE * np.quantile(length, 0.75))) if length.size else 1.0
            self._scale = self.dpi, self.longest_px / longest
        return self._scale[1]

    def corners(self, runs: Index) -> Points:
        """The outlines of the arrows of runs (m,) in view: (k, 11, 2); the sixth corner is the tip."""
        row = moment_of(self).position[runs].astype(np.int64)
        here = self.here(runs)
        ahead = self.vectors[runs, row] * per_unit(self)
        length = np.hypot(ahead[:, 0], ahead[:, 1])
        drawn = self.in_view(here) & (length * self.scale >= LEAST_PX)
        here, ahead, length = here[drawn], ahead[drawn], length[drawn]
        reach, longest = length * self.scale, self.longest_px
        return outlines(
            here, ahead / length[:, np.newaxis], np.minimum(reach, longest), start=self.px(self.clear_pt),
            width=self.px(self.width_pt), head=self.px(HEAD_PT), doubled=reach > longest * (1 + 1e-9),
        )  # fmt: skip

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for run_style, _, runs in self.by_style(moment.visible):
            corners = self.corners(runs)
            if len(corners):
                path = polygons(corners)
                self.paint(renderer, path, line=self.halo, width_pt=2 * HALO_PT)
                self.paint(renderer, path, line=self.halo, width_pt=0, fill=self.colour or run_style.colour)

    def _extent_at(self, moment: Moment) -> Extent | None:
        corners = self.corners(moment.visible)
        if not corners.size:
            return None
        low, high = self.ends(pad=0.0)
        return extent(np.clip(corners.reshape(-1, 2), low, high), self.px(HALO_PT) + 1)


def per_unit(mark: RunsMark) -> Scalar:
    """Pixels for one data unit along x and y in linear axes: (2,). Negative where an axis is reversed."""
    box: BboxBase = mark.plane.bbox
    limits = np.array([mark.plane.get_xlim(), mark.plane.get_ylim()])
    size: Scalar = np.array([box.width, box.height]) / (limits[:, 1] - limits[:, 0])
    return size


def outlines(
    feet: PixelPoints, ahead: PixelPoints, length: Scalar, *, start: float, width: float, head: float,
    doubled: NDArray[np.bool_] | bool = False,
) -> Points:  # fmt: skip
    """Arrows as polygons (m, 11, 2): from `start` beyond `feet` (m, 2), in directions (m, 2), of lengths (m,).

    A head is at most as long as its arrow. Those that are `doubled` (m,) have a second head behind the first.
    """
    nothing = np.zeros(len(length))
    head_length = np.minimum(head, length)
    half_head = head_length * HEAD_WIDTH / 2
    half = np.minimum(width / 2, half_head / 2)
    back = np.full(len(length), start)
    tip = start + length
    barb = tip - head_length
    # The notch between two heads lies on the slope of the hinder one, at the width of the shaft.
    first = barb - 0.75 * head_length * doubled
    notch = first + head_length * (1 - half / np.maximum(half_head, 1e-12))
    along = np.stack([back, first, first, notch, barb, tip, barb, notch, first, first, back])
    across = np.stack([half, half, half_head, half, half_head, nothing, -half_head, -half, -half_head, -half, -half])
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1)
    corners: Points = feet + ahead * along[..., np.newaxis] + aside * across[..., np.newaxis]
    return corners.swapaxes(0, 1)


def polygons(corners: Points) -> Path:
    """One path of closed polygons (m, corners, 2)."""
    closed = np.concatenate([corners, corners[:, :1]], axis=1)
    codes = np.full(closed.shape[:2], Path.LINETO, dtype=np.uint8)
    codes[:, 0], codes[:, -1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(closed.reshape(-1, 2), codes.reshape(-1))
