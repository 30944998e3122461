"""Functions of any number of variables: against sympy's derivatives, and their rows in two."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
import pytest
import sympy as sp
from support.objectives import objective
from support.problems import scene_of, solved

from gdanim.catalogue.families import FAMILIES
from gdanim.catalogue.functions import FORMULAS
from gdanim.catalogue.request import chosen_function
from gdanim.catalogue.specs import Family
from gdanim.cli.summary import as_dict, details
from gdanim.descent.alt_text import alt_text
from gdanim.objectives.families import FamilyFunctions
from gdanim.objectives.lookup import objective as objective_of
from gdanim.objectives.many import largest_curvature
from gdanim.objectives.objective import MOST_WITH_HESSIAN, Objective

NAMES = [row.name for row in FAMILIES]


def of_dim(name: str, dim: int) -> Objective:
    """The function of a family in so many variables."""
    return objective_of(chosen_function(name, {}, dim), {})


def formula(name: str, x: list[sp.Symbol]) -> sp.Expr:
    """The function as its paper has it."""
    d, pairs = len(x), list(pairwise(x))
    w = [1 + (each - 1) / 4 for each in x]
    s = sum(sp.Rational(i + 1, 2) * each for i, each in enumerate(x))
    return {
        "sphere": lambda: sum(each**2 for each in x),
        "ellipse": lambda: sum(sp.Float(10) ** sp.Rational(i, d - 1) * each**2 for i, each in enumerate(x)),
        "quadratic": lambda: sum(sp.Float(100) ** sp.Rational(i, d - 1) * each**2 / 2 for i, each in enumerate(x)),
        "rosenbrock": lambda: sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairs),
        "rastrigin": lambda: sum(10 + each**2 - 10 * sp.cos(2 * sp.pi * each) for each in x),
        "ackley": lambda: (
            -20 * sp.exp(-sp.sqrt(sum(each**2 for each in x) / d) / 5)
            - sp.exp(sum(sp.cos(2 * sp.pi * each) for each in x) / d) + 20 + sp.E
        ),
        "griewank": lambda: (
            sum(each**2 for each in x) / 4000 - sp.prod(sp.cos(each / sp.sqrt(i + 1)) for i, each in enumerate(x)) + 1
        ),
        "styblinski_tang": lambda: sum(each**4 - 16 * each**2 + 5 * each for each in x) / 2,
        "dixon_price": lambda: (
            (x[0] - 1) ** 2 + sum((i + 2) * (2 * b**2 - a) ** 2 for i, (a, b) in enumerate(pairs))
        ),
        "zakharov": lambda: sum(each**2 for each in x) + s**2 + s**4,
        "levy": lambda: (
            sp.sin(sp.pi * w[0]) ** 2
            + sum((each - 1) ** 2 * (1 + 10 * sp.sin(sp.pi * each + 1) ** 2) for each in w[:-1])
            + (w[-1] - 1) ** 2 * (1 + sp.sin(2 * sp.pi * w[-1]) ** 2)
        ),
    }[name]()  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradient_are_those_of_the_formula(name: str) -> None:
    x = [sp.Symbol(f"x{i}") for i in range(4)]
    f = formula(name, x)
    both = sp.lambdify(x, [f, *(sp.diff(f, each) for each in x)], "math")
    points = np.random.default_rng(0).uniform(-2, 2, (6, 4))
    expected = np.array([both(*point) for point in points])
    value, slope = of_dim(name, 4).raw_value_and_gradient(points)
    assert value == pytest.approx(expected[:, 0], rel=1e-12, abs=1e-12)
    assert slope == pytest.approx(expected[:, 1:], rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("name", sorted({row.name for row in FORMULAS} & set(NAMES) - {"ellipse"}))
def test_in_two_variables_a_family_is_its_row(name: str) -> None:
    points = np.random.default_rng(1).uniform(-2, 2, (5, 2))
    row = objective(name, {})
    family = next(family for family in FAMILIES if family.name == name)
    value, slope = family.load()(points)
    assert value == pytest.approx(row.value(points), rel=1e-12, abs=1e-12)
    assert slope == pytest.approx(row.gradient(points), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("row", FAMILIES, ids=NAMES)
@pytest.mark.parametrize("dim", [1, 3, 30])
def test_the_minimizer_is_one(row: Family, dim: int) -> None:
    dim = max(dim, row.least)
    found = of_dim(row.name, dim)
    at = found.minimizers[0]
    ways = np.random.default_rng(2).normal(size=(20, dim)) * 1e-3
    assert np.linalg.norm(found.gradient(at)) <= 1e-9 * dim
    assert (found.value(at + ways) > found.value(at)).all()


@pytest.mark.parametrize("row", FAMILIES, ids=NAMES)
def test_the_start_rate_and_iterations_show_a_descent(row: Family) -> None:
    found = of_dim(row.name, 12)
    x, values = found.start, [float(found.value(found.start))]
    for _ in range(found.iterations):
        x = x - found.lr * found.gradient(x)
        values.append(float(found.value(x)))
    assert np.isfinite(values).all()
    assert values[-1] < values[0]
    assert found.contains(found.start)


def test_the_curvature_is_the_largest_eigenvalue_in_any_number_of_variables() -> None:
    assert of_dim("quadratic", 50).curvature == pytest.approx(100, rel=1e-6)
    assert of_dim("quadratic", 50).condition == pytest.approx(100, rel=1e-4)
    assert of_dim("quadratic", 3000).curvature == pytest.approx(100, rel=1e-3)
    assert largest_curvature(of_dim("sphere", 300).functions, np.ones(300)) == pytest.approx(2, rel=1e-6)


@pytest.mark.parametrize("options", [{}, {"lr": 1e3}, {"optimizer": ("gd", "adam")}, {"iterations": 0}])
def test_of_many_variables_no_hessian_is_ever_made(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> NoReturn:
        raise AssertionError("a Hessian of many variables")

    monkeypatch.setattr(FamilyFunctions, "hessian", refused)
    request = {"dim": MOST_WITH_HESSIAN + 1, "iterations": 2, "size": (160, 120), **options}
    descent = solved("quadratic", **request)
    with scene_of(descent) as scene:
        scene.update(scene.timeline.frames - 1)
    assert alt_text(descent)
    assert details(descent)
    assert as_dict(descent, ())["runs"]
