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
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.painting.mark import moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import extent

LONGEST_SHARE = 0.22  # of the shorter side of the axes
# A first step down a wall is a hundred times as long as those in the valley: by its measure they would be invisible.
RANGE = 5.0
LEAST_PX = 1.0
HALO_PT = 0.9
PARALLEL = 0.03  # the sine between two arrows of one direction
ALIKE = 4  # the power of the cosine between two arrows, by which they move apart: half at 33°
HEAD_PT, HEAD_WIDTH = 6.5, 0.9  # its length, and its width against that


class Arrows(RunsMark):
    """An arrow at the spot of every visible run, from the spot's edge in the direction of a vector in data units.

    vectors (runs, n+1, 2)   at each iteration; zero where there is none
    clear_pt                 the radius of the spots
    colour                   of all arrows; without one, each has the colour of its style
    head_pt                  the length of a head
    longest_share            the greatest length, as a share of the shorter side of the axes
    least_pt                 the least length; with 0, arrows below a pixel are left out
    last (runs,)             where given, arrows stand at the iteration that goes on, at the end of a run at the one
                             before: those of the step that is explained. Else they move with the spots
    beside (runs, n+1, 2)    vectors of other arrows, which would lie on these: the more alike their directions, the
    aside_pt                 nearer are these moved to so far aside, away from the others; below 0 to the right of
                             others of their own direction

    An arrow is `scale` times as long as its vector, in pixels from the spot's edge, at every iteration of every run.
    The longest vector in view takes a share of the axes. Where it exceeds RANGE times the upper quartile, RANGE times
    that quartile takes this share; longer arrows are cut there, and get two heads.
    """

    striped = False

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], vectors: Points, *, width_pt: float, clear_pt: float,
        halo: str, colour: str | None = None, head_pt: float = HEAD_PT, longest_share: float = LONGEST_SHARE,
        least_pt: float = 0.0, last: Index | None = None, beside: Points | None = None, aside_pt: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(track, run_styles, zorder=11)
        self.beside, self.aside_pt = None if beside is None else to_scale(beside), aside_pt
        self.head_pt, self.longest_share, self.least_pt, self.last = head_pt, longest_share, least_pt, last
        self.vectors = to_scale(vectors)
        self.width_pt, self.clear_pt, self.halo, self.colour = width_pt, clear_pt, halo, colour
        self._scale: tuple[float, float] | None = None

    @property
    def longest_px(self) -> float:
        """The greatest length of an arrow beyond its spot."""
        return self.longest_share * float(min(self.plane.bbox.width, self.plane.bbox.height))

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
        row, here = moment_of(self).position[runs].astype(np.int64), self.here(runs)
        if self.last is not None:
            row = step_row(row, self.last[runs])
            here = self.pixels[runs, row]
        ahead = self.vectors[runs, row] * per_unit(self)
        length, longest = np.hypot(ahead[:, 0], ahead[:, 1]), self.longest_px
        reach = np.where(length > 0, np.maximum(length * self.scale, self.px(self.least_pt)), 0.0)
        drawn = self.in_view(here) & self.goes_on(runs) & (reach >= LEAST_PX)
        here, ahead, length, reach = here[drawn], ahead[drawn], length[drawn], reach[drawn]
        if self.beside is not None:
            here = here + self._aside(ahead, self.beside[runs[drawn], row[drawn]] * per_unit(self))
        return outlines(
            here, ahead / length[:, np.newaxis], np.minimum(reach, longest), start=self.px(self.clear_pt),
            width=self.px(self.width_pt), head=self.px(self.head_pt),
            doubled=(reach > longest * (1 + 1e-9)) & (self.last is None),
        )  # fmt: skip

    def _aside(self, ahead: Points, beside: Points) -> Points:
        """How far arrows (m, 2) are moved so that others (m, 2) of their direction stay visible, in pixels."""
        length, other = np.hypot(*ahead.T), np.hypot(*beside.T)
        lengths = np.where(other > 0, length * other, 1.0)
        alike = np.maximum(np.vecdot(ahead, beside) / lengths, 0.0) ** ALIKE
        left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1)
        turn = np.vecdot(left, beside) / lengths  # the sine; above 0 where the others turn to the left
        side = np.where(np.abs(turn) > PARALLEL, -np.sign(turn), np.sign(self.aside_pt))
        return np.asarray(left / length[:, np.newaxis] * (side * alike * self.px(abs(self.aside_pt)))[:, np.newaxis])

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


class OpenArrows(Arrows):
    """Arrows of a thin shaft and two strokes for a head."""

    BARB = 0.45  # of the length of a head, to either side

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for run_style, _, runs in self.by_style(moment.visible):
            path = self._strokes(self.corners(runs))
            if len(path):
                self.paint(renderer, path, line=self.halo, width_pt=self.width_pt + 2 * HALO_PT)
                self.paint(renderer, path, line=self.colour or run_style.colour, width_pt=self.width_pt)

    def _strokes(self, corners: Points) -> Path:
        """Shaft and head of each outline (m, 11, 2)."""
        foot, tip = (corners[:, 0] + corners[:, -1]) / 2, corners[:, 5]
        length = np.hypot(*(tip - foot).T)[:, np.newaxis]
        back = (foot - tip) / np.maximum(length, 1e-12) * np.minimum(self.px(self.head_pt), length)
        aside = self.BARB * np.stack([-back[:, 1], back[:, 0]], axis=-1)
        points = np.stack([foot, tip, tip + back + aside, tip, tip + back - aside], axis=1)
        codes = np.tile(np.array([Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.LINETO], np.uint8), len(tip))
        return Path(points.reshape(-1, 2), codes)

    def _extent_at(self, moment: Moment) -> Extent | None:
        path = self._strokes(self.corners(moment.visible))
        if not len(path):
            return None
        low, high = self.ends(pad=0.0)
        return extent(np.clip(path.vertices, low, high), self.px(HALO_PT + self.width_pt / 2) + 1)


def step_row(row: Index, last: Index) -> Index:
    """The iteration from which the step goes that is explained: at the end of a run the one before."""
    found: Index = np.maximum(np.minimum(row, last - 1), 0)
    return found


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
