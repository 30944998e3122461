"""GIF: chooses a local colour table for a block, where the global palette is too inexact for the picture."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.output import palette
from gdanim.output.base import Quality

NO_COLOUR: Final = 0xFFFFFFFF  # differs from every packed colour: nothing is shown yet
_HALF: Final = np.uint64(32)  # a pair of colours is one number
_FARTHEST: Final = 3 * 255**2


class Target(NamedTuple):
    """How exact pictures become by local tables."""

    mean_square_error: float  # of the channels; a picture below it gets no local table
    max_wrong_share: float  # a picture in which a larger share of the pixels is inexact gets none, either

    def is_met(self, error: int, n_pixels: int) -> bool:
        """Whether a picture with this sum of squared distances is exact enough."""
        return error <= 3 * n_pixels * self.mean_square_error


# At 70 dB. Beyond it, marks that stay for one frame bring a table each: without a limit, the double well took three
# times the bytes. At 59.5 dB: at 60, the double well took 6 % more for what nobody sees, at 62 rates 15 %.
# On curves and panels, up to 3 % of the pixels are inexact, on contours, basins and surfaces 9 to 16 %: there, 60 dB
# took up to twice the bytes.
TARGETS: Final[Mapping[Quality, Target]] = {
    Quality.MEDIUM: Target(mean_square_error=255**2 / 10**5.95, max_wrong_share=0.05),
    Quality.HIGH: Target(mean_square_error=255**2 / 10**7, max_wrong_share=1),
}
# The share of the errors that a local table has to remove.
MIN_GAIN: Final = 0.1
# A pixel is drawn where that halves its error at least: with every gain taken, files grew by 3 to 8 % for 0.2 dB.
MIN_RATIO: Final = 2


class LocalTable(NamedTuple):
    """A local colour table, and what it shows."""

    table: palette.Packed  # at most 255 colours (k,)
    # Part by part, (m,) for each pixel 1 + the index of its colour, or 0 where the colour that is shown stays.
    indices: Iterator[palette.Indices]
    error: int  # the sum of the squared distances that are left


def choose_local_table(parts: Iterable[tuple[palette.Packed, palette.Packed]]) -> LocalTable:
    """The table that brings pixels close to the first colours of each part (m,), (m,) from the second, or NO_COLOUR."""
    # Pairs of colours come in runs, and again: each is treated once.
    runs = [palette.run_lengths(exact.astype(np.uint64) << _HALF | shown) for exact, shown in parts]
    pairs, pair_of_run = np.unique(np.concatenate([pairs for pairs, _ in runs]), return_inverse=True)
    counts = np.bincount(pair_of_run, weights=np.concatenate([lengths for _, lengths in runs])).astype(np.int64)
    exact, shown = (pairs >> _HALF).astype(np.uint32), pairs.astype(np.uint32)
    blank = shown == NO_COLOUR
    errors = np.where(blank, _FARTHEST, squared_distances(exact, shown))
    table = _table(exact, counts, errors)
    entry = palette.nearest(palette.unpacked(exact), palette.unpacked(table))
    drawn_errors = squared_distances(exact, table[entry])
    drawn = blank | (MIN_RATIO * drawn_errors <= errors)
    index_of_run = ((entry + 1) * drawn).astype(np.uint8)[pair_of_run]
    ends = np.cumsum([len(lengths) for _, lengths in runs]).tolist()
    parts_of_run = (index_of_run[end - len(lengths) : end] for end, (_, lengths) in zip(ends, runs, strict=True))
    indices = (np.repeat(part, lengths) for part, (_, lengths) in zip(parts_of_run, runs, strict=True))
    return LocalTable(table, indices, error=int((counts * np.where(drawn, drawn_errors, errors)).sum()))


def squared_distances(exact: palette.Packed, shown: palette.Packed) -> NDArray[np.int64]:
    """Between two arrays of colours (n,), pair by pair."""
    distances = np.zeros(len(exact), np.int64)
    for shift in (0, 8, 16):  # one by one: a large picture has millions of pixels
        steps = (exact >> shift & 0xFF).astype(np.int32) - (shown >> shift & 0xFF).astype(np.int32)
        distances += steps * steps
    return distances


def _table(exact: palette.Packed, counts: palette.Counts, errors: NDArray[np.int64]) -> palette.Packed:
    """The colours of `exact`, or 255 of them: one after the other, those with the largest error left."""
    colours, gains = palette.summed(exact, counts * errors)
    _, weights = palette.summed(exact, counts)
    if len(colours) <= palette.MAX_COLOURS:
        return colours
    worst = np.argsort(-gains, kind="stable")[: palette.N_POINTS]
    colours, gains, weights = colours[worst], gains[worst], weights[worst]
    return colours[palette.choose_worst(palette.unpacked(colours), weights, gains // weights, palette.MAX_COLOURS)]
