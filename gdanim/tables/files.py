"""Files that may hold a table: what is refused before anything is read. Imports no numpy."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Final

from gdanim.errors import SettingError, UsageError, shown

STDIN: Final = "-"
# What a suffix says of the content. A file of any other suffix, and a pipe, are told by how they begin.
KINDS: Final = {
    ".npz": "npz",
    ".npy": "npy",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "text",
    ".tsv": "text",
}
GZIP: Final = ".gz"
# How long a named pipe may have no program that writes to it.
PIPE_PATIENCE_S: Final = 10.0
# Beyond this, a table of text is not read: 20 million rows of a hundred characters.
MAX_BYTES: Final = 2_000_000_000


def name_of(path: str) -> str:
    """What messages call a file."""
    return "standard input" if path == STDIN else Path(path).name


def stem_of(path: str) -> str:
    """The name of a file without what says how it is written and packed: `adam` of adam.csv.gz."""
    place = Path(path)
    return Path(place.stem).stem if place.suffix.lower() == GZIP else place.stem


def labelled(text: str) -> tuple[str, str]:
    """The label that a person gives a file, and its path: `adam=a.csv`. A file of that very name has no label."""
    label, equals, path = text.partition("=")
    return (label.strip(), path) if equals and not os.path.lexists(text) else ("", text)


def is_file(path: str | Path) -> bool:
    """Whether a path leads to a regular file. None does that the system does not look up, as a name too long."""
    return os.path.isfile(path)  # noqa: PTH113 - Path's raises


def beside(folder: Path, name: str) -> str:
    """The path of a file in a folder, where that has one of this name; else the name, as seen from here."""
    return str(folder / name) if name != STDIN and is_file(folder / name) else name


def kind_of(path: str) -> str | None:
    """The kind of table that a path's suffix promises; None where it promises none."""
    place = Path(path)
    suffix = Path(place.stem).suffix if place.suffix.lower() == GZIP else place.suffix
    return KINDS.get(suffix.lower())


def check_readable(path: str, option: str) -> None:
    """Raise UsageError unless the path of an option is a file, a pipe, or - for standard input, and may be read.

    What it holds is not read: a pipe can be read only once.
    """
    if path == STDIN:
        if sys.stdin is None or sys.stdin.closed:
            raise UsageError(f"Standard input is closed: name a file with {option}")
        if sys.stdin.isatty():
            raise UsageError("Standard input is a terminal: send it a table through a pipe, or name a file")
        return
    try:
        found = Path(path).stat()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise unreadable(path, error) from None
    if stat.S_ISDIR(found.st_mode):
        raise SettingError(option, path, "it is a folder; name a file in it")
    if stat.S_ISREG(found.st_mode) and found.st_size > MAX_BYTES:
        raise SettingError(option, path, f"it has {found.st_size:,} bytes; at most {MAX_BYTES:,} are read")
    if not os.access(path, os.R_OK):
        raise SettingError(option, path, "there is no permission to read it")


def opened(path: str | Path) -> BinaryIO:
    """A file to read, or a pipe that a program writes to. Raises OSError, and UsageError where none begins to."""
    place = Path(path)
    if not place.is_fifo():
        return place.open("rb")
    streams: list[BinaryIO] = []

    def wait_for_a_writer() -> None:
        with suppress(OSError):
            streams.append(place.open("rb"))

    waiting = Thread(target=wait_for_a_writer, daemon=True)
    waiting.start()
    waiting.join(PIPE_PATIENCE_S)
    if waiting.is_alive():
        while waiting.is_alive():
            with suppress(OSError):
                os.close(os.open(place, os.O_WRONLY | os.O_NONBLOCK))  # a writer for a moment: so ends the waiting
            waiting.join(0.01)
        streams.pop().close()
        raise UsageError(
            f"Cannot read {shown(str(path))}: no program has written to this pipe for {PIPE_PATIENCE_S:g} s: start it "
            "first, or name a file"
        )
    return streams[0] if streams else place.open("rb")


def unreadable(path: str, error: OSError | ValueError) -> UsageError:
    """The error for a file that the system does not let gdanim read."""
    reason = error.strerror if isinstance(error, OSError) else None
    return UsageError(f"Cannot read {shown(path)}: {reason or error}")
