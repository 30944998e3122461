"""Points: the columns of a table that a model is fitted to, as numbers that are all there and finite."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.errors import SettingError, UsageError, shown
from gdanim.formatting import listed
from gdanim.tables.numbers import is_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Scalar, Vector
    from gdanim.tables.table import Chunk, Source, Table

MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 1_000
MAX_NUMBERS: Final = 50_000_000  # of all features: 400 MB, of which a fit holds a few copies
NUMBERS: Final = ("0", "1")  # classes that are told by numbers
MOST_NAMED: Final = 8  # columns that a message lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The rows that a model is fitted to.

    source    what messages call them; empty for those of gdanim itself
    names     of the columns that the model reads, the features
    x (k, n)  the features, as the model reads them
    target    the name of the column that it predicts
    y (n,)    that column; of two words, 0 for the first in sorted order and 1 for the second
    classes   those words, or the two numbers; empty where the target is no class
    raw (k, n)   the features as the table has them
    centre, scale (k,)   what was subtracted from each feature, and then divided by; 0 and 1 where nothing was
    """

    source: str
    names: tuple[str, ...]
    x: Vector
    target: str
    y: Scalar
    classes: tuple[str, ...]
    raw: Vector
    centre: Scalar
    scale: Scalar

    @property
    def rows(self) -> int:
        """How many there are, n."""
        return len(self.y)

    @property
    def is_standardized(self) -> bool:
        """Whether the features were centred and scaled."""
        return self.x is not self.raw

    def thinned(self, most: int) -> Points:
        """Some of the rows, at most so many, evenly from the first to the last."""
        some = slice(None, None, -(-self.rows // most))
        return replace(self, x=self.x[:, some], raw=self.raw[:, some], y=self.y[some])

    @property
    def predicted(self) -> str:
        """What axes call what a model predicts: the target, or the probability of the second of two words."""
        return f"P({self.classes[1]})" if self.classes and self.classes != NUMBERS else self.target

    def label(self, column: int) -> str:
        """What axes call a feature."""
        return f"{self.names[column]}, standardized" if self.is_standardized else self.names[column]

    def as_csv(self, most: int) -> str:
        """The columns that the model reads and its target, as a table of text cut to `most` characters."""
        targets = [self.classes[int(y)] for y in self.y.tolist()] if self.classes else self.y.tolist()
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*self.names, self.target])
        for row in zip(*self.raw.tolist(), targets, strict=True):
            writer.writerow(row)
            if text.tell() > most:
                break
        return text.getvalue()[:most]


def columns_of(table: Table) -> tuple[str, ...]:
    """What formulas call the columns of a table: their names, with _ for what no name holds.

    Where the file names none, x and y, or x1, x2, … and y. Raises UsageError where there are none, or too many.
    """
    if not table.columns:
        raise table.source.refusal("has no columns: a model reads one or more, beside the one that it predicts")
    if len(table.columns) > MAX_COLUMNS:
        raise table.source.refusal(f"has {len(table.columns):,} columns; a model reads at most {MAX_COLUMNS:,}")
    if not table.named:
        width = len(table.columns) - 1
        return (*(("x",) if width == 1 else [f"x{k + 1}" for k in range(width)]), "y")
    names = (re.sub(r"\W+", "_", name).strip("_") or f"column_{k}" for k, name in enumerate(table.columns, start=1))
    return tuple(f"c{name}" if name[0].isdigit() else name for name in names)


def target_of(table: Table, columns: Sequence[str], asked: str | None) -> str:
    """The column to predict: the one that is asked for, by either of its names; else y, or the last one."""
    if asked is None:
        return "y" if "y" in columns else columns[-1]
    names = dict(zip((*table.columns, *columns), (*columns, *columns), strict=True))
    if asked not in names:
        raise SettingError("--target", asked, f"{table.source.name} has {_few(columns)}")
    return names[asked]


def read_points(
    table: Table, columns: Sequence[str], features: Sequence[str], target: str, *, as_classes: bool
) -> Points:
    """The points in a table, not standardized. as_classes: whether the target is 0 or 1, or one of two words.

    Raises UsageError where a column is there twice, or a cell is empty or no finite number.
    """
    places = [_place(table.source, columns, name) for name in (*features, target)]
    in_words = as_classes and any(is_word(row[places[-1]]) for row in table.sample)
    numbers = places[:-1] if in_words else places
    chunks: list[Chunk] = []
    rows = 0
    for chunk in table.chunks(numbers, places[-1:] if in_words else []):
        _check_given(table, chunk, [columns[place] for place in numbers])
        chunks.append(chunk)
        rows += len(chunk.place)
        if rows > MAX_ROWS:
            raise table.source.refusal(f"has more than {MAX_ROWS:,} rows, the most that a model is fitted to")
        if rows * len(features) > MAX_NUMBERS:
            most = f"more than {MAX_NUMBERS:,} numbers in {len(features):,} columns, the most that a model is fitted to"
            raise table.source.refusal(f"has {most}: give fewer rows, or a formula with fewer columns")
    if rows < 2:
        raise table.source.refusal("has one row: a fit needs two or more" if rows else "has no rows")
    found = [np.concatenate([chunk.numbers[k].value for chunk in chunks]) for k in range(len(numbers))]
    x = np.array(found[: len(features)]).reshape(len(features), rows)
    _check_varies(table.source, features, x)
    classes: tuple[str, ...] = ()
    if not as_classes:
        y = found[-1]
    elif in_words:
        y, classes = _of_words(table.source, target, [word for chunk in chunks for word in chunk.words[0]])
    else:
        y, classes = _of_numbers(table.source, target, found[-1])
    return points_of(tuple(features), x, target, y, classes=classes, source=table.source.name)


def points_of(
    names: tuple[str, ...], x: Vector, target: str, y: Scalar, *, classes: tuple[str, ...] = (), source: str = ""
) -> Points:
    """Points that are not standardized, from x (k, n) and y (n,)."""
    for array in (x, y):
        array.flags.writeable = False
    centre, scale = np.zeros(len(x)), np.ones(len(x))
    return Points(
        source=source, names=names, x=x, target=target, y=y, classes=classes, raw=x, centre=centre, scale=scale
    )  # fmt: skip


def standardized(x: Vector) -> tuple[Vector, Scalar, Scalar]:
    """Features x (k, n) centred on their means and divided by their standard deviations; and both of them (k,)."""
    unit = np.abs(x).max(axis=1)  # squares of very large numbers overflow
    centre = (x / unit[:, np.newaxis]).mean(axis=1) * unit
    away = (x - centre[:, np.newaxis]) / unit[:, np.newaxis]
    scale = np.sqrt((away**2).mean(axis=1)) * unit
    found = (x - centre[:, np.newaxis]) / scale[:, np.newaxis]
    found.flags.writeable = False
    return found, centre, scale


def _place(source: Source, columns: Sequence[str], name: str) -> int:
    """Which column has a name."""
    if Counter(columns)[name] > 1:
        raise source.refusal(f"has several columns called {shown(name)}: give each a name of its own")
    return columns.index(name)


def _check_given(table: Table, chunk: Chunk, names: Sequence[str]) -> None:
    """Raise UsageError for the first cell that is empty or not finite."""
    for name, column in zip(names, chunk.numbers, strict=True):
        good = np.isfinite(column.value)
        if not good.all():
            row = int(np.argmin(good))
            what = f"is {column.value[row]:g}" if column.given[row] else "is missing"
            where = int(chunk.place[row])
            raise table.source.refusal(f"{name} {what}: give a finite number, or leave the row out", where)
    for words in chunk.words:
        missing = [word is None or not str(word).strip() for word in words]
        if any(missing):
            row = missing.index(True)
            raise table.source.refusal("the class is missing: name it, or leave the row out", int(chunk.place[row]))


def _check_varies(source: Source, names: Sequence[str], x: Vector) -> None:
    """Raise UsageError for a feature that is the same in every row."""
    for name, column in zip(names, x, strict=True):
        if np.all(column == column[0]):
            raise source.refusal(f"{name} is {column[0]:g} in every row, and tells the model nothing: leave it out")


def _of_words(source: Source, target: str, words: Sequence[Any]) -> tuple[Scalar, tuple[str, ...]]:
    """0 and 1 for two words, and these in sorted order."""
    kinds = sorted({str(word) for word in words})
    if len(kinds) != 2:
        raise source.refusal(f"{target} has {_few(kinds)}: the loss log needs two classes")
    return np.array([float(str(word) == kinds[1]) for word in words]), tuple(kinds)


def _of_numbers(source: Source, target: str, y: Scalar) -> tuple[Scalar, tuple[str, ...]]:
    """Targets that are 0 and 1."""
    kinds = np.unique(y)
    if kinds.tolist() != [0.0, 1.0]:
        few = _few([f"{kind:g}" for kind in kinds[: MOST_NAMED + 1]])
        raise source.refusal(f"{target} has {few}: the loss log needs 0 and 1, or two words")
    return y, NUMBERS


def _few(names: Sequence[str]) -> str:
    """Some of the names, in a sentence."""
    some = tuple(names[:MOST_NAMED])
    return listed(some) if len(names) <= MOST_NAMED else f"{', '.join(some)}, …"


def few_columns(error: str, columns: Sequence[str], source: str) -> UsageError:
    """The error for a model that does not go with the columns of a table."""
    return UsageError(f"{error}; {source} has {_few(columns)}")
