"""Radius: how far from a point a function stays of one kind, which is the width of a well about its bottom."""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gdanim.arrays import Scalar, Vector
from gdanim.objectives.objective import Functions

DECADES, FEW_DECADES = 15, 12  # magnitudes of distances that are looked at: from 10⁻¹⁵ to 10¹⁵
EACH: Final = 8  # points in each decade along a ray
FEW = 2  # in place of them, where each point costs a call of somebody's code
RAYS, FEW_RAYS = 8, 4  # of two variables
# Where f is |r|^(p+1), its slope is |r|^p. That ends where p has changed by so much: sums of powers change by 1.
# Where it has grown, f is a wall soon; where it has faded, the next hill comes, on sin(x) and x⁴ − x² so much farther.
CHANGED, GROWING, FADING = 0.75, 1.25, 4.5
# Exponents along a decade that differ by less are one: nearer to the point they are rounding. More for differences.
CONSTANT, COARSELY_CONSTANT = 0.05, 0.2
ROUNDED = 1e-12  # of the radius: an area that is smaller is rounding
ROUNDING = 1e-9  # of the steepest slope at one distance: less is taken for 0
BESIDE_AREA: Final = 2.5  # times the distance to the edge of an area of minima: its sides are seen
UNDERFLOW: Final = 1e-9  # of the slope ten times as far away: less is the end of a power that was too small to be seen
SEEN: Final = 64  # spacings of f: so much higher it is ten times as far away as the edge of an area
FINER: Final = np.geomspace(2 / 3, 3 / 2, 65)  # of a distance where the end has been seen: where it is looked at again


def radius_around(functions: Functions, x: Vector, error: float = 0.0) -> float:
    """The distance from x (d,), known up to an error, at which f changes its kind; inf where it never does.

    The harmonic mean over rays along which it does: a wall on one side counts for more than a slow change on the other.
    """
    few = functions.point_by_point
    each = FEW if few else EACH
    r = magnitudes(each, FEW_DECADES if few else DECADES)
    r = r[r > max(1e-12 * float(np.abs(x).max()), 100 * error)]
    rays = directions(functions.dim, FEW_RAYS if few else RAYS)
    with np.errstate(all="ignore"):
        f, slope = _along(functions, x, rays, r)
        level = _level_until(r, np.abs(slope).max(axis=1), f.max(axis=1), each)
        # Along the floor of a valley slopes are rounding near x.
        steep = np.where(np.abs(slope) > ROUNDING * np.abs(slope).max(axis=1, keepdims=True), slope, 0.0)
        ends = []
        # Where f is level along a whole ray, as x² − y² is along y = x, its slope there is rounding.
        for k in np.flatnonzero(steep.any(axis=0)).tolist():
            first, base = _first_constant(r, steep[:, k], *((FEW + 1, COARSELY_CONSTANT) if few else (EACH, CONSTANT)))
            end, factor = _end(r[first:], f[first:, k], slope[first:, k], base)
            if np.isfinite(end) and not few:
                fine_f, fine_slope = _along(functions, x, rays[k : k + 1], end * FINER)
                finer, factor_there = _end(end * FINER, fine_f[:, 0], fine_slope[:, 0], base)
                end, factor = (finer, factor_there) if np.isfinite(finer) else (end, factor)
            ends.append(end * factor)
    finite = [end for end in ends if np.isfinite(end)]
    radius = len(finite) / sum(1 / end for end in finite) if finite else np.inf
    # Slopes like exp(x) − 1 are level about 0 because they are rounded.
    is_area = level > 0 and (not finite or level > ROUNDED * radius)
    return BESIDE_AREA * level if is_area else radius


def _level_until(r: Scalar, slope: Scalar, f: Scalar, each: int) -> float:
    """The distance at which an area ends where f is level: the largest slope (n,) is 0 up to there. 0 without one."""
    rising = np.flatnonzero(slope)
    if not len(rising) or not 0 < rising[0] < len(r) - each:
        return 0.0
    first = rising[0]
    farther = first + each
    # A high power is level only because it underflows, and what rises by less than rounding is not seen to rise.
    seen = slope[first] > UNDERFLOW * slope[farther] and f[farther] - f[0] > SEEN * np.spacing(abs(f[0]))
    return float(r[first]) if seen else 0.0


def magnitudes(each: int, decades: int) -> Scalar:
    """Distances from 10^−decades to 10^decades, so many in each decade: (n,), rising."""
    return np.asarray(10.0 ** (np.arange(-decades * each, decades * each + 1) / each))


def directions(dim: int, rays: int) -> Vector:
    """Both directions of one variable, so many of two: (m, d)."""
    if dim == 1:
        return np.array([[-1.0], [1.0]])
    angle = 2 * np.pi * np.arange(rays) / rays
    return np.round(np.stack([np.cos(angle), np.sin(angle)], axis=1), 15)


def _along(functions: Functions, x: Vector, rays: Vector, r: Scalar) -> tuple[Scalar, Scalar]:
    """f and its slope along rays (m, d) from x (d,) at distances r (n,): (n, m), (n, m)."""
    f, gradient = functions.raw_value_and_gradient(x + r[:, np.newaxis, np.newaxis] * rays)
    return f, np.vecdot(gradient, rays)


def _first_constant(r: Scalar, slope: Scalar, points: int, within: float) -> tuple[int, float]:
    """Where so many exponents of a slope (n,) after another are one, the first time, and which; NaN where never."""
    exponent = np.diff(np.log(np.abs(slope))) / np.diff(np.log(r))
    exponent[np.sign(slope[1:]) != np.sign(slope[:-1])] = np.nan
    if len(exponent) < points:
        return 0, float("nan")
    spread = np.ptp(sliding_window_view(exponent, points), axis=1)
    first = int(np.argmax(spread < within))
    return first, float(np.median(exponent[first : first + points])) if spread[first] < within else float("nan")


def _end(r: Scalar, f: Scalar, slope: Scalar, base: float) -> tuple[float, float]:
    """The distance, of r (n,), at which the slope (n,) stops being r^base; inf where it never does. Also its factor."""
    begin = np.sign(slope[0])
    usable = np.isfinite(f) & np.isfinite(slope) & (begin * slope > 0)
    stop = len(r) if usable.all() else int(np.argmin(usable))
    log_r = np.log(r[:stop])
    change = np.diff(np.log(begin * slope[:stop])) / np.diff(log_r) - base
    changed = np.abs(change) >= CHANGED
    if changed.any():
        k = int(np.argmax(changed))
        near, middle = np.abs(change[max(k - 1, 0) : k + 1]), (log_r[1:] + log_r[:-1])[max(k - 1, 0) : k + 1] / 2
        return float(np.exp(np.interp(CHANGED, near, middle))), GROWING if change[k] > 0 else FADING
    overflows = stop < len(r) and (np.isposinf(f[stop]) or np.isinf(slope[stop]))
    return (float(r[stop]) if 0 < stop < len(r) and not overflows else np.inf), 1.0
