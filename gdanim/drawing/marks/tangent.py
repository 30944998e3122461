"""Marks that explain a step: the tangent where it begins, an arrow along x to the next point, rings at both ends.

At the end of a run they show its last step, as what is written above does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gdanim.arrays import Index, Scalar
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import FAR, Extent, PixelPoints
from gdanim.drawing.marks.arrows import HALO_PT, HEAD_PT, outlines, per_unit, polygons, step_row
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.painting.mark import moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import circles, extent

_PIXELS = IdentityTransform()

REACH_SHARE = 0.3  # of the shorter side of the axes, on either side of the spot


class Tangent(RunsMark):
    """The tangent where the step of the run begins: a straight line of constant length, cut where the axes end.

    slope (runs, n+1)   f′ at each iteration
    last (runs,)        the iteration at which each run ends
    """

    WIDTH_PT = 1.5

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], slope: Scalar, last: Index, *, colour: str
    ) -> None:
        super().__init__(track, run_styles, zorder=9.5)
        self.slope, self.last, self.colour = slope, last, colour

    def ends_of(self, run: int) -> PixelPoints:
        """Both ends in pixels: (2, 2)."""
        row = _row(self.last, moment_of(self), run)
        with np.errstate(over="ignore"):
            right = np.clip(np.array([1.0, self.slope[run, row]]) * per_unit(self), -FAR, FAR)
        reach = REACH_SHARE * min(self.plane.bbox.width, self.plane.bbox.height)
        return np.asarray(self.pixels[run, row] + np.array([[-1.0], [1.0]]) * reach * right / np.hypot(*right))

    def _lines(self, moment: Moment) -> list[PixelPoints]:
        """The tangents of the runs whose spots are in view."""
        here = {run: self.pixels[run, _row(self.last, moment, run)] for run in moment.visible.tolist()}
        return [self.ends_of(run) for run, spot in here.items() if self.in_view(spot[np.newaxis])[0]]

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for line in self._lines(moment):
            self.paint(renderer, Path(line), line=self.colour, width_pt=self.WIDTH_PT)

    def _extent_at(self, moment: Moment) -> Extent | None:
        lines = self._lines(moment)
        if not lines:
            return None
        low, high = self.ends(pad=0.0)
        return extent(np.clip(np.concatenate(lines), low, high), self.px(self.WIDTH_PT) + 1)


class StepAlong(RunsMark):
    """The next step of the run, at its end the last: an arrow along x at the height of the spot, and a drop to where it
    leads.

    last (runs,)   the iteration at which each run ends
    """

    WIDTH_PT, DROP_PT = 1.8, 1.0
    DASH_PT = 2.5

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, colour: str, drop: str, halo: str
    ) -> None:
        super().__init__(track, run_styles, zorder=11)
        self.last, self.colour, self.drop, self.halo = last, colour, drop, halo

    def way(self) -> PixelPoints | None:
        """The corners of the step, in pixels (3, 2): the spot, the same height above the next point, the next point.

        None without a next step, and where the spot is out of view.
        """
        moment = moment_of(self)
        for run in moment.visible.tolist():
            row = _row(self.last, moment, run)
            if row < self.last[run] and self.in_view(self.pixels[run, row][np.newaxis])[0]:
                # Agg's arithmetic stays finite; all of this is clipped anyway.
                here, there = np.clip(self.pixels[run, row : row + 2], -1e6, 1e6)
                return np.array([here, [there[0], here[1]], there])
        return None

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        way = self.way()
        if way is None:
            return
        here, corner, there = way
        self._drop(renderer, corner, there)
        length = abs(corner[0] - here[0])
        if length >= 1:
            feet, ahead = here[np.newaxis], np.array([[np.sign(corner[0] - here[0]), 0.0]])
            width, head = self.px(self.WIDTH_PT), self.px(HEAD_PT)
            path = polygons(outlines(feet, ahead, np.array([length]), start=0.0, width=width, head=head))
            self.paint(renderer, path, line=self.halo, width_pt=2 * HALO_PT)
            self.paint(renderer, path, line=self.halo, width_pt=0, fill=self.colour)

    def _drop(self, renderer: RendererBase, corner: PixelPoints, there: PixelPoints) -> None:
        gc = self.context(renderer)
        gc.set_foreground(self.drop)
        gc.set_linewidth(self.DROP_PT)
        gc.set_dashes(0, [self.px(self.DASH_PT)] * 2)
        # Cut to the axes beforehand: dashes of a long way outside cost time.
        low, high = self.ends(pad=0.0)
        renderer.draw_path(gc, Path(np.clip([corner, there], low - 9, high + 9)), _PIXELS, None)
        gc.restore()

    def _extent_at(self, moment: Moment) -> Extent | None:
        way = self.way()
        if way is None:
            return None
        low, high = self.ends(pad=0.0)
        return extent(np.clip(way, low, high), self.px(HEAD_PT / 2 + HALO_PT) + 1)


class StepEnds(RunsMark):
    """A ring where the step begins, in the colour of the run, and one where it leads, in that of the step.

    last (runs,)   the iteration at which each run ends
    """

    RING_PT, LINE_PT = 7.0, 1.2

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, colour: str, halo: str) -> None:
        super().__init__(track, run_styles, zorder=10.9)
        self.last, self.colour, self.halo = last, colour, halo

    def _rings(self, moment: Moment) -> list[tuple[PixelPoints, str]]:
        """Centres in view (1, 2), and their colours."""
        found = []
        for run_style, _, runs in self.by_style(moment.visible):
            for run in runs[self.last[runs] > 0].tolist():
                row = _row(self.last, moment, run)
                ends = self.pixels[run, row : row + 2]
                found += [(ends[1:], self.colour), (ends[:1], run_style.colour)]
        return [(centre, colour) for centre, colour in found if self.in_view(centre)[0]]

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for centre, colour in self._rings(moment):
            ring = circles(centre, self.px(self.RING_PT) / 2)
            self.paint(renderer, ring, line=colour, width_pt=self.LINE_PT, fill=self.halo)

    def _extent_at(self, moment: Moment) -> Extent | None:
        rings = self._rings(moment)
        if not rings:
            return None
        return extent(np.concatenate([centre for centre, _ in rings]), self.px(self.RING_PT + self.LINE_PT) / 2 + 1)


def _row(last: Index, moment: Moment, run: int) -> int:
    return int(step_row(np.array([moment.iteration(run)]), last[[run]])[0])
