"""A classifier of outcomes of its own: it knows all stationary points of each family in closed form or by brute force, and
follows the same descent for many more iterations to see what becomes of it. None where that is not decided.
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
        for point, kind in points(problem, path[-1]):
            there = _stays(path, point)
            if there is None:
                return None
            if there:
                return kind or _kind(f, point)
        return _progress(heights, longer, f)


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


def points(problem: Problem, end: Array) -> list[tuple[Array, str]]:
    """The stationary points, with what each is where its Hessian does not tell; of a valley the one nearest to the end."""
    p = problem.parameters
    match problem.family:
        case "parabola":
            return [(np.array([p[1]]), "")]
        case "quartic":
            return [(np.array([p[1]]), "ARRIVED")]
        case "well":
            roots = np.roots([4.0, 3 * p[0], 2 * p[1], p[2]])
            return [(np.array([root.real]), "") for root in roots if abs(root.imag) < 1e-9]
        case "waves":
            return [(np.array([x]), "") for x in _roots(lambda x: 2 * p[0] * x + p[1] * np.cos(p[1] * x))]
        case "bowl":
            return [(np.array(p[3:5]), "")]
        case "wells":
            x = np.sqrt(p[0] + p[2] ** 2 / (8 * p[1]))
            return [(np.array([at, -p[2] * at / (2 * p[1])]), "") for at in (-x, 0.0, x)]
        case "line":
            normal = np.array(p[:2])
            return [(end - normal * (normal @ end + p[2]) / (normal @ normal), "ARRIVED")]
        case "hyperbola":
            return [(_on_hyperbola(end, p[0]), "ARRIVED"), (np.zeros(2), "")]
        case "circle":
            size = np.linalg.norm(end)
            return [(end * np.sqrt(p[0]) / size if size else end + 1.0, "ARRIVED"), (np.zeros(2), "")]
        case "ravine":
            return [(np.array([p[1], p[1] ** 2]), "")]
        case "saddle":
            return [(np.zeros(2), "")]
        case _:
            return [(np.array([0.0, y]), "") for y in (0.0, np.sqrt(p[0] / 2), -np.sqrt(p[0] / 2))]


def _roots(slope: Any) -> list[float]:
    """Zeros of a function of one variable, by brute force."""
    x = np.linspace(-60, 60, 24001)
    found = []
    for k in np.flatnonzero(np.diff(np.sign(slope(x)))):
        low, high = x[k], x[k + 1]
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if np.sign(slope(middle)) == np.sign(slope(low)) else (low, middle)
        found.append((low + high) / 2)
    return found


def _on_hyperbola(end: Array, product: float) -> Array:
    """The point of x·y = product nearest to the end, by brute force on ever finer grids."""
    middle, width = 0.0, 12.0
    for _ in range(8):
        t = np.linspace(middle - width, middle + width, 2001)
        curve = np.sign(end[0] + end[1] or 1.0) * np.stack([np.exp(t), product * np.exp(-t)], axis=1)
        middle, width = t[np.argmin(np.linalg.norm(curve - end, axis=1))], width / 500
    best: Array = curve[np.argmin(np.linalg.norm(curve - end, axis=1))]
    return best


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


def _progress(heights: Array, longer: Array, f: Function) -> str | None:
    """Whether the run goes on to fall; bouncing without progress where it does not in as many iterations again."""
    n = len(heights)
    quarter, last = heights[n // 2 : 3 * n // 4], heights[3 * n // 4 :]
    later = f(longer[n : 3 * n])
    if n < 16 or not later.size:
        return None
    amplitude = np.ptp(last)
    fallen, falls = heights[: 3 * n // 4].min() - last.min(), last.min() - later.min()
    if fallen > 0.15 * max(np.ptp(quarter), amplitude) and fallen > 0:
        return "MOVING"
    peaks = np.sum((np.diff(heights[n // 2 :])[:-1] > 0) & (np.diff(heights[n // 2 :])[1:] < 0))
    level = last.max() >= 0.85 * quarter.max() + 0.15 * heights.min() and later.max() >= last.max() - 0.2 * amplitude
    if peaks >= 4 and level and fallen <= 0 and falls <= 0.05 * amplitude:
        return "BOUNCING"
    return None
