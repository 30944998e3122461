"""Targets: what a path to be written leads to, and whether it can be written at all. Nothing is touched."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gdanim.errors import TargetError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

STDOUT: Final = "-"
_PATH_SHOWN: Final = 1000  # characters; nobody typed a longer path
_MOST_LINKS: Final = 40  # Linux gives up on longer chains of links, too
_SYSTEM: Final = ("/proc", "/sys", "/dev")  # what is no disk; links there lead to whatever a process has open


def check_target(path: str) -> None:
    """Raise TargetError, in one line, where `path` cannot be written; touches nothing.

    Pipes, devices and "-" (standard output) are fine. A file without any write permission is refused to root, too, and
    so is one that only a link of the system leads to, as /proc/self/exe does to the Python that runs.
    """
    if not path.strip():
        raise TargetError(f"Output path {quoted(path)} is empty: name a file such as out.gif, or - for standard output")
    if "\0" in path:
        raise TargetError(f"Cannot write {quoted(path)}: a file name holds no NUL character. Choose another name")
    try:
        obstacle = _obstacle(path)
    except OSError as error:
        obstacle = f"{reason_of(error)}. Choose another path"
    if obstacle:
        raise TargetError(f"Cannot write {quoted(path)}: {obstacle}")


def is_replaceable(path: str) -> bool:
    """Whether a path leads to a regular file, or to none yet: it is replaced by a new file. All else is streamed to."""
    if path == STDOUT or own_descriptor(path) is not None:
        return False
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except FileNotFoundError:
        return True


def own_descriptor(path: str) -> int | None:
    """N where `path` leads to /dev/fd/N: a file that is open already, and must not be replaced; else None."""
    descriptors = {os.path.realpath("/dev/fd"), os.path.realpath("/proc/self/fd")}
    step = Path(path)
    for _ in range(_MOST_LINKS):
        if step.name.isdecimal() and os.path.realpath(step.parent) in descriptors:
            return int(step.name)
        if not os.path.islink(step):  # noqa: PTH114 - Path's raises in closed folders
            break
        step = step.parent / step.readlink()
    return None


def is_pipe(path: str) -> bool:
    """Whether a path leads to a named pipe, which opens only when something reads it."""
    try:
        return path != STDOUT and own_descriptor(path) is None and stat.S_ISFIFO(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def what_stands(path: str) -> os.stat_result | None:
    """The regular file that a target is, behind links and descriptors; None where there is none. Raises OSError."""
    number = own_descriptor(path)
    try:
        if path == STDOUT or number is not None:
            found = os.fstat(sys.stdout.fileno() if number is None else number)
        else:
            found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError, AttributeError):
        return None  # ValueError, AttributeError: standard output is closed, or an object of a test or a notebook
    return found if stat.S_ISREG(found.st_mode) else None


def quoted(path: str | Path) -> str:
    """The path on one line, not shortened: the file's name is at its end."""
    text = str(path)
    return repr(text) if len(text) <= _PATH_SHOWN else shown(text)


def reason_of(error: OSError) -> str:
    """What the system says of a failure."""
    return os.strerror(error.errno) if error.errno else str(error)


# --- obstacles -------------------------------------------------------------------------------------------------------


def _obstacle(path: str) -> str | None:
    """Why `path` cannot be written, and the next step; None where it can. Raises OSError with the system's reason."""
    if path == STDOUT:
        return "standard output is closed. Name a file with -o" if sys.stdout is None else None
    number = own_descriptor(path)
    if number is not None:
        return None if _takes_bytes(number) else "it was opened to be read only. Choose another path"
    try:
        old = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        old = None
    except PermissionError:
        return f"no permission to put a file into {quoted(Path(path).parent)}. Choose another path"
    return _obstacle_of_place(path, old) or _obstacle_of_system(path, old)


def _takes_bytes(descriptor: int) -> bool:
    """Whether a descriptor was opened to be written. Raises OSError where it is not open."""
    import fcntl  # every system that has /dev/fd has it

    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY


def _obstacle_of_place(path: str, old: os.stat_result | None) -> str | None:
    folder = Path(os.path.realpath(path)).parent
    if path.endswith(("/", os.sep)) or (old and stat.S_ISDIR(old.st_mode)):
        return f"it is a folder. Name a file in it, such as {quoted(Path(path, 'out.gif'))}"
    if not folder.is_dir():
        problem = "is not a folder. Choose" if folder.exists() else "does not exist. Create it first or choose"
        return f"{quoted(_as_given(folder, path))} {problem} another path"
    if old and not (os.access(path, os.W_OK) and old.st_mode & 0o222):
        return "the file is read-only. Make it writable (chmod u+w) or choose another path"
    if old and not stat.S_ISREG(old.st_mode):
        return None
    if not os.access(folder, os.W_OK | os.X_OK) or (old and _sticky_protects(folder.stat(), old)):
        return f"no permission to put a file into {quoted(_as_given(folder, path))}. Choose another path"
    return None


def _as_given(folder: Path, path: str) -> Path:
    """The folder as it was typed, unless a link leads elsewhere."""
    given = Path(path).parent
    return given if os.path.realpath(given) == str(folder) else folder


def _sticky_protects(folder: os.stat_result, old: os.stat_result) -> bool:
    """Whether the folder, like /tmp, lets nobody replace the files of others, even writable ones."""
    return bool(folder.st_mode & stat.S_ISVTX) and os.geteuid() not in (0, old.st_uid, folder.st_uid)


def _obstacle_of_system(path: str, old: os.stat_result | None) -> str | None:
    """Files of the system, and files that only a link of the system leads to, are never replaced."""
    if old and not stat.S_ISREG(old.st_mode):
        return None
    if _is_below(os.path.realpath(path), "/proc", "/sys"):
        return "it is a file of the system. Choose another path"
    if _is_beside_devices(Path(os.path.realpath(path))):
        return "there is no such device, and no other file belongs there. Choose another path"
    link = next((link for link in links_to(path) if _is_below(str(link), *_SYSTEM)), None)
    return f"the link {quoted(link)} of the system leads there. Choose another path" if link else None


def _is_beside_devices(path: Path) -> bool:
    """Whether a file would stand among the devices of /dev; /dev/shm is another disk, for files. Raises OSError."""
    return _is_below(str(path), "/dev") and path.parent.stat().st_dev == Path("/dev").stat().st_dev


def _is_below(path: str, *folders: str) -> bool:
    return path.startswith(tuple(f"{folder}/" for folder in folders))


def links_to(path: str) -> Iterator[Path]:
    """The links that the system follows on the way to `path`, each where it really lies. Raises OSError."""
    place, parts, n_links = Path(Path(path).anchor or Path.cwd()), list(reversed(Path(path).parts)), 0
    while parts and n_links < _MOST_LINKS:
        part = parts.pop()
        step = place.parent if part == ".." else place / part  # of an absolute part, the part
        if part == ".." or not os.path.islink(step):  # noqa: PTH114 - Path's raises in closed folders
            place = step
            continue
        yield step
        n_links += 1
        parts += reversed(step.readlink().parts)
