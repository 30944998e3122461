"""The rows of the catalogue against sympy, jax and their own grids: a new row is tested unasked."""

from __future__ import annotations

import keyword
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np
import pytest
from refine_functions import derivatives, low_points, refined

from gdanim.catalogue.functions import FORMULAS
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gdanim.catalogue.specs import Formula

    Array = NDArray[np.float64]

GRID = {1: 2_001, 2: 400}
# Rows with more local minima than a reader would want listed; catalogue/functions.py says so too.
GLOBAL_ONLY = {"rastrigin", "ackley", "griewank", "levy13", "easom"}

each_row = pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
each_row_with_a_minimum = pytest.mark.parametrize(
    "row", [row for row in FORMULAS if row.minimizers], ids=lambda row: row.name
)


class Oracle:
    """sympy's value (n,), gradient (n, d) and Hessian (n, d, d) of a row at points (n, d)."""

    def __init__(self, row: Formula) -> None:
        self._f, self._gradient, self._hessian = derivatives(row, "numpy")

    def value(self, x: Array) -> Array:
        return _filled(self._f, x, ())

    def gradient(self, x: Array) -> Array:
        return _filled(self._gradient, x, (x.shape[1],))

    def hessian(self, x: Array) -> Array:
        return _filled(self._hessian, x, (x.shape[1], x.shape[1]))


def _filled(function: Callable[..., Any], x: Array, shape: tuple[int, ...]) -> Array:
    """What a lambdified expression says at points (n, d), as an array (n, *shape); sympy leaves constants scalar."""
    entries = function(*x.T)
    flat = [entries] if not shape else entries if len(shape) == 1 else [entry for line in entries for entry in line]
    columns = [np.broadcast_to(np.asarray(entry, dtype=float), len(x)) for entry in flat]
    return np.stack(columns, axis=-1).reshape(len(x), *shape)


def ours(row: Formula) -> FormulaFunctions:
    return FormulaFunctions(parse(row.formula), dict(row.parameters))


def smooth_minimizers(row: Formula) -> tuple[tuple[float, ...], ...]:
    """The minimizers with a positive definite Hessian: all, or all but the first where the note says so."""
    return row.minimizers[1:] if row.note else row.minimizers


def grid(row: Formula) -> tuple[Array, Array]:
    """A grid over the bounds (n, d), and f on it in the grid's own shape."""
    axes = [np.linspace(*interval, GRID[len(row.bounds)]) for interval in row.bounds]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
    return points, Oracle(row).value(points).reshape([len(axis) for axis in axes])


def random_points(row: Formula) -> Array:
    low, high = np.array(row.bounds, dtype=float).T
    return np.random.default_rng(0).uniform(low, high, (200, len(low)))


def descent(row: Formula, start: Array) -> Array:
    """Plain gradient descent with the row's rate and iterations: (iterations + 1, d)."""
    x, gradient = [start], Oracle(row).gradient
    for _ in range(row.iterations):
        x.append(x[-1] - row.lr * gradient(x[-1][np.newaxis])[0])
    return np.array(x)


def relative(row: Formula, steps: Array) -> Array:
    """Lengths (n,) of displacements (n, d), measured in widths of the bounds."""
    low, high = np.array(row.bounds, dtype=float).T
    return np.linalg.norm(steps / (high - low), axis=-1)


def refined_minima(row: Formula) -> Array:
    """Minimizers (n, d) inside the bounds that Newton's method reaches, in doubles, from the low points of the grid."""
    points, values = grid(row)
    x = points[np.ravel_multi_index(tuple(low_points(values).T), values.shape)]
    oracle, identity = Oracle(row), np.eye(x.shape[1])
    low, high = np.array(row.bounds, dtype=float).T
    with np.errstate(all="ignore"):
        for _ in range(60):
            step = np.linalg.solve(oracle.hessian(x) + 1e-12 * identity, -oracle.gradient(x)[..., np.newaxis])[..., 0]
            x = np.clip(x + np.clip(step, -0.1, 0.1), low, high)
        eigenvalues = np.linalg.eigvalsh(oracle.hessian(x))
        still = np.linalg.norm(oracle.gradient(x), axis=-1) < 1e-8 * np.maximum(1, eigenvalues[:, -1])
    return x[still & (eigenvalues[:, 0] > 0)]


def test_names_are_unique_identifiers_that_no_variable_has() -> None:
    names = [row.name for row in FORMULAS]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.islower() and not keyword.iskeyword(name) for name in names)
    assert not {"x", "y", "pi", "e", "tau"} & set(names)


def test_reading_the_catalogue_imports_no_numpy() -> None:
    code = "import sys, gdanim.catalogue.registry; sys.exit('numpy' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@each_row
def test_row_is_whole(row: Formula) -> None:
    dim = len(parse(row.formula).variables)
    assert {len(row.bounds), len(row.start), *map(len, row.minimizers)} == {dim}
    assert all(low < high for low, high in row.bounds)
    assert row.view is None or dim == 1
    assert row.lr > 0
    assert 25 <= row.iterations <= 200
    assert row.source.strip()
    assert (row.minimum is None) == (not row.minimizers) == (row.note == "saddle")
    assert (row.curvature is None) == (row.note in {"saddle", "kink"})


@each_row
def test_parameters_are_those_of_the_formula(row: Formula) -> None:
    assert tuple(sorted(name for name, _ in row.parameters)) == parse(row.formula).parameters


@each_row_with_a_minimum
def test_minimizers_are_the_nearest_doubles_to_the_true_ones(row: Formula) -> None:
    with mp.workdps(40):
        for minimizer in smooth_minimizers(row):
            true = refined(row, minimizer)
            assert true is not None
            error = [abs(exact - stated) for exact, stated in zip(true.x, minimizer, strict=True)]
            assert all(e <= max(math.ulp(c) / 2, 1e-30) for e, c in zip(error, minimizer, strict=True))
        if not row.note:
            first = refined(row, row.minimizers[0])
            assert abs(first.f - row.minimum) <= max(math.ulp(row.minimum) / 2, 1e-30)
            assert float(first.curvature) == pytest.approx(row.curvature, rel=1e-9)


@each_row_with_a_minimum
def test_gradient_vanishes_and_hessian_is_positive_definite_at_minimizers(row: Formula) -> None:
    x = np.array(smooth_minimizers(row)).reshape(-1, len(row.bounds))
    for functions in (Oracle(row), ours(row)):
        eigenvalues = np.linalg.eigvalsh(functions.hessian(x))
        assert np.all(eigenvalues > 0)
        assert np.all(np.linalg.norm(functions.gradient(x), axis=-1) < 1e-8 * np.maximum(1, eigenvalues[:, -1]))
        if not row.note:
            assert eigenvalues[0, -1] == pytest.approx(row.curvature, rel=1e-9)


@each_row_with_a_minimum
def test_f_rises_in_all_directions_from_every_minimizer(row: Formula) -> None:
    functions, x = ours(row), np.array(row.minimizers)
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=-1) if x.shape[1] == 2 else np.array([[-1.0], [1.0]])
    width = min(high - low for low, high in row.bounds)
    around = functions.value(x[:, np.newaxis] + 1e-3 * width * directions)
    assert np.all(around > functions.value(x)[:, np.newaxis])


@each_row_with_a_minimum
def test_stated_minimum_is_f_at_the_first_minimizer_and_the_others_follow_in_order(row: Formula) -> None:
    values = ours(row).value(np.array(row.minimizers))
    assert values[0] == pytest.approx(row.minimum, rel=1e-12, abs=1e-12)
    assert np.all(np.diff(values) >= -1e-12 * np.maximum(1, np.abs(values[1:])))


@each_row_with_a_minimum
def test_no_point_of_a_grid_lies_below_the_stated_minimum(row: Formula) -> None:
    assert row.minimum is not None
    assert grid(row)[1].min() >= row.minimum - 1e-13 * max(1, abs(row.minimum))


@each_row
def test_every_minimum_that_the_grid_leads_to_is_listed(row: Formula) -> None:
    found = refined_minima(row)
    if row.name in GLOBAL_ONLY:
        found = found[Oracle(row).value(found) <= row.minimum + 1e-9]
    listed = np.array(row.minimizers).reshape(-1, len(row.bounds))
    distances = np.linalg.norm(found[:, np.newaxis] - listed, axis=-1)
    unlisted = found[~np.any(distances < 1e-6, axis=1)]
    assert not len(unlisted), unlisted


@each_row
def test_default_descent_stays_inside_the_bounds_and_ends_lower(row: Formula) -> None:
    x = descent(row, np.array(row.start))
    low, high = np.array(row.bounds, dtype=float).T
    assert np.all((x >= low) & (x <= high))
    f = Oracle(row).value(x[[0, -1]])
    assert f[1] < f[0]


@each_row
def test_default_descent_can_be_followed_by_eye(row: Formula) -> None:
    steps = relative(row, np.diff(descent(row, np.array(row.start)), axis=0))
    assert steps.sum() > 0.04
    assert np.count_nonzero(steps > 5e-4) >= 10  # a quarter of a pixel
    assert np.count_nonzero(np.cumsum(steps) < 0.75 * steps.sum()) >= 3  # not over in three steps


@each_row
def test_default_descent_arrives_at_a_minimizer_or_the_row_says_what_trap_it_shows(row: Formula) -> None:
    if row.trap:
        return
    end = descent(row, np.array(row.start))[-1]
    oracle = Oracle(row)
    x = end[np.newaxis]
    for _ in range(20):
        x = x - np.linalg.solve(oracle.hessian(x), oracle.gradient(x)[..., np.newaxis])[..., 0]
    assert np.linalg.eigvalsh(oracle.hessian(x)).min() > 0 or row.note == "kink"
    low, high = np.array(row.bounds, dtype=float).T
    minimizers = np.concatenate([x, np.array(row.minimizers).reshape(-1, len(low))])
    assert np.linalg.norm(minimizers - end, axis=1).min() < 0.02 * np.linalg.norm(high - low)


@each_row
def test_default_descent_looks_the_same_where_the_last_digits_differ(row: Formula) -> None:
    start = np.array(row.start)
    moved = relative(row, descent(row, start + 1e-12) - descent(row, start))
    assert moved.max() < 1e-8


@each_row
def test_our_derivatives_agree_with_sympy(row: Formula) -> None:
    x, functions, oracle = random_points(row), ours(row), Oracle(row)
    np.testing.assert_allclose(functions.value(x), oracle.value(x), rtol=1e-10)
    np.testing.assert_allclose(functions.gradient(x), oracle.gradient(x), rtol=1e-10)
    np.testing.assert_allclose(functions.hessian(x), oracle.hessian(x), rtol=1e-10)


@each_row
def test_our_derivatives_agree_with_jax(row: Formula) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    functions = ("sin", "cos", "exp", "sqrt", "abs", "hypot")
    names = {name: getattr(jax.numpy, name) for name in functions} | {"pi": math.pi, "e": math.e}
    code = compile(row.formula, row.name, "eval")

    def f(point: Any) -> Any:
        return eval(code, {**names, **dict(row.parameters), **dict(zip("xy", point, strict=False))})

    x = random_points(row)
    gradient, hessian = (np.asarray(jax.vmap(derivative(f))(x)) for derivative in (jax.grad, jax.hessian))
    np.testing.assert_allclose(ours(row).gradient(x), gradient, rtol=1e-10)
    np.testing.assert_allclose(ours(row).hessian(x), hessian, rtol=1e-10)
