"""The rate above which gradient descent cannot settle, against descents that do and do not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.commandline import QUICK, run
from support.objectives import objective

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.descent.solver import solve
from gdanim.descent.stability import curvatures_near
from gdanim.optimizers.gd import gd

CONVEX_AT_MINIMUM = [row.name for row in FUNCTIONS.values() if row.curvature]


@pytest.mark.parametrize("name", CONVEX_AT_MINIMUM)
def test_a_descent_beside_the_minimum_settles_below_the_limit_and_leaves_above_it(name: str) -> None:
    function = objective(name, {})
    minimizer = function.minimizers[0]
    limit = 2 / float(function.curvatures[0])
    # Along the steepest eigenvector, where the error is multiplied by 1 − lr·λ.
    _, vectors = np.linalg.eigh(function.hessian(minimizer))
    aside = 1e-6 * np.max(function.bounds[:, 1] - function.bounds[:, 0])
    start = np.stack([minimizer + aside * vectors[:, -1]] * 2)
    lr = np.array([0.97 * limit, 1.03 * limit])
    path = solve(function, gd(), start, lr, 20)
    error = np.linalg.norm(path.x - minimizer, axis=-1)
    assert error[0, 20] < 0.5 * error[0, 0]
    assert error[1, 20] > 2 * error[1, 0]


def test_the_limit_belongs_to_the_nearest_minimizer() -> None:
    well = objective("double_well", {})
    left, right = 2 / curvatures_near(well, np.array([[-2.0], [2.0]]))
    assert left == pytest.approx(2 / (12 * 3.0274012213360404**2 - 36), rel=1e-9)
    assert right == pytest.approx(2 / (12 * 2.9718265941789745**2 - 36), rel=1e-9)


@pytest.mark.parametrize("name", ["quartic", "absolute", "saddle", "ackley"])
def test_there_is_no_limit_at_a_flat_minimum_a_kink_or_a_saddle(name: str) -> None:
    function = objective(name, {})
    assert np.isnan(curvatures_near(function, function.start[np.newaxis])).all()


def test_the_curvature_follows_the_parameters() -> None:
    # l(x² − f²)² + 2x + 6 has f″ = 12 l x² − 4 l f²: four times l is four times as steep at nearly the same place.
    steep = objective("double_well", {"l": 4.0})
    x = steep.minimizers[0, 0]
    assert steep.curvature == pytest.approx(4 * (12 * x**2 - 36), rel=1e-9)


def test_the_command_line_states_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    said = run("parabola", *QUICK, "--lr", "1.05", "-v", "--json")
    assert "2/λ = 1" in said.err
    summary = json.loads(said.out)
    assert summary["curvature"] == 2.0
    (only,) = summary["runs"]
    assert (only["stability_limit"], only["lr_over_limit"], only["optimizer"]) == (1.0, 1.05, "gd")


def test_a_rate_below_the_limit_is_not_warned_of() -> None:
    assert "λ" not in run("parabola", *QUICK, "--lr", "0.9").err
