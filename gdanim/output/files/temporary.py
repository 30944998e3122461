"""Draft: the hidden file beside a target that becomes the target when it is whole.

A draft is locked (flock) for as long as its writer lives. One whose lock is free was left by a killed run, and the next
run with the same target removes it. Where there is no flock (Windows, some network file systems) none is removed.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdanim import signals
from gdanim.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RANDOM_BYTES = 8
_NAME_MAX = 255  # where the system does not say


class Draft:
    """An open, locked file with a name of its own.

    path         where it lies; whoever writes it by name must write into it, not replace it
    descriptor   open for reading and writing, until the draft is closed
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self.descriptor = path, descriptor

    def check(self) -> None:
        """Raise OSError where the file was emptied, removed or replaced behind our back."""
        ours = os.fstat(self.descriptor)
        if not os.path.samestat(ours, self.path.stat()):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        if ours.st_size == 0:
            raise OSError("nothing was written into it")

    def replace(self, target: Path) -> None:
        """Give the file the target's permissions and, once it is on the disk, the target's name. Raises OSError."""
        self.check()
        settle(self.descriptor, target)
        if os.name == "nt":  # Windows moves no open file
            self.close()
        self.path.replace(target)
        with suppress(OSError):  # the file is whole under its name, and some systems cannot sync a folder
            sync_folder(target.parent)

    def close(self) -> None:
        """Let go of the lock and of the descriptor; the file stays."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def remove(path: Path) -> None:
    """Remove a file, where it is there and may be removed."""
    with suppress(OSError):
        path.unlink()


@contextmanager
def open_draft(folder: Path, name: str, *, discard: Callable[[Path], None] = remove) -> Iterator[Draft]:
    """Make a draft for a target called `name` in `folder`; at the end of the block it is removed, unless it was moved.

    Removes the orphans of the same name first. Whoever keeps more than one file gives a `discard`, which removes a
    draft with all that belongs to it, at any moment. Raises OSError.
    """
    stem = _stem(folder, name)
    _remove_orphans(folder, stem, discard)
    while True:
        path = folder / f"{stem}{os.urandom(_RANDOM_BYTES).hex()}.tmp"
        with signals.on_signal(partial(discard, path)):
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            draft = Draft(path, os.open(path, flags, 0o600))
            try:
                _lock(draft.descriptor, wait=True)
                if not path.exists():
                    continue  # another run took it for an orphan in the moment before it was locked
                yield draft
                return
            finally:
                if os.name == "nt":  # Windows removes no open file
                    draft.close()
                discard(path)  # before the lock goes: nobody else may touch a draft that still has its name
                draft.close()


def folder_of(draft: Path) -> Path:
    """The folder that may belong to a draft. It is there only while that is."""
    return draft.with_suffix(".set")


@contextmanager
def open_folder(name: str) -> Iterator[Path]:
    """Make an empty folder for work in the system's place for that; at the end of the block it is removed.

    It is removed, too, if a signal ends the process, and where that was killed, by the next one. Raises OutputError.
    """
    with ExitStack() as stack:
        try:
            place = Path(tempfile.gettempdir())
            draft = stack.enter_context(open_draft(place, name, discard=_remove_with_folder))
            folder = folder_of(draft.path)
            folder.mkdir(mode=0o700)
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"Cannot make a temporary folder: {reason}. Set TMPDIR to a folder with room") from error
        yield folder


def _remove_with_folder(draft: Path) -> None:
    shutil.rmtree(folder_of(draft), ignore_errors=True)
    remove(draft)


def _stem(folder: Path, name: str) -> str:
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
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (ImportError, OSError):  # held by its writer, or there are no locks here: not known to be an orphan
        return False
    return True


def settle(descriptor: int, target: Path) -> None:
    """Give a finished file the permissions of what it replaces, and have it on the disk. Raises OSError."""
    _take_over_permissions(descriptor, target)
    os.fsync(descriptor)


def _take_over_permissions(descriptor: int, target: Path) -> None:
    if not hasattr(os, "fchmod"):
        return
    try:
        old = target.stat()
    except FileNotFoundError:
        os.fchmod(descriptor, 0o666 & ~_umask())
        return
    if hasattr(os, "fchown"):  # Windows has fchmod alone since Python 3.13
        with suppress(OSError):  # only root, or a member of the old group, may hand a file back
            os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & 0o777)


def _umask() -> int:
    mask = os.umask(0o077)  # it cannot be read without being set; what other threads make meanwhile stays private
    os.umask(mask)
    return mask


def sync_folder(folder: Path) -> None:
    """Have the names of a folder's files on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
