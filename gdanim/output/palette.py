"""Reduces colours: chooses a palette, and maps every pixel exactly to its nearest entry.

All decisions are made on integers, so the same frames give the same palette on every machine.
"""

import mmap
from collections.abc import Iterable, Iterator
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from gdanim.drawing.frame import BAND_PX, Pixels
from gdanim.output.base import FilmInfo, Quality

Packed = NDArray[np.uint32]  # one colour per item: red + 256·green + 65536·blue
Points = NDArray[np.int64]  # (n, 3), red, green and blue in 0…255
Counts = NDArray[np.int64]  # (n,), ≥ 1
Indices = NDArray[np.uint8]  # shaped like the colours
Key = TypeVar("Key", bound=np.unsignedinteger)

# Paper, ink, grid, curve and the fills must not shift by one step; plots have fewer than 32 of these.
N_EXACT: Final = 32
# More distinct colours than this (shaded surfaces have 90,000) are merged first: the time grows with their number.
N_POINTS: Final = 4096
# Measured on line, contour and surface plots: the fourth round gains less than 0.05 dB.
N_ROUNDS: Final = 4
MAX_COLOURS: Final = 255  # all indices of a byte but the transparent one
# Of low quality: with the transparent index 64, the largest table of six bits.
N_FEW_COLOURS: Final = 63
N_COLOURS_24_BIT: Final = 1 << 24
PATTERN_PX: Final = 8
# How far dithering moves a colour, of 255, with 63 and with 255 colours. On surfaces, the means of 8×8 pixels come
# 1.3 and 1 dB closer to the truth, on basins 0.5 dB at best; on contours, with 255 colours, 1 dB farther away.
# With twice the reach and 255 colours, they end up to 5 dB farther away.
REACH_OF_63: Final = 4
REACH_OF_255: Final = 2


def packed(pixels: Pixels) -> Packed:
    """The colours (h, w) of straight-alpha pixels (h, w, 4); the alpha is left out."""
    return pixels.view("<u4")[..., 0] & np.uint32(0xFFFFFF)


def packed_entries(palette: Pixels | Points) -> Packed:
    """The colours (n,) of a palette (n, 3)."""
    return palette.astype(np.uint32) @ np.array((1, 1 << 8, 1 << 16), np.uint32)


def unpacked(colours: Packed) -> Points:
    """Colours (n,) as points (n, 3)."""
    return np.stack([colours & 0xFF, colours >> 8 & 0xFF, colours >> 16], axis=1).astype(np.int64)


def choose_palette(frames: Iterable[Pixels], size: int = MAX_COLOURS) -> Pixels:
    """At most `size` colours (n, 3) uint8 for all of `frames` together, those that cover most pixels first.

    Up to `size` distinct colours are all kept. Of more, the 32 commonest are kept; the others are clustered by
    k-means, each colour weighted by its count to the power of 3/4. By the count itself, the few pixels of a small
    moving mark would have no say; by its root, basins and explained plots came 2 dB below the best palette that
    k-means finds for the whole timeline, by 3/4 1 dB. Empty clusters are dropped.
    """
    colours, counts = _histogram(frames)
    points = unpacked(colours)
    palette = points if len(points) <= size else _reduced(points, counts, size)
    covered = np.bincount(nearest(points, palette), weights=counts, minlength=len(palette))
    by_use = np.argsort(-covered, kind="stable")[: np.count_nonzero(covered)]
    return palette[by_use].astype(np.uint8)


def nearest(points: Points, palette: Points) -> NDArray[np.intp]:
    """For each point (n, 3) the index (n,) of the palette entry (m, 3) at the least squared distance.

    Ties go to the lowest index. |x − p|² is compared as |p|² − 2x·p: these integers stay below 2²⁴, where float32
    is exact, so that no order of summation on any CPU can change the answer.
    """
    entries = palette.astype(np.float32)
    squares = (entries * entries).sum(axis=1)
    found = np.empty(len(points), np.intp)
    for start in range(0, len(points), N_POINTS):
        part = slice(start, start + N_POINTS)
        found[part] = (squares - points[part].astype(np.float32) @ (2 * entries.T)).argmin(axis=1)
    return found


class NearestColour:
    """Maps colours to the nearest of at most 255 palette entries; each distinct colour is searched only once.

    Entry i of the palette has index i + 1. Index 0 is left to transparent pixels; in the table of all 2²⁴ colours it
    means that a colour was not looked up yet.
    """

    def __init__(self, palette: Pixels) -> None:
        self._palette: Points = palette.astype(np.int64)
        # Of these 16 MB only the pages of colours that occur become real; np.zeros would ask for huge pages.
        self._table = np.frombuffer(mmap.mmap(-1, N_COLOURS_24_BIT), np.uint8)

    def __call__(self, colours: Packed) -> Indices:
        """Indices of `colours`, in their shape."""
        indices: Indices = self._table[colours]
        if not indices.all():
            new = np.unique(run_lengths(colours[indices == 0])[0])
            self._table[new] = nearest(unpacked(new), self._palette) + 1
            indices = self._table[colours]
        return indices


def pattern(height: int, width: int, reach: int) -> NDArray[np.int8]:
    """What ordered dithering adds to each pixel (h, w): −reach…reach, in tiles of 8×8 of mean 0 (Bayer, 1973)."""
    ranks = np.zeros((1, 1))
    while len(ranks) < PATTERN_PX:
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    tile = np.rint(reach * ((2 * ranks + 1) / ranks.size - 1)).astype(np.int8)
    return np.tile(tile, (-(-height // PATTERN_PX), -(-width // PATTERN_PX)))[:height, :width]


def dithered(colours: Packed, offsets: NDArray[np.int8]) -> Packed:
    """Colours (n,), each channel moved by the pixel's offset (n,) and kept within 0…255."""
    points = np.clip(unpacked(colours) + offsets[:, None], 0, 255)
    return packed_entries(points)


class FewColours:
    """Reduces pixels to the 63 colours of low quality, chosen from the sample of `film`; alpha is kept."""

    def __init__(self, film: FilmInfo) -> None:
        self.palette = choose_palette((frame.pixels for frame in film.sample()), N_FEW_COLOURS)
        self.index_of = NearestColour(self.palette)

    @classmethod
    def of(cls, film: FilmInfo) -> Self | None:
        """The colours of a film of low quality; None for any other."""
        return cls(film) if film.quality is Quality.LOW else None

    def reduced(self, pixels: Pixels) -> Pixels:
        """Pixels (h, w, 4) in the colours of the palette."""
        colours = self.palette[self.index_of(packed(pixels)).astype(np.intp) - 1]
        return np.concatenate((colours, pixels[..., 3:]), axis=2)


def run_lengths(keys: NDArray[Key]) -> tuple[NDArray[Key], Counts]:
    """Run-length encoding of `keys` read in rows: values and lengths, in plots a hundredth as many as pixels."""
    flat = keys.ravel()
    if not flat.size:
        return flat, np.zeros(0, np.int64)
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    return flat[starts], np.diff(starts, append=flat.size)


def _histogram(frames: Iterable[Pixels]) -> tuple[Packed, Counts]:
    """The distinct colours of all frames in ascending order, and how many pixels each covers."""
    # A sample frame in which nothing has changed has no pixels.
    parts = [summed(*run_lengths(packed(band))) for pixels in frames for band in _bands(pixels)]
    return summed(*(np.concatenate(some) for some in zip(*parts, strict=True)))


def _bands(pixels: Pixels) -> Iterator[Pixels]:
    for top in range(0, len(pixels), BAND_PX):
        yield pixels[top : top + BAND_PX]


def summed(keys: Packed, counts: Counts) -> tuple[Packed, Counts]:
    """Each distinct key once, with the sum of its counts."""
    distinct, group = np.unique(keys, return_inverse=True)
    # bincount adds in float64, which holds every sum below 2⁵³ exactly.
    return distinct, np.bincount(group, weights=counts).astype(np.int64)


def _reduced(points: Points, counts: Counts, size: int) -> Points:
    """`size` entries for more than `size` points: the commonest as they are, the rest as the centres of clusters."""
    by_count = np.argsort(-counts, kind="stable")
    n_kept = min(N_EXACT, size)
    kept, others = points[by_count[:n_kept]], by_count[n_kept:]
    # Square roots are rounded alike on every machine, powers are not.
    weights = np.rint(16 * np.sqrt(counts[others] * np.sqrt(counts[others]))).astype(np.int64)
    points, weights = _merged(points[others], weights)
    distances = ((points - kept[nearest(points, kept)]) ** 2).sum(axis=1)
    centres = np.concatenate((kept, points[choose_worst(points, weights, distances, size - n_kept)]))
    for _ in range(N_ROUNDS):
        means, totals = _centroids(points, weights, nearest(points, centres), size)
        movable = (totals > 0) & (np.arange(size) >= len(kept))
        centres = np.where(movable[:, None], means, centres)
    return centres


def _merged(points: Points, weights: Counts) -> tuple[Points, Counts]:
    """At most 4096 points: those in one cell of the finest grid that has so few occupied cells become their mean."""
    for shift in range(5):
        red, green, blue = (points >> shift).T
        cells, cell = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
        if len(cells) <= N_POINTS:
            break
    return _centroids(points, weights, cell, len(cells))


def choose_worst(points: Points, weights: Counts, distances: Counts, n: int) -> list[int]:
    """The indices of `n` points (m, 3), each the worst at its turn: weight × squared distance to those before it.

    distances   (m,) squared, to the colours that there are before the first is chosen
    """
    exact = points.astype(np.float32)  # see nearest
    squares = (exact * exact).sum(axis=1)
    shares, distances_left = weights.astype(np.float64), distances.astype(np.float64)
    chosen: list[int] = []
    for _ in range(n):
        worst = int((shares * distances_left).argmax())
        chosen.append(worst)
        np.minimum(distances_left, squares + squares[worst] - exact @ (2 * exact[worst]), out=distances_left)
    return chosen


def _centroids(points: Points, weights: Counts, group: NDArray[np.intp], n_groups: int) -> tuple[Points, Counts]:
    """The weighted mean (n_groups, 3) of each group, rounded half up, and the groups' weights; empty groups give 0."""
    totals = np.bincount(group, weights=weights, minlength=n_groups).astype(np.int64)
    sums = np.stack([np.bincount(group, weights=weights * axis, minlength=n_groups) for axis in points.T], axis=1)
    divisors = np.maximum(totals, 1)[:, None]
    return (2 * sums.astype(np.int64) + divisors) // (2 * divisors), totals
