"""What a row from outside must be, field by field. gdanim's own rows are held to the same by the tests.

Raises UsageError throughout: in one line, the field and what is allowed there. Imports no numpy.
"""

from __future__ import annotations

import re
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gdanim import readers
from gdanim.catalogue.functions import Formula
from gdanim.catalogue.specs import Entry, Format, Hyperparameter, Method, Rate, Rule, Schedule, View
from gdanim.errors import UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gdanim.readers import Reader

E = TypeVar("E", bound=Entry | Formula)

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_SUFFIX = re.compile(r"\.[a-z0-9]+", re.ASCII)
_NOTES = ("", "kink", "flat", "saddle")


def _words(value: Any) -> str:
    text = readers.text(value)
    if not text.strip():
        raise ValueError("say something")
    return text


def _that(allowed: str, holds: Callable[[Any], Any]) -> Reader[Any]:
    """Read a value that `holds`."""

    def read(value: Any) -> Any:
        if not holds(value):
            raise ValueError(f"give {allowed}")
        return value

    return read


def _tuple(allowed: str, holds: Callable[[Any], Any]) -> Reader[Any]:
    return _that(allowed, lambda value: isinstance(value, tuple) and all(map(holds, value)))


def _hyperparameters(value: Any) -> Any:
    items = _tuple("a tuple of Hyperparameter", lambda item: isinstance(item, Hyperparameter))(value)
    for item in items:
        try:
            _check_hyperparameter(item)
        except ValueError as refusal:
            raise UsageError(f"hyperparameter {shown(item.name)}: {refusal}") from None
    if len({item.name for item in items}) < len(items):
        raise ValueError("two of them have one name")
    return items


def _check_hyperparameter(item: Hyperparameter) -> None:
    if not (isinstance(item.name, str) and item.name.isidentifier() and item.name != "lr"):
        raise ValueError("give a name of Python's, and not lr, which every optimizer has")
    readers.text(item.shown)
    if not callable(item.read):
        raise ValueError("give a `read` that can be called")
    if item.default is None:
        if not item.shown:
            raise ValueError("the default is None; `shown` must say what that means")
    elif not isinstance(item.default, bool | int | float | str):
        raise ValueError("give a default that is a number, a switch or a word")
    elif item.read(item.default) != item.default:
        raise ValueError("its own reader changes the default")


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(name, str) for name in value)


_pairs = _tuple("a tuple of pairs of names, each the lower first", _is_pair)


def _is_point(value: Any) -> bool:
    return isinstance(value, tuple) and readers.point(value) == value


def _are_qualities(value: Any) -> bool:
    known = {"low", "medium", "high", "lossless"}
    return {"medium"} <= set(value) <= known and all(isinstance(text, str) for text in value.values())


def _are_suffixes(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(suffix, str) and _SUFFIX.fullmatch(suffix) for suffix in value)


_ENTRY: Final[Mapping[str, Reader[Any]]] = {
    "name": _that("snake_case", lambda value: isinstance(value, str) and _NAME.fullmatch(value)),
    "target": _that("module:attribute", lambda value: isinstance(value, str) and _TARGET.fullmatch(value)),
    "summary": _words,
}

_FIELDS: Final[Mapping[type[Any], Mapping[str, Reader[Any]]]] = {
    Method: {
        **_ENTRY,
        "hyperparameters": _hyperparameters,
        "ordered": _pairs,
        "rate": _that("a Rate", lambda value: isinstance(value, Rate)),
        "follows_schedule": readers.flag,
        "source": _words,
    },
    Schedule: {**_ENTRY, "hyperparameters": _hyperparameters, "ordered": _pairs, "source": readers.text},
    View: {
        **_ENTRY,
        "dims": _that("(1,), (2,) or (1, 2)", lambda value: value in ((1,), (2,), (1, 2))),
        "takes": _tuple("a tuple of options such as camera", readers.text),
    },
    Format: {
        **_ENTRY,
        "extensions": _that("a tuple of suffixes such as .gif", _are_suffixes),
        "needs_path": readers.flag,
        "even_size": readers.flag,
        "max_fps": readers.whole(least=1, most=1000),
        "loops": readers.flag,
        "qualities": _that("a mapping from medium, and low, high or lossless, to what they mean", _are_qualities),
        "transparent": readers.flag,
        "still": readers.flag,
        "sequence": readers.flag,
        "vector": readers.flag,
        "redraws": readers.flag,
        "opaque_only": _tuple("a tuple of qualities", readers.text),
        "suffixes": _tuple("a tuple of suffixes such as .pdf", readers.text),
        "refuses": _tuple("a tuple of options such as facet", readers.text),
        "takes": _tuple("a tuple of options such as frames", readers.text),
    },
    Formula: {
        "name": _ENTRY["name"],
        "formula": readers.text,
        "bounds": _tuple("((x0, x1),) or ((x0, x1), (y0, y1))", readers.interval),
        "start": _that("(x,) or (x, y)", _is_point),
        "lr": readers.number(above=0),
        "iterations": readers.whole(least=0, most=1_000_000),
        "minimizers": _tuple("a tuple of points", _is_point),
        "minimum": readers.optional(readers.number()),
        "curvature": readers.optional(readers.number()),
        "parameters": readers.parameters,
        "view": _that(
            "None or ((x0, x1), (y0, y1))",
            lambda value: value is None or (len(value) == 2 and all(map(readers.interval, value))),
        ),
        "note": readers.choice(*_NOTES),
        "source": _words,
    },
}


def checked(row: Any, kind: type[E], name: str) -> E:
    """`row`, if it is a `kind` called `name` and each of its fields holds what belongs there."""
    if not isinstance(row, kind):
        raise UsageError(f"its entry point names a {type(row).__name__}, not a {kind.__name__}")
    for field, read in _FIELDS[kind].items():
        try:
            read(getattr(row, field))
        except ValueError as refusal:
            raise UsageError(f"{field} {shown(getattr(row, field))}: {refusal}") from None
    if row.name != name:
        raise UsageError(f"its row is called {shown(row.name)}; the entry point must have the same name")
    match row:
        case Formula():
            _check_formula(row)
        case Rule():
            _check_rule(row)
    return row


def _check_rule(row: Rule) -> None:
    items = {item.name: item for item in row.hyperparameters}
    for lower, upper in row.ordered:
        low, high = (items[name].default if name in items else None for name in (lower, upper))
        if not (isinstance(low, int | float) and isinstance(high, int | float) and low < high):
            raise UsageError(f"ordered: {lower} and {upper} have to be hyperparameters, their defaults in this order")
    if isinstance(row, Method) and row.rate is Rate.DAMPED and not _is_share(items.get("momentum")):
        raise UsageError("rate DAMPED: it goes with a hyperparameter `momentum` of at least 0 and below 1")


def _is_share(item: Hyperparameter | None) -> bool:
    """Whether a hyperparameter is a number of at least 0 that has to be below 1."""
    if item is None or not isinstance(item.default, int | float) or not 0 <= item.default < 1:
        return False
    try:
        item.read(1.0)
    except ValueError:
        return True
    return False


def _check_formula(row: Formula) -> None:
    from gdanim.formula.parser import parse

    expression = parse(row.formula)
    expression.bind(dict(row.parameters))
    dim = len(expression.variables)
    for field, points in (("bounds", (row.bounds,)), ("start", (row.start,)), ("minimizers", row.minimizers)):
        if any(len(point) != dim for point in points):
            raise UsageError(f"{field}: the formula has {' and '.join(expression.variables)}")
    if not all(low <= x <= high for (low, high), x in zip(row.bounds, row.start, strict=True)):
        raise UsageError("start: it lies outside the bounds")
    if {"x", "y"} & set(row.name.split("_")):
        raise UsageError("name: with hyphens it would be a formula, because x and y are variables")


def check_target(row: Entry, target: Any) -> None:
    """Refuse what an entry stands for if it cannot be called as the entry's class says."""
    if not callable(target):
        raise UsageError(f"target {row.target} is a {type(target).__name__}, and cannot be called")
    match row:
        case Rule():
            signature(target).bind(**{item.name: item.default for item in row.hyperparameters})
        case Format():
            told = ("suffix",) * bool(row.suffixes) + ("redraw",) * row.redraws
            given = ("stream", "scene", "reel") if row.vector else ("target", "reel")
            signature(target).bind(*given, **dict.fromkeys((*row.takes, *told)))
        case View():
            signature(target).bind("descent")
