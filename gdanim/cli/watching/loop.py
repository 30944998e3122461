"""The loop of `--watch`: what was read, which of it has changed, and the rendering that follows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gdanim.errors import GdanimError
from gdanim.formatting import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Stamp = tuple[int, int, int]  # when a file was written, its size, its number on the disk


class Watched(NamedTuple):
    """What the loop works with.

    read     the files that the request reads now. Raises GdanimError where it is wrong
    render   renders once, and says what came of it
    wait     waits until something may have changed in the folders of some files; False where nobody waits any longer
    say      says a line to the person
    """

    read: Callable[[], Iterable[str]]
    render: Callable[[], object]
    wait: Callable[[Sequence[Path]], bool]
    say: Callable[[str], object]


def watch(watched: Watched) -> None:
    """Render, and again whenever a file that is read has changed.

    Stamps are taken before each rendering, so that what changes while it goes on is seen after it.
    """
    stamps = {name: _stamp(name) for name in watched.read()}
    watched.render()
    while True:
        # A file that is gone, as for a moment while an editor saves it, is waited for.
        changed = [name for name, before in stamps.items() if (now := _stamp(name)) and now != before]
        if changed:
            watched.say(f"{listed(changed)} changed")
            stamps = _read_again(watched.read, stamps)
            watched.render()
        elif not watched.wait([Path(name).absolute() for name in stamps]):
            return


def _read_again(read: Callable[[], Iterable[str]], before: dict[str, Stamp | None]) -> dict[str, Stamp | None]:
    """The stamps of what is read now; where the request is wrong now, of what was read before: that is to be mended."""
    try:
        names = list(read())
    except (GdanimError, OSError):
        names = list(before)
    return {name: _stamp(name) or before.get(name) for name in names}


def _stamp(name: str) -> Stamp | None:
    """What tells one content of a file from another; None where there is no such file."""
    try:
        found = os.stat(name)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
