"""Table: the rows of a trajectory's file as numbers, with the number of the run of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim import readers
from gdanim.descent.recording.rows import batches, source_of
from gdanim.descent.trajectory import MAX_RECORDED
from gdanim.errors import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.descent.recording.rows import Batch, Cells, Source
    from gdanim.objectives.objective import Objective

MOST_ITERATION = 2**53  # beyond, a float64 no longer tells whole numbers apart


class Name(NamedTuple):
    """What the file says of a run in its columns of text; None where it says nothing."""

    run: str | None
    optimizer: str | None
    label: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file, in its order.

    source           the file
    place (m,)       the line of each row, for messages
    run (m,)         the number of its run; runs are numbered as they first appear
    names (runs,)    what the file says of each run
    iteration (m,)   whole numbers
    lr (m,)          NaN where the file gives none
    point (m, 2d+1)  x, f and ∇f
    given (m, 2d+1)  whether the file gives them; x it always does
    """

    source: Source
    place: Index
    run: Index
    names: tuple[Name, ...]
    iteration: Index
    lr: Scalar
    point: Vector
    given: NDArray[np.bool_]


def read_table(path: str, objective: Objective) -> Table:
    """Read the file of a trajectory over an objective. Raises UsageError, naming the line, where it is malformed."""
    source = source_of(path, objective)
    runs = _Runs(source)
    parts: list[tuple[NDArray[Any], ...]] = []
    rows = 0
    for batch in batches(path, source):
        rows += len(batch.place)
        if rows > MAX_RECORDED:
            raise source.refusal(f"has more than {MAX_RECORDED:,} rows, the most that can be replayed")
        parts.append(_columns(batch, runs, source))
    if not parts:
        raise source.refusal("has no rows")
    place, run, iteration, lr, point, given = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Table(
        source=source,
        place=place,
        run=run,
        names=runs.names,
        iteration=iteration,
        lr=lr,
        point=point,
        given=given,
    )


def _columns(batch: Batch, runs: _Runs, source: Source) -> tuple[NDArray[Any], ...]:
    dim = source.objective.dim
    run = runs.numbers(batch)
    iteration, counted = _numbers(batch, "iteration", source)
    _check(counted, "iteration is empty: count the rows of a run", batch, source)
    with np.errstate(invalid="ignore"):
        whole = (iteration >= 0) & (iteration < MOST_ITERATION) & (np.mod(iteration, 1) == 0)
    if not whole.all():
        row = int(np.argmin(whole))
        reason = f"iteration {shown(batch.cells['iteration'][row])} is not a whole number of 0 or more"
        raise source.refusal(reason, batch.place[row])
    lr, _ = _numbers(batch, "lr", source)
    series = [_numbers(batch, name, source) for name in source.columns[4:-2]]
    for name, (_, given) in zip(source.columns[4 : 4 + dim], series, strict=False):
        _check(given, f"{name} is empty: give a number, or nan where the run was lost", batch, source)
    point, given = (np.stack(part, axis=1) for part in zip(*series, strict=True))
    return np.array(batch.place, dtype=np.int64), run, iteration.astype(np.int64), lr, point, given


def _check(good: NDArray[np.bool_], reason: str, batch: Batch, source: Source) -> None:
    if not good.all():
        raise source.refusal(reason, batch.place[int(np.argmin(good))])


class _Runs:
    """The runs of a file: rows that agree in run, optimizer, label and outcome are one run's."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: dict[tuple[Any, ...], int] = {}  # by the cells as they stand
        self._known: dict[Name, int] = {}

    @property
    def names(self) -> tuple[Name, ...]:
        """What the file says of each run."""
        return tuple(self._known)

    def numbers(self, batch: Batch) -> Index:
        """The number of each row's run."""
        keys = list(zip(*(_listed(batch.cells[name]) for name in Name._fields), strict=True))
        try:
            fresh = [key for key in dict.fromkeys(keys) if key not in self._seen]
        except TypeError:  # a cell that cannot be a name, such as a list: refused below
            fresh = keys
        for key in fresh:
            try:
                self._seen[key] = self._known.setdefault(_name(key), len(self._known))
            except ValueError as refusal:
                raise self._source.refusal(str(refusal), batch.place[keys.index(key)]) from None
        return np.array([self._seen[key] for key in keys], dtype=np.int64)


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


def _listed(cells: Cells) -> Sequence[Any]:
    return cells.tolist() if isinstance(cells, np.ndarray) else cells


def _numbers(batch: Batch, name: str, source: Source) -> tuple[Scalar, NDArray[np.bool_]]:
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
            raise source.refusal(f"{name} {shown(cell)} {refusal}", batch.place[row]) from None
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
    if math.isinf(number) and not (is_text and not any(character.isdigit() for character in cell)):
        raise ValueError("is larger than float64 can hold")
    return number
