"""Destinations of basins are minimizers: no search from one of them leaves it.

GDANIM_LONG=1 python -m pytest tests/descent/test_destinations.py -s     5 000 destinations, counted for each function
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import minimize
from support.commandline import LONG
from support.objectives import objective

from gdanim.catalogue import registry
from gdanim.descent.attractors import IN_VALLEY, UNSETTLED
from gdanim.descent.basins import basins, grid
from gdanim.descent.runs import default_rate

if TYPE_CHECKING:
    from gdanim.descent.basins import Basins
    from gdanim.objectives.objective import Objective

METHODS = ("gd", "momentum", "nesterov", "adam", "rmsprop", "signsgd", "adagrad", "newton", "lbfgs", "armijo")
NARROW = {
    "(y - x**3)**2 + 1e-3*(x - 1)**2": (("adam", 0.1, 200), ("adam", 0.03, 300), ("rmsprop", 0.01, 200)),
    "beale": (("adam", 0.1, 1000), ("adam", 0.02, 300), ("nesterov", 0.001, 200)),
    "rosenbrock": (("adam", 0.1, 200), ("momentum", 0.0002, 300), ("signsgd", 0.01, 200)),
    "100*(y - sin(3*x))**2 + 0.01*(x - 1)**2": (("adam", 0.1, 300), ("gd", 0.002, 300)),
    "dixon_price": (("adam", 0.1, 300), ("rmsprop", 0.05, 200)),
    "(x**2 + y**2 - 4)**2 + 1e-3*(x - 2)**2": (("adam", 0.1, 300), ("gd", 0.01, 300)),
}
WELLS = ("rastrigin", "ackley", "griewank", "levy13", "himmelblau", "camel6", "styblinski_tang", "hills", "two_wells")
KINKS = ("abs(abs(x) - 2) + abs(abs(y) - 1)", "abs(x) + abs(sin(2*y))", "abs(x - 2*y) + abs(x + y)/20", "hypot(x, y)")


def destinations(function: Objective, method: str, lr: float, iterations: int, size: int) -> Basins:
    chosen = registry.optimizer(method)
    limits = tuple((float(low), float(high)) for low, high in function.bounds)
    cells = grid(limits, (size, size), most=10**6)
    return basins(function, chosen.build(), cells, np.full(iterations, lr or default_rate(chosen, function)))


def left(function: Objective, seen: Basins) -> list[tuple[float, ...]]:
    """The destinations, of those that have cells, from which scipy's searches lead away."""
    width = np.ptp(function.bounds, axis=1)
    found = []
    for place in np.unique(seen.attractor[seen.attractor >= 0]):
        start = seen.attractors[place]
        value = lambda x: float(function.value(x))  # noqa: E731
        smooth = bool(np.isfinite(function.hessian(start)).all()) and np.abs(function.gradient(start)).max() < 1e-6
        if smooth:
            low = minimize(value, start, jac=function.gradient, hess=function.hessian, method="trust-exact").x
        else:
            simplex = start + 1e-3 * width * np.array([[0, 0], [1, 0.3], [-0.4, 1]])
            low = minimize(value, start, method="Nelder-Mead", options={"initial_simplex": simplex, "xatol": 1e-9}).x
        if np.abs((low - start) / width).max() > 2e-3:
            found.append(tuple(start.tolist()))
    return found


@pytest.mark.parametrize("text", NARROW)
def test_a_narrow_bent_valley_has_no_destinations_but_its_minimizers(text: str) -> None:
    function = objective(text, {})
    for method, lr, iterations in NARROW[text][: None if LONG else 1]:
        seen = destinations(function, method, lr, iterations, 64 if LONG else 24)
        assert not left(function, seen)
        assert np.unique(seen.attractor[seen.attractor >= 0]).size <= 2


@pytest.mark.parametrize("text", KINKS)
def test_the_destinations_at_kinks_are_minima(text: str) -> None:
    function = objective(text, {})
    seen = destinations(function, "gd", 0.02, 200, 24)
    assert (seen.attractor >= 0).any()
    assert not left(function, seen)


def test_a_valley_of_minima_has_no_destinations_and_what_arrives_there_is_not_still_moving() -> None:
    function = objective("(x**2 + y**2 - 1)**2", {})
    slow, seen = (destinations(function, "gd", lr, 100, 24).attractor for lr in (1e-4, 0.03))
    assert set(seen.ravel()) == {IN_VALLEY}
    away = np.abs(np.linalg.norm(grid(((-2, 2), (-2, 2)), (24, 24), most=10**6), axis=-1) - 1)
    assert UNSETTLED in slow[away > 0.5]


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="a campaign of minutes: set GDANIM_LONG=1")
def test_no_search_leaves_any_of_5000_destinations() -> None:
    count: Counter[str] = Counter()
    for name in WELLS:
        function = objective(name, {})
        for method in METHODS:
            seen = destinations(function, method, 0.0, 150, 96)
            count[name] += int(np.unique(seen.attractor[seen.attractor >= 0]).size)
            assert not left(function, seen), (name, method)
    print(f"\n{sum(count.values())} destinations: {dict(count)}")
    assert sum(count.values()) >= 5000
