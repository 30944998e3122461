"""Which frames a filmstrip shows, and what it writes above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.drawing.marks.trails import RunsMark

if TYPE_CHECKING:
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.scene import Scene

SETTLED: Final = 0.03  # of the width and the height of the axes: a run that is so near to its end has settled


def choose_frames(scene: Scene, count: int) -> list[int]:
    """At most `count` frames, rising: the first and the last among them; of one, the last.

    They are spread evenly over the iterations until all runs have settled, and the last one shows the end: so no two
    panels are alike because nothing moves any more. There are fewer where fewer frames show an iteration.
    """
    timeline = scene.timeline
    ticks = timeline.tick[: timeline.forward : timeline.tween]
    last = len(ticks) - 1
    if count == 1 or last == 0:
        return [last * timeline.tween]
    settled = int(np.searchsorted(ticks, _settled_tick(scene)))
    until = min(max(settled, count - 1), last)
    iterations = np.round(np.linspace(0, until, min(count, last + 1))).astype(np.int64)
    iterations[-1] = last
    return [int(iteration) * timeline.tween for iteration in iterations]


def caption(moment: Moment, *, in_turn: bool) -> str:
    """What stands above a panel: the iteration; and the run, where they are shown one after another."""
    iteration = f"$k = {int(np.nanmax(moment.position[moment.visible]))}$"
    return f"run {moment.current + 1}, {iteration}" if in_turn else iteration


def _settled_tick(scene: Scene) -> float:
    """The tick from which no run is seen to move; the last one where no mark of the scene shows runs.

    A run that has left the axes for good is not seen to move: an arrow at their edge stands for it.
    """
    mark = next((mark for mark in scene.marks if isinstance(mark, RunsMark)), None)
    timeline = scene.timeline
    if mark is None:
        return float(timeline.tick[timeline.forward - 1])
    low, high = mark.ends(pad=0.0)
    place = (mark.pixels - low) / (high - low)
    runs = slice(None) if mark.runs is None else mark.runs
    last, opens = timeline.last[runs], timeline.opens[runs]
    end = place[np.arange(len(place)), last][:, np.newaxis]
    moving = np.any(np.abs(place - end) > SETTLED, axis=2) & np.all((place >= 0) & (place <= 1), axis=2)
    settled = np.where(moving.any(axis=1), moving.shape[1] - np.argmax(moving[:, ::-1], axis=1), 0)
    return float(np.max(opens + np.minimum(settled, last)))
