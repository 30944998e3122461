"""Autorange: bounds, start and rate that show a function well that nobody has described, found by trying descents.

All is chosen in units of the function's own: the width of the well that is nearest to the origin, the curvature of its
bottom, and shares of the window. a·f(x/b) + c is therefore shown as f is, but for the numbers, and but for the rounding
that makes those readable.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Scalar, Vector
from gdanim.formatting import coordinates
from gdanim.objectives.minimizers import Found, distinct, search
from gdanim.objectives.objective import Functions
from gdanim.objectives.radius import radius_around
from gdanim.objectives.trials import chosen_trial, rounded
from gdanim.objectives.wells import find_bottoms

Limits = Sequence[tuple[float, float] | None]

DIGITS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)  # leading digits of half the width of a window
ONE_DIGIT = (1, 2, 3, 4, 5, 6, 8, 10)  # the same of a window that is wide because of where a start lies
WITHOUT_SCALE, WITHOUT_MINIMUM = 1.0, 5.0  # half that width, where nothing tells it
WELL_INSIDE, START_INSIDE = 0.75, 0.95  # of half the width: farther out a minimum, or a start, is too near the edge
# A start that is given no farther from the only well than this share of half the width has a window so many times as
# wide as its distance; at most so much narrower than that of the well, which is to be seen.
DEEP_INSIDE, BESIDE_STARTS, NARROWEST = 1 / 3, 2.0, 10.0
MARGIN = 1.1  # by which bounds are wider than what is to be in view
AROUND = 3.0  # times half the width: so far away other wells are looked for
# Times the width: so much a window may grow to hold other wells, to have the origin in its middle, to hold starts.
WITH_OTHERS, WITH_ORIGIN, WITH_STARTS = 1.5, 2.5, 1.5
NO_MINIMUM = "no minimum was found: the picture shows f from {} to {}; --xlim and --start choose another place"
CONSTANT = "f is constant here: every point is a minimum"
LOWEST_AT_EDGE = "no minimum was found: f is lowest at the edge of where it has values"
NONE_WITHIN_LIMITS = "no minimum was found within the limits"
WIDEST = 1e100  # arithmetic with the bounds must not overflow
# A well so narrow beside its distance from the origin is one of a crowd, where others are so many times as far away;
# then one is shown that is as wide as this beside its distance.
NARROW, FARTHER, WIDE = 0.02, 10.0, 0.45
ENDLESS = 1e-15  # of the distance of the farthest well: that of the nearest, where there are wells at all magnitudes
SAME = 1e-6  # of the radius of a well: bottoms that are nearer to one another are one
AS_LOW = 8  # spacings of f: the origin that is no higher is a bottom, too
OF_VALLEY = 32  # points of a valley at most that tell where it lies
# Points along each axis where f is evaluated to find its domain; fewer where each costs a call of somebody's code.
DOMAIN, COARSE_DOMAIN = {1: 2001, 2: 41}, {1: 101, 2: 11}


class Given(NamedTuple):
    """What the request gives: limits of x and of y, starts (d,), rates. Where it is empty or None, gdanim chooses.

    shown   more points (d,) that are to be in view
    tried   whether descents are wanted: else only recorded ones are shown, and a rate need not be found
    """

    limits: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)
    starts: tuple[tuple[float, ...], ...] = ()
    rates: tuple[float, ...] = ()
    shown: tuple[tuple[float, ...], ...] = ()
    tried: bool = True


NOTHING_GIVEN = Given()


class Suggested(NamedTuple):
    """Bounds (d, 2), what minima are inside them, a start (d,), a rate, a number of iterations, and what to say."""

    bounds: Vector
    found: Found
    start: Vector
    lr: float
    iterations: int
    remarks: tuple[str, ...]


def suggest(functions: Functions, given: Given) -> Suggested:
    """Choose what shows a function well, and keep what is given.

    The window shows the well that is nearest to the origin. In it, plain gradient descents are tried from many starts
    at many rates. The best falls steadily, from far away, to the lowest minimum that any reaches, in about 25
    iterations, at a rate between 0.05 and 0.5 of 2/λ there, if any does.
    """
    limits, starts = given.limits[: functions.dim], _points(given.starts, functions.dim)
    shown = np.concatenate([starts, _points(given.shown, functions.dim)])
    wells, centre, half, alone = _own_window(functions, limits)
    half = _narrowed(wells, half, starts) if alone else half
    # Tried in its own units, and rounded afterwards: the same descent at every scale.
    window = _bounds(functions, limits, *_widened(centre, half, shown))
    minima = _inside(wells, window) if len(wells) else _minima(functions, window)
    trial = chosen_trial(functions, window, minima, starts, given.rates)
    shown = np.concatenate([shown, trial.start[np.newaxis]])
    bounds = _bounds(functions, limits, *_readable(wells, centre, half, shown))
    found = search(functions, bounds)
    return Suggested(bounds, found, *trial, remarks=_remarks(wells, bounds, found, limited=any(limits)))


def _narrowed(wells: Vector, half: float, starts: Vector) -> float:
    """Half the width of a window about the only well (1, d), less where all starts (m, d) are deep inside."""
    reach = float(np.abs(starts - wells).max(initial=0.0))
    return max(BESIDE_STARTS * reach, half / NARROWEST) if 0 < reach < DEEP_INSIDE * half else half


def _remarks(wells: Vector, bounds: Vector, found: Found, *, limited: bool) -> tuple[str, ...]:
    """What to say where no minimum is in view."""
    if found.constant:
        return (CONSTANT,)
    if len(_inside(wells, bounds)) or len(found.minimizers) or len(found.valley):
        return ()
    if found.at_edge:
        return (LOWEST_AT_EDGE,)
    return (NONE_WITHIN_LIMITS if limited else NO_MINIMUM.format(*map(coordinates, bounds.T.tolist())),)


def _inside(x: Vector, bounds: Vector) -> Vector:
    """Those of points (m, d) that lie within bounds (d, 2)."""
    found: Vector = x[np.all((x >= bounds[:, 0]) & (x <= bounds[:, 1]), axis=1)]
    return found


def _minima(functions: Functions, bounds: Vector) -> Vector:
    """Minimizers inside the bounds and some points of valleys of them: (m, d)."""
    found = search(functions, bounds)
    return np.concatenate([found.minimizers, found.valley[:: len(found.valley) // OF_VALLEY + 1]])


def widened_bounds(bounds: Vector, given: Given) -> Vector:
    """Bounds (d, 2) that hold the starts of a request, too, along those axes for which it sets no limits."""
    dim = len(bounds)
    shown = _points((*given.starts, *given.shown), dim)
    found = np.array(bounds)
    for axis in (axis for axis in range(dim) if given.limits[axis] is None and len(shown)):
        (low, high), x = bounds[axis], shown[:, axis]
        below, above = low - min(low, x.min()), max(high, x.max()) - high
        if low == -high and (below or above):
            half = rounded_up((high + max(below, above)) / START_INSIDE, ONE_DIGIT)
            found[axis] = -half, half
        else:
            found[axis] = low - rounded_up(MARGIN * below), high + rounded_up(MARGIN * above)
    return found


def _points(given: Sequence[tuple[float, ...]], dim: int) -> Vector:
    """The points that have as many coordinates as the function: (m, d)."""
    return np.array([point for point in given if len(point) == dim]).reshape(-1, dim)


class _Window(NamedTuple):
    """The bottoms (m, d) of the wells to show, the middle (d,) of a window around them, and half its width.

    alone   whether the function has one well, as far as is known
    """

    wells: Vector
    centre: Vector
    half: float
    alone: bool = False


def _own_window(functions: Functions, limits: Limits) -> _Window:
    """The window of the wells to show.

    It shows the well that is nearest to the origin, within the limits if there is one, and others beside it.
    """
    bottoms, error = find_bottoms(functions) if not all(limits) else (np.empty((0, functions.dim)), np.empty(0))
    if not len(bottoms):
        radius = radius_around(functions, np.zeros(functions.dim))
        return _Window(bottoms, np.zeros(functions.dim), radius if np.isfinite(radius) else WITHOUT_MINIMUM)
    low, high = np.array([limit or (-np.inf, np.inf) for limit in limits]).T
    first = int(np.argmax(np.all((bottoms >= low) & (bottoms <= high), axis=1)))
    first, radius = _seen(functions, bottoms, error, first)
    bottom = bottoms[first]
    if not np.isfinite(radius):
        return _Window(bottom[np.newaxis], bottom, _distance_from_origin(functions, bottom) or WITHOUT_SCALE)
    around = np.stack([bottom - AROUND * radius, bottom + AROUND * radius], axis=1)
    near = _inside(np.concatenate([bottoms[first:], _minima(functions, around)]), around)
    near, known = (distinct(some, np.full(functions.dim, SAME * radius)) for some in (near, bottoms))
    extent = float(np.ptp(near, axis=0).max()) / 2 / WELL_INSIDE
    if extent > WITH_OTHERS * radius:
        near, extent = bottom[np.newaxis], 0.0
    middle = (near.min(axis=0) + near.max(axis=0)) / 2
    return _Window(near, middle, max(radius, extent), alone=len(near) == len(known) == 1)


def _seen(functions: Functions, bottoms: Vector, error: Scalar, first: int) -> tuple[int, float]:
    """Which of the bottoms (m, d), from `first` on, is the nearest whose well can be seen, and its radius.

    It is the first, unless ever narrower wells crowd towards the origin, as those of x·sin(1/x). Where they do so at
    all magnitudes alike, as those of sin(log x), none is the nearest: that at the distance of 1 is then as good as any.
    """
    away = np.abs(bottoms).max(axis=1)
    radius = radius_around(functions, bottoms[first], float(error[first]))
    if 0 < away[first] < ENDLESS * away[-1]:
        k = first + int(np.argmin(np.abs(np.log(away[first:]))))
        return k, radius_around(functions, bottoms[k], float(error[k]))
    crowd = away[first] < away[-1] / FARTHER and not NARROW * away[first] <= radius <= _gap(bottoms, first)
    for k in range(first + 1, len(bottoms) if crowd else 0):
        wide = radius_around(functions, bottoms[k], float(error[k]))
        if WIDE * away[k] <= wide <= _gap(bottoms, k):
            return k, wide
    return first, radius


def _gap(bottoms: Vector, k: int) -> float:
    """Twice the distance of a bottom from the nearest other one: no well is as wide."""
    others = np.delete(bottoms, k, axis=0)
    return 2 * float(np.linalg.norm(others - bottoms[k], axis=1).min(initial=np.inf))


def _distance_from_origin(functions: Functions, bottom: Vector) -> float:
    """How far a bottom (d,) is from the origin; 0 where f is as low there, but for rounding."""
    f, low = functions.value(np.stack([np.zeros_like(bottom), bottom]))
    with np.errstate(over="ignore", invalid="ignore"):
        is_as_low = f - low <= AS_LOW * np.spacing(abs(low))
    return 0.0 if is_as_low else float(np.abs(bottom).max())


def _readable(wells: Vector, centre: Vector, half: float, starts: Vector) -> tuple[Vector, float]:
    """The middle and half the width of a window in round numbers that holds wells (k, d) and starts (m, d).

    The origin is in the middle if the window need not be much wider for that.
    """
    reach = max(half, float(np.abs(wells).max(initial=0)) / WELL_INSIDE)
    if reach <= WITH_ORIGIN * half:
        centre, half = np.zeros(len(centre)), reach
    else:
        centre = np.where(np.abs(centre) <= half / 2, 0.0, rounded(centre, 0.1 * half))
    reach = float(np.abs(starts - centre).max()) / START_INSIDE
    return _widened(centre, rounded_up(max(half, reach) if reach <= WITH_STARTS * half else half), starts)


def _widened(centre: Vector, half: float, starts: Vector) -> tuple[Vector, float]:
    """The middle and half the width of a window that holds starts (m, d), too, with a margin."""
    if not len(starts) or np.abs(starts - centre).max() <= START_INSIDE * half:
        return centre, half
    low = np.minimum(starts.min(axis=0), centre - half / 2)
    high = np.maximum(starts.max(axis=0), centre + half / 2)
    extent, reach = float((high - low).max()) / 2, float(np.maximum(-low, high).max())
    if reach <= 3 * extent:
        return np.zeros(len(centre)), rounded_up(reach / START_INSIDE, ONE_DIGIT)
    return rounded((low + high) / 2, 0.1 * extent), rounded_up(1.2 * extent, ONE_DIGIT)


def rounded_up(width: float, digits: Sequence[float] = DIGITS) -> float:
    """The next larger number with such leading digits, up to WIDEST."""
    if not 0 < width < WIDEST:
        return WIDEST if width else 0.0
    power = 10.0 ** np.floor(np.log10(width))
    return float(f"{next(digit for digit in digits if digit * power >= width * (1 - 1e-9)) * power:.1e}")


def _bounds(functions: Functions, limits: Limits, centre: Vector, half: float) -> Vector:
    """The limits, `half` about the centre where none is given: these are shortened to where the function has values."""
    own = rounded(np.stack([centre - half, centre + half], axis=1), 1e-9 * half).tolist()
    bounds = np.array([limit or ends for limit, ends in zip(limits, own, strict=True)], dtype=np.float64)
    points = (COARSE_DOMAIN if functions.point_by_point else DOMAIN)[functions.dim]
    ticks = [np.linspace(low, high, points) for low, high in bounds]
    finite = np.isfinite(functions.value(np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1)))
    for axis, (limit, tick) in enumerate(zip(limits, ticks, strict=True)):
        inside = np.flatnonzero(finite.any(axis=tuple(i for i in range(functions.dim) if i != axis)))
        if limit is None and len(inside):
            ends = tick[[max(inside[0] - 1, 0), min(inside[-1] + 1, len(tick) - 1)]]
            bounds[axis] = np.where(np.isin(ends, tick[[0, -1]]), ends, rounded(ends, tick[1] - tick[0]))
    return bounds
