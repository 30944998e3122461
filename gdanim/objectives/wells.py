"""Wells: where the minima of a function lie of which nothing is known, at any scale.

The search looks out from the origin along rays, over all magnitudes alike, and for slopes that turn from falling to
rising: they show a minimum however far away it is and however narrow. What adds to f or multiplies it changes nothing.
"""

from typing import Final

import numpy as np

from gdanim.arrays import Flags, Index, Scalar, Vector
from gdanim.objectives.edges import minima_at_edges
from gdanim.objectives.objective import Functions
from gdanim.objectives.radius import DECADES, FEW, FEW_DECADES, directions, magnitudes

# Points in each decade along the rays from the origin, for one variable and for two.
EACH: Final = {1: 32, 2: 4}
RAYS, FEW_RAYS = 16, 4  # of two variables
MOST_WELLS = {1: 512, 2: 64}  # that are looked at more closely: the nearer half of so many, and some of all others
BISECTIONS = 100
HALVINGS = 30  # of the stretch of a ray on which f turns
DESCENT_STEPS = 80
BESIDE = 1e-3  # of its distance from the origin: f is higher all around a bottom without curvature
# Times its distance from the origin: f is higher at one of these than at a bottom, close by or past a stretch of them.
ASIDE = 0.01, 0.5, 0.9, 0.999, 1.001, 1.1, 1.5, 100
SETTLED = 1e-7  # of its distance from the origin: what a descent has to know the place of a bottom to
ROUNDED_AWAY = 1e-14  # about the origin, x is rounded away beside the constants that people write
ROUNDING = 1e-9  # of the largest eigenvalue: less is taken for 0


def find_bottoms(functions: Functions) -> tuple[Vector, Scalar]:
    """The bottoms of wells (m, d), the nearest to the origin first, and how well each is known (m,). m may be 0."""
    few = functions.point_by_point
    r = magnitudes(FEW if few else EACH[functions.dim], FEW_DECADES if few else DECADES)
    with np.errstate(all="ignore"):
        if functions.dim == 1:
            x = np.concatenate([-r[::-1], [0.0], r])
            found, error = _bisected(functions, *_turns(functions, x))
            ends = minima_at_edges(functions, [x], functions.value(x[:, np.newaxis]), np.ones(1))
            found, error = np.concatenate([found, ends]), np.concatenate([error, np.spacing(np.abs(ends[:, 0]))])
        else:
            found, error = _descended(functions, *_seeds(functions, r, directions(2, FEW_RAYS if few else RAYS)))
    nearest = np.argsort(np.abs(found).max(axis=1), kind="stable")
    return found[nearest], error[nearest]


def _turns(functions: Functions, x: Scalar) -> tuple[Scalar, Scalar]:
    """Intervals in which f, of one variable, turns from falling to rising: their ends (m,), (m,), the nearest first."""
    f, gradient = functions.raw_value_and_gradient(x[:, np.newaxis])
    sign = np.where(np.isfinite(f) | np.isposinf(f), np.sign(gradient[:, 0]), np.nan)
    known = np.flatnonzero(sign != 0)  # where f is level it is neither
    here, after = known[:-1], known[1:]
    turning = (sign[here] < 0) & (sign[after] > 0)
    low, high = x[here[turning]], x[after[turning]]
    some = _spread(np.argsort(np.abs(low + high)), MOST_WELLS[functions.dim])
    return low[some], high[some]


def _spread(rows: Index, most: int) -> Index:
    """So many of some rows (m,) at most: half of them the first ones, half of them evenly from the rest."""
    near, rest = rows[: most // 2], rows[most // 2 :]
    return rows if len(rows) <= most else np.concatenate([near, rest[:: -(-len(rest) // (most - len(near)))]])


def _bisected(functions: Functions, low: Scalar, high: Scalar) -> tuple[Vector, Scalar]:
    """Where f stops falling in intervals (m,), (m,): (k, 1), and to what error: (k,). Poles are left out."""
    low, level = _parted(functions, low, high, falling=True)
    last, _ = _parted(functions, level, high, falling=False)
    middle = level + (last - level) / 2
    f_low, f_level, f_middle, f_last = (functions.value(at[:, np.newaxis]) for at in (low, level, middle, last))
    # Where f is level, as a sum is to rounding, in the middle, or at the origin, if that is in there too. Where f is
    # higher in between, there are two wells.
    is_level = (last > level) & (f_middle <= np.maximum(f_level, f_last) + 8 * np.spacing(np.abs(f_middle)))
    middle = np.where((level < 0) & (last > 0) & (last - level < ROUNDED_AWAY), 0.0, middle)
    bottom = np.where(is_level, middle, np.where(f_low < f_level, low, level))
    f = functions.value(bottom[:, np.newaxis])
    error = np.maximum(level - low, np.spacing(np.abs(bottom)))
    deep = ~_is_pole(functions, bottom[:, np.newaxis], f, error) & _is_seen(functions, bottom, f)
    return bottom[deep, np.newaxis], error[deep]


def _parted(functions: Functions, low: Scalar, high: Scalar, *, falling: bool) -> tuple[Scalar, Scalar]:
    """Neighbouring numbers in intervals (m,), (m,): up to the first f falls, or after the second it rises."""
    for _ in range(BISECTIONS if len(low) else 0):
        middle = low + (high - low) / 2
        slope = functions.raw_value_and_gradient(middle[:, np.newaxis])[1][:, 0]
        before = slope < 0 if falling else ~(slope > 0)
        low, high = np.where(before, middle, low), np.where(before, high, middle)
        if np.all((high - low) <= np.spacing(np.abs(middle))):
            break
    return low, high


def _is_seen(functions: Functions, x: Scalar, f: Scalar) -> Flags:
    """Whether f is higher ASIDE of bottoms x (m,), f (m,), by more than rounding; at 0, no length tells."""
    sides = np.multiply.outer(np.array(ASIDE), x)
    return np.asarray((functions.value(sides[..., np.newaxis]) > f + 8 * np.spacing(np.abs(f))).any(axis=0) | (x == 0))


def _is_pole(functions: Functions, x: Vector, f: Scalar, error: Scalar) -> Flags:
    """Whether f (m,) at points x (m, 1) is the end of a fall that has none: a jump, or −∞ as near as floats come."""

    def height(distance: Scalar) -> Scalar:
        sides = x[:, 0] + np.multiply.outer(np.array([-1.0, 1.0]), distance)
        return np.asarray(functions.value(sides[..., np.newaxis]).max(axis=0) - f)

    near, far = height(10 * error), height(1e4 * error)
    level = near <= 64 * np.spacing(np.abs(f))
    return np.asarray(~np.isfinite(f) | ~(level | (near < 0.5 * far)))


def _seeds(functions: Functions, r: Scalar, ahead: Vector) -> tuple[Vector, Scalar]:
    """Points from which to search for bottoms of two variables (m, 2), and how far a first step may lead (m,).

    One stands where f turns from falling to rising along a ray, and one at the origin.
    """
    f, gradient = functions.raw_value_and_gradient(r[:, np.newaxis, np.newaxis] * ahead)
    sign = np.where(np.isfinite(f) | np.isposinf(f), np.sign(np.vecdot(gradient, ahead)), np.nan)
    step, ray = np.nonzero((sign[:-1] < 0) & (sign[1:] > 0))
    some = _spread(np.argsort(step), MOST_WELLS[2] - 1)
    step, ray = step[some], ray[some]
    low, high, along = r[step], r[step + 1], ahead[ray]
    # Near enough to the turn that f does not overflow there, as far out as that may be.
    for _ in range(HALVINGS if len(step) else 0):
        away = (low + high) / 2
        slope = np.vecdot(functions.raw_value_and_gradient(away[:, np.newaxis] * along)[1], along)
        low, high = np.where(slope > 0, low, away), np.where(slope > 0, away, high)
    away = (low + high) / 2
    origin = float(away[0]) if len(away) else 1.0
    return np.concatenate([np.zeros((1, 2)), away[:, np.newaxis] * ahead[ray]]), np.concatenate([[origin], away])


def _descended(functions: Functions, x: Vector, reach: Scalar) -> tuple[Vector, Scalar]:
    """The bottoms that descents from points x (m, 2) arrive at: (k, 2), and to what error: (k,).

    Newton's method, downhill where the Hessian is not positive definite. Along each of its axes a step is no longer
    than `reach` (m,), which grows where f falls, and shrinks where it does not.
    """
    scale = reach.copy()
    f, gradient = functions.raw_value_and_gradient(x)
    for _ in range(DESCENT_STEPS):
        ahead = _newton_step(functions, x, gradient, reach)[0]
        length = np.linalg.norm(ahead, axis=1)
        f_ahead, gradient_ahead = functions.raw_value_and_gradient(x + ahead)
        level = np.abs(f_ahead - f) <= 8 * np.spacing(np.abs(f))
        flatter = np.linalg.norm(gradient_ahead, axis=1) < np.linalg.norm(gradient, axis=1)
        better = (f_ahead < f) & ~level | (level & flatter)
        reach = np.where(better, 2 * reach, np.minimum(reach, length) / 4)
        x, f = np.where(better[:, np.newaxis], x + ahead, x), np.where(better, f_ahead, f)
        gradient = np.where(better[:, np.newaxis], gradient_ahead, gradient)
        scale = np.maximum(scale, np.linalg.norm(x, axis=1))
        if not better.any() and np.all(reach <= SETTLED * scale):
            break
    step, least = _newton_step(functions, x, gradient, reach)
    error = np.linalg.norm(step, axis=1)
    ring = x[:, np.newaxis] + BESIDE * scale[:, np.newaxis, np.newaxis] * directions(2, RAYS)
    rises = np.all(functions.value(ring) >= (f - 8 * np.spacing(np.abs(f)))[:, np.newaxis], axis=1)
    settled = np.isfinite(f) & (error <= SETTLED * scale) & ((least > 0) | ((least == 0) & rises))
    return x[settled], error[settled]


def _newton_step(functions: Functions, x: Vector, gradient: Vector, reach: Scalar) -> tuple[Vector, Scalar]:
    """|H|⁻¹(−g) at points x (m, 2), cut to `reach` (m,) along the axes of H: (m, 2).

    Also the least eigenvalue of H (m,), 0 where it is rounding, and −∞ where it is not finite.
    """
    hessian = functions.hessian(x)
    usable = np.isfinite(np.concatenate([hessian.reshape(-1, 4), gradient], axis=1)).all(axis=1)
    values, vectors = np.linalg.eigh(np.where(usable[:, np.newaxis, np.newaxis], hessian, 0.0))
    floor = np.maximum(ROUNDING * np.abs(values).max(axis=1, keepdims=True), 1e-300)
    along = np.einsum("mji,mj->mi", vectors, np.where(usable[:, np.newaxis], gradient, 0.0))
    along = np.clip(along / np.maximum(np.abs(values), floor), -reach[:, np.newaxis], reach[:, np.newaxis])
    least = np.where(np.abs(values[:, 0]) <= floor[:, 0], 0.0, values[:, 0])
    return -np.einsum("mij,mj->mi", vectors, along), np.where(usable, least, -np.inf)
