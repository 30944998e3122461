"""The account of what an optimizer asks, against questions that are counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.problems import formula

from gdanim.catalogue import registry
from gdanim.descent.solver import solve
from gdanim.descent.stepping import Conditions
from gdanim.descent.trajectory import Stop, Trajectory
from gdanim.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.optimizers.optimizer import Oracle

BOWL = formula("x**2 + y**2")
EVERY = np.arange(2)


def descend(
    ask: Callable[[Oracle, Any], None], iterations: int = 4, conditions: Conditions | None = None
) -> Trajectory:
    """Two runs that ask something and then step a tenth of the way to the minimum."""

    def update(grad: Any, state: Any, x: Any, lr: Any, oracle: Oracle) -> tuple[Any, Any]:
        ask(oracle, x)
        return -0.1 * x, state

    start = np.array([[1.0, 2.0], [2.0, 1.0]])
    optimizer = Optimizer(init=lambda x: (), update=update)
    return solve(BOWL, optimizer, start, np.ones(2), iterations, conditions or Conditions())


def test_an_iteration_costs_the_gradient_at_its_point() -> None:
    assert descend(lambda oracle, x: None).evaluations.tolist() == [[0, 1, 2, 3, 4]] * 2


def test_a_value_costs_one_evaluation_and_a_hessian_d() -> None:
    valued = descend(lambda oracle, x: _drop(oracle.value(x, EVERY)))
    assert valued.evaluations.tolist() == [[0, 2, 4, 6, 8]] * 2
    curved = descend(lambda oracle, x: _drop(oracle.hessian(x, EVERY)))
    assert curved.evaluations.tolist() == [[0, 3, 6, 9, 12]] * 2


def test_only_the_run_that_asked_pays() -> None:
    second = descend(lambda oracle, x: _drop(oracle.value(x[1:], EVERY[1:])))
    assert second.evaluations.tolist() == [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8]]


def test_a_gradient_that_the_search_ended_at_is_not_paid_twice() -> None:
    # Each step asks at exactly the point that it ends at: all but the first gradient are known beforehand.
    searched = descend(lambda oracle, x: _drop(oracle.value_and_gradient(x + -0.1 * x, EVERY)))
    assert searched.evaluations.tolist() == [[0, 2, 3, 4, 5]] * 2
    aside = descend(lambda oracle, x: _drop(oracle.value_and_gradient(x, EVERY)))
    assert aside.evaluations.tolist() == [[0, 2, 4, 6, 8]] * 2


def test_an_answer_is_that_of_the_objective() -> None:
    def ask(oracle: Oracle, x: Any) -> None:
        f, grad = oracle.value_and_gradient(x, EVERY)
        np.testing.assert_allclose(oracle.f, x[:, 0] ** 2 + x[:, 1] ** 2, rtol=1e-15)
        assert np.array_equal(f, oracle.value(x, EVERY))
        assert np.array_equal(grad, 2 * x)
        assert np.array_equal(oracle.hessian(x, EVERY), [np.eye(2) * 2] * 2)

    descend(ask)


@pytest.mark.parametrize(("budget", "steps"), [(1, 0), (2, 1), (5, 2), (8, 4)])
def test_no_step_is_taken_that_would_overspend_the_budget(budget: int, steps: int) -> None:
    dear = descend(lambda oracle, x: _drop(oracle.value(x, EVERY)), conditions=Conditions(budget=budget))
    assert dear.last.tolist() == [steps] * 2
    assert dear.stop == (Stop.BUDGET,) * 2
    assert (dear.evaluations[:, -1] <= budget).all()


def _drop(answer: Any) -> None:
    """A lambda that asks has no use for the answer."""


def test_the_account_of_a_run_does_not_depend_on_the_runs_beside_it() -> None:
    # The first run reaches its minimum and asks no more, while the other still does.
    trough = formula("x**2 + y**4")
    starts = np.array([[4.0, 0.0], [4.0, 1.0]])
    armijo = registry.optimizer("armijo").build()
    together = solve(trough, armijo, starts, np.full(2, 0.5), 8)
    for run in range(2):
        alone = solve(trough, armijo, starts[run : run + 1], np.array([0.5]), 8)
        assert np.array_equal(together.evaluations[run], alone.evaluations[0])
