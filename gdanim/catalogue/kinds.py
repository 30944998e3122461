"""What FUNCTION is: a row of the catalogue, a Python callable or a formula. Imports no numpy."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from gdanim.catalogue.registry import FUNCTIONS, find
from gdanim.errors import SettingError, UsageError
from gdanim.formula.parser import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.catalogue.specs import Formula
    from gdanim.formula.parser import Expression


class Kind(Enum):
    """What a function is given as."""

    ROW = auto()
    CALLABLE = auto()
    FORMULA = auto()


class FunctionChoice(NamedTuple):
    """The function that a text names.

    row          the row of the catalogue; None where it is none
    expression   the formula; None of a Python callable, which is only looked at when it is loaded
    """

    text: str
    row: Formula | None = None
    expression: Expression | None = None

    @property
    def is_callable(self) -> bool:
        """Whether it is a Python callable."""
        return self.expression is None

    @property
    def dim(self) -> int | None:
        """The number of variables; None where it is not known before a callable is loaded."""
        if self.row is not None:
            return len(self.row.bounds)
        return None if self.expression is None else len(self.expression.variables)

    @property
    def stem(self) -> str:
        """What a file is called after it: its name, or `descent` for a formula."""
        if self.row is not None:
            return self.text.replace("_", "-")
        return self.text.rpartition(":")[2] if self.is_callable else "descent"


# The colon of a drive belongs to its path: C:\file.py:name.
_CALLABLE = re.compile(r"([A-Za-z]:[\\/])?[^:\s][^:]*:[A-Za-z_]\w*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")


def kind_of(text: str) -> Kind:
    """Tell the three kinds apart by the text alone; nothing is looked up or loaded."""
    if _CALLABLE.fullmatch(text):
        return Kind.CALLABLE
    # A word is a name, and if no row has it a misspelt one; x-1 is a formula, however much it looks like a name.
    if _NAME.fullmatch(text) and not {"x", "y"} & set(text.split("-")):
        return Kind.ROW
    return Kind.FORMULA


def chosen_function(text: str, parameters: Mapping[str, float]) -> FunctionChoice:
    """Look a function up, and check that it takes the parameters.

    Raises UsageError: UnknownNameError, FormulaError, or SettingError for a parameter of a callable.
    """
    match kind_of(text):
        case Kind.CALLABLE:
            for name, value in parameters.items():
                allowed = "is for formulas; a Python function has its own defaults"
                raise SettingError("--param", f"{name}={value:g}", allowed)
            return FunctionChoice(text)
        case Kind.ROW:
            row = find(FUNCTIONS, "function", text)
            expression = parse(row.formula)
            expression.bind(dict(row.parameters) | dict(parameters))
            return FunctionChoice(text, row, expression)
        case Kind.FORMULA:
            expression = parse(text)
            expression.bind(parameters)
            return FunctionChoice(text, expression=expression)


def is_formula(text: str) -> bool:
    """Whether a text can be read as a formula, whether or not its parameters have values."""
    try:
        parse(text)
    except UsageError:
        return False
    return True
