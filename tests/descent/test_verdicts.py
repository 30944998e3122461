"""Verdicts against the theory of gradient descent on quadratics, paths made by hand, and invariances."""

from __future__ import annotations

import math
import tracemalloc
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.objectives import objective as catalogued
from support.problems import formula

from gdanim.catalogue import registry
from gdanim.catalogue.functions import FORMULAS
from gdanim.descent import verdicts as module
from gdanim.descent.solver import solve
from gdanim.descent.trajectory import Stop
from gdanim.descent.verdicts import Verdict, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.objectives.objective import Objective

MONOTONE, OSCILLATING, CONVERGING, STALLED, DIVERGING = (
    Verdict.MONOTONE, Verdict.OSCILLATING, Verdict.CONVERGING, Verdict.STALLED, Verdict.DIVERGING,
)  # fmt: skip
PARABOLA = formula("x**2", (-6, 6))
ELLIPSE = formula("x**2 + 10*y**2", (-5, 5), (-5, 5))
SADDLE = formula("x**2 - y**2", (-2, 2), (-2, 2))

Path = Any  # (runs, n+1, d)


def solved(name: str, optimizer: str, n: int, lr: float = 1.0) -> Verdict:
    """The verdict on a descent on a catalogue function from its start."""
    objective = catalogued(name, {})
    start = np.array([objective.start], dtype=float)
    trajectory = solve(objective, registry.optimizer(optimizer).build(), start, np.array([lr]), n)
    return verdicts(objective, trajectory)[0]


def recorded(objective: Objective, x: Path, *, last: Any = None, stop: Any = None) -> Any:
    """What the verdict needs of a trajectory whose points are given."""
    x = np.asarray(x, dtype=float).reshape(len(x), -1, objective.dim)
    runs, rows = x.shape[:2]
    last = np.full(runs, rows - 1) if last is None else np.array(last)
    return SimpleNamespace(
        x=x,
        f=objective.value(x),
        grad=objective.gradient(x),
        last=last,
        stop=stop or (Stop.STEP_LIMIT,) * runs,
        since=last,
    )


def verdict(objective: Objective, x: Any, stop: Stop = Stop.STEP_LIMIT) -> Verdict:
    """The verdict on one run that went over these points."""
    return verdicts(objective, recorded(objective, [x], stop=(stop,)))[0]


def descended(objective: Objective, start: Any, lr: float, n: int, momentum: float = 0.0) -> list[Any]:
    """The points of gradient descent, or of the heavy ball, in a plain loop."""
    x, v = np.array(start, dtype=float), np.zeros(objective.dim)
    points = [x]
    for _ in range(n):
        v = momentum * v - lr * objective.gradient(x)
        x = x + v
        points.append(x)
    return points


def geometric(start: Any, factors: Any, n: int) -> Path:
    """The closed form of gradient descent on a quadratic: each eigencomponent is multiplied by 1 − lr·λ."""
    return np.array(start) * np.array(factors) ** np.arange(n + 1)[:, np.newaxis]


@pytest.mark.parametrize(
    ("lr", "expected"),
    [
        (0.05, MONOTONE), (0.1, MONOTONE), (0.45, MONOTONE), (0.5, MONOTONE), (0.9, OSCILLATING), (0.95, OSCILLATING),
        (1.0, OSCILLATING), (1.001, DIVERGING), (1.05, DIVERGING), (1e-6, STALLED),
    ],
)  # fmt: skip
def test_the_classroom_parabola(lr: float, expected: Verdict) -> None:
    assert verdict(PARABOLA, descended(PARABOLA, [4.3], lr, 25)) is expected


products = {
    MONOTONE: st.floats(0.05, 1.0),
    OSCILLATING: st.floats(1.02, 2.0),
    DIVERGING: st.floats(2.02, 3.0),
}


@pytest.mark.parametrize("expected", products)
@given(data=st.data(), start=st.floats(1, 5), n=st.integers(10, 80))
def test_on_x_squared_the_theory_decides(expected: Verdict, data: Any, start: float, n: int) -> None:
    product = data.draw(products[expected], "lr·λ")
    assert verdict(PARABOLA, geometric([start], [1 - product], n)) is expected


starts = st.tuples(*[st.floats(0.5, 5) | st.floats(-5, -0.5)] * 2)
# A zigzag that dies out sooner is none; see the runs whose first turns do not make them oscillate.
across_the_valley = {MONOTONE: st.floats(0.2, 1), OSCILLATING: st.floats(1.6, 2.0), DIVERGING: st.floats(2.1, 3)}


@pytest.mark.parametrize("expected", products)
@given(data=st.data(), start=starts)
def test_on_an_ellipse_the_largest_eigenvalue_decides(expected: Verdict, data: Any, start: Any) -> None:
    lr = data.draw(across_the_valley[expected], "lr·λ") / 20
    assert verdict(ELLIPSE, geometric(start, [1 - 2 * lr, 1 - 20 * lr], 60)) is expected


@pytest.mark.parametrize("expected", products)
@settings(max_examples=40)
@given(data=st.data(), start=starts, angle=st.floats(0, math.pi))
def test_turning_the_ellipse_does_not_change_that(expected: Verdict, data: Any, start: Any, angle: float) -> None:
    lr = data.draw(across_the_valley[expected], "lr·λ") / 20
    cos, sin = math.cos(angle), math.sin(angle)
    hessian = np.array([[cos, -sin], [sin, cos]]) @ np.diag([1, 10]) @ np.array([[cos, sin], [-sin, cos]])
    a, b, c = hessian[0, 0], 2 * hessian[0, 1], hessian[1, 1]
    turned = formula(f"{a:.17f}*x**2 + ({b:.17f})*x*y + {c:.17f}*y**2", (-5, 5), (-5, 5))
    points = geometric(start, [1 - 2 * lr, 1 - 20 * lr], 60) @ np.array([[cos, sin], [-sin, cos]])
    assert verdict(turned, points) is expected


@pytest.mark.parametrize("n", range(2, 11))
@pytest.mark.parametrize("lr", [0.9, 0.95, 1.0])
def test_few_iterations_are_enough_to_see_a_parabola_crossed_again_and_again(lr: float, n: int) -> None:
    assert verdict(PARABOLA, descended(PARABOLA, [4.3], lr, n)) is OSCILLATING


@pytest.mark.parametrize("n", range(3, 11))
def test_few_iterations_are_enough_to_see_a_zigzag(n: int) -> None:
    assert verdict(ELLIPSE, descended(ELLIPSE, [-4.5, 3.0], 0.09, n)) is OSCILLATING


@pytest.mark.parametrize("n", [20, 60, 1000])
def test_a_zigzag_of_three_turns_before_a_long_smooth_way_does_not_oscillate(n: int) -> None:
    points = descended(ELLIPSE, [-4.5, 3.0], 0.06, n)
    assert verdict(ELLIPSE, points) is MONOTONE


@pytest.mark.parametrize(
    ("name", "optimizer", "n", "expected"),
    [
        ("ellipse", "cg", 60, MONOTONE),  # at rest after four steps
        ("quartic", "cg", 60, MONOTONE),
        ("dixon_price", "cg", 150, MONOTONE),
        ("rosenbrock", "newton", 150, CONVERGING),  # f rises to thirty times what it was
        ("camel6", "newton", 40, CONVERGING),
        ("himmelblau", "wolfe", 40, MONOTONE),
    ],
)
def test_a_method_that_takes_a_few_steps_to_the_minimum_does_not_oscillate(
    name: str, optimizer: str, n: int, expected: Verdict
) -> None:
    assert solved(name, optimizer, n) is expected


@given(first=st.floats(0.5, 4), side=st.sampled_from([1e-4, -1e-4]), ratio=st.floats(-0.9, -0.1))
def test_turns_that_nobody_sees_do_not_make_a_run_oscillate(first: float, side: float, ratio: float) -> None:
    points = np.array([first, *side * ratio ** np.arange(30)])
    assert verdict(PARABOLA, points[:, np.newaxis]) is MONOTONE


@given(turns=st.integers(0, 3), n=st.integers(20, 200))
def test_a_few_turns_before_a_long_smooth_way_do_not_make_a_run_oscillate(turns: int, n: int) -> None:
    wobble = 5 - 0.5 * (np.arange(turns + 1) % 2)
    way = wobble[-1] * 0.97 ** np.arange(1, n)
    assert verdict(PARABOLA, np.array([*wobble, *way])[:, np.newaxis]) in (MONOTONE, CONVERGING)


def test_a_zigzag_that_is_over_in_a_tenth_of_the_way_does_not_make_a_run_oscillate() -> None:
    narrow = formula("x**2 + 100*y**2", (-5, 5), (-5, 5))
    points = descended(narrow, [5.0, 3.0], 1.5 / 200, 150)
    assert len(set(np.sign(np.array(points)[:8, 1]))) == 2  # it crosses the valley seven times
    assert verdict(narrow, points) is MONOTONE


def test_a_tremor_that_is_small_beside_the_steps_is_no_oscillation() -> None:
    slope = formula("10 - x + y**2", (-5, 5), (-5, 5))
    k = np.arange(31)
    assert verdict(slope, np.stack([0.3 * k - 4.5, 0.007 * (-1.0) ** k], axis=1)) is MONOTONE


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("product", "expected"), [(0.2, CONVERGING), (1.6, OSCILLATING)])
def test_noise_about_a_minimum_oscillates_only_where_the_rate_is_high(
    product: float, expected: Verdict, seed: int
) -> None:
    points = [4.3]
    for shake in np.random.default_rng(seed).normal(0, 0.1, 600):
        points.append((1 - product) * points[-1] + shake)
    assert verdict(PARABOLA, np.array(points)[:, np.newaxis]) is expected


def test_a_run_that_was_cut_short_needs_fewer_turns_than_one_that_met_its_tolerance() -> None:
    points = np.array([4.3, -0.5, 0.1, -0.02, 0.0])[:, np.newaxis]
    assert verdict(PARABOLA, points, Stop.STEP_LIMIT) is OSCILLATING
    assert verdict(PARABOLA, points, Stop.CONVERGED) is MONOTONE


def test_a_fixed_step_ends_oscillating_at_a_kink() -> None:
    assert verdict(formula("abs(x)"), descended(formula("abs(x)"), [4.3], 0.2, 30)) is OSCILLATING


def test_a_zigzag_across_a_narrow_valley_oscillates_though_f_falls_in_every_step() -> None:
    points = descended(ELLIPSE, [-4.5, 3.0], 0.09, 60)
    assert (np.diff(ELLIPSE.value(np.array(points))) < 0).all()
    assert verdict(ELLIPSE, points) is OSCILLATING


def test_chaos_in_a_double_well_oscillates() -> None:
    well = formula("(x**2 - 1)**2/4", (-2, 2))
    points = np.array(descended(well, [0.3], 1.9, 60))
    assert np.abs(points).max() < 1.4  # the map is bounded by 1.379
    assert verdict(well, points) is OSCILLATING


def test_chaos_between_many_wells_oscillates() -> None:
    levy = catalogued("levy13", {})
    assert verdict(levy, descended(levy, levy.start, 4 * levy.lr, levy.iterations)) is OSCILLATING


def test_bouncing_for_ever_below_the_start_oscillates() -> None:
    angle = np.arange(40) * 2.2
    points = [[5.0, 5.0], *np.stack([2 * np.cos(angle), np.sin(angle)], axis=1)]
    assert verdict(ELLIPSE, points) is OSCILLATING


@pytest.mark.parametrize("lr", [0.005, 0.01, 0.02, 0.05])
def test_momentum_that_overshoots_and_comes_back_converges(lr: float) -> None:
    points = descended(PARABOLA, [4.3], lr, 60, momentum=0.9)
    assert min(points) < 0
    assert verdict(PARABOLA, points) is CONVERGING


def test_momentum_whose_swings_die_down_converges() -> None:
    points = descended(PARABOLA, [4.3], 0.45, 48, momentum=0.9)  # each swing takes three steps
    assert verdict(PARABOLA, points) is CONVERGING


def test_a_descent_with_a_hump_that_still_goes_on_converges() -> None:
    points = descended(SADDLE, [1.6, 0.02], 0.008, 57, momentum=0.9)
    f = SADDLE.value(np.array(points))
    assert (np.diff(f) > 0).any()
    assert f[-1] < f[0] - 1
    assert verdict(SADDLE, points) is CONVERGING


@given(
    growth=st.floats(1.001, 3), n=st.integers(2, 60), offset=st.floats(-100, 100), swing=st.sampled_from([1.0, -1.0])
)
def test_f_that_ends_as_high_as_never_before_diverges(growth: float, n: int, offset: float, swing: float) -> None:
    shifted = formula(f"x**2 + ({offset!r})", (-6, 6))
    assert verdict(shifted, geometric([1.5], [swing * growth], n)) is DIVERGING


def test_a_diverged_run_is_diverging_wherever_f_went() -> None:
    assert verdict(PARABOLA, geometric([4.0], [0.8], 20), Stop.DIVERGED) is DIVERGING
    assert verdict(PARABOLA, [[4.0]], Stop.DIVERGED) is DIVERGING


@given(n=st.integers(1, 300), across=st.floats(0.0, 1.5))
def test_on_a_saddle_the_edge_of_the_picture_decides(n: int, across: float) -> None:
    y = 0.02 * 1.05 ** np.arange(n + 1)  # bounds −2 … 2: half a width outside is at 4
    points = np.stack([across * 0.95 ** np.arange(n + 1), y], axis=1)
    assert (verdict(SADDLE, points) is DIVERGING) == (y[-1] > 4)


@pytest.mark.parametrize("lost_at", [20, 1e4, 1e60])
@pytest.mark.parametrize("rests", [False, True])
def test_a_run_that_is_lost_far_outside_diverges_though_f_settles(lost_at: float, rests: bool) -> None:
    valley = formula("1/(1 + x**2)", (-4.5, 4.5))
    x = [*np.geomspace(1, lost_at, 20), *[lost_at] * (40 if rests else 0)]
    assert verdict(valley, np.array(x)[:, np.newaxis]) is (STALLED if rests and lost_at < 900 else DIVERGING)


@pytest.mark.parametrize(
    ("name", "optimizer", "n", "lr"),
    [
        ("beale", "newton", 100, 1.0),
        ("saddle", "newton", 65, 1.0),
        ("saddle", "rprop", 65, 0.08),
        ("monkey_saddle", "armijo", 65, 1.0),
        ("monkey_saddle", "cg", 65, 0.25),
        ("forrester", "newton", 40, 4.0),
    ],
)
def test_an_escape_from_the_picture_diverges(name: str, optimizer: str, n: int, lr: float) -> None:
    assert solved(name, optimizer, n, lr) is DIVERGING


def test_a_run_that_settles_at_a_minimum_outside_the_bounds_does_not_diverge() -> None:
    outside = formula("(x - 30)**2", (-6, 6))
    assert verdict(outside, 30 - 29 * 0.8 ** np.arange(80)[:, np.newaxis]) is MONOTONE


def test_a_run_that_comes_back_from_outside_does_not_diverge() -> None:
    assert verdict(PARABOLA, [[1.0], [5000.0], [3000.0], [2000.0], [1500.0]]) is not DIVERGING
    assert verdict(PARABOLA, [[5000.0]] * 10) is STALLED
    assert verdict(formula("x**4 - 3*x**3", (-6, 6)), [[5.0], *([40.0 - k] for k in range(30))]) is not DIVERGING


EASOM = "-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)"


@pytest.mark.parametrize("lift", ["", " + 1", " - 1000"])
def test_a_plateau_stalls_whatever_its_height(lift: str) -> None:
    easom = formula(EASOM + lift, (-10, 10), (-10, 10))
    assert verdict(easom, descended(easom, [-8.0, -7.0], 0.1, 50)) is STALLED
    assert verdict(easom, [[-8.0, -7.0]], Stop.CONVERGED) is STALLED


@pytest.mark.parametrize("text", ["x**2 - y**2", "x**3 - 3*x*y**2", "x**2 + y**3"])
def test_a_run_that_slid_into_a_saddle_stalls(text: str) -> None:
    saddle = formula(text, (-2, 2), (-2, 2))
    assert verdict(saddle, descended(saddle, [1.0, 0.0], 0.1, 1000)) is STALLED


def test_a_dying_rate_stalls_on_the_slope_and_not_at_the_minimum() -> None:
    dying = 0.3 ** np.arange(30)
    assert verdict(PARABOLA, (1 + 3 * dying)[:, np.newaxis]) is STALLED
    assert verdict(PARABOLA, (3 * dying)[:, np.newaxis]) is MONOTONE


@pytest.mark.parametrize(
    ("text", "minimizer"),
    [("x**2", [0]), ("abs(x)", [0]), ("x**4", [0]), ("x**2 + 1000*y**2", [0, 0]), ("(x**2 + y**2 - 1)**2", [0.6, 0.8])],
)
@pytest.mark.parametrize("stop", [Stop.STEP_LIMIT, Stop.CONVERGED])
def test_a_run_that_rests_at_a_minimizer_is_not_stalled(text: str, minimizer: Any, stop: Stop) -> None:
    objective = formula(text)
    away = np.array(minimizer) + np.ones(objective.dim) * 0.5 ** np.arange(40)[:, np.newaxis]
    assert verdict(objective, away, stop) is MONOTONE
    assert verdict(objective, [minimizer] * 10, stop) is MONOTONE


def test_a_run_without_iterations_is_monotone() -> None:
    assert verdict(PARABOLA, [[4.3]]) is MONOTONE


def test_a_run_that_left_the_domain_is_judged_by_its_path_up_to_there() -> None:
    root = formula("x*sqrt(x)", (0, 4))
    points = [[[4.0], [2.0], [0.5]], [[1.0], [1.0], [1.0]]]
    left = recorded(root, points, last=[2, 0], stop=(Stop.LEFT_DOMAIN,) * 2)
    assert verdicts(root, left) == (MONOTONE, MONOTONE)


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_every_catalogue_function_shows_a_descent_that_works(row: Any) -> None:
    objective = catalogued(row.name, {})
    points = descended(objective, objective.start, objective.lr, objective.iterations)
    assert verdict(objective, points) in (MONOTONE, OSCILLATING)


def mixed_runs(row: Any) -> tuple[Objective, Any]:
    """Runs of one catalogue function that end in different ways."""
    objective = catalogued(row.name, {})
    rates = objective.lr * np.array([1e-3, 0.1, 1, 2, 4, 8])
    with np.errstate(all="ignore"):
        points = [descended(objective, objective.start, lr, 40, momentum) for lr in rates for momentum in (0.0, 0.8)]
        good = [run for run in points if np.isfinite(objective.gradient(np.array(run))).all()]
    return objective, recorded(objective, good)


def some(trajectory: Any, change: Callable[[Any], Any]) -> Any:
    return SimpleNamespace(**{name: change(value) for name, value in vars(trajectory).items()})


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_no_run_looks_at_another(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, trajectory = mixed_runs(row)
    together = verdicts(objective, trajectory)
    runs = range(len(together))
    assert tuple(verdicts(objective, some(trajectory, lambda a, r=r: a[r : r + 1]))[0] for r in runs) == together
    assert verdicts(objective, some(trajectory, lambda a: a[::-1])) == together[::-1]
    monkeypatch.setattr(module, "_POINTS", 100)
    assert verdicts(objective, trajectory) == together


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_rows_past_the_last_point_do_not_matter(row: Any) -> None:
    objective, trajectory = mixed_runs(row)
    longer = np.concatenate([trajectory.x, np.repeat(trajectory.x[:, -1:], 25, axis=1)], axis=1)
    assert verdicts(objective, recorded(objective, longer, last=trajectory.last)) == verdicts(objective, trajectory)


@pytest.mark.parametrize("change", ["4*({})", "({})/1024", "({}) + 7", "1000*({}) - 300"])
@pytest.mark.parametrize("row", [row for row in FORMULAS if not row.parameters], ids=lambda row: row.name)
def test_scaling_and_shifting_f_does_not_change_a_verdict(row: Any, change: str) -> None:
    objective, trajectory = mixed_runs(row)
    other = formula(change.format(row.formula), *row.bounds)
    assert verdicts(other, recorded(other, trajectory.x)) == verdicts(objective, trajectory)


@pytest.mark.parametrize("row", [row for row in FORMULAS if not row.parameters], ids=lambda row: row.name)
def test_mirroring_x_does_not_change_a_verdict(row: Any) -> None:
    objective, trajectory = mixed_runs(row)
    (left, right), *others = row.bounds
    text = row.formula.replace("exp", "EXP").replace("x", "(-x)").replace("EXP", "exp")
    mirrored = formula(text, (-right, -left), *others)
    x = trajectory.x * np.array([-1.0, 1.0])[: objective.dim]
    assert verdicts(mirrored, recorded(mirrored, x)) == verdicts(objective, trajectory)


def test_many_runs_are_judged_in_less_memory_than_their_values_take() -> None:
    x = np.random.default_rng(0).uniform(-5, 5, (4000, 501, 2))
    trajectory = recorded(ELLIPSE, x)
    tracemalloc.start()
    try:
        verdicts(ELLIPSE, trajectory)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < trajectory.f.nbytes
