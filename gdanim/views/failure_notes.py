"""Notes in the axes on runs that diverged or left the domain, placed where no path runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from gdanim.arrays import Index
from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import PixelPoints
from gdanim.drawing.layout import READOUT_PT, Layout
from gdanim.drawing.lettering import Lettering, minus
from gdanim.drawing.marks.caption import Caption, Pieces
from gdanim.drawing.marks.trails import RunsMark
from gdanim.drawing.run_styles import RunStyles, style_of_run

MAX_NOTES = 4
SIGN = "▲ "
MARGIN_PT, SMALL_PT = 6.0, 8.0
ROWS = 14  # heights that are tried
FINE = 2000  # points that a path is looked at by, its own included
AVOIDED = 200  # runs whose paths are kept clear: of more than that, these show where they run


class FailureNote(NamedTuple):
    """A note that appears when a run reaches an iteration: a sign in the run's colour, and a text.

    texts   from the longest to the shortest, for axes that are narrower and narrower
    """

    run: int
    iteration: int
    sign: tuple[str, str] | None
    texts: tuple[str, ...]

    def pieces(self, form: int, ink: str) -> list[tuple[str, str]]:
        """The sign, if there is one, and one of the texts, or the shortest that there is."""
        text = self.texts[min(form, len(self.texts) - 1)], ink
        return [text] if self.sign is None else [self.sign, text]


def failure_notes(layout: Layout, axes: Axes, descent: Descent, run_styles: RunStyles) -> list[Caption]:
    """One line for each failed run, from the moment it is lost to sight: `diverged`. At most MAX_NOTES at a time.

    Of more runs that no label tells apart, there is one line for each way to fail: `12 of 300 runs diverged`.
    """
    trajectory = descent.trajectory
    failed = np.flatnonzero([stop.failed for stop in trajectory.stop])
    if not failed.size or layout.is_bare:
        return []
    if descent.timeline.in_turn:
        # One after the other, they share one line.
        lines = [[_ending(descent, run, run_styles) for run in failed.tolist()]]
    elif len(failed) > MAX_NOTES and not any(run.label for run in descent.runs):
        lines = [[note] for note in _summary(descent, failed)]
    else:
        lines = [[_ending(descent, run, run_styles)] for run in failed[:MAX_NOTES].tolist()]
    return _placed(layout, axes, lines)


def _ending(descent: Descent, run: int, run_styles: RunStyles) -> FailureNote:
    trajectory = descent.trajectory
    ending, stop = trajectory.ending(run), trajectory.stop[run].value
    texts = (f"{minus(descent.runs[run].label)} {ending}".strip(), ending, stop)
    # The sign is the arrow at the edge, in the colour of the run.
    return FailureNote(run, seen_until(descent, run), (SIGN, style_of_run(run, run_styles).colour), texts)


def _summary(descent: Descent, failed: Index) -> Iterator[FailureNote]:
    """How many runs failed in each way, from the moment that the first one did."""
    trajectory = descent.trajectory
    ways: dict[str, list[int]] = {}
    for run in failed.tolist():
        ways.setdefault(trajectory.stop[run].value, []).append(run)
    for way, runs in ways.items():
        seen = {run: seen_until(descent, run) for run in runs}
        first = min(runs, key=lambda run: seen[run])
        text = f"{len(runs):,} of {trajectory.runs:,} runs {way}"
        yield FailureNote(first, seen[first], None, (text,))


def seen_until(descent: Descent, run: int) -> int:
    """The iteration from which a run that failed is out of bounds for good; its last one where it never leaves them."""
    path = descent.trajectory.x[run, : descent.trajectory.last[run] + 1]
    inside = np.flatnonzero(descent.objective.contains(path))
    return min(int(inside[-1]) + 1 if inside.size else 0, len(path) - 1)


def _placed(layout: Layout, axes: Axes, lines: Sequence[Sequence[FailureNote]]) -> list[Caption]:
    """Captions below one another where they cover the least."""
    margin, ink, first, is_alone = layout.px(MARGIN_PT), layout.style.text, lines[0][0], len(lines) == 1
    lettering, form, width = _fit(layout, [note for line in lines for note in line], axes.bbox.width - 2 * margin)
    line_px = 2.0 * lettering.ascent
    height = line_px * len(lines)
    track = next(mark for mark in axes.get_children() if isinstance(mark, RunsMark))
    near = track.pixels[first.run, first.iteration]
    x, y = _free_place(axes, (width, height), layout.spot_pt - 1.0, margin, near)
    captions = []
    for place, line in enumerate(lines):
        at = (x if is_alone else x - width / 2, y + height / 2 - (place + 0.5) * line_px - lettering.ascent / 3)
        pieces_at = partial(_pieces_at, line, form, ink)
        captions.append(Caption(lettering, pieces_at, at, centred=is_alone, plate=layout.style.background))
        layout.figure.add_artist(captions[-1])
    return captions


def _fit(layout: Layout, notes: Sequence[FailureNote], room: float) -> tuple[Lettering, int, float]:
    """How notes fit side to side into axes: the lettering, which of their texts, and the width that these take."""
    for form, size_pt in product(range(max(len(note.texts) for note in notes)), (READOUT_PT, SMALL_PT)):
        lettering = layout.lettering(size_pt)
        widths = [sum(lettering.width(text) for text, _ in note.pieces(form, "")) for note in notes]
        width = max(widths) + 2.0 * lettering.ascent
        if width <= room:
            break
    return lettering, form, width


def _pieces_at(line: Sequence[FailureNote], form: int, ink: str, moment: Moment) -> Pieces:
    """The words of a line: those of its only note, or of the run whose turn it is."""
    if len(line) > 1 or moment.over.size:
        line = [note for note in line if note.run == moment.current]
    # The position of a run is NaN before it opens.
    return [piece for note in line if moment.position[note.run] >= note.iteration for piece in note.pieces(form, ink)]


def _free_place(
    axes: Axes, size: tuple[float, float], reach_pt: float, margin: float, near: PixelPoints
) -> tuple[float, float]:
    """The centre of a rectangle in the axes that covers the least of paths and curve, nearest to a point; in pixels."""
    box = axes.get_window_extent()
    paths, curves = _paths(axes, reach_pt), _curves(axes)
    half = np.array(size) / 2
    columns = [box.x0 + box.width / 2, box.x0 + margin + half[0], box.x1 - margin - half[0]]
    top, bottom = box.y1 - margin - half[1], box.y0 + margin + half[1]
    rows = [top, bottom, *np.linspace(top, bottom, ROWS)[1:-1]]
    near = np.clip(near, box.min, box.max)

    def cost(place: tuple[float, float]) -> tuple[int, int, float]:
        covered = [int((np.abs(points - np.array(place)) < half).all(axis=1).sum()) for points in (paths, curves)]
        return covered[0], covered[1], float(np.hypot(*(near - place)))

    return min(((x, y) for y, x in product(rows, columns)), key=cost)


def _curves(axes: Axes) -> PixelPoints:
    """Points close together along the lines and the texts that stand still: (m, 2) in pixels."""
    lines = [line.get_transform().transform(line.get_xydata()) for line in axes.get_lines()]
    texts = [text.get_window_extent().corners()[[0, 1, 3, 2, 0]] for text in axes.texts]
    return _dense([*lines, *texts])


def _paths(axes: Axes, reach_pt: float) -> PixelPoints:
    """Points close together along the paths of all runs, and around the arrows at their ends: (m, 2) in pixels."""
    lines: list[PixelPoints] = []
    feet: list[PixelPoints] = []
    for mark in {a.track: a for a in axes.get_children() if isinstance(a, RunsMark)}.values():
        reach = mark.px(reach_pt)
        edge = axes.get_window_extent().padded(-reach)
        runs = mark.track.shape[0]
        for path in mark.pixels[np.unique(np.linspace(0, runs - 1, min(runs, AVOIDED)).astype(np.int64))]:
            lines.append(path)
            # Beyond the edge, an arrow stands where the path would.
            outside = path[((path < edge.min) | (path > edge.max)).any(axis=1)]
            foot = np.clip(outside, edge.min, edge.max)
            feet += [foot + reach * np.array(corner) for corner in product((-1, 0, 1), repeat=2)]
    return np.concatenate([_dense(lines), *feet])


def _dense(lines: Sequence[PixelPoints]) -> PixelPoints:
    """Points close together along polylines."""
    points = [np.empty((0, 2))]
    for line in (np.clip(line, -1e6, 1e6) for line in lines if len(line)):
        between = max(1, FINE // len(line))
        share = np.arange(between)[:, np.newaxis, np.newaxis] / between
        start, end = line[:-1], line[1:]
        points += [(start + share * (end - start)).reshape(-1, 2), line[-1:]]
    together: PixelPoints = np.concatenate(points)
    return together[np.isfinite(together).all(axis=1)]
