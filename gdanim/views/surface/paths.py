"""Paths of the runs in 3-D: straight steps, raised to the surface where they would pass below it."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.drawing.geometry import Polylines
from gdanim.drawing.marks.exits import Exits, exits, fractions_inside
from gdanim.drawing.marks.track import Track, chord
from gdanim.views.surface.axes import surface_axes
from gdanim.views.surface.camera import FLOOR
from gdanim.views.surface.heightmap import LIFT

if TYPE_CHECKING:
    from matplotlib.axes._base import _AxesBase
    from numpy.typing import NDArray

    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.drawing.geometry import PixelPoints, Points, Positions
    from gdanim.views.surface.camera import Projection, Vec2, Vec3
    from gdanim.views.surface.heightmap import HeightMap

PER_CELL: Final = 4  # sample points along a step in each cell of the height map
SPARSE: Final = 8  # one in so many sample points is kept where a step is straight
THIN_CELLS: Final = 2000  # across the box: a path leaves out points that stay in one of them
LEAST_STEP_PX: Final = 0.5  # about, between sample points that are drawn
JUST_BEFORE: Final = 0.01  # on the floor: from there to the wall, a step has its direction in the picture
THIN_FROM: Final = 256  # points; shorter paths keep all


class Path3(NamedTuple):
    """Paths in the box, one after the other."""

    points: Vec3  # (m, 3)
    joined: NDArray[np.bool_]  # (m,): whether a line leads here from the point before
    position: Positions  # (m,), in iterations, never falling along a path


class LiftedPaths:
    """The paths of all runs. Steps are straight, and follow the surface where it rises above them.

    Outside the box there is no path: steps end and begin at its walls.

    iterates (runs, n+1, 3)   the points of the runs
    outside (runs, n+1)       whether they are outside the box
    """

    def __init__(self, heightmap: HeightMap, x: Vector, f: Scalar) -> None:
        self.heightmap = heightmap
        xy = heightmap.on_floor(x)
        z = np.fmax(heightmap.scale(f), heightmap.at(xy)) + LIFT
        self.iterates: Points = np.concatenate([xy, z[..., np.newaxis]], axis=-1)
        self.outside = is_outside(xy)

    @cached_property
    def _by_run(self) -> list[Path3]:
        # Not computed for a swarm, which shows no paths.
        return [_path(self.heightmap, run) for run in self.iterates]

    @cached_property
    def joint(self) -> Path3:
        """The paths of all runs, one after the other."""
        return Path3(*(np.concatenate(arrays) for arrays in zip(*self._by_run, strict=True)))

    @cached_property
    def _begins(self) -> list[int]:
        """The row at which the path of each run begins, and where the last one ends."""
        return list(accumulate((len(path.points) for path in self._by_run), initial=0))

    def at(self, runs: Index, position: Positions) -> Vec3:
        """The points (m, 3) of runs (m,) at positions (m,), never below the surface."""
        points = chord(self.iterates, runs, position)
        points[:, 2] = np.fmax(points[:, 2], self.heightmap.at(points[:, :2]) + LIFT)
        return points

    def section(self, run: int, since: float, until: float) -> tuple[int, int, bool, bool]:
        """The part of a run's path between two positions.

        Its rows in `joint` are first, …, stop − 1. Returns these, and whether it begins and ends between two rows.
        """
        begin, end = self._begins[run : run + 2]
        joined, position = self.joint.joined, self.joint.position[begin:end]
        first = begin + int(np.searchsorted(position, since))
        stop = begin + int(np.searchsorted(position, until, side="right"))
        begins_between = begin < first < end and bool(joined[first]) and bool(position[first - begin] > since)
        ends_between = begin < stop < end and bool(joined[stop]) and bool(position[stop - begin - 1] < until)
        return first, stop, begins_between, ends_between


def is_outside(xy: Vec2) -> NDArray[np.bool_]:
    """Whether points (…, 2) lie beside the floor: (…)."""
    return np.asarray(np.any(np.abs(xy) > 1, axis=-1))


def floor_shadow(points: Vec3) -> Vec3:
    """The shadows of points (…, 3) on the floor."""
    shadows = points.copy()
    shadows[..., 2] = FLOOR
    return shadows


def _path(heightmap: HeightMap, points: Vec3) -> Path3:
    """The path of one run (n+1, 3) inside the box, with sample points between its own that are raised if need be."""
    row = _kept_rows(points)
    start, move = points[row[:-1]], np.diff(points[row], axis=0)
    step, place, share = _sample_steps(start[:, :2], move[:, :2], heightmap.cell / PER_CELL)
    between = start[step] + share[:, np.newaxis] * move[step]
    ground = heightmap.at(between[:, :2]) + LIFT
    rises = ground > between[:, 2]
    between[:, 2] = np.fmax(between[:, 2], ground)
    position = row[step] + share * np.diff(row)[step]
    joined = place > 0
    # The start of a step is the end of the one before.
    again = ~joined & np.append(False, np.diff(position) == 0)
    # On a straight line a few sample points are enough to tell what is hidden of it.
    bends = rises | np.append(rises[1:], False) | np.append(False, rises[:-1])
    ends = ~joined | np.append(~joined[1:], True)
    keep = ~again & (ends | bends | (place % SPARSE == 0))
    return Path3(between[keep], joined[keep], position[keep])


def _sample_steps(start: Vec2, move: Vec2, stride: float) -> tuple[Index, Index, Scalar]:
    """Sample points along steps (m, 2) over the floor: (step index, index within the step, fraction of the step)."""
    enter, leave = fractions_inside(start, move, -1.0, 1.0)
    inside = np.flatnonzero(enter <= leave)
    length = np.hypot(*move[inside].T) * (leave - enter)[inside]
    last = np.maximum(np.ceil(length / stride), 1).astype(np.int64)
    step = np.repeat(inside, last + 1)
    ends = np.cumsum(last + 1)
    place = np.arange(len(step)) - np.repeat(ends - last - 1, last + 1)
    part = place / np.repeat(last, last + 1)
    return step, place, np.where(part == 1, leave[step], enter[step] + (leave - enter)[step] * part)


def _kept_rows(points: Vec3) -> Index:
    """The rows (k,) of a run (n+1, 3) that leave their cell of the box, and its ends."""
    if len(points) == 1:
        return np.array([0, 0])
    if len(points) < THIN_FROM:
        return np.arange(len(points))
    cell = np.floor(points * THIN_CELLS)
    moves = np.any(cell[1:] != cell[:-1], axis=1)
    return np.flatnonzero(np.append(True, moves) | np.append(moves, True))


class ProjectedPaths(NamedTuple):
    """Parts of paths in the picture, one after the other."""

    pixels: PixelPoints  # (m, 2)
    joined: NDArray[np.bool_]  # (m,): whether a line leads here from the point before
    hidden: NDArray[np.bool_]  # (m,): whether the surface hides the point
    iterate: NDArray[np.bool_]  # (m,): whether the point is an iteration


class SurfaceTrack(Track):
    """The paths in the picture, or their shadows on the floor.

    Points outside the box stand far away in their direction. Lines leave out what the surface hides.
    """

    def __init__(self, paths: LiftedPaths, lost_at: Positions | None = None, *, on_floor: bool = False) -> None:
        super().__init__(paths.iterates, lost_at)
        self.paths, self.on_floor = paths, on_floor
        self._placed: tuple[Projection, Points] | None = None
        self._placings = 0
        self._laid_out: tuple[Projection, PixelPoints, NDArray[np.bool_]] | None = None

    def pixels(self, axes: _AxesBase, dpi: float) -> Points:
        """The iterates in pixels from the bottom left: (runs, n+1, 2). Computed once for a projection."""
        projection = surface_axes(axes).projection
        if self._placed is None or self._placed[0] is not projection:
            pixels = self._place(projection, self.points.reshape(-1, 3), self.paths.outside.ravel())
            self._placed = projection, pixels.reshape(*self.shape, 2)
            self._here = self._lengths = self._cuts = None
            self._placings += 1
        return self._placed[1]

    def placing(self, axes: _AxesBase, dpi: float) -> int:
        """How many projections there have been."""
        self.pixels(axes, dpi)
        return self._placings

    def exits(self, axes: _AxesBase, dpi: float) -> Exits:
        """Where runs leave the box, in the coordinates of its floor."""
        if self._exits is None:
            self._exits = exits(self.points, np.full(2, -1.0), np.full(2, 1.0))
        return self._exits

    def way_out(self, runs: Index, position: Positions, axes: _AxesBase, dpi: float) -> tuple[PixelPoints, PixelPoints]:
        """Where runs (m,) left the box last, on the surface at its wall, and in which direction: (m, 2) each."""
        projection, found = surface_axes(axes).projection, self.exits(axes, dpi)
        at, ahead = self.points[runs, 0], self.points[runs, 0] * (1.0, 1.0, 0.0)
        at[:, :2] /= np.maximum(np.abs(ahead[:, :2]).max(axis=-1, keepdims=True), 1.0)
        for place, (run, now) in enumerate(zip(runs.tolist(), position.tolist(), strict=True)):
            if (row := found.latest(run, now)) is not None:
                at[place], ahead[place] = found.at[row], found.ahead[row]
        before = at - JUST_BEFORE * ahead / np.hypot(ahead[:, :1], ahead[:, 1:2])
        way = projection.pixels(self._shown(at)) - projection.pixels(self._shown(before))
        at[:, 2] = np.fmax(at[:, 2], self.paths.heightmap.at(at[:, :2]) + LIFT)
        return projection.pixels(self._shown(at)), way

    def _all(self, axes: _AxesBase) -> tuple[Projection, PixelPoints, NDArray[np.bool_]]:
        """The projection of the axes, all paths in it (m, 2), and whether their points are hidden (m,)."""
        projection = surface_axes(axes).projection
        if self._laid_out is None or self._laid_out[0] is not projection:
            points = self._shown(self.paths.joint.points)
            hidden = self.paths.heightmap.hides(points, projection.camera.eye)
            self._laid_out = projection, projection.pixels(points), hidden
        return self._laid_out

    def _at(self, runs: Index, position: Positions, pixels: Points, axes: _AxesBase) -> PixelPoints:
        points = self.paths.at(runs, position)
        return self._place(surface_axes(axes).projection, points, is_outside(points[:, :2]))

    def _place(self, projection: Projection, points: Vec3, outside: NDArray[np.bool_]) -> PixelPoints:
        """The pixels of points (m, 3): (m, 2)."""
        pixels = projection.pixels(self._shown(np.where(outside[:, np.newaxis], 0.0, points)))
        # Far off, in the direction of those outside.
        xy = points[outside, :2]
        direction = projection.from_floor(xy / np.abs(xy).max(axis=-1, keepdims=True))
        pixels[outside] = projection.origin_px + 1e6 * direction
        return pixels

    def lines(
        self, runs: Index, since: Positions, until: Positions, ends: PixelPoints, axes: _AxesBase, dpi: float
    ) -> Polylines:
        """The parts of the paths of runs (m,) between positions (m,) that are not hidden."""
        return self.parts(runs, since, until, axes, hidden=False)

    def parts(self, runs: Index, since: Positions, until: Positions, axes: _AxesBase, *, hidden: bool) -> Polylines:
        """The parts that are hidden, or that are not."""
        shown = self._projected(runs, since, until, axes)
        # A line is hidden where one of its ends is.
        covered = shown.hidden.copy()
        covered[1:] |= shown.hidden[:-1]
        begins = np.flatnonzero(~shown.joined | (covered != hidden))
        return Polylines(shown.pixels, begins, shown.iterate & (shown.hidden == hidden))

    def seen(self, runs: Index, position: Positions, axes: _AxesBase) -> NDArray[np.bool_]:
        """Whether runs (m,) at positions (m,) are in the box and not hidden: (m,)."""
        _, _, hidden = self._all(axes)
        found = []
        for run, place in zip(runs.tolist(), position.tolist(), strict=True):
            first, stop, is_between, _ = self.paths.section(run, place, place)
            found.append((stop > first or is_between) and not hidden[first])
        return np.array(found, dtype=np.bool_)

    def _projected(self, runs: Index, since: Positions, until: Positions, axes: _AxesBase) -> ProjectedPaths:
        """The parts of the paths of runs (m,) between positions (m,)."""
        projection, pixels, hidden = self._all(axes)
        paths, parts = self.paths.joint, []
        for run, begin, end in zip(runs.tolist(), since.tolist(), until.tolist(), strict=True):
            first, stop, begins_between, ends_between = self.paths.section(run, begin, end)
            # Where it begins or ends between two points, the point there replaces the one beyond.
            rows = slice(first - begins_between, stop + ends_between)
            iterate = paths.position[rows] % 1 == 0
            part = ProjectedPaths(pixels[rows].copy(), paths.joined[rows].copy(), hidden[rows], iterate)
            part.joined[:1] = False
            if begins_between:
                part.pixels[0], part.iterate[0] = self._point(projection, run, begin), False
            if ends_between:
                part.pixels[-1], part.iterate[-1] = self._point(projection, run, end), False
            parts.append(_without_tiny_steps(part))
        return ProjectedPaths(*map(np.concatenate, zip(*parts, strict=True)))

    def _point(self, projection: Projection, run: int, position: float) -> PixelPoints:
        """The pixel (2,) of a run at a position."""
        points = self.paths.at(np.array([run]), np.array([position]))
        return np.asarray(projection.pixels(self._shown(points))[0])

    def _shown(self, points: Vec3) -> Vec3:
        return floor_shadow(points) if self.on_floor else points


def _without_tiny_steps(shown: ProjectedPaths) -> ProjectedPaths:
    """Leave out points that crowd: where Agg joins tiny steps, its lines have spikes of several pixels."""
    way = np.cumsum(np.hypot(*np.diff(shown.pixels, axis=0, prepend=shown.pixels[:1]).T))
    differs = np.diff(np.floor(way / LEAST_STEP_PX)) != 0
    # The ends of every visible or hidden part stay.
    ends = ~shown.joined[1:] | (shown.hidden[1:] != shown.hidden[:-1])
    keep = shown.iterate | np.append(ends | differs, True) | np.append(True, ends)
    return ProjectedPaths(*(values[keep] for values in shown))
