"""Minimizers of an objective inside its bounds, found numerically where the catalogue does not know them."""

from typing import Final, NamedTuple

import numpy as np

from gdanim.arrays import Flags, Scalar, Vector
from gdanim.objectives.edges import is_lowest_at_edge, minima_at_edges
from gdanim.objectives.objective import Functions
from gdanim.objectives.polishing import BOWL, has_slopes_of_hessian, polish
from gdanim.objectives.rings import EPS, Shape

MOST_GRIDS: Final = 2  # variables of a grid: of more, the lowest points cannot be searched for one by one
GRID = {1: 4001, 2: 201}  # points along each axis
COARSE_GRID = {1: 201, 2: 25}  # the same, where each point costs a call of somebody's code
MOST_MINIMIZERS = 64
SEEDS: Final = 16  # for each of so many minimizers at most
# A curve or area of minima has sides: nearby, f rises by this share of its usual height. What rises by less is a tail
# where f dies out.
SIDES: Final = 1e-9
CONSTANT: Final = 64  # spacings of f: what changes by less is rounding
CLEAR: Final = 0.5  # share of f_xx·f_yy: a larger determinant is no rounding, however little f curves along one axis
NEAR_POLE: Final = 1e-8  # of a cell: so near a minimum, and a kink, f is far less high than a cell away


class Found(NamedTuple):
    """What a search found.

    minimizers (m, d)   the isolated minimizers, the lowest first; m may be 0
    valley (k, d)       points of a curve or an area of minima, the lowest first; k is 0 where there is none
    complete            whether no more were seen than were looked at
    local               whether f is lower than the valley somewhere else
    at_edge             whether f is lowest where its values end, on the grid that was looked at
    constant            whether f is the same everywhere, but for rounding: every point is a minimum
    """

    minimizers: Vector
    valley: Vector
    complete: bool
    local: bool = False
    constant: bool = False
    at_edge: bool = False


@np.errstate(all="ignore")  # heights may be farther apart than numbers reach
def search(functions: Functions, bounds: Vector, most: int = MOST_MINIMIZERS) -> Found:
    """Look for minimizers inside bounds (d, 2), at most so many: kinks and valleys of minima too.

    A descent starts at every grid point below its neighbours, and at those that Newton's method says to be within a
    cell of a minimizer: where a well is shallow, or narrower than a cell.
    """
    grid, f = _sampled(functions, bounds)
    seeds = _lowest_of_neighbours(f)
    if not functions.point_by_point:
        seeds |= _is_beside_minimizer(functions, grid, cell_of(functions, bounds))
    return _found(functions, bounds, f, grid[seeds], most)


def _sampled(functions: Functions, bounds: Vector) -> tuple[Vector, Scalar]:
    """Points of a regular grid (n, d) or (n, n, d), and f at them."""
    grid = np.stack(np.meshgrid(*_ticks(functions, bounds), indexing="ij"), axis=-1)
    return grid, functions.value(grid)


def _found(functions: Functions, bounds: Vector, f: Scalar, seeds: Vector, most: int) -> Found:
    """What descents from seeds (m, d) find, at most so many; f holds the values on the grid."""
    cell, width = cell_of(functions, bounds), bounds[:, 1] - bounds[:, 0]
    looked_at = _lowest_first(functions, seeds)[: SEEDS * most]
    x, shape, height = polish(functions, looked_at, cell, width)
    inside = np.all((x > bounds[:, 0]) & (x < bounds[:, 1]), axis=1) & ~_are_poles(functions, x, cell)
    usual = _usual_height(f)
    is_level = (shape == Shape.LEVEL) & (height > SIDES * usual)
    strict = np.concatenate([x[inside & (shape == Shape.STRICT)], _at_edges(functions, bounds, f, cell)])
    strict = distinct(_lowest_first(functions, strict[_are_seen(functions, strict, f, width)]), cell)
    level = _lowest_first(functions, x[inside & is_level])
    lowest = f[np.isfinite(f)].min(initial=np.inf)
    local = len(level) > 0 and bool(lowest < functions.value(level[0]) - SIDES * usual)
    constant = not len(strict) and _is_constant(f)  # what is level by rounding is no valley
    at_edge = not len(strict) and not len(level) and is_lowest_at_edge(functions, _ticks(functions, bounds), f)
    complete = len(looked_at) == len(seeds) and len(strict) <= most
    return Found(strict[:most], level[: 0 if constant else None], complete, local and not constant, constant, at_edge)


def _at_edges(functions: Functions, bounds: Vector, f: Scalar, cell: Vector) -> Vector:
    """Minimizers (m, d) at edges of the domain inside or on the bounds; f holds the values on the grid."""
    if np.isfinite(f).all() and functions.dim == 2:
        return np.empty((0, 2))
    ticks = _ticks(functions, bounds)
    if functions.dim == 1:  # values may end at the bounds
        ends = np.array([[bounds[0, 0] - cell[0]], [bounds[0, 1] + cell[0]]])
        before, after = functions.value(ends)
        ticks, f = [np.concatenate([ends[0], ticks[0], ends[1]])], np.concatenate([[before], f, [after]])
    found = minima_at_edges(functions, ticks, f, cell)
    return found[np.all((found >= bounds[:, 0]) & (found <= bounds[:, 1]), axis=1)]


def _are_seen(functions: Functions, x: Vector, f: Scalar, width: Vector) -> Flags:
    """Whether f rises from points (m, d), a tenth of a width (d,) aside, by more than rounding of its range: (m,).

    f holds the values on the grid.
    """
    finite = f[np.isfinite(f)]
    ways = np.stack([*np.diag(width), *-np.diag(width)]) / 10
    beside = functions.value(x[:, np.newaxis] + ways)
    rise = np.where(np.isfinite(beside), beside, np.inf).max(axis=1) - functions.value(x)
    # Beside a large constant, f is level to the eye everywhere: then slopes alone tell.
    return np.asarray((rise > EPS * np.ptp(finite)) | _is_constant(f)) if finite.size else np.ones(len(x), dtype=bool)


def _is_constant(f: Scalar) -> bool:
    """Whether values (…) are equal but for rounding. They are not where there are none."""
    finite = f[np.isfinite(f)]
    return finite.size > 1 and bool(np.ptp(finite) <= CONSTANT * np.spacing(np.abs(finite).max()))


def curvatures(functions: Functions, minimizers: Vector, cell: Vector, *, in_valleys: bool = False) -> Scalar:
    """λ, the largest eigenvalue of the Hessian at each of the minimizers (m, d): (m,); descent is stable below 2/λ.

    NaN where slopes beside it, within a cell (d,), are not what λ says: at a kink, or where the function is flat. It
    may be flat along a valley of minima if λ is asked for there, too.
    """
    if not len(minimizers):
        return np.empty(0)
    hessians = functions.hessian(minimizers)
    finite: Flags = np.logical_and.reduce(np.isfinite(hessians), axis=(1, 2))
    largest = np.linalg.eigvalsh(np.where(finite[:, np.newaxis, np.newaxis], hessians, 0.0))[:, -1]
    agrees = has_slopes_of_hessian(functions, minimizers, cell, along_steepest=in_valleys)
    return np.where(finite & agrees, largest, np.nan)


def cell_of(functions: Functions, bounds: Vector) -> Vector:
    """The distance of the points of the grid that search() looks at: (d,)."""
    return np.asarray((bounds[:, 1] - bounds[:, 0]) / (_points(functions) - 1))


def distinct(x: Vector, cell: Vector) -> Vector:
    """Points (m, d) without those that are within a cell (d,) of an earlier one."""
    _, first = np.unique(np.floor(x / cell), axis=0, return_index=True)
    x = x[np.sort(first)]
    kept = np.ones(len(x), dtype=bool)
    for k, point in enumerate(x):
        if kept[k]:
            kept[k + 1 :] &= ~np.all(np.abs(x[k + 1 :] - point) < cell, axis=1)
    return x[kept]


def _ticks(functions: Functions, bounds: Vector) -> list[Scalar]:
    """Where a grid has its points along each axis: (n,) each."""
    return [np.linspace(low, high, _points(functions)) for low, high in bounds]


def _points(functions: Functions) -> int:
    return (COARSE_GRID if functions.point_by_point else GRID)[functions.dim]


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


def _is_beside_minimizer(functions: Functions, grid: Vector, cell: Vector) -> Flags:
    """Whether Newton's method leads from points of a grid (…, d) to a minimizer at most a cell (d,) away: (…)."""
    slope, hessian = functions.gradient(grid) * cell, functions.hessian(grid) * cell * cell[:, np.newaxis]
    if functions.dim == 1:
        return np.asarray((hessian[..., 0, 0] > 0) & (np.abs(slope[..., 0]) <= hessian[..., 0, 0]))
    largest = np.abs(hessian).max(axis=(-2, -1))  # products of very large numbers overflow
    slope, hessian = slope / largest[..., np.newaxis], hessian / largest[..., np.newaxis, np.newaxis]
    (xx, xy), (_, yy) = np.moveaxis(hessian, (-2, -1), (0, 1))
    determinant = xx * yy - xy**2
    step = np.abs(np.stack([yy * slope[..., 0] - xy * slope[..., 1], xx * slope[..., 1] - xy * slope[..., 0]]))
    clear = (determinant > BOWL * (xx + yy) ** 2) | (determinant > CLEAR * xx * yy)
    return np.asarray(clear & (step <= determinant).all(axis=0) & (xx > 0) & (yy > 0))


def _usual_height(f: Scalar) -> float:
    """How far most of f is above the lowest at most; or all of it, where most is as low as that."""
    finite = f[np.isfinite(f)]
    if not finite.size:
        return np.inf
    low, most, high = np.quantile(finite, [0.0, 0.9, 1.0])
    return float((most if most > low else high) - low)


def _are_poles(functions: Functions, x: Vector, cell: Vector) -> Flags:
    """Whether f falls without end towards points (m, d): it is hardly less high a hundred-millionth of a cell away."""
    f, ways = functions.value(x), np.stack([*np.eye(x.shape[1]), *-np.eye(x.shape[1])])
    near, far = (
        np.max(
            functions.value(
                x[:, np.newaxis] + np.maximum(share * cell, 8 * np.spacing(np.abs(x)))[:, np.newaxis] * ways
            ),
            axis=1,
        )
        - f
        for share in (NEAR_POLE, 1.0)
    )
    return np.asarray((near > 64 * np.spacing(np.abs(f))) & (near > far / 2))


def _lowest_first(functions: Functions, x: Vector) -> Vector:
    return x[np.argsort(functions.value(x), kind="stable")]
