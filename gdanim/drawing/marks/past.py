"""Trails of other kinds: the last steps of a swarm, whole paths of runs that are over, colours that tell f."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.drawing.marks.fade import OF_SWARM
from gdanim.drawing.marks.track import chord
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.drawing.painting.mark import moment_of
from gdanim.drawing.painting.strokes import LineStroke
from gdanim.drawing.run_styles import is_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Index
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Polylines, Positions
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.painting.strokes import Stroke
    from gdanim.drawing.run_styles import RunStyle


class ShortTrails(Trail):
    """The last few steps of each run of a swarm. There are too many of them for stripes."""

    striped = False
    fade = OF_SWARM


class PastTrails(Trail):
    """The whole paths of runs that are over, where runs are shown one after another."""

    striped = False

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], last: Index, *, width_pt: float) -> None:
        super().__init__(track, run_styles, width_pt=width_pt, dot_pt=0.0)
        self.last = last
        self.set_zorder(8.5)

    def _shown(self) -> Index:
        return moment_of(self).over

    def strokes(self) -> Iterator[Stroke]:
        """The paths of each style, which change only when another run is over."""
        reach, placing = self._reach(), self.track.placing(self.plane, self.dpi)
        for run_style, _, runs in self.by_style(self._shown()):
            for colour, wider_pt in ((run_style.colour, 0.0), (run_style.core, (self.CORE - 1) * self.width_pt)):
                if colour:
                    name = id(self), id(run_style.runs), colour, wider_pt
                    (line,) = self._layers(colour, wider_pt)
                    yield LineStroke(name, (placing, runs.tobytes()), partial(self._lines, runs), line, reach)

    def _lines(self, runs: Index) -> Polylines:
        since, until = np.zeros(len(runs)), self.last[runs].astype(np.float64)
        return self.track.lines(runs, since, until, self.pixels[runs, self.last[runs]], self.plane, self.dpi)


class Shades(NamedTuple):
    """The colours of points: `band` (runs, n+1) is the place of each point's among the colours."""

    band: Index
    colours: tuple[str, ...]


class _Stretches(NamedTuple):
    """Parts of paths of one colour: (m,) each. They begin and end at rows."""

    run: Index
    since: Positions
    until: Positions
    band: Index

    @classmethod
    def of(cls, band: Index) -> _Stretches:
        """Parts of paths, as long as they have one colour: a step has that of the point to which it leads."""
        steps = band[:, 1:]
        first = np.diff(steps, axis=1, prepend=-1) != 0
        run, since = np.nonzero(first)
        ends = np.append(since[1:], 0)
        until = np.where(np.append(run[1:] != run[:-1], True), steps.shape[1], ends)
        return cls(run, since.astype(np.float64), until.astype(np.float64), steps[run, since])


class ShadedTrail(Trail):
    """The path of every visible run so far, in the colours of its points; of several, each with its own edge."""

    EDGE_PT = 1.3  # on either side

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], shades: Shades, *, width_pt: float, dot_pt: float,
        tail: int | None,
    ) -> None:  # fmt: skip
        super().__init__(track, run_styles, width_pt=width_pt, dot_pt=dot_pt, tail=tail)
        self._shades, self._stretches = shades, _Stretches.of(shades.band)

    @property
    def overhang_px(self) -> float:
        """Half of the widest line or dot, with its edge."""
        return super().overhang_px + self.px(self.EDGE_PT)

    def strokes(self) -> Iterator[Stroke]:
        """All of it."""
        return RunsMark.strokes(self)

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for run_style, stripe_level, runs in self.by_style(self._shown()):
            if not is_alone(self.run_styles):
                wider_pt = stripe_level * self.STRIPE_PT + 2 * self.EDGE_PT
                self._paint_along(renderer, self._lines(runs), run_style.colour, wider_pt)
        self._draw_shades(renderer, self._shown())

    def _draw_shades(self, renderer: RendererBase, runs: Index) -> None:
        """Draw the paths of runs (m,), colour by colour."""
        count = self.track.shape[0]
        begin, end = np.zeros((2, count))
        begin[runs], end[runs] = self._span(runs)
        here = np.zeros((count, 2))
        here[runs] = self.here(runs)
        run, since, until, band = self._stretches
        since, until = np.maximum(since, begin[run]), np.minimum(until, end[run])
        for place in np.unique(band[until > since]).tolist():
            some = (band == place) & (until > since)
            its, stop = run[some], until[some]
            between = chord(self.pixels, its, stop)
            at = np.where((stop == end[its])[:, np.newaxis], here[its], between)
            lines = self.track.lines(its, since[some], stop, at, self.plane, self.dpi)
            self._paint_along(renderer, lines, self._shades.colours[place], 0.0)

    def _paint_along(self, renderer: RendererBase, lines: Polylines, colour: str, wider_pt: float) -> None:
        for layer in self._layers(colour, wider_pt):
            layer.paint(renderer, layer.path(lines))
