"""Minima at edges of the domain, plains, local valleys, and bowls that look like valleys: told as what they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.objectives import objective

from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.objectives.edges import are_at_edges
from gdanim.objectives.minimizers import Found, search
from gdanim.objectives.surroundings import is_in_valley

# Where values end, f is lowest there, and it has that value.
AT_EDGES = {
    "sqrt(x)": [0.0],
    "acos(x)": [1.0],
    "asin(x)": [-1.0],
    "sqrt(x**2 - 1)": [-1.0, 1.0],
    "sqrt(1 - x**2)": [-1.0, 1.0],
    "sqrt(x - 300)": [300.0],
    "sqrt(x + 0.3)": [-0.3],
    "x**1.5": [0.0],
    "sqrt(x - 1e-7)": [1e-7],
    "sqrt(x) - x/4": [0.0],
    "asin(50*(x - 1))": [0.98],
    "sqrt(2 - x) + 5": [2.0],
}


@pytest.mark.parametrize("text", AT_EDGES)
def test_a_minimum_at_the_edge_of_the_domain_is_found(text: str) -> None:
    found = objective(text, {})
    np.testing.assert_allclose(np.sort(found.minimizers.ravel()), AT_EDGES[text], atol=1e-9 * np.ptp(found.bounds))
    assert are_at_edges(found.functions, found.minimizers, np.ptp(found.bounds, axis=1)).all()
    assert np.isnan(found.curvatures).all()
    assert np.isfinite(found.value(found.start))
    assert not found.remarks


@pytest.mark.parametrize(
    ("text", "at"), [("sqrt(x) + y**2", (0, 0)), ("sqrt(x) + sqrt(y)", (0, 0)), ("sqrt(x - 2) + (y - 1)**2", (2, 1))]
)
def test_an_isolated_minimum_at_an_edge_is_found_in_two_variables(text: str, at: tuple[float, float]) -> None:
    np.testing.assert_allclose(objective(text, {}).minimizers, [at], atol=1e-4)


@pytest.mark.parametrize("text", ["sqrt(1 - x**2 - y**2)", "sqrt(4 - x**2)*y**2 + sqrt(x*y)", "sqrt(x + y)"])
def test_where_f_is_lowest_along_an_edge_no_point_of_it_is_the_minimizer(text: str) -> None:
    found = objective(text, {})
    assert not len(found.minimizers)
    assert any("lowest at the edge" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    "text", ["log(x)", "1/x", "-x*log(x)", "x*log(x)", "log(x) + sqrt(x)", "-log(1 - x)", "x**-0.5"]
)
def test_an_edge_that_f_never_reaches_or_at_which_it_falls_for_ever_is_no_minimum(text: str) -> None:
    found = objective(text, {})
    assert not are_at_edges(found.functions, found.minimizers, np.ptp(found.bounds, axis=1)).any()
    assert not any("edge" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    "text", ["sqrt(0.01 - (x - 0.3)**2)", "log(0.0004 - (x - 3)**2 - (y + 1)**2)", "asin(50*(x - 1))", "sqrt(-x**2)"]
)
def test_a_start_has_a_value_wherever_there_are_few(text: str) -> None:
    found = objective(text, {})
    assert np.isfinite(found.value(found.start))


@pytest.mark.parametrize(
    "text", ["0*x", "0*x + 3", "0*x*y", "x - x", "sin(x)**2 + cos(x)**2", "exp(0*x) - 2", "x*y - y*x"]
)
def test_a_constant_has_a_minimum_at_every_point(text: str) -> None:
    found = objective(text, {})
    assert found.is_constant
    assert not found.continuum
    assert found.remarks == ("f is constant here: every point is a minimum",)


@pytest.mark.parametrize("text", ["x**2 + 1e20", "exp(-x)", "1e-9*x", "max(abs(x) - 1, 0)", "sqrt(-x**2)"])
def test_what_is_nearly_level_is_not_constant(text: str) -> None:
    assert not objective(text, {}).is_constant


# f is 0 along a line, and lower where another factor is negative; the points lie in the valley and on its ridge.
LOCAL = {
    "x**2*y": ((0.0, 2.0), (0.0, -2.0)),
    "x*y**2": ((2.0, 0.0), (-2.0, 0.0)),
    "x**2*(y + 1)": ((0.0, 1.0), (0.0, -2.0)),
    "(x - y)**2*(x + 3)": ((1.0, 1.0), (-4.0, -4.0)),
    "x**4*(y - 2)": ((0.001, 4.0), (0.001, -1.0)),
    "(x**2 - 1)**2*y": ((1.0, 1.0), (1.0, -1.0)),
}


@pytest.mark.parametrize("text", LOCAL)
def test_a_valley_below_which_f_falls_elsewhere_is_local_and_no_ridge(text: str) -> None:
    found = objective(text, {})
    assert found.continuum
    assert found.is_local_valley
    points = np.array(LOCAL[text])
    assert is_in_valley(found, points, found.value(points)).tolist() == [True, False]


@pytest.mark.parametrize(
    "text", ["(x + y - 1)**2", "(x*y - 1)**2", "abs(x - y)", "x**2*(1 + y**2)", "(x**2 + y**2 - 1)**2"]
)
def test_a_valley_that_is_lowest_is_not_local(text: str) -> None:
    found = objective(text, {})
    assert found.continuum
    assert not found.is_local_valley


# Strict minima whose curvatures differ by many decades, with κ by the eigenvalues of a 2×2 matrix in 50 digits.
STEEP = {
    "1e-8*x**2 + 1e8*y**2": (0.0, 0.0),
    "1e-9*(x - 0.3)**2 + 1e7*(y + 0.7)**2": (0.3, -0.7),
    "1e-8*x**2 + 1e8*y**2 + 0.1*x*y": (0.0, 0.0),
    "1e-12*(x - 2)**2 + (y - 1)**2": (2.0, 1.0),
    "1e14*x**2 + 2*y**2 + 1e3*x*y": (0.0, 0.0),
    "1e10*cosh(x - 1) + cosh(y/1e3)": (1.0, 0.0),
}


def seen(text: str) -> Found:
    return search(FormulaFunctions(parse(text), {}), np.array([(-5, 5.03), (-4, 4.1)]))


@pytest.mark.parametrize("text", STEEP)
def test_a_minimum_is_strict_however_differently_f_curves_along_the_axes(text: str) -> None:
    found = seen(text)
    np.testing.assert_allclose(found.minimizers, [STEEP[text]], atol=1e-6)
    assert not len(found.valley)


def test_the_condition_number_is_known_beyond_the_digits_of_eigenvalues() -> None:
    assert math.isclose(objective("1e-8*x**2 + 1e8*y**2", {}).condition or 0, 1e16, rel_tol=1e-9)
    # ab − c²/4 = 3/4·10⁰ with a = 10⁸, b = 10⁻⁸, c = 1
    assert math.isclose(objective("1e-8*x**2 + 1e8*y**2 + x*y", {}).condition or 0, 1e16 / 0.75, rel_tol=1e-9)


@pytest.mark.parametrize(
    "text", ["x**2 + 0*y", "x**2*(1 + y**2)", "sin(x)**2*(2 + cos(y))", "(x*y - 1)**2", "1e9*(x + y)**2"]
)
def test_a_line_of_minima_is_no_steep_bowl(text: str) -> None:
    found = seen(text)
    assert not len(found.minimizers)
    assert len(found.valley)


# λ across each valley, by hand.
@pytest.mark.parametrize(
    ("text", "curvature"),
    [
        ("cos(sqrt(x**2 + y**2))", 1.0),
        ("(x + y - 1)**2", 4.0),
        ("(x**2 + y**2 - 1)**2", 8.0),
        ("sin(x - y)", 2.0),
        ("cosh(x - 3*y)", 10.0),
    ],
)
def test_a_rate_in_a_valley_lies_within_the_limits_across_it(text: str, curvature: float) -> None:
    assert 0.05 <= objective(text, {}).lr * curvature / 2 <= 0.5
