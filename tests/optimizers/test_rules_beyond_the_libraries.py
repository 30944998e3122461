"""Rules that neither torch nor optax has, and what the libraries leave open, by identities and the papers' loops."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim.optimizers.adam import adam, nadam, qhadam, radam
from gdanim.optimizers.adaptive import rmsprop, rprop
from gdanim.optimizers.gd import gd, noisy, polyak
from gdanim.optimizers.momentum import momentum, nesterov, qhm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gdanim.optimizers.optimizer import Optimizer

LR = 0.1
ADAM = {"beta1": 0.9, "beta2": 0.99, "eps": 1e-8}
SLOPES = st.lists(st.floats(-1e3, 1e3, allow_subnormal=False), min_size=1, max_size=30)
SHARES = st.floats(0, 1)


def fed(optimizer: Optimizer, gradients: Sequence[float], oracles: Sequence[Any] | None = None) -> NDArray[np.float64]:
    """The steps of one run in one dimension that meets these gradients."""
    x, lr, steps = np.zeros((1, 1)), np.full((1, 1), LR), []
    state = optimizer.init(x)
    for k, slope in enumerate(gradients):
        oracle: Any = None if oracles is None else oracles[k]
        with np.errstate(all="ignore"):
            step, state = optimizer.update(np.array([[slope]]), state, x, lr, oracle)
        x = x + step
        steps.append(step[0, 0])
    return np.array(steps)


@given(SLOPES)
def test_momentum_that_keeps_nothing_is_gradient_descent(gradients: list[float]) -> None:
    steps = fed(gd(), gradients)
    for still in (momentum(momentum=0.0, dampening=0.0), nesterov(momentum=0.0), qhm(beta=0.0, nu=0.5)):
        np.testing.assert_allclose(fed(still, gradients), steps, rtol=1e-15)


@given(SLOPES, st.floats(0, 0.999))
def test_qhm_with_nu_0_is_gradient_descent(gradients: list[float], beta: float) -> None:
    np.testing.assert_array_equal(fed(qhm(beta=beta, nu=0.0), gradients), fed(gd(), gradients))


@given(SLOPES, st.floats(0, 0.999))
def test_qhm_with_nu_1_is_momentum_dampened_by_beta_from_rest(gradients: list[float], beta: float) -> None:
    # Momentum takes its first gradient undampened: let it be 0, and v starts at rest as m does.
    dampened = fed(momentum(momentum=beta, dampening=beta), [0.0, *gradients])[1:]
    np.testing.assert_array_equal(fed(qhm(beta=beta, nu=1.0), gradients), dampened)


@given(SLOPES, st.floats(0, 0.999), SHARES)
def test_qhm_is_the_papers_loop(gradients: list[float], beta: float, nu: float) -> None:
    buffer, steps = 0.0, []
    for g in gradients:
        buffer = (1 - beta) * g + beta * buffer
        steps.append(-LR * ((1 - nu) * g + nu * buffer))
    np.testing.assert_allclose(fed(qhm(beta=beta, nu=nu), gradients), steps, rtol=1e-13, atol=1e-12)


@given(SLOPES)
def test_qhadam_with_nus_1_is_adam(gradients: list[float]) -> None:
    np.testing.assert_array_equal(fed(qhadam(**ADAM, nu1=1.0, nu2=1.0), gradients), fed(adam(**ADAM), gradients))


@given(SLOPES.filter(lambda gradients: all(abs(g) > 1e-3 for g in gradients)))
def test_qhadam_with_nus_0_is_sign_descent(gradients: list[float]) -> None:
    steps = fed(qhadam(beta1=0.9, beta2=0.99, eps=0.0, nu1=0.0, nu2=0.0), gradients)
    np.testing.assert_allclose(steps, -LR * np.sign(gradients), rtol=1e-15)


@given(SLOPES, st.floats(0, 0.999), st.floats(0, 0.999), SHARES, SHARES)
def test_qhadam_is_made_of_weighted_means(
    gradients: list[float], beta1: float, beta2: float, nu1: float, nu2: float
) -> None:
    # A bias-corrected average is the mean with weights β^age, which is what qhoptim keeps.
    steps = []
    for k, g in enumerate(gradients, start=1):
        weights1, weights2 = ([beta**age for age in reversed(range(k))] for beta in (beta1, beta2))
        mean = np.average(gradients[:k], weights=weights1)
        square = np.average(np.square(gradients[:k]), weights=weights2)
        steps.append(-LR * ((1 - nu1) * g + nu1 * mean) / (math.sqrt((1 - nu2) * g * g + nu2 * square) + 0.01))
    ours = fed(qhadam(beta1=beta1, beta2=beta2, eps=0.01, nu1=nu1, nu2=nu2), gradients)
    np.testing.assert_allclose(ours, steps, rtol=1e-10, atol=1e-10)


def test_centered_rmsprop_outlives_a_variance_that_rounds_below_0() -> None:
    slope, square, mean = 1.1, 0.0, 0.0
    for _ in range(100):
        square, mean = 0.5 * square + 0.5 * slope**2, 0.5 * mean + 0.5 * slope
    assert square - mean**2 < 0
    steps = fed(rmsprop(alpha=0.5, eps=1e-8, momentum=0.0, centered=True), [slope] * 100)
    assert steps[-1] == pytest.approx(-LR * slope / 1e-8)


def test_radam_takes_plain_momentum_up_to_its_threshold() -> None:
    steps = fed(radam(beta1=0.0, beta2=0.999, eps=1e-8, threshold=5.0), [7.0] * 8)
    # With β₂ = 0.999, ρₖ is 1, 2, 3, 4, 5 less a little at first, and above 5 at k = 6 only.
    np.testing.assert_allclose(steps[:5], -LR * 7.0, rtol=1e-14)
    assert (np.abs(steps[5:]) < LR).all()


@pytest.mark.parametrize("beta1", [0.0, 1 - 2**-53])
@pytest.mark.parametrize("beta2", [0.0, 1 - 2**-53])
def test_the_ends_of_the_ranges_are_no_division_by_zero(beta1: float, beta2: float) -> None:
    slopes = [3.0, -1.0, 2.0] * 5
    ends = {"beta1": beta1, "beta2": beta2, "eps": 1e-8}
    for optimizer in (
        adam(**ends), nadam(**ends, momentum_decay=0.0), nadam(**ends, momentum_decay=1e308),
        radam(**ends, threshold=4.0), qhadam(**ends, nu1=1.0, nu2=1.0),
    ):  # fmt: skip
        assert np.isfinite(fed(optimizer, slopes)).all()


def test_rprop_grows_shrinks_and_rests_where_the_sign_turns() -> None:
    steps = fed(rprop(etaminus=0.5, etaplus=1.2, step_min=1e-6, step_max=50.0), [1.0, 2.0, -1.0, -1.0, -1.0])
    np.testing.assert_allclose(steps, [-0.1, -0.12, 0.0, 0.06, 0.072], rtol=1e-14)


def polyak_step(slope: float, f: float, minimum: float = math.nan, **given: Any) -> float:
    oracle = SimpleNamespace(f=np.array([f]), minimum=minimum)
    return float(fed(polyak(**({"max_learning_rate": 1.0, "f_min": None} | given)), [slope], [oracle])[0])


def test_polyaks_rate_is_the_gap_over_the_squared_slope() -> None:
    assert polyak_step(4.0, f=5.0, minimum=1.0) == pytest.approx(-LR * (5 - 1) / 16 * 4, rel=1e-15)
    assert polyak_step(4.0, f=5.0, minimum=1.0, f_min=3.0) == pytest.approx(-LR * (5 - 3) / 16 * 4, rel=1e-15)


def test_polyaks_rate_is_the_largest_where_it_is_met_or_the_minimum_unknown() -> None:
    assert polyak_step(0.5, f=9.0, minimum=1.0, max_learning_rate=2.0) == -LR * 2 * 0.5
    assert polyak_step(4.0, f=9.0, max_learning_rate=2.0) == -LR * 2 * 4


def test_polyak_rests_where_it_is_flat() -> None:
    assert polyak_step(0.0, f=9.0, minimum=1.0) == 0
    assert polyak_step(1e-8, f=9.0, minimum=1.0) == 0


@given(SLOPES, st.floats(0, 10), st.floats(0, 3))
def test_noise_fades_as_the_paper_says(gradients: list[float], eta: float, gamma: float) -> None:
    normals = np.random.default_rng(0).standard_normal(len(gradients))
    oracles = [SimpleNamespace(iteration=t, normal=np.array([[n]])) for t, n in enumerate(normals)]
    steps = [
        -LR * (g + n * math.sqrt(eta / (1 + t) ** gamma))
        for t, (g, n) in enumerate(zip(gradients, normals, strict=True))
    ]
    np.testing.assert_allclose(fed(noisy(eta=eta, gamma=gamma), gradients, oracles), steps, rtol=1e-12, atol=1e-12)


def test_noise_that_fades_at_once_overflows_nothing() -> None:
    oracles = [SimpleNamespace(iteration=t, normal=np.ones((1, 1))) for t in (0, 1, 2)]
    assert list(fed(noisy(eta=4.0, gamma=1e6), [0.0, 0.0, 0.0], oracles)) == [-0.2, 0, 0]
