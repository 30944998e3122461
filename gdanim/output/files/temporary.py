"""Temporary files and folders: hidden, locked, and removed at the end, by a signal, or by the next run.

A target is written as a temporary file beside it, which is moved to the target when it is whole. It is locked (flock)
for as long as its writer lives. One whose lock is free was left by a killed run, an orphan, and the next run with the
same target removes it, if it is the user's own and has no other name: in a folder that others may write, anybody may
have put it there. Where there is no flock (Windows, some network file systems) none is removed.

A temporary folder belongs to a temporary file, whose first line has the folder's inode number: neither a link nor a
copy, an unpacked or a renamed folder is taken for it.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdanim import signals
from gdanim.errors import OutputError
from gdanim.output.files.attributes import take_over
from gdanim.output.files.folders import Folder, is_own, let_go, lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Discard = Callable[[Folder, str], None]

_RANDOM_BYTES = 8
_NAME_MAX = 255  # where the system does not say
_NOTES_MAX = 65_536  # bytes of what a temporary file says of its folder


class TemporaryFile:
    """An open, locked file.

    folder, name  where it lies; a writer that gets the path must write into the file, not replace it
    descriptor    open for reading and writing, until close()
    """

    def __init__(self, folder: Folder, name: str, descriptor: int) -> None:
        self.folder, self.name, self.descriptor = folder, name, descriptor

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder.path / self.name

    def check(self) -> None:
        """Raise OSError where the file is empty, or was removed or replaced by somebody else."""
        ours = os.fstat(self.descriptor)
        if not os.path.samestat(ours, self.folder.status(self.name)):
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
        self.folder.move(self.name, self.folder, target.name)
        self.folder.sync()

    def note(self, **facts: Any) -> None:
        """Write a line of JSON at its end, the whole or none of it, and sync it. Raises OSError."""
        line, end = f"{json.dumps(facts)}\n".encode(), os.lseek(self.descriptor, 0, os.SEEK_END)
        try:
            if os.write(self.descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self.descriptor)
        except OSError:
            os.ftruncate(self.descriptor, end)
            raise

    def close(self) -> None:
        """Close the descriptor, which frees the lock; the file stays."""
        if self.descriptor >= 0:
            let_go(self.descriptor)
            self.descriptor = -1


@contextmanager
def open_temporary(folder: Path, name: str, *, discard: Discard = Folder.remove) -> Iterator[TemporaryFile]:
    """Make a temporary file for a target called `name` in `folder`; it is removed at the end unless it was moved.

    Removes the orphans of the same target first. `discard` removes a temporary file with all that belongs to it; it may
    be called at any moment, also by a signal handler. Raises OSError.
    """
    process = os.getpid()
    with Folder.opened(folder) as place:
        stem = stem_of(folder, name)
        _remove_orphans(place, stem, discard)
        while True:
            name = f"{stem}{os.urandom(_RANDOM_BYTES).hex()}.tmp"
            with signals.on_signal(partial(discard, place, name)):
                file = TemporaryFile(place, name, place.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL))
                try:
                    lock(file.descriptor, wait=True)
                    if not _is_there(place, name):
                        continue  # another run took it for an orphan in the moment before it was locked
                    yield file
                    return
                finally:
                    if os.name == "nt":  # Windows removes no open file
                        file.close()
                    if os.getpid() == process:  # one that was forked leaves what is its parent's
                        with suppress(OSError):
                            discard(place, name)  # before the lock is freed, for then another run may remove it
                    file.close()


def _is_there(folder: Folder, name: str) -> bool:
    try:
        folder.status(name)
    except FileNotFoundError:
        return False
    return True


# --- folders ----------------------------------------------------------------------------------------------------------


def folder_of(file: str) -> str:
    """The name of the folder that may belong to a temporary file. It exists only while that does."""
    return file.removesuffix(".tmp") + ".set"


@contextmanager
def make_folder(file: TemporaryFile, **facts: Any) -> Iterator[Folder]:
    """Make the folder that belongs to a temporary file, which notes that, and `facts`. Raises OSError."""
    name = folder_of(file.name)
    file.folder.make_folder(name)
    with file.folder.inner(name) as made:
        file.note(folder=made.inode, **facts)
        yield made


@contextmanager
def owned_folder(folder: Folder, file: str) -> Iterator[tuple[Folder | None, list[dict[str, Any]]]]:
    """The folder that a temporary file says is its own, None where there is no such folder; and all that it says."""
    notes = notes_of(folder, file)
    with ExitStack() as stack:
        found = None
        with suppress(OSError):
            found = stack.enter_context(folder.inner(folder_of(file)))
        yield found if found and notes and notes[0].get("folder") == found.inode else None, notes


def notes_of(folder: Folder, file: str) -> list[dict[str, Any]]:
    """The whole lines of a temporary file that has a folder; none where it has none, or is damaged."""
    try:
        descriptor = folder.open(file, os.O_RDONLY)
    except OSError:
        return []
    try:
        lines = os.read(descriptor, _NOTES_MAX).split(b"\n")[:-1]
        notes = [json.loads(line) for line in lines]
    except (OSError, ValueError, RecursionError):
        return []
    finally:
        let_go(descriptor)
    return notes if all(isinstance(note, dict) for note in notes) else []


@contextmanager
def open_temporary_folder(name: str) -> Iterator[Path]:
    """Make an empty folder in the system's folder for temporary files; at the end of the block it is removed.

    It is removed, too, if a signal ends the process, and by the next run where that was killed. Raises OutputError.
    """
    with ExitStack() as stack:
        try:
            place = Path(tempfile.gettempdir())
            file = stack.enter_context(open_temporary(place, name, discard=_remove_with_folder))
            folder = stack.enter_context(make_folder(file))
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"Cannot make a temporary folder: {reason}. Set TMPDIR to a folder with room") from error
        yield folder.path


def _remove_with_folder(folder: Folder, file: str) -> None:
    with owned_folder(folder, file) as (owned, _):
        if owned is not None:
            folder.remove_tree(folder_of(file))
        else:
            with suppress(OSError):  # it was made, and not noted yet: it is empty
                folder.remove_folder(folder_of(file))
    folder.remove(file)


# --- orphans ----------------------------------------------------------------------------------------------------------


def stem_of(folder: Path, name: str) -> str:
    """How temporary files for a target begin: its name, cut to the length of names that the file system allows."""
    try:
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        longest = _NAME_MAX
    room = longest - len("..gdanim-.tmp") - 2 * _RANDOM_BYTES
    while len(os.fsencode(name)) > room:  # whole characters: some file systems refuse half of one
        name = name[:-1]
    return f".{name}.gdanim-"


def own_temporaries(folder: Folder, stem: str) -> Iterator[tuple[str, int]]:
    """The temporary files of the same target that are the user's own, by whomever used: name and open descriptor."""
    pattern = re.compile(re.escape(stem) + rf"[0-9a-f]{{{2 * _RANDOM_BYTES}}}\.tmp")
    try:
        names = [name for name in folder.names() if pattern.fullmatch(name)]
    except OSError:
        return
    for name in names:
        with suppress(OSError):
            descriptor = folder.open(name)
            try:
                found = os.fstat(descriptor)
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and is_own(found) and _has_own(folder, name):
                    yield name, descriptor
            finally:
                let_go(descriptor)


def _has_own(folder: Folder, file: str) -> bool:
    """Whether the folder of a temporary file is the user's own, if it has one. Raises OSError."""
    try:
        found = folder.status(folder_of(file))
    except FileNotFoundError:
        return True
    return stat.S_ISDIR(found.st_mode) and is_own(found)


def _remove_orphans(folder: Folder, stem: str, discard: Discard) -> None:
    for name, descriptor in own_temporaries(folder, stem):
        if lock(descriptor):
            with suppress(OSError):
                discard(folder, name)
