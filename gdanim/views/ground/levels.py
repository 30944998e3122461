"""Levels: the heights that a function of two variables is cut at, chosen so that its valleys show."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Index, Scalar
from gdanim.objectives.objective import Objective

Limits = tuple[tuple[float, float], tuple[float, float]]

GRID, FINE_GRID, COARSE_GRID = 241, 481, 61  # points along each axis; coarse where each costs a call of somebody's code
LEVELS, FEWEST_LEVELS = 16, 5
MAX_CROSSINGS = 70  # with more lines than that across the picture the levels are a grey veil
TOP = 0.97  # the quantile of f that the highest level stands at: corners are cut off
EVEN = 0.5 / TOP  # where the median then is, between the lowest level and the highest, if f is even
FLAT = 64  # in units of rounding: a function that varies by less has no shape to show
# Of the powers by which levels crowd: at the bottom of valleys, at the rim of holes, around the median between poles.
STEEPEST, RIM, AROUND = 7.0, 2.0, 4.0
NEARLY_EVEN = 1.25  # a power below that is not worth uneven steps
# f has a pole below, and no hole, where it goes deeper than all its minima, and that many times as far from the median
# as the quantile 1 − TOP. Its levels begin there.
POLE = 4.0
LEAST_BAND: Final = 0.001  # of the picture, between two levels: what is less is a line upon a line
MOST_BREAKS: Final = 2  # of pieces that come and go with the fineness of the grid: two, where a pass is cut just so


class Sampled:
    """f (m, n) at x (n,) and y (m,); NaN where it is not finite."""

    def __init__(self, objective: Objective, limits: Limits, points: int) -> None:
        self.x, self.y = (np.linspace(*ends, points) for ends in limits)
        f = objective.value(np.stack(np.meshgrid(self.x, self.y), axis=-1))
        self.f: Scalar = np.where(np.isfinite(f), f, np.nan)


def sampled(objective: Objective, limits: Limits) -> Sampled:
    """An objective on a grid: a fine one where it goes up and down within a few points, or is steep beside a valley."""
    if objective.point_by_point:
        return Sampled(objective, limits, COARSE_GRID)
    usual = Sampled(objective, limits, GRID)
    if turns(usual.f) > GRID / 6 or breaks(usual.f, calm_levels(usual.f, lowest(objective))).any():
        return Sampled(objective, limits, FINE_GRID)
    return usual


def lowest(objective: Objective) -> float:
    """f at the lowest known minimum; ∞ where none is known."""
    known = objective.value(objective.minimizers)
    return float(np.min(known, initial=np.inf, where=np.isfinite(known)))


def calm_levels(f: Scalar, known: float = -np.inf) -> Scalar:
    """As many levels, up to LEVELS, as make no crowd of lines; the fewest where they always do."""
    tried = (spread_levels(f, count, known) for count in range(LEVELS, FEWEST_LEVELS - 1, -1))
    return next((levels for levels in tried if crossings(f, levels) <= MAX_CROSSINGS), spread_levels(f, known=known))


def spread_levels(f: Scalar, count: int = LEVELS, known: float = -np.inf) -> Scalar:
    """Levels that show the shape of f: between equal heights, where f is even, and equal areas, where it is not.

    Heights are spaced like a power of the rank whose exponent comes from the skewness of f: a function with deep narrow
    valleys gets most of its levels low down, one that is a hole in a plain gets them just below the plain, and one that
    has poles around its median. `known` is the lowest known minimum, ∞ where there is none: deeper are poles only.
    Returns at most count + 1 rising values, and never one alone.
    """
    finite = np.sort(f[np.isfinite(f)])
    if not finite.size:
        return np.empty(0)
    with np.errstate(over="ignore", invalid="ignore"):
        low, near, quarter, middle, upper, high = np.quantile(finite, [0, 1 - TOP, 0.25, 0.5, 0.75, TOP])
        spread = high - low
    if not np.isfinite(spread):  # wider than numbers reach: nothing between can be told
        return np.empty(0)
    if not high - low > FLAT * np.spacing(max(abs(low), abs(high))):
        return np.empty(0)
    rank = np.linspace(0, 1, count + 1)
    if low < known and middle - low > POLE * (middle - near):
        low = min(near, known)
        levels = _around(rank, (low, quarter, middle, upper, high))
    else:
        levels = _one_sided(rank, low, middle, high)
    found = _told_apart(np.unique(levels), finite)
    if len(found) < FEWEST_LEVELS:  # nearly all of f is crowded at one end: between equal areas, whatever the heights
        even = _told_apart(np.unique(np.quantile(finite, rank[1:-1])), finite)
        found = max(found, even, key=len)
    return found if len(found) > 1 else np.empty(0)


def _one_sided(rank: Scalar, low: float, middle: float, high: float) -> Scalar:
    # f ≈ low + (high − low)·q^p puts the median at q = 1/2: p is 1 for an even spread, and large for a narrow valley.
    share = float(np.clip((middle - low) / (high - low), 1e-4, 1 - 1e-4))
    if share <= EVEN:
        return np.asarray(low + (high - low) * rank ** _power(share, 0.5, STEEPEST))
    power = _power(1 - share, 1 - EVEN, RIM)
    # Without the plain's own height, which its rounding draws as a pattern.
    return np.asarray(high - (high - low) * (1 - rank[:-1]) ** power)


def _power(share: float, even: float, most: float) -> float:
    """The exponent from 1 to `most` that takes a share of ranks to a share of heights; 1 where that is nearly even."""
    power = float(np.log(share) / np.log(even))
    return min(power, most) if power > NEARLY_EVEN else 1.0


def _around(rank: Scalar, quantiles: tuple[float, ...]) -> Scalar:
    """Levels on both sides of the median, each as a power whose exponent puts the quartile halfway."""
    low, quarter, middle, upper, high = quantiles
    out = 2 * rank - 1

    def side(end: float, quartile: float) -> Scalar:
        share = float(np.clip((quartile - middle) / (end - middle or 1.0), 1e-4, 1.0))
        return np.asarray((end - middle) * np.abs(out) ** _power(share, 0.5, AROUND))

    return np.asarray(middle + np.where(out < 0, side(low, quarter), side(high, upper)))


def _told_apart(levels: Scalar, ordered: Scalar) -> Scalar:
    """Those of rising levels that have LEAST_BAND of the values, in their order, between one another and below."""
    kept, last = [], 0.0
    for level, rank in zip(levels, np.searchsorted(ordered, levels) / len(ordered), strict=True):
        if rank >= last + LEAST_BAND:
            kept.append(level)
            last = rank
    return np.array(kept)


def crossings(f: Scalar, levels: Scalar) -> float:
    """How many lines a straight way across the picture meets, on average."""
    band = np.digitize(f, levels)
    return float(max(np.abs(np.diff(band, axis=axis)).sum() / f.shape[1 - axis] for axis in (0, 1)))


def breaks(f: Scalar, levels: Scalar) -> NDArray[np.bool_]:
    """Which levels fall into pieces, beads along a narrow valley, on a grid half as fine: (k,)."""
    return np.asarray(np.abs(pieces(f, levels) - pieces(f[::2, ::2], levels)) > MOST_BREAKS)


def pieces(f: Scalar, levels: Scalar) -> Index:
    """The number of areas below each level, less that of the holes in them: their Euler characteristic, (k,)."""
    band = np.digitize(np.nan_to_num(f, nan=np.inf), levels)
    across, down = np.maximum(band[:, 1:], band[:, :-1]), np.maximum(band[1:], band[:-1])
    cells = np.maximum(across[1:], across[:-1])
    points, *edges, faces = (
        np.bincount(part.ravel(), minlength=len(levels) + 1)[: len(levels)].cumsum()
        for part in (band, across, down, cells)
    )
    return np.asarray(points - edges[0] - edges[1] + faces)


def turns(f: NDArray[np.float64]) -> float:
    """How often f turns from rising to falling or back on a straight way across, on average."""
    rising = [np.diff(f, axis=axis) > 0 for axis in (0, 1)]
    return float(max((np.diff(up, axis=a) != 0).sum() / f.shape[1 - a] for a, up in enumerate(rising)))
