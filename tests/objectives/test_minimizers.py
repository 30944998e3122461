"""Minimizers that are found, against closed forms, the catalogue and a dense grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdanim.catalogue.functions import FORMULAS
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.objectives.minimizers import MOST_MINIMIZERS, Found, curvatures, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.catalogue.specs import Formula

CELL = np.full(2, 0.05)


def functions(text: str) -> FormulaFunctions:
    return FormulaFunctions(parse(text), {})


def found(text: str, *bounds: tuple[float, float]) -> np.ndarray:
    return search(functions(text), np.array(bounds, dtype=float)).minimizers


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


@pytest.mark.parametrize("row", [row for row in FORMULAS if row.complete], ids=lambda row: row.name)
def test_what_the_catalogue_states_is_found_again(row: Formula) -> None:
    of = FormulaFunctions(parse(row.formula), dict(row.parameters))
    x = search(of, np.array(row.bounds, dtype=float)).minimizers
    stated = np.array(row.minimizers, dtype=float).reshape(-1, len(row.bounds))
    assert x.shape == stated.shape
    tolerance = 1e-7
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
    assert curvatures(functions(text), np.array([at], dtype=float), CELL[: len(at)]) == pytest.approx([expected])


@pytest.mark.parametrize("text", ["x**4", "x**8", "5 + 0*x", "sqrt(x)", "abs(x)", "abs(x) + x**2", "abs(x)**1.5"])
def test_where_the_function_is_flat_or_not_smooth_there_is_no_curvature(text: str) -> None:
    assert np.isnan(curvatures(functions(text), np.array([[0.0]]), CELL[:1])).all()


def searched(text: str, *bounds: tuple[float, float]) -> Found:
    return search(functions(text), np.array(bounds, dtype=float))


KINKS = [
    ("abs(x - 1)", (1.0,)),
    ("abs(x) + x**2", (0.0,)),
    ("max(x - 2, 1 - 2*x)", (1.0,)),
    ("abs(x - 1) + 2*abs(y + 2)", (1.0, -2.0)),
    ("hypot(x - 1, y + 2)", (1.0, -2.0)),
    ("max(abs(x - 2), abs(y - 1))", (2.0, 1.0)),
    ("abs(x - 2*y) + 1e-3*abs(x - 2)", (2.0, 1.0)),
    ("abs(y - x**2) + 0.01*abs(1 - x)", (1.0, 1.0)),
]


@pytest.mark.parametrize(("text", "at"), KINKS, ids=[text for text, _ in KINKS])
def test_a_kink_is_a_minimizer_without_a_curvature(text: str, at: tuple[float, ...]) -> None:
    x = found(text, *((-5, 5.03),) * len(at))
    assert x.shape == (1, len(at))
    np.testing.assert_allclose(x[0], at, atol=1e-6)
    assert np.isnan(curvatures(functions(text), x, CELL[: len(at)])).all()


# Curves and areas of minima, each with a function that is 0 on it.
VALLEYS: dict[str, Callable[..., Any]] = {
    "abs(x - y)": lambda x, y: x - y,
    "abs(x - 2*y)": lambda x, y: x - 2 * y,
    "(x + y - 1)**2": lambda x, y: x + y - 1,
    "(2104*x + 1416*y - 460)**2": lambda x, y: 2104 * x + 1416 * y - 460,
    "(x*y - 1)**2": lambda x, y: x * y - 1,
    "(x**2 + y**2 - 1)**2": lambda x, y: x**2 + y**2 - 1,
    "(hypot(x, y) - 2)**2": lambda x, y: np.hypot(x, y) - 2,
    "abs(hypot(x, y) - 2)": lambda x, y: np.hypot(x, y) - 2,
    "log(1 + exp(-(x + y))) + log(1 + exp(x + y))": lambda x, y: x + y,
    "max(abs(x + y) - 1, 0)": lambda x, y: np.maximum(np.abs(x + y) - 1, 0),
    "(sin(x) - y)**2": lambda x, y: np.sin(x) - y,
    "(x**2 + y - 1)**2 + (x**2 + y - 1)**4": lambda x, y: x**2 + y - 1,
    "cosh(x - 3*y) + 1e6": lambda x, y: x - 3 * y,
    "(x*y)**2": lambda x, y: x * y,
    "max(abs(x) - 1, 0)": lambda x: np.maximum(np.abs(x) - 1, 0),
    "max(abs(x - 1) - 2, 0)**2": lambda x: np.maximum(np.abs(x - 1) - 2, 0),
}


@pytest.mark.parametrize("text", VALLEYS)
def test_a_curve_or_an_area_of_minima_is_one_and_no_clump_of_minimizers(text: str) -> None:
    dim = functions(text).dim
    seen = searched(text, *((-5, 5.03),) * dim)
    assert not len(seen.minimizers)
    assert len(seen.valley)
    assert np.abs(VALLEYS[text](*seen.valley.T)).max() < 1e-6


STRICT = {
    "(y - x**3)**2 + 1e-3*(x - 1)**2": (1.0, 1.0),
    "(y - x**3)**2 + 1e-7*(x - 1)**2": (1.0, 1.0),
    "100*(y - x**2)**2 + (1 - x)**2": (1.0, 1.0),
    "1e6*(y - x**2)**2 + (1 - x)**2": (1.0, 1.0),
    "x**2 + 1e-9*y**2": (0.0, 0.0),
    "(x + y)**2 + (x - y)**8": (0.0, 0.0),
    "(x - 1)**4 + (y - 2)**4": (1.0, 2.0),
    "(x + y - 1)**2 + (x - y)**4": (0.5, 0.5),
    "x**8": (0.0,),
    "(x - 1)**4 + 1e3": (1.0,),
}


@pytest.mark.parametrize("text", STRICT)
def test_a_narrow_bent_or_a_flat_valley_has_one_minimizer(text: str) -> None:
    seen = searched(text, *((-5, 5.03),) * len(STRICT[text]))
    np.testing.assert_allclose(seen.minimizers, [STRICT[text]], atol=2e-3)
    assert not len(seen.valley)


@pytest.mark.parametrize("text", ["log(1 + exp(x))", "tanh(x)", "exp(-x**2)", "-1/(1 + exp(x))", "atan(x)", "x**3"])
def test_a_tail_in_which_f_dies_out_is_no_area_of_minima(text: str) -> None:
    seen = searched(text, (-50, 50.3))
    assert not len(seen.minimizers)
    assert not len(seen.valley)


def test_an_isolated_minimizer_beside_a_valley_is_found() -> None:
    seen = searched("x**2*y**2*((x - 2)**2 + (y - 2)**2)", (-5, 5.03), (-5, 5.03))
    np.testing.assert_allclose(seen.minimizers, [[2, 2]], atol=1e-9)
    assert len(seen.valley)


SCALED = [
    "x**2",
    "(x - 1)**4",
    "abs(x) + x**2/4",
    "x**4 - 3*x**2 + x",
    "cos(3*x) + 0.1*x**2",
    "x**3",
    "x - log(x + 4)",
    "x**2 + 10*y**2 + x*y",
    "x**2 - y**2",
    "(x**2 + y - 2)**2 + (x + y**2 - 3)**2",
    "100*(y - x**2)**2 + (1 - x)**2",
    "abs(x - 1) + abs(y)",
]


class Scaled(FormulaFunctions):
    """a·f((x − c)/b)."""

    def __init__(self, text: str, a: float, b: float, c: float) -> None:
        super().__init__(parse(text), {})
        self._a, self._b, self._c = a, b, c

    def value(self, x: np.ndarray) -> np.ndarray:
        return self._a * super().value((x - self._c) / self._b)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self._a / self._b * super().gradient((x - self._c) / self._b)

    def hessian(self, x: np.ndarray) -> np.ndarray:
        return self._a / self._b**2 * super().hessian((x - self._c) / self._b)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(SCALED), st.integers(-6, 6), st.integers(-6, 6), st.floats(-9, 9))
def test_neither_the_unit_of_f_nor_unit_and_origin_of_x_change_what_is_found(
    text: str, decades_f: int, decades_x: int, shift: float
) -> None:
    a, b = 10.0**decades_f, 10.0**decades_x
    plain, scaled = functions(text), Scaled(text, a, b, c := shift * b)
    bounds = np.array([(-5, 5.03)] * plain.dim)
    here, there = search(plain, bounds), search(scaled, c + b * bounds)
    assert here.minimizers.shape == there.minimizers.shape
    assert len(here.valley) == len(there.valley)
    # Equal values come in any order.
    x = here.minimizers[np.lexsort(np.round(here.minimizers, 4).T)]
    moved = there.minimizers[np.lexsort(np.round((there.minimizers - c) / b, 4).T)]
    np.testing.assert_allclose((moved - c) / b, x, atol=1e-5)
    cell = CELL[: plain.dim]
    np.testing.assert_allclose(curvatures(scaled, moved, cell * b) * b**2 / a, curvatures(plain, x, cell), rtol=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "log(x**2)",
        "-1/x**2",
        "-1/abs(x)",
        "log(abs(x - 0.5))",
        "log(x**2 + y**2)",
        "-1/(x**2 + y**2)",
        "log(abs(x - y))",
    ],
)
def test_a_pole_to_which_f_falls_without_end_is_no_minimum(text: str) -> None:
    functions = FormulaFunctions(parse(text), {})
    found = search(functions, np.array([[-3.0, 3.1]] * functions.dim))
    assert not len(found.minimizers)
    assert not len(found.valley)


@pytest.mark.parametrize("text", ["sqrt(abs(x - 0.5))", "(x - 0.5)**2 + 1e12", "abs(x - 0.5)", "sqrt(abs(x)) + abs(y)"])
def test_a_steep_or_far_offset_minimum_is_no_pole(text: str) -> None:
    functions = FormulaFunctions(parse(text), {})
    assert len(search(functions, np.array([[-3.0, 3.1]] * functions.dim)).minimizers) == 1
