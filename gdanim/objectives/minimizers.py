"""Minimizers of an objective inside its bounds, found numerically where the catalogue does not know them."""

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Scalar, Vector
from gdanim.objectives.objective import Functions

GRID = {1: 4001, 2: 201}  # points along each axis
COARSE_GRID = {1: 201, 2: 25}  # the same, where each point costs a call of somebody's code
NEWTON_STEPS = 60
MOST_MINIMIZERS = 64


def find_minimizers(functions: Functions, bounds: Vector) -> Vector:
    """All minimizers that a grid can tell apart: (m, d), the lowest first; m may be 0.

    A safeguarded Newton descent starts at every grid point below its neighbours. Its end is a minimizer where the
    gradient vanishes and the curvature is positive, except on the border. At most MOST_MINIMIZERS are returned.
    """
    grid = _grid(bounds, (COARSE_GRID if functions.point_by_point else GRID)[functions.dim])
    seeds = grid[_lowest_of_neighbours(functions.value(grid))]
    seeds = seeds[np.argsort(functions.value(seeds))][:MOST_MINIMIZERS]
    if not len(seeds):
        return np.empty((0, functions.dim))
    cell = (bounds[:, 1] - bounds[:, 0]) / (grid.shape[0] - 1)
    found = _polished(functions, seeds, cell)
    inside = np.all((found > bounds[:, 0]) & (found < bounds[:, 1]), axis=1)
    near = np.all(np.abs(found - seeds) <= 4 * cell, axis=1)
    found = found[inside & near & _are_minima(functions, found)]
    return _distinct(found[np.argsort(functions.value(found), kind="stable")], cell)


def curvatures(functions: Functions, minimizers: Vector) -> Scalar:
    """λ, the largest eigenvalue of the Hessian at each of the minimizers (m, d): (m,); descent is stable below 2/λ.

    NaN where it is not finite or not positive: at a kink, or where the function is flat.
    """
    hessians = [functions.hessian(minimizer) for minimizer in minimizers]
    largest = np.array([np.linalg.eigvalsh(h)[-1] if np.isfinite(h).all() else np.nan for h in hessians])
    return np.where(largest > 1e-12, largest, np.nan)


def _grid(bounds: Vector, points: int) -> Vector:
    """Points of a regular grid: (n, d) for one variable, (n, n, d) for two."""
    axes = [np.linspace(low, high, points) for low, high in bounds]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def _lowest_of_neighbours(f: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which inner points of a grid have no lower neighbour and, along each axis, one that is higher."""
    lowest = np.array(np.isfinite(f))
    height = float(np.ptp(f[lowest])) if lowest.any() else 0.0
    # Where a point is lower by less than this, a tail of f underflows; it is no valley.
    flat = 1e-30 * height if np.isfinite(height) else 0.0
    f = np.where(lowest, f, np.inf)
    for axis in range(f.ndim):
        before, after = np.roll(f, 1, axis), np.roll(f, -1, axis)
        # One neighbour has to be higher, or all of a plain would be minima.
        lowest &= (f <= before) & (f <= after) & ((f + flat < before) | (f + flat < after))
        np.moveaxis(lowest, axis, 0)[[0, -1]] = False
    return lowest


def _polished(functions: Functions, x: Vector, cell: Vector) -> Vector:
    """Newton's method on ∇f = 0 from points (m, d), downhill where the Hessian is not positive definite."""
    for _ in range(NEWTON_STEPS):
        gradient, hessian = functions.gradient(x), functions.hessian(x)
        usable: NDArray[np.bool_] = np.all(np.isfinite(gradient), axis=1) & np.all(np.isfinite(hessian), axis=(1, 2))
        hessian = np.where(usable[:, np.newaxis, np.newaxis], hessian, np.eye(x.shape[1]))
        values, vectors = np.linalg.eigh(hessian)
        values = np.maximum(np.abs(values), 1e-300)
        with np.errstate(all="ignore"):
            along = np.einsum("mji,mj->mi", vectors, np.where(usable[:, np.newaxis], gradient, 0.0)) / values
        step = -np.einsum("mij,mj->mi", vectors, np.nan_to_num(along, posinf=0.0, neginf=0.0))
        step = np.clip(step, -cell, cell)
        x = x + step
        if np.all(np.abs(step) <= 1e-15 * np.abs(x)):
            break
    return x


def _are_minima(functions: Functions, x: Vector) -> NDArray[np.bool_]:
    """Whether the gradient vanishes at points (m, d) and f rises to all sides: (m,)."""
    gradient, hessian = functions.gradient(x), functions.hessian(x)
    with np.errstate(all="ignore"):
        scale = np.maximum(1.0, np.abs(hessian).max(axis=(1, 2)))
        level = np.isfinite(scale) & (np.abs(gradient).max(axis=1) <= 1e-8 * scale)
    least = np.linalg.eigvalsh(np.where(np.isfinite(hessian), hessian, 0.0))[:, 0]
    minima: NDArray[np.bool_] = level & (least > -1e-9 * scale)
    return minima


def _distinct(x: Vector, cell: Vector) -> Vector:
    """Points (m, d) without those that repeat an earlier one."""
    kept: list[Vector] = []
    for point in x:
        if not any(np.all(np.abs(point - other) < cell) for other in kept):
            kept.append(point)
    return np.array(kept).reshape(-1, x.shape[1])
