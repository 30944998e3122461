"""The rule of each method in symbols, evaluated with its terms, is the step that the method took."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from support.problems import solved

from gdanim.catalogue.optimizers import METHODS
from gdanim.descent.updates import updates_of
from gdanim.optimizers.terms import RULES, STEP, evaluated, rule_of

SPECS = [
    *(row.name for row in METHODS),
    *("momentum:dampening=0.3", "rmsprop:momentum=0.5,centered=yes", "adagrad:lr_decay=0.1", "lion:weight_decay=0.1"),
    *("gd:weight_decay=0.2", "adam:weight_decay=0.1", "adamw:weight_decay=0.3", "newton:damping=0.1", "qhadam:nu2=0.5"),
    *("nesterov:weight_decay=0.1", "adagrad:weight_decay=0.1", "radam:threshold=4", "nadam:momentum_decay=0.1"),
]


@pytest.mark.parametrize("function", ["double_well", "rosenbrock"])
@pytest.mark.parametrize("spec", SPECS)
def test_the_terms_of_a_rule_give_the_steps_of_its_method(function: str, spec: str) -> None:
    descent = solved(function, optimizer=(spec,), iterations=12, noise=0.1)
    x = descent.trajectory.x[0, : int(descent.trajectory.last[0]) + 1]
    updates, method = updates_of(descent, 0, np.arange(len(x) - 1)), descent.runs[0].method
    assert updates is not None
    assert method is not None
    rule = rule_of(method.entry.name, method.values, updates)
    step = evaluated(rule.words, rule.terms.__getitem__)
    np.testing.assert_allclose(x[:-1] + step, x[1:], rtol=1e-9, atol=1e-12)


def test_every_method_of_the_catalogue_has_a_rule_of_its_own() -> None:
    assert {row.name for row in METHODS} == RULES.keys()


def test_a_method_without_a_rule_shows_its_step() -> None:
    descent = solved("parabola", iterations=3)
    updates = updates_of(descent, 0, np.arange(3))
    assert updates is not None
    rule = rule_of("somebody's", {}, updates)
    assert rule.text == STEP
    assert np.array_equal(evaluated(rule.words, rule.terms.__getitem__), updates.step)


def test_only_the_rows_that_are_asked_for_are_kept() -> None:
    descent = solved("parabola", optimizer=("adam",), iterations=20)
    updates = updates_of(descent, 0, np.array([3, 7, 19]))
    assert updates is not None
    assert np.array_equal(updates.x[:, 0], descent.trajectory.x[0, [3, 7, 19], 0])
    assert updates.new(0)[:, 0].tolist() == [4, 8, 20]  # k after the step


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("− a · b", -6), ("+ a · b", 6), ("− a · ( b + c ) / a", -7), ("− ( a − b ) · c", 4), ("a / c · a", 1),
        ("− a · ( b / ( a + a ) + c )", "-9.5"),
    ],
)  # fmt: skip
def test_products_come_before_sums_and_brackets_before_both(text: str, value: object) -> None:
    known = {"a": Decimal(2), "b": Decimal(3), "c": Decimal(4)}
    assert evaluated(text.split(), known.__getitem__) == Decimal(str(value))
