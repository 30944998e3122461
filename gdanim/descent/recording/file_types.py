"""The types of file that a trajectory is written to, and the columns of them.

Imports no numpy, so that a wrong path is refused at once.
"""

from __future__ import annotations

import re
from pathlib import Path

from gdanim.errors import SettingError

SUFFIXES = (".csv", ".jsonl", ".npz")
UNKNOWN = "replay"  # what chose the steps, where a file does not say
_HEAD = 100  # bytes, in which _EXPORT is found
# How the files of export.py begin: the header of a .csv, the first line of a .jsonl, the first column of an .npz.
_EXPORT = re.compile(rb'run,optimizer,lr,iteration,|\{"run": \d+, "optimizer": |PK\x03\x04.{26}run\.npy', re.DOTALL)


def columns(dim: int, *, heights: bool = True, slopes: bool = True) -> tuple[str, ...]:
    """The names of the columns for d variables, in order; export.py gives their values.

    heights, slopes   whether f and ∇f are known of all runs: else they have no columns
    """
    numbers = range(1, dim + 1)
    f, g = ("f",) * heights, (f"g{i}" for i in numbers if slopes)
    return ("run", "optimizer", "lr", "iteration", *(f"x{i}" for i in numbers), *f, *g, "label", "outcome")


def suffix_of(path: str) -> str | None:
    """The suffix of a path, in small letters, if it is one of SUFFIXES; else None."""
    suffix = Path(path).suffix.lower()
    return suffix if suffix in SUFFIXES else None


def check_data_path(path: str) -> None:
    """Raise SettingError where no type of trajectory file has the path's suffix."""
    if suffix_of(path) is None:
        raise SettingError("--data", path, f"give a path that ends in {', '.join(SUFFIXES)}")


def is_export(path: Path) -> bool:
    """Whether a file is a trajectory as --data writes them. Raises OSError."""
    with path.open("rb") as file:
        return _EXPORT.match(file.read(_HEAD)) is not None
