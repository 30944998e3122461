"""Sequence: a file for every frame. Under their names stands the whole set of a finished run, or what stood before.

    check_sequence()   before rendering: one line where the files cannot be written
    open_sequence()    an empty folder for one writer, whose files get their names when all are there
    size_of()          what a finished sequence takes

The frames are written into a hidden folder beside them, which lives and dies with a draft (draft.py). At the end
the frames of an older run are moved into that folder, and the new ones out of it. No system does that in one step for
many files: where the process is killed in those milliseconds, frames are missing, and none is of another run than
the others. The next run puts the old ones back before it begins.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from gdanim.errors import TargetError
from gdanim.output.files.atomic import check_target, finishing, opening, quoted
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.temporary import folder_of, open_draft, remove, settle, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX = ".png"  # of the files in the folder: 0.png, 1.png, …


def check_sequence(path: str) -> None:
    """Raise UsageError, in one line, where the files of a sequence cannot be written; touches nothing."""
    pattern = Pattern.read(path)
    check_target(path)
    with opening(path):
        present = pattern.present()
    for old in present.values():
        check_target(str(old))
        if not stat.S_ISREG(old.lstat().st_mode):
            raise TargetError(f"Cannot write {quoted(old)}: a sequence replaces files only. Choose another name")


@contextmanager
def open_sequence(path: str, count: int) -> Iterator[Path]:
    """Make a folder into which one writer puts `count` files: 0.png, 1.png, and so on.

    Leaving the block in peace gives them their names; leaving it by an exception keeps what stood there. Modes of
    files that are replaced are kept. Raises TargetError where files cannot be written or frames of a longer
    sequence would stay behind, and OutputError where writing or naming fails.
    """
    check_sequence(path)
    pattern = Pattern.read(path)
    with ExitStack() as stack:
        with opening(path):
            name = f"{pattern.before}%{pattern.digits}d{pattern.after}"
            draft = stack.enter_context(open_draft(pattern.folder, name, discard=partial(_discard, pattern)))
            folder = folder_of(draft.path)
            folder.mkdir(mode=0o700)
        _refuse_longer(path, pattern, count)  # now, for a killed run may have left frames, and they are back in place
        with finishing(path):
            yield folder
            _move(pattern, folder, count)


def size_of(path: str) -> int:
    """The bytes of all files of a sequence."""
    return sum(file.stat().st_size for file in Pattern.read(path).present().values())


def _refuse_longer(path: str, pattern: Pattern, count: int) -> None:
    """Files beyond the last frame would be taken for frames; they may be anybody's, so that none is removed."""
    with opening(path):
        beyond = [file for index, file in pattern.present().items() if index >= count]
    if beyond:
        which = quoted(beyond[0].name) + (f" … {quoted(beyond[-1].name)}" if len(beyond) > 1 else "")
        raise TargetError(
            f"Cannot write {quoted(path)}: this sequence ends at {quoted(pattern.name(count - 1))}, and {which} of a "
            "longer one would stay behind. Remove what is there, or choose another name"
        )


def _move(pattern: Pattern, folder: Path, count: int) -> None:
    """Give the frames their names. Raises OSError; what was moved until then, _discard() moves back."""
    targets = [pattern.folder / pattern.name(index) for index in range(count)]
    for index, target in enumerate(targets):
        descriptor = os.open(folder / f"{index}{SUFFIX}", os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            settle(descriptor, target)
        finally:
            os.close(descriptor)
    old = folder / "old"
    old.mkdir()
    for target in targets:
        with suppress(FileNotFoundError):
            target.rename(old / target.name)
    for index, target in enumerate(targets):
        (folder / f"{index}{SUFFIX}").rename(target)
    with suppress(OSError):  # as for a single file: some systems cannot sync a folder
        sync_folder(pattern.folder)


def _discard(pattern: Pattern, draft: Path) -> None:
    """Remove a draft and its folder; of frames that were being named when all ended, first put the old ones back."""
    folder = folder_of(draft)
    try:
        _undo(pattern, folder)
    except OSError:
        return  # the next run tries again: in the folder are files that are nowhere else
    shutil.rmtree(folder, ignore_errors=True)
    remove(draft)


def _undo(pattern: Pattern, folder: Path) -> None:
    """Frames are named in their order: those before the first one that is left have their names. Raises OSError."""
    old = folder / "old"
    left = [int(file.stem) for file in folder.glob(f"*{SUFFIX}")]
    if not left or not old.is_dir():
        return
    for index in range(min(left)):
        (pattern.folder / pattern.name(index)).unlink(missing_ok=True)
    for file in old.iterdir():
        file.replace(pattern.folder / file.name)
