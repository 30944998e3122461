"""Texts and numbers in an array of Python objects, as pandas hands them on, read without unpickling.

numpy writes such an array as a pickle that ends in one list of its cells. A pickle is a program; none of it is run: its
words are looked through for the list, which may hold texts and plain numbers and nothing else.
"""

from __future__ import annotations

import pickletools
from math import prod
from typing import IO, Any, Final

MAX_BYTES: Final = 64_000_000  # of an array; each of its words is a step in Python
OBJECTS: Final = "holds Python objects, which are never unpickled: save plain numbers or texts"
_VALUES: Final = frozenset(
    {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "BINFLOAT", "BININT", "BININT1", "BININT2"}
)
_CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_NOTED: Final = frozenset({"BINPUT", "LONG_BINPUT"})
_RECALLED: Final = frozenset({"BINGET", "LONG_BINGET"})
_BETWEEN: Final = frozenset({"PROTO", "FRAME", "MARK", "APPEND", "APPENDS"})  # of which the list consists, too


def cells_in(stream: IO[bytes], shape: tuple[int, ...]) -> list[Any]:
    """The cells of an array whose pickle follows in a stream: texts, numbers or None. Raises ValueError."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"holds texts of more than {MAX_BYTES:,} bytes: save them as numpy's own")
    try:
        cells = _Words().read(content)
    except ValueError:  # pickletools has reasons of its own
        cells = None
    if cells is None or len(cells) != prod(shape):
        raise ValueError(OBJECTS)
    return cells


class _Words:
    """The words of a pickle: what each puts down, and what was noted under which number."""

    def __init__(self) -> None:
        self._notes: dict[int, Any] = {}
        self._cells: list[Any] | None = None
        self._last: Any = None

    def read(self, content: bytes) -> list[Any]:
        """The cells of the first list. Raises ValueError where it holds anything else, or there is none."""
        for word, value, _ in pickletools.genops(content):
            if self._cells is not None and word.name == "TUPLE":
                return self._cells  # the list is the last part of what numpy makes of the array
            self._take(word.name, value)
        raise ValueError(OBJECTS)

    def _take(self, name: str, value: Any) -> None:
        if name in _VALUES or name in _CONSTANTS or name in _RECALLED:
            self._last = self._notes.get(value) if name in _RECALLED else _CONSTANTS.get(name, value)
            if self._cells is not None:
                self._cells.append(self._last)
        elif name in _NOTED or name == "MEMOIZE":
            self._notes[len(self._notes) if name == "MEMOIZE" else value] = self._last
        elif name == "EMPTY_LIST" and self._cells is None:
            self._cells, self._last = [], None
        elif self._cells is not None and name not in _BETWEEN:
            raise ValueError(OBJECTS)
