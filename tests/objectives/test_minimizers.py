"""Minimizers that are found, against closed forms, the catalogue and a dense grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdanim.catalogue.functions import FORMULAS
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.objectives.minimizers import MOST_MINIMIZERS, curvatures, find_minimizers

if TYPE_CHECKING:
    from gdanim.catalogue.specs import Formula

LISTS_ALL = [row for row in FORMULAS if row.name not in {"rastrigin", "ackley", "griewank", "levy13", "easom"}]


def functions(text: str) -> FormulaFunctions:
    return FormulaFunctions(parse(text), {})


def found(text: str, *bounds: tuple[float, float]) -> np.ndarray:
    return find_minimizers(functions(text), np.array(bounds, dtype=float))


@settings(deadline=None, max_examples=40)
@given(st.floats(-4.9, 4.9), st.floats(0.05, 50))
def test_the_vertex_of_a_parabola_is_found_to_the_last_digits(vertex: float, width: float) -> None:
    x = found(f"{width!r}*(x - ({vertex!r}))**2 + 3", (-5, 5))
    assert x.shape == (1, 1)
    assert x[0, 0] == pytest.approx(vertex, abs=1e-14 * max(abs(vertex), 1))


@settings(deadline=None, max_examples=40)
@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-1.8, 1.8))
def test_the_vertex_of_a_bowl_is_found(a: float, b: float, tilt: float) -> None:
    u, v = f"(x - ({a!r}))", f"(y - ({b!r}))"
    x = found(f"{u}**2 + {v}**2 + {tilt!r}*{u}*{v}", (-5, 5), (-5, 5))
    assert x.shape == (1, 2)
    np.testing.assert_allclose(x[0], (a, b), atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.2, 5), st.floats(1, 4))
def test_both_wells_are_found_the_lower_first(depth: float, half: float) -> None:
    x = found(f"{depth!r}*(x**2 - {half!r}**2)**2 + x/10", (-6, 6))
    # f' = 4·depth·x·(x² − half²) + 1/10
    roots = np.roots([4 * depth, 0, -4 * depth * half**2, 0.1]).real
    np.testing.assert_allclose(x.ravel(), [roots.min(), roots.max()], rtol=1e-10)


@pytest.mark.parametrize("row", LISTS_ALL, ids=lambda row: row.name)
def test_what_the_catalogue_states_is_found_again(row: Formula) -> None:
    x = find_minimizers(FormulaFunctions(parse(row.formula), dict(row.parameters)), np.array(row.bounds, dtype=float))
    stated = np.array(row.minimizers, dtype=float).reshape(-1, len(row.bounds))
    if row.note == "kink":
        assert len(x) <= len(stated)  # Newton's method needs a second derivative
        return
    assert x.shape == stated.shape
    # A flat minimum is a fourfold root: a quarter of the digits, at best.
    tolerance = 1e-3 if row.note == "flat" else 1e-7
    for minimizer in stated:
        assert np.abs(x - minimizer).max(axis=1).min() < tolerance, minimizer


@pytest.mark.parametrize("text", ["x", "exp(x)", "-x**2", "x**3", "5 + 0*x", "1/x", "log(x - 9)", "-abs(x)"])
def test_where_there_is_no_minimum_none_is_found(text: str) -> None:
    assert found(text, (-4, 6)).shape == (0, 1)


def test_a_saddle_and_a_ridge_are_no_minima() -> None:
    assert found("x**2 - y**2", (-2, 2), (-2, 2)).shape == (0, 2)
    assert found("-x**2 - y**2", (-2, 2), (-2, 2)).shape == (0, 2)


def test_a_minimum_on_the_border_is_none() -> None:
    assert found("(x + 5)**2", (-5, 5)).shape == (0, 1)
    assert found("(x - 7)**2", (-5, 5)).shape == (0, 1)


def test_the_lowest_come_first_and_each_once() -> None:
    x = found("cos(3*x) + 0.01*x**2", (-10, 10)).ravel()
    f = np.cos(3 * x) + 0.01 * x**2
    assert (np.diff(f) >= -1e-12).all()
    dense = np.linspace(-10, 10, 2_000_001)
    on_grid = np.cos(3 * dense) + 0.01 * dense**2
    lows = dense[1:-1][(on_grid[1:-1] < on_grid[:-2]) & (on_grid[1:-1] < on_grid[2:])]
    np.testing.assert_allclose(np.sort(x), lows, atol=1e-5)


def test_a_function_with_hundreds_of_minima_gives_the_lowest_of_them() -> None:
    x = found("cos(40*x) + x/100", (-10, 10))
    assert len(x) == MOST_MINIMIZERS
    assert x.max() < -10 + (MOST_MINIMIZERS + 1) * 2 * np.pi / 40


def test_minima_are_found_beside_a_hole_in_the_domain() -> None:
    x = found("x - log(x)", (-5, 5))
    np.testing.assert_allclose(x, [[1.0]], atol=1e-12)


@pytest.mark.parametrize(("text", "at", "expected"), [("3*x**2", (0,), 6.0), ("x**2 + 10*y**2", (0, 0), 20.0)])
def test_curvature_is_the_largest_eigenvalue(text: str, at: tuple[float, ...], expected: float) -> None:
    assert curvatures(functions(text), np.array([at], dtype=float)) == pytest.approx([expected])


@pytest.mark.parametrize("text", ["x**4", "5 + 0*x", "sqrt(x)"])
def test_where_the_function_is_flat_or_not_smooth_there_is_no_curvature(text: str) -> None:
    assert np.isnan(curvatures(functions(text), np.array([[0.0]]))).all()
