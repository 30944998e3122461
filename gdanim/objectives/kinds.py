"""Which kind of function FUNCTION is: a row of the catalogue, a Python callable or a formula. Imports no numpy."""

from __future__ import annotations

import re
from enum import Enum, auto

from gdanim.catalogue.registry import FUNCTIONS, find
from gdanim.errors import SettingError, UsageError
from gdanim.formula.parser import parse


class Kind(Enum):
    """What a function is given as."""

    ROW = auto()
    CALLABLE = auto()
    FORMULA = auto()


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


def check(text: str, parameters: dict[str, float]) -> int | None:
    """Refuse a name that no row has, and a formula that cannot be read. Raises UsageError.

    Returns the number of variables; None for a callable, which is only looked at when it is loaded.
    """
    kind = kind_of(text)
    if kind is Kind.CALLABLE and parameters:
        name, value = next(iter(parameters.items()))
        raise SettingError("--param", f"{name}={value:g}", "is for formulas; a Python function has its own defaults")
    if kind is Kind.ROW:
        row = find(FUNCTIONS, "function", text)
        parse(row.formula).bind(dict(row.parameters) | parameters)
        return len(row.bounds)
    if kind is Kind.FORMULA:
        expression = parse(text)
        expression.bind(parameters)
        return len(expression.variables)
    return None


def is_formula(text: str) -> bool:
    """Whether a text can be read as a formula, whether or not its parameters have values."""
    try:
        parse(text)
    except UsageError:
        return False
    return True


def stem(text: str) -> str:
    """What a file is called after a function: its name, or `descent` for a formula."""
    match kind_of(text):
        case Kind.ROW:
            return text.replace("_", "-")
        case Kind.CALLABLE:
            return text.rpartition(":")[2]
        case Kind.FORMULA:
            return "descent"
