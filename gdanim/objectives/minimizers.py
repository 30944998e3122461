"""Minimizers of an objective inside its bounds, found numerically where the catalogue does not know them."""

from typing import Final, NamedTuple

import numpy as np

from gdanim.arrays import Flags, Scalar, Vector
from gdanim.objectives.objective import Functions
from gdanim.objectives.polishing import has_slopes_of_hessian, polish
from gdanim.objectives.rings import Shape

GRID = {1: 4001, 2: 201}  # points along each axis
COARSE_GRID = {1: 201, 2: 25}  # the same, where each point costs a call of somebody's code
MOST_MINIMIZERS = 64
# A curve or area of minima has sides: nearby, f rises by this share of its usual height. What rises by less is a tail
# where f dies out.
SIDES: Final = 1e-9


class Found(NamedTuple):
    """What a search found.

    minimizers (m, d)   the isolated minimizers, the lowest first; m may be 0
    valley (k, d)       points of a curve or an area of minima, the lowest first; k is 0 where there is none
    complete            whether no more were seen than were looked at
    """

    minimizers: Vector
    valley: Vector
    complete: bool


def find_minimizers(functions: Functions, bounds: Vector) -> Vector:
    """All isolated minimizers that a grid can tell apart, at most MOST_MINIMIZERS: (m, d), the lowest first."""
    return search(functions, bounds).minimizers


def search(functions: Functions, bounds: Vector, most: int = MOST_MINIMIZERS) -> Found:
    """Look for minimizers inside bounds (d, 2), at most so many: kinks and valleys of minima too.

    A descent starts at every grid point below its neighbours, and rings decide what its end is.
    """
    grid, cell = _grid(bounds, _points(functions)), cell_of(functions, bounds)
    f = functions.value(grid)
    low_point = _lowest_of_neighbours(f)
    order = np.argsort(f[low_point], kind="stable")
    seeds, width = grid[low_point][order[:most]], bounds[:, 1] - bounds[:, 0]
    polished = polish(functions, seeds, cell, width)
    x = polished.x
    inside = np.all((x > bounds[:, 0]) & (x < bounds[:, 1]), axis=1)
    is_level = (polished.shape == Shape.LEVEL) & (polished.height > SIDES * _usual_height(f))
    strict = _lowest_first(functions, x[inside & (polished.shape == Shape.STRICT)])
    level = _lowest_first(functions, x[inside & is_level])
    return Found(distinct(strict, cell), level, len(order) <= most)


def curvatures(functions: Functions, minimizers: Vector, cell: Vector) -> Scalar:
    """λ, the largest eigenvalue of the Hessian at each of the minimizers (m, d): (m,); descent is stable below 2/λ.

    NaN where slopes beside it, within a cell (d,), are not what λ says: at a kink, or where the function is flat.
    """
    if not len(minimizers):
        return np.empty(0)
    hessians = functions.hessian(minimizers)
    finite: Flags = np.logical_and.reduce(np.isfinite(hessians), axis=(1, 2))
    largest = np.linalg.eigvalsh(np.where(finite[:, np.newaxis, np.newaxis], hessians, 0.0))[:, -1]
    return np.where(finite & has_slopes_of_hessian(functions, minimizers, cell), largest, np.nan)


def cell_of(functions: Functions, bounds: Vector) -> Vector:
    """The distance of the points of the grid that search() looks at: (d,)."""
    return np.asarray((bounds[:, 1] - bounds[:, 0]) / (_points(functions) - 1))


def distinct(x: Vector, cell: Vector) -> Vector:
    """Points (m, d) without those that are within a cell (d,) of an earlier one."""
    kept: list[Vector] = []
    for point in x:
        if not any(np.all(np.abs(point - other) < cell) for other in kept):
            kept.append(point)
    return np.array(kept).reshape(-1, x.shape[1])


def _points(functions: Functions) -> int:
    return (COARSE_GRID if functions.point_by_point else GRID)[functions.dim]


def _grid(bounds: Vector, points: int) -> Vector:
    """Points of a regular grid: (n, d) for one variable, (n, n, d) for two."""
    axes = [np.linspace(low, high, points) for low, high in bounds]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def _lowest_of_neighbours(f: Scalar) -> Flags:
    """Which inner points of a grid have no lower neighbour, corner to corner too, and one that is higher."""
    known = np.isfinite(f)
    least = most = np.where(known, f, np.inf)
    inner = known.copy()
    for axis in range(f.ndim):
        least = np.minimum(least, np.minimum(np.roll(least, 1, axis), np.roll(least, -1, axis)))
        most = np.maximum(most, np.maximum(np.roll(most, 1, axis), np.roll(most, -1, axis)))
        np.moveaxis(inner, axis, 0)[[0, -1]] = False
    # One neighbour has to be higher, or all of a plain would be minima.
    return np.asarray(inner & (f <= least) & (f < most))


def _usual_height(f: Scalar) -> float:
    """How far most of f is above the lowest at most; or all of it, where most is as low as that."""
    finite = f[np.isfinite(f)]
    if not finite.size:
        return np.inf
    low, most, high = np.quantile(finite, [0.0, 0.9, 1.0])
    return float((most if most > low else high) - low)


def _lowest_first(functions: Functions, x: Vector) -> Vector:
    return x[np.argsort(functions.value(x), kind="stable")]
