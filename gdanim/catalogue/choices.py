"""An optimizer or a schedule with its hyperparameters set, read from `adam:lr=0.05,beta1=0.8`.

Imports neither numpy nor the rules themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from gdanim.catalogue.specs import Hyperparameter, Method, Rule, Schedule
from gdanim.errors import SettingError, UnknownNameError
from gdanim.readers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.readers import Reader

R_co = TypeVar("R_co", bound=Rule, covariant=True)

CONSTANT: Final = "constant"  # the schedule where none is given

_LR: Final = Hyperparameter("lr", None, number(above=0))
_PAIR = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)=([^,=]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Generic[R_co]):
    """An optimizer or a schedule with its hyperparameters set.

    values   every hyperparameter
    given    those that were written out
    lr       the rate that was written with an optimizer, or None
    """

    entry: R_co
    values: Mapping[str, Any]
    given: Mapping[str, Any]
    lr: float | None = None

    @property
    def spec(self) -> str:
        """As the command line takes it, without the rate: `adam:beta1=0.8`."""
        pairs = ",".join(_pair(name, value) for name, value in self.given.items())
        return f"{self.entry.name}:{pairs}" if pairs else self.entry.name

    @property
    def label(self) -> str:
        """As people read it, without the rate: `adam, beta1 0.8`."""
        return ", ".join([self.entry.name, *(f"{name} {format_value(value)}" for name, value in self.given.items())])

    def build(self) -> Any:
        """Make the optimizer or the schedule. Raises PluginError where a plug-in's fails."""
        return self.entry.load()(**self.values)


def chosen_method(entry: Method, text: str) -> Choice[Method]:
    """Read `name:key=value,…` of an optimizer.

    Raises SettingError or UnknownNameError, naming the hyperparameter; PluginError where a plug-in's reader fails.
    """
    given = _given(entry, text, (*entry.hyperparameters, _LR))
    lr = given.pop(_LR.name, None)
    return Choice(entry=entry, lr=lr, values=_completed(entry, text, given), given=given)


def chosen_schedule(entry: Schedule, text: str) -> Choice[Schedule]:
    """Read `name:key=value,…` of a schedule. Raises as chosen_method() does."""
    given = _given(entry, text, entry.hyperparameters)
    return Choice(entry=entry, values=_completed(entry, text, given), given=given)


def check_together(optimizer: Choice[Method], schedule: Choice[Schedule]) -> None:
    """Raise SettingError where the optimizer would not follow the schedule."""
    if schedule.entry.name != CONSTANT and not optimizer.entry.follows_schedule:
        allowed = f"{optimizer.entry.name} reads only its first rate; leave out one of the two"
        raise SettingError(Schedule.option, schedule.spec, allowed)


def format_value(value: Any) -> str:
    """A hyperparameter's value as `name:key=value` takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) and float(f"{value:.15g}") == value else str(value)


def _given(entry: Rule, text: str, known: tuple[Hyperparameter, ...]) -> dict[str, Any]:
    """The hyperparameters that a text sets, in the order of `known`."""
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
        try:
            given[key] = _reader(entry, items[key])(value.strip())
        except ValueError as refusal:
            raise SettingError(entry.option, text, f"{key}: {refusal}") from None
    return {name: given[name] for name in items if name in given}


def _reader(entry: Rule, item: Hyperparameter) -> Reader[Any]:
    if not entry.plugin:
        return item.read
    from gdanim.catalogue.foreign import call_guarded

    return call_guarded(entry.plugin, item.read, passing=(ValueError,))


def _completed(entry: Rule, text: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every hyperparameter, at its default where it is not given. Raises SettingError where two are out of order."""
    values = {item.name: given.get(item.name, item.default) for item in entry.hyperparameters}
    for lower, upper in entry.ordered:
        if not values[lower] < values[upper]:
            allowed = f"{_pair(lower, values[lower])} is not below {_pair(upper, values[upper])}"
            raise SettingError(entry.option, text, allowed)
    return values


def _pair(name: str, value: Any) -> str:
    return f"{name}={format_value(value)}"
