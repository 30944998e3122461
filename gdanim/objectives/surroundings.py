"""Surroundings: the minimizer nearest to a point, where that is known, and how to get to know it."""

from dataclasses import replace
from typing import Final

import numpy as np

from gdanim.arrays import Flags, Index, Scalar, Vector
from gdanim.objectives.minimizers import MOST_GRIDS, Found, cell_of, curvatures, distinct, search
from gdanim.objectives.objective import Objective
from gdanim.objectives.polishing import polish
from gdanim.objectives.rings import Shape

REACH: Final = 2.0  # widths of the bounds: a minimizer farther away from a point says nothing about it
# So many points are looked around one by one; more of them together, in one box that holds them all.
MOST_APART, FEW_APART = 8, 2
PASSES: Final = 5  # about one point, in ever smaller boxes: each shows what the last one had no points for
MARGIN: Final = 1.25  # by which a box is larger than the ball in it
SHRUNK: Final = 0.25  # a minimizer nearer than this share of the radius asks for another pass
IN_VALLEY: Final = 1e-2  # share of the width: four pixels in a picture of 400
FLOOR: Final = 1e-15  # share of f* that may be rounding
MOST: Final = 4096  # minimizers that are looked for in such a box
SAME: Final = 0.1  # of a cell: minimizers so near are one

_TOGETHER: Final = 1 << 20  # distances that are computed at a time


def nearest_known(objective: Objective, x: Vector) -> tuple[Index, Scalar]:
    """The row of the minimizer nearest to each point x (n, d), and how far it is: (n,), (n,).

    −1 and NaN where it is not known to be the nearest: the ball about the point has not been searched, or minima form
    a curve or an area.
    """
    row, away = np.full(len(x), -1), np.full(len(x), np.nan)
    if not len(objective.minimizers) or objective.continuum or not len(x):
        return row, away
    nearest, distance = nearest_of(x, objective.minimizers)
    known = _is_searched(objective, x, distance)
    return np.where(known, nearest, row), np.where(known, distance, away)


def is_in_valley(objective: Objective, x: Vector, f: Scalar, share: float = IN_VALLEY) -> Flags:
    """Whether points x (n, d) with f (n,) have come to the curve or area of minima, but for a share of the width: (n,).

    (f − f*)/|∇f| is the distance to it at a kink, half of it where f is quadratic across, and less where it is flatter.
    A local valley may go on as a ridge, on which f is as high.
    """
    if not objective.continuum or not len(x):
        return np.zeros(len(x), dtype=bool)
    width = np.ptp(objective.bounds, axis=1)
    with np.errstate(all="ignore"):
        slope = np.linalg.norm(objective.gradient(x) * width, axis=1)
        found: Flags = np.abs(f - objective.valley) <= share * slope + FLOOR * np.abs(objective.valley)
    if objective.is_local_valley:
        found[found] = ~_are_on_ridge(objective, x[found], width)
    return found


def _are_on_ridge(objective: Objective, x: Vector, width: Vector) -> Flags:
    """Whether f curves down at points x (n, d) at least as much as up: (n,)."""
    hessian = objective.hessian(x) * width * width[:, np.newaxis]
    values = np.linalg.eigvalsh(np.nan_to_num(hessian, posinf=0.0, neginf=0.0))
    found: Flags = (values[:, 0] < 0) & (-values[:, 0] >= values[:, -1])
    return found


def known_around(objective: Objective, points: Vector) -> Objective:
    """The same objective, with further minimizers, so that the one nearest to each of the points (n, d) is known.

    Nothing is looked for about points far outside the bounds, and about more than a few together, not one by one; and
    nothing in more than two variables, and of recordings.
    """
    if objective.dim > MOST_GRIDS or objective.recorded:
        return objective
    width = np.ptp(objective.bounds, axis=1)
    away = np.maximum(objective.bounds[:, 0] - points, points - objective.bounds[:, 1])
    points = points[np.all(away <= REACH * width, axis=1)]  # NaN is nowhere
    doubtful = points[np.isnan(nearest_known(objective, points)[1])]
    if not len(doubtful) or objective.continuum:
        return objective
    apart = _thinned(doubtful, cell_of(objective.functions, objective.bounds))
    if len(apart) > (FEW_APART if objective.point_by_point else MOST_APART):
        hull = np.concatenate([objective.bounds.T, apart])
        return known_within(objective, np.stack([hull.min(axis=0) - width / 10, hull.max(axis=0) + width / 10], axis=1))
    for point in apart:
        objective = _known_around(objective, point)
    return objective


def distances_from_minima(objective: Objective, points: Vector, reach: float) -> Scalar:
    """How far points (n, d) inside the bounds are from the minimum next to each, exact up to a reach: (n,).

    Points of a curve or an area of minima count as well, as densely as the grid of a search shows them.
    """
    if objective.dim > MOST_GRIDS:
        known = objective.minimizers
        return nearest_of(points, known)[1] if len(known) else np.full(len(points), np.inf)
    around = np.minimum(reach, REACH * np.ptp(objective.bounds, axis=1))
    box = objective.bounds + around[:, np.newaxis] * np.array([-1.0, 1.0])
    if objective.continuum:
        found = search(objective.functions, box, MOST)
        minima = np.concatenate([found.minimizers, found.valley])
    else:
        minima = known_within(objective, box).minimizers
    return nearest_of(points, minima)[1] if len(minima) else np.full(len(points), np.inf)


def known_within(objective: Objective, box: Vector) -> Objective:
    """The same objective, with all minimizers inside a box (d, 2) that grids can show."""
    if any(np.all((each[:, 0] <= box[:, 0]) & (box[:, 1] <= each[:, 1])) for each in objective.searched):
        return objective
    return _with_found(objective, search(objective.functions, box, MOST), box)


def _known_around(objective: Objective, point: Vector) -> Objective:
    """With the minimizer nearest to a point (d,), if one is found within the width of the bounds."""
    functions, width = objective.functions, np.ptp(objective.bounds, axis=1)
    cell = cell_of(functions, objective.bounds)
    own = polish(functions, point[np.newaxis], cell, width)
    objective = _with(objective, own.x[own.shape == Shape.STRICT])
    for _ in range(PASSES):
        radius = float(np.linalg.norm(objective.minimizers - point, axis=1).min(initial=np.inf))
        if radius > REACH * width.max():
            radius = float(width.max())
        box = point[:, np.newaxis] + (MARGIN * radius + cell)[:, np.newaxis] * np.array([-1.0, 1.0])
        objective = _with_found(objective, search(functions, box), box)
        _, (away,) = nearest_known(objective, point[np.newaxis])
        if objective.continuum or away > SHRUNK * radius:
            break
    return objective


def _with_found(objective: Objective, found: Found, box: Vector) -> Objective:
    """With what was found in a box (d, 2)."""
    levels = [objective.valley, *objective.value(found.valley[:1])]
    searched = [objective.searched.reshape(-1, *box.shape), box[np.newaxis][: int(found.complete)]]
    widened = _with(objective, found.minimizers)
    local = objective.is_local_valley or found.local
    return replace(
        widened, valley=float(np.fmin.reduce(levels)), is_local_valley=local, searched=np.concatenate(searched)
    )


def _with(objective: Objective, minimizers: Vector) -> Objective:
    """With further minimizers (m, d)."""
    cell = cell_of(objective.functions, objective.bounds)
    minimizers = distinct(np.concatenate([objective.minimizers, minimizers]), SAME * cell)
    minimizers = minimizers[np.argsort(objective.value(minimizers), kind="stable")]
    return replace(objective, minimizers=minimizers, curvatures=curvatures(objective.functions, minimizers, cell))


def _thinned(points: Vector, cell: Vector) -> Vector:
    """One point of each cell."""
    _, first = np.unique(np.floor(points / cell), axis=0, return_index=True)
    return points[np.sort(first)]


def nearest_of(x: Vector, minimizers: Vector) -> tuple[Index, Scalar]:
    """The nearest of some minimizers (m, d), m > 0, to each point (n, d), and how far it is: (n,), (n,)."""
    nearest, square = np.empty(len(x), dtype=np.int64), np.empty(len(x))
    together = max(_TOGETHER // len(minimizers), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, len(x), together):
            part = slice(first, first + together)
            squares = np.sum(
                [(a[:, np.newaxis] - b) ** 2 for a, b in zip(x[part].T, minimizers.T, strict=True)], axis=0
            )
            nearest[part], square[part] = squares.argmin(axis=1), squares.min(axis=1)
    return nearest, np.sqrt(square)


def _is_searched(objective: Objective, x: Vector, radius: Scalar) -> Flags:
    """Whether the ball about each point x (n, d) with a radius (n,) lies in one of the boxes that were searched."""
    inside = np.zeros(len(x), dtype=bool)
    for low, high in objective.searched.swapaxes(1, 2):
        rest = np.flatnonzero(~inside)
        gap = np.minimum(x[rest] - low, high - x[rest]).min(axis=1)
        inside[rest] = gap >= radius[rest]
    return inside
