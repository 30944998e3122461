"""A Python callable is shown as its formula is: differences suit the function, whatever its offset, scale and kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath
import numpy as np
import pytest
from support.commandline import spread
from support.objectives import objective

from gdanim.objectives.python.differences import hessian_of_value, value_and_slopes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Texts that Python and mpmath both read, a point, and what a slope may be wrong by, as a share.
SLOPES = [
    ("x**2 + 1e6", 1e-3, 1e-6),
    ("x**2 + 1e6", 0.7, 1e-9),
    ("1e8*x**2 + 1e12", -0.02, 1e-9),
    ("cosh(x) + 1e7", 0.3, 1e-5),
    ("1e12 + 3*x", 2.0, 1e-9),
    ("sin(1000*x)", 0.4, 1e-8),
    ("sin(1e5*x)", 0.1, 1e-6),
    ("exp(x/1e4) - x/1e4", 30.0, 1e-8),
    ("log(x)", 1e-6, 1e-8),
    ("sqrt(x)", 3e-8, 1e-8),
    ("1/x", -2e-5, 1e-8),
    ("x**4", 1e-5, 1e-4),
    ("(1e6*x)**4 - 3*(1e6*x)**2", 7e-7, 1e-8),
    ("sqrt(x**2)", 1e-9, 1e-9),
    ("x**2/1e9", 5.0, 1e-9),
    ("cos(x)", 1e-3, 1e-8),
]


def called(text: str) -> Callable[[np.ndarray], np.ndarray]:
    return eval(f"lambda p: {text.replace('x', 'p[:, 0]').replace('ep[:, 0]p', 'exp')}", vars(np))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("text", "x", "tolerance"), SLOPES)
def test_a_slope_is_that_of_many_digits_whatever_the_scale(text: str, x: float, tolerance: float) -> None:
    with mpmath.workdps(60):
        exact = float(mpmath.diff(eval(f"lambda x: {text}", vars(mpmath)), mpmath.mpf(x)))
    with np.errstate(all="ignore"):
        found = value_and_slopes(called(text), np.array([[x]]))[1][0, 0]
    assert found == pytest.approx(exact, rel=tolerance)


@pytest.mark.parametrize(
    ("text", "x"), [("x**2 + 1e6", 0.0), ("1e8*x**2 + 1e12", 0.0), ("cosh(x) + 1e7", 1e-12), ("x*0 + 3", 4.0)]
)
def test_a_slope_that_rounding_hides_is_none(text: str, x: float) -> None:
    assert value_and_slopes(called(text), np.array([[x]]))[1][0, 0] == 0.0


@pytest.mark.parametrize(
    ("text", "x", "curvature"),
    [
        ("x**2 + 1e6", 0.0, 2.0),
        ("1e8*x**2 + 1e12", 0.3, 2e8),
        ("cosh(x) + 1e7", 0.0, 1.0),
        ("cos(300*x)", 0.0, -9e4),
        ("exp(x/1e4) - x/1e4", 0.0, 1e-8),
        ("log(x)", 1e-4, -1e8),
    ],
)
def test_a_curvature_is_found_whatever_the_scale(text: str, x: float, curvature: float) -> None:
    with np.errstate(all="ignore"):
        matrix, reach = hessian_of_value(called(text), np.array([[x]]))
    assert matrix[0, 0, 0] == pytest.approx(curvature, rel=3e-4)
    assert reach[0] > 0


# A callable and the formula that it is: names that both know.
TWINS = [
    "x**2 + 1e6", "1e8*x**2 + 1e12", "cosh(x) + 1e7", "abs(x)", "(x - 3)**2 + 1e5", "x**4 - 3*x**2 + x + 1e4",
    "abs(x - 2) + 50", "1e-8*x**2", "log(1 + x**2) + 1e4", "exp(x/1e4) - x/1e4",
    "(x - y)**2", "x**2 + 10*y**2 + 1e5", "abs(x) + abs(y)",
]  # fmt: skip


@pytest.mark.parametrize("text", spread(TWINS, 7))
def test_a_callable_is_shown_as_its_formula_is(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loss.py").write_text(f"from numpy import *\ndef f({'x, y' if 'y' in text else 'x'}): return {text}\n")
    formula, python = objective(text, {}), objective("loss.py:f", {})
    ratio = np.ptp(python.bounds, axis=1) / np.ptp(formula.bounds, axis=1)
    assert np.all((ratio > 0.3) & (ratio < 3.5))
    assert len(python.minimizers) == len(formula.minimizers) > 0 or (python.continuum and formula.continuum)
    near = 1e-4 * np.ptp(formula.bounds)
    assert all(np.abs(python.minimizers - x).max(axis=1).min() < near for x in formula.minimizers)
    np.testing.assert_allclose(python.curvatures[:1], formula.curvatures[:1], rtol=1e-3)
    assert python.contains(python.start)
    assert not any("no minimum" in remark for remark in python.remarks)
