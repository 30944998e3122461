"""Attractors: the places where many descents end, and which of them each end belongs to."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.descent.outcomes.motion import ROUNDING

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.objectives.objective import Objective

# What stands for the attractor of a cell that has none: its descent diverged or left the domain; ended near none; or
# has no finite value and slope at its start.
FAILED, UNSETTLED, NOWHERE = -1, -2, -3

# Distances are shares of the width of the bounds.
ARRIVED: Final = 1e-3  # an end that near belongs to the attractor: half a pixel in a picture of 500
# An end that near belongs to it if f is nowhere higher on the straight line between them: steps of a fixed length,
# noise and momentum keep a descent moving about its minimizer.
NEAR: Final = 5e-2
ALONG_LINE: Final = np.arange(1, 9) / 8  # where f is looked at on that line

SAME: Final = 1e-6  # ends that near are one
BIN: Final = 1e-2  # the size of the squares in each of which the lowest end is looked for
REACH: Final = 1  # how far outside the bounds attractors are sought
MOST_ATTRACTORS: Final = 1024

# A search for the lowest point near an end evaluates rings of these radii, each with so many points.
LARGEST, FIRST, SMALLEST = 4e-3, 1e-3, 1e-4
DIRECTIONS: Final = 16
MOST_RINGS: Final = 100
FLAT: Final = 1e-14  # the share of its range that f has to rise around a minimizer, and more than rounding errors

_TOGETHER: Final = 1 << 20  # distances that are computed at a time


def assign(objective: Objective, x: Vector, f: Scalar, attractors: Vector) -> Index:
    """The row of `attractors` (m, d) to which each end x (n, d) with f (n,) belongs, or UNSETTLED: (n,)."""
    found = np.full(len(x), UNSETTLED)
    if not len(attractors) or not len(x):
        return found
    width = np.ptp(objective.bounds, axis=1)
    # Most descents end in few places. One end stands for all that are the SAME.
    firsts, of_first = _distinct(x / (SAME * width))
    nearest, distance = _nearest(x[firsts] / width, attractors / width)
    there = distance <= ARRIVED
    near = np.flatnonzero(~there & (distance <= NEAR))
    there[near] = _is_downhill(objective, x[firsts[near]], f[firsts[near]], attractors[nearest[near]])
    return np.where(there, nearest, UNSETTLED)[of_first]


def find_attractors(objective: Objective, x: Vector, f: Scalar, known: Vector) -> Vector:
    """More attractors, near ends x (n, d) with f (n,) that belong to none of the known (k, d): (m, d), lowest first.

    They are minimizers, kinks included, within NEAR of an end that is lower than those around. At most MOST_ATTRACTORS.
    """
    width, span = np.ptp(objective.bounds, axis=1), float(np.ptp(f)) if len(f) else 0.0
    low, high = objective.bounds[:, 0] - REACH * width, objective.bounds[:, 1] + REACH * width
    within = np.flatnonzero(((x >= low) & (x <= high)).all(axis=1))
    x, f = x[within], f[within]
    seeds = _lowest_around(((x - low) / (BIN * width)).astype(np.int64), f)
    seeds = seeds[np.argsort(f[seeds], kind="stable")][:MOST_ATTRACTORS]
    lowest, f_lowest = _search(objective, x[seeds], f[seeds], width, span)
    kept: list[int] = []
    new = np.flatnonzero(assign(objective, lowest, f_lowest, known) < 0)
    left = new[np.argsort(f_lowest[new], kind="stable")]
    while left.size:
        first, left = left[0], left[1:]
        kept.append(int(first))
        left = left[assign(objective, lowest[left], f_lowest[left], lowest[first][np.newaxis]) < 0]
    return lowest[kept]


def _distinct(x: Vector) -> tuple[Index, Index]:
    """Points (n, d) that are equal when rounded: the first of each kind (k,), and the kind of each point (n,)."""
    # Far outside, rounded numbers no longer fit into 64 bits; no attractors are sought there.
    columns = np.rint(np.clip(x, -(2.0**40), 2.0**40)).astype(np.int64).T
    _, kinds = np.unique(columns[0], return_inverse=True)
    for column in columns[1:]:
        _, other = np.unique(column, return_inverse=True)
        kinds = kinds * (int(other.max()) + 1) + other
    _, firsts, of_first = np.unique(kinds, return_index=True, return_inverse=True)
    return firsts, of_first


def _nearest(x: Vector, attractors: Vector) -> tuple[Index, Scalar]:
    """The nearest attractor (m, d) of each point (n, d), and how far it is: (n,), (n,)."""
    nearest, square = np.empty(len(x), dtype=np.int64), np.empty(len(x))
    together = max(_TOGETHER // len(attractors), 1)
    with np.errstate(over="ignore"):
        for first in range(0, len(x), together):
            part = slice(first, first + together)
            squares = sum((a[:, np.newaxis] - b) ** 2 for a, b in zip(x[part].T, attractors.T, strict=True))
            nearest[part] = squares.argmin(axis=1)
            square[part] = squares.min(axis=1)
    return nearest, np.sqrt(square)


def _is_downhill(objective: Objective, x: Vector, f: Scalar, to: Vector) -> Flags:
    """Whether f is nowhere above f (n,) on the straight lines from x (n, d) to other points (n, d): (n,)."""
    line = x + ALONG_LINE[:, np.newaxis, np.newaxis] * (to - x)
    downhill: Flags = np.all(objective.value(line) <= f, axis=0)
    return downhill


def _lowest_around(bins: Index, f: Scalar) -> Index:
    """The lowest point of each bin, where no neighbouring bin has a lower one; bins (n, d), f (n,): (k,)."""
    side = int(bins.max(initial=0)) + 3
    place = np.ravel_multi_index(tuple((bins + 1).T), (side,) * bins.shape[1])
    order = np.lexsort((f, place))
    occupied, firsts = np.unique(place[order], return_index=True)
    lowest = order[firsts]
    height = np.full((side,) * bins.shape[1], np.inf)
    height.flat[occupied] = f[lowest]
    neighbours = height
    for axis, shift in product(range(height.ndim), (-1, 1)):
        neighbours = np.minimum(neighbours, np.roll(height if axis == 0 else neighbours, shift, axis))
    return lowest[f[lowest] <= neighbours.flat[occupied]]


def _search(objective: Objective, x: Vector, f: Scalar, width: Vector, span: float) -> tuple[Vector, Scalar]:
    """The minimizers (k, d) near points x (m, d) with f (m,), found by comparing values, and f there (k,); k ≤ m."""
    ring = directions(objective.dim, DIRECTIONS) * width
    here, f_here, radius = x.copy(), f.copy(), np.full(len(x), FIRST)
    rise, going = np.zeros(len(x)), np.arange(len(x))
    for _ in range(MOST_RINGS):
        if not going.size:
            break
        around = here[going, np.newaxis] + radius[going, np.newaxis, np.newaxis] * ring
        f_around = objective.value(around)
        place = np.where(np.isnan(f_around), np.inf, f_around).argmin(axis=1)
        f_lower = f_around[np.arange(len(going)), place]
        lower = f_lower < f_here[going]
        moved, stayed = going[lower], going[~lower]
        here[moved], f_here[moved] = around[lower, place[lower]], f_lower[lower]
        rise[stayed] = np.maximum(rise[stayed], f_around[~lower].max(axis=1) - f_here[stayed])
        radius[moved], radius[stayed] = np.minimum(2 * radius[moved], LARGEST), radius[stayed] / 4
        far = np.sqrt((((here[going] - x[going]) / width) ** 2).sum(axis=1)) > NEAR
        radius[going[far]] = np.nan
        going = going[radius[going] >= SMALLEST]
    found = (radius < SMALLEST) & (rise > np.maximum(FLAT * span, ROUNDING * np.abs(f_here)))
    return here[found], f_here[found]


def directions(dim: int, most: int) -> Vector:
    """Directions all around, evenly spread: both of one variable, `most` of two: (m, d)."""
    if dim == 1:
        return np.array([[-1.0], [1.0]])
    angle = 2 * np.pi * np.arange(most) / most
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
