"""Every method that torch or optax has, against what they did: references/trajectories.npz.xz."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from reference_cases import CASES, STARTS, UPDATES, Case, Reference, load
from support.objectives import objective

from gdanim.catalogue.optimizers import METHODS
from gdanim.optimizers.optimizer import Oracle
from gdanim.optimizers.random import NormalStreams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

RUNS = [pytest.param(case, function, id=f"{case.name}-{function}") for case in CASES for function in STARTS]
FORMULAS = {"rosenbrock": "rosenbrock", "beale": "beale", "quadratic": "x**2 + 100*y**2"}
# Polyak's rate makes a chaotic walk: 1e-15 at the start grows to 0.01 and more within 200 iterations, and orbits part.
# The other 117 of 120 runs have to be well-conditioned, and are compared.
CHAOTIC = {("polyak", "rosenbrock"), ("polyak", "beale"), ("polyak", "quadratic")}


@cache
def references() -> dict[tuple[str, str], Reference]:
    return load()


@cache
def objectives() -> dict[str, Objective]:
    return {function: objective(formula, {}) for function, formula in FORMULAS.items()}


def build(case: Case) -> Optimizer:
    method = next(method for method in METHODS if method.name == case.method)
    defaults = {item.name: item.default for item in method.hyperparameters}
    return method.load()(**(defaults | case.given))


def fed(case: Case, function: str, reference: Reference) -> NDArray[np.float64]:
    """Our iterates (201, 2) from the recorded gradients and values."""
    optimizer, lr = build(case), np.full((1, 1), case.lr[function])
    x = np.array([STARTS[function]])
    state, iterates = optimizer.init(x), [x]
    for k in range(UPDATES):
        f = None if reference.f is None else reference.f[k : k + 1]
        oracle: Any = SimpleNamespace(f=f, minimum=0.0)
        step, state = optimizer.update(reference.grad[k : k + 1], state, x, lr, oracle)
        x = x + step
        iterates.append(x)
    return np.concatenate(iterates)


def free(case: Case, function: str, start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Our iterates (201, runs, 2) from our own gradients."""
    optimizer, f = build(case), objectives()[function]
    x, lr = start, np.full((len(start), 1), case.lr[function])
    oracle = Oracle(f, len(x), NormalStreams(0, 0, range(len(x)), 2))
    state, iterates = optimizer.init(x), [x]
    for k in range(UPDATES):
        oracle.iteration = k
        oracle.f, grad = f.raw_value_and_gradient(x)
        step, state = optimizer.update(grad, state, x, lr, oracle)
        x = x + step
        iterates.append(x)
    return np.array(iterates)


def test_every_run_was_recorded_with_its_starts() -> None:
    assert list(references()) == [(case.name, function) for case in CASES for function in STARTS]
    for (_, function), reference in references().items():
        assert tuple(reference.x[0]) == STARTS[function]
        assert reference.x.shape == (UPDATES + 1, 2)
        assert np.ptp(reference.x[:, 0]) > 0.1


def test_every_method_that_a_library_has_was_recorded() -> None:
    in_no_library = {"qhm", "qhadam", "armijo", "wolfe", "cg", "lbfgs", "newton", "noisy"}
    assert {case.method for case in CASES} == {method.name for method in METHODS} - in_no_library


@pytest.mark.parametrize(("case", "function"), RUNS)
def test_two_hundred_updates_fed_the_recorded_gradients_agree_to_1e_12(case: Case, function: str) -> None:
    theirs = references()[case.name, function]
    ours = fed(case, function, theirs)
    assert np.all(np.abs(ours - theirs.x) <= 1e-12 * np.maximum(1, np.abs(theirs.x)))


@pytest.mark.parametrize(("case", "function"), RUNS)
def test_our_gradients_at_the_recorded_iterates_are_the_recorded_ones(case: Case, function: str) -> None:
    theirs = references()[case.name, function]
    f, grad = objectives()[function].raw_value_and_gradient(theirs.x[:-1])
    np.testing.assert_allclose(grad, theirs.grad, rtol=1e-11, atol=1e-11)
    if theirs.f is not None:
        np.testing.assert_allclose(f, theirs.f, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("case", "function"), RUNS)
def test_well_conditioned_free_runs_agree_to_1e_9(case: Case, function: str) -> None:
    nearby = 1e-15 * np.array([[0, 0], [1, 1], [1, -1], [-1, 1], [-1, -1]])
    ours = free(case, function, np.array(STARTS[function]) + nearby)
    well_conditioned = np.abs(ours[:, 1:] - ours[:, :1]).max() < 1e-10
    assert well_conditioned == ((case.name, function) not in CHAOTIC)
    if well_conditioned:
        assert np.abs(ours[:, 0] - references()[case.name, function].x).max() < 1e-9


def test_117_of_120_free_runs_are_compared() -> None:
    assert len(references()) == 120
    assert len(references().keys() - CHAOTIC) == 117
