"""When things are shown: SMIL animations of attributes, and the lifetimes of the pieces that paths consist of."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from gdanim.descent.timeline import Timeline

P = TypeVar("P", bound="Hashable")
Span = tuple[int, int]  # from a frame until before another

BLOCK_CHARS: Final = 130  # of an element that appears and disappears, besides its path
VALUE_CHARS: Final = 8  # of one more value of an attribute, besides the value
BUSY: Final = 6  # pieces that come or go in one frame, with which an epoch begins
EPOCH_FRAMES: Final = (0, 3, 4, 6, 8, 12, 16, 24, 32, 64)  # lengths that are tried; 0 is none


class Clock:
    """When each frame begins, as a fraction of the whole. Rounded down, so that a frame is there at its own time."""

    def __init__(self, key_times: Sequence[str], cycle: str) -> None:
        self.frames, self._key_times, self._cycle = len(key_times), key_times, cycle

    @classmethod
    def of(cls, timeline: Timeline, loop: int) -> Clock:
        """The clock of a timeline that is played `loop` times; 0 is for ever."""
        shortest_s = np.diff(timeline.end_s, prepend=0.0).min()
        # A hundred steps in the shortest frame, so that no two begin at the same time.
        decimals = math.ceil(math.log10(timeline.duration_s / shortest_s)) + 2
        begins = np.floor(timeline.end_s[:-1] / timeline.duration_s * 10**decimals).astype(np.int64).tolist()
        key_times = ["0", *(f".{begin:0{decimals}d}".rstrip("0") for begin in begins)]
        count = "indefinite" if loop == 0 else str(loop)
        duration = f"{timeline.duration_s:.6f}".rstrip("0").rstrip(".")
        return cls(key_times, f'dur="{duration}s" repeatCount="{count}"')

    def animate(self, attribute: str, values: Sequence[str], *, kind: str = "") -> str:
        """The element that gives an attribute its value (frames,) at each frame; "" where the value never changes.

        The element that is animated must itself have the last value: it is seen once the animation is over.
        """
        spans = equal_spans(values)
        if len(spans) == 1:
            return ""
        key_times = ";".join([self._key_times[begin] for begin, _ in spans])
        shown = ";".join([values[begin] for begin, _ in spans])
        tag = f'<animateTransform type="{kind}"' if kind else "<animate"
        times = f'calcMode="discrete" values="{shown}" keyTimes="{key_times}" {self._cycle}'
        return f'{tag} attributeName="{attribute}" {times}/>'

    def show(self, spans: Iterable[Span]) -> tuple[str, str]:
        """What shows an element in some spans of frames only: its own attribute, and an animation; "" for none."""
        shown = ["none"] * self.frames
        for begin, end in spans:
            shown[begin:end] = ["inline"] * (end - begin)
        return ' display="none"' if shown[-1] == "none" else "", self.animate("display", shown)


def equal_spans(values: Sequence[str]) -> list[Span]:
    """The spans of equal neighbours."""
    changes = (i for i in range(1, len(values)) if values[i] != values[i - 1])
    return list(pairwise([0, *changes, len(values)]))


class Lifetimes(Generic[P]):
    """From which frame until before which each piece is there."""

    def __init__(self) -> None:
        self._ended: list[tuple[P, int, int]] = []
        self._begins: dict[P, int] = {}
        self._next = 0

    def see(self, frame: int, pieces: Iterable[P]) -> None:
        """Take the pieces of a frame; in frames that are left out, none is there."""
        if frame > self._next:
            self._end(self._next, self._begins)
        now = dict.fromkeys(pieces)
        self._end(frame, [piece for piece in self._begins if piece not in now])
        for piece in now:
            self._begins.setdefault(piece, frame)
        self._next = frame + 1

    def close(self) -> list[tuple[P, int, int]]:
        """All pieces with their spans. Those of the last frame that was seen end with it."""
        self._end(self._next, self._begins)
        return self._ended

    def _end(self, frame: int, pieces: Iterable[P]) -> None:
        self._ended += [(piece, self._begins.pop(piece), frame) for piece in list(pieces)]


def split_by_lifetime(
    lifetimes: list[tuple[P, int, int]], frames: int, size: Callable[[P], int]
) -> tuple[dict[Span, list[P]], list[list[P]]]:
    """Split pieces into blocks that appear and disappear, and a rest for each frame, so that few characters are needed.

    An attribute that changes repeats all of its pieces in each of its values: a growing path needs the square of its
    length. So time is cut into epochs. A piece that lives through whole epochs belongs to the block of these; the rest
    of its life, before and after, it belongs to the attribute that changes.

    size   about how many characters a piece takes
    """
    changes = Counter(frame for _, begin, end in lifetimes for frame in (begin, end))
    busy = {0, frames, *(frame for frame, count in changes.items() if count >= BUSY)}
    sizes = [size(piece) for piece, _, _ in lifetimes]
    cuts = [sorted(busy.union(range(0, frames, length or frames))) for length in EPOCH_FRAMES]
    epochs = min(cuts, key=lambda epochs: _cost(lifetimes, sizes, epochs))
    blocks: dict[Span, list[P]] = {}
    rest: list[list[P]] = [[] for _ in range(frames)]
    for piece, begin, end in lifetimes:
        first, last = _whole_epochs(begin, end, epochs)
        if first < last:
            blocks.setdefault((first, last), []).append(piece)
        for frame in (*range(begin, first), *range(last, end)):
            rest[frame].append(piece)
    return blocks, rest


def _whole_epochs(begin: int, end: int, epochs: list[int]) -> Span:
    """The span of the epochs that lie in a span; (end, end) where none does."""
    first, last = epochs[bisect_left(epochs, begin)], epochs[bisect_right(epochs, end) - 1]
    return (first, last) if first < last else (end, end)


def _cost(lifetimes: list[tuple[P, int, int]], sizes: list[int], epochs: list[int]) -> int:
    """About how many characters all pieces take with these epochs."""
    blocks, changes, cost = set(), set(), 0
    for (_, begin, end), size in zip(lifetimes, sizes, strict=True):
        first, last = _whole_epochs(begin, end, epochs)
        if first < last:
            blocks.add((first, last))
            cost += size
        cost += size * (first - begin + end - last)
        if begin < first or last < end:
            changes |= {begin, first, last, end}
    return cost + BLOCK_CHARS * len(blocks) + VALUE_CHARS * len(changes)
