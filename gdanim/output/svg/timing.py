"""The clock of an animated SVG: when each frame begins, and the elements that change an attribute with it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from gdanim.descent.timeline import Timeline

P = TypeVar("P", bound="Hashable")

ELEMENT = 130  # characters of an element that appears and disappears, besides what it draws
KEY = 8  # of one more value of an attribute, besides the value
CROWD = 6  # pieces that come or go together
STEPS = (0, 3, 4, 6, 8, 12, 16, 24, 32, 64)


class Clock:
    """The times of frames as shares of the whole, rounded down: at its own time, a frame is there."""

    def __init__(self, keys: Sequence[str], cycle: str) -> None:
        self.frames, self._keys, self._cycle = len(keys), keys, cycle

    @classmethod
    def of(cls, timeline: Timeline, loop: int) -> Clock:
        """That of a timeline, which is played so often; 0 means for ever."""
        shortest_s = np.diff(timeline.end_s, prepend=0.0).min()
        # A hundred steps in the shortest frame, so that no two begin at the same time.
        decimals = math.ceil(math.log10(timeline.duration_s / shortest_s)) + 2
        begins = np.floor(timeline.end_s[:-1] / timeline.duration_s * 10**decimals).astype(np.int64).tolist()
        keys = ["0", *(f".{begin:0{decimals}d}".rstrip("0") for begin in begins)]
        count = "indefinite" if loop == 0 else str(loop)
        duration = f"{timeline.duration_s:.6f}".rstrip("0").rstrip(".")
        return cls(keys, f'dur="{duration}s" repeatCount="{count}"')

    @classmethod
    def still(cls) -> Clock:
        """That of a single frame."""
        return cls(["0"], "")

    def animate(self, attribute: str, values: Sequence[str], *, kind: str = "") -> str:
        """The element that gives an attribute its value (frames,) at each frame; none where that stays the same.

        Once the animation is over, the attribute has the value that is written in its own element: the last one.
        """
        changes = [0, *(i for i in range(1, len(values)) if values[i] != values[i - 1])]
        if len(changes) == 1:
            return ""
        keys = ";".join([self._keys[i] for i in changes])
        shown = ";".join([values[i] for i in changes])
        tag = f'animateTransform type="{kind}"' if kind else "animate"
        return (
            f'<{tag} attributeName="{attribute}" calcMode="discrete" values="{shown}" keyTimes="{keys}" {self._cycle}/>'
        )

    def appear(self, begin: int, end: int) -> tuple[str, str]:
        """What shows an element from one frame until before another: an attribute of its own, and an animation."""
        shown = ["none"] * begin + ["inline"] * (end - begin) + ["none"] * (self.frames - end)
        return "" if shown[-1] == "inline" else ' display="none"', self.animate("display", shown)


class Lives(Generic[P]):
    """Which pieces are there, from which frame until before which."""

    def __init__(self) -> None:
        self.spans: list[tuple[P, int, int]] = []
        self._born: dict[P, int] = {}

    def see(self, frame: int, pieces: Iterable[P]) -> None:
        """Take the pieces of the next frame."""
        now = dict.fromkeys(pieces)
        born = self._born
        if born.keys() != now.keys():
            for piece in [piece for piece in born if piece not in now]:
                self.spans.append((piece, born.pop(piece), frame))
        for piece in now:
            born.setdefault(piece, frame)

    def close(self, frames: int) -> list[tuple[P, int, int]]:
        """The end: what is left lives until then."""
        self.spans += [(piece, begin, frames) for piece, begin in self._born.items()]
        self._born = {}
        return self.spans


@dataclass(frozen=True, slots=True)
class Plan(Generic[P]):
    """How pieces are shown.

    blocks   (begin, end) → those that are there together
    loose    (frames,) those that are there besides
    """

    blocks: dict[tuple[int, int], list[P]]
    loose: list[list[P]]


def plan(spans: list[tuple[P, int, int]], frames: int, size: Callable[[P], int]) -> Plan[P]:
    """Part pieces with their spans, so that few characters are needed.

    An attribute that changes holds all of its pieces in each of its values: of a growing path, the square of its
    length. So time is cut into epochs; whatever lives through whole ones is a block that appears and disappears, and
    only the rest changes.
    """
    crowds = _crowds(spans, frames)
    sizes = [size(piece) for piece, _, _ in spans]
    best = min(STEPS, key=lambda step: _cost(spans, sizes, _epochs(step, crowds, frames)))
    epochs = _epochs(best, crowds, frames)
    blocks: dict[tuple[int, int], list[P]] = {}
    loose: list[list[P]] = [[] for _ in range(frames)]
    for piece, begin, end in spans:
        first, last = _inner(begin, end, epochs)
        if first < last:
            blocks.setdefault((first, last), []).append(piece)
        else:
            first = last = end
        for frame in (*range(begin, first), *range(last, end)):
            loose[frame].append(piece)
    return Plan(blocks, loose)


def _crowds(spans: list[tuple[P, int, int]], frames: int) -> list[int]:
    """The frames at which many pieces come or go."""
    ends = Counter(frame for _, begin, end in spans for frame in (begin, end))
    return sorted({0, frames, *(frame for frame, count in ends.items() if count >= CROWD)})


def _epochs(step: int, crowds: list[int], frames: int) -> list[int]:
    return sorted({*crowds, *range(0, frames, step)}) if step else crowds


def _inner(begin: int, end: int, epochs: list[int]) -> tuple[int, int]:
    """From the first epoch that begins in a span to the last one that ends in it."""
    return epochs[bisect_left(epochs, begin)], epochs[bisect_right(epochs, end) - 1]


def _cost(spans: list[tuple[P, int, int]], sizes: list[int], epochs: list[int]) -> int:
    """About how many characters it takes."""
    found = set()
    changes, cost = set(), 0
    for (_, begin, end), size in zip(spans, sizes, strict=True):
        first, last = _inner(begin, end, epochs)
        if first < last:
            found.add((first, last))
            cost += size
        else:
            first = last = end
        cost += size * (first - begin + end - last)
        if begin < first or last < end:
            changes |= {begin, first, last, end}
    return cost + ELEMENT * len(found) + KEY * len(changes)


def runs_of(values: Sequence[str]) -> list[tuple[int, int]]:
    """Where equal values begin and end."""
    cuts = [0, *(i for i in range(1, len(values)) if values[i] != values[i - 1]), len(values)]
    return list(pairwise(cuts))
