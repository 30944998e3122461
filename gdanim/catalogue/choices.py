"""An optimizer or a schedule with its hyperparameters set, read from `adam:lr=0.05,beta1=0.8`.

Imports neither numpy nor the rules themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from gdanim.catalogue.optimizers import METHODS
from gdanim.catalogue.schedules import SCHEDULES
from gdanim.catalogue.specs import REQUIRED, Hyperparameter, Method, Rule, Schedule
from gdanim.errors import PluginError, SettingError, UnknownNameError, nearest
from gdanim.readers import number

R = TypeVar("R", bound=Rule)

CONSTANT: Final = "constant"  # the schedule where none is given

_LR: Final = Hyperparameter("lr", None, number(above=0))
# FILE.py:NAME or package.module:NAME, and its hyperparameters. The colon of a drive belongs to its path.
_PYTHON = re.compile(r"((?:[A-Za-z]:[\\/])?[^:\s][^:]*:[A-Za-z_]\w*)(?::(.*))?")
_OWN = frozenset(row.name for row in (*METHODS, *SCHEDULES))
_PAIR = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)=([^,=]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Generic[R]):
    """An optimizer or a schedule with its hyperparameters set.

    values   every hyperparameter, at its default where it is not given
    given    those that were written out
    lr       the rate that was written with an optimizer, or None
    """

    entry: R
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
        return ", ".join([self.entry.word, *(f"{name} {format_value(value)}" for name, value in self.given.items())])

    def build(self) -> Any:
        """Make the optimizer or the schedule. Raises PluginError where a plug-in's fails."""
        return self.entry.load()(**self.values)


def python_rule(text: str) -> tuple[str, str] | None:
    """The `FILE.py:NAME` that a text chooses as an optimizer or a schedule, and its `key=value,…`; None where it is no
    Python. Told by the text alone; nothing is loaded.
    """
    found = _PYTHON.fullmatch(text)
    if found is None or text.partition(":")[0].replace("-", "_") in _OWN:
        return None
    return found[1], found[2] or ""


def chosen(entry: R, text: str, pairs: str | None = None) -> Choice[R]:
    """Read `name:key=value,…` of an optimizer or a schedule; `pairs` is what follows the name, where that has a colon.

    Raises SettingError where hyperparameters are out of order, too, or UnknownNameError, naming the hyperparameter;
    PluginError where a plug-in's reader fails.
    """
    given = _given(entry, text, text.partition(":")[2] if pairs is None else pairs)
    lr = given.pop(_LR.name, None)
    values = {item.name: given.get(item.name, item.default) for item in entry.hyperparameters}
    if missing := [name for name, value in values.items() if value is REQUIRED]:
        way_out = f"write {entry.name}:{','.join(f'{name}=VALUE' for name in missing)}"
        raise SettingError(entry.option, text, f"give {' and '.join(missing)}: {way_out}. {entry.summary}")
    for lower, upper in entry.ordered:
        if not values[lower] < values[upper]:
            allowed = f"{_pair(lower, values[lower])} is not below {_pair(upper, values[upper])}"
            raise SettingError(entry.option, text, allowed)
    return Choice(entry=entry, lr=lr, values=values, given=given)


def respelling(text: str, option: str, known: Collection[str]) -> str | None:
    """How a rule is written that is spelt as calls are, adam(lr=0.1), or with a comma for the colon; several parted by
    commas are several options. None where neither is meant.
    """
    name, *rest = (part.strip() for part in re.split(r"[(),:\s]+", text.rstrip(") ")))
    near = nearest(name, known)
    if near is None or not rest:
        return None
    if all(_PAIR.fullmatch(part) for part in rest):
        return f"{near}:{','.join(rest)}"
    names = [nearest(part, known) for part in (name, *rest)]
    return " ".join(f"{option} {each}" for each in names) if all(names) else None


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


def _given(entry: Rule, text: str, pairs: str) -> dict[str, Any]:
    """The hyperparameters that a text sets, in the order of the row; last the rate of an optimizer."""
    known = (*entry.hyperparameters, _LR) if isinstance(entry, Method) else entry.hyperparameters
    items = {item.name: item for item in known}
    given: dict[str, Any] = {}
    for pair in filter(None, pairs.split(",")):
        match = _PAIR.fullmatch(pair.strip())
        if match is None:
            raise SettingError(entry.option, text, "write NAME:KEY=VALUE,KEY=VALUE, such as adam:lr=0.05,beta1=0.8")
        key, value = match.groups()
        if key not in items:
            see = "" if ":" in entry.name else f"gdanim list {entry.option[2:]}s"
            raise UnknownNameError(f"hyperparameter of {entry.name}", key, items, see=see)
        if key in given:
            raise SettingError(entry.option, text, f"{key} is set twice")
        read = items[key].read
        if entry.plugin:
            from gdanim.catalogue.foreign import call_guarded

            read = call_guarded(entry.plugin, read, PluginError, ValueError)
        try:
            given[key] = read(value.strip())
        except ValueError as refusal:
            raise SettingError(entry.option, text, f"{key}: {refusal}") from None
    return {name: given[name] for name in items if name in given}


def _pair(name: str, value: Any) -> str:
    return f"{name}={format_value(value)}"
