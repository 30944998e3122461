"""Marks of models beside their data: the curve of each run, what it misses each point by, what it predicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from matplotlib.backend_bases import RendererBase

from gdanim.arrays import Index, Vector
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points, Polylines
from gdanim.drawing.marks.track import Track, chord
from gdanim.drawing.marks.trails import RunsMark, mixed
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import circles, extent, polylines

MOST_CURVES = 100  # of runs at once: more would hide the data
REACH_PX = 1e6  # beyond the axes; Agg's arithmetic stays finite

Curves = Callable[[Vector], list[Points]]  # coordinates (d,) → lines (k, 2) in the axes of the data


class FittedMark(RunsMark):
    """A mark in the axes of the data that depends on where runs are, in coordinates (runs, n+1, d)."""

    striped = False

    def __init__(self, coordinates: Vector, run_styles: Sequence[RunStyle], zorder: float) -> None:
        super().__init__(Track(coordinates), run_styles, zorder)

    def coordinates_of(self, runs: Index, moment: Moment) -> Vector:
        """Where runs (m,) are: (m, d)."""
        return chord(self.track.points, runs, moment.position[runs])

    def in_pixels(self, points: Points) -> PixelPoints:
        """Points (k, 2) in pixels, near enough to the axes for Agg."""
        with np.errstate(over="ignore", invalid="ignore"):
            at: PixelPoints = self.plane.transData.transform(np.clip(points, -1e290, 1e290))
        middle = np.array(self.plane.bbox.min)
        return np.clip(at, middle - REACH_PX, middle + REACH_PX)

    def joined(self, lines: Sequence[Points]) -> Polylines:
        """Lines in data, as one path in pixels."""
        whole = [self.in_pixels(line) for line in lines if len(line)]
        points = np.concatenate([*whole, np.empty((0, 2))])
        begins = np.cumsum([0, *map(len, whole)])[:-1].astype(np.int64)
        return Polylines(points, begins, np.ones(len(points), dtype=np.bool_))

    def clipped_extent(self, points: PixelPoints, pad: float) -> Extent | None:
        """The bounds of points (k, 2) as far as they are in the axes; None without any."""
        if not len(points):
            return None
        low, high = self.ends(pad)
        return extent(np.clip(points, low, high), pad)


class ModelCurves(FittedMark):
    """The curve of every visible run, and a faint one where it started.

    curves   the lines of a model at given coordinates
    ground   what the faint ones fade towards
    """

    HALO_PT, FAINT, FAINT_PT = 0.9, 0.4, 1.1

    def __init__(
        self, coordinates: Vector, run_styles: Sequence[RunStyle], curves: Curves, *, width_pt: float, ground: str
    ) -> None:
        super().__init__(coordinates, run_styles, zorder=10)
        self.curves, self.width_pt, self.ground = curves, width_pt, ground
        self._drawn: tuple[Moment, list[tuple[RunStyle, Polylines, Polylines]]] | None = None

    def _lines(self, moment: Moment) -> list[tuple[RunStyle, Polylines, Polylines]]:
        """Each style with the curves of its runs at their starts and now."""
        if self._drawn is None or self._drawn[0] is not moment:
            found = []
            for run_style, _, runs in self.by_style(moment.visible[:MOST_CURVES]):
                starts = self._joined_curves(self.track.points[runs, 0])
                found.append((run_style, starts, self._joined_curves(self.coordinates_of(runs, moment))))
            self._drawn = moment, found
        return self._drawn[1]

    def _joined_curves(self, coordinates: Vector) -> Polylines:
        return self.joined([*chain.from_iterable(map(self.curves, coordinates))])

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        found = self._lines(moment)
        for run_style, starts, _ in found:
            faint = mixed(run_style.colour, self.ground, self.FAINT)
            self.paint(renderer, polylines(starts), line=faint, width_pt=self.FAINT_PT)
        for _, _, now in found:
            self.paint(renderer, polylines(now), line=self.ground, width_pt=self.width_pt + 2 * self.HALO_PT)
        for run_style, _, now in found:
            self.paint(renderer, polylines(now), line=run_style.colour, width_pt=self.width_pt)

    def _extent_at(self, moment: Moment) -> Extent | None:
        points = [lines.points for _, *both in self._lines(moment) for lines in both]
        return self.clipped_extent(np.concatenate([np.empty((0, 2)), *points]), self.px(self.width_pt) + 2)


class Residuals(FittedMark):
    """What a run misses each point by: a thin line from the point to what the model says there.

    points (n, 2)   those of the data
    predict         the predictions (n,) at coordinates (d,)
    """

    WIDTH_PT = 0.9

    def __init__(
        self, coordinates: Vector, run_styles: Sequence[RunStyle], points: Points,
        predict: Callable[[Vector], Vector], *, colour: str,
    ) -> None:  # fmt: skip
        super().__init__(coordinates, run_styles, zorder=9)
        self.points, self.predict, self.colour = points, predict, colour

    def lines(self, moment: Moment) -> Polylines:
        """The lines of the visible run, in pixels."""
        found = []
        for w in self.coordinates_of(moment.visible, moment):
            said = self.predict(w)
            ends = np.stack([self.points, np.column_stack([self.points[:, 0], said])], axis=1)
            found += list(ends[np.isfinite(said)])
        return self.joined(found)

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        self.paint(renderer, polylines(self.lines(moment)), line=self.colour, width_pt=self.WIDTH_PT)

    def _extent_at(self, moment: Moment) -> Extent | None:
        return self.clipped_extent(self.lines(moment).points, self.px(self.WIDTH_PT) + 1)


class Predictions(FittedMark):
    """What every visible run predicts for each point, over what was observed: a dot each.

    observed (n,)   the targets
    predict         the predictions (n,) at coordinates (d,)
    """

    def __init__(
        self, coordinates: Vector, run_styles: Sequence[RunStyle], observed: Vector,
        predict: Callable[[Vector], Vector], *, dot_pt: float, ground: str,
    ) -> None:  # fmt: skip
        super().__init__(coordinates, run_styles, zorder=10)
        self.observed, self.predict, self.dot_pt, self.ground = observed, predict, dot_pt, ground
        self._at_start: dict[int, Points] = {}
        self._dotted: tuple[Moment, list[tuple[str, PixelPoints]]] | None = None

    def _dots(self, moment: Moment) -> list[tuple[str, PixelPoints]]:
        """The dots of runs where they started, and where they are, with their colours."""
        if self._dotted is None or self._dotted[0] is not moment:
            faint, now = [], []
            for run_style, _, runs in self.by_style(moment.visible[:MOST_CURVES]):
                starts = [self._start_of(run) for run in runs.tolist()]
                faint.append((mixed(run_style.colour, self.ground, 0.3), self._pixels(starts)))
                here = [*map(self._points, self.coordinates_of(runs, moment))]
                now.append((run_style.colour, self._pixels(here)))
            self._dotted = moment, faint + now
        return self._dotted[1]

    def _start_of(self, run: int) -> Points:
        if run not in self._at_start:
            self._at_start[run] = self._points(self.track.points[run, 0])
        return self._at_start[run]

    def _points(self, w: Vector) -> Points:
        """The dots (n, 2) of a run at coordinates (d,), in data."""
        return np.column_stack([self.observed, self.predict(w)])

    def _pixels(self, points: Sequence[Points]) -> PixelPoints:
        whole = np.concatenate([np.empty((0, 2)), *points])
        return self.in_pixels(whole[np.isfinite(whole).all(axis=1)])

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for colour, points in self._dots(moment):
            seen = points[self.in_view(points)]
            if len(seen):
                self.paint(renderer, circles(seen, self.px(self.dot_pt) / 2), line=colour, width_pt=0, fill=colour)

    def _extent_at(self, moment: Moment) -> Extent | None:
        points = np.concatenate([np.empty((0, 2)), *(points for _, points in self._dots(moment))])
        return self.clipped_extent(points, self.px(self.dot_pt))
