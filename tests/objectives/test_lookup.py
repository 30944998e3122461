"""From a name to an Objective: what a row says, and what is found again when its parameters change."""

from __future__ import annotations

import numpy as np
import pytest
from support.objectives import objective

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.errors import FormulaError, UnknownNameError


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_row_becomes_an_objective_with_arrays_of_its_shape(name: str) -> None:
    row, found = FUNCTIONS[name], objective(name, {})
    assert (found.name, found.dim, found.formula) == (name, len(row.bounds), row.formula)
    assert found.bounds.shape == (found.dim, 2)
    assert found.start.shape == (found.dim,)
    assert found.minimizers.shape == (len(row.minimizers), found.dim)
    assert found.contains(found.start)
    assert found.source
    x = np.stack([found.start, found.bounds.mean(axis=1)])
    assert found.value(x).shape == (2,)
    assert found.gradient(x).shape == (2, found.dim)
    assert found.hessian(x).shape == (2, found.dim, found.dim)
    with np.errstate(all="ignore"):
        value, gradient = found.raw_value_and_gradient(x)
    assert np.array_equal(value, found.value(x), equal_nan=True)
    assert np.array_equal(gradient, found.gradient(x), equal_nan=True)


@pytest.mark.parametrize("name", ["double-well", "double_well"])
def test_hyphens_stand_for_underscores(name: str) -> None:
    assert objective(name, {}).name == "double_well"


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'parabola'"):
        objective("parabla", {})


def test_a_parameter_that_the_formula_does_not_have_is_refused() -> None:
    with pytest.raises(FormulaError, match=r"\bq\b"):
        objective("double_well", {"q": 1.0})


def test_parameters_change_the_function_and_its_minimizers() -> None:
    well = objective("double_well", {"l": 2.0, "f": 2.0})
    assert well.parameters == {"l": 2.0, "f": 2.0}
    assert well.value(np.array([0.5])) == 2 * (0.25 - 4) ** 2 + 2 * 0.5 + 6
    # f' = 8·x·(x² − 4) + 2
    roots = np.roots([8, 0, -32, 2]).real
    np.testing.assert_allclose(well.minimizers.ravel(), [roots.min(), roots.max()], rtol=1e-12)


def test_a_parameter_at_its_default_changes_nothing() -> None:
    stated, given = objective("double_well", {}), objective("double_well", {"f": 3.0})
    assert np.array_equal(stated.minimizers, given.minimizers)
    assert stated.parameters == given.parameters


@pytest.mark.parametrize(
    ("x", "inside"), [((0, 0), True), ((-5, 5), True), ((5.1, 0), False), ((0, -9), False), ((np.nan, 0), False)]
)
def test_contains_tells_whether_a_point_is_within_the_bounds(x: tuple[float, float], inside: bool) -> None:
    assert objective("himmelblau", {}).contains(np.array(x, dtype=float)) == inside
