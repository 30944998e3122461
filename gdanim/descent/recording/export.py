"""Export: a trajectory as CSV, JSON lines or .npz. Read again, it is the same to the last bit."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gdanim.descent.recording.file_types import columns, suffix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Index, Scalar
    from gdanim.descent.runs import Runs
    from gdanim.descent.trajectory import Trajectory

BATCH = 16_384  # rows that are held as text at one time


def write_trajectory(stream: BinaryIO, path: str, trajectory: Trajectory, runs: Runs) -> None:
    """Write every run up to its last finite point, and the step after it where that was not finite.

    The suffix of `path` tells the type of file that `stream` becomes.
    """
    _WRITERS[suffix_of(path) or ""](stream, _Rows(trajectory, runs))


def as_csv(trajectory: Trajectory, runs: Runs, most: int) -> str:
    """The first runs as `--data` writes them in .csv. Where that is more than `most` characters, any longer text."""
    text = io.BytesIO()
    rows = _Rows(trajectory, runs)
    if len(rows) * len(rows.columns) <= most:  # each cell takes at least the comma after it
        _write_csv(text, rows)
    return text.getvalue().decode() or " " * (most + 1)


def columns_of(trajectory: Trajectory, runs: Runs) -> dict[str, NDArray[Any]]:
    """The columns of the table that `--data` writes, each with its name."""
    rows = _Rows(trajectory, runs)
    batches = [list(batch) for batch in rows.batches(rows.columns)]
    return {name: np.concatenate(parts) for name, *parts in zip(rows.columns, *batches, strict=True)}


class _Rows:
    """The rows of a file, for the first runs of a trajectory, one after another. len(rows) is how many there are."""

    def __init__(self, trajectory: Trajectory, runs: Runs) -> None:
        self._trajectory = trajectory
        self._texts = {
            "optimizer": [run.spec for run in runs],
            "label": [run.label for run in runs],
            "outcome": [stop.name for stop in trajectory.stop],
        }
        was_lost = ~np.isfinite(trajectory.lost).all(axis=1)
        self._ends = np.cumsum((trajectory.last + 1 + was_lost)[: len(runs)])
        self._dim: int = trajectory.x.shape[2]
        slopes = bool(trajectory.has_slopes.all())
        self.columns = columns(self._dim, heights=trajectory.heights_known, slopes=slopes)

    def __len__(self) -> int:
        return int(self._ends[-1])

    def batches(self, columns: Sequence[str]) -> Iterator[Iterator[NDArray[Any]]]:
        """The values of some columns, BATCH rows at a time."""
        begins = np.concatenate([[0], self._ends[:-1]])
        for begin in range(0, len(self), BATCH):
            row = np.arange(begin, min(begin + BATCH, len(self)))
            run = np.searchsorted(self._ends, row, side="right")
            iteration = row - begins[run]
            yield (self._values(column, run, iteration) for column in columns)

    def _values(self, column: str, run: Index, iteration: Index) -> NDArray[Any]:
        match column:
            case "run":
                return run
            case "iteration":
                return self._trajectory.k[run, iteration]
            case "lr":
                return self._rate(run, iteration)
            case "optimizer" | "label" | "outcome":
                texts = self._texts[column]
                return np.array([texts[r] for r in run.tolist()], dtype=f"U{max(map(len, texts)) or 1}")
        last, place, points = self._trajectory.last[run], self._place(column), self._series(column)
        there = points[run, np.minimum(iteration, last)]
        values: NDArray[np.float64] = np.where(iteration > last, self._trajectory.lost[run, place], there)
        return values

    def _place(self, column: str) -> int:
        """The place of a column in Trajectory.lost: x, f and ∇f."""
        if column == "f":
            return self._dim
        at = int(column[1:])
        return at - 1 if column[0] == "x" else self._dim + at

    def _series(self, column: str) -> Scalar:
        """The values of a column of x, f or ∇f: (runs, n+1)."""
        if column == "f":
            return self._trajectory.f
        points = self._trajectory.x if column[0] == "x" else self._trajectory.grad
        return points[..., int(column[1:]) - 1]

    def _rate(self, run: Index, iteration: Index) -> Scalar:
        """The rate of the step that led to each row, the first step's at the start; NaN where none is known."""
        lr, step = self._trajectory.lr, np.maximum(iteration - 1, 0)
        known = step < lr.shape[1]
        rate = np.full(len(run), np.nan)
        rate[known] = lr[run[known], step[known]]
        return rate


def _write_csv(stream: BinaryIO, rows: _Rows) -> None:
    stream.write((",".join(rows.columns) + "\n").encode())
    line = ",".join("%s" for _ in rows.columns) + "\n"
    _write_lines(stream, rows, line, quote=_in_csv, unknown="")


def _write_jsonl(stream: BinaryIO, rows: _Rows) -> None:
    line = "{" + ", ".join(f'"{column}": %s' for column in rows.columns) + "}\n"
    # JSON has no numbers that are not finite, and null would mean that nothing is known: they are written as texts.
    _write_lines(stream, rows, line, quote=json.dumps, unknown="null")


def _in_csv(text: str) -> str:
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([text, ""])  # alone, an empty text would be quoted
    return cell.getvalue()[:-1]


def _write_lines(stream: BinaryIO, rows: _Rows, line: str, quote: Callable[[str], str], unknown: str) -> None:
    """Write one line for each row: `line` % its cells. That takes half the time of csv.writer and of json.dumps.

    Texts are quoted, and so are nan, inf and -inf; `unknown` stands for a rate that is not known.
    """
    quoted = cache(quote)

    def cells(column: str, values: NDArray[Any]) -> list[str]:
        if values.dtype.kind == "U":
            return [quoted(value) for value in values.tolist()]
        written = list(map(repr, values.tolist()))
        for i in np.flatnonzero(~np.isfinite(values)).tolist():
            written[i] = unknown if column == "lr" else quoted(written[i])
        return written

    for batch in rows.batches(rows.columns):
        table = map(cells, rows.columns, batch)
        stream.write("".join([line % row for row in zip(*table, strict=True)]).encode())


def _write_npz(stream: BinaryIO, rows: _Rows) -> None:
    # Not numpy.savez: it seeks, which an output cannot, and needs whole columns, of which texts are the largest.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for column in rows.columns:
            with archive.open(f"{column}.npy", "w", force_zip64=True) as member:
                for place, (values,) in enumerate(rows.batches([column])):
                    if place == 0:
                        header = np.lib.format.header_data_from_array_1_0(values)
                        np.lib.format.write_array_header_1_0(member, header | {"shape": (len(rows),)})
                    member.write(values.tobytes())


_WRITERS = {".csv": _write_csv, ".jsonl": _write_jsonl, ".npz": _write_npz}
