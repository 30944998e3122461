"""a·f((x − c)/b) is shown as f is, but for the numbers: the same descent, at 24 decades of a and of b."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from support.commandline import LONG
from support.objectives import objective

from gdanim.descent.solver import solve
from gdanim.objectives.autorange import Given
from gdanim.optimizers.gd import gd

# In X and Y, which stand for (x − c)/b and (y − c)/b. Those without a scale of their own look alike at every zoom.
WITHOUT_SCALE = ("X**2", "X**4", "abs(X)", "X**2 + Y**2", "X**2 + 10*Y**2")
WITH_SCALE = (
    "X**4 - 3*X**2 + X", "cosh(X)", "log(1 + X**2)", "sqrt(1 + X**2)", "1 - exp(-X**2)", "X**2 + X**4", "(X**2 - 1)**2",
    "X**2 + 3*sin(3*X)", "exp(X) + exp(-2*X)", "sin(X) + X**2/10", "X**2 - 10*cos(2*pi*X)", "exp(X) - X", "X**4 - X**3",
    "tanh(X)**2", "X**2/(1 + X**2)", "(X**2 + Y - 11)**2 + (X + Y**2 - 7)**2", "X**2 + 3*Y**2 + sin(3*X)",
    "X**4 + Y**4 - X*Y", "1 - exp(-X**2 - 2*Y**2)", "cosh(X) + cosh(2*Y)", "(1 - X)**2 + 100*(Y - X**2)**2",
    "(X + 2*Y - 7)**2 + (2*X + Y - 5)**2", "log(1 + X**2 + 4*Y**2)", "(X - 1)**2 + (Y + 2)**4", "X**6 - X**2",
)  # fmt: skip
FORMULAS = (*WITHOUT_SCALE, *WITH_SCALE)


class Shown(NamedTuple):
    """How a formula is shown, in its own units: the path (n, d), the bounds (d, 2), rate · a/b², iterations, minima."""

    path: np.ndarray
    bounds: np.ndarray
    rate: float
    iterations: int
    end: np.ndarray


def shown(formula: str, a: float = 1.0, b: float = 1.0, c: float = 0.0) -> Shown:
    text = formula.replace("X", f"((x - {c!r})/{b!r})").replace("Y", f"((y - {c!r})/{b!r})")
    found = objective(f"{a!r}*({text})", {})
    path = solve(found, gd(), found.start[np.newaxis], np.array([found.lr]), found.iterations).x[0]
    assert found.contains(path).all()
    away = np.linalg.norm(found.minimizers - path[-1], axis=1)
    nearest = found.minimizers[np.argmin(away)]
    own = found.curvatures[np.argmin(away)]
    assert np.isnan(own) or 0.05 <= found.lr * own / 2 <= 0.5
    return Shown((path - c) / b, (found.bounds - c) / b, found.lr * a / b**2, found.iterations, (nearest - c) / b)


def same(one: Shown, other: Shown, *, unit: float) -> None:
    """Assert that both are the same picture but for rounding, the second magnified by `unit`."""
    start, there = one.path[0], other.path[0] / unit
    extent = float(np.ptp(one.path, axis=0).max())
    np.testing.assert_allclose(there, start, atol=0.02 * extent)
    np.testing.assert_allclose(other.end / unit, one.end, atol=1e-5 * extent)
    half, half_there = (float(np.ptp(found.bounds, axis=1).max()) / 2 for found in (one, other))
    assert 0.75 < half_there / unit / half < 1.34  # both are in round numbers
    rows = min(len(one.path), len(other.path))
    assert np.abs(one.path[:rows] - other.path[:rows] / unit).max() < 0.35 * extent
    assert abs(one.iterations - other.iterations) <= 5


def scales(seed: int) -> list[tuple[float, float]]:
    random = Random(seed)
    return [(10.0 ** random.uniform(-12, 12), 10.0 ** random.uniform(-12, 12)) for _ in range(12 if LONG else 1)]


@pytest.mark.parametrize("formula", FORMULAS if LONG else FORMULAS[::3])
def test_a_formula_is_shown_in_its_own_units_at_every_scale(formula: str) -> None:
    usual = shown(formula)
    for a, b in scales(FORMULAS.index(formula)):
        there = shown(formula, a, b)
        unit = 1.0
        if formula in WITHOUT_SCALE:  # a parabola of any width is one picture
            unit = float(np.abs(there.path[0]).max() / np.abs(usual.path[0]).max())
            assert there.rate == pytest.approx(usual.rate * unit ** {"X**4": -2, "abs(X)": 1}.get(formula, 0), rel=0.06)
        else:
            assert there.rate == pytest.approx(usual.rate, rel=0.12)
        same(usual, there, unit=unit)


@pytest.mark.parametrize("formula", ["X**4 - 3*X**2 + X", "cosh(X)", "log(1 + X**2)", "X**2 + X**4", "(X**2 - 1)**2"])
@pytest.mark.parametrize(("b", "c"), [(1.0, 2000.0), (1e-3, -4.0), (1e4, 3e9)] if LONG else [(1e-3, -4.0)])
def test_a_well_is_shown_in_its_own_units_where_it_is_far_from_the_origin(formula: str, b: float, c: float) -> None:
    same(shown(formula), shown(formula, 1.0, b, c), unit=1.0)


@pytest.mark.parametrize(
    "formula",
    [
        "1e8*x**2", "2e6*x**2", "1e6*x**2", "1e-6*x**2", "(x - 100)**2", "(x - 2000)**2", "1e-9*cosh(x/1e4)",
        "3e-11*(x + 4e7)**2", "(x - 2e5)**2 + (y - 3)**2", "(x - 150)**2 + (y - 3000)**2", "cosh(x - 2e5)",
        "1e15*(x - 1e-9)**2 + 7", "(x + 1e10)**2 + 5*(y - 2e10)**2", "abs(x + 3e5)", "(x - 7e-8)**4", "x**2 + 1e9",
        "2**(x/300) + 2**(-x/100)", "(x - 2000)**4 - 3*(x - 2000)**2 + x", "(x - 1)**2 - 1 + 2*x",
        "1e200*(x**2 + y**2)",
    ],
)  # fmt: skip
def test_the_minimum_is_in_view_and_reached_wherever_it_lies(formula: str) -> None:
    found = objective(formula, {})
    path = solve(found, gd(), found.start[np.newaxis], np.array([found.lr]), found.iterations)
    width = np.ptp(found.bounds, axis=1).max()
    away = np.linalg.norm(found.minimizers - path.x[0, -1], axis=1)
    assert found.contains(found.minimizers).all()
    assert away.min() < 0.2 * width
    assert np.linalg.norm(path.x[0, 0] - path.x[0, -1]) > 0.1 * width
    assert not found.remarks


def test_a_line_of_minima_is_in_view_and_reached() -> None:
    found = objective("(2104*x + 1416*y - 460)**2", {})
    path = solve(found, gd(), found.start[np.newaxis], np.array([found.lr]), found.iterations)
    across = np.hypot(2104, 1416)
    distance = np.abs(path.x[0] @ [2104, 1416] - 460) / across
    assert distance[-1] < 0.2 * distance[0]
    assert 0.05 <= found.lr * across**2 <= 0.5  # λ = 2·|(2104, 1416)|²


@pytest.mark.parametrize(
    "formula", ["exp(-x)", "2*x", "-x**2", "log(x)", "x**3", "x*y", "exp(-x**2 - y**2)", "atan(x)"]
)
def test_where_no_minimum_is_found_a_remark_says_so(formula: str) -> None:
    assert any("no minimum" in remark for remark in objective(formula, {}).remarks)


def test_limits_without_a_minimum_have_a_remark() -> None:
    assert objective("(x - 100)**2", {}, Given(limits=((-5.0, 5.0), None))).remarks
    assert not objective("(x - 100)**2", {}, Given(limits=((90.0, 105.0), None))).remarks


@pytest.mark.parametrize(("formula", "rate"), [
    ("x**2", 1.05), ("1e6*x**2", 1.03e-6), ("1e-3*(x - 50)**2", 1.1e3), ("x**2 + y**2", 1.05), ("cosh(x/100)", 2.2e4),
])  # fmt: skip
def test_a_descent_that_diverges_bounces_in_view(formula: str, rate: float) -> None:
    for rates in ((rate,), (rate / 10, rate)):
        found = objective(formula, {}, Given(rates=rates))
        x = solve(found, gd(), found.start[np.newaxis], np.array([rate]), 8).x[0]
        inside = found.contains(x)
        assert inside[:6].all()
        assert np.abs(np.diff(x[:6], axis=0)).max() > 0.1 * np.ptp(found.bounds)


def test_the_condition_of_a_very_large_function_is_that_of_a_small_one() -> None:
    conditions = [objective(f"{a!r}*(x**2 + 9*y**2 + x*y)", {}).condition for a in (1.0, 1e200)]
    exact = np.linalg.cond(np.array([[2.0, 1.0], [1.0, 18.0]]))
    np.testing.assert_allclose(np.array(conditions, float), exact, rtol=1e-12)


@pytest.mark.parametrize(
    "formula", ["X*sin(1/X)", "X**2*(2 + sin(1/X))", "sin(1/X)", "abs(X)*(2 + sin(1/X))", "X**4*(2 + cos(1/X))"]
)
@pytest.mark.parametrize("b", [1.0, 10.0, 1e-5])
def test_wells_that_crowd_towards_the_origin_are_shown_where_they_are_wide(formula: str, b: float) -> None:
    found = objective(formula.replace("X", f"(x/{b!r})"), {})
    half = float(np.ptp(found.bounds)) / 2 / b
    assert 0.01 < half < 1  # the outermost minima are between 0.2 and 0.1
    x = solve(found, gd(), found.start[np.newaxis], np.array([found.lr]), found.iterations).x[0]
    assert np.ptp(x) > 0.03 * np.ptp(found.bounds)
    assert found.contains(x).all()
