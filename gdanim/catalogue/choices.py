"""Choices: an optimizer or a schedule with its hyperparameters set, as `adam:lr=0.05,beta1=0.8` says it.

Imports neither numpy nor the rules themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from gdanim.catalogue.foreign import call_guarded
from gdanim.catalogue.specs import Method, Rule, Schedule, hyper
from gdanim.errors import SettingError, UnknownNameError
from gdanim.readers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.catalogue.specs import Hyperparameter

R_co = TypeVar("R_co", bound=Rule, covariant=True)

CONSTANT: Final = "constant"  # the schedule where none is chosen

_LR: Final = hyper("lr", None, number(above=0))
_PAIR = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)=([^,=]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Generic[R_co]):
    """A rule with its hyperparameters set.

    values   every hyperparameter
    given    those that were written out
    """

    entry: R_co
    values: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def spec(self) -> str:
        """What the option takes to choose the same, without the rate: `adam:beta1=0.8`."""
        pairs = ",".join(_pair(name, value) for name, value in self.given.items())
        return f"{self.entry.name}:{pairs}" if pairs else self.entry.name

    @property
    def words(self) -> str:
        """The same for people: `adam, beta1 0.8`."""
        return ", ".join([self.entry.name, *(f"{name} {written(value)}" for name, value in self.given.items())])

    def build(self) -> Any:
        """Make the optimizer or the schedule. Raises PluginError where a plug-in's fails at that."""
        return self.entry.load()(**self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodChoice(Choice[Method]):
    """An optimizer with its hyperparameters set. lr: the rate that was given with it, or None."""

    lr: float | None


def chosen_method(entry: Method, text: str) -> MethodChoice:
    """Read the `key=value,…` behind an optimizer's name.

    Raises SettingError or UnknownNameError, naming the hyperparameter; PluginError where a plug-in's reader fails.
    """
    given = _given(entry, text, (*entry.hyperparameters, _LR))
    lr = given.pop(_LR.name, None)
    return MethodChoice(entry=entry, lr=lr, values=_completed(entry, text, given), given=given)


def chosen_schedule(entry: Schedule, text: str) -> Choice[Schedule]:
    """Read the `key=value,…` behind a schedule's name. Raises as chosen_method() does."""
    given = _given(entry, text, entry.hyperparameters)
    return Choice(entry=entry, values=_completed(entry, text, given), given=given)


def check_together(optimizer: MethodChoice, schedule: Choice[Schedule]) -> None:
    """Refuse a schedule that an optimizer would not follow. Raises SettingError."""
    if schedule.entry.name != CONSTANT and not optimizer.entry.follows_schedule:
        allowed = f"{optimizer.entry.name} reads only its first rate; leave out one of the two"
        raise SettingError(Schedule.option, schedule.spec, allowed)


def written(value: Any) -> str:
    """A hyperparameter's value as `name:key=value` takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) and float(f"{value:.15g}") == value else str(value)


def _given(entry: Rule, text: str, known: tuple[Hyperparameter, ...]) -> dict[str, Any]:
    """The hyperparameters that a text sets, in the order of the table."""
    items = {item.name: item for item in known}
    given: dict[str, Any] = {}
    for pair in filter(None, text.partition(":")[2].split(",")):
        match = _PAIR.fullmatch(pair.strip())
        if match is None:
            raise SettingError(entry.option, text, "write NAME:KEY=VALUE,KEY=VALUE, such as adam:lr=0.05,beta1=0.8")
        key, value = match.groups()
        if key not in items:
            raise UnknownNameError(f"hyperparameter of {entry.name}", key, items, see=entry.listed)
        if key in given:
            raise SettingError(entry.option, text, f"{key} is set twice")
        read = call_guarded(entry.plugin, items[key].read, passing=(ValueError,)) if entry.plugin else items[key].read
        try:
            given[key] = read(value.strip())
        except ValueError as refusal:
            raise SettingError(entry.option, text, f"{key}: {refusal}") from None
    return {name: given[name] for name in items if name in given}


def _completed(entry: Rule, text: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every hyperparameter; those that were not given are at their defaults."""
    values = {item.name: given.get(item.name, item.default) for item in entry.hyperparameters}
    for lower, upper in entry.ordered:
        if not values[lower] < values[upper]:
            allowed = f"{_pair(lower, values[lower])} is not below {_pair(upper, values[upper])}"
            raise SettingError(entry.option, text, allowed)
    return values


def _pair(name: str, value: Any) -> str:
    return f"{name}={written(value)}"
