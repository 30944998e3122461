"""The distance that is said to be that to the nearest minimum, against all minima: roots of polynomials, and searches.

GDANIM_LONG=1 python -m pytest tests/objectives/test_surroundings.py     the long form: 400 formulas, 2 000 ends
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import minimize
from support.commandline import LONG
from support.objectives import objective
from support.problems import formula, solved

from gdanim.catalogue.functions import FORMULAS
from gdanim.descent.stability import distances
from gdanim.objectives.surroundings import is_in_valley, known_around, nearest_known

if TYPE_CHECKING:
    from gdanim.descent.descend import Descent

    Array = np.ndarray

METHODS = ("gd", "momentum", "nesterov", "adam", "rmsprop", "newton")
INCOMPLETE = [row.name for row in FORMULAS if not row.complete]


def polynomial(rng: np.random.Generator) -> tuple[Array, Array]:
    """Coefficients of a polynomial of degree 4 or 6 without a constant, and its minimizers: the real roots of f′."""
    degree = int(rng.choice([4, 6]))
    coefficients = np.round([1.0, *rng.normal(0, 2, degree - 1)], 3)
    slope = np.polyder([*coefficients, 0.0])
    roots = np.roots(slope)
    real = roots[np.abs(roots.imag) < 1e-9].real
    return coefficients, real[np.polyval(np.polyder(slope), real) > 1e-3]


def text_of(coefficients: Array, name: str) -> str:
    degree = len(coefficients)
    return " + ".join(f"({c})*{name}**{degree - k}" for k, c in enumerate(coefficients.tolist()))


def ends_of(descent: Descent) -> tuple[Array, Array]:
    """Where runs that were not lost end, and how far that is said to be from the nearest minimum."""
    path = descent.trajectory
    going = np.array([not stop.failed for stop in path.stop])
    ends = path.x[np.arange(path.runs), path.last][going]
    return ends, distances(descent.objective, ends)


def descended(seed: int) -> tuple[Array, Array, Array]:
    """The ends of some runs on a random function of one or two variables, the distances said, and all minimizers."""
    rng = np.random.default_rng(seed)
    parts = [polynomial(rng) for _ in range(rng.choice([1, 2]))]
    text = " + ".join(text_of(coefficients, name) for (coefficients, _), name in zip(parts, "xy", strict=False))
    starts = {"start": tuple(map(tuple, rng.uniform(-2, 2, (5, len(parts))).round(3).tolist()))}
    rate = float(f"{10 ** rng.uniform(-3, -0.5):.2g}")
    method = str(rng.choice(METHODS))
    found = solved(text, **starts, optimizer=(method,), lr=(rate,), iterations=int(rng.integers(5, 200)))
    minimizers = np.stack(np.meshgrid(*[roots for _, roots in parts]), axis=-1).reshape(-1, len(parts))
    return *ends_of(found), minimizers


@pytest.mark.parametrize("seed", range(400 if LONG else 12))
def test_the_distance_said_is_that_to_the_nearest_root_of_the_slope(seed: int) -> None:
    ends, said, minimizers = descended(seed)
    true = np.linalg.norm(ends[:, np.newaxis] - minimizers, axis=-1).min(axis=1)
    known = np.isfinite(said)
    np.testing.assert_allclose(said[known], true[known], rtol=1e-5, atol=1e-6)
    # A run that has come near its minimizer is told so.
    assert known[true < 1e-3].all()


def test_what_a_run_is_near_is_found_where_it_ends() -> None:
    found = solved("x**4 + 0.698*x**3 - 1.45*x**2 + 0.532*x", start=((0.1,),), lr=(0.22,), iterations=300)
    ends, said = ends_of(found)
    roots = np.roots([4, 3 * 0.698, -2 * 1.45, 0.532]).real
    at = roots[np.argmin(np.abs(roots - ends[0, 0]))]
    assert said[0] == pytest.approx(abs(ends[0, 0] - at), rel=1e-6)
    assert found.limit[0] == pytest.approx(2 / (12 * at**2 + 6 * 0.698 * at - 2.9), rel=1e-6)
    assert found.over_limit[0] > 1


ESCAPES = [
    ("x**4 + 0.698*x**3 - 1.45*x**2 + 0.532*x", (0.1,), 0.22, 300),
    ("cos(3*x) + x**2/40 + 0.2*x", (0.4,), 2.5, 60),
    ("x**4 - x**3 - 3*x**2 + 0.2*y**2", (0.1, 0.2), 0.05, 200),
    ("x**6 - 2*x**4 + 0.2*x", (1.1,), 0.2, 300),
    ("(x**2 - 1)**2 + (y**2 - 4)**2/9 + x/3", (0.9, 0.1), 0.2, 300),
]


@pytest.mark.parametrize(("text", "start", "lr", "iterations"), ESCAPES, ids=[each[0] for each in ESCAPES])
def test_the_bounds_hold_the_minimum_where_a_run_ends(
    text: str, start: tuple[float, ...], lr: float, iterations: int
) -> None:
    found = solved(text, start=(start,), lr=(lr,), iterations=iterations)
    ends, said = ends_of(found)
    assert np.isfinite(said).all()
    row, _ = nearest_known(found.objective, ends)
    assert found.objective.contains(found.objective.minimizers[row]).all()
    assert found.objective.contains(ends).all()
    kept = solved(text, start=(start,), lr=(lr,), iterations=iterations, xlim=(-0.2, 0.3))
    assert kept.objective.bounds[0].tolist() == [-0.2, 0.3]


def assert_nothing_is_nearer(found: Descent, rng: np.random.Generator, most: int, starts: int) -> None:
    """From points within the distance that is said, scipy's minimize finds no minimum nearer than that."""
    function = found.objective
    ends, said = ends_of(found)
    for end, distance in list(zip(ends, said, strict=True))[:most]:
        if not np.isfinite(distance):
            continue
        ahead = rng.normal(size=(starts, 2))
        ahead *= distance * (rng.uniform(size=(starts, 1)) ** 0.5) / np.linalg.norm(ahead, axis=1, keepdims=True)
        for start in end + ahead:
            low = minimize(lambda x: float(function.value(x)), start, jac=lambda x: function.gradient(x), tol=1e-10).x
            nearer = np.linalg.norm(low - end) < distance * (1 - 1e-6) - 1e-5
            steady = np.abs(function.gradient(low)).max() < 1e-6
            assert not (nearer and steady and np.linalg.eigvalsh(function.hessian(low))[0] > 1e-6), (end, distance, low)


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_row_that_lists_only_its_global_minimum_says_the_distance_to_the_nearest(name: str) -> None:
    found = solved(name)
    assert np.isfinite(ends_of(found)[1]).all()
    assert_nothing_is_nearer(found, np.random.default_rng(1), most=1, starts=40 if LONG else 6)
    if LONG:
        many = solved(name, starts=300, seed=5)
        assert_nothing_is_nearer(many, np.random.default_rng(2), most=300, starts=30)


def test_all_minimizers_of_a_row_are_found_where_many_runs_end() -> None:
    found = solved("rastrigin", starts=100, seed=3).objective
    own = objective("rastrigin1", {}).minimizers[:, 0]
    inside = found.minimizers[found.contains(found.minimizers)]
    assert len(inside) == len(own) ** 2
    assert np.abs(inside[..., np.newaxis] - own).min(axis=-1).max() < 1e-8


def test_no_distance_is_said_where_the_surroundings_were_not_searched() -> None:
    function = formula("(x**2 - 1)**2", (0, 2), minimizers=((1.0,),))
    row, away = nearest_known(function, np.array([[0.9], [0.2], [-0.9], [np.nan], [1e300]]))
    assert row.tolist() == [0, -1, -1, -1, -1]
    assert away[0] == pytest.approx(0.1)
    assert np.isnan(away[1:]).all()
    known = known_around(function, np.array([[-0.9], [0.2]]))
    np.testing.assert_allclose(nearest_known(known, np.array([[-0.9], [0.2]]))[1], [0.1, 0.8], atol=1e-9)


@pytest.mark.parametrize(
    "text", ["abs(x - y)", "(x + y - 1)**2", "(x*y - 1)**2", "(x**2 + y**2 - 1)**2", "max(abs(x) - 1, 0)"]
)
def test_in_a_valley_of_minima_no_distance_is_said(text: str) -> None:
    found = solved(text, iterations=400, lr=(0.005,))
    ends, said = ends_of(found)
    assert found.objective.continuum
    assert found.objective.minimum == pytest.approx(0.0, abs=1e-12)
    assert not len(found.objective.minimizers)
    assert np.isnan(said).all()
    assert np.isnan(found.limit).all()
    assert is_in_valley(found.objective, ends, found.objective.value(ends)).all()
