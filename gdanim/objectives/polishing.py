"""Polishing: from a point near a minimizer to the minimizer itself, to the last digits, and what kind of one it is.

Every length is a share of a width (d,) or a cell (d,), and f is only compared with itself: x → b·x + c and f → a·f + c
change nothing.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Flags, Matrix, Scalar, Vector
from gdanim.objectives.objective import Functions
from gdanim.objectives.rings import EPS, ROUGH, Shape, lowest_on_ring, shapes

NEWTON_STEPS: Final = 80  # a quartic minimum takes 57 to come from a cell to RESTING
# Steps of so small a share of a cell are none, and are small: at a flat minimum they shrink slowly.
RESTING, SMALL = 1e-10, 1e-4
LEAST_EIGENVALUE: Final = 1e-12  # share of the largest, below which an eigenvalue is rounding
BOWL: Final = 1e-9  # share of the largest, above which the least eigenvalue says that f rises to all sides
# Share that the curvature along an axis may change by a hundredth of a cell aside, where it is no rounding; and what of
# the geometric mean of both the mixed derivative may be: more, and their difference is rounding.
STEADY, UNMIXED = 0.1, 0.9
# Shares of a cell at which slopes have to be those that the Hessian says, up to a factor of AGREE.
ASIDE: Final = (1.0, 1e-1, 1e-2, 1e-3)
AGREE: Final = 3.0
# Times the length over which derivatives are means: nearer by, a kink looks like a bowl. At the second slopes are asked
# for, too, should it be farther away than a cell.
BLURRED, BEYOND = 3.0, 4.0

RING_STEPS: Final = 80  # of a search with rings, at kinks
SMALLEST: Final = 1e-10  # share of a cell: then such a search is over
# A lower point on a ring counts where it is lower by this share of the height of the ring: it is found so exactly.
DROP: Final = 1e-9
# Cells: the radius, and how far a search may go from its start along a valley. It ends at an edge of the domain, too.
LARGEST, STRAYED = 4.0, 100.0
MOST_SEARCHED, FEW_SEARCHED = 64, 4  # such searches; few where each point costs a call of somebody's code


class Polished(NamedTuple):
    """Points (m, d), the Shape of f around each (m,), and how high f rises near it (m,)."""

    x: Vector
    shape: NDArray[np.int64]
    height: Scalar


def polish(functions: Functions, seeds: Vector, cell: Vector, width: Vector) -> Polished:
    """Descend from points (m, d), the lowest first, to minimizers. Steps begin at a cell (d,).

    Newton's method, safeguarded, comes first. Where it does not come to rest at a minimizer, or f is too flat there for
    a Hessian to tell, rings search and decide.
    """
    x, resting = _newton(functions, seeds, cell)
    resting &= np.isfinite(functions.value(x))  # a slope may go on where f has no value
    bowl = resting & _is_bowl(functions, x, cell)
    polished = Polished(x, np.where(bowl, int(Shape.STRICT), int(Shape.NEITHER)), np.where(bowl, np.inf, 0.0))
    _decide(functions, polished, np.flatnonzero(resting & ~bowl), width)
    left = np.flatnonzero(polished.shape == Shape.NEITHER)
    left = left[: FEW_SEARCHED if functions.point_by_point else MOST_SEARCHED]
    polished.x[left], found = _ring_search(functions, seeds[left], cell)
    _decide(functions, polished, left[found], width)
    return polished


def has_slopes_of_hessian(functions: Functions, x: Vector, cell: Vector, *, along_steepest: bool = False) -> Flags:
    """Whether the Hessian at minimizers x (m, d) says how ∇f changes beside them: not at a kink, nor where f is flat.

    It does if the slopes a little aside along each eigenvector, both ways, are ±λρ up to a factor of AGREE. Nothing is
    said nearer by than derivatives are exact. In a valley of minima, only the steepest eigenvector has any.
    """
    values, vectors = _eigen(functions, x, cell)
    if along_steepest:
        values, vectors = values[:, -1:], vectors[..., -1:]
    agreed = np.zeros(len(x), dtype=bool)
    blur = (functions.blur(x)[:, np.newaxis] / cell).max(axis=1)
    with np.errstate(all="ignore"):
        for aside in (*(np.full(len(x), share) for share in ASIDE), BEYOND * blur):
            share = _slopes(functions, x, vectors, aside, cell) / (aside[:, np.newaxis] * values)
            agreed |= np.all((share <= AGREE) & (share >= 1 / AGREE), axis=(0, 2)) & (aside > BLURRED * blur)
    return agreed & (values[:, 0] > 0)


def _newton(functions: Functions, x: Vector, cell: Vector) -> tuple[Vector, Flags]:
    """Newton's method on ∇f = 0 from points (m, d), downhill everywhere; where it came, and whether it rests there."""
    x, f, reach = x.copy(), functions.value(x), np.ones(len(x))
    resting, going = np.zeros(len(x), dtype=bool), np.arange(len(x))
    for _ in range(NEWTON_STEPS):
        if not len(going):
            break
        here = x[going]
        step = _newton_step(functions, here, cell)
        small = np.all(np.abs(step) * cell <= np.maximum(RESTING * cell, 2 * EPS * np.abs(here)), axis=1)
        size = np.abs(step).max(axis=1)
        shrunk = np.minimum(1.0, reach[going] / np.maximum(size, RESTING))
        there = here + step * shrunk[:, np.newaxis] * cell
        f_there = functions.value(there)
        better = np.isfinite(f_there) & (f_there <= f[going] + 8 * EPS * np.abs(f[going]))
        moved = going[better]
        x[moved], f[moved] = there[better], f_there[better]
        reach[going] *= np.where(better, np.where(shrunk < 1, 2.0, 1.0), 0.25)
        resting[going] = size <= SMALL
        going = going[~small & np.isfinite(step).all(axis=1) & (reach[going] > RESTING)]
    return x, resting


def _newton_step(functions: Functions, x: Vector, cell: Vector) -> Vector:
    """−|H|⁻¹∇f at points (m, d), in cells (d,): (m, d). NaN where there are no derivatives."""
    hessian = functions.hessian(x) * cell * cell[:, np.newaxis]
    # Where f is a bowl, in the units in which it curves alike along both axes: then rounding hides no gentle slope.
    unit = _units(hessian)
    slope = functions.gradient(x) * cell * unit
    values, vectors = _decomposed(hessian * unit[:, np.newaxis] * unit[:, :, np.newaxis])
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(values), LEAST_EIGENVALUE * np.abs(values).max(axis=1, keepdims=True))
        along = np.einsum("mji,mj->mi", vectors, slope)
        # Where f is straight, or nearly so, a step of very many cells stands for one without end.
        far = 1 / (EPS * unit.max(axis=1, keepdims=True))
        scaled = np.where(along == 0, 0.0, np.clip(along / size, -far, far))
        return np.asarray(-np.einsum("mij,mj->mi", vectors, scaled) * unit)


def _units(hessian: Matrix) -> Vector:
    """Units of the axes in which Hessians (m, d, d) of bowls have ones on their diagonals: (m, d). Others keep ones."""
    diagonal = np.diagonal(hessian, axis1=1, axis2=2)
    with np.errstate(all="ignore"):
        mixed = (hessian[:, :1, -1] / diagonal).prod(axis=1) if hessian.shape[1] == 2 else np.zeros(len(hessian))
        is_bowl = (diagonal > 0).all(axis=1) & (mixed < 1) & np.isfinite(diagonal).all(axis=1)
        return np.where(is_bowl[:, np.newaxis], 1 / np.sqrt(diagonal), 1.0)


def _eigen(functions: Functions, x: Vector, cell: Vector) -> tuple[Scalar, Vector]:
    """Eigenvalues (m, d), rising, and vectors (m, d, d) of the Hessian in cells; NaN where it is not finite."""
    return _decomposed(functions.hessian(x) * cell * cell[:, np.newaxis])


def _decomposed(hessian: Matrix) -> tuple[Scalar, Vector]:
    """Eigenvalues (m, d), rising, and vectors (m, d, d) of matrices; NaN where one is not finite."""
    finite: Flags = np.logical_and.reduce(np.isfinite(hessian), axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(finite[:, np.newaxis, np.newaxis], hessian, 0.0))
    values[~finite] = np.nan
    return values, vectors


def _is_bowl(functions: Functions, x: Vector, cell: Vector) -> Flags:
    """Whether the Hessian at points (m, d) where ∇f vanishes says that f rises to all sides, and slopes agree: (m,)."""
    values, _ = _eigen(functions, x, cell)
    found = values[:, 0] > BOWL * values[:, -1]
    found[~found] = _is_steady_bowl(functions, x[~found], cell)
    bowl = np.flatnonzero(found)
    found[bowl] = has_slopes_of_hessian(functions, x[bowl], cell)
    return found


def _is_steady_bowl(functions: Functions, x: Vector, cell: Vector) -> Flags:
    """Whether f curves up along both axes, however differently, at points (m, d) and beside them alike: (m,).

    Beside a valley of minima the curvature along it may be anything, but it is not the same on both sides.
    """
    ways = np.stack([np.zeros_like(cell), *np.diag(cell), *-np.diag(cell)])
    hessian = functions.hessian(x[:, np.newaxis] + ASIDE[-2] * ways) * cell * cell[:, np.newaxis]  # (m, 2d+1, d, d)
    diagonal = np.diagonal(hessian, axis1=2, axis2=3)
    with np.errstate(all="ignore"):
        steady = (diagonal > 0) & (np.abs(diagonal / diagonal[:, :1] - 1) < STEADY)
        mixed = np.abs(hessian[..., 0, -1]) / np.sqrt(diagonal).prod(axis=2) if len(cell) == 2 else diagonal[..., 0] * 0
        return np.asarray(steady.all(axis=(1, 2)) & (mixed < UNMIXED).all(axis=1))


def _slopes(functions: Functions, x: Vector, vectors: Vector, aside: Scalar, cell: Vector) -> Vector:
    """The slopes outwards, aside (m,) of points (m, d) along vectors (m, d, k), both ways: (2, m, k), in cells."""
    along = vectors.swapaxes(1, 2) * np.array([1.0, -1.0])[:, np.newaxis, np.newaxis, np.newaxis]  # (2, m, k, d)
    there = x[:, np.newaxis] + aside[:, np.newaxis, np.newaxis] * along * cell
    return np.asarray(np.sum(functions.gradient(there) * cell * along, axis=-1))


def _decide(functions: Functions, polished: Polished, which: NDArray[np.int64], width: Vector) -> None:
    """Note the shapes of some of the points."""
    polished.shape[which], polished.height[which] = shapes(functions, polished.x[which], width)


def _ring_search(functions: Functions, seeds: Vector, cell: Vector) -> tuple[Vector, Flags]:
    """The lowest points near seeds (m, d), found with rings that move and shrink; and whether they came to rest.

    Each step is as good as a search along the valley floor, for the lowest point of a ring is known exactly.
    """
    x, f, radius = seeds.copy(), functions.value(seeds), np.ones(len(seeds))
    going = np.flatnonzero(np.isfinite(f))
    for _ in range(RING_STEPS):
        if not len(going):
            break
        ring = lowest_on_ring(functions, x[going], radius[going], cell, ROUGH)
        nothing = DROP * (ring.highest - f[going]) + 2 * EPS * np.abs(f[going])
        lower = np.isfinite(ring.lowest) & (ring.lowest < f[going] - nothing)
        moved = going[lower]
        x[moved], f[moved] = ring.x[lower], ring.lowest[lower]
        radius[going] = np.where(lower, np.minimum(2 * radius[going], LARGEST), radius[going] / 8)
        near = np.isfinite(ring.highest) & np.all(np.abs(x[going] - seeds[going]) <= STRAYED * cell, axis=1)
        radius[going[~near]] = np.nan
        going = going[near & (radius[going] > SMALLEST)]
    return x, radius <= SMALLEST
