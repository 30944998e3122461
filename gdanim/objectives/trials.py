"""Trials: a start, a rate and a number of iterations that show a function well, found by trying descents.

The trials have a loop of their own, not iterate(): objectives come before optimizers and descents, which need
an Objective with its bounds. A trial also ends by other rules, where f rises or the path leaves the bounds, and plain
gradient descent needs neither state nor random numbers nor a count of evaluations.
"""

from collections.abc import Sequence
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Flags, Scalar, Vector
from gdanim.objectives.minimizers import cell_of, curvatures
from gdanim.objectives.objective import Functions

WATCHED = 25  # iterations in which a descent is pleasant to follow
MOST_ITERATIONS = 100
MOST_STARTS = 64  # of many that are given, from which trials begin
POINTS: Final = {
    1: 401,
    2: 41,
}  # along each axis, at which a start is looked for where most of the bounds have no value
SIFTED = 5  # iterations after which only the most promising trials go on
# Rates that are tried: as shares of 2/λ, from just above a twentieth to just below a half; and where λ is not known, of
# the rate whose first step is half the width of the bounds.
OF_LIMIT: Final = (0.06, 0.08, 0.1, 0.14, 0.2, 0.28, 0.36, 0.46)
LEAST_OF_LIMIT, MOST_OF_LIMIT = 0.05, 0.5
OF_WIDTH: Final = tuple(10.0 ** (k / 6) for k in range(-24, 1))
ROUNDING = 64 * float(np.finfo(float).eps)  # of f at the start: f that rises by less than that is level
ARRIVED = 0.009  # of its way: a descent as near to its end has arrived there, as verdicts.py has it
STAYING = 1.2  # times the iterations until then: it is seen to stay
ALIKE = 0.98  # of the best score: the first trial that has as much is chosen, so that mirror images do not compete
LEVEL = 1e-9  # of the height of f: minima that differ by less are as low as each other
BOUNCES = 8  # to be seen of a descent that gains no ground
SEEN = 0.01  # of the width of the bounds: a step that can be seen


class Effort(NamedTuple):
    """How much is tried."""

    shares: tuple[float, ...]  # where starts are tried, as shares of the half width of the bounds
    every_rate: int  # one of so many of OF_LIMIT and OF_WIDTH is tried
    iterations: int  # of a trial
    favourites: int  # how many trials go on after SIFTED iterations: those that have come farthest


PLENTY = Effort((-0.85, -0.6, -0.35, -0.1, 0.1, 0.35, 0.6, 0.85), 1, 200, 100_000)
SPARING = Effort((-0.8, -0.3, 0.3, 0.8), 2, 60, 8)  # where every point costs a call of somebody's code


class Trial(NamedTuple):
    """A start (d,), a rate and a number of iterations."""

    start: Vector
    lr: float
    iterations: int


class Trials(NamedTuple):
    """Descents that were tried.

    start (m, d), lr (m,)
    path (n, m, d), f (n, m)   points and values; past the end of a trial its last good row is repeated
    lasting (m,)               how many steps were good
    """

    start: Vector
    lr: Scalar
    path: Vector
    f: Scalar
    lasting: NDArray[np.intp]


def chosen_trial(
    functions: Functions, bounds: Vector, minimizers: Vector, starts: Vector, rates: Sequence[float]
) -> Trial:
    """The start, rate and number of iterations of the best trial, from given starts (m, d) and at given rates if any.

    The best falls steadily, from far away, to the lowest minimum that any reaches, in about WATCHED iterations, and at
    a rate between 0.05 and 0.5 of 2/λ at the minimum where it goes, if any does.
    """
    effort = SPARING if functions.point_by_point else PLENTY
    x0 = starts[:MOST_STARTS] if len(starts) else _candidates(functions, bounds, effort.shares)
    trial = _chosen(functions, bounds, minimizers, x0, rates, effort)
    if not len(starts):
        trial = trial._replace(start=rounded(trial.start, 0.003 * float(np.ptp(bounds, axis=1).max()) / 2))
    with np.errstate(all="ignore"):
        again = _try_descents(functions, bounds, trial.start[np.newaxis], np.array([trial.lr]), effort)
    return trial._replace(iterations=max(min(trial.iterations, int(again.lasting[0])), WATCHED))


def _chosen(
    functions: Functions, bounds: Vector, minimizers: Vector, x0: Vector, rates: Sequence[float], effort: Effort
) -> Trial:
    """The same, from starts x0 (m, d) which are not in few digits yet."""
    with np.errstate(all="ignore"):
        lowest = _lowest(functions, bounds, minimizers)
        if rates:
            return _at_given_rates(functions, bounds, lowest, x0, np.array(rates), effort)
        curvature = curvatures(functions, minimizers, cell_of(functions, bounds), in_valleys=True)
        by_limit, by_width = _rates(functions, bounds, x0, minimizers, curvature, effort)
        for least, lr in ((LEAST_OF_LIMIT, by_limit), (0.0, by_width)):
            trials = _try_descents(functions, bounds, *_paired(x0, lr), effort)
            score, iterations = _scores(bounds, lowest, trials)
            score[~_is_within_limits(minimizers, curvature, trials, least)] = -np.inf
            if np.any(score > -np.inf):
                best = int(np.argmax(score >= ALIKE * score.max()))
                return Trial(trials.start[best], _in_two_digits(trials.lr[best]), int(iterations[best]))
        # No trial falls steadily: the smallest rate at least stays near. The solver refuses a start without a value.
        start, rate = _paired(x0, by_width)
        if not len(rate):
            return Trial(x0[0], 1.0, WATCHED)
        return Trial(start[np.argmin(rate)], _in_two_digits(rate.min()), WATCHED)


def _at_given_rates(
    functions: Functions, bounds: Vector, lowest: Vector, x0: Vector, rates: Scalar, effort: Effort
) -> Trial:
    """The start, of x0 (m, d), from which the most is to be seen at all of the rates; the best rate, and iterations."""
    start, lr = np.repeat(x0, len(rates), axis=0), np.tile(rates, len(x0))
    score, iterations = _scores(bounds, lowest, _try_descents(functions, bounds, start, lr, effort))
    worth = np.where(score > -np.inf, score, _share_of_bounces(functions, bounds, start, lr, effort))
    row = int(np.argmax(worth.reshape(len(x0), -1).sum(axis=1)))
    best = row * len(rates) + int(np.argmax(score.reshape(len(x0), -1)[row]))
    return Trial(start[best], float(lr[best]), int(iterations[best]))


def rounded(x: Vector, unit: float) -> Vector:
    """Numbers (…) in as few digits as tell a unit."""
    digits = int(np.clip(np.ceil(-np.log10(unit)), -300, 300))
    scale = 10.0 ** min(abs(digits), 300)
    found: Vector = np.round(x * scale) / scale if digits > 0 else np.round(x / scale) * scale
    return found


def _candidates(functions: Functions, bounds: Vector, shares: Sequence[float]) -> Vector:
    """Starts all over the bounds: (m, d). Where f has values at none of them, some at which it has."""
    middle, half = bounds.mean(axis=1), (bounds[:, 1] - bounds[:, 0]) / 2
    found: Vector = middle + np.array(list(product(shares, repeat=len(bounds)))) * half
    if _has_slope(functions, found).any():
        return found
    ticks = [np.linspace(low, high, POINTS[functions.dim]) for low, high in bounds]
    finer = np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).reshape(-1, functions.dim)
    finer = finer[_has_slope(functions, finer)]
    return finer[:: len(finer) // MOST_STARTS + 1] if len(finer) else found


def _has_slope(functions: Functions, x: Vector) -> Flags:
    """Whether f has a value and a slope at points (m, d): (m,)."""
    with np.errstate(all="ignore"):
        f, gradient = functions.raw_value_and_gradient(x)
    return np.asarray(np.isfinite(f) & np.isfinite(gradient).all(axis=1))


def _rates(
    functions: Functions, bounds: Vector, x0: Vector, minimizers: Vector, curvature: Scalar, effort: Effort
) -> tuple[Scalar, Scalar]:
    """The rates to try from starts x0 (m, d), by λ at the nearest minimizer and by the width of the bounds: (m, n).

    NaN where λ is not known.
    """
    half = float((bounds[:, 1] - bounds[:, 0]).max()) / 2
    steepness = np.linalg.norm(functions.raw_value_and_gradient(x0)[1], axis=1)
    by_width = np.multiply.outer(half / steepness, np.array(OF_WIDTH[:: effort.every_rate]))
    limit = np.full(len(x0), np.nan) if not len(minimizers) else 2 / curvature[_nearest(x0, minimizers)]
    known = np.multiply.outer(limit, np.array(OF_LIMIT[:: effort.every_rate]))
    return known, by_width


def _in_two_digits(rate: float) -> float:
    return float(f"{rate:.1e}")


def _paired(x0: Vector, rates: Scalar) -> tuple[Vector, Scalar]:
    """A start and a rate for each trial (k, d), (k,), of starts (m, d) with rates (m, n) of which some are NaN."""
    usable = np.isfinite(rates) & (rates > 0)
    return np.repeat(x0, usable.sum(axis=1), axis=0), rates[usable]


def _nearest(x: Vector, minimizers: Vector) -> NDArray[np.intp]:
    """Which minimizer is nearest to each of x (m, d): (m,)."""
    found: NDArray[np.intp] = np.linalg.norm(x[:, np.newaxis] - minimizers, axis=2).argmin(axis=1)
    return found


def _is_within_limits(minimizers: Vector, curvature: Scalar, trials: Trials, least: float) -> Flags:
    """Whether each rate is between `least` and MOST_OF_LIMIT of 2/λ at the minimizer that the trial came to: (m,)."""
    if not len(minimizers):
        return np.ones(len(trials.lr), dtype=bool)
    share = trials.lr * curvature[_nearest(trials.path[-1], minimizers)] / 2
    fits: Flags = np.isnan(share) | ((share >= least) & (share <= MOST_OF_LIMIT))
    return fits


def _try_descents(
    functions: Functions, bounds: Vector, start: Vector, lr: Scalar, effort: Effort, *, rising: bool = False
) -> Trials:
    """Gradient descents from starts (m, d) at rates lr (m,).

    A trial lasts until f rises, unless it may, or is not finite, or the path leaves the bounds.
    """
    iterations, favourites = effort.iterations, effort.favourites
    x, running = start, np.arange(len(start))
    path, values = np.zeros((iterations + 1, *x.shape)), np.full((iterations + 1, len(x)), np.nan)
    lasting = np.full(len(x), iterations)
    for k in range(iterations + 1):
        value, gradient = functions.raw_value_and_gradient(x)
        good = np.isfinite(value) & np.all((x >= bounds[:, 0]) & (x <= bounds[:, 1]), axis=1)
        if k > 0:
            path[k], values[k] = path[k - 1], values[k - 1]
            good &= rising | (value <= values[k - 1, running] + ROUNDING * np.abs(values[0, running]))
        if k == SIFTED and len(running) > favourites:
            travelled = np.abs((x - path[0, running]) / (bounds[:, 1] - bounds[:, 0])).max(axis=1)
            good &= travelled >= np.sort(np.where(good, travelled, 0.0))[-favourites]
        lasting[running[~good]] = k - 1
        running = running[good]
        if not len(running):
            path[k:], values[k:] = path[max(k - 1, 0)], values[max(k - 1, 0)]
            break
        path[k, running], values[k, running] = x[good], value[good]
        x = x[good] - lr[running, np.newaxis] * gradient[good]
    return Trials(start, lr, path, values, lasting)


def _lowest(functions: Functions, bounds: Vector, minimizers: Vector) -> Vector:
    """Those of the minimizers (m, d) that are as low as any: (k, d)."""
    if not len(minimizers):
        return minimizers
    f, corners = functions.value(minimizers), functions.value(bounds.T)
    lowest: Vector = minimizers[f <= f.min() + LEVEL * np.nan_to_num(np.abs(corners - f.min()), posinf=0.0).max()]
    return lowest


def _scores(bounds: Vector, lowest: Vector, trials: Trials) -> tuple[Scalar, NDArray[np.intp]]:
    """How well each trial shows the function (m,), and in how many iterations (m,); −∞ where it falls too briefly."""
    span, path, f = bounds[:, 1] - bounds[:, 0], trials.path, trials.f
    away = np.abs(path - path[-1]).max(axis=2)
    arrived = np.argmax(away <= ARRIVED * away[0], axis=0)
    # Where that takes too long, as along the floor of a valley, f tells: it has nearly all of its fall behind it.
    settled = np.where(arrived < MOST_ITERATIONS, arrived, np.argmax(f - f[-1] <= 0.01 * (f[0] - f[-1]), axis=0))
    travelled = np.minimum(np.abs((path[0] - path[-1]) / span).max(axis=1), 0.6)
    # Arriving at a lowest minimum counts as much as coming from far away.
    arrives = (np.abs(path[-1][:, np.newaxis] - lowest) <= 0.02 * span).all(axis=2).any(axis=1)
    travelled *= 1 + arrives
    off_pace = np.abs(np.log(np.maximum(settled, 1) / (0.75 * WATCHED)))
    score = np.where(trials.lasting >= WATCHED, travelled / (1 + off_pace), -np.inf)
    iterations = np.minimum(5 * np.ceil(STAYING * settled / 5), np.minimum(MOST_ITERATIONS, trials.lasting))
    return score, np.maximum(iterations, WATCHED).astype(np.intp)


def _share_of_bounces(functions: Functions, bounds: Vector, start: Vector, lr: Scalar, effort: Effort) -> Scalar:
    """The share of BOUNCES steps that can be seen before a descent leaves the bounds: (m,). −1 without a value."""
    trials = _try_descents(functions, bounds, start, lr, effort, rising=True)
    steps = np.abs(np.diff(trials.path[: BOUNCES + 1], axis=0) / (bounds[:, 1] - bounds[:, 0])).max(axis=2)
    seen = np.count_nonzero(steps >= SEEN, axis=0) / BOUNCES
    return np.where(np.isfinite(trials.f[0]), seen, -1.0)
