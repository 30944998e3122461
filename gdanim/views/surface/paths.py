"""Course: the paths of runs over a relief, lifted so that they never sink into it, and their places in a picture."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.drawing.geometry import Polylines
from gdanim.drawing.marks.track import Track, chord
from gdanim.views.surface.axes import plinth_of
from gdanim.views.surface.camera import FLOOR
from gdanim.views.surface.heightmap import LIFT

if TYPE_CHECKING:
    from matplotlib.axes._base import _AxesBase
    from numpy.typing import NDArray

    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.drawing.geometry import PixelPoints, Points, Positions
    from gdanim.views.surface.camera import Plane, Prospect, Solid
    from gdanim.views.surface.heightmap import Relief

PER_CELL: Final = 4  # places along a step in every cell of the surface
SPARSE: Final = 8  # of the places along a step, one in so many is kept where it is straight
GRAINS: Final = 2000  # of the box: points of a path that stay in one of them cannot be told apart
GRAIN_PX: Final = 0.5  # between places along a step that are drawn, about
THIN_FROM: Final = 256  # points; shorter paths keep all of them


class Path3(NamedTuple):
    """Paths in space, one after the other.

    points (m, 3)
    joined (m,)      whether a line leads here from the point before
    position (m,)    in iterations, never falling along a path
    """

    points: Solid
    joined: NDArray[np.bool_]
    position: Positions


class Stretch(NamedTuple):
    """A part of a path: its points from `first` up to before `stop`, and whether it begins and ends between two."""

    first: int
    stop: int
    begins_between: bool
    ends_between: bool


class Course:
    """Paths through the box. Steps are straight, and pass over what rises between their ends.

    What is outside the box is left out: a step ends, or begins, at its wall.

    iterates (runs, n+1, 3), outside (runs, n+1)    the points of the runs, and which of them are outside
    """

    def __init__(self, relief: Relief, x: Vector, f: Scalar) -> None:
        self.relief = relief
        across = relief.across(x)
        z = np.fmax(relief.heights(f), relief.at(across)) + LIFT
        self.iterates: Points = np.concatenate([across, z[..., np.newaxis]], axis=-1)
        self.outside = is_outside(across)

    @cached_property
    def _of_runs(self) -> list[Path3]:
        # A swarm shows none of its paths.
        return [_path(self.relief, run) for run in self.iterates]

    @cached_property
    def paths(self) -> Path3:
        """The paths of all runs, one after the other, as far as they are inside."""
        return Path3(*(np.concatenate(arrays) for arrays in zip(*self._of_runs, strict=True)))

    @cached_property
    def _begins(self) -> list[int]:
        """Where the path of each run begins among all, and where the last one ends."""
        begins: list[int] = np.cumsum([0, *(len(path.points) for path in self._of_runs)]).tolist()
        return begins

    def at(self, runs: Index, position: Positions) -> Solid:
        """Where runs (m,) are at positions (m,): (m, 3), never below the surface."""
        points = chord(self.iterates, runs, position)
        points[:, 2] = np.fmax(points[:, 2], self.relief.at(points[:, :2]) + LIFT)
        return points

    def stretch(self, run: int, since: float, until: float) -> Stretch:
        """The part of a run's path between two positions."""
        begin, end = self._begins[run : run + 2]
        joined, position = self.paths.joined, self.paths.position[begin:end]
        first = begin + int(np.searchsorted(position, since))
        stop = begin + int(np.searchsorted(position, until, side="right"))
        begins_between = begin < first < end and bool(joined[first]) and bool(position[first - begin] > since)
        ends_between = begin < stop < end and bool(joined[stop]) and bool(position[stop - begin - 1] < until)
        return Stretch(first, stop, begins_between, ends_between)


def is_outside(across: Plane) -> NDArray[np.bool_]:
    """Which places (…, 2) are not over the floor: (…)."""
    outside: NDArray[np.bool_] = np.any(np.abs(across) > 1, axis=-1)
    return outside


def dropped(points: Solid) -> Solid:
    """The shadows of points (…, 3) on the floor."""
    shadows = points.copy()
    shadows[..., 2] = FLOOR
    return shadows


def _path(relief: Relief, points: Solid) -> Path3:
    """The part of one run (n+1, 3) inside the box, with places between its own where it may have to rise."""
    row = _kept(points)
    start, move = points[row[:-1]], np.diff(points[row], axis=0)
    step, place, share = _places(start[:, :2], move[:, :2], relief.cell / PER_CELL)
    between = start[step] + share[:, np.newaxis] * move[step]
    ground = relief.at(between[:, :2]) + LIFT
    rises = ground > between[:, 2]
    between[:, 2] = np.fmax(between[:, 2], ground)
    position = row[step] + share * np.diff(row)[step]
    joined = place > 0
    # The start of a step is the end of the one before.
    again = ~joined & np.append(False, np.diff(position) == 0)
    # On a straight line a few places are enough to tell what is hidden of it.
    bends = rises | np.append(rises[1:], False) | np.append(False, rises[:-1])
    ends = ~joined | np.append(~joined[1:], True)
    keep = ~again & (ends | bends | (place % SPARSE == 0))
    return Path3(between[keep], joined[keep], position[keep])


def _places(start: Plane, move: Plane, stride: float) -> tuple[Index, Index, Scalar]:
    """Places along steps (m, 2) as far as they are over the floor: of which step, its how-manieth, at what share."""
    enter, leave = _within(start, move)
    inside = np.flatnonzero(enter <= leave)
    length = np.hypot(*move[inside].T) * (leave - enter)[inside]
    last = np.maximum(np.ceil(length / stride), 1).astype(np.int64)
    step = np.repeat(inside, last + 1)
    ends = np.cumsum(last + 1)
    place = np.arange(len(step)) - np.repeat(ends - last - 1, last + 1)
    part = place / np.repeat(last, last + 1)
    return step, place, np.where(part == 1, leave[step], enter[step] + (leave - enter)[step] * part)


def _kept(points: Solid) -> Index:
    """The rows of a run that leave their grain of the box, and its ends: (k,)."""
    if len(points) == 1:
        return np.array([0, 0])
    if len(points) < THIN_FROM:
        return np.arange(len(points))
    grain = np.floor(points * GRAINS)
    moves = np.any(grain[1:] != grain[:-1], axis=1)
    keep = np.append(True, moves) | np.append(moves, True)
    keep[0] = keep[-1] = True
    return np.flatnonzero(keep)


def _within(start: Plane, move: Plane) -> tuple[Scalar, Scalar]:
    """Between which shares of steps (m, 2) they are over the floor: empty where the first exceeds the second."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (-1 - start) / move, (1 - start) / move
    still = move == 0
    over = np.abs(start) <= 1
    one = np.where(still, np.where(over, -np.inf, np.inf), one)
    other = np.where(still, np.where(over, np.inf, -np.inf), other)
    enter = np.maximum(np.minimum(one, other).max(axis=1), 0.0)
    leave = np.minimum(np.maximum(one, other).min(axis=1), 1.0)
    # A step that stands still outside has no share at all.
    outside = (still & ~over).any(axis=1)
    return np.where(outside, 1.0, enter), np.where(outside, 0.0, leave)


class Shown(NamedTuple):
    """Parts of paths as they stand in the picture, one after the other.

    pixels (m, 2)
    joined (m,)     whether a line leads here from the point before
    hidden (m,)     whether the surface hides the point
    iterate (m,)    whether the point is an iteration
    """

    pixels: PixelPoints
    joined: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    iterate: NDArray[np.bool_]

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Whether the line to each point is hidden: it is where one of its ends is. (m,)."""
        before = np.append(np.bool_(False), self.hidden[:-1])[: len(self.hidden)]
        return np.logical_or(self.hidden, before)


class SpaceTrack(Track):
    """The paths of a course in the picture, or their shadows on the floor.

    Points outside the box stand far away in their direction. Polylines leave out what the surface hides.
    """

    def __init__(self, course: Course, *, on_floor: bool = False) -> None:
        super().__init__(course.iterates)
        self.course, self.on_floor = course, on_floor
        self._placed: tuple[Prospect, Points] | None = None
        self._laid: tuple[Prospect, PixelPoints, NDArray[np.bool_]] | None = None

    def pixels(self, axes: _AxesBase, dpi: float) -> Points:
        """The iterates in pixels from the bottom left: (runs, n+1, 2). Computed once for a prospect."""
        prospect = plinth_of(axes).prospect
        if self._placed is None or self._placed[0] is not prospect:
            pixels = self._stand(prospect, self.points.reshape(-1, 3), self.course.outside.ravel())
            self._placed = prospect, pixels.reshape(*self.shape, 2)
            self._here = self._lengths = None
        return self._placed[1]

    def _paths(self, axes: _AxesBase) -> tuple[Prospect, PixelPoints, NDArray[np.bool_]]:
        """What is seen of the axes; where all paths lie in it (m, 2), and what of them is hidden (m,)."""
        prospect = plinth_of(axes).prospect
        if self._laid is None or self._laid[0] is not prospect:
            points = self.course.paths.points
            points = dropped(points) if self.on_floor else points
            self._laid = prospect, prospect.pixels(points), self.course.relief.hides(points, prospect.camera.eye)
        return self._laid

    def _at(self, runs: Index, position: Positions, pixels: Points, axes: _AxesBase) -> PixelPoints:
        points = self.course.at(runs, position)
        return self._stand(plinth_of(axes).prospect, points, is_outside(points[:, :2]))

    def _stand(self, prospect: Prospect, points: Solid, outside: NDArray[np.bool_]) -> PixelPoints:
        """Where points (m, 3) stand in the picture."""
        shown = np.where(outside[:, np.newaxis], 0.0, points)
        pixels = prospect.pixels(dropped(shown) if self.on_floor else shown)
        pixels[outside] = far_away(prospect, points[outside, :2])
        return pixels

    def lines(
        self, runs: Index, since: Positions, until: Positions, ends: PixelPoints, axes: _AxesBase, dpi: float
    ) -> Polylines:
        """The parts of the paths of runs (m,) between positions (m,) that the surface does not hide."""
        shown = self._stretches(runs, since, until, axes)
        return Polylines(shown.pixels, np.flatnonzero(~shown.joined | shown.covered), shown.iterate & ~shown.hidden)

    def hidden_lines(self, runs: Index, since: Positions, until: Positions, axes: _AxesBase) -> Polylines:
        """The parts that the surface hides."""
        shown = self._stretches(runs, since, until, axes)
        return Polylines(shown.pixels, np.flatnonzero(~shown.joined | ~shown.covered), shown.iterate & shown.hidden)

    def seen(self, runs: Index, position: Positions, axes: _AxesBase) -> NDArray[np.bool_]:
        """Whether runs (m,) are in the box at positions (m,), and not hidden: (m,)."""
        _, _, hidden = self._paths(axes)
        found = []
        for run, place in zip(runs.tolist(), position.tolist(), strict=True):
            part = self.course.stretch(run, place, place)
            met = part.stop > part.first or part.begins_between
            found.append(met and not hidden[part.first])
        return np.array(found, dtype=np.bool_)

    def _stretches(self, runs: Index, since: Positions, until: Positions, axes: _AxesBase) -> Shown:
        """The parts of the paths of runs (m,) between positions (m,)."""
        prospect, along, hidden = self._paths(axes)
        paths, found = self.course.paths, []
        for bounds in zip(runs.tolist(), since.tolist(), until.tolist(), strict=True):
            part = self.course.stretch(*bounds)
            # Where it begins or ends between two points, its own one takes the place of that beyond.
            place = slice(part.first - part.begins_between, part.stop + part.ends_between)
            iterate = paths.position[place] % 1 == 0
            shown = Shown(along[place].copy(), paths.joined[place].copy(), hidden[place], iterate)
            shown.joined[:1] = False
            for between, end, position in zip(part[2:], (0, -1), bounds[1:], strict=True):
                if between:
                    shown.pixels[end], shown.iterate[end] = self._point(prospect, bounds[0], position), False
            found.append(_thinned(shown))
        return Shown(*map(np.concatenate, zip(*found, strict=True)))

    def _point(self, prospect: Prospect, run: int, position: float) -> PixelPoints:
        points = self.course.at(np.array([run]), np.array([position]))
        pixels: PixelPoints = prospect.pixels(dropped(points) if self.on_floor else points)[0]
        return pixels


def _thinned(shown: Shown) -> Shown:
    """Without places that crowd within a grain: joined in tiny steps, Agg's lines shoot out of themselves by pixels."""
    way = np.cumsum(np.hypot(*np.diff(shown.pixels, axis=0, prepend=shown.pixels[:1]).T))
    differs = np.diff(np.floor(way / GRAIN_PX)) != 0
    # The ends of every visible or hidden part stay.
    ends = ~shown.joined[1:] | (shown.hidden[1:] != shown.hidden[:-1])
    keep = shown.iterate | np.append(ends | differs, True) | np.append(True, ends)
    return Shown(*(values[keep] for values in shown))


def far_away(prospect: Prospect, across: Plane) -> PixelPoints:
    """Points far off in the picture, in the direction of places (m, 2) outside the floor."""
    direction = prospect.towards(across / np.abs(across).max(axis=-1, keepdims=True))
    far: PixelPoints = prospect.origin_px + 1e6 * direction
    return far
