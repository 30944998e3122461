"""A request: what settings ask for, with every name in them looked up. Imports neither numpy nor matplotlib."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, Final, NamedTuple, TypeVar

from gdanim.catalogue.choices import CONSTANT, Choice, check_together, chosen, python_rule
from gdanim.catalogue.dims import AUTO_VIEW, NO_FUNCTION, check_draws, check_recorded, usual_view
from gdanim.catalogue.families import BY_NAME as FAMILIES_BY_NAME
from gdanim.catalogue.families import DIM, FAMILIES
from gdanim.catalogue.registry import FUNCTIONS, VIEWS, find, optimizer, schedule
from gdanim.catalogue.specs import Family, Format, Formula, Method, Rule, Schedule, View, imported
from gdanim.catalogue.suggestions import as_file, as_name
from gdanim.errors import SettingError, UnknownNameError, UsageError, shown
from gdanim.formatting import count, listed
from gdanim.formula.parser import Expression, parse
from gdanim.formula.text.joined import JoinedError, with_function
from gdanim.models.named import MODELS
from gdanim.options.objects import NamedObject
from gdanim.settings import AUTO_STYLE, DEFAULTS, FIT_OPTIONS, Settings

R = TypeVar("R", bound=Rule)

_DARK: Final = "dark"  # what AUTO_STYLE is to readers who prefer it
_FIT_VIEW: Final = "fit"  # the view of models where none is chosen

# The colon of a drive belongs to its path: C:\file.py:name.
_CALLABLE = re.compile(r"([A-Za-z]:[\\/])?[^:\s][^:]*:[A-Za-z_]\w*")
_SYMBOL = re.compile(r"[A-Za-z][0-9]?|theta")
_OPTION = re.compile(r"--?[A-Za-z][\w-]*(=.*)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")


class FunctionChoice(NamedTuple):
    """The function that a text names.

    row          the row of the catalogue; None where it is none
    expression   the formula; None of a Python callable, which is only looked at when it is loaded
    model        a Model with its data; None of what is no model
    family       the function of any number of variables; None of what is none
    size         how many variables it has, where the request says so
    """

    text: str
    row: Formula | None = None
    expression: Expression | None = None
    model: Any = None
    family: Family | None = None
    size: int | None = None

    @property
    def dim(self) -> int | None:
        """The number of variables; None where it is not known before a callable is loaded."""
        if self.size is not None:
            return self.size
        return None if self.expression is None else len(self.expression.variables)

    @property
    def stem(self) -> str:
        """What a file is called after it: its name, or `descent` for a formula, and where there is no function."""
        if self.model is not None:
            return str(self.model.stem)
        if self.row is not None or self.family is not None:
            return self.text.replace("_", "-")
        return self.text.rpartition(":")[2] if is_callable(self.text) else "descent"


class StyleChoice:
    """The styles that texts name, one on top of another.

    They are found when they are first drawn in, once, since that takes matplotlib.
    """

    def __init__(self, *names: str) -> None:
        self.names = names or (AUTO_STYLE,)

    @property
    def text(self) -> str:
        """The names as people read them."""
        return " ".join(self.names)

    @cached_property
    def loaded(self) -> Any:
        """The Style. Raises UnknownNameError where there is none, and UsageError where its file is not one."""
        return imported("gdanim.drawing.styles:load_style")(*self.names)

    @property
    def in_the_dark(self) -> StyleChoice | None:
        """The style for readers who prefer a dark page; None where all readers see the same."""
        if AUTO_STYLE not in self.names:
            return None
        return StyleChoice(*(_DARK if name == AUTO_STYLE else name for name in self.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One output: where it goes, in which format and in which style. `file` is the same for all styles of one file."""

    path: str
    file: str
    format: Format
    style: StyleChoice


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
    style: StyleChoice
    outputs: tuple[Planned, ...] = ()


def looked_up(settings: Settings) -> Request:
    """The request without its outputs. Raises UsageError where a name is not known or two do not go together."""
    function = function_of(settings)
    return requested(settings, function, chosen_view(settings.view, function))


def requested(settings: Settings, function: FunctionChoice, view: View | None) -> Request:
    """The same where function and view are known. Raises UsageError."""
    methods = tuple(_rule(text, Method, optimizer) for text in settings.optimizer or ("gd",))
    schedules = tuple(_rule(text, Schedule, schedule) for text in settings.schedule or (CONSTANT,))
    for method, rates in product(methods, schedules):
        check_together(method, rates)
    style = StyleChoice(*settings.style)
    return Request(
        settings=settings, function=function, view=view, methods=methods, schedules=schedules, style=style
    )  # fmt: skip


def _rule(text: str, kind: type[R], listed: Callable[[str], Choice[R]]) -> Choice[R]:
    """The rule of a kind that a text chooses: one of a person's own Python, which is loaded, or a `listed` one."""
    if isinstance(text, NamedObject):
        return chosen(imported("gdanim.optimizers.python_rules:given_rule")(text, kind), text, "")
    own = python_rule(text)
    if own is None:
        return listed(text)
    name, pairs = own
    return chosen(imported("gdanim.optimizers.python_rules:own_rule")(name, kind), text, pairs)


def function_of(settings: Settings) -> FunctionChoice:
    """The function that settings name, or the model with its data. Raises UsageError."""
    text = settings.function
    if text == NO_FUNCTION:
        check_recorded(settings)
        return FunctionChoice(text)
    if settings.points is None and not is_model(text):
        for option in FIT_OPTIONS:
            if getattr(settings, option) != DEFAULTS[option]:
                raise UsageError(
                    f"--{option} is for a model that is fitted to data: add --points FILE, or leave it out"
                )
        return chosen_function(text, dict(settings.param), settings.dim)
    if is_callable(text):
        raise SettingError("FUNCTION", text, "--points fits formulas; a Python function reads data of its own")
    if settings.points is None and settings.target is not None:
        raise SettingError("--target", settings.target, "names a column of a table: add --points FILE")
    model = imported("gdanim.models.model:model_of")(settings)
    return FunctionChoice(text, None, model.expression, model)


def chosen_function(text: str, parameters: Mapping[str, float], dim: int | None = None) -> FunctionChoice:
    """Look a function up, and check that it takes the parameters, and as many variables as `dim` says.

    Raises UsageError: UnknownNameError, FormulaError, or SettingError for a parameter of a callable.
    """
    if is_callable(text):
        for name, value in parameters.items():
            allowed = "is for formulas; a Python function has its own defaults"
            raise SettingError("--param", f"{name}={value:g}", allowed)
        return FunctionChoice(text, size=dim)
    if meant := as_file(text):
        raise UsageError(f"{shown(text)} is no function, but {meant}")
    family = _family(text, dim) if is_name(text) else None
    if family is not None:
        _check_parameters(family, parameters)
        if dim is not None and dim < family.least:
            raise SettingError("--dim", dim, f"{text} needs {family.least} variables or more")
        return FunctionChoice(text, family=family, size=dim or DIM)
    row = _row(text) if is_name(text) else None
    values = dict(parameters) if row is None else dict(row.parameters) | dict(parameters)
    expression = _expression(text if row is None else row.formula, tuple(values.items()))
    if dim is not None and dim != len(expression.variables):
        takes = count(len(expression.variables), "variable")
        families = ", ".join(family.typed for family in FAMILIES)
        raise SettingError("--dim", dim, f"{text} has {takes}; these have any number: {families}")
    return FunctionChoice(text, row, expression)


def _family(name: str, dim: int | None) -> Family | None:
    """The function of any number of variables of a name; None where a row of the catalogue is meant."""
    row = FUNCTIONS.own(name.replace("-", "_"))
    if row is not None and dim in (None, len(row.bounds)):
        return None
    return FAMILIES_BY_NAME.get(name.replace("-", "_"))


def _check_parameters(family: Family, parameters: Mapping[str, float]) -> None:
    known = [name for name, _ in family.parameters]
    for name in parameters:
        if name not in known:
            raise SettingError("--param", name, f"{family.typed} has {listed(known) if known else 'no parameters'}")


@lru_cache(maxsize=64)  # the jobs of a batch share their function
def _expression(formula: str, values: tuple[tuple[str, float], ...]) -> Expression:
    expression = parse(formula, dict(values))
    expression.bind(dict(values))
    return expression


def _row(name: str) -> Formula:
    try:
        return find(FUNCTIONS, "function", name)
    except UnknownNameError as error:
        if meant := as_name(name):
            raise UsageError(f"{shown(name)} is no function, but {meant}") from None
        if formula := with_function(name):
            raise UsageError(f"{error}; for a formula write '{formula}'") from None
        raise error from None


def is_model(text: str) -> bool:
    """Whether a function is a model that has a short name, told by the text alone."""
    return text.partition(":")[0].strip() in MODELS


def is_callable(text: str) -> bool:
    """Whether a function is a Python callable, told by the text alone; nothing is loaded."""
    return _CALLABLE.fullmatch(text) is not None


def python_in(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field of Settings that names Python code, and what it names; told by the texts alone, nothing is loaded."""
    if is_callable(fields.get("function", "")):
        yield "function", fields["function"]
    if fields.get("gradient") is not None:
        yield "gradient", fields["gradient"]
    for key in ("optimizer", "schedule"):
        yield from ((key, text) for text in fields.get(key, ()) if python_rule(text) is not None)
    yield from (("style", text) for text in fields.get("style", ()) if isinstance(text, NamedObject))


def is_name(text: str) -> bool:
    """Whether a function is a row of the catalogue, told by the text alone.

    A word is a name, and if no row has it a misspelt one; x-1 is a formula, however much it looks like a name, and so
    is a symbol alone, such as t.
    """
    if _SYMBOL.fullmatch(text):
        return False
    return _NAME.fullmatch(text) is not None and not {"x", "y"} & set(text.split("-"))


def is_formula(text: str) -> bool:
    """Whether a text that begins with - is a formula, and no option: -2t and -x are, -t and --lr=0.1 are not."""
    try:
        expression = parse(text)
    except JoinedError:  # -2ex is a formula that says what is wrong with it
        return _OPTION.fullmatch(text) is None
    except UsageError:
        return False
    return _OPTION.fullmatch(text) is None or "x" in expression.variables


def chosen_view(name: str, function: FunctionChoice) -> View | None:
    """The view that a name chooses for a function, None where its number of variables is not known yet.

    Raises UnknownNameError, and SettingError where it draws other functions.
    """
    dim = function.dim
    if name == AUTO_VIEW:
        return VIEWS[_FIT_VIEW] if function.model is not None else None if dim is None else usual_view(dim)
    view = find(VIEWS, "view", name)
    if view.name == _FIT_VIEW and function.model is None:
        raise SettingError("--view", name, "draws a model beside its data: add --points FILE, or choose another view")
    if dim is not None:
        check_draws(view, name, dim)
    return view
