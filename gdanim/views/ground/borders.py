"""Smooth borders between areas of a grid of cells, where each cell alone would make stairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Index

SIGMA: Final = 1.2  # cells: how far around a cell its neighbours are looked at, by a bell curve
RADIUS: Final = 3
# The share of its own kind around a cell that is a thread, thinner than two cells: it would be smoothed away.
THREAD: Final = 0.37
WIDTH: Final = 2 / (SIGMA * np.sqrt(2 * np.pi))  # how fast the shares on both sides of a straight border part, per cell


def smoothed(kinds: Index, colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """The colours (h, w, 3) of cells of some kinds (h, w), rows of `colours` (k, 3); at borders a mixture of two.

    Each cell has as much of either side as a smooth line would leave it.
    """
    present = np.unique(kinds)
    painted: NDArray[np.float64] = colours[kinds]
    if len(present) < 2:
        return painted
    shares = np.stack([_blurred((kinds == kind).astype(np.float32)) for kind in present])
    order = np.argsort(shares, axis=0)[-2:]
    second, first = np.take_along_axis(shares, order, axis=0)
    own = np.take_along_axis(shares, np.searchsorted(present, kinds)[np.newaxis], axis=0)[0]
    mixed = (first - second < WIDTH) & (own > THREAD)
    part = 0.5 + (first - second)[mixed] / (2 * WIDTH)
    one, other = (colours[present[place[mixed]]] for place in (order[1], order[0]))
    painted[mixed] = part[:, np.newaxis] * one + (1 - part)[:, np.newaxis] * other
    return painted


def _blurred(share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Averages (h, w) over the cells around each, along both axes; at the edge, over those there are."""
    at = np.arange(-RADIUS, RADIUS + 1)
    weights = np.exp(-(at**2) / (2 * SIGMA**2)).astype(np.float32)
    weights /= weights.sum()
    for axis in (0, 1):
        length = share.shape[axis]
        padded = np.pad(share, [(RADIUS, RADIUS) if axis == along else (0, 0) for along in (0, 1)], mode="edge")
        share = sum(weight * padded.take(range(i, i + length), axis=axis) for i, weight in enumerate(weights))
    return share
