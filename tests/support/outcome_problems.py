"""Random problems whose outcomes are known: wells, quadratics, valleys of minima, ravines, saddles, for all methods."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim.catalogue.optimizers import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Family(NamedTuple):
    """Functions of one kind.

    text         in x, y and parameters p0, p1 …
    draw         draws the parameters
    stationary   from them and a point, the stationary points, of a valley the one nearest to the point, each with its
                 outcome where its Hessian does not tell
    """

    text: str
    dim: int
    draw: Callable[[np.random.Generator], tuple[float, ...]]
    stationary: Callable[[Sequence[float], Array], list[tuple[Array, str]]]


class Derived(NamedTuple):
    """A family as sympy has it: f, ∇f and the Hessian, called with the coordinates and the parameters."""

    f: Any
    gradient: Any
    hessian: Any


class Problem(NamedTuple):
    """A function with its parameters, and a descent on it."""

    family: str
    parameters: tuple[float, ...]
    method: str
    lr: float
    start: Array
    iterations: int

    @property
    def text(self) -> str:
        """The formula with numbers."""
        text = FAMILIES[self.family].text
        for k, value in enumerate(self.parameters):
            text = text.replace(f"p{k}", f"({float(value)!r})")
        return text


def _bowl(random: np.random.Generator) -> tuple[float, ...]:
    """Coefficients of a turned quadratic with a condition number up to 100, its scale and its middle."""
    angle, scale, ratio = random.uniform(0, np.pi), 10 ** random.uniform(-3, 3), 10 ** random.uniform(-2, 0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    hessian = scale * turn @ np.diag([1.0, ratio]) @ turn.T
    return (hessian[0, 0], hessian[0, 1], hessian[1, 1], *random.uniform(-3, 3, 2).round(2).tolist())


def _uniform(*ranges: tuple[float, float]) -> Callable[[np.random.Generator], tuple[float, ...]]:
    return lambda random: tuple(float(f"{random.uniform(*ends):.3g}") for ends in ranges)


def _roots(slope: Callable[[Array], Array]) -> list[float]:
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


def _well(p: Sequence[float], _: Array) -> list[tuple[Array, str]]:
    roots = np.roots([4.0, 3 * p[0], 2 * p[1], p[2]])
    return [(np.array([root.real]), "") for root in roots if abs(root.imag) < 1e-9]


def _waves(p: Sequence[float], _: Array) -> list[tuple[Array, str]]:
    return [(np.array([x]), "") for x in _roots(lambda x: 2 * p[0] * x + p[1] * np.cos(p[1] * x))]


def _wells(p: Sequence[float], _: Array) -> list[tuple[Array, str]]:
    x = np.sqrt(p[0] + p[2] ** 2 / (8 * p[1]))
    return [(np.array([at, -p[2] * at / (2 * p[1])]), "") for at in (-x, 0.0, x)]


def _line(p: Sequence[float], end: Array) -> list[tuple[Array, str]]:
    normal = np.array(p[:2])
    return [(end - normal * (normal @ end + p[2]) / (normal @ normal), "ARRIVED")]


def _circle(p: Sequence[float], end: Array) -> list[tuple[Array, str]]:
    size = np.linalg.norm(end)
    nearest = end * np.sqrt(p[0]) / size if size else np.array([np.sqrt(p[0]), 0.0])
    return [(nearest, "ARRIVED"), (np.zeros(2), "")]


FAMILIES = {
    "parabola": Family(
        "p0*(x - p1)**2 + p2", 1, _uniform((0.01, 100), (-50, 50), (-5, 5)), lambda p, _: [(np.array([p[1]]), "")]
    ),
    "well": Family("x**4 + p0*x**3 + p1*x**2 + p2*x", 1, _uniform((-1, 1), (-4, -0.5), (-2, 2)), _well),
    "quartic": Family("p0*(x - p1)**4", 1, _uniform((0.01, 10), (-3, 3)), lambda p, _: [(np.array([p[1]]), "ARRIVED")]),
    "waves": Family("p0*x**2 + sin(p1*x)", 1, _uniform((0.02, 0.3), (1, 4)), _waves),
    "bowl": Family(
        "(p0*(x - p3)**2 + p2*(y - p4)**2)/2 + p1*(x - p3)*(y - p4)", 2, _bowl, lambda p, _: [(np.array(p[3:5]), "")]
    ),
    "wells": Family("(x**2 - p0)**2 + p1*y**2 + p2*x*y", 2, _uniform((0.3, 3), (1, 4), (-0.5, 0.5)), _wells),
    "line": Family("(p0*x + p1*y + p2)**2", 2, _uniform((0.5, 2), (-2, 2), (-3, 3)), _line),
    "hyperbola": Family(
        "(x*y - p0)**2", 2, _uniform((0.5, 2)),
        lambda p, end: [(_on_hyperbola(end, p[0]), "ARRIVED"), (np.zeros(2), "")],
    ),
    "circle": Family("(x**2 + y**2 - p0)**2", 2, _uniform((0.5, 3)), _circle),
    "ravine": Family(
        "p0*(y - x**2)**2 + (x - p1)**2", 2, _uniform((1, 100), (0.5, 1.5)),
        lambda p, _: [(np.array([p[1], p[1] ** 2]), "")],
    ),
    "saddle": Family("p0*x**2 - p1*y**2", 2, _uniform((0.5, 3), (0.1, 2)), lambda *_: [(np.zeros(2), "")]),
    "trapped": Family(
        "x**2 - p0*y**2 + y**4", 2, _uniform((0.5, 3)),
        lambda p, _: [(np.array([0.0, y]), "") for y in (0.0, np.sqrt(p[0] / 2), -np.sqrt(p[0] / 2))],
    ),
}  # fmt: skip


@cache
def derived(family: str) -> Derived:
    """A family in sympy, compiled once."""
    import sympy

    text, dim = FAMILIES[family][:2]
    names = sympy.symbols("x y")[:dim]
    letters = sympy.symbols("p0:6")
    expression = sympy.sympify(text)
    gradient = [sympy.diff(expression, name) for name in names]
    hessian = [[sympy.diff(slope, name) for name in names] for slope in gradient]
    every = (*names, *letters)
    return Derived(*(sympy.lambdify(every, what, "numpy") for what in (expression, gradient, hessian)))


def problem(seed: int) -> Problem:
    """A random problem: the rate is 0.01 to 1.3 of 2/λ, λ being the curvature in the middle of those at some points.

    Of methods whose steps do not depend on the size of ∇f, it is as large itself.
    """
    random = np.random.default_rng(seed)
    name = list(FAMILIES)[seed % len(FAMILIES)]
    family = FAMILIES[name]
    parameters = family.draw(random)
    start = random.uniform(-3, 3, family.dim).round(2)
    if name in ("saddle", "trapped") and random.uniform() < 0.5:
        start[1] = 0.0
    entry = METHODS[random.integers(len(METHODS))]
    points = np.concatenate([start[np.newaxis], random.uniform(-3, 3, (5, family.dim))])
    matrices = [_called(derived(name).hessian, x, parameters).reshape(family.dim, family.dim) for x in points]
    curvature = float(np.median([np.abs(np.linalg.eigvalsh(matrix)).max() for matrix in matrices]))
    share = 10 ** random.uniform(-2, np.log10(1.3))
    lr = share * 2 / curvature if entry.rate.name in ("OBJECTIVE", "DAMPED") else share
    return Problem(name, parameters, entry.name, float(f"{lr:.4g}"), start, int(random.integers(20, 100)))


def _called(function: Any, x: Array, parameters: tuple[float, ...]) -> Array:
    padded = (*parameters, *[0.0] * (6 - len(parameters)))
    return np.array(function(*x, *padded), dtype=float)
