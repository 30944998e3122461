"""Random problems whose outcomes are known: wells, quadratics, valleys of minima, ravines and saddles, for all methods."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim.catalogue.optimizers import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Family(NamedTuple):
    """Functions of one kind, as text in x, y and parameters p0, p1 …, with a way to draw the parameters and a start."""

    text: str
    dim: int
    draw: Callable[[np.random.Generator], tuple[float, ...]]


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


FAMILIES = {
    "parabola": Family("p0*(x - p1)**2 + p2", 1, _uniform((0.01, 100), (-50, 50), (-5, 5))),
    "well": Family("x**4 + p0*x**3 + p1*x**2 + p2*x", 1, _uniform((-1, 1), (-4, -0.5), (-2, 2))),
    "quartic": Family("p0*(x - p1)**4", 1, _uniform((0.01, 10), (-3, 3))),
    "waves": Family("p0*x**2 + sin(p1*x)", 1, _uniform((0.02, 0.3), (1, 4))),
    "bowl": Family("(p0*(x - p3)**2 + p2*(y - p4)**2)/2 + p1*(x - p3)*(y - p4)", 2, _bowl),
    "wells": Family("(x**2 - p0)**2 + p1*y**2 + p2*x*y", 2, _uniform((0.3, 3), (1, 4), (-0.5, 0.5))),
    "line": Family("(p0*x + p1*y + p2)**2", 2, _uniform((0.5, 2), (-2, 2), (-3, 3))),
    "hyperbola": Family("(x*y - p0)**2", 2, _uniform((0.5, 2))),
    "circle": Family("(x**2 + y**2 - p0)**2", 2, _uniform((0.5, 3))),
    "ravine": Family("p0*(y - x**2)**2 + (x - p1)**2", 2, _uniform((1, 100), (0.5, 1.5))),
    "saddle": Family("p0*x**2 - p1*y**2", 2, _uniform((0.5, 3), (0.1, 2))),
    "trapped": Family("x**2 - p0*y**2 + y**4", 2, _uniform((0.5, 3))),
}


@cache
def derived(family: str) -> Derived:
    """A family in sympy, compiled once."""
    import sympy

    text, dim, _ = FAMILIES[family]
    names = sympy.symbols("x y")[:dim]
    letters = sympy.symbols("p0:6")
    expression = sympy.sympify(text)
    gradient = [sympy.diff(expression, name) for name in names]
    hessian = [[sympy.diff(slope, name) for name in names] for slope in gradient]
    every = (*names, *letters)
    return Derived(*(sympy.lambdify(every, what, "numpy") for what in (expression, gradient, hessian)))


def problem(seed: int) -> Problem:
    """A random problem: the rate is 0.01 to 1.3 of 2/λ, λ being the largest curvature at the start or a point nearby."""
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
