"""The losses of models against numpy's least squares, scipy's minimizers, formulas by hand and jax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.optimize import minimize
from support.fits import drawn, fit, model, table

from gdanim import Settings, descend

if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.arrays import Vector


def relative(found: Vector, expected: Vector) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def design(x: Vector) -> Vector:
    return np.column_stack([np.ones(len(x)), x])


@pytest.mark.parametrize("k", [1, 2, 7, 30])
def test_a_linear_fit_is_least_where_lstsq_says(tmp_path: Path, k: int) -> None:
    x, y = drawn(200, k)
    expected = np.linalg.lstsq(design(x), y, rcond=None)[0]
    found = fit("linear", table(tmp_path / "t.csv", x, y)).minimizer
    assert found is not None
    assert relative(found, expected) < 1e-9


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_so_it_is_for_columns_of_any_scale(tmp_path: Path, scale: float) -> None:
    x, y = drawn(80, 3)
    x[:, 1] *= scale
    expected = np.linalg.lstsq(design(x) / np.linalg.norm(design(x), axis=0), y, rcond=None)[0]
    loss = fit("linear", table(tmp_path / "t.csv", x, y))
    assert loss.minimizer is not None
    assert relative(loss.minimizer * np.linalg.norm(design(x), axis=0), expected) < 1e-9
    assert np.isfinite(loss.value(1e6 * np.ones((1, 4)))).all()


@pytest.mark.parametrize("degree", [1, 3, 6])
def test_a_polynomial_is_least_where_lstsq_says(tmp_path: Path, degree: int) -> None:
    x = np.linspace(-1, 1, 40)[:, np.newaxis]
    y = np.sin(3 * x[:, 0]) + drawn(40, 1)[1] / 10
    expected = np.linalg.lstsq(np.vander(x[:, 0], degree + 1, increasing=True), y, rcond=None)[0]
    found = fit(f"poly:degree={degree}", table(tmp_path / "t.csv", x, y)).minimizer
    assert found is not None
    assert relative(found, expected) < 1e-9


def test_a_penalty_of_squares_leaves_the_intercept_alone(tmp_path: Path) -> None:
    x, y = drawn(60, 4)
    n, penalty = len(y), 0.3
    # The rows √(nλ) w_j of a ridge, none for the intercept.
    rows = np.concatenate([design(x), np.sqrt(n * penalty) * np.eye(5)[1:]])
    expected = np.linalg.lstsq(rows, np.concatenate([y, np.zeros(4)]), rcond=None)[0]
    loss = fit("linear", table(tmp_path / "t.csv", x, y), l2=penalty)
    assert loss.minimizer is not None
    assert relative(loss.minimizer, expected) < 1e-9
    assert np.abs(loss.gradient(expected)).max() < 1e-12


@pytest.mark.parametrize(("text", "k", "l2"), [("linear", 6, 0.0), ("linear", 6, 0.2), ("poly:degree=5", 1, 0.0)])
def test_descents_in_many_coordinates_end_where_lstsq_says(tmp_path: Path, text: str, k: int, l2: float) -> None:
    x, y = drawn(80, k)
    columns = design(x) if text == "linear" else np.vander(x[:, 0], 6, increasing=True)
    penalties = np.sqrt(len(y) * l2) * np.eye(columns.shape[1])[1:]
    rows, targets = np.concatenate([columns, penalties]), np.concatenate([y, np.zeros(len(penalties))])
    expected = np.linalg.lstsq(rows, targets, rcond=None)[0]
    for optimizer in ("newton", "lbfgs"):
        path = descend(
            Settings(
                function=text, points=table(tmp_path / "t.csv", x, y), l2=l2, optimizer=(optimizer,), lr=(1.0,),
                iterations=2 if optimizer == "newton" else 80,
            )
        )  # fmt: skip
        assert relative(path.trajectory.x[0, -1], expected) < 1e-9
    assert path.objective.minimizers.shape == (1, len(expected))


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("text", ["linear", "logistic"])
def test_columns_of_unlike_size_neither_overflow_nor_hide_it(tmp_path: Path, text: str, standardize: bool) -> None:
    x, y = drawn(60, 4, classes=text == "logistic")
    points = table(tmp_path / "t.csv", x * [1e-6, 1e-3, 1.0, 1e6], y)
    found = descend(Settings(function=text, points=points, standardize=standardize))
    assert all(np.isfinite(part).all() for part in (found.trajectory.x, found.trajectory.f, found.objective.bounds))
    assert found.trajectory.f[0, -1] < found.trajectory.f[0, 0]
    wild = descend(Settings(function=text, points=points, lr=(1e9,), standardize=standardize, iterations=200))
    assert wild.trajectory.stop[0].failed or np.isfinite(wild.trajectory.f).all()
    if text == "linear":
        assert wild.trajectory.stop[0].failed


def test_on_a_plane_a_loss_is_that_of_its_coordinates(tmp_path: Path) -> None:
    x, y = drawn(40, 5, classes=True)
    draw = np.random.default_rng(3)
    origin, u = draw.normal(size=6), draw.normal(size=(4, 2))
    directions = np.linalg.qr(draw.normal(size=(6, 2)))[0].T
    for text, more in (("linear", {"l2": 0.1}), ("linear", {"loss": "huber", "l1": 0.2}), ("logistic", {"l2": 0.3})):
        loss = fit(text, table(tmp_path / "t.csv", x, y), **more)
        flat = loss.on_plane(origin, directions)
        assert flat is not None
        there = origin + u @ directions
        np.testing.assert_allclose(flat.value(u), loss.value(there), rtol=1e-11)
        np.testing.assert_allclose(flat.gradient(u), loss.gradient(there) @ directions.T, rtol=1e-10, atol=1e-12)
        curved = directions @ loss.hessian(there) @ directions.T
        np.testing.assert_allclose(flat.hessian(u), curved, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("k", [15, 16, 40])
def test_columns_that_others_explain_have_no_single_minimum_however_many_there_are(tmp_path: Path, k: int) -> None:
    x, y = drawn(90, k)
    x[:, 3] = x[:, 1] - 2 * x[:, 2]
    loss = fit("linear", table(tmp_path / "t.csv", x, y))
    assert loss.minimizer is None
    best = np.linalg.lstsq(design(x), y, rcond=None)[0]
    np.testing.assert_allclose(loss.value(best), np.mean((design(x) @ best - y) ** 2), rtol=1e-10)


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_newton_ends_where_scipy_finds_the_logistic_fit(tmp_path: Path, l2: float) -> None:
    x, y = drawn(120, 1, classes=True)
    points = table(tmp_path / "t.csv", x, y)

    def loss(w: Vector) -> float:
        z = w[0] + w[1] * x[:, 0]
        return float(np.mean(np.logaddexp(0.0, z) - y * z) + l2 * w[1] ** 2)

    expected = minimize(loss, np.zeros(2), method="BFGS", options={"gtol": 1e-9}).x
    path = descend(
        Settings(function="logistic", points=points, l2=l2, optimizer=("newton",), start=((0.0, 0.0),), iterations=30)
    )  # fmt: skip
    assert np.abs(path.trajectory.x[0, -1] - expected).max() < 1e-6
    assert np.abs(path.objective.minimizers[0] - expected).max() < 1e-6


def test_what_is_looked_for_with_some_of_the_rows_is_the_minimum_of_all(tmp_path: Path) -> None:
    x, y = drawn(701, 1, classes=True)
    found = descend(Settings(function="logistic", points=table(tmp_path / "t.csv", x, y), iterations=0)).objective
    (minimizer,) = found.minimizers
    p = 1 / (1 + np.exp(-design(x) @ minimizer))
    assert np.abs((p - y) @ design(x) / len(y)).max() < 1e-12
    assert found.contains(minimizer)


def test_the_closed_form_is_the_mean_over_the_rows(tmp_path: Path) -> None:
    x, y = drawn(70, 3)
    loss = fit("linear", table(tmp_path / "t.csv", x, y), l2=0.2)
    w = np.random.default_rng(1).normal(size=(9, 4))
    away = w @ design(x).T - y
    np.testing.assert_allclose(loss.value(w), (away**2).mean(axis=1) + 0.2 * (w[:, 1:] ** 2).sum(axis=1), rtol=1e-12)
    slopes = 2 * away @ design(x) / len(y) + 0.4 * w * [0, 1, 1, 1]
    np.testing.assert_allclose(loss.gradient(w), slopes, rtol=1e-11, atol=1e-12)
    hessian = 2 * design(x).T @ design(x) / len(y) + 0.4 * np.diag([0, 1, 1, 1])
    np.testing.assert_allclose(loss.hessian(w)[4], hessian, rtol=1e-12, atol=1e-13)


def slope_of_cost(name: str, p: Vector, t: Vector) -> Vector:
    """The derivative of what a prediction costs, by hand."""
    match name:
        case "mse":
            return 2 * (p - t)
        case "mae":
            return np.sign(p - t)
    return np.clip(p - t, -1, 1)


@pytest.mark.parametrize("name", ["mse", "mae", "huber"])
def test_every_loss_has_its_slope(tmp_path: Path, name: str) -> None:
    x, y = drawn(50, 2)
    loss = fit("a*x1 + b*x2 + c", table(tmp_path / "t.csv", x, y), loss=name, l1=0.1)
    w = np.random.default_rng(2).normal(size=(6, 3))
    p = w[:, :2] @ x.T + w[:, 2:]
    columns = np.column_stack([x, np.ones(len(y))])
    expected = slope_of_cost(name, p, y) @ columns / len(y) + 0.1 * np.sign(w) * [1, 1, 0]
    np.testing.assert_allclose(loss.gradient(w), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("k", [1, 8, 50])
def test_slopes_of_the_logistic_loss_are_those_of_the_books(tmp_path: Path, k: int) -> None:
    """(σ(z) − t) x, the same for a sigmoid that is written out."""
    x, y = drawn(64, k, classes=True)
    points = table(tmp_path / "t.csv", x, y)
    w = np.random.default_rng(3).normal(size=(4, k + 1)) / np.sqrt(k)  # 1 − p loses digits where p is near 1
    p = 1 / (1 + np.exp(-w @ design(x).T))
    expected = (p - y) @ design(x) / len(y)
    np.testing.assert_allclose(fit("logistic", points).gradient(w), expected, rtol=1e-10, atol=1e-12)
    terms = " + ".join(f"w{j + 1}*x{j + 1}" for j in range(k))
    written = fit(f"1/(1 + exp(-(w0 + {terms})))", points, loss="log")
    np.testing.assert_allclose(written.gradient(w), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("k", [1, 10, 50])
@pytest.mark.parametrize("loss", ["mse", "huber", "log"])
def test_slopes_and_curvatures_are_those_of_jax(tmp_path: Path, k: int, loss: str) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    x, y = drawn(40, k, classes=loss == "log")
    found = fit("logistic" if loss == "log" else "linear", table(tmp_path / "t.csv", x, y), loss=loss)

    def of(w: Any) -> Any:
        z = w[0] + jnp.asarray(x) @ w[1:]
        away = jnp.abs(z - y)
        cost = {
            "mse": away**2,
            "huber": jnp.where(away <= 1, away**2 / 2, away - 0.5),
            "log": jnp.logaddexp(0.0, z) - y * z,
        }[loss]
        return cost.mean()

    w = np.random.default_rng(4).normal(size=k + 1)
    scale = float(np.abs(jax.grad(of)(w)).max())
    assert np.abs(found.gradient(w) - np.asarray(jax.grad(of)(w))).max() < 1e-10 * scale
    if k <= 10:
        np.testing.assert_allclose(found.hessian(w), np.asarray(jax.hessian(of)(w)), rtol=1e-9, atol=1e-12)


def test_a_model_that_bends_has_the_slopes_of_sympy(tmp_path: Path) -> None:
    import sympy  # the only test here that needs it

    x, y = drawn(5, 1)
    loss = fit("a*exp(b*x1) + c", table(tmp_path / "t.csv", x, y))
    a, b, c = names = sympy.symbols("a b c")
    whole = sum((a * sympy.exp(b * u) + c - v) ** 2 for u, v in zip(x[:, 0].tolist(), y.tolist(), strict=True)) / 5
    at = dict(zip(names, (0.7, -0.4, 1.2), strict=True))
    w = np.array([*at.values()])
    assert loss.value(w) == pytest.approx(float(whole.subs(at)), rel=1e-13)
    expected = [float(whole.diff(name).subs(at)) for name in names]
    np.testing.assert_allclose(loss.gradient(w), expected, rtol=1e-10)
    curved = [[float(whole.diff(u, v).subs(at)) for v in names] for u in names]
    np.testing.assert_allclose(loss.hessian(w), curved, rtol=1e-10, atol=1e-12)


def test_a_logit_far_out_neither_overflows_nor_loses_its_slope(tmp_path: Path) -> None:
    points = table(tmp_path / "t.csv", np.array([[-1.0], [1.0]]), np.array([1.0, 0.0]))
    loss = fit("sigmoid(a*x1)", points)
    assert loss.value(np.array([800.0])) == 800.0
    assert loss.gradient(np.array([800.0])).tolist() == [1.0]
    assert loss.value(np.array([-800.0])) == 0.0


@pytest.mark.parametrize("text", ["linear", "logistic"])
def test_a_point_has_its_loss_whatever_points_stand_beside_it(tmp_path: Path, text: str) -> None:
    x, y = drawn(500, 1, classes=True)
    loss = fit(text, table(tmp_path / "t.csv", x, y))
    w = np.random.default_rng(5).normal(size=(300, 2))
    f, slopes = loss.raw_value_and_gradient(w)
    for k in (0, 7, 299):
        one = loss.raw_value_and_gradient(w[k : k + 1])
        assert (f[k], *slopes[k]) == (one[0][0], *one[1][0])


def test_standardized_columns_have_mean_0_and_deviation_1_whatever_their_unit(tmp_path: Path) -> None:
    x, y = drawn(90, 2)
    found = model("linear", table(tmp_path / "t.csv", x * [1e-6, 1e200] + [5, 0], y), standardize=True).points
    np.testing.assert_allclose(found.x.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(found.x.std(axis=1), 1, rtol=1e-9)
    np.testing.assert_allclose(found.x[1], (x[:, 1] - x[:, 1].mean()) / x[:, 1].std(), rtol=1e-9, atol=1e-12)


def test_columns_that_say_the_same_twice_have_no_single_minimum(tmp_path: Path) -> None:
    x, y = drawn(30, 1)
    loss = fit("a*x1 + b*x2", table(tmp_path / "t.csv", np.column_stack([x, 2 * x]), y))
    assert loss.minimizer is None
    best = np.linalg.lstsq(np.column_stack([x, 2 * x]), y, rcond=None)[0]
    along = np.array([2.0, -1.0])
    np.testing.assert_allclose(loss.value(best + np.outer([-3, 0, 5], along)), loss.value(best), rtol=1e-12)
