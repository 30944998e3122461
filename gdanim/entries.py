"""What stands in the registries: a name, a sentence for people, and where the thing itself is imported from.

Entries are data and import nothing heavy. catalog.py holds those that ship with gdanim; an installed package adds its
own through entry points (plugins.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gdanim.errors import SettingError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.values import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name: a sentence for people, and the object `module:attribute` that is imported on first use."""

    name: str
    target: str
    summary: str

    def load(self) -> Any:
        """Import the object."""
        module, _, attribute = self.target.partition(":")
        return getattr(import_module(module), attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Entry):
    """A file format. Its target is a FrameWriter.

    extensions   the suffixes that mean it, the usual one first
    needs_path   the writer needs a real, seekable file
    even_size    the format holds even sizes only; the last row or column is repeated
    max_fps      the fastest that plays as asked
    loops        whether --loop means anything
    """

    extensions: tuple[str, ...]
    needs_path: bool
    even_size: bool
    max_fps: int
    loops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Entry):
    """A way to draw. Its target builds a Scene. dims: the numbers of variables that it draws."""

    dims: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter:
    """A number that an optimizer or a schedule takes by name.

    read      from text or a number to the checked value; its ValueError says what is allowed
    default   None where the request decides; `shown` then says how
    """

    name: str
    default: Any
    read: Reader[Any]
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Entry):
    """A rule for the rate of every iteration; `name:key=value` sets its hyperparameters.

    Its target takes the hyperparameters as keywords and returns rates(k (n,), lr (runs, 1), n) → (runs, n).
    """

    hyperparameters: tuple[Hyperparameter, ...] = ()
    source: str = ""


class Rate(Enum):
    """The rate of an optimizer for which none is given, as a person reads it."""

    OBJECTIVE = "the function's own"
    DAMPED = "the function's own × (1 − momentum)"
    WIDTH = "2 % of the width of the function's bounds"
    ONE = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Entry):
    """An optimizer; its summary is the rule. `name:key=value` sets its hyperparameters, lr among them.

    Its target takes the hyperparameters as keywords and returns an Optimizer.
    """

    hyperparameters: tuple[Hyperparameter, ...] = ()
    rate: Rate
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A method or a schedule with its hyperparameters set.

    lr       the rate that was given with it, or None
    values   every hyperparameter
    given    those that were written out
    """

    entry: Method | Schedule
    lr: float | None
    values: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def spec(self) -> str:
        """What `-O` takes to choose the same, without the rate: `adam:beta1=0.8`."""
        pairs = ",".join(f"{name}={written(value)}" for name, value in self.given.items())
        return f"{self.entry.name}:{pairs}" if pairs else self.entry.name

    @property
    def words(self) -> str:
        """The same for people: `adam, beta1 0.8`."""
        return ", ".join([self.entry.name, *(f"{name} {written(value)}" for name, value in self.given.items())])

    def build(self) -> Any:
        """Make the optimizer or the schedule."""
        return self.entry.load()(**self.values)


_PAIR = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)=([^,=]+)")


def chosen(entry: Method | Schedule, text: str, *, option: str, read_lr: Reader[float]) -> Choice:
    """Read the `key=value,…` behind a name. Raises SettingError, naming the option and the hyperparameter."""
    known = {item.name: item for item in entry.hyperparameters}
    takes_lr = isinstance(entry, Method)
    given: dict[str, Any] = {}
    for pair in filter(None, text.partition(":")[2].split(",")):
        match = _PAIR.fullmatch(pair.strip())
        if match is None:
            raise SettingError(option, text, "write NAME:KEY=VALUE,KEY=VALUE, such as adam:lr=0.05,beta1=0.8")
        key, value = match.groups()
        if key not in known and not (key == "lr" and takes_lr):
            raise UnknownNameError(
                f"hyperparameter of {entry.name}", key, [*known, *(["lr"] if takes_lr else [])],
                see=f"gdanim list {'optimizers' if takes_lr else 'schedules'}",
            )  # fmt: skip
        if key in given:
            raise SettingError(option, text, f"{key} is set twice")
        try:
            given[key] = (read_lr if key == "lr" else known[key].read)(value.strip())
        except ValueError as refusal:
            raise SettingError(option, text, f"{key}: {refusal}") from None
    lr = given.pop("lr", None)
    values = {name: given.get(name, item.default) for name, item in known.items()}
    return Choice(entry=entry, lr=lr, values=values, given={name: given[name] for name in known if name in given})


def written(value: Any) -> str:
    """A hyperparameter's value as `name:key=value` takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) and float(f"{value:.15g}") == value else str(value)
