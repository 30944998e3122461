"""Objects in the place of names: the Python functions, optimizers, styles, tables and streams that a program passes.

All that reads a request, its messages and its recipe among it, reads texts. A NamedObject is one, and has the object
with it for whoever would look its name up.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gdanim import readers

STREAM: Final = "stream"  # what an output is called that is no file
TABLE: Final = "table"  # what numbers are called that come from no file
_MODULE: Final = re.compile(r"[A-Za-z_][\w.]*")


class NamedObject(str):
    """A text that names an object, which a program passed in the place of a name."""

    object: Any

    def __new__(cls, name: str, thing: object) -> NamedObject:
        """The name with its object."""
        made = super().__new__(cls, name)
        made.object = thing
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return NamedObject, (str(self), self.object)


def function(value: Any) -> str:
    """Read a function: a name or a formula, or a callable."""
    if callable(value):
        return _named(value, value, getattr(value, "__name__", "f"))
    return _text(value, "a name, a formula or a function")


def optimizer(value: Any) -> str:
    """Read an optimizer: a name, or an object with `init` and `update`."""
    update = getattr(value, "update", None)
    if callable(update) and callable(getattr(value, "init", None)) and not isinstance(value, Mapping):
        return _named(value, update, _maker(update, "optimizer"))
    return _text(value, "a name, or an object with `init` and `update`")


def schedule(value: Any) -> str:
    """Read a schedule: a name, or a callable rates(k, lr, n)."""
    if callable(value):
        return _named(value, value, _maker(value, "schedule"))
    return _text(value, "a name, or a function of k, lr and n")


def style(value: Any) -> str:
    """Read a style: a name, a file, or a Style."""
    if callable(getattr(value, "applied", None)):
        return NamedObject(str(value.name), value)
    return _path(value, "a name, a file or a Style")


def path(value: Any) -> str:
    """Read the path of a file."""
    return _path(value, "a path")


def output(value: Any) -> str:
    """Read where a file goes: a path, or a binary stream."""
    is_stream = callable(getattr(value, "write", None))
    return NamedObject(STREAM, value) if is_stream else _path(value, "a path or a binary stream")


def table(value: Any) -> str:
    """Read a table: a file, or numbers in an array, or in a mapping or a data frame of columns."""
    is_table = isinstance(value, Mapping) or hasattr(value, "__array__") or hasattr(value, "columns")
    return NamedObject(TABLE, value) if is_table else _path(value, "a file, columns or an array")


def tables(value: Any) -> Iterable[Any]:
    """The tables that a list or a tuple holds; what is none of these is a table itself."""
    return value if isinstance(value, (list, tuple)) else [value]


def _path(value: Any, wanted: str) -> str:
    return _text(os.fspath(value) if isinstance(value, os.PathLike) else value, wanted)


def _text(value: Any, wanted: str) -> str:
    """Read a text of one line. Raises ValueError, which says what is wanted of what is no text at all."""
    if not isinstance(value, str):
        raise ValueError(f"give {wanted}")
    return readers.text(value)


def _maker(call: object, default: str) -> str:
    """The name of what a function belongs to: its class, or the function that made it; else its own."""
    names = [name for name in getattr(call, "__qualname__", "").split(".") if name.isidentifier()]
    if len(names) > 1 and names[-1] == getattr(call, "__name__", ""):
        names.pop()
    return names[-1] if names else default


def _named(value: object, made_by: object, name: str) -> NamedObject:
    """An object as the command line would name it, `module:name`; `made_by` is of that module."""
    module = getattr(made_by, "__module__", None)
    module = module if isinstance(module, str) and _MODULE.fullmatch(module) else "python"
    return NamedObject(f"{module}:{name if name.isidentifier() else 'f'}", value)
