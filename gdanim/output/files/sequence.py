"""A file for every frame: the files are the whole set of a finished run, or those that were there before.

The frames are written into a hidden folder beside them, which belongs to a temporary file (temporary.py). At the end
the frames of an older run are moved into that folder, and the new ones out of it. No system does that in one step for
many files: where the process is killed in those milliseconds, frames are missing, but never of two runs. The next run
puts the old ones back before it begins.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from gdanim.errors import TargetError
from gdanim.output.files.atomic import finishing, opening
from gdanim.output.files.attributes import take_over
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.targets import check_target, quoted
from gdanim.output.files.temporary import folder_of, open_temporary, remove, sync_folder

SUFFIX = ".png"  # of the files in the folder: 0.png, 1.png, …


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
def open_sequence(path: str, count: int) -> Iterator[Path]:
    """Make a folder into which one writer puts `count` files: 0.png, 1.png, and so on.

    Leaving the block normally gives them their names; leaving it by an exception keeps what stood there. Modes of
    files that are replaced are kept. Raises TargetError where files cannot be written or frames of a longer
    sequence would stay behind, and OutputError where writing or naming fails.
    """
    check_sequence(path)
    pattern = Pattern.read(path)
    with ExitStack() as stack:
        with opening(path):
            name = f"{pattern.before}%{pattern.digits}d{pattern.after}"
            file = stack.enter_context(open_temporary(pattern.folder, name, discard=partial(_discard, pattern)))
            folder = folder_of(file.path)
            folder.mkdir(mode=0o700)
        _refuse_longer(path, pattern, count)  # now, for a killed run may have left frames, and they are back in place
        with finishing(path):
            yield folder
            _move(pattern, folder, count)


def size_of(path: str) -> int:
    """The bytes of all files of a sequence."""
    return sum(file.stat().st_size for file in Pattern.read(path).present().values())


def _refuse_longer(path: str, pattern: Pattern, count: int) -> None:
    """Raise TargetError where files follow the last frame: they would look like frames, and may be anybody's."""
    with opening(path):
        beyond = [file for index, file in pattern.present().items() if index >= count]
    if beyond:
        which = quoted(beyond[0].name) + (f" … {quoted(beyond[-1].name)}" if len(beyond) > 1 else "")
        raise TargetError(
            f"Cannot write {quoted(path)}: this sequence ends at {quoted(pattern.name(count - 1))}, and {which} of a "
            "longer one would stay behind. Remove what is there, or choose another name"
        )


def _move(pattern: Pattern, folder: Path, count: int) -> None:
    """Give the frames their names. Raises OSError; _discard() then moves back what was moved."""
    targets = [pattern.folder / pattern.name(index) for index in range(count)]
    for index, target in enumerate(targets):
        descriptor = os.open(folder / f"{index}{SUFFIX}", os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            take_over(descriptor, target)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    old = folder / "old"
    old.mkdir()
    for target in targets:
        with suppress(FileNotFoundError):
            target.rename(old / target.name)
    for index, target in enumerate(targets):
        (folder / f"{index}{SUFFIX}").rename(target)
    sync_folder(pattern.folder)


def _discard(pattern: Pattern, file: Path) -> None:
    """Remove a temporary file and its folder; first undo a move that was cut short."""
    folder = folder_of(file)
    try:
        _undo(pattern, folder)
    except OSError:
        return  # the next run tries again: in the folder are files that are nowhere else
    shutil.rmtree(folder, ignore_errors=True)
    remove(file)


def _undo(pattern: Pattern, folder: Path) -> None:
    """Put the old frames back, where the move was cut short. Raises OSError.

    New frames are moved in their order: those before the first one that is left in the folder are removed.
    """
    old = folder / "old"
    left = [int(file.stem) for file in folder.glob(f"*{SUFFIX}")]
    if not left or not old.is_dir():
        return
    for index in range(min(left)):
        (pattern.folder / pattern.name(index)).unlink(missing_ok=True)
    for file in old.iterdir():
        file.replace(pattern.folder / file.name)
