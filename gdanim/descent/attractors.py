"""Attractors: the places where many descents end, and which of them each end belongs to."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.objectives.minimizers import distinct
from gdanim.objectives.polishing import polish
from gdanim.objectives.rings import Shape, lowest_on_ring
from gdanim.objectives.surroundings import is_in_valley, nearest_of

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.objectives.objective import Objective

# What stands for the attractor of a cell that has none: its descent diverged or left the domain; ended near none;
# has no finite value and slope at its start; or ended on a curve or an area of minima, no point of which is its own.
FAILED, UNSETTLED, NOWHERE, IN_VALLEY = -1, -2, -3, -4

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

CELL: Final = 5e-3  # the length of the first steps of the search for a minimizer near an end
RING: Final = 1e-3  # the radius of the ring on which f has to rise
FLAT: Final = 1e-14  # the share of its range by which it has to
SAME_ATTRACTOR: Final = 1e-4  # minimizers that near are one


def assign(objective: Objective, x: Vector, f: Scalar, attractors: Vector) -> Index:
    """The row of `attractors` (m, d) to which each end x (n, d) with f (n,) belongs, or UNSETTLED: (n,)."""
    found = np.full(len(x), UNSETTLED)
    if not len(attractors) or not len(x):
        return found
    width = np.ptp(objective.bounds, axis=1)
    # Most descents end in few places. One end stands for all that are the SAME.
    firsts, of_first = _distinct(x / (SAME * width))
    nearest, distance = nearest_of(x[firsts] / width, attractors / width)
    there = distance <= ARRIVED
    near = np.flatnonzero(~there & (distance <= NEAR))
    there[near] = _is_downhill(objective, x[firsts[near]], f[firsts[near]], attractors[nearest[near]])
    return np.where(there, nearest, UNSETTLED)[of_first]


def places_of(objective: Objective, x: Vector, f: Scalar, known: Vector) -> tuple[Index, Vector]:
    """The place where each of some ends x (n, d) with f (n,) lies, (n,), and all places (m, d).

    Places are the known ones (k, d), then others that ends gather around. An end without one is IN_VALLEY or UNSETTLED.
    """
    place, places = assign(objective, x, f, known), known
    rest = np.flatnonzero(place < 0)
    if objective.continuum:
        place[rest] = np.where(is_in_valley(objective, x[rest], f[rest]), IN_VALLEY, UNSETTLED)
        rest = rest[place[rest] == UNSETTLED]
    if rest.size:
        further = find_attractors(objective, x[rest], f[rest], known)
        found = assign(objective, x[rest], f[rest], further)
        place[rest] = np.where(found < 0, found, found + len(known))
        places = np.concatenate([known, further])
    return place, places


def find_attractors(objective: Objective, x: Vector, f: Scalar, known: Vector) -> Vector:
    """More attractors, near ends x (n, d) with f (n,) that belong to none of the known (k, d): (m, d), lowest first.

    They are minimizers, kinks included, within NEAR of an end that is lower than those around. ∇f and the Hessian
    confirm each, or rings about it. At most MOST_ATTRACTORS.
    """
    width, span = np.ptp(objective.bounds, axis=1), float(np.ptp(f)) if len(f) else 0.0
    low, high = objective.bounds[:, 0] - REACH * width, objective.bounds[:, 1] + REACH * width
    within = np.flatnonzero(((x >= low) & (x <= high)).all(axis=1))
    x, f = x[within], f[within]
    seeds = _lowest_around(((x - low) / (BIN * width)).astype(np.int64), f)
    seeds = seeds[np.argsort(f[seeds], kind="stable")][:MOST_ATTRACTORS]
    found = polish(objective.functions, x[seeds], CELL * width, width)
    far = np.linalg.norm((found.x - x[seeds]) / width, axis=1) > NEAR
    lowest = found.x[(found.shape == Shape.STRICT) & ~far]
    lowest = lowest[_rise(objective, lowest, width) > FLAT * span]
    lowest = lowest[np.argsort(objective.value(lowest), kind="stable")]
    return distinct(np.concatenate([known, lowest]), SAME_ATTRACTOR * width)[len(known) :]


def _rise(objective: Objective, x: Vector, width: Vector) -> Scalar:
    """How high f rises on a ring about each of some points (m, d): (m,)."""
    ring = lowest_on_ring(objective.functions, x, np.full(len(x), RING), width)
    return ring.highest - objective.value(x)


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
