"""The rate above which each method cannot settle, against spectral radii, and descents that settle and that do not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.commandline import QUICK, run
from support.objectives import objective
from support.problems import formula, solved

from gdanim.api.remarks import of_picture
from gdanim.catalogue.registry import FUNCTIONS, OPTIMIZERS, optimizer
from gdanim.cli.summary import as_json, details, records
from gdanim.descent.runs import Run
from gdanim.descent.solver import solve
from gdanim.descent.stability import curvatures_near, limit_of, limits_of_runs
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


@pytest.mark.usefixtures("in_tmp_path")
def test_the_command_line_states_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    said = run("parabola", *QUICK, "--lr", "1.05", "-v", "--json")
    assert "2/λ = 1" in said.err
    summary = json.loads(said.out)
    assert summary["curvature"] == 2.0
    (only,) = summary["runs"]
    assert (only["stability_limit"], only["lr_over_limit"], only["optimizer"]) == (1.0, 1.05, "gd")


@pytest.mark.usefixtures("in_tmp_path")
def test_a_rate_below_the_limit_is_not_warned_of() -> None:
    assert "λ" not in run("parabola", *QUICK, "--lr", "0.9").err


# One step of each method on λx²/2 as a matrix, (x, v) ← A(x, v), from its equations in the paper.
STEP_MATRICES = {
    "gd": lambda a: [[1 - a]],
    "noisy:eta=0": lambda a: [[1 - a]],
    "momentum": lambda a, mu, tau: [[1 - a * (1 - tau), -a * mu], [1 - tau, mu]],
    "nesterov": lambda a, mu: [[1 - a * (1 + mu), -a * mu**2], [1, mu]],
    "qhm": lambda a, beta, nu: [[1 - a * (1 - nu) - a * nu * (1 - beta), -a * nu * beta], [1 - beta, beta]],
    "newton": lambda a: [[1 - a]],
}
HYPERPARAMETERS = {"momentum": ("momentum", "dampening"), "nesterov": ("momentum",), "qhm": ("beta", "nu")}


def drawn_methods(name: str, count: int) -> list[tuple[str, tuple[float, ...]]]:
    """`name:key=value,…` and the values, drawn at random with both ends among them."""
    rng, keys = np.random.default_rng(7), HYPERPARAMETERS.get(name, ())
    values = [(0.0,) * len(keys), *map(tuple, rng.uniform(0, 0.95, (count - 1, len(keys))).round(3).tolist())]
    return [(f"{name}:{','.join(f'{k}={v}' for k, v in zip(keys, its, strict=True))}", its) for its in values]


def radius(name: str, a: float, values: tuple[float, ...]) -> float:
    """The spectral radius of a step at ηλ = a."""
    return float(np.abs(np.linalg.eigvals(np.array(STEP_MATRICES[name](a, *values)))).max())


@pytest.mark.parametrize("name", STEP_MATRICES)
def test_a_limit_is_where_the_spectral_radius_of_a_step_passes_1(name: str) -> None:
    for spec, values in drawn_methods(name, 40):
        factor = limit_of(optimizer(spec if values else name)).factor
        assert radius(name, factor, values) == pytest.approx(1, abs=1e-9), spec
        assert radius(name, 1.001 * factor, values) > 1, spec
        # Below it, each smaller rate is stable, too: one λ bounds the rate in any number of variables.
        assert all(radius(name, share * factor, values) < 1 for share in np.linspace(0.001, 0.999, 50)), spec


@pytest.mark.parametrize("name", STEP_MATRICES)
@pytest.mark.parametrize(("small", "large"), [(None, 3e-5), (0.37, 7.1), (2.0, 1.9e6)])
def test_a_method_settles_on_a_quadratic_below_its_limit_and_leaves_above_it(
    name: str, small: float | None, large: float
) -> None:
    steep = f"{large / 2}*(0.6*x + 0.8*y)**2"
    bowl = (
        formula(f"{large / 2}*x**2", minimizers=((0.0,),))
        if small is None
        else formula(f"{steep} + {small / 2}*(0.8*x - 0.6*y)**2", minimizers=((0.0, 0.0),))
    )
    for spec, values in drawn_methods(name, 3):
        method = optimizer(spec if values else name)
        lr = limit_of(method).factor / (large if name != "newton" else 1.0) * np.array([0.98, 1.02])
        start = np.tile([0.6, 0.8][: bowl.dim], (2, 1))
        path = solve(bowl, method.build(), start, lr, 500)
        run = Run(method, spec, None, 0.0)
        found = limits_of_runs(bowl, path, (run, run))
        assert found == pytest.approx(lr / [0.98, 1.02], rel=1e-9)
        below, above = np.linalg.norm(path.x[[0, 1], path.last], axis=-1)
        assert below < 1e-3, spec
        assert above > 1e3, spec


@pytest.mark.parametrize("name", sorted(set(OPTIMIZERS) - {spec.partition(":")[0] for spec in STEP_MATRICES}))
def test_other_methods_claim_no_limit(name: str) -> None:
    assert limit_of(optimizer(name)) == limit_of(None)


@pytest.mark.parametrize("name", ["gd", "momentum", "nesterov"])
def test_weight_decay_moves_the_minimum_and_leaves_no_limit_to_be_claimed(name: str) -> None:
    # On ½λx² the decay ω makes the curvature λ + ω: a rate just below the limit without it is lost.
    method = optimizer(f"{name}:weight_decay=1")
    assert limit_of(method) == limit_of(None)
    lr = 0.98 * limit_of(optimizer(name)).factor / 2.0
    path = solve(formula("x**2", minimizers=((0.0,),)), method.build(), np.ones((1, 1)), np.array([lr]), 500)
    assert np.abs(path.x[0, -1, 0]) > 1e3


@pytest.mark.parametrize(
    ("lr", "iterations", "share"), [(1e300, 5, 1e300), (1.05, 5, 1.05), (0.3, 1, 0.3), (0.3, 0, None)]
)
def test_a_run_that_is_lost_in_its_first_step_has_a_rate_to_be_held_against_the_limit(
    lr: float, iterations: int, share: float | None
) -> None:
    (run,) = records(solved("x**2", start=(1.0,), lr=(lr,), iterations=iterations))
    assert run["lr_over_limit"] == (None if share is None else pytest.approx(share, rel=1e-6))


def test_a_search_has_no_limit() -> None:
    (run,) = records(solved("ellipse", optimizer=("newton:damping=0.1",), iterations=3))
    assert run["stability_limit"] is None


@pytest.mark.parametrize(
    ("schedule", "iterations", "highest"),
    [
        ("cosine", 30, 0.08), ("exponential", 30, 0.08), ("warmup", 30, 0.08), ("one-cycle", 30, 0.08),
        ("warmup", 3, 0.08 * (1 / 3 + 2 / 5 * 2 / 3)), ("warmup:start_factor=0.5,end_factor=0.7", 9, 0.056),
    ],
)  # fmt: skip
def test_the_highest_rate_of_a_schedule_is_held_against_the_limit(
    schedule: str, iterations: int, highest: float
) -> None:
    descent = solved("ellipse", lr=(0.08,), schedule=(schedule,), iterations=iterations)
    (run,) = records(descent)
    assert (run["lr"], run["schedule"], run["stability_limit"]) == (
        0.08,
        schedule.replace("-", "_"),
        pytest.approx(0.1),
    )
    assert run["lr_over_limit"] == pytest.approx(highest / 0.1, rel=1e-3)
    assert f"lr 0.08 ({schedule.partition(':')[0]}" in details(descent)
    assert "at up to " in details(descent)
    assert descent.limit_shares() == [""]


@pytest.mark.parametrize(
    ("function", "start", "outcome"),
    [
        ("saddle", (2.0, 0.0), "at a saddle"), ("himmelblau", (-0.270845, -0.923039), "on a flat place"),
        ("himmelblau", (0.08668, 2.88426), "at a saddle"), ("x**4 - 3*x**2", (0.0,), "on a flat place"),
        ("(x**2 - 1)**2 + y**2", (0.0, 1.0), "at a saddle"), ("x**2 + x**3", (-2 / 3,), "on a flat place"),
    ],
)  # fmt: skip
def test_no_limit_is_claimed_of_a_run_that_rests_elsewhere_than_at_a_minimum(
    function: str, start: tuple[float, ...], outcome: str
) -> None:
    descent = solved(function, start=(start,), iterations=40, lr=(0.005,) if function == "himmelblau" else (0.1,))
    (run,) = records(descent)
    assert (run["outcome"], run["stability_limit"], run["lr_over_limit"]) == (outcome, None, None)
    assert " of 2/λ" not in details(descent).splitlines()[-1]


@pytest.mark.parametrize(
    ("spec", "formula_", "factor"),
    [
        ("nesterov:momentum=0.5", "2(1+μ)/((1+2μ)λ)", 1.5),
        ("momentum:momentum=0.5", "2(1+μ)/λ", 3),
        ("momentum:momentum=0.5,dampening=0.5", "2(1+μ)/((1−τ)λ)", 6),
        ("qhm:beta=0.5,nu=0.5", "2(1+β)/((1+β−2νβ)λ)", 3),
        ("noisy", "2/λ", 2),
    ],
)
def test_each_place_says_the_limit_of_the_method_that_runs(spec: str, formula_: str, factor: float) -> None:
    descent = solved("ellipse", optimizer=(spec,), lr=(0.01,), iterations=3)
    assert descent.limit_shares() == [f"{100 * 0.01 * 20 / factor:.0f} % of stable limit"]
    assert next(records(descent))["stability_limit"] == pytest.approx(factor / 20, rel=1e-12)
    assert f"of {formula_} = {factor / 20:.6g}" in details(descent)
    above = solved("ellipse", optimizer=(spec,), lr=(2.0,), iterations=3)
    assert f"{formula_} = {factor / 20:.4g}" in " ".join(of_picture(above, ()))


@pytest.mark.parametrize(
    ("function", "kappa"),
    [
        ("ellipse", 10.0),
        ("rosenbrock", 2508.009601277298),  # of [[802, −400], [−400, 200]]
        ("x**2 + 3*x*y + 4*y**2", 12.2037724101704),  # (5 + 3√2)/(5 − 3√2)
        ("(x - y)**2 + 0.01*(x + y)**2", 100.0),
        ("x**2 + y**4", None),
        ("parabola", 1.0),
    ],
)
def test_the_condition_number_is_that_of_the_hessian(function: str, kappa: float | None) -> None:
    descent = solved(function, iterations=3)
    said = json.loads(as_json(descent, ()))
    assert said["condition"] == (None if kappa is None else pytest.approx(kappa, rel=1e-9))
    assert ("κ" in details(descent)) == (kappa not in (None, 1.0))
