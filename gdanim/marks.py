"""Marks: the parts of the picture that move. Each draws itself for one moment and knows the pixels that it touched.

They are matplotlib artists, so that a full redraw draws them too; they call the renderer directly, because a Line2D
that changes in every frame spends most of its time on bookkeeping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.transforms import IdentityTransform

from gdanim.shapes import circles, extent, polylines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import GraphicsContextBase, RendererBase
    from matplotlib.path import Path
    from numpy.typing import NDArray

    from gdanim.shapes import Extent
    from gdanim.teams import Team
    from gdanim.timeline import Moment
    from gdanim.track import Lines, Pixels2, Points, Track
    from gdanim.trajectory import Index

_PIXELS = IdentityTransform()


class Mark(Artist):
    """A moving part: `show` chooses the moment, `draw` paints it, `touched` bounds what was painted."""

    def __init__(self, zorder: float) -> None:
        super().__init__()
        self.set_zorder(zorder)
        self.set_in_layout(False)
        self.set_animated(True)
        self.moment: Moment | None = None

    @property
    def dpi(self) -> float:
        """Dots per inch of the figure."""
        figure = self.get_figure(root=True)
        if figure is None:
            raise RuntimeError("add the mark to a figure first")
        return float(figure.dpi)

    def show(self, moment: Moment) -> None:
        """Choose the moment to draw."""
        self.moment = moment

    def touched(self) -> Extent | None:
        """The pixels that draw() may paint at this moment, or None."""
        raise NotImplementedError


class RunsMark(Mark):
    """A mark for all runs of a track, in one axes. Runs of one team are painted as one path."""

    def __init__(self, track: Track, teams: Sequence[Team], zorder: float) -> None:
        super().__init__(zorder)
        self.track, self.teams = track, teams
        self._team = np.zeros(track.shape[0], dtype=np.int64)
        for place, team in enumerate(teams):
            self._team[team.runs] = place

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
    def depths(self) -> Sequence[int]:
        """How many later teams follow the path of each team."""
        return self.track.depths(self.teams, self.plane, self.dpi)

    def in_teams(self, runs: Index) -> Iterator[tuple[Team, int, Index]]:
        """Part runs (m,) by their team: each with its depth and those that are in it."""
        team_of = self._team[runs]
        for place, (team, depth) in enumerate(zip(self.teams, self.depths, strict=True)):
            members = runs[team_of == place]
            if members.size:
                yield team, depth, members

    def in_view(self, pixels: Pixels2) -> NDArray[np.bool_]:
        """Which points (m, 2) lie in the axes, its edges included: (m,)."""
        low, high = self.ends(pad=1.0)
        inside: NDArray[np.bool_] = np.all((pixels >= low) & (pixels <= high), axis=1)
        return inside

    def ends(self, pad: float) -> tuple[Pixels2, Pixels2]:
        """The lower left and the upper right corner of the axes in pixels, moved outwards."""
        left, bottom, right, top = self.plane.bbox.extents
        return np.array([left - pad, bottom - pad]), np.array([right + pad, top + pad])

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
        """What every stroke of the mark has in common."""
        gc = renderer.new_gc()
        gc.set_snap(False)
        if self.get_clip_on():
            # A dot on the edge of the axes stays round.
            gc.set_clip_rectangle(self.plane.bbox.padded(self.overhang_px))
        return gc

    def px(self, points: float) -> float:
        """Points as pixels."""
        return points * self.dpi / 72


class Trail(RunsMark):
    """The path of every visible run so far, with a dot at each iteration where they are few.

    casing   a colour that sets the lines off from coloured ground
    tail     how many of its last iterations a run shows; all without it
    """

    MAX_DOTS, MAX_DOTS_OF_TEAMS = 2000, 500  # dots of one path run together; those of several hide each other
    CASING_PT = 0.9  # on either side
    STRIPE_PT = 1.4  # what a path is wider than the one that covers it

    def __init__(
        self,
        track: Track,
        teams: Sequence[Team],
        *,
        width_pt: float,
        dot_pt: float,
        casing: str | None = None,
        tail: int | None = None,
    ) -> None:
        super().__init__(track, teams, zorder=10)
        runs, points = track.shape
        self.width_pt, self.casing, self.tail = width_pt, casing, tail
        most = self.MAX_DOTS if len(teams) == 1 else self.MAX_DOTS_OF_TEAMS
        self.dot_pt = dot_pt if runs * points <= most else 0.0

    @property
    def depths(self) -> Sequence[int]:
        """Tails are too short to be followed by others."""
        return super().depths if self.tail is None else (0,) * len(self.teams)

    @property
    def overhang_px(self) -> float:
        """Half a dot."""
        return self._wide_px / 2

    @property
    def _wide_px(self) -> float:
        casing_pt = 0.0 if self.casing is None else 2 * self.CASING_PT
        return self.px(max(self.width_pt, self.dot_pt) + max(self.depths) * self.STRIPE_PT + casing_pt)

    def _so_far(self, runs: Index) -> Lines:
        row = int(np.max(moment_of(self).position[runs]))
        since = 0 if self.tail is None else max(row - self.tail, 0)
        return self.track.lines(runs, row, self.plane, self.dpi, since=since)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the casings, then the lines."""
        if self.moment is None or not self.get_visible():
            return
        found = [(team, depth, self._so_far(runs)) for team, depth, runs in self.in_teams(self.moment.visible)]
        if self.casing is not None:
            for _, depth, lines in found:
                self._stroke(renderer, lines, self.casing, depth * self.STRIPE_PT + 2 * self.CASING_PT)
        for team, depth, lines in found:
            self._stroke(renderer, lines, team.colour, depth * self.STRIPE_PT)

    def _stroke(self, renderer: RendererBase, lines: Lines, colour: str, wider_pt: float) -> None:
        self.paint(renderer, polylines(lines), line=colour, width_pt=self.width_pt + wider_pt)
        if self.dot_pt:
            dots = circles(lines.points, self.px(self.dot_pt + wider_pt) / 2)
            self.paint(renderer, dots, line=colour, width_pt=0, fill=colour)

    def touched(self) -> Extent | None:
        """Bound the visible part of the lines."""
        if self.moment is None or not self.moment.visible.size:
            return None
        pad = self._wide_px
        low, high = self.ends(pad)
        points = self._so_far(self.moment.visible).points
        return extent(np.maximum(np.minimum(points, high), low), pad)


def moment_of(mark: Mark) -> Moment:
    """The moment that a mark shows. Raises RuntimeError before show()."""
    if mark.moment is None:
        raise RuntimeError("show() comes before draw()")
    return mark.moment
