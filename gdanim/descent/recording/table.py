"""Table: the rows of a trajectory's file as numbers, with the number of the run of each."""

from __future__ import annotations

import math
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim import readers
from gdanim.descent.recording.file_types import STDIN, suffix_of
from gdanim.descent.recording.rows import Source, batches
from gdanim.descent.trajectory import MAX_RECORDED
from gdanim.errors import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.recording.rows import Batch
    from gdanim.objectives.objective import Objective

MOST_ITERATION = 2**53  # beyond, a float64 no longer tells whole numbers apart


class Name(NamedTuple):
    """What the file says of a run in its columns of text; None where it says nothing."""

    run: str | None
    optimizer: str | None
    label: str | None
    outcome: str | None

    @property
    def words(self) -> str:
        """What the column `run` says, where that is not just a number."""
        return "" if self.run is None or self.run.isdecimal() else self.run


class Table(NamedTuple):
    """The rows of a file, in its order.

    names (runs,)    what the file says of each run
    place (m,)       the line of each row, for messages
    run (m,)         the number of its run; runs are numbered as they first appear
    iteration (m,)   whole numbers
    lr (m,)          NaN where the file gives none
    point (m, 2d+1)  x, f and ∇f
    given (m, 2d+1)  whether the file gives them; x it always does
    """

    source: Source
    names: tuple[Name, ...]
    place: Index
    run: Index
    iteration: Index
    lr: Scalar
    point: Vector
    given: Flags


def read_table(path: str, objective: Objective) -> Table:
    """Read the file of a trajectory over an objective. Raises UsageError, naming the line, where it is malformed."""
    name = "standard input" if path == STDIN else Path(path).name
    source = Source(name, "row" if suffix_of(path) == ".npz" else "line", objective)
    names, known = dict[Name, int](), dict[tuple[Any, ...], int]()
    parts: list[tuple[NDArray[Any], ...]] = []
    rows = 0
    for batch in batches(path, source):
        rows += len(batch.place)
        if rows > MAX_RECORDED:
            raise source.refusal(f"has more than {MAX_RECORDED:,} rows, the most that can be replayed")
        parts.append((np.array(batch.place), _run_numbers(batch, names, known), *_columns(batch)))
    if not parts:
        raise source.refusal("has no rows")
    return Table(source, tuple(names), *(np.concatenate(part) for part in zip(*parts, strict=True)))


def _columns(batch: Batch) -> tuple[NDArray[Any], ...]:
    """The last four columns of a Table."""
    dim, columns = batch.source.objective.dim, batch.source.columns
    iteration, counted = _numbers(batch, "iteration")
    _check(batch, counted, "iteration is empty: count the rows of a run")
    with np.errstate(invalid="ignore"):
        whole = (iteration >= 0) & (iteration < MOST_ITERATION) & (np.mod(iteration, 1) == 0)
    wrong = shown(batch.cells["iteration"][int(np.argmin(whole))])
    _check(batch, whole, f"iteration {wrong} is not a whole number of 0 or more")
    lr, _ = _numbers(batch, "lr")
    series = [_numbers(batch, name) for name in columns[4:-2]]
    for name, (_, given) in zip(columns[4 : 4 + dim], series, strict=False):
        _check(batch, given, f"{name} is empty: give a number, or nan where the run was lost")
    point, given = (np.stack(part, axis=1) for part in zip(*series, strict=True))
    return iteration.astype(np.int64), lr, point, given


def _check(batch: Batch, good: Flags, reason: str) -> None:
    if not good.all():
        raise batch.refusal(reason, int(np.argmin(good)))


def _run_numbers(batch: Batch, names: dict[Name, int], known: dict[tuple[Any, ...], int]) -> Index:
    """The number of each row's run: rows that agree in all that a Name holds are one run's.

    `names` are numbered so far, and so are the cells as they stood in the file; those that are new are added.
    """
    columns = (batch.cells[name] for name in Name._fields)
    rows = list(zip(*(cells.tolist() if isinstance(cells, np.ndarray) else cells for cells in columns), strict=True))
    try:
        fresh = [row for row in dict.fromkeys(rows) if row not in known]
    except TypeError:  # a cell that cannot be a name, such as a list: refused below
        fresh = rows
    for row in fresh:
        try:
            known[row] = names.setdefault(_name(row), len(names))
        except ValueError as refusal:
            raise batch.refusal(str(refusal), rows.index(row)) from None
    return np.array([known[row] for row in rows], dtype=np.int64)


def _name(cells: tuple[Any, ...]) -> Name:
    """The Name that cells give a run. Raises ValueError where one is not a text or a number."""
    found = []
    for column, cell in zip(Name._fields, cells, strict=True):
        whole = type(cell) is int or (isinstance(cell, float) and cell.is_integer())
        try:
            found.append(None if cell is None else readers.text(f"{cell:.0f}" if whole else cell).strip())
        except ValueError as refusal:
            raise ValueError(f"{column} {shown(cell)}: {refusal}") from None
    return Name(*found)


def _numbers(batch: Batch, name: str) -> tuple[Scalar, Flags]:
    """The numbers of a column (m,), NaN where the cell is empty, and which cells are not (m,)."""
    cells = batch.cells[name]
    if isinstance(cells, np.ndarray):
        return cells.astype(np.float64), np.ones(len(cells), dtype=np.bool_)
    found = _all_at_once(cells)
    if found is not None:
        return found, np.full(len(cells), cells[0] is not None)
    numbers = np.full(len(cells), np.nan)
    given = np.zeros(len(cells), dtype=np.bool_)
    for row, cell in enumerate(cells):
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            numbers[row], given[row] = _number(cell), True
        except ValueError as refusal:
            raise batch.refusal(f"{name} {shown(cell)} {refusal}", row) from None
    return numbers, given


def _all_at_once(cells: Sequence[Any]) -> Scalar | None:
    """The numbers of cells that are all None, or all plain finite or NaN numbers; else None."""
    types = set(map(type, cells))
    if types == {NoneType}:
        return np.full(len(cells), np.nan)
    if types == {str}:
        together = "".join(cells)
        if not together.isascii() or "_" in together:
            return None
    elif not types <= {float, int}:
        return None
    try:
        numbers = np.fromiter(map(float, cells), np.float64, len(cells))
    except (ValueError, OverflowError):
        return None
    return None if np.isinf(numbers).any() else numbers


def _number(cell: Any) -> float:
    """The number in a cell. Raises ValueError with what is wrong with it."""
    is_text = isinstance(cell, str)
    # float() would accept "1_000" and digits of other scripts.
    if type(cell) not in (str, float, int) or (is_text and ("_" in cell or not cell.isascii())):
        raise ValueError("is not a number")
    try:
        number = float(cell)
    except OverflowError:
        number = math.inf
    except ValueError:
        raise ValueError("is not a number") from None
    if math.isinf(number) and (not is_text or any(character.isdigit() for character in cell)):
        raise ValueError("is larger than float64 can hold")
    return number
