"""Planes: against numpy's singular values and plain products, in 3 to 10 000 dimensions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from support.commandline import run

from gdanim.descent.descend import Descent, descend
from gdanim.descent.plane.axes import coordinates_on, distances_from, principal, through_ends
from gdanim.descent.plane.looked_at import looked_at
from gdanim.descent.plane.plane import OFF
from gdanim.descent.verdicts import Outcome
from gdanim.errors import UsageError
from gdanim.settings import Settings

Array = NDArray[np.float64]


def paths(dim: int, seed: int = 0) -> list[Array]:
    """Two random walks that drift, of 40 and 25 points."""
    random = np.random.default_rng(seed)
    drift = random.normal(size=dim)
    return [np.cumsum(random.normal(size=(n, dim)) + 0.2 * drift, axis=0) for n in (40, 25)]


def sine(one: Array, other: Array) -> float:
    """The sine of the largest angle between two planes (2, d): what of one lies outside the other."""
    return float(np.linalg.norm(one - one @ other.T @ other, ord=2))


@pytest.mark.parametrize("dim", [3, 50, 10_000])
def test_the_plane_is_that_of_the_two_largest_singular_values_of_the_centred_points(dim: int) -> None:
    rows = paths(dim)
    points = np.concatenate(rows)
    _, sizes, ways = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    axes = principal(rows)
    assert sine(axes.directions, ways[:2]) <= 1e-8
    assert np.abs(np.vecdot(axes.directions, ways[:2])) == pytest.approx(1, abs=1e-8)
    shares = 100 * sizes[:2] ** 2 / np.sum(sizes**2)
    assert axes.names == tuple(f"PC {i + 1} · {share:.0f} %" for i, share in enumerate(shares))
    assert np.array_equal(axes.origin, rows[0][-1])


@pytest.mark.parametrize("dim", [3, 50, 10_000])
def test_the_plane_is_that_of_scikit_learn(dim: int) -> None:
    decomposition = pytest.importorskip("sklearn.decomposition", reason="needs sklearn")
    rows = paths(dim)
    found = decomposition.PCA(n_components=2, svd_solver="full").fit(np.concatenate(rows))
    axes = principal(rows)
    assert sine(axes.directions, found.components_) <= 1e-8
    shares = 100 * found.explained_variance_ratio_
    assert axes.names == tuple(f"PC {i + 1} · {share:.0f} %" for i, share in enumerate(shares))


@pytest.mark.parametrize("dim", [3, 50, 10_000])
def test_coordinates_and_distances_are_those_of_plain_products(dim: int) -> None:
    rows = paths(dim)
    axes = principal(rows)
    on = (rows[1] - axes.origin) @ axes.directions.T
    off = np.linalg.norm(rows[1] - axes.origin - on @ axes.directions, axis=1)
    assert coordinates_on(rows[1], axes) == pytest.approx(on, rel=1e-10, abs=1e-9)
    assert distances_from(rows[1], axes) == pytest.approx(off, rel=1e-10, abs=1e-9)


def test_signs_do_not_depend_on_how_the_components_were_found() -> None:
    rows = paths(5)
    start = coordinates_on(rows[0][:1], principal(rows))[0]
    assert start[0] < 0 < start[1]
    turned = [-part for part in rows]
    assert coordinates_on(turned[0], principal(turned)) == pytest.approx(coordinates_on(rows[0], principal(rows)))


@pytest.mark.parametrize("dim", [3, 400])
def test_a_straight_path_has_a_plane_too(dim: int) -> None:
    way = np.arange(1.0, dim + 1)
    axes = principal([np.linspace(1, 0, 12)[:, np.newaxis] * way])
    assert axes.names == ("PC 1 · 100 %", "PC 2 · 0 %")
    assert axes.directions @ axes.directions.T == pytest.approx(np.eye(2), abs=1e-12)


def test_a_run_that_stays_has_a_plane_too() -> None:
    axes = principal([np.ones((4, 3))])
    assert axes.directions @ axes.directions.T == pytest.approx(np.eye(2), abs=1e-12)


def test_the_plane_of_the_ends_holds_both_and_the_farthest_point() -> None:
    rows = paths(6)
    axes = through_ends(rows)
    line = rows[0][-1] - rows[0][0]
    line /= np.linalg.norm(line)
    points = np.concatenate(rows)
    away = points - rows[0][-1]
    far = points[np.argmax(np.linalg.norm(away - np.outer(away @ line, line), axis=1))]
    assert distances_from(np.stack([rows[0][0], rows[0][-1], far]), axes) == pytest.approx(0, abs=1e-12)


def _seen(**settings: object) -> tuple[Descent, Descent]:
    found = descend(Settings(**settings))  # type: ignore[arg-type]
    return found, looked_at(found)


def test_the_ground_is_the_function_on_the_plane_with_its_slope() -> None:
    whole, seen = _seen(function="x1**2 + sin(x2*x3) + x4**4", start=((1, -2, 0.5, 1),), iterations=9)
    assert whole.plane is not None
    axes, u = whole.plane.axes, np.array([[0.3, -0.2], [1.0, 2.0]])
    x = axes.origin + u @ axes.directions
    assert seen.objective.value(u) == pytest.approx(x[:, 0] ** 2 + np.sin(x[:, 1] * x[:, 2]) + x[:, 3] ** 4)
    step = 1e-6
    for i, way in enumerate(np.eye(2)):
        difference = (seen.objective.value(u + step * way) - seen.objective.value(u - step * way)) / (2 * step)
        assert seen.objective.gradient(u)[:, i] == pytest.approx(difference, rel=1e-6, abs=1e-8)
        slopes = seen.objective.gradient(u + step * way) - seen.objective.gradient(u - step * way)
        assert seen.objective.hessian(u)[:, i] == pytest.approx(slopes / (2 * step), rel=1e-6, abs=1e-8)


def test_heights_and_rates_stay_those_of_the_runs() -> None:
    whole, seen = _seen(function="rosenbrock", dim=5, iterations=12)
    assert seen.trajectory.x.shape == (1, 13, 2)
    assert np.array_equal(seen.trajectory.f, whole.trajectory.f)
    assert np.array_equal(seen.trajectory.lr, whole.trajectory.lr)
    assert seen.verdict == whole.verdict
    assert looked_at(seen) is seen


def test_a_path_that_leaves_its_plane_by_a_tenth_of_its_length_says_so() -> None:
    near = descend(Settings(function="x1**2 + 3*x2**2 + 10*x3**2", lr=(0.01,)))
    far = descend(Settings(function="levy", dim=6))
    assert near.plane is not None
    assert far.plane is not None
    length = np.linalg.norm(np.diff(far.trajectory.x[0], axis=0), axis=1).sum()
    share = far.plane.off.max() / length
    assert share > OFF
    assert far.plane.remark() == f"the path leaves this plane by up to {100 * share:.0f} % of its length"
    assert near.plane.remark() == ""


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("x1**2 + x2**2 + x3**2", "--plane", "x1"), "pca, ends, or two coordinates"),
        (("x1**2 + x2**2 + x3**2", "--plane", "x1,x9"), "pca, ends, or two different coordinates such as x1,x3"),
        (("x1**2 + x2**2 + x3**2", "--plane", "x1,x1"), "two different"),
        (("parabola", "--plane", "pca"), "needs two variables or more"),
        (("sphere", "--basins"), "--basins"),
        (("sphere", "--explain"), "--explain"),
        (("sphere", "--arrows", "momentum"), "gradient or step"),
        (("sphere", "--view", "curve"), "10 variables"),
        (("sphere", "--dim", "4", "--start", "1,2"), "4 coordinates, or one number for them all"),
        (("sphere", "--dim", "201", "-O", "newton"), "Hessians of up to 200 variables"),
        (("himmelblau", "--dim", "3"), "has 2 variables; these have any number: sphere"),
        (("rosenbrock", "--dim", "1"), "rosenbrock needs 2 variables or more"),
        (("sphere", "-p", "kappa=3"), "sphere has no parameters"),
    ],
)
def test_what_cannot_be_drawn_on_a_plane_is_refused_in_one_line(given: tuple[str, ...], says: str) -> None:
    found = run(*given)
    assert found.code == 2
    assert says in found.err
    assert found.err.count("\n") == 1


def test_a_formula_of_many_variables_has_the_minimizer_below_its_start() -> None:
    matrix, right = np.array([[4.0, 1, 0], [1, 3, 0.5], [0, 0.5, 2]]), np.array([1.0, -2, 3])
    terms = [f"{matrix[i, j] / 2:g}*x{i + 1}*x{j + 1}" for i in range(3) for j in range(3)]
    text = " + ".join(terms) + "".join(f" - {b:g}*x{i + 1}".replace("- -", "+ ") for i, b in enumerate(right))
    objective = descend(Settings(function=text, iterations=1)).objective
    assert objective.minimizers == pytest.approx(np.linalg.solve(matrix, right)[np.newaxis], rel=1e-9)
    values = np.linalg.eigvalsh(matrix)
    assert objective.curvature == pytest.approx(values[-1], rel=1e-9)
    assert objective.condition == pytest.approx(values[-1] / values[0], rel=1e-9)


def test_no_condition_is_told_where_the_hessian_is_singular() -> None:
    objective = descend(Settings(function="(x1 - 1)**4 + (x1 - x2)**2 + x3**2", iterations=1)).objective
    assert objective.minimizers == pytest.approx(np.array([[1, 1, 0]]), abs=1e-3)
    assert objective.condition is None


def test_where_a_run_arrives_the_minimizer_lies_in_the_picture() -> None:
    whole, seen = _seen(function="x1**2 + 3*x2**2 + 10*x3**2 + x1*x3", iterations=200)
    assert whole.verdict[0].outcome is Outcome.ARRIVED
    assert seen.objective.contains(seen.objective.minimizers).tolist() == [True]


def test_rosenbrock_in_twenty_dimensions_falls_into_its_valley_and_follows_it() -> None:
    found = descend(Settings(function="rosenbrock", dim=20))
    away = np.linalg.norm(found.trajectory.x[0] - 1, axis=1)
    assert away[-1] < away[0] / 5
    assert found.trajectory.f[0, 10] < 0.05 * found.trajectory.f[0, 0]
    assert found.plane is not None
    assert found.plane.remark() == ""


def test_x_y_and_z_are_the_first_three_coordinates() -> None:
    _, seen = _seen(function="x**2 + 2*y**2 + 3*z**2", plane="x1,x3", start=((1, 1, 1),))
    assert seen.objective.symbols == ("x", "z")
    with pytest.raises(UsageError, match="parameter"):
        descend(Settings(function="x + z"))


def test_bounds_do_not_follow_a_fall_without_end() -> None:
    found = descend(Settings(function="x1**2 + x2**2 - x3**2", start=((1, 1, 1e-3),)))
    assert np.ptp(found.objective.bounds, axis=1).max() <= 10


def test_a_start_is_found_where_only_positive_numbers_have_a_value() -> None:
    assert (descend(Settings(function="x1 - log(x1) + x2**2 + x3**2", iterations=1)).objective.start > 0).all()
