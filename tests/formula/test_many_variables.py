"""Formulas in x1 … xN: value, gradient and Hessian against sympy, and which names vary."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from gdanim.errors import FormulaError
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse

TEXTS = (
    "x1**2 + 3*x2**2 + 10*x3**2 + x1*x3",
    "sin(x1*x2) + exp(-x3**2)*x4 + log(2 + x5**2)/(1 + x1**2)",
    "x**2*y + y*z**3 - cos(x*z)",
    "+".join(f"{k}*(x{k} - x{k + 1}**2)**2" for k in range(1, 12)),
)


@pytest.mark.parametrize("text", TEXTS)
def test_value_and_derivatives_are_those_of_sympy(text: str) -> None:
    found = FormulaFunctions(expression := parse(text), {})
    x = sp.symbols(" ".join(expression.variables))
    f = sp.sympify(text, locals={str(each): each for each in x})
    points = np.random.default_rng(0).uniform(-1.5, 1.5, (4, len(x)))
    for form, own in (
        (f, found.value(points)),
        ([sp.diff(f, each) for each in x], found.gradient(points)),
        (sp.hessian(f, x), found.hessian(points)),
    ):
        numbers = sp.lambdify(x, form, "numpy")
        assert own == pytest.approx(np.array([numbers(*point) for point in points]), rel=1e-12, abs=1e-12)
    value, gradient = found.raw_value_and_gradient(points)
    assert np.array_equal(value, found.value(points))
    assert np.array_equal(gradient, found.gradient(points))


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("x10 + x9 + x1", ("x1", "x9", "x10")),
        ("z*y + x", ("x", "y", "z")),
        ("w3**2 + w1 + w2", ("w1", "w2", "w3")),
        ("x + y", ("x", "y")),
    ],
)
def test_numbered_names_vary_in_the_order_of_their_numbers(text: str, variables: tuple[str, ...]) -> None:
    assert parse(text).variables == variables


@pytest.mark.parametrize("text", ["u + v + w", "x1 + x2 + a", "a1 + b2 + c3"])
def test_names_of_several_letters_do_not_all_vary(text: str) -> None:
    with pytest.raises(FormulaError, match="or call all variables x1, x2"):
        parse(text)
