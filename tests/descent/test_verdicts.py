"""Verdicts against the theory of gradient descent on quadratics, paths made by hand, and invariances."""

from __future__ import annotations

import math
import re
import tracemalloc
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commandline import LONG
from support.objectives import objective as catalogued
from support.problems import formula

from gdanim.catalogue import registry
from gdanim.catalogue.functions import FORMULAS
from gdanim.descent import verdicts as module
from gdanim.descent.outcomes.motion import Motion
from gdanim.descent.solver import solve
from gdanim.descent.trajectory import Stop
from gdanim.descent.verdicts import Outcome, Verdict, judged, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.objectives.objective import Objective

ARRIVED, SADDLE, FLAT, MOVING, IN_VAIN, LOST = (
    Outcome.ARRIVED, Outcome.SADDLE, Outcome.FLAT, Outcome.MOVING, Outcome.BOUNCING, Outcome.LOST,
)  # fmt: skip
STEADY, WINDING, BOUNCING, STALLED = Motion.STEADY, Motion.WINDING, Motion.BOUNCING, Motion.STALLED
PARABOLA = formula("x**2", (-6, 6))
ELLIPSE = formula("x**2 + 10*y**2", (-5, 5), (-5, 5))
SADDLE_FUNCTION = formula("x**2 - y**2", (-2, 2), (-2, 2))

Path = Any  # (runs, n+1, d)


def solved(objective: Objective, optimizer: str, n: int, lr: float, start: Any = None) -> Verdict:
    """The verdict on a descent from a start, the objective's own without one."""
    start = np.array([objective.start if start is None else start], dtype=float)
    trajectory = solve(objective, registry.optimizer(optimizer).build(), start, np.array([lr]), n)
    return verdicts(objective, trajectory)[0]


def recorded(objective: Objective, x: Path, *, last: Any = None, stop: Any = None) -> Any:
    """What the verdict needs of a trajectory whose points are given."""
    x = np.asarray(x, dtype=float).reshape(len(x), -1, objective.dim)
    runs, rows = x.shape[:2]
    last = np.full(runs, rows - 1) if last is None else np.array(last)
    stop = stop or (Stop.STEP_LIMIT,) * runs
    f, grad, has_slopes = objective.value(x), objective.gradient(x), np.ones(runs, dtype=bool)
    return SimpleNamespace(x=x, f=f, grad=grad, last=last, stop=stop, has_slopes=has_slopes)


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


# What the issue names, and more of each kind: function, start, rate, iterations, verdict.
DESCENTS: tuple[tuple[str, Any, float, int, Outcome, Motion], ...] = (
    ("(x - 150)**2 + (y - 3000)**2", (0, 0), 0.1, 60, ARRIVED, STEADY),
    ("(x - 100)**2", 0, 0.1, 60, ARRIVED, STEADY),
    ("(x - 2000)**2", 0, 0.1, 300, ARRIVED, STEADY),
    ("(x + 1e6)**2", 0, 0.9, 60, ARRIVED, BOUNCING),
    ("(x - 40)**4", 0, 1e-4, 30, MOVING, STEADY),
    ("1e-8*(x - 1e5)**2", 0, 1e7, 60, ARRIVED, STEADY),
    ("x**2", 4.3, 0.05, 25, MOVING, STEADY),
    ("x**2", 4.3, 0.1, 25, ARRIVED, STEADY),
    ("x**2", 4.3, 0.9, 25, ARRIVED, BOUNCING),
    ("x**2", 4.3, 0.95, 25, MOVING, BOUNCING),
    ("x**2", 4.3, 1.0, 25, IN_VAIN, BOUNCING),
    ("x**2", 4.3, 1.001, 25, LOST, BOUNCING),
    ("x**2", 4.3, 1.05, 25, LOST, BOUNCING),
    ("x**2", 4.3, 1e-6, 25, MOVING, STALLED),
    ("1e-6*x**2", 3, 0.1, 100, MOVING, STALLED),
    ("x**2", 0, 0.1, 25, ARRIVED, STALLED),
    ("x**2 + 1e9", 3, 0.1, 60, ARRIVED, STEADY),
    ("x**4", 3, 0.1, 25, LOST, BOUNCING),
    # A valley of minima, an area of minima, and kinks.
    ("abs(x - y)", (3, -2), 0.01, 500, ARRIVED, BOUNCING),
    ("(x + y - 1)**2", (3, 2), 0.1, 50, ARRIVED, STEADY),
    ("(x*y - 1)**2", (2, 2), 0.02, 100, ARRIVED, STEADY),
    ("(x**2 + y**2 - 1)**2", (2, 1), 0.02, 100, ARRIVED, STEADY),
    ("log(1 + exp(-(x + y))) + log(1 + exp(x + y))", (3, 1), 0.3, 100, ARRIVED, STEADY),
    ("max(x, 0)**2", 3, 0.2, 100, ARRIVED, STEADY),
    ("abs(x)", 4.3, 0.01, 500, ARRIVED, BOUNCING),
    ("abs(x)", 4.3, 0.2, 80, IN_VAIN, BOUNCING),
    # Saddles, maxima, inflections, plains and tails.
    ("x**2 - y**2", (2, 0), 0.04, 65, SADDLE, STEADY),
    ("x**2 - y**2", (1, 0), 0.1, 1000, SADDLE, STALLED),
    ("x**3 - 3*x*y**2", (1, 0), 0.1, 3000, SADDLE, STALLED),
    ("x**2 - y**4", (1, 0), 0.1, 60, SADDLE, STALLED),
    ("x*y", (1, 1), 0.1, 60, SADDLE, STEADY),
    ("x**3", 1, 0.1, 3000, FLAT, STALLED),
    ("x**4 - 3*x**2", 0, 0.1, 25, FLAT, STALLED),
    ("-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)", (-8, -7), 0.1, 50, FLAT, STALLED),
    ("-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2) - 1000", (-8, -7), 0.1, 50, FLAT, STALLED),
    ("tanh(x)", 20, 0.1, 25, FLAT, STALLED),
    ("1 - exp(-x**2)", 5, 0.1, 50, FLAT, STALLED),
    ("0*x + 2", 1, 0.1, 10, FLAT, STALLED),
    # f falls for ever.
    ("x**2 - y**2", (2, 0.1), 0.04, 65, MOVING, STEADY),
    ("2*x", 1, 0.1, 27, MOVING, STEADY),
    ("-x**2", 1, 0.02, 27, MOVING, STEADY),
    ("log(x)", 2, 0.05, 29, MOVING, STEADY),
    ("exp(-x)", 0, 0.5, 1000, MOVING, STEADY),
)


@pytest.mark.parametrize(("text", "start", "lr", "n", "outcome", "motion"), DESCENTS)
def test_a_descent_is_judged_by_its_path_whatever_the_bounds(
    text: str, start: Any, lr: float, n: int, outcome: Outcome, motion: Motion
) -> None:
    objective = formula(text)
    elsewhere = replace(objective, bounds=np.tile([900.0, 1000.0], (objective.dim, 1)))
    for one in (objective, elsewhere):
        assert solved(one, "gd", n, lr, np.ravel(start)) == (outcome, motion)


bouncing_products = {STEADY: st.floats(0.05, 1.0), BOUNCING: st.floats(1.02, 1.98)}


@pytest.mark.parametrize("expected", bouncing_products)
@given(data=st.data(), start=st.floats(1, 5), n=st.integers(10, 80))
def test_on_x_squared_the_theory_decides(expected: Motion, data: Any, start: float, n: int) -> None:
    product = data.draw(bouncing_products[expected], "lr·λ")
    far = abs(1 - product) ** n
    outcome, motion = verdict(PARABOLA, geometric([start], [1 - product], n))
    assert motion is expected
    if far > 0.011:
        assert outcome is MOVING
    if abs(1 - product) ** (0.9 * n - 2) < 0.009:
        assert outcome is ARRIVED


@given(start=st.floats(1, 5), n=st.integers(10, 80), product=st.floats(2.02, 3.0))
def test_above_2_over_lambda_a_run_is_lost(start: float, n: int, product: float) -> None:
    trajectory = solve(PARABOLA, registry.optimizer("gd").build(), np.array([[start]]), np.array([product / 2]), n)
    assert verdicts(PARABOLA, trajectory) == ((LOST, BOUNCING),)


starts = st.tuples(*[st.floats(0.5, 5) | st.floats(-5, -0.5)] * 2)
# A zigzag that dies out sooner is none; see the runs whose first turns do not make them bounce.
across_the_valley = {STEADY: st.floats(0.2, 1), BOUNCING: st.floats(1.6, 2.0)}


@pytest.mark.parametrize("expected", across_the_valley)
@settings(max_examples=40)
@given(data=st.data(), start=starts, angle=st.floats(0, math.pi))
def test_on_a_turned_ellipse_the_largest_eigenvalue_decides(
    expected: Motion, data: Any, start: Any, angle: float
) -> None:
    lr = data.draw(across_the_valley[expected], "lr·λ") / 20
    cos, sin = math.cos(angle), math.sin(angle)
    hessian = np.array([[cos, -sin], [sin, cos]]) @ np.diag([1, 10]) @ np.array([[cos, sin], [-sin, cos]])
    a, b, c = hessian[0, 0], 2 * hessian[0, 1], hessian[1, 1]
    turned = formula(f"{a:.17f}*x**2 + ({b:.17f})*x*y + {c:.17f}*y**2", (-5, 5), (-5, 5))
    points = geometric(start, [1 - 2 * lr, 1 - 20 * lr], 60) @ np.array([[cos, sin], [-sin, cos]])
    assert verdict(turned, points).motion is expected


@pytest.mark.parametrize("n", range(2, 11))
@pytest.mark.parametrize("lr", [0.9, 0.95, 0.999])
def test_few_iterations_are_enough_to_see_a_parabola_crossed_again_and_again(lr: float, n: int) -> None:
    assert verdict(PARABOLA, descended(PARABOLA, [4.3], lr, n)) == (MOVING, BOUNCING)


@pytest.mark.parametrize("n", range(3, 11))
def test_few_iterations_are_enough_to_see_a_zigzag(n: int) -> None:
    assert verdict(ELLIPSE, descended(ELLIPSE, [-4.5, 3.0], 0.09, n)).motion is BOUNCING


@pytest.mark.parametrize("n", [20, 60, 1000])
def test_a_zigzag_of_three_turns_before_a_long_smooth_way_is_no_bouncing(n: int) -> None:
    assert verdict(ELLIPSE, descended(ELLIPSE, [-4.5, 3.0], 0.06, n)).motion is not BOUNCING


@pytest.mark.parametrize(
    ("name", "optimizer", "n", "motion"),
    [
        ("ellipse", "cg", 60, STEADY),  # at rest after four steps
        ("quartic", "cg", 60, STEADY),
        ("rosenbrock", "newton", 150, WINDING),  # f rises to thirty times what it was
        ("himmelblau", "lbfgs", 40, STEADY),
    ],
)
def test_a_method_that_takes_a_few_steps_to_the_minimum_arrives(
    name: str, optimizer: str, n: int, motion: Motion
) -> None:
    assert solved(catalogued(name, {}), optimizer, n, 1.0) == (ARRIVED, motion)


@given(turns=st.integers(0, 3), n=st.integers(20, 200))
def test_a_few_turns_before_a_long_smooth_way_are_no_bouncing(turns: int, n: int) -> None:
    wobble = 5 - 0.5 * (np.arange(turns + 1) % 2)
    way = wobble[-1] * 0.97 ** np.arange(1, n)
    assert verdict(PARABOLA, np.array([*wobble, *way])[:, np.newaxis]).motion in (STEADY, WINDING)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("product", "expected"), [(0.2, WINDING), (1.6, BOUNCING)])
def test_noise_about_a_minimum_turns_back_only_where_the_rate_is_high(
    product: float, expected: Motion, seed: int
) -> None:
    points = [4.3]
    for shake in np.random.default_rng(seed).normal(0, 0.1, 600):
        points.append((1 - product) * points[-1] + shake)
    assert verdict(PARABOLA, np.array(points)[:, np.newaxis]).motion is expected


@pytest.mark.parametrize("amplitude", [1e-4, 5e-3, 0.012, 0.1, 1.0])
def test_an_oscillation_about_a_minimizer_has_arrived_where_it_is_within_1_percent_of_the_way(amplitude: float) -> None:
    swings = amplitude * (-1.0) ** np.arange(40)
    points = np.array([1.0, *swings])[:, np.newaxis] * 4.3
    assert verdict(PARABOLA, points).outcome is (ARRIVED if amplitude < 0.01 else IN_VAIN)


def test_passing_a_minimizer_is_not_arriving() -> None:
    points = 4.3 * np.cos(np.pi / 20 * np.arange(91))[:, np.newaxis]  # at 0 in the last of many swings, at full speed
    assert abs(points[-1, 0]) < 1e-12
    assert verdict(PARABOLA, points[:-1]).outcome is not ARRIVED
    assert verdict(PARABOLA, points[:-2]).outcome is not ARRIVED


def test_arriving_exactly_in_the_last_step_counts() -> None:
    assert verdict(ELLIPSE, [[4.0, 3.0], [1.0, 0.7], [0.0, 0.0]]).outcome is ARRIVED


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam"])
def test_a_swing_of_momentum_winds(optimizer: str) -> None:
    assert solved(PARABOLA, optimizer, 25, 0.05 if optimizer != "adam" else 1.0, [4.3]).motion is WINDING


def test_chaos_in_a_double_well_bounces_in_vain() -> None:
    well = formula("(x**2 - 1)**2/4", (-2, 2))
    points = np.array(descended(well, [0.3], 1.9, 60))
    assert np.abs(points).max() < 1.4  # the map is bounded by 1.379
    assert verdict(well, points) == (IN_VAIN, BOUNCING)


@pytest.mark.parametrize("lr", [0.1, 0.17, 0.3, 1.0])
def test_a_cycle_longer_than_a_quarter_bounces_in_vain(lr: float) -> None:
    cycle = np.array([1, 0, 1, 0, 1, 0, 1, 2]) * lr - 0.7 * lr  # steps of one length, as those of lion
    for turned in range(8):
        points = [[3.0 * lr], [2.3 * lr], *np.resize(np.roll(cycle, turned), 19)[:, np.newaxis]]
        assert verdict(PARABOLA, points) == (IN_VAIN, BOUNCING)
        falling = np.array(points) * 0.8 ** np.arange(21)[:, np.newaxis]
        assert verdict(PARABOLA, falling).outcome is not IN_VAIN


def test_a_zigzag_across_a_narrow_valley_bounces_though_f_falls_in_every_step() -> None:
    points = descended(ELLIPSE, [-4.5, 3.0], 0.09, 40)
    assert (np.diff(ELLIPSE.value(np.array(points))) < 0).all()
    assert verdict(ELLIPSE, points).motion is BOUNCING


@pytest.mark.parametrize("stop", [Stop.DIVERGED, Stop.LEFT_DOMAIN])
def test_a_run_that_the_solver_lost_is_lost_wherever_it_went(stop: Stop) -> None:
    assert verdict(PARABOLA, geometric([4.0], [0.8], 60), stop).outcome is LOST
    assert verdict(PARABOLA, [[4.0]], stop).outcome is LOST


def test_a_dying_rate_stalls_on_the_slope_and_arrives_at_the_minimum() -> None:
    dying = 0.3 ** np.arange(30)
    assert verdict(PARABOLA, (1 + 3 * dying)[:, np.newaxis]) == (MOVING, STALLED)
    assert verdict(PARABOLA, (3 * dying)[:, np.newaxis]) == (ARRIVED, STEADY)


@pytest.mark.parametrize(
    ("text", "minimizer"),
    [("x**2", [0]), ("abs(x)", [0]), ("x**4", [0]), ("x**2 + 1000*y**2", [0, 0]), ("(x**2 + y**2 - 1)**2", [0.6, 0.8])],
)
@pytest.mark.parametrize("stop", [Stop.STEP_LIMIT, Stop.CONVERGED])
def test_a_run_that_rests_at_a_minimizer_has_arrived(text: str, minimizer: Any, stop: Stop) -> None:
    objective = formula(text)
    away = np.array(minimizer) + np.ones(objective.dim) * 0.5 ** np.arange(40)[:, np.newaxis]
    assert verdict(objective, away, stop) == (ARRIVED, STEADY)
    assert verdict(objective, [minimizer] * 10, stop) == (ARRIVED, STALLED)
    assert verdict(objective, [minimizer], stop) == (ARRIVED, Motion.NONE)


def test_a_run_has_arrived_since_it_stays_within_1_percent_of_the_way() -> None:
    trajectory = recorded(PARABOLA, [geometric([4.3], [0.8], 60), geometric([4.3], [1 - 1e-3], 60)])
    assert judged(PARABOLA, trajectory).arrived_at.tolist() == [math.ceil(math.log(0.01) / math.log(0.8)), -1]


@pytest.mark.parametrize("row", FORMULAS, ids=lambda row: row.name)
def test_every_catalogue_function_shows_a_descent_that_works(row: Any) -> None:
    objective = catalogued(row.name, {})
    points = descended(objective, objective.start, objective.lr, objective.iterations)
    assert verdict(objective, points).outcome is not LOST


PLAIN = [row for row in FORMULAS if not row.parameters]


@cache
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


@pytest.mark.parametrize("row", FORMULAS[::5], ids=lambda row: row.name)
def test_no_run_looks_at_another(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, trajectory = mixed_runs(row)
    together = verdicts(objective, trajectory)
    runs = range(len(together))
    assert tuple(verdicts(objective, some(trajectory, lambda a, r=r: a[r : r + 1]))[0] for r in runs) == together
    assert verdicts(objective, some(trajectory, lambda a: a[::-1])) == together[::-1]
    monkeypatch.setattr(module, "_POINTS", 100)
    assert verdicts(objective, trajectory) == together


@pytest.mark.parametrize("row", FORMULAS[::4], ids=lambda row: row.name)
def test_rows_past_the_last_point_do_not_matter(row: Any) -> None:
    objective, trajectory = mixed_runs(row)
    longer = np.concatenate([trajectory.x, np.repeat(trajectory.x[:, -1:], 25, axis=1)], axis=1)
    assert verdicts(objective, recorded(objective, longer, last=trajectory.last)) == verdicts(objective, trajectory)


@pytest.mark.parametrize("change", ["({}) + 7", "1000*({}) - 300"])
@pytest.mark.parametrize("row", PLAIN[::4], ids=lambda row: row.name)
def test_shifting_f_does_not_change_a_verdict(row: Any, change: str) -> None:
    objective, trajectory = mixed_runs(row)
    other = formula(change.format(row.formula), *row.bounds)
    assert verdicts(other, recorded(other, trajectory.x)) == verdicts(objective, trajectory)


SCALES = ((1e6, 1.0), (1e-6, 1e6), (1.0, 1e-6), (1e-6, 1e-6))


# Every row in two of the scales; in all of them in a campaign.
@pytest.mark.parametrize(
    ("row", "scales"),
    [(row, SCALES if LONG else (SCALES[i % 4], SCALES[(i + i // 4 + 1) % 4])) for i, row in enumerate(PLAIN)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_scaling_f_and_x_over_twelve_decades_does_not_change_a_verdict(row: Any, scales: Any) -> None:
    objective, trajectory = mixed_runs(row)
    expected = verdicts(objective, trajectory)
    for a, b in scales:
        text = re.sub(r"\b([xy])\b", rf"(\1/{b!r})", row.formula)
        scaled = formula(f"{a!r}*({text})")
        assert verdicts(scaled, recorded(scaled, b * trajectory.x)) == expected, (a, b)


@pytest.mark.parametrize("row", PLAIN[::4], ids=lambda row: row.name)
def test_mirroring_x_does_not_change_a_verdict(row: Any) -> None:
    objective, trajectory = mixed_runs(row)
    (left, right), *others = row.bounds
    text = row.formula.replace("exp", "EXP").replace("x", "(-x)").replace("EXP", "exp")
    mirrored = formula(text, (-right, -left), *others)
    x = trajectory.x * np.array([-1.0, 1.0])[: objective.dim]
    assert verdicts(mirrored, recorded(mirrored, x)) == verdicts(objective, trajectory)


def test_many_runs_are_judged_in_less_memory_than_their_values_take() -> None:
    x = np.random.default_rng(0).uniform(-5, 5, (2000, 501, 2))
    trajectory = recorded(ELLIPSE, x)
    tracemalloc.start()
    try:
        verdicts(ELLIPSE, trajectory)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < trajectory.f.nbytes


def cycle(multiplier: float) -> tuple[Objective, list[float], float]:
    """A function, a start and a rate with which gradient descent comes to a cycle of two, nearer in each step by a
    factor: −x⁴ + x² at (1 + c)/2 has x → x(4(1 + c)/2·x² − c), a cycle at x² = (c − 1)/(2(1 + c)) and there a
    multiplier of 2c − 3.
    """
    c = (multiplier + 3) / 2
    return formula("x**2 - x**4"), [0.9 * math.sqrt((c - 1) / (2 * (1 + c))) + 1e-3], (1 + c) / 2


@pytest.mark.parametrize("multiplier", [-0.9, -0.6, -0.3])
@pytest.mark.parametrize("n", [60, 61, 77, 100, 301])
def test_a_cycle_of_two_bounces_without_progress_however_long_it_is_watched(multiplier: float, n: int) -> None:
    function, start, lr = cycle(multiplier)
    points = descended(function, start, lr, n)
    assert points[-1] == pytest.approx(-points[-2], rel=0.05)
    assert verdict(function, points) == (IN_VAIN, BOUNCING)


@pytest.mark.parametrize("n", [25, 60, 400])
def test_a_zigzag_at_exactly_2_over_lambda_across_a_valley_bounces_without_progress(n: int) -> None:
    # Along the valley, 0.8 of the way is left in each step.
    points = geometric([-4.5, 3.0], [0.8, -1.0], n)
    assert verdict(ELLIPSE, points) == (IN_VAIN, BOUNCING)
    assert verdict(ELLIPSE, geometric([-4.5, 3.0], [0.8, -0.99], n)).outcome is (MOVING if n < 460 else ARRIVED)


@pytest.mark.parametrize(
    ("text", "top", "outcome"),
    [
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", (-0.270845, -0.923039), FLAT),
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", (0.0866775, 2.8842547), SADDLE),
        ("cos(x)", (0.0,), FLAT), ("exp(-x**2)", (0.0,), FLAT), ("(x**2 - 1)**2 + y**2", (0.0, 0.0), SADDLE),
        ("cos(x) + cos(y)", (0.0, 0.0), FLAT), ("x**4 - x**2 - y**2 + y**4", (0.0, 0.0), FLAT),
    ],
)  # fmt: skip
@pytest.mark.parametrize("aside", [1e-9, 1e-6, 1e-4])
def test_a_run_that_has_hardly_left_a_saddle_or_a_maximum_is_there(
    text: str, top: tuple[float, ...], outcome: Outcome, aside: float
) -> None:
    function = formula(text)
    lr = 0.1 / float(np.abs(np.linalg.eigvalsh(function.hessian(np.array(top)))).max())
    start = np.array(top) + aside * np.array([0.6, 0.8])[: function.dim]
    assert verdict(function, descended(function, start, lr, 10)) == (outcome, STALLED)
    assert verdict(function, descended(function, np.array(top) + 0.3, lr, 10)).outcome is not outcome


@pytest.mark.parametrize("text", ["-x**2", "x**2 - y**2", "cosh(x) - y**2", "-x**4 + x**2", "x*y"])
def test_a_run_that_falls_for_ever_from_the_middle_of_a_saddle_or_a_maximum_moves(text: str) -> None:
    function = formula(text)
    assert verdict(function, descended(function, [1.0, 0.9][: function.dim], 0.05, 10)).outcome is MOVING


def test_a_run_of_no_step_is_at_its_start() -> None:
    assert verdict(PARABOLA, [[4.3]]) == (Outcome.START, Motion.NONE)
    assert verdict(PARABOLA, [[0.0]]) == (ARRIVED, Motion.NONE)
    assert verdict(SADDLE_FUNCTION, [[0.0, 0.0]]) == (Outcome.SADDLE, Motion.NONE)


def test_one_step_is_straight_down_only_where_it_leads_down() -> None:
    assert verdict(PARABOLA, [[4.3], [3.0]]) == (MOVING, STEADY)
    assert verdict(PARABOLA, [[4.3], [-4.3]]) == verdict(PARABOLA, [[4.3], [4.5]]) == (MOVING, Motion.NONE)


def test_a_slope_that_overflows_is_no_saddle() -> None:
    far = [[1.2e147 * 1.1**k, -2.7e148 * 1.2**k] for k in range(20)]
    assert verdict(formula("1.38*x**2 - 0.24*y**2"), far).outcome is MOVING
