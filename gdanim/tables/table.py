"""Table: named columns, and their rows some thousands at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gdanim.arrays import Flags, Index, Scalar

MAX_ROWS: Final = 20_000_000
MAX_COLUMNS: Final = 10_000
CHUNK: Final = 8192  # rows: what is read of them stays in the cache


class Source(NamedTuple):
    """Where a table comes from. Messages call its rows by name and unit: `run.csv line 17`."""

    name: str
    unit: str = "line"

    def refusal(self, reason: str, place: int | None = None) -> UsageError:
        """The error for what is wrong with the file, or with one of its rows."""
        return UsageError(f"{self.name}{'' if place is None else f' {self.unit} {place}'}: {reason}")


class Numbers(NamedTuple):
    """A column of numbers: values (m,), NaN where the cell is empty; given (m,), whether it is not."""

    value: Scalar
    given: Flags


class Chunk(NamedTuple):
    """Some rows of a table.

    place (m,)   the line of each; in arrays its row, counted from 0
    numbers      the columns that were asked for as numbers
    words        those that were asked for as words, each (m,): texts or numbers; None where the cell is empty
    """

    place: Index
    numbers: tuple[Numbers, ...]
    words: tuple[Sequence[Any], ...]

    def until(self, row: int) -> Chunk:
        """The rows before one of them."""
        numbers = tuple(Numbers(column.value[:row], column.given[:row]) for column in self.numbers)
        return Chunk(self.place[:row], numbers, tuple(column[:row] for column in self.words))


class Table(NamedTuple):
    """A table, not yet read through.

    columns   their names as written; where the file has none, their numbers from 1 on
    named     whether the file names them
    remarked  whether it does so in a comment, which may be no names at all
    sample    the cells of some first rows: numbers, None or words
    chunks    for the columns wanted as numbers and those wanted as words, the rows, once. It raises UsageError where
              one is malformed, after the rows before it
    turned    the same with rows as columns, of one array that is wider than high; only until rows are read
    """

    source: Source
    columns: tuple[str, ...]
    named: bool
    sample: Sequence[Sequence[Any]]
    chunks: Callable[[Sequence[int], Sequence[int]], Iterator[Chunk]]
    remarked: bool = False
    turned: Callable[[], Table] | None = None
