"""Notices: what happened to the runs that failed, inside the axes, where no path runs."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.caption import Caption, Pieces
from gdanim.lettering import minus
from gdanim.marks import RunsMark
from gdanim.teams import team_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from gdanim.descent import Descent
    from gdanim.teams import Team
    from gdanim.timeline import Moment
    from gdanim.track import Pixels2
    from gdanim.trajectory import Index, Trajectory
    from gdanim.views.stage import Stage

MOST = 4
ARROW_PT = 8.0  # an arrow's reach, and its distance from the edge
ROWS = 14  # heights that are tried
FINE = 2000  # points that a path is looked at by, its own included
AVOIDED = 200  # runs whose paths are kept clear: of more than that, these show where they run


class Notice(NamedTuple):
    """What is said when a run has come to an iteration: a sign in the run's colour, and a text."""

    run: int
    iteration: int
    pieces: Pieces

    @property
    def words(self) -> str:
        """The whole line."""
        return "".join(text for text, _ in self.pieces)


def notices(stage: Stage, axes: Axes, descent: Descent, teams: tuple[Team, ...]) -> list[Caption]:
    """One line for each failed run, from the moment it failed: `diverged at iteration 4`. At most MOST at a time.

    Of more runs that no label tells apart, there is one line for each way to fail: `12 of 300 runs diverged`.
    """
    ink, trajectory = stage.style.text, descent.trajectory
    failed = np.flatnonzero([outcome.failed for outcome in trajectory.outcome])
    if not failed.size:
        return []
    if descent.timeline.in_turn:
        # One after the other, they share one line.
        lines = [[_ending(trajectory, run, teams, ink) for run in failed.tolist()]]
    elif len(failed) > MOST and not any(trajectory.label):
        lines = [[notice] for notice in _summary(trajectory, failed, ink)]
    else:
        lines = [[_ending(trajectory, run, teams, ink)] for run in failed[:MOST].tolist()]
    return _placed(stage, axes, lines)


def _ending(trajectory: Trajectory, run: int, teams: tuple[Team, ...], ink: str) -> Notice:
    text = f"{minus(trajectory.label[run])} {trajectory.ending(run)}".strip()
    # The triangle is the arrow at the edge, in the colour of the run.
    return Notice(run, _seen_at(trajectory, run), (("▲ ", team_of(run, teams).colour), (text, ink)))


def _summary(trajectory: Trajectory, failed: Index, ink: str) -> list[Notice]:
    """How many runs failed in each way, from the moment that the first one did."""
    ways: dict[str, list[int]] = {}
    for run in failed.tolist():
        ways.setdefault(trajectory.outcome[run].value, []).append(run)
    firsts = [min(runs, key=lambda run: _seen_at(trajectory, run)) for runs in ways.values()]
    return [
        Notice(first, _seen_at(trajectory, first), ((f"{len(runs):,} of {trajectory.runs:,} runs {way}", ink),))
        for first, (way, runs) in zip(firsts, ways.items(), strict=True)
    ]


def _seen_at(trajectory: Trajectory, run: int) -> int:
    """The iteration from which a run is seen to have failed."""
    return int(min(trajectory.since[run], trajectory.last[run]))


def _placed(stage: Stage, axes: Axes, lines: Sequence[Sequence[Notice]]) -> list[Caption]:
    """Captions below one another where they cover the least."""
    lettering = stage.lettering()
    line_px = 2.0 * lettering.ascent
    widest = max(lettering.width(notice.words) for line in lines for notice in line)
    size = widest + 2.0 * lettering.ascent, line_px * len(lines)
    first = lines[0][0]
    track = next(mark for mark in axes.get_children() if isinstance(mark, RunsMark))
    x, y = _free_place(axes, size, margin=stage.px(6), near=track.pixels[first.run, first.iteration])
    captions = []
    for place, line in enumerate(lines):
        at = (x, y + size[1] / 2 - (place + 0.5) * line_px - lettering.ascent / 3)
        caption = Caption(lettering, _from(line), at, centred=True, plate=stage.style.background)
        stage.figure.add_artist(caption)
        captions.append(caption)
    return captions


def _from(line: Sequence[Notice]) -> Callable[[Moment], Pieces]:
    """The words of a line: those of its only notice, or of the run whose turn it is."""
    of = {notice.run: notice for notice in line}

    def words(moment: Moment) -> Pieces:
        notice = line[0] if len(line) == 1 and not moment.over.size else of.get(moment.current)
        if notice is None or not moment.position[notice.run] >= notice.iteration:  # NaN before a run opens
            return ()
        return notice.pieces

    return words


def _free_place(axes: Axes, size: tuple[float, float], margin: float, near: Pixels2) -> tuple[float, float]:
    """The centre of a rectangle in the axes that covers the least of paths and curve, nearest to a point; in pixels."""
    box = axes.get_window_extent()
    paths, curves = _paths(axes), _curves(axes)
    half = np.array(size) / 2
    columns = [box.x0 + box.width / 2, box.x0 + margin + half[0], box.x1 - margin - half[0]]
    top, bottom = box.y1 - margin - half[1], box.y0 + margin + half[1]
    rows = [top, bottom, *np.linspace(top, bottom, ROWS)[1:-1]]

    near = np.clip(near, box.min, box.max)

    def covers(points: Pixels2, place: tuple[float, float]) -> int:
        return int((np.abs(points - np.array(place)) < half).all(axis=1).sum())

    def cost(place: tuple[float, float]) -> tuple[int, int, float]:
        return covers(paths, place), covers(curves, place), float(np.hypot(*(near - place)))

    return min(((x, y) for y, x in product(rows, columns)), key=cost)


def _curves(axes: Axes) -> Pixels2:
    """Points close together along the lines that stand still: (m, 2) in pixels."""
    return _dense([line.get_transform().transform(line.get_xydata()) for line in axes.get_lines()])


def _paths(axes: Axes) -> Pixels2:
    """Points close together along the paths of all runs, and around the arrows at their ends: (m, 2) in pixels."""
    lines: list[Pixels2] = []
    feet: list[Pixels2] = []
    for mark in {a.track: a for a in axes.get_children() if isinstance(a, RunsMark)}.values():
        reach = mark.px(ARROW_PT)
        edge = axes.get_window_extent().padded(-reach)
        for path in mark.pixels[_spread(mark.track.shape[0])]:
            lines.append(path)
            # Beyond the edge, an arrow stands where the path would.
            outside = path[((path < edge.min) | (path > edge.max)).any(axis=1)]
            foot = np.clip(outside, edge.min, edge.max)
            feet += [foot + reach * np.array(corner) for corner in product((-1, 0, 1), repeat=2)]
    return np.concatenate([_dense(lines), *feet])


def _spread(runs: int) -> Index:
    """At most AVOIDED of so many runs."""
    return np.unique(np.linspace(0, runs - 1, min(runs, AVOIDED)).astype(np.int64))


def _dense(lines: Sequence[Pixels2]) -> Pixels2:
    """Points close together along polylines."""
    points = np.concatenate([np.empty((0, 2)), *(_fine(np.clip(line, -1e6, 1e6)) for line in lines if len(line))])
    finite: Pixels2 = points[np.isfinite(points).all(axis=1)]
    return finite


def _fine(line: Pixels2) -> Pixels2:
    """A polyline with points between its own."""
    between = max(1, FINE // len(line))
    share = np.arange(between)[:, np.newaxis, np.newaxis] / between
    start, end = line[:-1], line[1:]
    return np.concatenate([(start + share * (end - start)).reshape(-1, 2), line[-1:]])
