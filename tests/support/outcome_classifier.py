"""A classifier of outcomes of its own. None where it does not decide.

It knows all stationary points of a family in closed form or by brute force, and sees the same descent for many more
iterations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from support.outcome_problems import FAMILIES, derived

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from support.outcome_problems import Problem

    Array = NDArray[np.float64]

CLOSE, DOUBTFUL = 0.01, 1.5  # of the way from the start, and by what factor off that is undecided


class Function:
    """The function of a problem, by sympy."""

    def __init__(self, problem: Problem) -> None:
        self._derived = derived(problem.family)
        self._parameters = (*problem.parameters, *[0.0] * (6 - len(problem.parameters)))
        self.dim = FAMILIES[problem.family].dim

    def __call__(self, x: Array) -> Array:
        """f at points (…, d)."""
        return np.asarray(self._derived.f(*np.moveaxis(x, -1, 0), *self._parameters))

    def gradient(self, x: Any) -> Array:
        return np.array(self._derived.gradient(*np.ravel(x), *self._parameters), dtype=float)

    def hessian(self, x: Any) -> Array:
        return np.array(self._derived.hessian(*np.ravel(x), *self._parameters), dtype=float)


def classify(problem: Problem, path: Array, longer: Array, *, was_lost: bool, is_lost_later: bool) -> str | None:
    """The name of the outcome of a path (n+1, d), from the same one with many more iterations; None if undecided."""
    with np.errstate(all="ignore"):
        f = Function(problem)
        if was_lost:
            return "LOST"
        heights = f(path)
        lost = _is_lost(f, path, heights, is_lost_later)
        if lost is not False:
            return "LOST" if lost else None
        for point, kind in FAMILIES[problem.family].stationary(problem.parameters, path[-1]):
            there = _stays(path, point)
            if there is None:
                return None
            if there:
                return kind or _kind(f, point)
        cycle = _is_cycle(path, longer, f)
        return _progress(heights, longer, f) if cycle is False else (cycle and "BOUNCING")


def nearest_minimum(problem: Problem, end: Array) -> float:
    """How far an end (d,) is from the nearest minimizer; NaN where minima form a valley, and where there is none."""
    family = FAMILIES[problem.family]
    if problem.family in ("line", "hyperbola", "circle"):
        return float("nan")
    f, found = Function(problem), float("nan")
    for point, kind in family.stationary(problem.parameters, end):
        if (kind or _kind(f, point)) == "ARRIVED":
            found = float(np.fmin(found, np.linalg.norm(end - point)))
    return found


def _is_lost(f: Function, path: Array, heights: Array, is_lost_later: bool) -> bool | None:
    """Whether f ends above all before and the descent is lost in the end; None where only one of them holds."""
    if len(path) < 4:
        return None
    quarter = 3 * (len(path) - 1) // 4
    start = heights[0]
    growth = heights.max() - heights[: quarter + 1].max()
    steep = np.linalg.norm(f.gradient(path[-1])) / max(np.linalg.norm(f.gradient(path[0])), 1e-300)
    clearly = heights[-1] > start and growth > 0.15 * (heights.max() - start) and steep > 1.1
    maybe = heights[-1] > start and growth > 0.05 * (heights.max() - start) and steep > 0.9
    if is_lost_later:
        return True if clearly else (None if maybe or heights[-1] > start else False)
    return None if maybe else False


def _stays(path: Array, point: Array) -> bool | None:
    """Whether the last tenth of a path is CLOSE to a point, against the start; None where that is doubtful."""
    away = np.linalg.norm(path - point, axis=1) / max(np.linalg.norm(path[0] - point), 1e-300)
    if away[0] < 0.5:
        return bool(away.max() == 0)
    late = away[-max(2, len(path) // 10 + 1) :]
    if late.max() <= CLOSE / DOUBTFUL:
        return True
    return False if away[-1] > CLOSE * DOUBTFUL else None


def _kind(f: Function, point: Array) -> str | None:
    """What a stationary point is, by the signs of its eigenvalues."""
    values = np.linalg.eigvalsh(np.atleast_2d(f.hessian(point)).reshape(f.dim, f.dim))
    if np.abs(values).min() <= 1e-4 * np.abs(values).max():
        return None
    if values[0] > 0:
        return "ARRIVED"
    return "SADDLE" if values[-1] > 0 else "FLAT"


def _is_cycle(path: Array, longer: Array, f: Function) -> bool | None:
    """Whether the path goes to and fro over a dip, by equal steps, and so for long, with f hardly lower beside the dip.

    None where it turns back for long, and something still changes, or where it began to so late that a step decides.
    """
    n = len(path)
    late, later = path[3 * n // 4 :], longer[n:]
    if n < 16 or not len(later) or not (_turns(late).all() and _turns(later).all()):
        return False
    dip = np.median((f(late[1:]) + f(late[:-1])) / 2 - f((late[1:] + late[:-1]) / 2))
    fall = f(late[:2]).min() - min(f(late).min(), f(later).min())
    lengths = np.linalg.norm(np.diff(late, axis=0), axis=1)
    as_far = np.linalg.norm(np.diff(later[-3:], axis=0), axis=1) >= 0.8 * lengths[-2:]
    if not as_far.all():
        return False
    settled = lengths.min() >= 0.8 * lengths.max() and fall <= 0.1 * dip and _turns(path[7 * n // 10 :]).all()
    return True if settled else None


def _turns(path: Array) -> Array:
    """Whether each step turns back on the one before."""
    steps = np.diff(path, axis=0)
    return np.asarray(np.sum(steps[1:] * steps[:-1], axis=1) < 0)


def _progress(heights: Array, longer: Array, f: Function) -> str | None:
    """Whether f falls late, or its swings do; bouncing without progress where it peaks and falls no more, nor later."""
    n = len(heights)
    quarter, last = heights[n // 2 : 3 * n // 4], heights[3 * n // 4 :]
    later = f(longer[n : 3 * n])
    if n < 16 or not later.size:
        return None
    amplitude = np.ptp(last)
    fallen, falls = heights[: 3 * n // 4].min() - last.min(), last.min() - later.min()
    if fallen > 0.15 * max(np.ptp(quarter), amplitude) and fallen > 0:
        return "MOVING"
    lowest = min(heights.min(), later.min())
    if last.max() - lowest < 0.5 * (quarter.max() - lowest):
        half = len(last) // 2
        least = last[half:].max() - lowest
        # Swings that die out go on to do so: those of a cycle with a higher peak among others, or just begun, do not.
        goes_on = later.max() - lowest <= least and later[len(later) // 2 :].max() - lowest <= 0.8 * least
        dying = least < 0.8 * (last[:half].max() - lowest) and goes_on
        return "MOVING" if dying else None
    change = np.diff(heights[n // 2 :])
    peaks = int(np.sum((change[:-1] > 0) & (change[1:] < 0)))
    if peaks < 2 and fallen > 0 and not (change > 0).any():
        return "MOVING"
    level = last.max() >= 0.85 * quarter.max() + 0.15 * heights.min() and later.max() >= last.max() - 0.2 * amplitude
    if peaks >= 4 and level and fallen <= 0 and falls <= 0.05 * amplitude:
        return "BOUNCING"
    return None
