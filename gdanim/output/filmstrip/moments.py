"""The moments of a filmstrip: which frames tell how the runs went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.drawing.marks.trails import RunsMark

if TYPE_CHECKING:
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.scene import Scene

SETTLED: Final = 0.03  # of the width and the height of the axes: so near to its end a run is as good as there


def told(scene: Scene, count: int) -> list[int]:
    """The frames of at most `count` moments, rising; the first and the last are always among them, of one the last.

    They are spread evenly over the iterations up to the one from which every run stays within SETTLED of where it
    ends; the last moment then shows the end itself. So no two panels are alike because nothing moved any more. Where
    the way there has fewer frames that show an iteration, there are as many moments as those.
    """
    timeline = scene.timeline
    stops = timeline.tick[: timeline.forward : timeline.tween]
    last = len(stops) - 1
    if count == 1 or last == 0:
        return [last * timeline.tween]
    settled = int(np.searchsorted(stops, _settled_tick(scene)))
    until = min(max(settled, count - 1), last)
    spread = np.round(np.linspace(0, until, min(count, last + 1))).astype(np.int64)
    spread[-1] = last
    return [int(stop) * timeline.tween for stop in spread]


def caption(moment: Moment, *, in_turn: bool) -> str:
    """What stands over a panel: its iteration; and which run it shows, where they go one after the other."""
    iteration = f"$k = {int(np.nanmax(moment.position[moment.visible]))}$"
    return f"run {moment.current + 1}, {iteration}" if in_turn else iteration


def _settled_tick(scene: Scene) -> float:
    """The tick from which no run is seen to move; the last one where a scene does not tell its runs.

    What has left the axes for good is not seen to move: an arrow at the edge stands for it.
    """
    mark = next((mark for mark in scene.marks if isinstance(mark, RunsMark)), None)
    timeline = scene.timeline
    if mark is None:
        return float(timeline.tick[timeline.forward - 1])
    low, high = mark.ends(pad=0.0)
    seen = (mark.pixels - low) / (high - low)
    last = timeline.last if mark.runs is None else timeline.last[mark.runs]
    end = seen[np.arange(len(seen)), last][:, np.newaxis]
    moving = np.any(np.abs(seen - end) > SETTLED, axis=2) & np.all((seen >= 0) & (seen <= 1), axis=2)
    settled = np.where(moving.any(axis=1), moving.shape[1] - np.argmax(moving[:, ::-1], axis=1), 0)
    opens = timeline.opens if mark.runs is None else timeline.opens[mark.runs]
    return float(np.max(opens + np.minimum(settled, last)))
