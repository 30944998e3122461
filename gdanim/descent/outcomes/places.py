"""Places: what lies around the end of a run: a minimizer, a saddle, a level place, or a slope.

Newton's method on ∇f = 0 finds a stationary point within reach, and the signs of the Hessian's eigenvalues there say
what it is. Where these do not tell (at kinks, flat minima and valleys of minima) rings about the lowest point within
reach do. Every length is a share of the reach: x → b·x + c and f → a·f + c change nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.objectives.rings import EPS, ROUGH, lowest_on_ring, rounding
from gdanim.objectives.surroundings import nearest_of

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.objectives.objective import Functions

NEWTON_STEPS: Final = 25  # at a minimum of fourth order, each leaves 2/3 of the way: 23 leave SETTLED of it
SETTLED: Final = 1e-4  # share of the reach: a shorter Newton step has found its stationary point
# Share of the largest eigenvalue: a smaller one is looked at as none; finite differences know it no better.
SINGULAR: Final = 1e-6
LEAST: Final = 1e-14  # the same, where an eigenvalue is only divided by
ASIDE: Final = 1e-2  # share of what a Newton step changes f by: what changes it less is left for later
DESCENT_STEPS: Final = 40
# Share of the height of a ring by which one of its points may be lower at a minimum: about a point that Newton's method
# found, and about one to which rings led, which stops short of a kink.
LEVEL, LEVEL_AT_KINK = 1e-9, 3e-3
# Radii of the rings, as shares of the reach: the smallest on which f is seen to differ from the middle decides.
RADII: Final = (1e-1, 1.0, 1e1, 1e2, 1e3, 1e4)
# The same where a run never moved: shares of |x|, of 1 at least. There is no other length.
RADII_AT_REST: Final = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)


class Place(IntEnum):
    """What lies around a point, within reach."""

    SLOPE = 0  # no stationary point
    MINIMUM = 1  # f is lower nowhere around, and higher somewhere: a valley of minima and a kink are minima, too
    SADDLE = 2  # a stationary point of two variables, from which f rises and falls
    LEVEL = 3  # any other: a maximum, an inflection, a plain


class Surroundings(NamedTuple):
    """The Place of each point (m,), and the stationary or lowest point that was found within reach (m, d)."""

    place: Index
    at: Vector


def known_near(minimizers: Vector, x: Vector) -> Surroundings:
    """The nearest of the minimizers (k, d) that are known to each point x (m, d), of very many variables."""
    if not len(minimizers):
        return Surroundings(np.zeros(len(x), dtype=np.int64), x)
    row, _ = nearest_of(x, minimizers)
    return Surroundings(np.full(len(x), int(Place.MINIMUM)), minimizers[row])


def surroundings(functions: Functions, x: Vector, reach: Scalar, at_rest: Flags) -> Surroundings:
    """What lies around points x (m, d), no farther than reach (m,). Of those at_rest (m,), no length is known."""
    with np.errstate(all="ignore"):
        at, found = _stationary_points(functions, x, reach)
        place, plain = _by_eigenvalues(functions, at, np.where(at_rest, 0.0, reach))
        place[~found] = Place.SLOPE
        unclear = np.flatnonzero(found & ~plain)
        place[unclear] = _by_rings(functions, at[unclear], reach[unclear], at_rest[unclear], LEVEL)
        others = np.flatnonzero(~found & ~at_rest)
        at[others], inside = _lowest_within(functions, x[others], reach[others])
        kinks = others[inside]
        is_low = _by_rings(functions, at[kinks], reach[kinks], at_rest[kinks], LEVEL_AT_KINK) == Place.MINIMUM
        place[kinks[is_low]] = Place.MINIMUM
    return Surroundings(place, at)


def stationary_near(functions: Functions, x: Vector, extent: Scalar) -> Surroundings:
    """What lies around points x (m, d) as near as a way of length extent (m,) and a Newton step lead, twice."""
    reach = 2 * (extent + np.linalg.norm(newton_step(functions, x), axis=1))
    return surroundings(functions, x, reach, np.zeros(len(x), dtype=bool))


def newton_step(functions: Functions, x: Vector) -> Vector:
    """−|H|⁻¹∇f at points x (m, d): (m, d). Eigenvalues below a share LEAST of the largest count as that share."""
    values, vectors = eigen(functions, x)
    size = np.abs(values)
    along = np.einsum("mji,mj->mi", vectors, functions.gradient(x))
    return _divided(along, np.maximum(size, LEAST * size.max(axis=1, keepdims=True)), vectors)


def eigen(functions: Functions, x: Vector) -> tuple[Scalar, Vector]:
    """Eigenvalues (m, d), rising, and vectors (m, d, d) of the Hessian; NaN where it is not finite."""
    hessian = functions.hessian(x)
    finite: Flags = np.logical_and.reduce(np.isfinite(hessian), axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(finite[:, np.newaxis, np.newaxis], hessian, 0.0))
    values[~finite] = np.nan
    return values, vectors


def _stationary_points(functions: Functions, x: Vector, reach: Scalar) -> tuple[Vector, Flags]:
    """Where Newton's method on ∇f = 0 comes from points x (m, d), and whether to a stationary point within reach."""
    at, found, going = x.copy(), np.zeros(len(x), dtype=bool), np.arange(len(x))
    for _ in range(NEWTON_STEPS):
        if not going.size:
            break
        step = _root_step(functions, at[going], x[going], reach[going])
        there = at[going] + step
        near = np.linalg.norm(there - x[going], axis=1) <= reach[going]
        at[going[near]] = there[near]
        settled = near & (np.linalg.norm(step, axis=1) <= SETTLED * reach[going])
        found[going] = settled
        going = going[near & ~settled]
    return at, found


def _root_step(functions: Functions, at: Vector, x: Vector, reach: Scalar) -> Vector:
    """−H⁻¹∇f at points `at` (m, d): (m, d), with eigenvalues of SINGULAR of the largest at least.

    Where that leads farther from x (m, d) than reach (m,), a step along the eigenvector that changes f most: beside a
    bent valley, across it first. No step goes where it changes f next to nothing.
    """
    values, vectors = eigen(functions, at)
    size = np.maximum(np.abs(values), SINGULAR * np.abs(values).max(axis=1, keepdims=True))
    along = np.einsum("mji,mj->mi", vectors, functions.gradient(at))
    change, signed = along**2 / size, np.copysign(size, values)
    most = change.max(axis=1, keepdims=True)
    step = _divided(np.where(change < ASIDE * most, 0.0, along), signed, vectors)
    across = _divided(np.where(change < most, 0.0, along), signed, vectors)
    far = np.linalg.norm(at + step - x, axis=1) > reach
    return np.where(far[:, np.newaxis], across, step)


def _divided(along: Vector, values: Scalar, vectors: Vector) -> Vector:
    """−H⁻¹∇f of slopes (m, d) along the eigenvectors, for H with eigenvalues (m, d) and vectors (m, d, d): (m, d)."""
    scaled = np.where(along == 0, 0.0, along / values)
    return np.asarray(-np.einsum("mij,mj->mi", vectors, scaled))


def _by_eigenvalues(functions: Functions, at: Vector, aside: Scalar) -> tuple[Index, Flags]:
    """The Place at stationary points (m, d), and whether the Hessian tells it (m,).

    It does if no eigenvalue is SINGULAR, and f rises or falls both ways along each eigenvector as its sign says, where
    slopes are looked at some way aside (m,); 0 looks nowhere.
    """
    values, vectors = eigen(functions, at)
    size = np.abs(values)
    tells = (size.min(axis=1) > SINGULAR * size.max(axis=1)) & np.isfinite(size).all(axis=1)
    look = np.flatnonzero(tells & (aside > 0))
    along = vectors[look].swapaxes(1, 2)  # (m, k, d)
    for way in (1.0, -1.0):
        points = at[look, np.newaxis] + way * aside[look, np.newaxis, np.newaxis] * along
        slope = way * np.sum(functions.gradient(points) * along, axis=2)
        tells[look] &= np.all(slope * values[look] > 0, axis=1)
    lowest, highest = values[:, 0], values[:, -1]
    places = [int(Place.MINIMUM), int(Place.LEVEL)]
    return np.select([lowest > 0, highest < 0], places, default=int(Place.SADDLE)), tells


def _by_rings(functions: Functions, at: Vector, reach: Scalar, at_rest: Flags, level: float) -> Index:
    """The Place at points (m, d) that are stationary or the lowest nearby: (m,)."""
    f = functions.value(at)
    noise = rounding(functions, at, f, np.zeros(functions.dim))
    place, left = np.full(len(at), int(Place.LEVEL)), np.arange(len(at))
    size = np.maximum(np.abs(at).max(axis=1, initial=0.0), 1.0)
    for share, share_at_rest in zip(RADII, RADII_AT_REST, strict=True):
        if not left.size:
            break
        radius = np.where(at_rest[left], share_at_rest * size[left], share * reach[left])
        ring = lowest_on_ring(functions, at[left], radius, np.ones(functions.dim))
        fall, rise = f[left] - ring.lowest, ring.highest - f[left]
        seen = (rise > noise[left]) | (fall > noise[left])
        low = fall <= np.maximum(level * rise, noise[left])
        place[left[seen & low]] = Place.MINIMUM
        if functions.dim > 1:
            place[left[seen & ~low & (rise > noise[left])]] = Place.SADDLE
        left = left[~seen]
    return place


def _lowest_within(functions: Functions, x: Vector, reach: Scalar) -> tuple[Vector, Flags]:
    """The lowest point that a descent from x (m, d) comes to, and whether it came to rest within reach (m,).

    Newton steps, downhill everywhere, or else the lowest point of a ring: that finds a way along a kink.
    """
    at, f, radius = x.copy(), functions.value(x), reach / 4
    going, resting = np.flatnonzero(np.isfinite(f)), np.zeros(len(x), dtype=bool)
    for _ in range(DESCENT_STEPS):
        if not going.size:
            break
        moved = _moved(functions, at, f, going, at[going] + _short_step(functions, at[going], radius[going]))
        stuck = np.flatnonzero(~moved)
        ring = lowest_on_ring(functions, at[going[stuck]], radius[going[stuck]], np.ones(functions.dim), ROUGH)
        moved[stuck] = _moved(functions, at, f, going[stuck], ring.x)
        radius[going] = np.where(moved, np.minimum(2 * radius[going], reach[going]), radius[going] / 8)
        resting[going] = radius[going] < SETTLED * reach[going]
        near = np.linalg.norm(at[going] - x[going], axis=1) <= reach[going]
        going = going[near & ~resting[going]]
    return at, resting


def _short_step(functions: Functions, x: Vector, longest: Scalar) -> Vector:
    """A Newton step downhill from points x (m, d), at most `longest` (m,); down the slope where f is straight."""
    step, slope = newton_step(functions, x), functions.gradient(x)
    step = np.where(np.isfinite(step).all(axis=1, keepdims=True), step, -slope / EPS**2)
    length = np.linalg.norm(step, axis=1)
    shrink = np.where(length > longest, longest / length, 1.0)
    return np.asarray(step * shrink[:, np.newaxis])


def _moved(functions: Functions, at: Vector, f: Scalar, which: Index, there: Vector) -> Flags:
    """Move some of the points to others (k, d) where f is lower, with f; whether it is: (k,)."""
    f_there = functions.value(there)
    lower: Flags = f_there < f[which] - 4 * EPS * np.abs(f[which])
    at[which[lower]], f[which[lower]] = there[lower], f_there[lower]
    return lower
