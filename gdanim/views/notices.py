"""Notices: what happened to the runs that failed, inside the axes, where no path runs."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gdanim.caption import Caption, Pieces
from gdanim.lettering import minus
from gdanim.marks import RunsMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from gdanim.solver import Trajectory
    from gdanim.timeline import Moment
    from gdanim.track import Pixels2
    from gdanim.views.stage import Stage

MOST = 4
ARROW_PT = 8.0  # an arrow's reach, and its distance from the edge
ROWS = 14  # heights that are tried


def notices(stage: Stage, axes: Axes, trajectory: Trajectory) -> list[Caption]:
    """One line for each failed run, from the moment it failed: `diverged at iteration 4`. At most MOST."""
    failed = [run for run in range(trajectory.runs) if trajectory.outcome[run].failed][:MOST]
    if not failed:
        return []
    lettering = stage.lettering()
    texts = [f"{minus(trajectory.label[run])} {trajectory.verdict(run)}".strip() for run in failed]
    line_px = 2.0 * lettering.ascent
    size = max(lettering.width(text) for text in texts) + 2.0 * lettering.ascent, line_px * len(failed)
    x, y = _free_place(axes, size, margin=stage.px(6))
    captions = []
    for place, (run, text) in enumerate(zip(failed, texts, strict=True)):
        words = _from(run, min(int(trajectory.since[run]), int(trajectory.last[run])), (text, stage.style.text))
        at = (x, y + size[1] / 2 - (place + 0.5) * line_px - lettering.ascent / 3)
        caption = Caption(lettering, words, at, centred=True, plate=stage.style.background)
        stage.figure.add_artist(caption)
        captions.append(caption)
    return captions


def _from(run: int, iteration: int, piece: tuple[str, str]) -> Callable[[Moment], Pieces]:
    def words(moment: Moment) -> Pieces:
        return [piece] if run in moment.visible and moment.iteration(run) >= iteration else ()

    return words


def _free_place(axes: Axes, size: tuple[float, float], margin: float) -> tuple[float, float]:
    """The centre of a rectangle in the axes that covers the least of paths and curve, in pixels."""
    box = axes.get_window_extent()
    drawn = _drawn(axes)
    half = np.array(size) / 2
    columns = [box.x0 + box.width / 2, box.x0 + margin + half[0], box.x1 - margin - half[0]]
    top, bottom = box.y1 - margin - half[1], box.y0 + margin + half[1]
    rows = [top, bottom, *np.linspace(top, bottom, ROWS)[1:-1]]

    def covered(place: tuple[float, float]) -> int:
        return int((np.abs(drawn - np.array(place)) < half).all(axis=1).sum())

    # min() keeps the first of equals: the upper edge before the lower one and what is between, middles before ends.
    return min(((x, y) for y, x in product(rows, columns)), key=covered)


def _drawn(axes: Axes) -> Pixels2:
    """Points close together along all that is drawn in the axes: (m, 2) in pixels."""
    lines = [line.get_transform().transform(line.get_xydata()) for line in axes.get_lines()]
    feet: list[Pixels2] = []
    for artist in axes.get_children():
        if isinstance(artist, RunsMark):
            lines += list(artist.pixels)
            # Beyond the edge, an arrow stands where the path would.
            reach = artist.px(ARROW_PT)
            edge = axes.get_window_extent().padded(-reach)
            for path in artist.pixels:
                outside = path[((path < edge.min) | (path > edge.max)).any(axis=1)]
                foot = np.clip(outside, edge.min, edge.max)
                feet += [foot + reach * np.array(corner) for corner in product((-1, 0, 1), repeat=2)]
    fine = [*feet, *(_fine(np.clip(line, -1e6, 1e6)) for line in lines if len(line))]
    points = np.concatenate(fine) if fine else np.empty((0, 2))
    return points[np.isfinite(points).all(axis=1)]


def _fine(line: Pixels2) -> Pixels2:
    """A polyline with points between its own."""
    between = max(1, 2000 // len(line))
    share = np.arange(between)[:, np.newaxis, np.newaxis] / between
    start, end = line[:-1], line[1:]
    return np.concatenate([(start + share * (end - start)).reshape(-1, 2), line[-1:]])
