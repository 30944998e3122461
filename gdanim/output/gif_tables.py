"""Mending: a table of its own for a block, where one palette is not enough for a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.output.base import Quality
from gdanim.output.palette import MOST, N_POINTS, nearest, runs, spread, summed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.output.palette import Counts, Indices, Packed

NO_COLOUR: Final = 0xFFFFFFFF  # differs from every packed colour: nothing is shown yet
_HALF: Final = np.uint64(32)  # a pair of colours is one number
_FARTHEST: Final = 3 * 255**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How far mending goes.

    true_enough  the mean square of a picture's errors at which it ends
    most_wrong   the share of inexact pixels up to which it begins
    """

    true_enough: float
    most_wrong: float

    def is_met(self, error: int, n_pixels: int) -> bool:
        """Whether a picture is true enough, with this sum of squared distances."""
        return error <= 3 * n_pixels * self.true_enough


# At 70 dB. Beyond it, marks that stay for one frame bring a table each: without a limit, the double well took three
# times the bytes. At 62 dB: panels of eight runs, whose frames bring more colours than a table holds, then come to 62.
# On curves and panels, up to 3 % of the pixels are inexact, on contours, basins and surfaces 9 to 16 %: there, 60 dB
# took up to twice the bytes.
GOALS: Final[Mapping[Quality, Goal]] = {
    Quality.MEDIUM: Goal(true_enough=255**2 / 10**6.2, most_wrong=0.05),
    Quality.HIGH: Goal(true_enough=255**2 / 10**7, most_wrong=1),
}
# The share of the errors that a table has to remove.
LEAST_GAIN: Final = 0.1
# A pixel is drawn where that halves its error at least: with every gain taken, files grew by 3 to 8 % for 0.2 dB.
LEAST_RATIO: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What a block with a table of its own shows.

    table    at most 255 colours (k,)
    indices  (m,) for each pixel 1 + the index of its colour, or 0 where what stands does
    error    the sum of the squared distances that are left
    """

    table: Packed
    indices: Indices
    error: int


def mended(truth: Packed, shown: Packed) -> Mending:
    """What brings pixels (m,) from the colours `shown`, or from NO_COLOUR, close to the `truth`."""
    # Pairs of colours come in runs, and again: each is treated once.
    pairs, lengths = runs(truth.astype(np.uint64) << _HALF | shown)
    pairs, pair_of_run = np.unique(pairs, return_inverse=True)
    counts = np.bincount(pair_of_run, weights=lengths).astype(np.int64)
    truth, shown = (pairs >> _HALF).astype(np.uint32), pairs.astype(np.uint32)
    blank = shown == NO_COLOUR
    errors = np.where(blank, _FARTHEST, squared_distances(truth, shown))
    table = _table(truth, counts, errors)
    entry = nearest(unpacked(truth), unpacked(table))
    drawn_errors = squared_distances(truth, table[entry])
    drawn = blank | (LEAST_RATIO * drawn_errors <= errors)
    return Mending(
        table=table,
        indices=np.repeat(((entry + 1) * drawn).astype(np.uint8)[pair_of_run], lengths),
        error=int((counts * np.where(drawn, drawn_errors, errors)).sum()),
    )


def squared_distances(truth: Packed, shown: Packed) -> NDArray[np.int64]:
    """From colours (n,) to others (n,), pair by pair."""
    distances = np.zeros(len(truth), np.int64)
    for shift in (0, 8, 16):  # one by one: a large picture has millions of pixels
        steps = (truth >> shift & 0xFF).astype(np.int32) - (shown >> shift & 0xFF).astype(np.int32)
        distances += steps * steps
    return distances


def _table(truth: Packed, counts: Counts, errors: NDArray[np.int64]) -> Packed:
    """The colours of `truth`, or 255 of them: one after the other those that are shown worst."""
    colours, gains = summed(truth, counts * errors)
    _, weights = summed(truth, counts)
    if len(colours) <= MOST:
        return colours
    worst = np.argsort(-gains, kind="stable")[:N_POINTS]
    colours, gains, weights = colours[worst], gains[worst], weights[worst]
    return colours[spread(unpacked(colours), weights, gains // weights, MOST)]
