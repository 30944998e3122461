"""Folders that are held open: names are looked up in the folder that was opened, wherever its path leads by now.

No link is followed inside one. Where the system has no descriptors of folders (Windows), paths are used.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HELD: Final = os.open in os.supports_dir_fd
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_FILE: Final = getattr(os, "O_BINARY", 0) | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0)
PATIENCE_S: Final = 60.0  # what holds the lock of a folder moves files: that takes milliseconds
_PAUSE_S: Final = 0.01


class Folder:
    """A folder at work.

    path         where it was when it was opened
    descriptor   None where paths are used: on Windows, and where names may be made but not listed
    """

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self.path, self.descriptor = path, descriptor

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[Folder]:
        """The folder at a path, whose links are followed. Raises OSError."""
        try:
            descriptor = os.open(path, _FOLDER) if _HELD else None
        except PermissionError:
            descriptor = None
        with _closed(cls(path, descriptor)) as folder:
            yield folder

    @contextmanager
    def inner(self, name: str) -> Iterator[Folder]:
        """A folder in this one. Raises OSError where it is none, or a link to one."""
        place, at = self._place(name)
        if self.descriptor is None and not stat.S_ISDIR(self.status(name).st_mode):
            raise NotADirectoryError(name)
        descriptor = None if self.descriptor is None else os.open(place, _FOLDER | _NOFOLLOW, dir_fd=at)
        with _closed(Folder(self.path / name, descriptor)) as folder:
            yield folder

    @property
    def inode(self) -> int:
        """The number of the folder, which its copy does not have."""
        return (self.path.stat() if self.descriptor is None else os.fstat(self.descriptor)).st_ino

    def names(self) -> list[str]:
        """What is in it. Raises OSError."""
        return os.listdir(self.path if self.descriptor is None else self.descriptor)  # noqa: PTH208 (Path takes none)

    def status(self, name: str) -> os.stat_result:
        """What a name is, a link itself. Raises OSError."""
        place, at = self._place(name)
        return os.stat(place, dir_fd=at, follow_symlinks=False)

    def has_file(self, name: str) -> bool:
        """Whether a name is that of a regular file, and the file's only one."""
        try:
            found = self.status(name)
        except FileNotFoundError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_nlink == 1

    def open(self, name: str, flags: int = os.O_RDWR) -> int:
        """A new descriptor of a file. Raises OSError, also for a link."""
        place, at = self._place(name)
        return os.open(place, flags | _FILE, 0o600, dir_fd=at)

    def make_folder(self, name: str) -> None:
        """Make a folder for nobody else. Raises OSError."""
        place, at = self._place(name)
        os.mkdir(place, 0o700, dir_fd=at)

    def move(self, name: str, other: Folder, new_name: str) -> None:
        """Move a file to another folder, in the place of a file that has the name there. Raises OSError."""
        (place, at), (new_place, new_at) = self._place(name), other._place(new_name)
        os.replace(place, new_place, src_dir_fd=at, dst_dir_fd=new_at)

    def remove(self, name: str) -> None:
        """Remove a file, where it is there and may be removed."""
        place, at = self._place(name)
        with suppress(OSError):
            os.unlink(place, dir_fd=at)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder. Raises OSError."""
        place, at = self._place(name)
        os.rmdir(place, dir_fd=at)

    def remove_tree(self, name: str) -> None:
        """Remove a folder with all that is in it, as far as that may be removed; no link is followed."""
        import shutil

        place, at = self._place(name)
        shutil.rmtree(place, ignore_errors=True, dir_fd=at)

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Wait for the lock of the folder; whether there is one. Raises OSError where somebody keeps it."""
        waited_s = 0.0
        while (locked := lock(self.descriptor)) is None:
            if waited_s >= PATIENCE_S:
                raise OSError(f"another program has locked its folder for {PATIENCE_S:g} s")
            time.sleep(_PAUSE_S)
            waited_s += _PAUSE_S
        try:
            yield locked
        finally:
            if locked:
                _unlock(self.descriptor)

    def sync(self) -> None:
        """Let the names in it survive a power cut, where the system can."""
        with suppress(OSError):
            descriptor = os.open(self.path, os.O_RDONLY) if self.descriptor is None else os.dup(self.descriptor)
            try:
                os.fsync(descriptor)
            finally:
                let_go(descriptor)

    def _place(self, name: str) -> tuple[str, int | None]:
        """How the system's calls name something in it: a path, and the descriptor that it starts from."""
        return (name, self.descriptor) if self.descriptor is not None else (str(self.path / name), None)


def lock(descriptor: int | None, *, wait: bool = False) -> bool | None:
    """Lock an open file or folder (flock); False where there are no locks, None where another has it."""
    try:
        import fcntl

        if descriptor is None:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return None
    except (ImportError, OSError):
        return False
    return True


def let_go(descriptor: int) -> None:
    """Close a descriptor of what is read, given up or brought to the disk already: no failure can lose anything."""
    with suppress(OSError):
        os.close(descriptor)


def is_own(status: os.stat_result) -> bool:
    """Whether a file or folder belongs to the user that runs gdanim."""
    return os.name == "nt" or status.st_uid == os.geteuid()


def _unlock(descriptor: int | None) -> None:
    import fcntl

    if descriptor is not None:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def _closed(folder: Folder) -> Iterator[Folder]:
    try:
        yield folder
    finally:
        if folder.descriptor is not None:
            let_go(folder.descriptor)
            folder.descriptor = None
