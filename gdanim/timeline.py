"""Timeline: which point of each run every frame shows, and until when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.errors import SettingError

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from gdanim.trajectory import Index

MAX_FRAMES = 10_000


class Moment(NamedTuple):
    """What one frame shows.

    position (runs,)   the iteration of each run; NaN before it opens
    visible (m,)       the runs whose path is drawn
    over (k,)          the runs that have made room for a later one
    current            the run that opened last
    """

    position: NDArray[np.float64]
    visible: Index
    over: Index
    current: int

    def iteration(self, run: int) -> int:
        """The last whole iteration that a visible run has reached."""
        return int(self.position[run])


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The plan of an animation.

    tick (frames,)      the count of iterations at each frame, over all runs that play before
    opens (runs,)       the tick at which each run appears at its start
    last (runs,)        the iteration at which each run ends
    end_s (frames,)     absolute time at which each frame ends, in seconds
    in_turn             each run disappears when the next one opens
    every               how many iterations pass from frame to frame; 1 where every iteration is shown
    """

    tick: NDArray[np.float64]
    opens: Index
    last: Index
    end_s: NDArray[np.float64]
    in_turn: bool
    every: float

    @property
    def frames(self) -> int:
        """The number of frames, the held one included."""
        return len(self.tick)

    @property
    def duration_s(self) -> float:
        """When the last frame ends, in seconds."""
        return float(self.end_s[-1])

    def moment(self, frame: int) -> Moment:
        """What a frame shows."""
        since = self.tick[frame] - self.opens
        position = np.where(since < 0, np.nan, np.minimum(since, self.last))
        current = int(np.searchsorted(self.opens, self.tick[frame], side="right")) - 1
        runs = np.arange(len(self.last))
        if self.in_turn:
            return Moment(position, runs[current : current + 1], runs[:current], current)
        return Moment(position, runs, runs[:0], current)


def plan(
    last: Index,
    *,
    fps: Fraction,
    hold_s: float,
    in_turn: bool = False,
    every: int | None = None,
    duration_s: float | None = None,
) -> Timeline:
    """Plan the frames of runs that end at `last` (runs,). The last frame is held for hold_s longer.

    duration_s shortens or stretches the motion so that the whole lasts that long, thinning where fps would be passed.
    Without `every` and duration_s, more than MAX_FRAMES frames are thinned to fit.
    Raises SettingError where `every` or duration_s asks for more than MAX_FRAMES.
    """
    ticks, opens = _ticks(np.asarray(last), in_turn)
    motion_s = None if duration_s is None else max(duration_s - hold_s, float(1 / fps))
    if motion_s is not None:
        shown = _spread(ticks, most=max(1, math.floor(motion_s * fps + 1e-9)))
        _check_frames(len(shown), "--duration", duration_s, "Shorten it, or lower --fps")
    elif every is None:
        step = max(math.ceil((len(ticks) - 1) / (MAX_FRAMES - 1)), 1)
        # Where there are many runs, their starts and ends may still be too many.
        shown = _spread(_thinned(ticks, opens, last, step), most=MAX_FRAMES)
    else:
        shown = _thinned(ticks, opens, last, every)
        _check_frames(len(shown), "--every", every, "Give a larger one, or leave it out to thin them to fit")
    count = len(shown)
    if motion_s is None:
        # Each time is rounded once, from the exact ratio: nothing accumulates over the frames.
        end_s = np.array([float((i + 1) / fps) for i in range(count)])
    else:
        end_s = motion_s * np.arange(1, count + 1) / count
    if duration_s is None:
        end_s[-1] += hold_s
    else:
        end_s[-1] = duration_s
    every_shown = len(ticks) / count if len(ticks) > count else 1.0
    return Timeline(tick=shown, opens=opens, last=np.asarray(last), end_s=end_s, in_turn=in_turn, every=every_shown)


def _check_frames(frames: int, option: str, value: object, way_out: str) -> None:
    if frames > MAX_FRAMES:
        raise SettingError(option, value, f"makes {frames:,} frames; at most {MAX_FRAMES:,} are drawn. {way_out}")


def _ticks(last: Index, in_turn: bool) -> tuple[NDArray[np.float64], Index]:
    if in_turn:
        opens = np.concatenate([[0], np.cumsum(last + 1)[:-1]])
        return np.arange(np.sum(last + 1), dtype=np.float64), opens
    return np.arange(last.max() + 1, dtype=np.float64), np.zeros(len(last), dtype=np.int64)


def _thinned(ticks: NDArray[np.float64], opens: Index, last: Index, every: int) -> NDArray[np.float64]:
    """Every so many iterations of each run, with its start and its end."""
    if every == 1:
        return ticks
    pieces = [
        np.append(np.arange(begin, begin + end, every), begin + end) for begin, end in zip(opens, last, strict=True)
    ]
    thinned: NDArray[np.float64] = np.unique(np.concatenate(pieces)).astype(np.float64)
    return thinned


def _spread(ticks: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """At most so many ticks, evenly spread, the last one always."""
    if len(ticks) <= most:
        return ticks
    return ticks[np.round(np.linspace(0 if most > 1 else len(ticks) - 1, len(ticks) - 1, most)).astype(np.int64)]
