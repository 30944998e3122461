"""Autorange: bounds, start and rate that show a function well that nobody has described, found by trying descents.

The trial descents have a loop of their own, not iterate(): objectives come before optimizers and descents, which need
an Objective with its bounds. A trial also ends by other rules, where f rises or the path leaves the bounds, and plain
gradient descent needs neither state nor random numbers nor a count of evaluations.
"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Scalar, Vector
from gdanim.objectives.minimizers import search
from gdanim.objectives.objective import Functions

Limits = Sequence[tuple[float, float] | None]

WINDOWS = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)
WINDOW_WITHOUT_MINIMUM = 5.0
WIDEST = 1e100  # arithmetic with the bounds must not overflow
WATCHED = 25  # iterations in which a descent is pleasant to follow
SIFTED = 5  # iterations after which only the most promising trials go on


class Effort(NamedTuple):
    """How much is tried."""

    domain: tuple[int, int]  # points along each axis where f is evaluated to find its domain: for one variable, for two
    shares: tuple[float, ...]  # where starts are tried, as shares of the half width of the bounds
    digits: tuple[int, ...]  # leading digits of the rates that are tried
    iterations: int  # of a trial
    favourites: int  # how many trials go on after SIFTED iterations: those that have come farthest


PLENTY = Effort((2001, 41), (-0.85, -0.6, -0.35, -0.1, 0.1, 0.35, 0.6, 0.85), (1, 2, 3, 5, 7), 200, 100_000)
# Where every point costs a call of somebody's code.
SPARING = Effort((101, 11), (-0.8, -0.3, 0.3, 0.8), (1, 3), 60, 8)


class Given(NamedTuple):
    """What the request gives: limits of x and of y, starts (d,), rates. Where it is empty or None, gdanim chooses."""

    limits: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)
    starts: tuple[tuple[float, ...], ...] = ()
    rates: tuple[float, ...] = ()


NOTHING_GIVEN = Given()


class Suggested(NamedTuple):
    """Bounds (d, 2), minimizers (m, d) inside them, and a start (d,), a rate and a number of iterations."""

    bounds: Vector
    minimizers: Vector
    start: Vector
    lr: float
    iterations: int


def suggest(functions: Functions, given: Given) -> Suggested:
    """Choose what shows a function well, and keep what is given.

    The window is the smallest of WINDOWS that has a minimum well inside. In it, plain gradient descents are tried from
    many starts at many rates. The best falls steadily, from far away, to the lowest minimum that any reaches, in about
    WATCHED iterations.
    """
    starts = np.array([start for start in given.starts if len(start) == functions.dim]).reshape(-1, functions.dim)
    bounds, minimizers = _window(functions, given.limits[: functions.dim], starts)
    effort = _effort(functions)
    x0 = starts if len(starts) else _candidates(bounds, effort.shares)
    lr = np.array(given.rates or [digit * 10.0**power for power in range(-6, 2) for digit in effort.digits])
    return Suggested(bounds, minimizers, *_best_trial(functions, bounds, minimizers, x0, lr))


def _window(functions: Functions, limits: Limits, starts: Vector) -> tuple[Vector, Vector]:
    """Bounds with a minimum well inside that hold the starts, and the minimizers in them."""
    reach = float(np.abs(starts).max()) * 1.05 if len(starts) else 0.0
    widths = [width for width in WINDOWS if width >= reach] or [_rounded_up(1.25 * reach)]
    for width in widths:
        bounds = _bounds(functions, limits, width)
        found = search(functions, bounds)
        minima = np.concatenate([found.minimizers, found.valley])
        middle, half = bounds.mean(axis=1), (bounds[:, 1] - bounds[:, 0]) / 2
        if all(limits) or np.any(np.all(np.abs(minima - middle) <= 0.75 * half, axis=1)):
            return bounds, found.minimizers
    width = next(width for width in widths if width >= WINDOW_WITHOUT_MINIMUM)
    return _bounds(functions, limits, width), np.empty((0, functions.dim))


def _rounded_up(width: float) -> float:
    """The next larger number with one digit that is not 0: 2, 30, 7000."""
    width = min(width, WIDEST)
    power = 10.0 ** np.floor(np.log10(width))
    return float(np.ceil(width / power) * power)


def _bounds(functions: Functions, limits: Limits, width: float) -> Vector:
    """The limits, ±width where none is given: these are shortened to where the function has values."""
    bounds = np.array([limit or (-width, width) for limit in limits], dtype=np.float64)
    points = _effort(functions).domain[functions.dim - 1]
    ticks = [np.linspace(low, high, points) for low, high in bounds]
    finite = np.isfinite(functions.value(np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1)))
    for axis, (limit, tick) in enumerate(zip(limits, ticks, strict=True)):
        inside = np.flatnonzero(finite.any(axis=tuple(i for i in range(functions.dim) if i != axis)))
        if limit is None and len(inside):
            bounds[axis] = tick[max(inside[0] - 1, 0)], tick[min(inside[-1] + 1, len(tick) - 1)]
    return bounds


def _effort(functions: Functions) -> Effort:
    return SPARING if functions.point_by_point else PLENTY


def _candidates(bounds: Vector, shares: Sequence[float]) -> Vector:
    """Starts all over the bounds, with few digits: (m, d)."""
    middle, half = bounds.mean(axis=1), (bounds[:, 1] - bounds[:, 0]) / 2
    around = np.array(list(product(shares, repeat=len(bounds))))
    digits = int(np.ceil(1.5 - np.log10(half.max())))
    rounded: Vector = np.round(middle + around * half, digits)
    return rounded


def _best_trial(
    functions: Functions, bounds: Vector, minimizers: Vector, x0: Vector, lr: Scalar
) -> tuple[Vector, float, int]:
    """The start, rate and number of iterations of the best trial, of those from all starts x0 at all rates."""
    start, rate = np.repeat(x0, len(lr), axis=0), np.tile(lr, len(x0))
    path, f, lasting = _try_descents(functions, bounds, start, rate)
    score, settled = _scores(bounds, minimizers, path, f)
    score[lasting < WATCHED] = -np.inf
    best = int(np.argmax(score))
    if score[best] == -np.inf:
        # No trial falls steadily: the smallest rate at least stays near. The solver refuses a start without a value.
        best = int(np.argmin(np.where(np.isfinite(f[0]), rate, np.inf)))
        return start[best], float(rate[best]), WATCHED
    iterations = min(5 * int(np.ceil(1.3 * settled[best] / 5)), 100, int(lasting[best]))
    return start[best], float(rate[best]), max(iterations, WATCHED)


def _try_descents(
    functions: Functions, bounds: Vector, x: Vector, lr: Scalar
) -> tuple[Vector, Scalar, NDArray[np.intp]]:
    """Gradient descents from x (m, d) at rates lr (m,): points (n, m, d), values (n, m), the steps of each (m,).

    A trial lasts until f rises or is not finite, or the path leaves the bounds. Its last good row is repeated to the
    end.
    """
    iterations, favourites = _effort(functions)[-2:]
    path, values = np.zeros((iterations + 1, *x.shape)), np.full((iterations + 1, len(x)), np.nan)
    lasting = np.full(len(x), iterations)
    running = np.arange(len(x))
    with np.errstate(all="ignore"):
        for k in range(iterations + 1):
            value, gradient = functions.raw_value_and_gradient(x)
            falls = np.isfinite(value) & np.all((x >= bounds[:, 0]) & (x <= bounds[:, 1]), axis=1)
            if k > 0:
                path[k], values[k] = path[k - 1], values[k - 1]
                falls &= value <= values[k - 1, running] + 1e-12 * np.abs(values[0, running])
            if k == SIFTED and len(running) > favourites:
                travelled = np.abs((x - path[0, running]) / (bounds[:, 1] - bounds[:, 0])).max(axis=1)
                falls &= travelled >= np.sort(np.where(falls, travelled, 0.0))[-favourites]
            lasting[running[~falls]] = k - 1
            running = running[falls]
            if not len(running):
                path[k:], values[k:] = path[max(k - 1, 0)], values[max(k - 1, 0)]
                break
            path[k, running], values[k, running] = x[falls], value[falls]
            x = x[falls] - lr[running, np.newaxis] * gradient[falls]
    return path, values, lasting


def _scores(bounds: Vector, minimizers: Vector, path: Vector, f: Scalar) -> tuple[Scalar, NDArray[np.intp]]:
    """How well each trial shows the function (m,), and after how many iterations it has settled (m,)."""
    span = bounds[:, 1] - bounds[:, 0]
    settled = np.argmax(f - f[-1] <= 0.01 * (f[0] - f[-1]), axis=0)
    travelled = np.minimum(np.abs((path[0] - path[-1]) / span).max(axis=1), 0.6)
    if len(minimizers):
        # Arriving at the lowest minimum counts as much as coming from far away.
        travelled *= 1 + np.all(np.abs(path[-1] - minimizers[0]) <= 0.02 * span, axis=1)
    off_pace = np.abs(np.log(np.maximum(settled, 1) / (0.75 * WATCHED)))
    return travelled / (1 + off_pace), settled
