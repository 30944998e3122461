"""A choice says itself so that it can be read again, and says it to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gdanim.catalogue import registry
from gdanim.catalogue.choices import format_value
from gdanim.catalogue.optimizers import METHODS
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from gdanim.catalogue.specs import Method


@pytest.mark.parametrize(
    "text", ["gd", "adam:beta1=0.8,eps=1e-12", "rmsprop:centered=yes", "rmsprop:centered=no", "lbfgs:history=3"]
)
def test_what_was_typed_is_what_is_said(text: str) -> None:
    assert registry.optimizer(text).spec == text


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_all_defaults_written_out_are_read_as_the_same_values(method: Method) -> None:
    plain = registry.optimizer(method.name)
    shown = {name: value for name, value in plain.values.items() if value is not None}
    pairs = ",".join(f"{name}={format_value(value)}" for name, value in shown.items())
    assert registry.optimizer(f"{method.name}:{pairs}" if pairs else method.name).values == plain.values


def test_switches_are_yes_and_no_for_people() -> None:
    assert registry.optimizer("rmsprop:centered=yes").label == "rmsprop, centered yes"
    assert registry.optimizer("rmsprop:centered=yes").values["centered"] is True


def test_a_file_without_a_name_in_it_says_how_to_name_one() -> None:
    with pytest.raises(SettingError, match=r"in it: mine\.py:NAME"):
        registry.optimizer("mine.py")
    with pytest.raises(SettingError, match=r"in it: src/warm\.py:NAME"):
        registry.schedule("src/warm.py")
