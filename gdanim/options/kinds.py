"""What options take in Python, as types: values, texts as on the command line, and objects in the place of names."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from os import PathLike
from typing import Any, Protocol, TypeVar, Union

T = TypeVar("T")


class HasUpdate(Protocol):
    """An optimizer: a gdanim.Optimizer, or another object with its two functions."""

    @property
    def init(self) -> Callable[..., Any]:
        """x (runs, d) → state."""

    @property
    def update(self) -> Callable[..., Any]:
        """gradient, state, x, lr, oracle → step, state."""


class HasArray(Protocol):
    """An array of numpy, or of a library that makes one of its own."""

    def __array__(self) -> Any:
        """Its numbers."""


class HasColumns(Protocol):
    """A data frame of pandas, polars or a library like them."""

    @property
    def columns(self) -> Any:
        """Its names."""

    def __getitem__(self, name: Any, /) -> Any: ...


class HasColours(Protocol):
    """A gdanim.Style."""

    @property
    def name(self) -> str:
        """What it is called."""

    def applied(self, text: str = "") -> AbstractContextManager[None]:
        """Draw with it."""


class Stream(Protocol):
    """A binary stream, such as io.BytesIO."""

    def write(self, content: bytes, /) -> Any:
        """Take bytes."""


# Texts are read as on the command line; several values are a list, or any sequence.
Several = Union[T, Sequence[T]]  # noqa: UP007 - mypy takes no alias that a type variable begins or ends
Number = float | str
Whole = int | str
Numbers = Sequence[float] | str
Pairs = Mapping[str, T] | Several[str]
Path = str | PathLike[str]
Function = str | Callable[..., Any]
Rule = str | HasUpdate
Rates = str | Callable[..., Any]
Table = HasArray | HasColumns | Mapping[str, Any]
