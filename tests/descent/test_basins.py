"""Where descents end: against solve() start by start, and against what is known of the functions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commandline import crossed_twice
from support.objectives import objective as catalogued
from support.problems import formula

from gdanim.catalogue import registry
from gdanim.catalogue.optimizers import METHODS
from gdanim.descent import endpoints
from gdanim.descent.attractors import FAILED, NEAR, NOWHERE, UNSETTLED, assign
from gdanim.descent.basins import affordable, basins, basins_of_run, grid
from gdanim.descent.descend import descend
from gdanim.descent.runs import default_rate, stream_of
from gdanim.descent.solver import solve
from gdanim.descent.stepping import Conditions
from gdanim.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.descent.basins import Basins
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

    Array = NDArray[np.float64]

# Sums and products alone: an exponential or a sine may differ in its last bit with how its arguments lie in memory.
POLYNOMIAL = ("himmelblau", "camel6", "goldstein_price", "double_well")
PARABOLA = formula("x**2", (-6, 6), minimizers=((0.0,),))


@cache
def problem(name: str) -> Objective:
    return catalogued(name, {})


def method(text: str) -> Optimizer:
    built: Optimizer = registry.optimizer(text).build()
    return built


def cells_of(objective: Objective, *size: int) -> Array:
    limits = tuple((float(low), float(high)) for low, high in objective.bounds)
    return grid(limits, (size[0], size[-1]), most=10**6)


def rates_of(objective: Objective, name: str, iterations: int) -> Array:
    return np.full(iterations, default_rate(registry.optimizer(name), objective))


def found(
    objective: Objective, size: int, iterations: int, name: str = "gd", lr: float = 0.0, **conditions: Any
) -> Basins:
    rates = np.full(iterations, lr) if lr else rates_of(objective, name, iterations)
    return basins(objective, method(name), cells_of(objective, size), rates, Conditions(**conditions))


def assert_ends_as_solved(objective: Objective, name: str, start: Array, rates: Array, conditions: Conditions) -> None:
    """Every run that did not come to rest ends where solve() ends, bit for bit; the others where they rest."""
    ends = endpoints.find_endpoints(objective, method(name), start, rates, conditions)
    n = len(start)
    path = solve(objective, method(name), start, np.tile(rates, (n, 1)), len(rates), conditions, streams=(0,) * n)
    assert ends.defined.all()
    assert ends.failed.tolist() == [stop.failed for stop in path.stop]
    last = path.x[np.arange(n), path.last]
    exact = np.all(ends.x == last, axis=1)
    assert np.array_equal(ends.f[exact], path.f[np.arange(n), path.last][exact])
    away = np.abs(ends.x - last) / np.ptp(objective.bounds, axis=1)
    assert away.max() <= 1e-6
    moving = np.abs(path.x[:, -1] - path.x[:, -min(9, path.x.shape[1])]).max(axis=1) > 1e-6
    assert exact[moving].all()
    assert exact.any()


# Every method on two of the functions; on all of them in a campaign.
@pytest.mark.parametrize(("function", "name"), crossed_twice(POLYNOMIAL, [entry.name for entry in METHODS]))
def test_every_start_ends_where_the_solver_ends(function: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "BLOCK", 64)
    objective = problem(function)
    start = cells_of(objective, 13).reshape(-1, objective.dim)
    assert_ends_as_solved(objective, name, start, rates_of(objective, name, 45), Conditions())


CONDITIONS = (
    Conditions(tolerance=0.5),
    Conditions(budget=37),
    Conditions(budget=60, tolerance=1e-3),
    Conditions(noise=3.0, seed=7),
    Conditions(noise=1.0, tolerance=2.0),
)
ENDED = ("gd", "adam", "armijo", "lbfgs", "cg")


@pytest.mark.parametrize(("name", "conditions"), crossed_twice(ENDED, CONDITIONS))
def test_tolerance_budget_and_noise_end_a_run_as_in_the_solver(name: str, conditions: Conditions) -> None:
    objective = problem("himmelblau")
    start = cells_of(objective, 9).reshape(-1, 2)
    assert_ends_as_solved(objective, name, start, rates_of(objective, name, 50), conditions)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(POLYNOMIAL), st.floats(1e-5, 0.2), st.integers(0, 70), st.integers(0, 2**16))
def test_any_rate_ends_as_in_the_solver_diverged_or_not(function: str, lr: float, iterations: int, seed: int) -> None:
    objective = problem(function)
    start = np.random.default_rng(seed).uniform(*objective.bounds.T, (20, objective.dim))
    ends = endpoints.find_endpoints(objective, method("gd"), start, np.full(iterations, lr))
    path = solve(objective, method("gd"), start, np.full(20, lr), iterations)
    assert ends.failed.tolist() == [stop.failed for stop in path.stop]
    width = np.ptp(objective.bounds, axis=1)
    shorter = np.abs(ends.x - path.x[np.arange(20), path.last]) <= 1e-6 * width
    assert shorter.all()


def test_a_schedule_gives_each_iteration_its_rate() -> None:
    objective = problem("himmelblau")
    start = cells_of(objective, 7).reshape(-1, 2)
    assert_ends_as_solved(objective, "momentum", start, 2e-3 * 0.93 ** np.arange(60), Conditions())


@settings(deadline=None, max_examples=25)
@given(st.floats(0.02, 1.98), st.integers(2, 40))
def test_on_a_parabola_all_cells_lead_to_0_below_lr_1_and_diverge_above(lr: float, size: int) -> None:
    if abs(lr - 1) < 0.02:
        lr += 0.05
    # |x| changes by the factor |1 − 2lr|, at least 1.04 or at most 0.96: 1000 iterations are enough from anywhere.
    attractor = found(PARABOLA, 2 * size, 1000, lr=lr).attractor
    assert (attractor == (0 if lr < 1 else FAILED)).all()


def test_with_a_tiny_rate_the_border_between_two_wells_is_the_local_maximum() -> None:
    objective = problem("double_well")
    cells = cells_of(objective, 997)
    attractor = found(objective, 997, 4000, lr=1e-3).attractor
    top = np.sort(np.roots([4.0, 0.0, -36.0, 2.0]).real)[1]  # f′ = 4x³ − 36x + 2
    assert objective.minimizers[0] < top < objective.minimizers[1]
    assert np.array_equal(attractor, np.where(cells[:, 0] < top, 0, 1))


def test_newton_steps_on_a_quadratic_lead_everywhere_to_its_minimizer_at_once() -> None:
    objective = formula("x**2 + 10*y**2 + x*y", minimizers=((0.0, 0.0),))
    assert not found(objective, 30, 1, "newton").attractor.any()


def test_newton_on_a_quartic_well_has_the_borders_that_its_formula_gives() -> None:
    # f = x⁴/4 − x²/2, with |f″| in the place of f″: x − (x³ − x)/|3x² − 1|, iterated by hand from each cell.
    objective = formula("x**4/4 - x**2/2", (-3, 3), minimizers=((-1.0,), (1.0,)))
    cells = cells_of(objective, 400)
    x = cells[:, 0].copy()
    for _ in range(60):
        x = x - (x**3 - x) / np.abs(3 * x**2 - 1)
    assert (np.abs(np.abs(x) - 1) < 1e-9).all()
    assert np.array_equal(found(objective, 400, 60, "newton").attractor, (x > 0).astype(int))


@pytest.mark.parametrize("name", ["gd", "momentum", "adam", "newton"])
def test_a_function_that_is_its_mirror_image_has_basins_that_are(name: str) -> None:
    objective = problem("camel6")  # f(−x, −y) = f(x, y); minimizers 0 and 1, 2 and 3, 4 and 5 are mirror images
    attractor = found(objective, 40, 200, name).attractor
    partner = np.where(attractor >= 0, attractor ^ 1, attractor)
    assert np.array_equal(attractor[::-1, ::-1], partner)
    assert set(attractor.ravel()) >= set(range(6))


def test_minimizers_that_the_catalogue_does_not_name_are_found_from_the_ends_the_lowest_first() -> None:
    objective = problem("rastrigin")
    assert len(objective.minimizers) == 1
    seen = found(objective, 102, 100)
    f = objective.value(seen.attractors)
    assert len(seen.attractors) == 121
    assert np.array_equal(seen.attractors[0], [0.0, 0.0])
    assert (np.diff(f[1:]) >= 0).all()
    in_one = np.array(problem("rastrigin1").minimizers)[:, 0]
    apart = np.abs(seen.attractors[..., np.newaxis] - in_one).min(axis=-1)
    assert apart.max() < 1e-4
    # Every well is about as wide as the others: the walls stand near the halves.
    cells = cells_of(objective, 102)
    inner = np.all(np.abs(cells % 1 - 0.5) > 0.1, axis=-1) & (np.abs(cells).max(axis=-1) < 4.4)
    assert np.array_equal(np.rint(seen.attractors[seen.attractor[inner]]), np.rint(cells[inner]))


@pytest.mark.parametrize("name", ["gd", "signsgd", "adam", "armijo"])
def test_kinks_are_attractors_though_no_descent_rests_there(name: str) -> None:
    objective = formula("abs(abs(x) - 2)", (-5, 5))
    seen = found(objective, 200, 200, name, lr=0.05)
    np.testing.assert_allclose(np.sort(seen.attractors[:, 0]), [-2, 2], atol=0.06)
    sides = seen.attractors[seen.attractor, 0] > 0
    assert np.array_equal(sides, cells_of(objective, 200)[:, 0] > 0)


def test_a_saddle_is_no_destination_and_a_slope_without_end_neither() -> None:
    assert (found(problem("saddle"), 21, 65).attractor == UNSETTLED).all()
    assert (found(formula("x", (-5, 5)), 21, 10).attractor == UNSETTLED).all()


def test_a_plain_where_nothing_moves_is_no_destination() -> None:
    objective = problem("easom")  # flat beyond a few units from (π, π)
    attractor = found(objective, 50, 50).attractor
    far = np.abs(cells_of(objective, 50) - np.pi).max(axis=-1) > 7
    assert (attractor[far] == UNSETTLED).all()
    assert (attractor == 0).any()


def test_cells_without_value_or_slope_are_nowhere_and_those_that_step_out_of_the_domain_have_failed() -> None:
    objective = formula("x - log(x)", (-2, 40), minimizers=((1.0,),))
    x = cells_of(objective, 420)[:, 0]
    attractor = found(objective, 420, 1, lr=8.0).attractor
    assert (attractor[x < 0] == NOWHERE).all()
    x, attractor = x[x > 0], attractor[x > 0]
    after = x - 8 * (1 - 1 / x)
    left = after < 0
    assert left.any()
    assert np.array_equal(attractor == FAILED, left)


def test_an_end_counts_as_arrived_only_near_and_with_no_hill_between() -> None:
    slow = found(PARABOLA, 240, 10, lr=1e-3)
    x = np.abs(cells_of(PARABOLA, 240)[:, 0]) * (1 - 2e-3) ** 10
    assert np.array_equal(slow.attractor == 0, x <= NEAR * 12)
    # Minimizers at odd multiples of π/40, each less than NEAR from the edges of its well; the last are out of bounds.
    wells = formula("cos(40*x)", (-1, 1), minimizers=((np.pi / 40,),))
    seen = found(wells, 400, 200, lr=2e-4)
    well = np.floor(cells_of(wells, 400)[:, 0] * 20 / np.pi)
    assert len(seen.attractors) == len(np.unique(well)) == 14
    assert np.array_equal(np.floor(seen.attractors[seen.attractor, 0] * 20 / np.pi), well)


def test_no_cell_depends_on_which_others_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    objective = problem("himmelblau")
    whole = found(objective, 40, 60)
    monkeypatch.setattr(endpoints, "BLOCK", 77)
    assert np.array_equal(found(objective, 40, 60).attractor, whole.attractor)
    some = basins(objective, method("gd"), cells_of(objective, 40)[3:9, 5:7], rates_of(objective, "gd", 60))
    assert np.array_equal(some.attractor, whole.attractor[3:9, 5:7])


def test_the_basins_of_a_run_are_those_of_its_own_method_rate_and_noise() -> None:
    request = Settings(
        function="himmelblau", optimizer=("gd", "adam:lr=0.3"), lr=(0.01, 0.02), schedule=("exponential",), noise=2.0
    )
    objective = problem("himmelblau")
    cells = cells_of(objective, 12)
    stream = stream_of(objective.start)
    runs = descend(request).runs
    for run, (name, lr) in zip(runs, [("gd", 0.01), ("gd", 0.02), ("adam", 0.3)], strict=True):
        own = basins(objective, method(name), cells, lr * 0.95 ** np.arange(30), Conditions(noise=2.0), stream=stream)
        asked = basins_of_run(objective, run, objective.start, 30, Conditions(noise=2.0), lambda most: cells)
        assert np.array_equal(asked.attractor, own.attractor)


def test_what_is_found_cannot_be_changed() -> None:
    seen = found(PARABOLA, 5, 5)
    for array in (seen.attractor, seen.attractors):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_picture_has_a_cell_for_each_pixel_or_fewer_where_they_are_dear() -> None:
    objective = problem("himmelblau")
    assert grid(((-1, 1), (0, 3)), (640, 480), most=640 * 480).shape == (480, 640, 2)
    assert grid(((-1, 1),), (500, 1), most=10**6).shape == (500, 1)
    rows, columns, _ = grid(((-1, 1), (0, 3)), (640, 480), most=30_000).shape
    assert rows * columns == pytest.approx(30_000, rel=0.02)
    assert columns / rows == pytest.approx(640 / 480, rel=0.02)
    np.testing.assert_allclose(grid(((-1, 1),), (4, 1), most=10)[:, 0], [-0.75, -0.25, 0.25, 0.75])
    cheap = affordable(objective, method("gd"), np.full(200, 0.01))
    assert cheap == 640 * 480
    assert affordable(objective, method("armijo"), np.ones(200)) < affordable(objective, method("cg"), np.ones(200))
    assert affordable(objective, method("cg"), np.ones(200)) < cheap
    assert affordable(objective, method("gd"), np.full(2000, 0.01)) == pytest.approx(cheap / 10, rel=0.01)


def test_an_optimizer_that_remembers_more_has_fewer_cells() -> None:
    objective = problem("himmelblau")
    some, more = (affordable(objective, method(f"lbfgs:history={history}"), np.ones(200)) for history in (3, 30))
    assert more < some


def test_an_end_near_an_attractor_but_behind_a_hill_has_not_come_to_it() -> None:
    """0.3 is 3 % of the width away from 0, within reach of what still moves about it; cos(20x) rises in between."""
    wells = formula("-cos(20*x)", (-5, 5))
    x = np.array([[0.0], [0.03], [2 * np.pi / 20]])
    assert assign(wells, x, wells.value(x), np.zeros((1, 1))).tolist() == [0, 0, UNSETTLED]
