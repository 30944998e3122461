"""newton against solved systems, closed forms, and its promise not to climb."""

from __future__ import annotations

import numpy as np
import pytest
from support.commandline import LONG
from support.objectives import objective as objective_of
from support.walks import NAMES, built, catalogued, starts, walk


@pytest.mark.parametrize("name", ["parabola", "ellipse", "booth", "matyas"])
def test_one_step_finds_the_minimizer_of_a_quadratic(name: str) -> None:
    objective = catalogued(name)
    found = walk(objective, built("newton"), starts(objective, 200), 1)
    np.testing.assert_allclose(found.x[1], np.broadcast_to(objective.minimizers[0], found.x[1].shape), atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_the_step_solves_hd_equals_g_where_h_is_positive_definite(name: str) -> None:
    objective = catalogued(name)
    found = walk(objective, built("newton"), starts(objective, 60), 1, lr=0.5)
    hessian, grad, steps = objective.hessian(found.x[0]), found.grad[0], found.steps[0]
    eigenvalues = np.linalg.eigvalsh(hessian)
    for run in np.flatnonzero(eigenvalues[:, 0] > 1e-6 * eigenvalues[:, -1]):
        np.testing.assert_allclose(steps[run], -0.5 * np.linalg.solve(hessian[run], grad[run]), rtol=1e-8)


@pytest.mark.parametrize("damping", [0.0, 0.5, 2.0, 30.0])
def test_on_a_saddle_x_shrinks_and_y_grows_by_2_over_2_plus_damping(damping: float) -> None:
    found = walk(catalogued("saddle"), built("newton", damping=damping), [-1.5, 0.01], 20)
    share, k = 2 / (2 + damping), np.arange(21)
    np.testing.assert_allclose(found.x[:, 0, 0], -1.5 * (1 - share) ** k, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(found.x[:, 0, 1], 0.01 * (1 + share) ** k, rtol=1e-12)


@pytest.mark.parametrize("damping", [1e-12, 1e-3, 1.0, 100.0])
def test_damped_it_never_climbs_on_a_saddle_or_anywhere(damping: float) -> None:
    for name in NAMES:
        start, lr = starts(catalogued(name), 10), np.repeat([[1.0], [10.0]], 10, axis=0)
        found = walk(catalogued(name), built("newton", damping=damping), np.tile(start, (2, 1)), 30 if LONG else 15, lr)
        finite = np.isfinite(found.f)
        assert finite.all() or name in ("saddle", "monkey_saddle", "forrester"), name  # they fall without end
        assert (found.f[1:] <= found.f[:-1])[finite[1:]].all(), name


@pytest.mark.parametrize("name", ["double_well", "himmelblau", "camel6", "rastrigin", "levy13"])
def test_undamped_it_leads_downhill_where_h_is_indefinite_but_may_climb(name: str) -> None:
    found = walk(catalogued(name), built("newton"), starts(catalogued(name), 100), 30)
    before, _ = found.slopes
    assert (before[found.norms[:-1] > 1e-6] < 0).all()
    assert (found.f[1:] > found.f[:-1] + 1e-6).any()


@pytest.mark.parametrize("damping", [0.0, 0.25])
@pytest.mark.parametrize(
    ("text", "start", "step"),
    [
        ("3*x", 1.0, -3.0),  # H = 0
        ("abs(x)", 2.0, -1.0),
        ("2*x**2 + 4*y", (1.0, 1.0), (-1.0, -1.0)),  # no curvature along y: that of x
        ("x*abs(x)*0.5 + y", (0.0, 1.0), None),
        ("where(x > 0, x**1.5, x)", 0.0, None),  # H is infinite
    ],
)
def test_without_curvature_it_goes_along_the_gradient(damping: float, text: str, start: object, step: object) -> None:
    found = walk(objective_of(text, {}), built("newton", damping=damping), start, 1)
    assert np.isfinite(found.steps).all()
    assert (found.slopes[0] < 0).all()
    if step is not None and damping == 0.0:
        np.testing.assert_allclose(found.steps[0, 0], np.atleast_1d(step), rtol=1e-12)


def test_a_hessian_costs_as_many_evaluations_as_there_are_variables() -> None:
    for name, each in (("parabola", 2), ("ellipse", 3)):
        found = walk(catalogued(name), built("newton"), catalogued(name).start, 4)
        assert found.evaluations[:, 0].tolist() == [each * k for k in range(5)]
