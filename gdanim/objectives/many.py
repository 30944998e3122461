"""Many: what shows a function of more than two variables well: a start, a rate, iterations and bounds.

There is no grid to look at: plain descents from the start tell, at rates that are powers of two apart.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.objectives.autorange import Given, rounded_up
from gdanim.objectives.minimizers import Found
from gdanim.objectives.objective import Functions, has_hessians
from gdanim.objectives.polishing import polish
from gdanim.objectives.rings import Shape

RATES: Final[Scalar] = np.exp2(np.arange(20.0, -41.0, -1.0))  # that are tried, the highest first
TRIED, TRIED_BRIEFLY = 150, 30  # iterations of a trial; where they cost much
DEAR: Final = 2000  # variables: from so many on a trial costs much
MOST_AT_ONCE: Final = 1 << 22  # numbers of all trials together
SHARE: Final = 0.5  # of the highest rate at which f only falls: the path is then seen to bend
FEWEST, MOST = 25, 200  # iterations
SCALES: Final = (1.0, 0.1, 10.0, 0.01, 100.0)  # of a start that nobody gives, until f has a value there
GOLDEN: Final = 0.6180339887498949
MARGIN: Final = 1.2
FARTHEST: Final = 4.0  # times as far from the origin as the start: bounds do not follow a fall without end
STEPS: Final = 200  # directions of Lanczos
FEW_STEPS: Final = 30  # of them, where each costs many rows: λ then lacks less than a rate of half of 2/λ spares
SETTLED: Final = 1e-3  # of the whole fall of f
CELLS: Final = 200  # of the bounds: a step by which a minimizer is looked for
ROUNDING: Final = 1e-9  # of f at the start: it may rise by so much


class ShownWell(NamedTuple):
    """What shows a function well: a start (d,), a rate, a number of iterations, and bounds (d, 2)."""

    start: Vector
    lr: float
    iterations: int
    bounds: Vector


def shown_well(functions: Functions, given: Given, start: Vector | None = None, bound: float = 0.0) -> ShownWell:
    """What shows a function of d > 2 variables well; `start` (d,) and a bound of all coordinates if they are known.

    Nothing is tried where no descent is wanted: recorded runs say where they are seen.
    """
    if not given.tried:
        return ShownWell(np.zeros(functions.dim), 1.0, FEWEST, np.tile([-1.0, 1.0], (functions.dim, 1)))
    starts = [np.array(point) for point in given.starts if len(point) == functions.dim]
    first = starts[0] if starts else _start(functions) if start is None else start
    with np.errstate(all="ignore"):
        rate, iterations, end = _tried(functions, first, given.rates)
    near = max(float(np.abs(point).max()) for point in (first, *starts))
    reach = max(near, min(float(np.abs(end).max()), FARTHEST * near))
    half = max(bound, rounded_up(MARGIN * reach) if reach > bound else 0.0) or 1.0
    return ShownWell(first, rate, iterations, np.tile([-half, half], (functions.dim, 1)))


def minimizer_below(functions: Functions, well: ShownWell) -> Found:
    """The minimizer that a plain descent from the start of a well comes to, where there is one, and Hessians tell."""
    nothing = np.empty((0, functions.dim))
    if functions.point_by_point or not has_hessians(functions):
        return Found(nothing, nothing, complete=False)
    with np.errstate(all="ignore"):
        (end,), _ = _falling(functions, well.start, np.array([well.lr]), well.iterations)
        width = np.ptp(well.bounds, axis=1)
        found = polish(functions, end[np.newaxis], width / CELLS, width)
    inside = (np.abs(found.x[0] - end) <= width / 2).all() and np.isfinite(found.x[0]).all()
    is_minimum = found.shape[0] == Shape.STRICT and inside
    return Found(found.x if is_minimum else nothing, nothing, complete=False)


def largest_curvature(functions: Functions, x: Vector) -> float:
    """λ, the largest eigenvalue of the Hessian at x (d,): of its matrix, or else of what it makes of a few directions.

    Source: Lanczos 1950, with every direction made orthogonal to all before.
    """
    if has_hessians(functions):
        hessian = functions.hessian(x)
        return float(np.linalg.eigvalsh(hessian)[-1]) if np.isfinite(hessian).all() else np.nan
    step = 1e-5 * max(1.0, float(np.abs(x).max()))
    steps = FEW_STEPS if functions.point_by_point else STEPS
    ways = np.zeros((min(steps, functions.dim, max(MOST_AT_ONCE // functions.dim, 2)), functions.dim))
    made = np.zeros_like(ways)
    way = _pattern(functions.dim)
    for k in range(len(ways)):
        for _ in range(2):  # once leaves the rounding of what is taken away
            way = way - ways[:k].T @ (ways[:k] @ way)
        if not np.linalg.norm(way) > 1e-10 * np.linalg.norm(made[:k], axis=1).max(initial=0.0):
            break
        ways[k] = way / np.linalg.norm(way)
        ahead, behind = functions.gradient(np.stack([x + step * ways[k], x - step * ways[k]]))
        made[k] = way = (ahead - behind) / (2 * step)
    products = ways @ made.T
    return float(np.linalg.eigvalsh((products + products.T) / 2)[-1]) if np.isfinite(products).all() else np.nan


def _start(functions: Functions) -> Vector:
    """A start (d,) with a value and a slope, of either sign or positive; the first where none has one."""
    pattern = _pattern(functions.dim)
    with np.errstate(all="ignore"):
        for point in (scale * way for way in (pattern, np.abs(pattern)) for scale in SCALES):
            f, slope = functions.raw_value_and_gradient(point[np.newaxis])
            if np.isfinite(f).all() and np.isfinite(slope).all() and slope.any():
                return point
    return pattern


def _pattern(dim: int) -> Vector:
    """A point (d,) with coordinates of both signs between 1 and 2, all different."""
    part = (np.arange(1, dim + 1) * GOLDEN) % 1
    return np.asarray(np.where(np.arange(dim) % 2 == 0, -1, 1) * (1 + part))


def _tried(functions: Functions, start: Vector, given: tuple[float, ...]) -> tuple[float, int, Vector]:
    """A rate, in how many iterations a descent from the start (d,) is nearly over, and where it is then (d,)."""
    is_dear = functions.dim > DEAR or functions.point_by_point
    rates = np.array(given[:1], dtype=np.float64) if given else RATES
    kept, f = _falling(functions, start, rates, TRIED_BRIEFLY if is_dear else TRIED)
    if given:
        return float(given[0]), _settled(f[:, 0]), kept[0]
    falls = np.flatnonzero(np.isfinite(f[-1]))
    if not falls.size:
        return float(RATES[-1]), FEWEST, start
    best = int(falls[0])
    rate = float(f"{SHARE * rates[best]:.0e}")
    slower, f = _falling(functions, start, np.array([rate]), TRIED_BRIEFLY if is_dear else TRIED)
    return rate, _settled(f[:, 0]), slower[0]


def _falling(functions: Functions, start: Vector, rates: Scalar, iterations: int) -> tuple[Vector, Scalar]:
    """Plain descents at rates (m,): their ends (m, d), and f (n+1, m), NaN from where it rises on."""
    x = np.tile(start, (len(rates), 1))
    f, slope = functions.raw_value_and_gradient(start[np.newaxis])
    values = np.full((iterations + 1, len(rates)), np.nan)
    values[0], slopes = f[0], np.tile(slope, (len(rates), 1))
    going = np.arange(len(rates))
    for k in range(1, iterations + 1):
        there = x[going] - rates[going, np.newaxis] * slopes[going]
        f, slope = functions.raw_value_and_gradient(there)
        good = (f <= values[k - 1, going] + ROUNDING * np.abs(values[0, going])) & np.isfinite(slope).all(axis=1)
        going = going[good]
        if not going.size:
            break
        x[going], slopes[going], values[k, going] = there[good], slope[good], f[good]
    return x, values


def _settled(f: Scalar) -> int:
    """In how many iterations f (n+1,) has 99.9 % of its fall behind it, and half as many again.

    What comes after a fall from a height is a hundredth of it, and often the way along a valley.
    """
    known = f[np.isfinite(f)]
    over = int(np.argmax(known - known[-1] <= SETTLED * (known[0] - known[-1])))
    return int(np.clip(5 * np.ceil(1.5 * over / 5), FEWEST, MOST))
