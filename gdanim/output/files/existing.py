"""What stands at a target already: what is never replaced, what only --force replaces, and what is lost with it."""

from __future__ import annotations

import os
import stat
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gdanim.errors import TargetError
from gdanim.formatting import listed
from gdanim.output.files.attributes import lost_attributes
from gdanim.output.files.targets import own_descriptor, quoted, what_stands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PACKAGE: Final = Path(__file__).parents[2]
_PARTS: Final = (".py", ".pyc", ".so", ".html", ".css", ".js")  # suffixes of the package's files


class Existing(NamedTuple):
    """What decides whether the file at a target may be replaced.

    inputs   path → what reads it: files that the same command reads
    force    whether --force was given
    """

    inputs: Mapping[str, str]
    force: bool

    def check(self, path: str, is_ours: Callable[[Path], bool]) -> None:
        """Raise TargetError, in one line, where the file at `path` is to be left alone.

        What gdanim needs to run, and what this command reads, is never replaced, under whichever name. What may be
        executed, and what is neither empty nor `is_ours`, needs --force.
        """
        try:
            found = what_stands(path)
            obstacle = found and (self._needed(found) or self._foreign(path, found, is_ours))
        except OSError as error:
            raise TargetError(f"Cannot write {quoted(path)}: {error.strerror}. Choose another path") from None
        if obstacle:
            raise TargetError(f"Cannot write {quoted(path)}: {obstacle}")

    def _needed(self, found: os.stat_result) -> str | None:
        """Why a file is needed as it is."""
        for path, reader in self.inputs.items():
            if _is_file(path, found):
                return f"this command reads it ({reader}). Choose another path"
        if (found.st_dev, found.st_ino) in _own_files() or any(_is_file(path, found) for path in _running()):
            return "gdanim runs by it. Choose another path"
        return None

    def _foreign(self, path: str, found: os.stat_result, is_ours: Callable[[Path], bool]) -> str | None:
        """Why a file may be somebody's work."""
        if self.force or own_descriptor(path) is not None or path == "-" or not found.st_size:
            return None  # a descriptor was opened by the shell, which has truncated the file or appends to it
        if os.name != "nt" and found.st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH):
            return "the file there may be executed. Choose another path, or replace it with --force"
        if not is_ours(Path(path)):
            return "the file there was not made by gdanim. Choose another path, or replace it with --force"
        return None


def lost_with(path: str) -> Iterator[str]:
    """What a file at `path` has that the one in its place will not have, in words."""
    try:
        found = None if own_descriptor(path) is not None else what_stands(path)
    except OSError:
        return
    if path == "-" or found is None:
        return
    if found.st_nlink > 1:
        names = "another name" if found.st_nlink == 2 else f"{found.st_nlink - 1} other names"
        yield f"the old file keeps {names} (hard links), under which it stays as it is"
    if lost := lost_attributes(Path(path)):
        yield f"the new file has no {listed(lost)} as the old one has (extended attributes)"


def _is_file(path: str | Path, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(Path(path).stat(), found)
    except (OSError, ValueError):  # ValueError: a NUL
        return False


def _running() -> Iterator[str | Path]:
    """The interpreter, and the script that was started."""
    yield from filter(None, (sys.executable, getattr(sys, "_base_executable", ""), "/proc/self/exe", sys.argv[0]))


@cache
def _own_files() -> frozenset[tuple[int, int]]:
    """The files of gdanim, by their devices and numbers: looked up once, however many frames are written."""
    parts = (Path(folder, name) for folder, _, names in os.walk(_PACKAGE) for name in names if name.endswith(_PARTS))
    return frozenset((found.st_dev, found.st_ino) for found in map(Path.stat, parts))
