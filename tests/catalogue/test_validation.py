"""What a row must be: gdanim's own pass, and each wrong field is named with what is allowed there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from gdanim.catalogue import validation
from gdanim.catalogue.registry import FORMATS, FUNCTIONS, OPTIMIZERS, SCHEDULES, VIEWS
from gdanim.catalogue.specs import Entry, Format, Formula, Hyperparameter, Method, Rate, Schedule, View
from gdanim.errors import UsageError
from gdanim.readers import Choice, number

REGISTRIES = {Formula: FUNCTIONS, Method: OPTIMIZERS, Schedule: SCHEDULES, View: VIEWS, Format: FORMATS}


@pytest.mark.parametrize(
    ("row_type", "name"), [(row_type, name) for row_type, rows in REGISTRIES.items() for name in rows.names()]
)
def test_gdanims_own_rows_would_pass_as_plugins(row_type: type[Any], name: str) -> None:
    row = REGISTRIES[row_type][name]
    assert validation.check_row(row, row_type, name) is row
    if isinstance(row, Entry):
        validation.check_target(row, row.load())


def taking(**hyperparameter: Any) -> tuple[Hyperparameter, ...]:
    return (Hyperparameter(**{"name": "a", "default": 1.0, "read": number(), **hyperparameter}),)


ADAM, MOMENTUM = OPTIMIZERS["adam"], OPTIMIZERS["momentum"]
CURVE, GIF, PARABOLA = VIEWS["curve"], FORMATS["gif"], FUNCTIONS["parabola"]
WRONG: tuple[tuple[Any, str, Any, str], ...] = (
    (ADAM, "name", "Adam", "name 'Adam': give snake_case"),
    (ADAM, "target", "adam", "target 'adam': give module:attribute"),
    (ADAM, "summary", " ", "summary ' ': say something"),
    (ADAM, "source", "", "source '': say something"),
    (ADAM, "hyperparameters", [*ADAM.hyperparameters], "give a tuple of Hyperparameter"),
    (ADAM, "hyperparameters", ADAM.hyperparameters * 2, "two of them have one name"),
    (ADAM, "hyperparameters", taking(read=number(least=2)), "'a': give a finite number of at least 2"),
    (ADAM, "hyperparameters", taking(read=Choice("c")), "'a': give one of c"),
    (ADAM, "hyperparameters", taking(read=lambda value: 2.0), "'a': its own reader changes the default"),
    (ADAM, "hyperparameters", taking(default=None), "'a': the default is None; `shown` must say"),
    (ADAM, "hyperparameters", taking(default=(1,)), "'a': give a default that is a number, a switch or a word"),
    (ADAM, "hyperparameters", taking(read=1.0), "'a': give a `read` that can be called"),
    (ADAM, "follows_schedule", "no", "follows_schedule 'no': give true or false"),
    (ADAM, "rate", Rate.DAMPED, "rate DAMPED: it goes with a hyperparameter `momentum`"),
    (replace(MOMENTUM, rate=Rate.ONE, hyperparameters=taking(name="momentum", default=0.5)), "rate", Rate.DAMPED,
     "rate DAMPED: it goes with a hyperparameter `momentum` of at least 0 and below 1"),
    (ADAM, "ordered", ("beta1", "beta2"), "give a tuple of pairs of names"),
    (ADAM, "ordered", (("beta2", "beta1"),), "beta2 and beta1 have to be hyperparameters, their defaults in this"),
    (ADAM, "ordered", (("beta1", "beta3"),), "beta1 and beta3 have to be hyperparameters"),
    (CURVE, "dims", (3,), "dims (3,): give (1,), (2,) or (1, 2)"),
    (GIF, "extensions", ".gif", "extensions '.gif': give a tuple of suffixes"),
    (GIF, "extensions", ("gif",), "give a tuple of suffixes"),
    (GIF, "max_fps", 0, "max_fps 0: give a whole number from 1"),
    (GIF, "loops", 1, "loops 1: give true or false"),
    (GIF, "qualities", {"low": "coarse"}, "give a mapping from medium"),
    (GIF, "qualities", {"medium": "fair", "best": "fine"}, "give a mapping from medium"),
    (PARABOLA, "bounds", ((6, -6),), "bounds ((6, -6),): give two finite numbers, the lower first"),
    (PARABOLA, "bounds", ((-6, 6), (-6, 6)), "bounds: the formula has x"),
    (PARABOLA, "start", (7.0,), "start: it lies outside the bounds"),
    (PARABOLA, "start", (1.0, 1.0), "start: the formula has x"),
    (PARABOLA, "lr", 0, "lr 0: give a finite number above 0"),
    (PARABOLA, "iterations", 2.5, "iterations 2.5: give a whole number"),
    (PARABOLA, "minimizers", (0.0,), "minimizers (0.0,): give a tuple of points"),
    (PARABOLA, "minimum", float("nan"), "minimum nan: give a finite number"),
    (PARABOLA, "parameters", (("q", 1.0),), "Parameter 'q'"),
    (PARABOLA, "view", ((1, 0), (0, 1)), "view ((1, 0), (0, 1)): give two finite numbers"),
    (PARABOLA, "note", "hill", "note 'hill': give one of"),
)  # fmt: skip


@pytest.mark.parametrize(("row", "field", "value", "says"), WRONG, ids=[f"{w[1]}-{w[3]}" for w in WRONG])
def test_a_wrong_field_is_refused(row: Any, field: str, value: Any, says: str) -> None:
    changed = replace(row, **{field: value})
    with pytest.raises(UsageError, match=re.escape(says)):
        validation.check_row(changed, type(row), changed.name)
