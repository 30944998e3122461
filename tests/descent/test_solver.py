"""solve() against closed forms, a plain loop, and the definitions of its ways to stop."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commandline import examples
from support.objectives import objective as catalogued
from support.problems import formula

from gdanim.catalogue.functions import FORMULAS
from gdanim.descent.solver import solve
from gdanim.descent.stepping import Conditions, on_floats
from gdanim.descent.trajectory import Stop, Trajectory
from gdanim.errors import DomainError
from gdanim.objectives.autorange import Given
from gdanim.optimizers.gd import gd
from gdanim.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.objectives.objective import Objective

PARABOLA = formula("x**2", (-6, 6))
SMOOTH = [
    formula("x**4 - 3*x**2 + x", (-3, 3)),
    formula("sin(3*x) + exp(-x**2) + 0.1*x**2", (-6, 6)),
    formula("tanh(x*y) + cos(x) + log(1 + y**2)", (-4, 4), (-4, 4)),
]


NOT_FINITE = [math.nan, math.inf, -math.inf]
numbers = st.floats(-1e3, 1e3) | st.sampled_from(NOT_FINITE)


class Script:
    """Answers the k-th question with the k-th (f, ∇f), whatever x is; after them, with the last one."""

    dim, point_by_point = 1, False

    def __init__(self, answers: list[tuple[float, float]]) -> None:
        self._answers = chain(answers, repeat(answers[-1]))

    def raw_value_and_gradient(self, x: Any) -> tuple[Any, Any]:
        f, grad = next(self._answers)
        return np.full(len(x), f), np.full(x.shape, grad)


def scripted(answers: list[tuple[float, float]]) -> Objective:
    script: Any = Script(answers)  # the solver needs no more of a function
    return replace(PARABOLA, functions=script)


def descend(objective: Objective, starts: Any, lr: Any, iterations: int, **options: Any) -> Trajectory:
    x = np.array(starts, dtype=float).reshape(-1, objective.dim)
    return solve(
        objective, gd(), x, np.broadcast_to(np.asarray(lr, dtype=float), len(x)), iterations, Conditions(**options)
    )


@settings(deadline=None)
@given(st.floats(1e-3, 1.5), st.floats(-5.9, 5.9).filter(lambda x: abs(x) > 1e-6), st.integers(0, 60))
def test_gd_on_x_squared_scales_x_by_1_minus_2lr(lr: float, start: float, iterations: int) -> None:
    trajectory = descend(PARABOLA, start, lr, iterations)
    k = np.arange(iterations + 1)
    # Each step rounds what it subtracts: relative to what is left, the more so the more it takes away.
    rounding = 4 * np.finfo(float).eps / np.clip(abs(1 - 2 * lr), 1e-300, 1)
    np.testing.assert_allclose(
        trajectory.x[0, :, 0], start * (1 - 2 * lr) ** k, rtol=rounding * (iterations + 1), atol=0
    )


def test_rows_hold_x_f_gradient_and_rate_of_every_iteration() -> None:
    objective = formula("x**2 + 3*y**2")
    trajectory = descend(objective, [(4, -2), (1, 1)], (0.1, 0.05), 7)
    x, y = trajectory.x[..., 0], trajectory.x[..., 1]
    np.testing.assert_allclose(trajectory.f, x**2 + 3 * y**2, rtol=1e-15)
    np.testing.assert_allclose(trajectory.grad, np.stack([2 * x, 6 * y], axis=-1), rtol=1e-15)
    assert np.array_equal(trajectory.lr, [[0.1] * 7, [0.05] * 7])
    assert (trajectory.x.shape, trajectory.runs, trajectory.iterations) == ((2, 8, 2), 2, 7)


@pytest.mark.parametrize("objective", SMOOTH, ids=lambda o: o.formula)
@pytest.mark.parametrize("runs", [2, 7, 64])
def test_all_runs_together_equal_one_at_a_time_bit_for_bit(objective: Objective, runs: int) -> None:
    random = np.random.default_rng(runs)
    starts, rates = random.uniform(*objective.bounds.T, (runs, objective.dim)), random.uniform(0.01, 0.4, runs)
    together = descend(objective, starts, rates, 30, tolerance=1e-2)
    for run in range(runs):
        alone = descend(objective, starts[run], rates[run], 30, tolerance=1e-2)
        rows = np.minimum(np.arange(together.iterations + 1), alone.iterations)  # the last one stands for what follows
        for name in ("x", "f", "grad", "evaluations"):
            assert np.array_equal(getattr(together, name)[run], getattr(alone, name)[0, rows]), name
        for name in ("last", "since", "lost"):
            assert np.array_equal(getattr(together, name)[run], getattr(alone, name)[0], equal_nan=True), name
        assert together.stop[run] is alone.stop[0]


@pytest.mark.parametrize("tolerance", [1.0, 1e-3, 1e-9])
def test_a_run_converges_where_the_gradient_first_falls_below_the_tolerance(tolerance: float) -> None:
    trajectory = descend(PARABOLA, 4.3, 0.1, 400, tolerance=tolerance)
    expected = math.ceil(math.log(tolerance / 8.6) / math.log(0.8))  # ‖∇f‖ = 8.6·0.8^k
    assert trajectory.stop == (Stop.CONVERGED,)
    assert trajectory.last[0] == trajectory.since[0] == expected
    assert (trajectory.x[0, expected:] == trajectory.x[0, expected]).all()


def test_a_run_converges_at_its_start_and_at_its_last_iteration() -> None:
    at_start = descend(PARABOLA, 0.01, 0.1, 5, tolerance=0.1)
    assert (at_start.stop, at_start.last[0]) == ((Stop.CONVERGED,), 0)
    at_end = descend(PARABOLA, 4.3, 0.1, 10, tolerance=8.6 * 0.8**9.5)
    assert (at_end.stop, at_end.last[0]) == ((Stop.CONVERGED,), 10)


def test_without_tolerance_all_iterations_are_done() -> None:
    trajectory = descend(PARABOLA, (4.3, 0.0), 0.1, 12)
    assert trajectory.stop == (Stop.STEP_LIMIT,) * 2
    assert trajectory.last.tolist() == [12, 12]
    assert not any(stop.failed for stop in trajectory.stop)


@settings(deadline=None)
@given(st.floats(1.001, 3.0), st.integers(2, 40), st.floats(1e-3, 100.0))
def test_a_run_diverges_where_f_grows_without_end_whatever_the_bounds(lr: float, iterations: int, edge: float) -> None:
    trajectory = descend(formula("x**2", (-edge, edge)), 4.3, lr, iterations)
    assert trajectory.stop == (Stop.DIVERGED,)
    assert trajectory.since[0] == 1
    assert trajectory.ending(0) == "diverged from iteration 1 on"


def test_a_run_has_diverged_since_f_is_above_its_start_for_good() -> None:
    # In a narrow valley, f falls first along the valley, and then grows across it: λ = 2 and 20, lr·λ = 0.21 and 2.1.
    trajectory = descend(formula("x**2 + 10*y**2"), [[4.0, 0.01]], 0.105, 60)
    f = trajectory.f[0]
    assert trajectory.stop == (Stop.DIVERGED,)
    since = int(trajectory.since[0])
    assert since > 10
    assert f[since - 1] <= f[0]
    assert (f[since:] > f[0]).all()


def test_a_swing_that_repeats_its_height_above_the_start_is_no_divergence() -> None:
    # λ = 1 at the minimum, and less around it: beyond 2/λ, gradient descent ends on a cycle of two points.
    trajectory = descend(formula("log(cosh(x))"), 0.01, 2.5, 300)
    assert trajectory.f[0, -1] > 10 * trajectory.f[0, 0]
    assert trajectory.stop == (Stop.STEP_LIMIT,)


@pytest.mark.parametrize("lr", [0.1, 0.05])
def test_leaving_the_bounds_on_the_way_to_a_minimum_is_no_divergence(lr: float) -> None:
    far = formula("(x - 150)**2 + (y - 3000)**2", (-5, 5), (-5, 5))
    assert descend(far, [[0.0, 0.0]], lr, 60).stop == (Stop.STEP_LIMIT,)


def test_outside_the_bounds_but_lower_is_no_divergence() -> None:
    objective = formula("-x**2/10", (-1, 1))
    assert descend(objective, 0.9, 0.9, 30).stop == (Stop.STEP_LIMIT,)


def test_overflow_is_divergence_and_stops_only_its_run() -> None:
    trajectory = descend(formula("x**4", (-2, 2)), (1.9, 0.5), 0.6, 50)
    assert trajectory.stop == (Stop.DIVERGED, Stop.STEP_LIMIT)
    last = trajectory.last[0]
    assert 0 < last < 50
    assert (trajectory.x[0, last:] == trajectory.x[0, last]).all()
    assert (trajectory.f[0, last:] == trajectory.f[0, last]).all()
    assert (trajectory.grad[0, last:] == trajectory.grad[0, last]).all()
    assert np.isfinite(trajectory.f).all()
    alone = descend(formula("x**4", (-2, 2)), 0.5, 0.6, 50)
    assert np.array_equal(trajectory.x[1], alone.x[0])


def test_a_run_leaves_the_domain_where_f_is_nan_at_a_finite_x() -> None:
    trajectory = descend(formula("log(x)", (0.1, 5)), 0.5, 0.1, 50)  # x falls until log has no value
    assert trajectory.stop == (Stop.LEFT_DOMAIN,)
    x, expected = 0.5, 0
    while x - 0.1 / x > 0:
        x, expected = x - 0.1 / x, expected + 1
    assert (trajectory.last[0], trajectory.since[0]) == (expected, expected + 1)
    assert trajectory.x[0, -1, 0] == pytest.approx(x, rel=1e-12)
    assert trajectory.ending(0) == f"left the domain at iteration {expected + 1}"


@pytest.mark.parametrize(
    ("f", "grad", "stop"),
    [
        (math.nan, 1.0, Stop.LEFT_DOMAIN),
        (math.nan, math.nan, Stop.LEFT_DOMAIN),
        (1.0, math.nan, Stop.LEFT_DOMAIN),
        (1.0, math.inf, Stop.DIVERGED),
        (1.0, -math.inf, Stop.DIVERGED),
        (math.inf, 1.0, Stop.DIVERGED),
        (-math.inf, math.nan, Stop.DIVERGED),
    ],
)
@pytest.mark.parametrize("iterations", [3, 8])
def test_a_run_ends_before_the_point_where_value_or_slope_is_missing(
    f: float, grad: float, stop: Stop, iterations: int
) -> None:
    # f falls all the way, inside the bounds: nothing but the missing number is wrong.
    trajectory = descend(scripted([(9.0, 1.0), (8.0, 1.0), (7.0, 1.0), (f, grad)]), 4.3, 0.1, iterations)
    assert (trajectory.stop, trajectory.last[0], trajectory.since[0]) == ((stop,), 2, 3)
    assert trajectory.f[0].tolist() == [9.0, 8.0, 7.0]
    assert np.array_equal(trajectory.lost[0, 1:], [f, grad], equal_nan=True)
    assert np.isfinite(trajectory.grad).all()


def test_a_callable_without_a_slope_somewhere_leaves_its_domain_there(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import numpy as np\ndef f(x):\n    return x**2\ndef slope(x):\n    return np.where(x < 1, np.nan, 2 * x)\n",
        encoding="utf-8",
    )
    mine = catalogued(f"{file}:f", {}, Given(starts=((4.0,),), rates=(0.25,)), f"{file}:slope")
    trajectory = descend(mine, 4.0, 0.25, 10)  # 4, 2, 1, 0.5
    assert trajectory.x[0, :, 0].tolist() == [4, 2, 1]
    assert trajectory.ending(0) == "left the domain at iteration 3"
    assert np.isfinite(trajectory.grad).all()


@pytest.mark.parametrize("name", ["x", "f", "grad", "lr", "last", "since", "lost", "evaluations"])
def test_arrays_are_read_only(name: str) -> None:
    array = getattr(descend(PARABOLA, (4.3, 1.0), 0.1, 3), name)
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0


def test_the_start_is_not_changed() -> None:
    start = np.array([[4.3]])
    solve(PARABOLA, gd(), start, np.array([0.1]), 5)
    assert start.tolist() == [[4.3]]


def test_zero_iterations_are_the_start_alone() -> None:
    trajectory = descend(PARABOLA, 4.3, 0.1, 0)
    assert (trajectory.x.tolist(), trajectory.f.shape, trajectory.lr.shape) == ([[[4.3]]], (1, 1), (1, 0))
    assert (trajectory.stop, trajectory.last[0]) == ((Stop.STEP_LIMIT,), 0)


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("log(x)", (-1.5,), ("log(x)", "-1.5")),
        ("1/x", (0.0,), ("1/x", " 0.")),
        ("sqrt(x)", (0.0,), ("sqrt(x)", " 0.")),  # a value, but no slope
        ("log(x) + y", (-2, 3), ("f(x, y)", "log(x) + y", "-2, 3")),
    ],
)
def test_a_start_without_value_or_slope_is_refused_by_name(
    text: str, start: tuple[float, ...], words: tuple[str, ...]
) -> None:
    with pytest.raises(DomainError) as refusal:
        descend(formula(text), start, 0.1, 5)
    assert all(word in str(refusal.value) for word in words), refusal.value
    assert "\n" not in str(refusal.value)


def test_the_start_that_is_refused_is_the_one_that_is_named() -> None:
    with pytest.raises(DomainError, match=r"-2\.25"):
        descend(formula("log(x)"), (1.0, 2.0, -2.25, 3.0), 0.1, 5)


@settings(deadline=None)
@given(
    st.lists(st.tuples(numbers, numbers, st.integers(0, 3)), min_size=1, max_size=12),
    st.none() | st.floats(1e-9, 1e3),
    st.none() | st.integers(1, 30),
    st.sampled_from([1, 3, 256]),
)
def test_a_run_ends_where_a_look_at_every_row_ends_it(
    script: list[tuple[float, float, int]], tolerance: float | None, budget: int | None, stride: int
) -> None:
    """Whatever the solver's stride between two looks: answers that are not finite, tolerance and budget."""
    iterations = len(script) - 1
    expected = None
    spent = 0
    for k, (f, grad, asked) in enumerate(script):
        spent += 1 + asked if k else 0
        if budget is not None and spent > budget:
            expected = Stop.BUDGET, k - 1
        elif not (math.isfinite(f) and math.isfinite(grad)):
            expected = Stop.DIVERGED, k - 1
        elif tolerance is not None and abs(grad) < tolerance:
            expected = Stop.CONVERGED, k
        else:
            continue
        break
    else:
        done = budget is not None and spent >= budget
        expected = Stop.BUDGET if done else Stop.STEP_LIMIT, iterations
    asks = iter(asked for _, _, asked in script[1:])

    def update(grad: Any, state: Any, x: Any, lr: Any, oracle: Any) -> tuple[Any, Any]:
        for _ in range(next(asks)):
            oracle._count(np.array([0]), 1)
        return -1e-4 * np.sign(x), state

    objective = scripted([(f, grad) for f, grad, _ in script])
    conditions = Conditions(tolerance=tolerance, budget=budget)
    with mock.patch("gdanim.descent.solver.POINTS_PER_REVIEW", stride):
        try:
            optimizer = Optimizer(init=lambda x: (), update=update)
            found = solve(objective, optimizer, np.array([[4.3]]), np.array([1.0]), iterations, conditions)
        except DomainError:
            assert expected == (Stop.DIVERGED, -1)
            return
    assert_finite(found)
    stop, last = expected
    assert found.last[0] == last
    assert found.stop[0] is stop or (stop is Stop.DIVERGED and found.stop[0].failed)
    assert found.evaluations[0].tolist() == [
        k + sum(asked for _, _, asked in script[1 : k + 1]) for k in range(last + 1)
    ]
    if stop is Stop.DIVERGED:
        f, grad, _ = script[last + 1]
        assert np.array_equal(found.lost[0, 1:], [f, grad], equal_nan=True)
    else:
        assert not found.lost.any()


POLYNOMIALS = [
    formula("x**2", (-6, 6)),
    formula("-x + 3*(-x)**3/7 - x**7*0.1 + x**64", (-2, 2)),
    formula("0.3*x", (-2, 2)),
    *(catalogued(name, {}) for name in ("himmelblau", "rosenbrock", "beale")),
]


@given(
    objective=st.sampled_from(POLYNOMIALS),
    start=st.tuples(*[st.floats(-3, 3)] * 2),
    rate=st.sampled_from([1e-3, 0.01, 0.1, 0.9, 5.0]),
    tolerance=st.none() | st.just(0.01),
    budget=st.none() | st.integers(1, 700),
    iterations=st.sampled_from([0, 1, 255, 256, 257, 600]),
    fading=st.booleans(),
)
@settings(max_examples=examples(60))
def test_a_single_run_on_floats_is_the_same_to_the_last_bit(
    objective: Objective,
    start: tuple[float, ...],
    rate: float,
    tolerance: float | None,
    budget: int | None,
    iterations: int,
    fading: bool,
) -> None:
    conditions = Conditions(tolerance, budget)
    rates = rate / np.arange(1, iterations + 1)[np.newaxis] if fading else np.array([rate])
    x = np.array([start[: objective.dim]])
    quick, slow = gd(), replace(gd(), on_floats=None)
    assert on_floats(objective, quick, conditions) is not None
    found, expected = (solve(objective, rule, x, rates, iterations, conditions) for rule in (quick, slow))
    for name in ("x", "f", "grad", "lr", "last", "lost", "evaluations"):
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes(), name
    assert (found.stop, found.since.tolist()) == (expected.stop, expected.since.tolist())


@pytest.mark.parametrize("objective", SMOOTH[1:])
def test_what_python_rounds_otherwise_is_left_to_numpy(objective: Objective) -> None:
    assert on_floats(objective, gd(), Conditions()) is None


def assert_finite(trajectory: Trajectory) -> None:
    for rows in (trajectory.x, trajectory.f, trajectory.grad):
        assert np.isfinite(rows).all()


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(FORMULAS), st.floats(1e-12, 1e12), st.integers(0, 30), st.data())
def test_no_rate_or_start_makes_a_descent_raise_or_record_what_is_not_finite(
    row: Any, lr: float, iterations: int, data: st.DataObject
) -> None:
    objective = catalogued(row.name, {})
    start = [data.draw(st.floats(low, high)) for low, high in objective.bounds]
    tolerance = data.draw(st.none() | st.floats(1e-9, 1e3))
    try:
        trajectory = descend(objective, start, lr, iterations, tolerance=tolerance)
    except DomainError:
        assert not np.isfinite([*objective.gradient(np.array(start)), objective.value(np.array(start))]).all()
        return
    last = trajectory.last[0]
    assert_finite(trajectory)
    assert (trajectory.x[0, last:] == trajectory.x[0, last]).all()
    assert last == iterations or trajectory.stop[0] is not Stop.STEP_LIMIT
    assert 0 <= trajectory.since[0] <= iterations
    if trajectory.stop[0] is Stop.CONVERGED:
        norms = np.linalg.norm(trajectory.grad[0, : last + 1], axis=1)
        assert norms[-1] < tolerance
        assert (norms[:-1] >= tolerance).all()
