"""The types of a trajectory's file: their suffixes and columns, and checks of a path before anything else is done.

Imports no numpy, so that a wrong path is refused at once.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path

from gdanim.errors import SettingError, UsageError, shown

SUFFIXES = (".csv", ".jsonl", ".npz")
STDIN = "-"
_HEAD = 100  # bytes, in which _EXPORT is found
# How the files of export.py begin: the header of a .csv, the first line of a .jsonl, the first column of an .npz.
_EXPORT = re.compile(rb'run,optimizer,lr,iteration,|\{"run": \d+, "optimizer": |PK\x03\x04.{26}run\.npy', re.DOTALL)


def columns(dim: int) -> tuple[str, ...]:
    """The names of the columns for d variables, in order; export.py gives their values."""
    numbers = range(1, dim + 1)
    slopes = (f"g{i}" for i in numbers)
    return ("run", "optimizer", "lr", "iteration", *(f"x{i}" for i in numbers), "f", *slopes, "label", "outcome")


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


def check_trajectory_path(path: str) -> None:
    """Raise UsageError unless the path is a file with a known suffix, a pipe, or - for standard input.

    What it holds is not read: a pipe can be read only once.
    """
    if path == STDIN:
        if sys.stdin is None or sys.stdin.closed:
            raise UsageError("Standard input is closed: name a file with --trajectory")
        if sys.stdin.isatty():
            raise UsageError("Standard input is a terminal: send it a trajectory through a pipe, or name a file")
        return
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise unreadable(path, error) from None
    if stat.S_ISDIR(mode):
        raise SettingError("--trajectory", path, "it is a folder; name a file in it")
    if stat.S_ISREG(mode) and suffix_of(path) is None:
        raise SettingError("--trajectory", path, f"give a path that ends in {', '.join(SUFFIXES)}, or - for a pipe")
    if not os.access(path, os.R_OK):
        raise SettingError("--trajectory", path, "there is no permission to read it")


def unreadable(path: str, error: OSError | ValueError) -> UsageError:
    """The error for a file that the system does not let gdanim read."""
    reason = error.strerror if isinstance(error, OSError) else None
    return UsageError(f"Cannot read trajectory {shown(path)}: {reason or error}")
