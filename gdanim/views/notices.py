"""Notices: what happened to the runs that failed, inside the axes, where no path runs."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gdanim.caption import Caption, Pieces
from gdanim.lettering import minus
from gdanim.marks import RunsMark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from gdanim.solver import Trajectory
    from gdanim.timeline import Moment
    from gdanim.track import Pixels2
    from gdanim.views.stage import Stage

MOST = 4
ARROW_PT = 8.0  # an arrow's reach, and its distance from the edge
ROWS = 14  # heights that are tried


def notices(stage: Stage, axes: Axes, trajectory: Trajectory, colours: Sequence[str]) -> list[Caption]:
    """One line for each failed run, from the moment it failed: `diverged at iteration 4`. At most MOST."""
    failed = [run for run in range(trajectory.runs) if trajectory.outcome[run].failed][:MOST]
    if not failed:
        return []
    lettering = stage.lettering()
    texts = [f"{minus(trajectory.label[run])} {trajectory.verdict(run)}".strip() for run in failed]
    line_px = 2.0 * lettering.ascent
    size = max(lettering.width("▲ " + text) for text in texts) + 2.0 * lettering.ascent, line_px * len(failed)
    first = failed[0]
    lost_at = next(mark for mark in axes.get_children() if isinstance(mark, RunsMark)).pixels[
        first, min(trajectory.since[first], trajectory.last[first])
    ]
    x, y = _free_place(axes, size, margin=stage.px(6), near=lost_at)
    captions = []
    for place, (run, text) in enumerate(zip(failed, texts, strict=True)):
        words = _from(run, min(int(trajectory.since[run]), int(trajectory.last[run])), text, stage, colours[run])
        at = (x, y + size[1] / 2 - (place + 0.5) * line_px - lettering.ascent / 3)
        caption = Caption(lettering, words, at, centred=True, plate=stage.style.background)
        stage.figure.add_artist(caption)
        captions.append(caption)
    return captions


def _from(run: int, iteration: int, text: str, stage: Stage, colour: str) -> Callable[[Moment], Pieces]:
    # The triangle is the arrow at the edge, in the colour of the run.
    pieces = (("▲ ", colour), (text, stage.style.text))

    def words(moment: Moment) -> Pieces:
        return pieces if run in moment.visible and moment.iteration(run) >= iteration else ()

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
        for path in mark.pixels:
            lines.append(path)
            # Beyond the edge, an arrow stands where the path would.
            outside = path[((path < edge.min) | (path > edge.max)).any(axis=1)]
            foot = np.clip(outside, edge.min, edge.max)
            feet += [foot + reach * np.array(corner) for corner in product((-1, 0, 1), repeat=2)]
    return np.concatenate([_dense(lines), *feet])


def _dense(lines: Sequence[Pixels2]) -> Pixels2:
    """Points close together along polylines."""
    points = np.concatenate([np.empty((0, 2)), *(_fine(np.clip(line, -1e6, 1e6)) for line in lines if len(line))])
    finite: Pixels2 = points[np.isfinite(points).all(axis=1)]
    return finite


def _fine(line: Pixels2) -> Pixels2:
    """A polyline with points between its own."""
    between = max(1, 2000 // len(line))
    share = np.arange(between)[:, np.newaxis, np.newaxis] / between
    start, end = line[:-1], line[1:]
    return np.concatenate([(start + share * (end - start)).reshape(-1, 2), line[-1:]])
