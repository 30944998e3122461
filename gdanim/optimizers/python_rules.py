"""A person's own rules, from `FILE.py:NAME` or `package.module:NAME`, as rows like those of the catalogue.

NAME is a function, or a class, whose arguments are the hyperparameters. It returns the rule, which works as those of
gdanim and of plug-ins do:

    optimizer   a pair init, update, or an object that has both: as in optimizer.Optimizer
    schedule    rates(k, lr, n), as schedules.Rates

Its code runs as a function's does (objectives/python/loader.py): what it raises names its line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from gdanim.arrays import Scalar
from gdanim.catalogue.specs import REQUIRED, Hyperparameter, Method, Rate, Schedule
from gdanim.errors import CallableError, SettingError, UsageError
from gdanim.objectives.python.loader import UserCode
from gdanim.optimizers.guard import Guard
from gdanim.optimizers.optimizer import Optimizer
from gdanim.readers import Reader, number, text, yes_or_no

if TYPE_CHECKING:
    from gdanim.options.objects import NamedObject

Made = Callable[..., Any]
R = TypeVar("R", Method, Schedule)

RETURNS = {
    Method: "It takes hyperparameters, and returns init(x) and update(grad, state, x, lr, oracle)",
    Schedule: "It takes hyperparameters, and returns rates(k, lr, n)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMethod(Method):
    """A method of a person's own. make: hyperparameters → Optimizer, guarded."""

    make: Callable[..., Optimizer]

    def load(self) -> Callable[..., Optimizer]:
        """The function that makes the Optimizer. Raises CallableError, from what it makes, too."""
        return self.make


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSchedule(Schedule):
    """A schedule of a person's own. make: hyperparameters → rates(k, lr, n), guarded."""

    make: Callable[..., Callable[..., Scalar]]

    def load(self) -> Callable[..., Callable[..., Scalar]]:
        """The function that makes the rates. Raises CallableError, from what it makes, too."""
        return self.make


def own_rule(spec: str, kind: type[R]) -> Method | Schedule:
    """The row of the rule that `FILE.py:NAME` names. Its code is imported.

    Raises UsageError where there is none, or its arguments cannot be hyperparameters, and CallableError where its code
    fails.
    """
    code = UserCode()
    call = code.find(spec)
    return _row(code, call, spec, kind, _hyperparameters(call, spec, kind))


def given_rule(named: NamedObject, kind: type[R]) -> Method | Schedule:
    """The row of a rule that a program passed: an object with init and update, or rates(k, lr, n)."""
    return _row(UserCode(), lambda: named.object, named, kind, ())


def _row(
    code: UserCode, call: Made, spec: str, kind: type[R], hyperparameters: tuple[Hyperparameter, ...]
) -> Method | Schedule:
    """The row of a rule that `call` makes of its hyperparameters."""
    guard = Guard(spec, CallableError, partial(_running, code, spec))
    row: dict[str, Any] = {
        "name": spec,
        "target": spec,
        "plugin": spec,
        "summary": RETURNS[kind],
        "hyperparameters": hyperparameters,
    }
    if kind is Method:
        return OwnMethod(**row, rate=Rate.OBJECTIVE, make=partial(_optimizer, guard, call))
    return OwnSchedule(**row, make=partial(_rates, guard, call))


def _optimizer(guard: Guard, call: Made, /, **hyperparameters: Any) -> Optimizer:
    made = guard.wrap(call)(**hyperparameters)
    pair = made if isinstance(made, tuple) else (getattr(made, "init", None), getattr(made, "update", None))
    if len(pair) != 2 or not all(map(callable, pair)):
        raise guard.refusal("it gave no pair of functions init and update, nor an object with both")
    return guard.optimizer(*pair)


def _rates(guard: Guard, call: Made, /, **hyperparameters: Any) -> Callable[..., Scalar]:
    return guard.rates(guard.wrap(call)(**hyperparameters))


def _running(code: UserCode, spec: str, call: Made) -> Made:
    """`call`, made so that what it raises becomes a CallableError that names their line."""

    @wraps(call)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        with code.running(spec):
            return call(*args, **kwargs)

    return guarded


def _hyperparameters(call: Made, spec: str, kind: type[R]) -> tuple[Hyperparameter, ...]:
    """The arguments of a callable; none where Python does not know them. Raises SettingError for one called lr."""
    try:
        arguments = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return ()
    named = [one for one in arguments if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    if any(one.kind is one.POSITIONAL_ONLY for one in arguments):
        raise UsageError(f"{spec} has arguments that cannot be given by name. {RETURNS[kind]}")
    if any(one.name == "lr" for one in named):
        allowed = "lr is no hyperparameter: gdanim passes the rate to what it returns"
        raise SettingError(kind.option, spec, f"{allowed}. {RETURNS[kind]}")
    return tuple(
        Hyperparameter(one.name, REQUIRED if one.default is one.empty else one.default, _reader(one.default))
        for one in named
    )


def _reader(default: object) -> Reader[Any]:
    """How a hyperparameter with this default is read: a switch, a number or a text; anything where there is none."""
    if isinstance(default, bool):
        return yes_or_no
    if isinstance(default, int):
        return _number
    if isinstance(default, float):
        return number()
    return text if isinstance(default, str) else _anything


def _number(value: Any) -> int | float:
    """Read a finite number; a whole one as an int."""
    found = number()(value)
    return int(found) if found.is_integer() and str(value).strip("+- ").isdigit() else found


def _anything(value: Any) -> Any:
    """Read a number or a switch where it is one, else a text."""
    for read in (_number, yes_or_no, text):
        try:
            return read(value)
        except ValueError:
            continue
    raise ValueError("give a number, yes, no, or a text of one line")
