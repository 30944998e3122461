"""Timeline: which point of each run every frame shows, and until when."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.arrays import Scalar
from gdanim.descent.numbering import Numbering
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from fractions import Fraction

    from gdanim.arrays import Index

MAX_FRAMES = 10_000
OPENING_S = 1.0  # after the lead
REWIND = 3  # times as fast as forward: long enough to be understood, and no second film

Ticks = Scalar  # (k,), rising


class Moment(NamedTuple):
    """What one frame shows.

    position (runs,)   the iteration of each run, 3.5 halfway between 3 and 4; NaN before it opens
    visible (m,)       the runs whose path is drawn
    over (k,)          the runs that have been replaced by a later one
    current            the run that opened last
    number             the iteration, as people count it
    is_opening         whether it is one of the first, in which what stands still is named
    at_end             whether it is the last one on the way there, which is held
    """

    position: Scalar
    visible: Index
    over: Index
    current: int
    number: int = 0
    is_opening: bool = False
    at_end: bool = False

    def iteration(self, run: int) -> int:
        """The last whole iteration that a visible run has reached."""
        return int(self.position[run])

    def among(self, runs: Index) -> Moment:
        """This moment for some runs (m,) alone, which are numbered from 0 and shown together."""
        shown = np.bincount(self.visible, minlength=len(self.position))
        visible = np.flatnonzero(shown[runs])
        return Moment(self.position[runs], visible, runs[:0], 0, self.number, self.is_opening, self.at_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When each frame is shown, and which point of each run it shows.

    tick (frames,)      the count of iterations at each frame, over all runs that play before; of those that any run
                        recorded, where they count by themselves
    k (runs, n+2)       the iteration of each row, as in Trajectory; None where that is its number
    numbering           when runs are where, unless row i of each comes at tick i after it opens
    opens (runs,)       the tick at which each run appears at its start
    last (runs,)        the iteration at which each run ends
    end_s (frames,)     absolute time at which each frame ends, in seconds
    in_turn             each run disappears when the next one opens
    every               how many iterations pass from one that is shown to the next; 1 where each has a frame of its own
    tween               how many frames that takes; the first of them shows the iteration, the others lie between two
    forward             the frames of the way there; the last of them is held, those that follow rewind
    opening             the first frames, in which what stands still is named
    ends                whether the last frame of the way there shows the ends of the runs; not in all samples of a film
    """

    tick: Ticks
    opens: Index
    last: Index
    end_s: Scalar
    in_turn: bool
    every: float
    tween: int
    forward: int
    opening: int = 0
    ends: bool = True
    k: Index | None = None
    numbering: Numbering | None = None

    @property
    def frames(self) -> int:
        """The number of frames, the held one and those that rewind included."""
        return len(self.tick)

    @property
    def duration_s(self) -> float:
        """When the last frame ends, in seconds."""
        return float(self.end_s[-1])

    @property
    def stops(self) -> int:
        """The number of iterations that have a frame of their own."""
        return (self.forward - 1) // self.tween + 1

    def moment(self, frame: int) -> Moment:
        """What a frame shows."""
        is_opening, at_end = frame < self.opening, self.ends and frame == self.forward - 1
        if self.numbering is not None:
            position = self.numbering.rows(float(self.tick[frame]))
            visible = np.flatnonzero(~np.isnan(position))
            number = self._number(position, visible)
            return Moment(position, visible, visible[:0], int(visible[-1]), number, is_opening, at_end)
        since = self.tick[frame] - self.opens
        position = np.where(since < 0, np.nan, np.minimum(since, self.last))
        current = int(np.searchsorted(self.opens, self.tick[frame], side="right")) - 1
        runs, first = np.arange(len(self.last)), current if self.in_turn else 0
        visible = runs[first : current + 1]
        return Moment(position, visible, runs[:first], current, self._number(position, visible), is_opening, at_end)

    def _number(self, position: Scalar, visible: Index) -> int:
        """The highest iteration that visible runs are at."""
        row = position[visible].astype(np.int64)
        return int(row.max() if self.k is None else self.k[visible, row].max())

    def among(self, runs: Index) -> Timeline:
        """The same frames for some of the runs (m,)."""
        last = self.last[runs]
        return replace(
            self,
            opens=self.opens[runs],
            last=last,
            k=None if self.k is None else self.k[runs],
            numbering=None if self.numbering is None else self.numbering.among(runs, last),
        )

    def ticks_at(self, runs: Index, row: Index) -> Index:
        """The ticks (m,) at which runs (m,) reach rows (m,)."""
        return self.opens[runs] + row if self.numbering is None else self.numbering.tick_of(runs, row)


def plan(
    last: Index,
    *,
    fps: Fraction,
    hold_s: float,
    lead_s: float = 0.0,
    in_turn: bool = False,
    every: int | None = None,
    duration_s: float | None = None,
    tween: int = 1,
    rewind: bool = False,
    k: Index | None = None,
) -> Timeline:
    """Plan the frames of runs that end at `last` (runs,). The first frame is held for lead_s longer, and the one in
    which all have ended for hold_s.

    tween is the number of frames from one shown iteration to the next: the motion between them is eased, along the
    paths. rewind plays the way back after the hold, REWIND times as fast. duration_s shortens or stretches the motion
    so that the whole lasts that long, thinning where fps would be passed. Without `every` and duration_s, more than
    MAX_FRAMES frames are thinned to fit. k is as in Trajectory: runs are shown
    together where they are at the same iteration. Frames between iterations give way before any iteration does.
    Raises SettingError where `every` or duration_s asks for more than MAX_FRAMES.
    """
    last = np.asarray(last)
    plain = k is None or bool((k == np.arange(k.shape[1])).all())
    numbering = None if k is None or plain or in_turn else Numbering.of(k, last)
    ticks, opens = _ticks(last, in_turn)
    if numbering is not None:
        ticks = np.arange(numbering.ticks, dtype=np.float64)
    if numbering is None:
        ends = last
    else:
        opens, ends = np.zeros_like(last), np.full_like(last, len(ticks) - 1)
    motion_s = None if duration_s is None else max(duration_s - lead_s - hold_s, float(1 / fps))
    most = MAX_FRAMES if motion_s is None else max(1, math.floor(motion_s * fps + 1e-9))
    if motion_s is not None:
        stops = _spread(ticks, _forward(most, rewind))
        _check_frames(len(stops), rewind, "--duration", duration_s, "Shorten it, or lower --fps")
    elif every is None:
        step = max(math.ceil((len(ticks) - 1) / (_forward(most, rewind) - 1)), 1)
        # Where there are many runs, their starts and ends may still be too many.
        stops = _spread(_thinned(ticks, opens, ends, step), _forward(most, rewind))
    else:
        stops = _thinned(ticks, opens, ends, every)
        _check_frames(len(stops), rewind, "--every", every, "Give a larger one, or leave it out to thin them to fit")
    tween = max(min(tween, (_forward(min(most, MAX_FRAMES), rewind) - 1) // max(len(stops) - 1, 1)), 1)
    there = _tweened(stops, tween)
    shown = np.concatenate([there, _back(there)]) if rewind else there
    end_s = lead_s + _ends(len(shown), len(there), fps, hold_s, motion_s)
    if duration_s is not None:
        end_s[-1] = duration_s
    return Timeline(
        tick=shown,
        opens=opens,
        last=last,
        end_s=end_s,
        in_turn=in_turn,
        every=len(ticks) / len(stops) if len(ticks) > len(stops) else 1.0,
        tween=tween,
        forward=len(there),
        opening=_opening(end_s, len(there), lead_s),
        k=None if plain else k,
        numbering=numbering,
    )


def _ends(frames: int, forward: int, fps: Fraction, hold_s: float, motion_s: float | None) -> Scalar:
    """When each frame ends, without the lead. The last of the way there is held."""
    if motion_s is None:
        # Each time is rounded once, from the exact ratio: nothing accumulates over the frames.
        end_s = np.array([float((i + 1) / fps) for i in range(frames)])
    else:
        end_s = motion_s * np.arange(1, frames + 1) / frames
    end_s[forward - 1 :] += hold_s
    return end_s


def _opening(end_s: Scalar, forward: int, lead_s: float) -> int:
    """How many frames the first OPENING_S after the lead take: at least one, and at most half of the way there."""
    return max(min(int(np.count_nonzero(end_s <= lead_s + OPENING_S)), forward // 2), 1)


def _check_frames(stops: int, rewind: bool, option: str, value: object, way_out: str) -> None:
    frames = stops + (math.ceil((stops - 1) / REWIND) if rewind else 0)
    if frames > MAX_FRAMES:
        raise SettingError(option, value, f"makes {frames:,} frames; at most {MAX_FRAMES:,} are drawn. {way_out}")


def _ticks(last: Index, in_turn: bool) -> tuple[Ticks, Index]:
    opens = np.cumsum(last + 1) - (last + 1) if in_turn else np.zeros_like(last)
    return np.arange((opens + last).max() + 1, dtype=np.float64), opens


def _thinned(ticks: Ticks, opens: Index, last: Index, every: int) -> Ticks:
    """Every so many iterations of each run, with its start and its end."""
    if every == 1:
        return ticks
    shown = [
        np.append(np.arange(begin, begin + end, every), begin + end) for begin, end in zip(opens, last, strict=True)
    ]
    return np.unique(np.concatenate(shown)).astype(np.float64)


def _spread(ticks: Ticks, most: int) -> Ticks:
    """At most so many ticks, evenly spread, the last one always."""
    if len(ticks) <= most:
        return ticks
    return ticks[np.round(np.linspace(0 if most > 1 else len(ticks) - 1, len(ticks) - 1, most)).astype(np.int64)]


def _tweened(stops: Ticks, tween: int) -> Ticks:
    """So many ticks from each stop to the next, each stop itself first among them."""
    share = np.arange(tween) / tween
    share = share * share * (3 - 2 * share)  # from rest to rest, fastest halfway
    between = stops[:-1, np.newaxis] + np.diff(stops)[:, np.newaxis] * share
    return np.append(between.ravel(), stops[-1])


def _forward(most: int, rewind: bool) -> int:
    """How many of so many frames go there, where the others go back."""
    return 1 + (most - 1) * REWIND // (REWIND + 1) if rewind else most


def _back(there: Ticks) -> Ticks:
    """The way back: every REWIND-th frame, and the first one."""
    return there[[*range(len(there) - 1 - REWIND, 0, -REWIND), 0]] if len(there) > 1 else there[:0]
