"""Line searches: their conditions recomputed at the recorded iterates, where they may give up, and what they ask."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.commandline import LONG, crossed_twice, examples, spread
from support.objectives import objective as objective_of
from support.walks import NAMES, Array, Walk, built, catalogued, starts, walk

from gdanim.catalogue.functions import FORMULAS

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective

SEARCHING = ("armijo", "wolfe", "cg", "lbfgs")
C2 = {"armijo": 1e300, "wolfe": 0.9, "cg": 0.1, "lbfgs": 0.9}
C1 = 1e-4
EPS = 2.0**-52
STEPS = 9 if LONG else 5  # from each start, of runs that are walked together and alone
MOST_ASKED = 62  # the gradient and 61 trials
METHODS = (*SEARCHING, "newton")


def rises_all_around(name: str) -> bool:
    """Whether f far out is above all that it is within the bounds: no line falls without end, and none is flat."""
    objective = catalogued(name)
    angles = np.linspace(0, 2 * np.pi, 65)
    around = np.stack([np.cos(angles), np.sin(angles)], axis=-1)[:, : objective.dim]
    around = around[np.abs(around[:, 0]) > 0.5] if objective.dim == 1 else around
    inside = np.random.default_rng(0).uniform(*objective.bounds.T, (4000, objective.dim))
    return bool(objective.value(1e3 * around).min() > objective.value(inside).max())


SMOOTH_BOWLS = [row.name for row in FORMULAS if row.note != "kink" and rises_all_around(row.name)]


def test_most_rows_are_smooth_and_rise_all_around() -> None:
    assert len(SMOOTH_BOWLS) >= 18
    assert not {"saddle", "monkey_saddle", "easom", "hills", "absolute", "ackley"} & set(SMOOTH_BOWLS)


def holding(found: Walk, c2: float) -> Array:
    """Whether the conditions hold for each step (n, runs), up to the rounding of f and of inner products."""
    before, after = found.slopes
    with np.errstate(over="ignore"):
        fallen = found.f[1:] <= found.f[:-1] + C1 * before + 3 * EPS * np.abs(found.f[:-1])
        rounding = 4 * EPS * (np.abs(found.grad[1:]) * np.abs(found.steps)).sum(axis=-1)
        allowed = c2 * np.abs(before) + rounding
    return fallen & (before < 0) & (np.abs(after) <= allowed)


def nothing_to_gain(objective: Objective, x: Array, grad: Array, lr: float, *, scaled: bool) -> bool:
    """Whether all that the first trial of a line from x can gain is hidden by the rounding of f: it may then give up.

    The gain is that of the parabola along −g, on the share of the way to where it is lowest that the trial goes: lr
    where the direction is `scaled` to that way. What rounding does is seen around x, in what no parabola explains.
    """
    hessian, norm = objective.hessian(x), np.sqrt(grad @ grad)
    if norm == 0:
        return True
    curvature = abs(grad @ hessian @ grad) / norm**2
    away = norm / curvature
    near = np.random.default_rng(0).uniform(-2 * away, 2 * away, (200, objective.dim))
    parabola = near @ grad + 0.5 * np.einsum("ki,ij,kj->k", near, hessian, near)
    noise = np.abs(objective.value(x + near) - objective.value(x) - parabola).max() + EPS * abs(objective.value(x))
    share = min(lr if scaled else lr * curvature, 1.0)
    gain = norm * away * (share - share**2 / 2)
    return bool(away < 1e-4 * max(1.0, np.abs(x).max()) and gain <= 10 * noise)


@settings(max_examples=examples(150))
@example("lbfgs", "gramacy_lee", 10**-2.125, 0)  # the first trial could gain 10⁻¹⁶, as much as rounding takes
@given(
    st.sampled_from(SEARCHING),
    st.sampled_from(SMOOTH_BOWLS),
    st.floats(-3, 1).map(lambda e: 10**e),
    st.integers(0, 2**32),
)
def test_every_step_meets_the_conditions_unless_rounding_hides_all_gain(
    method: str, name: str, lr: float, seed: int
) -> None:
    objective = catalogued(name)
    found = walk(objective, built(method), starts(objective, 4, seed)[1:], 12, lr)
    for k, run in zip(*np.nonzero(~holding(found, C2[method])), strict=True):
        x, grad = found.x[k, run], found.grad[k, run]
        assert nothing_to_gain(objective, x, grad, lr, scaled=method == "lbfgs"), (k, x)


@pytest.mark.parametrize("method", SEARCHING)
def test_no_search_gives_up_where_the_gradient_is_large(method: str) -> None:
    given_up = taken = 0
    for name in SMOOTH_BOWLS:
        found = walk(catalogued(name), built(method), starts(catalogued(name), 20), 15)
        steep = found.norms[:-1] > 1e-3
        given_up += int((steep & ~holding(found, C2[method])).sum())
        taken += int(steep.sum())
    assert (given_up, taken > 1000) == (0, True)


@pytest.mark.parametrize("method", METHODS)
def test_every_function_is_descended_finitely_or_lost_for_good_and_searches_never_climb(method: str) -> None:
    """By no more than two units in the last place of f. Newton's method searches no line, and may climb."""
    rounding = 0.0 if method == "armijo" else 2 * EPS
    for name in NAMES:
        found = walk(catalogued(name), built(method), starts(catalogued(name), 6), 25 if LONG else 8)
        finite = np.isfinite(found.x).all(axis=-1) & np.isfinite(found.f) & np.isfinite(found.grad).all(axis=-1)
        assert (finite[1:] <= finite[:-1]).all(), name
        assert (np.diff(found.evaluations, axis=0) <= MOST_ASKED).all(), name
        climbs = found.f[1:] > found.f[:-1] + rounding * np.abs(found.f[:-1])
        assert method == "newton" or not climbs[np.isfinite(found.f[1:])].any(), name


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "double_well", "absolute", "forrester"])
@pytest.mark.parametrize(("lr", "decrease"), [(1.0, 0.5), (0.3, 0.8), (5.0, 0.1)])
def test_armijo_takes_the_first_trial_that_falls_enough(name: str, lr: float, decrease: float) -> None:
    objective = catalogued(name)
    for start in starts(objective, 6):
        found = walk(objective, built("armijo", decrease=decrease), start, 8, lr)
        for k in np.flatnonzero((found.norms[:-1, 0] > 1e-5) & (found.norms[:-1, 0] < 1e100)):
            x, grad, t = found.x[k, 0], found.grad[k, 0], lr
            while not objective.value(x - t * grad) <= objective.value(x) - C1 * t * (grad @ grad):
                t *= decrease
            np.testing.assert_array_equal(found.x[k + 1, 0], x - t * grad)


@pytest.mark.parametrize("method", ["armijo", "wolfe"])
def test_a_first_trial_that_will_do_is_taken(method: str) -> None:
    found = walk(catalogued("parabola"), built(method), 4.0, 2, lr=0.46875)
    assert found.x[:2, 0, 0].tolist() == [4.0, 0.25]
    assert found.evaluations[1:, 0].tolist() == [2, 3]  # the gradient that a search ended with is not asked again


@pytest.mark.parametrize("method", METHODS)
def test_runs_together_equal_one_at_a_time_bit_for_bit(method: str) -> None:
    hyperparameters: list[dict[str, float]] = [{"damping": 0.0}, {"damping": 0.5}] if method == "newton" else [{}]
    for name, chosen in product(spread(NAMES, 20), hyperparameters):
        objective, start = catalogued(name), starts(catalogued(name), 2)
        together = walk(objective, built(method, **chosen), start, STEPS)
        for run in range(len(start)):
            alone = walk(objective, built(method, **chosen), start[run], STEPS)
            for part in ("x", "f", "grad"):
                np.testing.assert_array_equal(getattr(together, part)[:, run], getattr(alone, part)[:, 0], name)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("text", "start", "minimizer"),
    [
        ("x - log(x)", 0.3, 1.0),
        ("sqrt(x) + 1/x**2", 0.5, 4**0.4),
        ("exp(x**2)", 2.0, 0.0),
        ("-sqrt(1 - x**2)", 0.9, 0.0),
    ],
)
@pytest.mark.parametrize("lr", [1.0, 1000.0])
def test_trials_without_a_value_are_too_far(method: str, text: str, start: float, minimizer: float, lr: float) -> None:
    chosen = {"damping": 1e-3} if method == "newton" else {}
    found = walk(objective_of(text, {}), built(method, **chosen), start, 40, lr)
    assert np.isfinite(found.f).all()
    assert found.f[-1, 0] < found.f[0, 0]
    if method in ("cg", "lbfgs") or (method, lr) == ("newton", 1.0):  # the others take their time
        assert found.x[-1, 0, 0] == pytest.approx(minimizer, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_lost_run_is_not_asked_about_and_disturbs_nobody(method: str) -> None:
    objective = objective_of("x - log(x)", {})
    beside, alone = (walk(objective, built(method), start, 10, 0.5) for start in ([-1.0, 3.0], [3.0]))
    np.testing.assert_array_equal(beside.x[:, 1], alone.x[:, 0])
    assert np.isnan(beside.f[:, 0]).all()
    assert (np.diff(beside.evaluations[:, 0]) == 1).all()


# Every search on two of the functions; on all of them in a campaign.
@pytest.mark.parametrize(("method", "name"), crossed_twice(SEARCHING, ("ellipse", "rosenbrock", "absolute", "ackley")))
def test_a_noisy_direction_never_takes_f_up(method: str, name: str) -> None:
    found = walk(catalogued(name), built(method), starts(catalogued(name), 6), 30, noise=5.0)
    assert (found.f[1:] <= found.f[:-1] * (1 + 2 * EPS)).all()
    assert (found.f[-1] < found.f[0]).all()
    assert not found.steps.any(axis=-1).all()  # some of the directions led uphill, and were not followed


@pytest.mark.parametrize("method", ["wolfe", "cg", "lbfgs"])
def test_a_line_that_falls_without_end_is_followed_for_a_while(method: str) -> None:
    found = walk(objective_of("-x", {}), built(method), 0.0, 3)
    assert (np.diff(found.x[:, 0, 0]) >= 1e10).all()
    assert (np.diff(found.evaluations[:, 0]) < 20).all()
