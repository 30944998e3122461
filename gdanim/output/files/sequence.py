"""A file for every frame: the files are the whole set of a finished run, or those that were there before.

The frames are written into a hidden folder beside them, which belongs to a temporary file (temporary.py), and then take
the place of those of an older run (swap.py).
"""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from gdanim.errors import OutputError, TargetError
from gdanim.output.files.atomic import finishing, opening
from gdanim.output.files.attributes import take_over
from gdanim.output.files.folders import Folder, let_go
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.swap import Frames, discard, finish, swap
from gdanim.output.files.targets import check_target, quoted
from gdanim.output.files.temporary import TemporaryFile, make_folder, open_temporary, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX: Final = ".png"  # of the files in the folder, where nothing else is asked for: 0.png, 1.png, …


def check_sequence(path: str) -> list[Path]:
    """The existing files of a sequence; touches nothing. Raises UsageError where they cannot be written."""
    pattern = Pattern.read(path)
    check_target(path)
    with opening(path):
        present = pattern.present()
    for old in present.values():
        check_target(str(old))
        if not stat.S_ISREG(old.lstat().st_mode):
            raise TargetError(f"Cannot write {quoted(old)}: a sequence replaces files only. Choose another name")
    return list(present.values())


@contextmanager
def open_sequence(path: str, count: int, suffix: str = SUFFIX) -> Iterator[Path]:
    """Make a folder into which one writer puts `count` files: 0.png, 1.png, and so on.

    Leaving the block normally gives them their names; leaving it by an exception keeps what stood there. What files
    have that are replaced is kept (attributes.py). Raises TargetError where files cannot be written or frames of a
    longer sequence would stay behind, and OutputError where writing or naming fails.
    """
    check_sequence(path)
    frames = Frames(Pattern.read(path), suffix)
    pattern = frames.pattern
    with ExitStack() as stack:
        with opening(path):
            name = f"{pattern.before}%{pattern.digits}d{pattern.after}"
            _finish_killed(frames, stem_of(pattern.folder, name))
            file = stack.enter_context(open_temporary(pattern.folder, name, discard=partial(discard, frames)))
            private = stack.enter_context(make_folder(file, **frames.facts()))
            longer = _beyond(pattern, count)  # now, for a killed run may have left frames, and they are back in place
        if longer:
            raise TargetError(_longer(path, pattern, count, longer))
        with finishing(path):
            yield private.path
            _sync(private, frames, count)
            with file.folder.locked() as locked:
                if locked:
                    finish(file.folder, stem_of(pattern.folder, name), frames)
                # Another writer of the same frames may have come first.
                longer = _beyond(pattern, count)
                if longer:
                    raise OutputError(_longer(path, pattern, count, longer))
                _replace(file, private, frames, count)


def size_of(path: str) -> int:
    """The bytes of all files of a sequence."""
    return sum(file.stat().st_size for file in Pattern.read(path).present().values())


def _finish_killed(frames: Frames, stem: str) -> None:
    """Finish what a killed run has begun. Where there are no locks, it cannot be known whether that run still lives."""
    with Folder.opened(frames.pattern.folder) as folder, folder.locked() as locked:
        if locked:
            finish(folder, stem, frames)


def _beyond(pattern: Pattern, count: int) -> list[Path]:
    """Files that follow the last frame: they would look like frames, and may be anybody's. Raises OSError."""
    return [file for index, file in pattern.present().items() if index >= count]


def _longer(path: str, pattern: Pattern, count: int, beyond: list[Path]) -> str:
    which = quoted(beyond[0].name) + (f" … {quoted(beyond[-1].name)}" if len(beyond) > 1 else "")
    return (
        f"Cannot write {quoted(path)}: this sequence ends at {quoted(pattern.name(count - 1))}, and {which} of a "
        "longer one would stay behind. Remove what is there, or choose another name"
    )


def _sync(private: Folder, frames: Frames, count: int) -> None:
    """Bring all frames to the disk, before the lock that others may wait for. Raises OSError where one is missing."""
    for index in range(count):
        with _opened(private, frames.private(index)) as descriptor:
            os.fsync(descriptor)


def _replace(file: TemporaryFile, private: Folder, frames: Frames, count: int) -> None:
    """Give the frames what those have whose place they take, and their names. Raises OSError."""
    for index in range(count):
        with _opened(private, frames.private(index)) as descriptor:
            take_over(descriptor, frames.pattern.folder / frames.pattern.name(index))
    swap(file, private, frames, count)


@contextmanager
def _opened(folder: Folder, name: str) -> Iterator[int]:
    descriptor = folder.open(name)
    try:
        yield descriptor
    finally:
        let_go(descriptor)
