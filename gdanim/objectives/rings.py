"""Rings: whether f rises all around a point, told by where it is lowest on ellipses about it.

On each ellipse the lowest points are found exactly: between neighbours of a coarse ring the slope along the ellipse
changes its sign, at a kink too. A narrow bent valley that leaves a point is therefore never missed.
"""

from enum import IntEnum
from itertools import zip_longest
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Scalar, Vector
from gdanim.objectives.objective import Functions

EPS: Final = float(np.finfo(np.float64).eps)

# Radii as shares of the width. The smallest ring on which f differs from its value in the middle decides.
RADII: Final = (1e-6, 1e-5, 1e-4, 1e-3, 5e-3, 2e-2)
ANGLES: Final = 32  # of the coarse ring
BRACKETS: Final = 3  # low points of the coarse ring that are refined: both ways along a valley, and one more
# Halvings of the angle between neighbours: to the last digits, and to as many as a search needs for its next step.
EXACT, ROUGH = 46, 34
# Differences on a ring that count as none, as a share of the greatest on it: the angle is known to so many digits.
LEVEL: Final = 1e-12
# At a pole, f rises on a small ring by more than this share of what it rises on one a hundred times as large.
POLE: Final = 0.7
WAYS: Final = 32  # pairs of directions, beside the axes, in which more than two variables are looked at
JITTER: Final = 8  # evaluations within rounding errors of a point, that show those of f
NEIGHBOURHOOD: Final = 1e-2  # share of the width: x is rounded as if it were at least so large


class Shape(IntEnum):
    """What f does around a point."""

    NEITHER = 0  # it falls to some side, or has no value on one
    STRICT = 1  # it rises to all sides
    LEVEL = 2  # it falls to none, and stays level along a curve or an area


class Ring(NamedTuple):
    """Of ellipses about points (m, d): the lowest point of each (m, d), f there (m,), and the highest f (m,)."""

    x: Vector
    lowest: Scalar
    highest: Scalar


def shapes(functions: Functions, x: Vector, width: Vector) -> tuple[NDArray[np.int64], Scalar]:
    """The Shape of f around points x (m, d), and how high it rises on the last ring that was looked at: (m,), (m,)."""
    f = functions.value(x)
    noise = rounding(functions, x, f, width)
    shape = np.where(np.isfinite(f), int(Shape.LEVEL), int(Shape.NEITHER))
    height = np.zeros(len(x))
    for radius, larger in zip_longest(RADII, RADII[2:]):
        left = np.flatnonzero(shape == Shape.LEVEL)
        if not len(left):
            break
        rise, height[left] = _rise(functions, x[left], f[left], radius, width)
        nothing = np.maximum(noise[left], LEVEL * height[left])
        strict = rise > nothing
        if larger and strict.any():
            strict[strict] = rise[strict] <= POLE * _rise(functions, x[left[strict]], f[left[strict]], larger, width)[1]
        shape[left[np.abs(rise) > nothing]] = Shape.NEITHER
        shape[left[strict]] = Shape.STRICT
        shape[left[~np.isfinite(height[left])]] = Shape.NEITHER
    return shape, height


def _rise(functions: Functions, x: Vector, f: Scalar, radius: float, width: Vector) -> tuple[Scalar, Scalar]:
    """How much the lowest and the highest points on rings about points x (m, d) are above f (m,): (m,), (m,)."""
    ring = lowest_on_ring(functions, x, np.full(len(x), radius), width)
    return ring.lowest - f, ring.highest - f


def rounding(functions: Functions, x: Vector, f: Scalar, width: Vector) -> Scalar:
    """What f (m,) at points x (m, d) may be wrong by: (m,)."""
    steps = np.random.default_rng(0).integers(-JITTER, JITTER + 1, (JITTER, 1, x.shape[1]))
    around = functions.value(x + steps * EPS * (np.abs(x) + NEIGHBOURHOOD * width))
    with np.errstate(invalid="ignore"):
        spread = np.abs(around - f).max(axis=0)
    return np.asarray(4 * np.where(np.isfinite(spread), spread, 0.0) + 4 * EPS * np.abs(f))


def lowest_on_ring(functions: Functions, x: Vector, radius: Scalar, width: Vector, halvings: int = EXACT) -> Ring:
    """The lowest points on ellipses about points x (m, d), of radii (m,) as shares of the width (d,).

    `highest` is infinite where f has no value somewhere on the ring: an edge of the domain.
    """
    half = radius[:, np.newaxis] * width  # (m, d)
    if functions.dim == 1:
        around = x[:, np.newaxis] + half[:, np.newaxis] * np.array([[-1.0], [1.0]])
        return _lowest(around, _values(functions, around))
    if functions.dim > 2:
        around = x[:, np.newaxis] + half[:, np.newaxis] * ways(functions.dim)
        return _lowest(around, _values(functions, around))
    angle = 2 * np.pi * np.arange(ANGLES) / ANGLES
    around = _at(x[:, np.newaxis], half[:, np.newaxis], angle)
    f = _values(functions, around)
    refined = _refined(functions, x[:, np.newaxis], half[:, np.newaxis], f, halvings)
    return _lowest(np.concatenate([around, refined], axis=1), np.concatenate([f, _values(functions, refined)], axis=1))


def ways(dim: int) -> Vector:
    """Directions (k, d) in which more than two variables are looked at: along the axes, and some others."""
    others = np.random.default_rng(0).normal(size=(WAYS, dim))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    return np.concatenate([np.eye(dim), -np.eye(dim), others, -others])


def _at(x: Vector, half: Vector, angle: Scalar) -> Vector:
    """Points of ellipses with half axes (…, 2) about x (…, 2) at angles (…): (…, 2)."""
    return np.asarray(x + half * np.stack([np.cos(angle), np.sin(angle)], axis=-1))


def _values(functions: Functions, x: Vector) -> Scalar:
    f = functions.value(x)
    return np.where(np.isnan(f), np.inf, f)


def _lowest(x: Vector, f: Scalar) -> Ring:
    """The lowest and the highest of points x (m, k, d) with f (m, k)."""
    row, place = np.arange(len(f)), f.argmin(axis=1)
    return Ring(x[row, place], f[row, place], f.max(axis=1))


def _refined(functions: Functions, x: Vector, half: Vector, f: Scalar, halvings: int) -> Vector:
    """The low points of ellipses near the lowest of their coarse rings f (m, ANGLES): (m, BRACKETS, 2)."""
    low_point = (f <= np.roll(f, 1, axis=1)) & (f <= np.roll(f, -1, axis=1))
    place = np.argsort(np.where(low_point, f, np.inf), axis=1, kind="stable")[:, :BRACKETS]
    step = 2 * np.pi / ANGLES
    low, high = (place - 1) * step, (place + 1) * step
    for _ in range(halvings):
        angle = (low + high) / 2
        along = half * np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
        with np.errstate(all="ignore"):
            falls = np.sum(functions.gradient(_at(x, half, angle)) * along, axis=-1) < 0
        low, high = np.where(falls, angle, low), np.where(falls, high, angle)
    return _at(x, half, (low + high) / 2)
