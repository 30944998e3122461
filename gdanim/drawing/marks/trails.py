"""Marks of the runs in one axes, and the trails: the paths of the runs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import ClassVar

import numpy as np
from matplotlib.axes._base import _AxesBase
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform
from numpy.typing import NDArray

from gdanim.arrays import Index
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints, Points, Polylines, Positions
from gdanim.drawing.marks.fade import ALONE, OF_SEVERAL, Fade, Part, faded
from gdanim.drawing.marks.track import EDGE_PX, Track
from gdanim.drawing.painting.blocks import Blocks, Ends
from gdanim.drawing.painting.mark import Mark, moment_of
from gdanim.drawing.painting.strokes import Layer, Reach, Stroke
from gdanim.drawing.run_styles import RunStyle, is_alone
from gdanim.drawing.shapes import circles, polylines

_PIXELS = IdentityTransform()


class RunsMark(Mark):
    """A mark for all runs of a track, in one axes. Runs of one style are painted as one path.

    striped   whether runs whose paths coincide are drawn wider beneath later ones, else all alike
    """

    striped: ClassVar[bool] = True

    def __init__(self, track: Track, run_styles: Sequence[RunStyle], zorder: float) -> None:
        super().__init__(zorder)
        self.track, self.run_styles = track, run_styles
        self._clip: tuple[tuple[float, ...], Bbox] | None = None
        self._style_index, self._since = np.zeros((2, track.shape[0]), dtype=np.int64)
        for place, run_style in enumerate(run_styles):
            self._style_index[run_style.runs] = place
            if run_style.unsettled:
                self._since[run_style.runs] = run_style.since
        self._moving = [replace(each, colour=each.unsettled) if each.unsettled else each for each in run_styles]

    @property
    def plane(self) -> _AxesBase:
        """The axes that the mark stands in."""
        if self.axes is None:
            raise RuntimeError("add the mark to axes first")
        return self.axes

    @property
    def pixels(self) -> Points:
        """The track in pixels from the bottom left: (runs, n+1, 2)."""
        return self.track.pixels(self.plane, self.dpi)

    @property
    def stripe_levels(self) -> Sequence[int]:
        """How many stripes wider the runs of each style are drawn than the topmost ones."""
        if not self.striped or is_alone(self.run_styles):
            return (0,) * len(self.run_styles)
        return self.track.stripe_levels([run_style.runs for run_style in self.run_styles], self.plane, self.dpi)

    def by_style(self, runs: Index) -> Iterator[tuple[RunStyle, int, Index]]:
        """Runs (m,) by their styles and by whether they settled: each style there is, its stripe level, its runs."""
        style_of_run = self._style_index[runs]
        for place, (run_style, stripe_level) in enumerate(zip(self.run_styles, self.stripe_levels, strict=True)):
            members = runs[style_of_run == place]
            if run_style.unsettled and members.size:
                settled = self.is_settled(members)
                if (moving := members[~settled]).size:
                    yield self._moving[place], stripe_level, moving
                members = members[settled]
            if members.size:
                yield run_style, stripe_level, members

    def is_settled(self, runs: Index) -> NDArray[np.bool_]:
        """Which runs (m,) have the colours that they end with: (m,)."""
        since = self._since[runs]
        settled: NDArray[np.bool_] = (since >= 0) & (moment_of(self).position[runs] >= since)
        return settled

    def here(self, runs: Index) -> PixelPoints:
        """Where runs (m,) are, in pixels: (m, 2)."""
        return self.track.here(moment_of(self), self.plane, self.dpi)[runs]

    def reached(self, runs: Index) -> Positions:
        """The positions (m,) up to which the paths of runs (m,) are drawn: lost runs stop where they leave the axes."""
        stops = self.track.stops(self.plane, self.dpi)
        return np.minimum(moment_of(self).position[runs], stops[runs])

    def goes_on(self, runs: Index) -> NDArray[np.bool_]:
        """Which runs (m,) have not ended at the edge of the axes: (m,)."""
        on: NDArray[np.bool_] = moment_of(self).position[runs] < self.track.stops(self.plane, self.dpi)[runs]
        return on

    def is_inside(self, runs: Index) -> NDArray[np.bool_]:
        """Which runs (m,) are in the axes, without those that were lost and have left them once: (m,)."""
        return self.in_view(self.here(runs)) & self.goes_on(runs)

    def in_view(self, pixels: PixelPoints) -> NDArray[np.bool_]:
        """Which points (m, 2) lie in the axes, its edges included: (m,)."""
        low, high = self.ends(pad=EDGE_PX)
        inside: NDArray[np.bool_] = np.all((pixels >= low) & (pixels <= high), axis=1)
        return inside

    def ends(self, pad: float) -> tuple[PixelPoints, PixelPoints]:
        """The lower left and the upper right corner of the axes in pixels, moved outwards."""
        left, bottom, right, top = self.plane.bbox.extents
        return np.array([left - pad, bottom - pad]), np.array([right + pad, top + pad])

    def draw(self, renderer: RendererBase) -> None:
        """Paint the moment that is shown."""
        if self.moment is not None and self.get_visible():
            self._draw_at(self.moment, renderer)

    def touched(self) -> Extent | None:
        """Bound what draw() paints."""
        return None if self.moment is None else self._extent_at(self.moment)

    def state(self) -> Hashable:
        """All that such a mark depends on."""
        position, visible, over, *others = moment_of(self)
        placing = self.track.placing(self.plane, self.dpi)
        return placing, position.tobytes(), visible.tobytes(), over.tobytes(), *others

    @abstractmethod
    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint a moment."""

    @abstractmethod
    def _extent_at(self, moment: Moment) -> Extent | None:
        """The pixels that _draw_at() may paint, or None."""

    @property
    def overhang_px(self) -> float:
        """How far the mark may reach out of its axes."""
        return 0.0

    def paint(self, renderer: RendererBase, path: Path, *, line: str, width_pt: float, fill: str | None = None) -> None:
        """Stroke, and fill, a path in pixels."""
        gc = self.context(renderer)
        gc.set_foreground(line)
        gc.set_linewidth(width_pt)
        gc.set_capstyle("round")
        gc.set_joinstyle("round")
        renderer.draw_path(gc, path, _PIXELS, to_rgba(fill) if fill else None)
        gc.restore()

    def context(self, renderer: RendererBase) -> GraphicsContextBase:
        """The graphics context of the mark's strokes: unsnapped, clipped to the axes."""
        gc = renderer.new_gc()
        gc.set_snap(False)
        if self.get_clip_on():
            gc.set_clip_rectangle(self._clip_box())
        return gc

    def _clip_box(self) -> Bbox:
        """That of the axes, a little larger: a dot on their edge stays round. Computed once for where they are."""
        left, bottom, right, top = map(float, self.plane.bbox.extents)
        if self._clip is None or self._clip[0] != (left, bottom, right, top, self.dpi):
            pad = self.overhang_px
            box = Bbox.from_extents(left - pad, bottom - pad, right + pad, top + pad)
            self._clip = (left, bottom, right, top, self.dpi), box
        return self._clip[1]

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72


class Trail(RunsMark):
    """The path of every visible run so far, with a dot at each iteration where they are few.

    halo     the colour of a wider line beneath, which sets paths off from a coloured background
    ground   the colour that paths fade towards; None where they do not
    tail     how many of its last iterations a run shows; None for all
    """

    MAX_DOTS, MAX_DOTS_OF_SEVERAL = 2000, 500  # dots of one path run together; those of several hide each other
    HALO_PT = 0.9  # on either side
    CORE = 0.4  # of its width: the line along the middle
    STRIPE_PT = 1.4  # what a path is wider than the one that covers it

    def __init__(
        self, track: Track, run_styles: Sequence[RunStyle], *, width_pt: float, dot_pt: float,
        halo: str | None = None, ground: str | None = None, tail: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(track, run_styles, zorder=10)
        runs, points = track.shape
        self.width_pt, self.halo, self.ground, self.tail = width_pt, halo, ground, tail
        most = self.MAX_DOTS if is_alone(run_styles) else self.MAX_DOTS_OF_SEVERAL
        self.dot_pt = dot_pt if runs * points <= most else 0.0
        self._finished: dict[Hashable, Blocks] = {}  # of the last moment

    @property
    def overhang_px(self) -> float:
        """Half of the widest line or dot, with its halo."""
        halo_pt = 0.0 if self.halo is None else 2 * self.HALO_PT
        return self.px(max(self.width_pt, self.dot_pt) + max(self.stripe_levels) * self.STRIPE_PT + halo_pt) / 2

    def _shown(self) -> Index:
        visible = moment_of(self).visible
        return visible[:0] if self.tail == 0 else visible

    def _span(self, runs: Index) -> tuple[Positions, Positions]:
        """The positions between which the paths of runs (m,) are drawn."""
        until = self.reached(runs)
        return np.zeros(len(runs)) if self.tail is None else np.maximum(until - self.tail, 0), until

    def _lines(self, runs: Index) -> Polylines:
        return self.track.lines(runs, *self._span(runs), self.here(runs), self.plane, self.dpi)

    def _parts(self, runs: Index) -> Iterator[Part]:
        """The paths of runs from their oldest parts to their newest."""
        if self.ground is None:
            return iter([self._whole(runs)])
        return faded(self.track, runs, self._span(runs), self.plane, self.dpi, fade=self.fade, tail=self.tail)

    def _whole(self, runs: Index) -> Part:
        return Part(1.0, runs, *self._span(runs))

    @property
    def fade(self) -> Fade:
        """How its paths fade, where they do."""
        return ALONE if is_alone(self.run_styles) else OF_SEVERAL

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        for stroke in self.strokes():
            stroke.paint(renderer)

    def strokes(self) -> Iterator[Stroke]:
        """Halos below all paths, then the parts of each path; what is finished stays the same stroke."""
        if self.moment is None or not self.get_visible():
            return
        before, self._finished = self._finished, {}
        found = list(self.by_style(self._shown()))
        if self.halo is not None:
            for level in sorted({stripe_level for _, stripe_level, _ in found}):
                alike = np.concatenate([runs for _, stripe_level, runs in found if stripe_level == level])
                wider_pt = level * self.STRIPE_PT + 2 * self.HALO_PT
                yield from self._blocks(self._whole(alike), self.halo, wider_pt, before)
        for run_style, stripe_level, runs in found:
            for part in self._parts(runs):
                # Mixed, not transparent: where parts and paths overlap, nothing shines through.
                colour = run_style.colour if self.ground is None else mixed(run_style.colour, self.ground, part.shade)
                yield from self._blocks(part, colour, stripe_level * self.STRIPE_PT, before)
            if run_style.core:
                yield from self._blocks(self._whole(runs), run_style.core, (self.CORE - 1) * self.width_pt, before)

    def _blocks(self, part: Part, colour: str, wider_pt: float, before: dict[Hashable, Blocks]) -> Sequence[Stroke]:
        """The strokes of a part of paths: all lines, then all dots. A core has none."""
        placing = self.track.placing(self.plane, self.dpi)
        name = id(self), placing, colour, wider_pt, part.runs.tobytes(), part.since.tobytes()
        if name not in before:
            layers = self._layers(colour, wider_pt)
            before[name] = Blocks(name, self.track, self.plane, self.dpi, layers, self._reach())
        self._finished[name] = before[name]
        cuts = np.empty(0) if self.tail is not None else self.track.cuts(self.plane, self.dpi)
        return before[name].strokes(part, Ends(self.reached(part.runs), self.here(part.runs)), cuts)

    def _layers(self, colour: str, wider_pt: float) -> list[Layer]:
        """What stands along the paths in one colour: a line, and dots at the iterations; along a core only a line."""
        line = Layer(polylines, partial(self.paint, line=colour, width_pt=self.width_pt + wider_pt))
        if not self.dot_pt or wider_pt < 0:
            return [line]
        radius = self.px(self.dot_pt + wider_pt) / 2
        dots = partial(self.paint, line=colour, width_pt=0, fill=colour)
        return [line, Layer(lambda lines: circles(lines.points[lines.iterate], radius), dots)]

    def _extent_at(self, moment: Moment) -> Extent | None:
        runs = self._shown()
        return self._reach().extent(self._lines(runs).points) if runs.size else None

    def _reach(self) -> Reach:
        pad = 2 * self.overhang_px
        return Reach(*self.ends(pad), pad)


@cache
def mixed(colour: str, other: str, share: float) -> str:
    """A share of a colour in another, as #rrggbb."""
    red, green, blue = (share * one + (1 - share) * two for one, two in zip(to_rgb(colour), to_rgb(other), strict=True))
    return to_hex((red, green, blue))
