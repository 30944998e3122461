"""Excerpt: a few short passages of a long film, from which the size of the whole can be told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Timeline

# Many and short, for motions that end early take up little of a film.
PASSAGES: Final = 16
# In frames. The longer passages hold all that the shorter ones do, with as many cuts: what they take besides is the
# price of the frames between.
SHORT: Final = 1
LONGER: Final = 3
# A film of fewer frames is rendered as soon as two excerpts of it, and then its size is known.
LEAST_FRAMES: Final = 3 * PASSAGES * (SHORT + LONGER)


def is_long(descent: Descent) -> bool:
    """Whether excerpts are drawn much sooner than the whole."""
    return descent.timeline.frames > LEAST_FRAMES


def excerpt(descent: Descent, length: int) -> Descent:
    """A film of PASSAGES passages of so many frames, evenly spread; the first and the last frame are among them."""
    timeline = descent.timeline
    begins = np.linspace(0, timeline.frames - length, PASSAGES).round().astype(np.int64)
    return replace(descent, timeline=_kept(timeline, np.unique(np.add.outer(begins, np.arange(length)))))


def whole_bytes(short: int, longer: int, frames: int) -> float:
    """The size of a film of so many frames, where those of its excerpts are known: it grows evenly with the frames."""
    per_frame = max(longer - short, 0) / (PASSAGES * (LONGER - SHORT))
    return longer + per_frame * (frames - PASSAGES * LONGER)


def _kept(timeline: Timeline, frames: Index) -> Timeline:
    """The same with these frames only (k,), each as long as it was."""
    lasting_s = np.diff(timeline.end_s, prepend=0.0)[frames]
    return replace(
        timeline,
        tick=timeline.tick[frames],
        end_s=np.cumsum(lasting_s),
        forward=max(int(np.searchsorted(frames, timeline.forward)), 1),
    )
