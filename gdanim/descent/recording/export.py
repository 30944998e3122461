"""Export: trajectories written so that what is read again is the same, to the last bit."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gdanim.descent.recording.file_types import columns, form_of
from gdanim.descent.trajectory import first_runs
from gdanim.output.files.atomic import open_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from gdanim.descent.trajectory import Trajectory

BATCH = 16_384  # rows that are text at one time


def write_trajectory(path: str, trajectory: Trajectory) -> None:
    """Write every run up to its last finite point, and the step after it where that was not finite; atomically.

    Raises TargetError and OutputError, as open_output does.
    """
    form = form_of(path)
    if form is None:
        raise ValueError(f"no form of trajectory ends like {path!r}")
    with open_output(path, needs_path=False) as output:
        _WRITERS[form](output.stream, _Rows(trajectory))


def as_csv(trajectory: Trajectory, runs: int, most: int) -> str:
    """The first runs as `--data` writes them in .csv; of more than `most` characters, only that there are more."""
    text = io.BytesIO()
    rows = _Rows(first_runs(trajectory, runs))
    if len(rows) * len(rows.columns) <= most:  # a cell is at least the comma after it
        _write_csv(text, rows)
    return text.getvalue().decode() or " " * (most + 1)


class _Rows:
    """The rows that a file holds, run after run, as columns.

    len(rows)   how many there are
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self._trajectory = trajectory
        was_lost = ~np.isfinite(trajectory.lost).all(axis=1)
        self._ends = np.cumsum(trajectory.last + 1 + was_lost)
        self.columns = columns(trajectory.x.shape[2])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def batches(self, column: str) -> Iterator[NDArray[Any]]:
        """The values of a column, BATCH rows at a time."""
        for run, iteration in self._places():
            yield self._values(column, run, iteration)

    def tables(self, cells: Callable[[str, NDArray[Any]], list[str]]) -> Iterator[list[list[str]]]:
        """All columns, BATCH rows at a time: `cells` makes texts (m,) of a column's name and its values (m,)."""
        for run, iteration in self._places():
            yield [cells(column, self._values(column, run, iteration)) for column in self.columns]

    def _places(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The run and the iteration of every row."""
        begins = np.concatenate([[0], self._ends[:-1]])
        for begin in range(0, len(self), BATCH):
            row = np.arange(begin, min(begin + BATCH, len(self)))
            run = np.searchsorted(self._ends, row, side="right")
            yield run, row - begins[run]

    def _values(self, column: str, run: NDArray[np.int64], iteration: NDArray[np.int64]) -> NDArray[Any]:
        trajectory, dim = self._trajectory, self._trajectory.x.shape[2]
        match column:
            case "run":
                return run
            case "iteration":
                return iteration
            case "outcome":
                names = [outcome.name for outcome in trajectory.outcome]
                return np.array([names[r] for r in run.tolist()])
            case "optimizer" | "label":
                texts: tuple[str, ...] = getattr(trajectory, column)
                return np.array([texts[r] for r in run.tolist()], dtype=f"U{max(map(len, texts)) or 1}")
            case "lr":
                return self._rate(run, iteration)
            case "f":
                return self._point(trajectory.f, trajectory.lost[:, dim], run, iteration)
        axis = int(column[1:]) - 1
        if column.startswith("x"):
            return self._point(trajectory.x[..., axis], trajectory.lost[:, axis], run, iteration)
        return self._point(trajectory.grad[..., axis], trajectory.lost[:, dim + 1 + axis], run, iteration)

    def _point(
        self,
        series: NDArray[np.float64],
        lost: NDArray[np.float64],
        run: NDArray[np.int64],
        iteration: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        last = self._trajectory.last[run]
        return np.where(iteration > last, lost[run], series[run, np.minimum(iteration, last)])

    def _rate(self, run: NDArray[np.int64], iteration: NDArray[np.int64]) -> NDArray[np.float64]:
        """The rate of the step that led to each row, the first step's at the start; NaN where none is known."""
        lr, step = self._trajectory.lr, np.maximum(iteration - 1, 0)
        known = step < lr.shape[1]
        rate = np.full(len(run), np.nan)
        rate[known] = lr[run[known], step[known]]
        return rate


def _write_csv(stream: BinaryIO, rows: _Rows) -> None:
    stream.write((",".join(rows.columns) + "\n").encode())
    line = ",".join("%s" for _ in rows.columns) + "\n"
    _write_lines(stream, rows, line, _Words(quoted=_in_csv, unknown="", strange=str))


def _write_jsonl(stream: BinaryIO, rows: _Rows) -> None:
    line = "{" + ", ".join(f'"{column}": %s' for column in rows.columns) + "}\n"
    # JSON has no word for what is not finite; null would say that nothing is known.
    _write_lines(stream, rows, line, _Words(quoted=json.dumps, unknown="null", strange=json.dumps))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How a form of text writes what is not simply a number.

    quoted    a text
    unknown   a rate that is not known
    strange   nan, inf and -inf
    """

    quoted: Callable[[str], str]
    unknown: str
    strange: Callable[[str], str]


def _in_csv(text: str) -> str:
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([text, ""])  # alone, an empty text would be quoted
    return cell.getvalue()[:-1]


def _write_lines(stream: BinaryIO, rows: _Rows, line: str, words: _Words) -> None:
    """Write one line for each row: `line` % its cells. That takes half the time of csv.writer and of json.dumps."""
    quoted = cache(words.quoted)

    def cells(column: str, values: NDArray[Any]) -> list[str]:
        if values.dtype.kind == "U":
            return [quoted(text) for text in values.tolist()]
        written = list(map(repr, values.tolist()))
        for i in np.flatnonzero(~np.isfinite(values)).tolist():
            written[i] = words.unknown if column == "lr" else words.strange(written[i])
        return written

    for table in rows.tables(cells):
        stream.write("".join([line % row for row in zip(*table, strict=True)]).encode())


def _write_npz(stream: BinaryIO, rows: _Rows) -> None:
    # Not numpy.savez: it wants to seek, which an output cannot, and whole columns, of which texts are the largest.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for column in rows.columns:
            with archive.open(f"{column}.npy", "w", force_zip64=True) as member:
                for place, values in enumerate(rows.batches(column)):
                    if place == 0:
                        header = np.lib.format.header_data_from_array_1_0(values)
                        np.lib.format.write_array_header_1_0(member, header | {"shape": (len(rows),)})
                    member.write(values.tobytes())


_WRITERS: dict[str, Callable[[BinaryIO, _Rows], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".npz": _write_npz,
}
