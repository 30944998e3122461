"""A request: what settings ask for, with every name in them looked up. Imports neither numpy nor matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from gdanim.catalogue.choices import CONSTANT, check_together
from gdanim.catalogue.kinds import chosen_function
from gdanim.catalogue.registry import VIEWS, find, optimizer, schedule
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.kinds import FunctionChoice
    from gdanim.catalogue.specs import Format, Method, Schedule, View
    from gdanim.settings import Settings

AUTO_VIEW: Final = "auto"
_VIEW_OF: Final = {1: "curve", 2: "contour"}  # for so many variables, where none is chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One output: where it goes, in which format and in which style. `file` is the same for all styles of one file."""

    path: str
    file: str
    format: Format
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What settings ask for, with every name in them looked up.

    view       None where none is chosen and the number of variables is not known before a callable is loaded
    methods    those that race, at least one
    schedules  those that each method is solved with, at least one
    outputs    the files to be written; none where only the descent is wanted
    """

    settings: Settings
    function: FunctionChoice
    view: View | None
    methods: tuple[Choice[Method], ...]
    schedules: tuple[Choice[Schedule], ...]
    outputs: tuple[Planned, ...] = ()


def looked_up(settings: Settings) -> Request:
    """The request without its outputs. Raises UsageError where a name is not known or two do not go together."""
    function = chosen_function(settings.function, dict(settings.param))
    return requested(settings, function, chosen_view(settings.view, function.dim))


def requested(settings: Settings, function: FunctionChoice, view: View | None) -> Request:
    """The same where function and view are known. Raises UsageError."""
    methods = tuple(map(optimizer, settings.optimizer or ("gd",)))
    schedules = tuple(map(schedule, settings.schedule or (CONSTANT,)))
    for method, rates in product(methods, schedules):
        check_together(method, rates)
    return Request(settings=settings, function=function, view=view, methods=methods, schedules=schedules)


def chosen_view(name: str, dim: int | None) -> View | None:
    """The view that a name chooses for functions of `dim` variables, None where their number is not known yet.

    Raises UnknownNameError, and SettingError where it draws other functions.
    """
    if name == AUTO_VIEW:
        return None if dim is None else usual_view(dim)
    view = find(VIEWS, "view", name)
    if dim is not None:
        check_draws(view, name, dim)
    return view


def usual_view(dim: int) -> View:
    """The view of functions of `dim` variables where none is chosen."""
    return VIEWS[_VIEW_OF[dim]]


def check_draws(view: View, name: str, dim: int) -> None:
    """Refuse a view, chosen by this name, that does not draw functions of `dim` variables. Raises SettingError."""
    if dim not in view.dims:
        allowed = f"draws functions of {_variables(view.dims[0])}; this one has {_variables(dim)}"
        raise SettingError("--view", name, allowed)


def _variables(dim: int) -> str:
    return "one variable" if dim == 1 else "two variables"
