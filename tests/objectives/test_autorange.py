"""What gdanim chooses for a formula that nobody has described: a view with the minimum, and a descent that falls."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from support.objectives import objective

from gdanim.descent.solver import Trajectory, solve
from gdanim.errors import DomainError
from gdanim.objectives.autorange import NOTHING_GIVEN, Given
from gdanim.optimizers.gd import gd

FORMULAS = [
    "x**4 - 3*x**2 + x",
    "(x - 20)**2",
    "log(x) + 1/x",
    "x*log(x)",
    "sin(x)",
    "cosh(x)",
    "1000*x**2",
    "1e-3*x**2",
    "abs(x - 1)",
    "exp(-x)",
    "tan(x) + x**2",
    "x**2 + 3*y**2 + sin(3*x)",
    "(1 - x)**2 + 100*(y - x**2)**2",
    "x*y",
    "exp(-x**2 - y**2)",
    "sqrt(1 - x**2 - y**2)",
]


@cache
def descended(formula: str, given: Given = NOTHING_GIVEN) -> Trajectory:
    found = objective(formula, {}, given)
    return solve(found, gd(), found.start[np.newaxis], np.array([found.lr]), found.iterations)


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_chosen_descent_falls_in_every_step_and_stays_in_view(formula: str) -> None:
    found = objective(formula, {})
    path = descended(formula)
    assert np.all(np.diff(path.f[0]) <= 1e-9 * abs(path.f[0, 0]))
    assert path.f[0, -1] < path.f[0, 0]
    assert found.contains(path.x[0]).all()
    assert 25 <= found.iterations <= 100


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_chosen_descent_can_be_seen_to_move(formula: str) -> None:
    found = objective(formula, {})
    path = descended(formula)
    travelled = np.abs(path.x[0, -1] - path.x[0, 0]) / (found.bounds[:, 1] - found.bounds[:, 0])
    assert travelled.max() > 0.04


@pytest.mark.parametrize(
    ("formula", "minimizer"),
    [
        ("(x - 20)**2", 20.0),
        ("x*log(x)", np.exp(-1)),
        ("cosh(x)", 0.0),
        ("1000*x**2", 0.0),
        ("exp(x) - x", 0.0),
        ("sqrt(1 + x**2)", 0.0),
        ("x**2 + y**2", (0.0, 0.0)),
    ],
)
def test_the_chosen_descent_comes_to_within_a_hundredth_of_its_way(formula: str, minimizer: object) -> None:
    path = descended(formula)
    left, way = (np.linalg.norm(path.x[0, k] - np.atleast_1d(minimizer)) for k in (-1, 0))
    assert left < 0.01 * way


@pytest.mark.parametrize(
    ("formula", "minima"),
    [
        ("(x - 20)**2", [20.0]),
        ("x*log(x)", [np.exp(-1)]),
        ("cosh(x)", [0.0]),
        ("(x**2 - 9)**2", [-3.0, 3.0]),
        ("((x - 100)**2 - 9)**2", [97.0, 103.0]),
    ],
)
def test_the_minima_lie_well_inside_the_view(formula: str, minima: list[float]) -> None:
    found = objective(formula, {})
    low, high = found.bounds[0]
    assert (np.abs(np.array(minima) - (low + high) / 2) <= 0.8 * (high - low) / 2).all()
    assert found.minimizers[:, 0] == pytest.approx(minima, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "minima"),
    [
        ("min(abs(x - 100), abs(x - 104))", [[100.0], [104.0]]),
        ("abs(x - 50) + min(abs(y - 100), abs(y - 106.2))", [[50.0, 100.0], [50.0, 106.2]]),
    ],
)
def test_wells_beside_one_another_end_at_three_quarters_of_the_way_to_the_edge(
    formula: str, minima: list[list[float]]
) -> None:
    """The well that is nearest to the origin alone would have a window that they reach farther out in."""
    found = objective(formula, {})
    assert found.minimizers == pytest.approx(np.array(minima), abs=1e-6)
    low, high = found.bounds.T
    assert (np.abs(found.minimizers - (low + high) / 2) <= 0.75 * (high - low) / 2 + 1e-6).all()


def test_bounds_are_shortened_to_where_there_are_values() -> None:
    assert objective("log(x) + 1/x", {}).bounds[0, 0] == pytest.approx(0.0, abs=0.01)


def test_what_is_fixed_is_kept() -> None:
    given = Given(limits=((-3.0, 7.0), None), starts=((6.0,),), rates=(0.05,))
    found = objective("(x - 2)**2", {}, given)
    assert found.bounds.tolist() == [[-3.0, 7.0]]
    assert found.start.tolist() == [6.0]
    assert found.lr == 0.05


@pytest.mark.parametrize("start", [40.0, 100.0, -500.0, 1e3, 1e6, -1e30])
def test_a_start_far_away_is_in_view_with_the_minimum(start: float) -> None:
    found = objective("x**2", {}, Given(starts=((start,),)))
    assert found.contains(np.array([start]))
    assert found.minimizers == pytest.approx(0.0, abs=1e-6 * abs(start))
    assert len(found.minimizers) == 1
    (low, high) = found.bounds[0]
    assert -low == high <= 3 * abs(start)
    assert float(f"{high:.0e}") == high  # one digit, so that a person can say it


@pytest.mark.parametrize("start", [(100.0, 3.0), (-2e3, 1e4)])
def test_a_start_far_away_is_in_view_from_above_too(start: tuple[float, float]) -> None:
    found = objective("x**2 + 3*y**2", {}, Given(starts=(start,)))
    assert found.contains(np.array(start))
    assert found.minimizers == pytest.approx(np.zeros((1, 2)), abs=1e-6)


@pytest.mark.parametrize("formula", ["exp(-x)", "x", "atan(x)"])
def test_a_start_far_away_is_in_view_where_no_minimum_is(formula: str) -> None:
    found = objective(formula, {}, Given(starts=((500.0,),)))
    assert found.contains(np.array([500.0]))
    assert not len(found.minimizers)


@pytest.mark.parametrize("start", [1e100, 1e200, 1.7e308])
def test_a_start_near_the_largest_float_raises_nothing_but_that_f_has_no_value_there(start: float) -> None:
    for formula in ("x**2", "tanh(x)", "x"):
        assert np.isfinite(objective(formula, {}, Given(starts=((start,),))).bounds).all()


def test_a_function_without_values_is_refused_with_the_next_step() -> None:
    with pytest.raises(DomainError, match=r"log\(-1 - x\*\*2\).*--start"):
        descended("log(-1 - x**2)")


@pytest.mark.parametrize(
    ("formula", "edge"),
    [("max(abs(x) - 1, 0)", 1), ("max(abs(x) - 1e3, 0)**2", 1e3), ("max(x**2 + y**2 - 4, 0)", 2), ("max(x**4, 1)", 1)],
)
def test_an_area_of_minima_is_seen_with_its_sides(formula: str, edge: float) -> None:
    found = objective(formula, {})
    assert found.continuum
    assert 1.2 * edge < found.bounds[0, 1] < 6 * edge


@pytest.mark.parametrize(
    "formula",
    ["x**2 - y**2", "y**2 - x**2 + 1", "cosh(x) - cosh(y)", "x**4 - y**4", "x*y*(x + y)", "x**2*y - y**3"],
)
def test_a_saddle_that_is_level_along_a_line_through_it_is_shown_at_its_own_size(formula: str) -> None:
    found = objective(formula, {})
    assert np.all((np.ptp(found.bounds, axis=1) > 0.5) & (np.ptp(found.bounds, axis=1) < 50))
    assert 1e-3 < found.lr < 10


@pytest.mark.parametrize("scale", [1.0, 3.0, 1e-3])
@pytest.mark.parametrize(
    ("formula", "bottom"),
    [
        ("sin(log(x**2))", math.exp(-math.pi / 4)),
        ("cos(2*log(abs(x)))", math.exp(-math.pi / 2)),
        ("sin(log(x**2)) + y**2", math.exp(-math.pi / 4)),
        ("sin(log(x**2 + y**2))", math.exp(-math.pi / 4)),
    ],
)
def test_of_wells_at_all_magnitudes_one_is_shown_that_lies_about_1(formula: str, bottom: float, scale: float) -> None:
    found = objective(f"{scale}*({formula})", {})
    half = found.bounds[0, 1]
    assert bottom < half < 6 * bottom
    assert found.value(np.eye(found.dim)[0] * bottom) == pytest.approx(-scale)


def test_of_wells_that_crowd_towards_the_origin_one_is_shown_that_can_be_seen() -> None:
    found = objective("x*sin(1/x) + y**2", {})
    assert 0.01 < np.ptp(found.bounds, axis=1).max() < 1
    assert len(found.minimizers)
    assert np.ptp(found.bounds[0]) > 0.1 * np.abs(found.bounds).max()


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_a_start_deep_inside_the_only_well_is_seen_to_move(scale: float) -> None:
    shown = objective(f"abs(x/{scale:g}) + 0.1*(x/{scale:g})**2", {}, Given(starts=((3 * scale,),)))
    low, high = shown.bounds[0]
    assert low == -high
    assert 3 * scale / 0.95 <= high <= 3 * 3 * scale
