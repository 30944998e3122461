"""What each field of a row may hold. Rows of plug-ins are checked when they are loaded, gdanim's own by a test.

Every check raises UsageError: one line with the field and what is allowed there. Imports no numpy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from inspect import signature
from typing import Any, Final, TypeVar

from gdanim import readers
from gdanim.catalogue.specs import Entry, Format, Formula, Hyperparameter, Method, Rate, Rule, View
from gdanim.errors import UsageError, shown
from gdanim.readers import Reader

E = TypeVar("E", bound=Entry | Formula)


def _sentence(value: Any) -> str:
    text = readers.text(value)
    if not text.strip():
        raise ValueError("say something")
    return text


def _that(allowed: str, holds: Callable[[Any], Any]) -> Reader[Any]:
    """Read a value for which `holds` is true."""

    def read(value: Any) -> Any:
        if not holds(value):
            raise ValueError(f"give {allowed}")
        return value

    return read


def _matches(pattern: str) -> Callable[[Any], Any]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value)


def _tuple(allowed: str, holds: Callable[[Any], Any]) -> Reader[Any]:
    """Read a tuple; `holds` is true of each item, or raises the ValueError for it."""
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


def _is_view(value: Any) -> bool:
    return value is None or (len(value) == 2 and all(map(readers.interval, value)))


def _is_point(value: Any) -> bool:
    return isinstance(value, tuple) and readers.point(value) == value


def _are_qualities(value: Any) -> bool:
    known = {"low", "medium", "high", "lossless"}
    return {"medium"} <= set(value) <= known and all(isinstance(text, str) for text in value.values())


_suffixes = _tuple("a tuple of suffixes such as .gif", _matches(r"\.[a-z0-9]+"))

# By the name of a field, and of its class where two classes differ; the fields that remain, by their annotation.
_READERS: Final[Mapping[str, Reader[Any]]] = {
    "name": _that("snake_case", _matches(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")),
    "target": _that("module:attribute", _matches(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")),
    "summary": _sentence,
    "source": _sentence,
    "Schedule.source": readers.text,
    "hyperparameters": _hyperparameters,
    "ordered": _tuple("a tuple of pairs of names, each the lower first", _is_pair),
    "rate": _that("a Rate", lambda value: isinstance(value, Rate)),
    "dims": _that("(1,), (2,) or (1, 2)", lambda value: value in ((1,), (2,), (1, 2))),
    "View.takes": _tuple("a tuple of options such as camera", readers.text),
    "Format.takes": _tuple("a tuple of options such as frames", readers.text),
    "extensions": _suffixes,
    "borrows": _suffixes,
    "max_fps": readers.whole(least=1, most=1000),
    "ticks_per_s": readers.whole(least=0, most=1_000_000_000),
    "pixel_bytes": readers.whole(least=0, most=1_000_000),
    "full_pixel_bytes": readers.whole(least=0, most=1_000_000),
    "qualities": _that("a mapping from medium, and low, high or lossless, to what they mean", _are_qualities),
    "opaque_only": _tuple("a tuple of qualities", readers.text),
    "in_full": _tuple("a tuple of qualities", readers.text),
    "suffixes": _tuple("a tuple of suffixes such as .pdf", readers.text),
    "bounds": _tuple("((x0, x1),) or ((x0, x1), (y0, y1))", readers.interval),
    "start": _that("(x,) or (x, y)", _is_point),
    "lr": readers.number(above=0),
    "iterations": readers.whole(least=0, most=1_000_000),
    "minimizers": _tuple("a tuple of points", _is_point),
    "parameters": readers.parameters,
    "view": _that("None or ((x0, x1), (y0, y1))", _is_view),
    "note": readers.Choice("", "kink", "flat", "saddle"),
    "str": readers.text,
    "bool": readers.flag,
    "float | None": readers.optional(readers.number()),
}


def check_row(row: Any, kind: type[E], name: str) -> E:
    """Return `row` if it is a `kind` called `name` and each of its fields holds what belongs there."""
    if not isinstance(row, kind):
        raise UsageError(f"its entry point names a {type(row).__name__}, not a {kind.__name__}")
    for field in fields(kind):
        if field.name == "plugin":  # will be overwritten
            continue
        value, places = getattr(row, field.name), (f"{kind.__name__}.{field.name}", field.name, str(field.type))
        try:
            next(_READERS[place] for place in places if place in _READERS)(value)
        except ValueError as refusal:
            raise UsageError(f"{field.name} {shown(value)}: {refusal}") from None
    if row.name != name:
        raise UsageError(f"its row is called {shown(row.name)}; the entry point must have the same name")
    if isinstance(row, Formula):
        _check_formula(row)
    elif isinstance(row, Rule):
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
    if isinstance(row, Method) and row.rate is Rate.MIXED and "nu" not in items:
        raise UsageError("rate MIXED: it goes with a hyperparameter `nu` from 0 to 1")


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

    expression = parse(row.formula, dict(row.parameters))
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
    """Refuse a target that cannot be called as the class of its row says."""
    if not callable(target):
        raise UsageError(f"target {row.target} is a {type(target).__name__}, and cannot be called")
    match row:
        case Rule():
            signature(target).bind(**{item.name: item.default for item in row.hyperparameters})
        case Format():
            arguments = ("stream", "scene", "film") if row.vector else ("target", "film")
            keywords = [*row.takes, *(["suffix"] if row.suffixes else []), *(["redraw"] if row.redraws else [])]
            signature(target).bind(*arguments, **dict.fromkeys(keywords))
        case View():
            signature(target).bind("descent")
