"""Marks of mini-batches: rings around the points that a step sees, and where the loss of these alone is least."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path

from gdanim.arrays import Index, Vector
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points
from gdanim.drawing.marks.arrows import step_row
from gdanim.drawing.marks.fitted import FittedMark
from gdanim.drawing.painting.mark import moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import circles, extent


class BatchMark(FittedMark):
    """A mark of the step that a run takes next, at its end of the last one.

    last (runs,)   the iteration at which each run ends
    """

    def __init__(
        self, coordinates: Vector, run_styles: Sequence[RunStyle], last: Index, *, colour: str, halo: str, zorder: float
    ) -> None:
        super().__init__(coordinates, run_styles, zorder)
        self.last, self.colour, self.halo = last, colour, halo
        self.set_clip_on(False)

    def steps(self) -> list[tuple[int, int]]:
        """The visible runs that take a step, and at which row."""
        moment = moment_of(self)
        runs = [run for run in moment.visible.tolist() if self.last[run] > 0]
        return [(run, int(step_row(np.array([moment.iteration(run)]), self.last[[run]])[0])) for run in runs]


class BatchRings(BatchMark):
    """Rings around the points of a batch.

    rows     those that a run sees in the step from a row (m,)
    points   where all points (n, 2) are for a run at coordinates (d,)
    """

    WIDTH_PT, HALO_PT = 1.3, 0.8

    def __init__(
        self, coordinates: Vector, run_styles: Sequence[RunStyle], last: Index, *,
        rows: Callable[[int, int], Index], points: Callable[[Vector], Points], size_pt: float, colour: str, halo: str,
    ) -> None:  # fmt: skip
        super().__init__(coordinates, run_styles, last, colour=colour, halo=halo, zorder=11)
        self.rows, self.points, self.size_pt = rows, points, size_pt

    def centres(self, moment: Moment) -> PixelPoints:
        """The points of the batch that are in view, in pixels (m, 2)."""
        found = [np.empty((0, 2))]
        for run, row in self.steps():
            (w,) = self.coordinates_of(np.array([run]), moment)
            found.append(self.in_pixels(self.points(w)[self.rows(run, row)]))
        whole = np.concatenate(found)
        return whole[self.in_view(whole)]

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        centres = self.centres(moment)
        if len(centres):
            rings = circles(centres, self.px(self.size_pt) / 2)
            self.paint(renderer, rings, line=self.halo, width_pt=self.WIDTH_PT + 2 * self.HALO_PT)
            self.paint(renderer, rings, line=self.colour, width_pt=self.WIDTH_PT)

    def _extent_at(self, moment: Moment) -> Extent | None:
        centres = self.centres(moment)
        return extent(centres, self.px(self.size_pt / 2 + self.WIDTH_PT) + 1) if len(centres) else None


class BatchMinima(BatchMark):
    """Where the loss of the batch alone is least: a cross, or a line where that is not one point.

    minima   for a run and a row, the point (1, 2) or both ends of the line (2, 2), in data
    lines    whether most of them are lines
    """

    WIDTH_PT, HALO_PT, REACH_PT, DASH_PT = 1.8, 1.1, 3.4, 3.0

    def __init__(
        self, coordinates: Vector, run_styles: Sequence[RunStyle], last: Index, *,
        minima: Callable[[int, int], Points], colour: str, halo: str, lines: bool,
    ) -> None:  # fmt: skip
        # A cross is small, and stands on the paths; a line would hide them.
        super().__init__(coordinates, run_styles, last, colour=colour, halo=halo, zorder=9.1 if lines else 10.5)
        self.minima = minima
        self.set_clip_on(True)

    def paths(self) -> list[PixelPoints]:
        """The strokes, in pixels (2, 2) each."""
        found: list[PixelPoints] = []
        reach = self.px(self.REACH_PT) * np.array([[1.0, 1.0], [1.0, -1.0]])
        for run, row in self.steps():
            at = self.in_pixels(self.minima(run, row))
            if not len(at):
                continue
            found += [at] if len(at) == 2 else [np.stack([at[0] - way, at[0] + way]) for way in reach]
        return found

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        paths = self.paths()
        for line in paths:
            self.paint(renderer, Path(line), line=self.halo, width_pt=self.WIDTH_PT + 2 * self.HALO_PT)
        for line in paths:
            self.paint(renderer, Path(line), line=self.colour, width_pt=self.WIDTH_PT)

    def _extent_at(self, moment: Moment) -> Extent | None:
        paths = self.paths()
        return self.clipped_extent(np.concatenate(paths), self.px(self.WIDTH_PT + self.HALO_PT)) if paths else None
