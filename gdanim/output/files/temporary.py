"""Temporary files and folders: hidden, locked, and removed at the end, by a signal, or by the next run.

A target is written as a temporary file beside it, which is moved to the target when it is whole. It is locked (flock)
for as long as its writer lives. One whose lock is free was left by a killed run, an orphan, and the next run with the
same target removes it. Where there is no flock (Windows, some network file systems) none is removed.
"""

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from gdanim import signals
from gdanim.errors import OutputError
from gdanim.output.files.attributes import take_over

_RANDOM_BYTES = 8
_NAME_MAX = 255  # where the system does not say


class TemporaryFile:
    """An open, locked file.

    path         where it lies; a writer that gets the path must write into the file, not replace it
    descriptor   open for reading and writing, until close()
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self.descriptor = path, descriptor

    def check(self) -> None:
        """Raise OSError where the file is empty, or was removed or replaced by somebody else."""
        ours = os.fstat(self.descriptor)
        if not os.path.samestat(ours, self.path.stat()):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        if ours.st_size == 0:
            raise OSError("nothing was written into it")

    def replace(self, target: Path) -> None:
        """Give the file what the target has (attributes.py), sync it, and give it the target's name. Raises OSError."""
        self.check()
        take_over(self.descriptor, target)
        os.fsync(self.descriptor)
        if os.name == "nt":  # Windows moves no open file
            self.close()
        self.path.replace(target)
        sync_folder(target.parent)

    def close(self) -> None:
        """Close the descriptor, which frees the lock; the file stays."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def remove(path: Path) -> None:
    """Remove a file, where it is there and may be removed."""
    with suppress(OSError):
        path.unlink()


@contextmanager
def open_temporary(folder: Path, name: str, *, discard: Callable[[Path], None] = remove) -> Iterator[TemporaryFile]:
    """Make a temporary file for a target called `name` in `folder`; it is removed at the end unless it was moved.

    Removes the orphans of the same target first. `discard` removes a temporary file with all that belongs to it; it may
    be called at any moment, also by a signal handler. Raises OSError.
    """
    stem = _stem(folder, name)
    _remove_orphans(folder, stem, discard)
    while True:
        path = folder / f"{stem}{os.urandom(_RANDOM_BYTES).hex()}.tmp"
        with signals.on_signal(partial(discard, path)):
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            file = TemporaryFile(path, os.open(path, flags, 0o600))
            try:
                _lock(file.descriptor, wait=True)
                if not path.exists():
                    continue  # another run took it for an orphan in the moment before it was locked
                yield file
                return
            finally:
                if os.name == "nt":  # Windows removes no open file
                    file.close()
                discard(path)  # before the lock is freed, for then another run may remove it
                file.close()


def folder_of(file: Path) -> Path:
    """The folder that may belong to a temporary file. It exists only while that does."""
    return file.with_suffix(".set")


@contextmanager
def open_temporary_folder(name: str) -> Iterator[Path]:
    """Make an empty folder in the system's folder for temporary files; at the end of the block it is removed.

    It is removed, too, if a signal ends the process, and by the next run where that was killed. Raises OutputError.
    """
    with ExitStack() as stack:
        try:
            place = Path(tempfile.gettempdir())
            file = stack.enter_context(open_temporary(place, name, discard=_remove_with_folder))
            folder = folder_of(file.path)
            folder.mkdir(mode=0o700)
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"Cannot make a temporary folder: {reason}. Set TMPDIR to a folder with room") from error
        yield folder


def _remove_with_folder(file: Path) -> None:
    shutil.rmtree(folder_of(file), ignore_errors=True)
    remove(file)


def _stem(folder: Path, name: str) -> str:
    """How temporary files for a target begin: its name, cut to the length of names that the file system allows."""
    try:
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        longest = _NAME_MAX
    room = longest - len("..gdanim-.tmp") - 2 * _RANDOM_BYTES
    while len(os.fsencode(name)) > room:  # whole characters: some file systems refuse half of one
        name = name[:-1]
    return f".{name}.gdanim-"


def _remove_orphans(folder: Path, stem: str, discard: Callable[[Path], None]) -> None:
    orphan = re.compile(re.escape(stem) + rf"[0-9a-f]{{{2 * _RANDOM_BYTES}}}\.tmp")
    with suppress(OSError):
        for path in list(folder.iterdir()):
            if orphan.fullmatch(path.name):
                with suppress(OSError):
                    _remove_if_unlocked(path, discard)


def _remove_if_unlocked(path: Path, discard: Callable[[Path], None]) -> None:
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and _lock(descriptor, wait=False):
            discard(path)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Lock a file; whether that succeeded."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (ImportError, OSError):  # held by its writer, or there are no locks here: not known to be an orphan
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that the names of its files survive a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
