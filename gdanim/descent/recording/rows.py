"""Rows: a table read as the points of runs, and refused at the first row that no run can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim import readers
from gdanim.descent.recording.roles import find_roles, upright
from gdanim.descent.recording.variables import variables_in
from gdanim.descent.recording.vocabulary import WORDS
from gdanim.descent.trajectory import MAX_RECORDED
from gdanim.errors import shown
from gdanim.objectives.grounds.recorded import recording
from gdanim.settings import MAX_ITERATIONS
from gdanim.tables.reading import open_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.recording.roles import Roles
    from gdanim.errors import UsageError
    from gdanim.objectives.objective import Objective
    from gdanim.tables.table import Chunk, Numbers, Source, Table

MOST_ITERATION: Final = 2**53  # beyond, a float64 no longer tells whole numbers apart


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


class Rows(NamedTuple):
    """The rows of a file, in its order.

    names (runs,)    what the file says of each run
    begins (runs,)   the line of each run's first row, for messages
    run (m,)         the number of its run; runs are numbered as they first appear
    iteration (m,)   whole numbers, rising in each run
    lr (m,)          NaN where the file gives none
    point (m, 2d+1)  x, f and ∇f
    given (m, 2d+1)  whether the file gives them; x it always does
    remarks          what a person should know about how the file was read
    """

    source: Source
    names: tuple[Name, ...]
    begins: tuple[int, ...]
    run: Index
    iteration: Index
    lr: Scalar
    point: Vector
    given: Flags
    remarks: tuple[str, ...]

    @property
    def dim(self) -> int:
        """How many coordinates a row has."""
        return len(self.point[0]) // 2


def read_rows(path: str, objective: Objective, columns: Mapping[str, str]) -> Rows:
    """Read a table as runs over an objective, or without one; `columns` are names of columns by their roles.

    Raises UsageError where it is malformed, naming the first line that is.
    """
    with open_table(path) as table:
        if objective.recorded:
            objective = recording(variables_in(table, columns))
        given = table
        table = table if columns else upright(table, objective.dim)
        roles = find_roles(table, objective, columns)
        parts = _Parts(table, roles, objective.dim)
        for chunk in table.chunks(parts.numbers, parts.words):
            parts.add(chunk)
    turned = () if table is given else (f"{table.source.name}: takes its rows as columns",)
    return parts.rows((*turned, *roles.remarks))


class _Parts:
    """The rows of a file as they come, chunk by chunk."""

    def __init__(self, table: Table, roles: Roles, dim: int) -> None:
        self._source, self._dim = table.source, dim
        series = [*(f"x{at + 1}" for at in range(dim)), "f", *(f"g{at + 1}" for at in range(dim))]
        self._numeric = [role for role in ("iteration", "lr", *series) if role in roles.place]
        self._texts = [role for role in WORDS if role in roles.place]
        self._series = series
        self.numbers = [roles.place[role] for role in self._numeric]
        self.words = [roles.place[role] for role in self._texts]
        self._names: dict[Name, int] = {}
        self._known: dict[tuple[Any, ...], int] = {}
        self._begins: list[int] = []
        self._latest = np.empty(0, dtype=np.int64)  # the last iteration of each run
        self._length = np.empty(0, dtype=np.int64)  # the number of rows of each run
        self._parts: list[tuple[NDArray[Any], ...]] = []

    def add(self, chunk: Chunk) -> None:
        """Take some rows. Raises UsageError for the first that is wrong."""
        try:
            run = self._run_numbers(chunk)
        except _WrongRowError as wrong:
            if wrong.row:
                self.add(chunk.until(wrong.row))
            raise self._source.refusal(str(wrong), int(chunk.place[wrong.row])) from None
        columns = dict(zip(self._numeric, chunk.numbers, strict=True))
        order = np.argsort(run, kind="stable")
        iteration = self._iterations(chunk, run, order, columns.get("iteration"))
        self._check_length(chunk, run)
        nothing = np.full(len(run), np.nan), np.zeros(len(run), dtype=np.bool_)
        point, given = (
            np.stack([columns.get(name, nothing)[part] for name in self._series], axis=1) for part in (0, 1)
        )
        given[:, : self._dim] = True  # an empty x is one that was lost
        self._parts.append((run.astype(np.int32), iteration, columns.get("lr", nothing)[0], point, given))

    def rows(self, remarks: tuple[str, ...]) -> Rows:
        """All rows. Raises UsageError where there are none."""
        if not self._parts:
            raise self._source.refusal("has no rows")
        run, iteration, lr, point, given = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        return Rows(self._source, tuple(self._names), tuple(self._begins), run, iteration, lr, point, given, remarks)

    def _iterations(self, chunk: Chunk, run: Index, order: Index, given: Numbers | None) -> Index:
        """The iteration of each row: as the file has it, else counted in each run."""
        if given is None:
            before = self._length[run[order]]
            first = np.append(True, np.diff(run[order]) != 0)
            begin = np.maximum.accumulate(np.where(first, np.arange(len(run)), 0))
            counted = np.empty(len(run), dtype=np.int64)
            counted[order] = before + np.arange(len(run)) - begin
            return counted
        value = given.value
        with np.errstate(invalid="ignore"):
            whole = (value >= 0) & (value < MOST_ITERATION) & (np.mod(value, 1) == 0)
        iteration = np.where(whole, value, 0).astype(np.int64)
        previous = self._previous(run, order, iteration)
        good = whole & (iteration > previous)
        if not good.all():
            row = int(np.argmin(good))
            raise self._wrong_iteration(chunk, row, value[row], previous[row], given=bool(given.given[row]))
        self._latest[run] = iteration  # the last of a run stands
        return iteration

    def _previous(self, run: Index, order: Index, iteration: Index) -> Index:
        """The iteration of the row before in the same run; −1 where there is none."""
        previous = np.empty_like(iteration)
        previous[order[1:]] = iteration[order[:-1]]
        first = order[np.append(True, np.diff(run[order]) != 0)]
        previous[first] = self._latest[run[first]]
        return previous

    def _wrong_iteration(self, chunk: Chunk, row: int, value: float, previous: int, *, given: bool) -> UsageError:
        if not given:
            reason = "iteration is empty: count the rows of a run"
        elif not (0 <= value < MOST_ITERATION and value % 1 == 0):
            reason = f"iteration {value:.15g} is not a whole number of 0 or more"
        else:
            way = "they rise in a run, and the runs are told apart in a column run"
            reason = f"iteration {value:.15g} follows {previous}: {way}"
        return self._source.refusal(reason, int(chunk.place[row]))

    def _check_length(self, chunk: Chunk, run: Index) -> None:
        """Refuse rows beyond what can be replayed, as soon as that is sure."""
        self._length += np.bincount(run, minlength=len(self._length))
        runs, longest = len(self._length), int(self._length.max())
        place = int(chunk.place[-1])
        if longest > MAX_ITERATIONS + 1:
            raise self._source.refusal(
                f"a run has more than {MAX_ITERATIONS:,} iterations, the most there may be", place
            )
        if runs * longest > MAX_RECORDED:
            reason = f"{runs:,} runs of up to {longest:,} rows are more than the {MAX_RECORDED:,} that can be replayed"
            raise self._source.refusal(reason, place)

    def _run_numbers(self, chunk: Chunk) -> Index:
        """The number of each row's run: rows that agree in all that a Name holds are one run's."""
        rows = list(zip(*chunk.words, strict=True)) if self._texts else [()]
        try:
            fresh = [cells for cells in dict.fromkeys(rows) if cells not in self._known]
        except TypeError:  # a cell that cannot be a name, such as a list: refused below
            fresh = rows
        for cells in fresh:
            row = rows.index(cells)
            try:
                self._known[cells] = self._names.setdefault(self._name(cells), len(self._names))
            except ValueError as refusal:
                raise _WrongRowError(row, str(refusal)) from None
            if len(self._names) > len(self._begins):
                self._begins.append(int(chunk.place[row]))
        grown = len(self._names) - len(self._length)
        self._length = np.append(self._length, np.zeros(grown, dtype=np.int64))
        self._latest = np.append(self._latest, np.full(grown, -1, dtype=np.int64))
        numbers = np.array([self._known[cells] for cells in rows], dtype=np.int64)
        return numbers if self._texts else np.zeros(len(chunk.place), dtype=np.int64)

    def _name(self, cells: tuple[Any, ...]) -> Name:
        """The Name that cells give a run. Raises ValueError where one is not a text or a number."""
        found: dict[str, str | None] = dict.fromkeys(Name._fields)
        for role, cell in zip(self._texts, cells, strict=True):
            found[role] = _text(role, cell)
        return Name(**found)


class _WrongRowError(ValueError):
    """What is wrong with a row of a chunk."""

    def __init__(self, row: int, reason: str) -> None:
        self.row = row
        super().__init__(reason)


def _text(role: str, cell: Any) -> str | None:
    whole = type(cell) is int or (isinstance(cell, float) and cell.is_integer())
    try:
        return None if cell is None else readers.text(f"{cell:.0f}" if whole else cell).strip()
    except ValueError as refusal:
        raise ValueError(f"{role} {shown(cell)}: {refusal}") from None
