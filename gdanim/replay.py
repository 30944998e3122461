"""Trajectories as files: .csv, .jsonl and .npz, with floats in their shortest form that reads back the same."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gdanim.atomic import open_output
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gdanim.solver import Trajectory

Row = tuple[int, str, float, int, *tuple[float, ...]]


def columns(dim: int) -> tuple[str, ...]:
    """The names of the columns for d variables."""
    numbers = range(1, dim + 1)
    return ("run", "optimizer", "lr", "iteration", *(f"x{i}" for i in numbers), "f", *(f"g{i}" for i in numbers))


def check_data_path(path: str) -> None:
    """Raise SettingError where no form of trajectory has the path's suffix."""
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMS:
        raise SettingError("--data", path, f"give a path that ends in {', '.join(_FORMS)}")


def write_trajectory(path: str, trajectory: Trajectory, optimizer: str) -> None:
    """Write every run up to its last finite point, atomically."""
    with open_output(path, needs_path=False) as output:
        _FORMS[Path(path).suffix.lower()](output.stream, trajectory, optimizer)


def _rows(trajectory: Trajectory, optimizer: str) -> Iterator[Row]:
    """One row for each iteration; the rate is that of the step that leads to it, the first step's at the start."""
    for run in range(trajectory.runs):
        rates = trajectory.lr[run]
        for k in range(int(trajectory.last[run]) + 1):
            lr = float(rates[max(k - 1, 0)]) if len(rates) else float("nan")
            x, g = trajectory.x[run, k].tolist(), trajectory.grad[run, k].tolist()
            yield run, optimizer, lr, k, *x, float(trajectory.f[run, k]), *g


def _write_csv(stream: BinaryIO, trajectory: Trajectory, optimizer: str) -> None:
    stream.write((",".join(columns(trajectory.x.shape[2])) + "\n").encode())
    for row in _rows(trajectory, optimizer):
        stream.write((",".join(repr(v) if isinstance(v, float) else str(v) for v in row) + "\n").encode())


def _write_jsonl(stream: BinaryIO, trajectory: Trajectory, optimizer: str) -> None:
    names = columns(trajectory.x.shape[2])
    for row in _rows(trajectory, optimizer):
        # JSON has no NaN: a value that is not finite is null.
        values = [None if isinstance(v, float) and not math.isfinite(v) else v for v in row]
        stream.write((json.dumps(dict(zip(names, values, strict=True))) + "\n").encode())


def _write_npz(stream: BinaryIO, trajectory: Trajectory, optimizer: str) -> None:
    import numpy as np  # here: preflight asks this module about a suffix, and must not wait for numpy

    names = columns(trajectory.x.shape[2])
    table = list(zip(*_rows(trajectory, optimizer), strict=True))
    # savez wants to seek; an output may be a pipe.
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, allow_pickle=False, **{name: np.array(column) for name, column in zip(names, table, strict=True)}
    )
    stream.write(buffer.getvalue())


_FORMS: dict[str, Callable[[BinaryIO, Trajectory, str], None]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".npz": _write_npz,
}
