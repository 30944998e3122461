"""Schedules against torch's (references/schedules.json, made by record_schedules.py) and exact arithmetic."""

from __future__ import annotations

import inspect
import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdanim.catalogue.schedules import SCHEDULES

if TYPE_CHECKING:
    from gdanim.optimizers.schedules import Rates

ROWS = {row.name: row for row in SCHEDULES}
REFERENCES = json.loads((Path(__file__).parent / "references" / "schedules.json").read_text(encoding="utf-8"))
EPS = float(np.finfo(float).eps)

counts = st.integers(1, 60)
factors = st.floats(1e-3, 1)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "step_size": counts, "gamma": factors, "decay_rate": st.floats(0, 1e3), "decay_steps": counts, "T_max": counts,
    "eta_min": st.floats(0, 2), "T_0": counts, "T_mult": st.integers(1, 4), "start_factor": factors,
    "end_factor": st.floats(0, 1), "total_iters": counts, "total_steps": counts, "pct_start": st.floats(0, 1),
    "div_factor": st.floats(1, 100), "final_div_factor": st.floats(1, 1e5),
    "anneal_strategy": st.sampled_from(["cos", "linear"]), "three_phase": st.booleans(),
}  # fmt: skip
every_schedule = pytest.mark.parametrize("name", ROWS)
lengths = st.integers(1, 150)
base_rates = st.lists(st.floats(1e-6, 10), min_size=1, max_size=3).map(lambda lr: np.array(lr)[:, np.newaxis])


def built(name: str, **given: Any) -> Rates:
    defaults = {item.name: item.default for item in ROWS[name].hyperparameters}
    return ROWS[name].load()(**(defaults | given))


def hyperparameters(data: st.DataObject, name: str, *, leave_out: bool = True) -> dict[str, Any]:
    """Some hyperparameters of a schedule, or all of them."""
    names = [item.name for item in ROWS[name].hyperparameters]
    return {key: data.draw(VALUES[key], key) for key in names if not (leave_out and data.draw(st.booleans()))}


@pytest.mark.parametrize("record", REFERENCES, ids=lambda record: f"{record['schedule']} {record['given']}")
def test_rates_are_those_of_torch(record: dict[str, Any]) -> None:
    n = len(record["rates"])
    found = built(record["schedule"], **record["given"])(np.arange(n), np.array([[record["lr"]]]), n)
    # CosineAnnealingLR multiplies its way from step to step, where this is the closed form.
    agreement = 1e-13 if record["schedule"] == "cosine" else 1e-15
    np.testing.assert_allclose(found[0], record["rates"], rtol=0, atol=agreement * record["lr"])


def test_every_schedule_with_a_torch_counterpart_is_compared() -> None:
    assert {record["schedule"] for record in REFERENCES} == set(ROWS) - {"constant", "inverse_time"}


@given(lr=base_rates, n=lengths)
def test_constant_is_the_base_rate_of_each_run(lr: Any, n: int) -> None:
    assert (built("constant")(np.arange(n), lr, n) == np.repeat(lr, n, axis=1)).all()


@given(decay_rate=VALUES["decay_rate"], decay_steps=counts, n=lengths)
def test_inverse_time_is_the_quotient_in_exact_arithmetic(decay_rate: float, decay_steps: int, n: int) -> None:
    found = built("inverse_time", decay_rate=decay_rate, decay_steps=decay_steps)(np.arange(n), np.array([[0.3]]), n)
    exact = [float(Fraction(0.3) / (1 + Fraction(decay_rate) * k / decay_steps)) for k in range(n)]
    np.testing.assert_allclose(found[0], exact, rtol=1e-15)


def test_the_length_of_the_descent_fills_what_is_not_given() -> None:
    lr, k = np.array([[1.0]]), np.arange(90)
    for name, derived in {
        "step": {"step_size": 30}, "inverse_time": {"decay_steps": 9}, "cosine": {"T_max": 90},
        "cosine_restarts": {"T_0": 30}, "one_cycle": {"total_steps": 90},
    }.items():  # fmt: skip
        assert (built(name)(k, lr, 90) == built(name, **derived)(k, lr, 90)).all()


@pytest.mark.parametrize("T_max", [1, 7, 50])
def test_cosine_repeats_exactly_after_two_half_turns(T_max: int) -> None:  # noqa: N803, torch's name
    found = built("cosine", T_max=T_max, eta_min=0.01)(np.arange(6 * T_max), np.array([[0.3]]), 6 * T_max)[0]
    assert (found == np.tile(found[: 2 * T_max], 3)).all()
    assert (found[0], found[T_max]) == (0.3, 0.01)


def test_restarts_come_after_cycles_that_grow_by_t_mult() -> None:
    n = 2 + 6 + 18 + 54 + 1
    found = built("cosine_restarts", T_0=2, T_mult=3)(np.arange(n), np.array([[0.3]]), n)[0]
    assert np.flatnonzero(found == 0.3).tolist() == [0, 2, 8, 26, 80]


def test_one_cycle_peaks_at_lr_and_stays_at_its_last_rate() -> None:
    found = built("one_cycle", total_steps=40, pct_start=0.5)(np.arange(60), np.array([[0.8]]), 60)[0]
    assert (found[0], found[19], found.argmax()) == (0.8 / 25, 0.8, 19)
    assert (found[39:] == 0.8 / 25 / 1e4).all()


def test_one_cycle_holds_no_rate_but_lr_where_both_divisors_are_one() -> None:
    found = built("one_cycle", div_factor=1.0, final_div_factor=1.0)(np.arange(50), np.array([[0.7]]), 50)
    np.testing.assert_allclose(found, 0.7, rtol=2 * EPS)


@every_schedule
@settings(max_examples=40)
@given(data=st.data(), lr=base_rates, n=lengths)
def test_rates_lie_between_zero_and_the_highest_that_was_given(name: str, data: Any, lr: Any, n: int) -> None:
    given_values = hyperparameters(data, name)
    found = built(name, **given_values)(np.arange(n), lr, n)
    assert found.shape == (len(lr), n)
    assert (found >= 0).all()
    assert (found <= np.maximum(lr, given_values.get("eta_min", 0)) * (1 + 2 * EPS)).all()


@every_schedule
@settings(max_examples=40)
@given(data=st.data(), lr=base_rates, n=lengths)
def test_a_rate_does_not_depend_on_the_steps_and_runs_beside_it(name: str, data: Any, lr: Any, n: int) -> None:
    rates = built(name, **hyperparameters(data, name))
    k, before = np.arange(n), lr.copy()
    whole = rates(k, lr, n)
    some = np.array(data.draw(st.lists(st.integers(0, n - 1), min_size=1, unique=True)))
    assert (rates(some, lr, n) == whole[:, some]).all()
    assert (rates(k, lr[-1:], n) == whole[-1:]).all()
    assert (k == np.arange(n)).all()
    assert (lr == before).all()


@every_schedule
@settings(max_examples=40)
@given(data=st.data(), lr=base_rates, n=lengths, more=lengths)
def test_the_length_does_not_matter_where_everything_is_given(name: str, data: Any, lr: Any, n: int, more: int) -> None:
    rates = built(name, **hyperparameters(data, name, leave_out=False))
    assert (rates(np.arange(n), lr, n) == rates(np.arange(n + more), lr, n + more)[:, :n]).all()


@every_schedule
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_the_shortest_descents_have_rates(name: str, n: int) -> None:
    found = built(name)(np.arange(n), np.array([[0.1], [0.2]]), n)
    assert found.shape == (2, n)
    assert ((found > 0) & (found <= [[0.1], [0.2]])).all()


@every_schedule
def test_a_million_steps_of_an_enormous_rate_stay_finite(name: str) -> None:
    k = np.array([0, 1, 999, 10**5, 10**6 - 1])
    assert np.isfinite(built(name)(k, np.array([[1e308]]), 10**6)).all()


@every_schedule
def test_a_row_lists_exactly_what_its_factory_takes(name: str) -> None:
    taken = inspect.signature(ROWS[name].load()).parameters.values()
    assert [item.name for item in ROWS[name].hyperparameters] == [parameter.name for parameter in taken]
    assert {(parameter.kind, parameter.default) for parameter in taken} <= {
        (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty)
    }
    assert ROWS[name].summary
    assert ROWS[name].source


@every_schedule
def test_a_default_is_one_that_its_reader_accepts_or_says_what_decides(name: str) -> None:
    for item in ROWS[name].hyperparameters:
        if item.default is None:
            assert item.shown
        else:
            assert item.read(item.default) == item.default


@pytest.mark.parametrize(
    ("name", "hyperparameter", "refused"),
    [
        ("step", "step_size", "0"), ("step", "gamma", "0"), ("step", "gamma", "1.1"), ("exponential", "gamma", "nan"),
        ("inverse_time", "decay_rate", "-1"), ("inverse_time", "decay_steps", "2.5"), ("cosine", "T_max", "0"),
        ("cosine", "eta_min", "-0.1"), ("cosine_restarts", "T_mult", "0"), ("warmup", "start_factor", "0"),
        ("warmup", "end_factor", "2"), ("one_cycle", "pct_start", "1.5"), ("one_cycle", "div_factor", "0.5"),
        ("one_cycle", "anneal_strategy", "cosine"), ("one_cycle", "three_phase", "1"),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(name: str, hyperparameter: str, refused: str) -> None:
    read = next(item.read for item in ROWS[name].hyperparameters if item.name == hyperparameter)
    with pytest.raises(ValueError, match="give "):
        read(refused)
