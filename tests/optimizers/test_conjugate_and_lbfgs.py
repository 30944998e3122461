"""cg and lbfgs: how soon they arrive, and their directions against matrices and formulas written out."""

from __future__ import annotations

import numpy as np
import pytest
from support.walks import NAMES, Array, built, catalogued, starts, walk

from gdanim.catalogue.functions import FORMULAS


def is_convex(name: str) -> bool:
    objective = catalogued(name)
    inside = np.random.default_rng(0).uniform(*objective.bounds.T, (4000, objective.dim))
    return bool(np.linalg.eigvalsh(objective.hessian(inside)).min() >= -1e-12)


CONVEX = [row.name for row in FORMULAS if row.note != "kink" and is_convex(row.name)]


def test_the_smooth_convex_rows_are_these() -> None:
    assert set(CONVEX) == {"parabola", "quartic", "ellipse", "booth", "matyas"}


@pytest.mark.parametrize("name", CONVEX)
@pytest.mark.parametrize("method", ["cg", "lbfgs"])
def test_a_smooth_convex_function_is_solved_within_200_evaluations(method: str, name: str) -> None:
    found = walk(catalogued(name), built(method), starts(catalogued(name), 500), 60)
    arrived = found.norms < 1e-8
    assert arrived.any(axis=0).all()
    before = np.take_along_axis(found.evaluations, arrived.argmax(axis=0)[np.newaxis], axis=0)
    assert before.max() + 1 <= 200  # with the gradient that shows it


@pytest.mark.parametrize("name", ["ellipse", "booth", "matyas"])
def test_cg_with_exact_searches_ends_on_a_quadratic_after_two_steps(name: str) -> None:
    found = walk(catalogued(name), built("cg", c2=1e-10), starts(catalogued(name), 20), 2)
    assert (found.norms[1] > 1e-3).mean() > 0.9
    assert (found.norms[2] < 1e-8 * found.norms[0]).all()


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "booth", "ellipse"])
def test_cg_goes_in_the_direction_of_polak_and_ribiere(name: str) -> None:
    found = walk(catalogued(name), built("cg"), catalogued(name).start, 6)
    x, g = found.x[:, 0], found.grad[:, 0]
    d = -g[0]
    assert_parallel(x[1] - x[0], d)
    for k in range(1, np.argmin(found.norms[:6, 0] > 1e-4) or 6):
        beta = max(0.0, g[k] @ (g[k] - g[k - 1]) / (g[k - 1] @ g[k - 1]))
        d = -g[k] + beta * d
        d = d if g[k] @ d < 0 else -g[k]
        assert_parallel(x[k + 1] - x[k], d)


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "goldstein_price"])
@pytest.mark.parametrize("history", [1, 3, 20])
def test_lbfgs_goes_in_the_direction_of_the_bfgs_matrix(name: str, history: int) -> None:
    found = walk(catalogued(name), built("lbfgs", history=history), catalogued(name).start, 8)
    x, g = found.x[:, 0], found.grad[:, 0]
    s, y = np.diff(x, axis=0), np.diff(g, axis=0)
    for k in range(8):
        pairs = [(s[i], y[i]) for i in range(max(0, k - history), k)]
        if found.norms[k, 0] > 1e-4:
            assert_parallel(s[k], -inverse_hessian(pairs) @ g[k])


def inverse_hessian(pairs: list[tuple[Array, Array]]) -> Array:
    """The matrix that BFGS makes of the pairs, over γI. Source: Nocedal & Wright 2006, (6.17), (7.20)."""
    if not pairs:
        return np.eye(2)
    s, y = pairs[-1]
    matrix = s @ y / (y @ y) * np.eye(2)
    for s, y in pairs:
        assert s @ y > 0  # as the Wolfe conditions promise
        left = np.eye(2) - np.outer(s, y) / (s @ y)
        matrix = left @ matrix @ left.T + np.outer(s, s) / (s @ y)
    return matrix


def assert_parallel(step: Array, direction: Array) -> None:
    np.testing.assert_allclose(step / np.linalg.norm(step), direction / np.linalg.norm(direction), atol=1e-9)


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "branin", "styblinski_tang", "dixon_price", "two_wells"])
@pytest.mark.parametrize("method", ["cg", "lbfgs"])
def test_a_well_with_curvature_is_solved_to_the_last_digits(method: str, name: str) -> None:
    # f* is not 0 in most of these: what is left of f is lost in rounding long before ∇f is.
    found = walk(catalogued(name), built(method), starts(catalogued(name), 30), 60)
    assert np.median(found.norms.min(axis=0)) < 1e-10


@pytest.mark.parametrize("name", NAMES)
def test_the_longest_history_changes_nothing_that_is_not_there(name: str) -> None:
    start = starts(catalogued(name), 3)
    short, long = (walk(catalogued(name), built("lbfgs", history=history), start, 5) for history in (5, 100))
    np.testing.assert_array_equal(short.x, long.x)
