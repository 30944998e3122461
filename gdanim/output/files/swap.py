"""The swap of a whole set of frames for another: after a kill at any moment the next run comes upon one of them whole.

No system moves many files in one step. Under the lock of their folder, the old frames are moved into a private folder,
and then the new ones out of it. That this has begun is first noted in the temporary file that the private folder
belongs to, which is the journal: a run that finds a swap begun, and has the lock, knows that its writer is dead, and
finishes it. So frames of two runs never stand side by side, and two writers of one sequence never mix.

At each moment, a new frame stands either in the private folder or at its name. So what is left to be moved can be seen.
"""

from __future__ import annotations

import re
import stat
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim import signals
from gdanim.output.files.temporary import TemporaryFile, folder_of, notes_of, own_temporaries, owned_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.output.files.folders import Folder
    from gdanim.output.files.numbering import Pattern

_OLD: Final = "old"  # in the private folder, where old frames are moved to
_MOST: Final = 10_000  # frames; no timeline has more


class Frames(NamedTuple):
    """The names of frames: those of the pattern, and in the private folder `0.png`, `1.png`, … by the suffix."""

    pattern: Pattern
    suffix: str

    def private(self, index: int) -> str:
        """The name of a frame in the private folder."""
        return f"{index}{self.suffix}"

    def facts(self) -> dict[str, Any]:
        """What the journal says of them: of another pattern, the temporary file may be called the same."""
        pattern = self.pattern
        return {"names": [pattern.before, pattern.digits, pattern.after, self.suffix]}


class _Move(NamedTuple):
    source: Folder
    name: str
    target: Folder
    new_name: str

    def do(self) -> None:
        self.source.move(self.name, self.target, self.new_name)

    def undo(self) -> None:
        self.target.move(self.new_name, self.source, self.name)


def swap(file: TemporaryFile, private: Folder, frames: Frames, count: int) -> None:
    """Give the frames in a private folder, which belongs to `file`, their names. Call it under the folder's lock.

    Where a move fails, all that was moved moves back. A signal waits for the end. Raises OSError.
    """
    with signals.postponed(), ExitStack() as stack:
        if not all(private.has_file(frames.private(index)) for index in range(count)):
            raise OSError("a frame is missing")
        private.make_folder(_OLD)
        old = stack.enter_context(private.inner(_OLD))
        private.sync()
        file.note(swap=count)
        done: list[_Move] = []
        try:
            for move in _moves(file.folder, private, old, frames, count):
                done.append(move)
                move.do()
            file.folder.sync()
        except BaseException:
            _undo(done)
            _note_end(file)
            raise
        _note_end(file)


def _note_end(file: TemporaryFile) -> None:
    """Note that nothing is left to be moved. Where that fails, the next run sees it from what stands there."""
    with suppress(OSError):
        file.note(swap=0)


def _undo(moves: list[_Move]) -> None:
    """Undo moves, the last first; it may not have been done. Raises OSError: the next run then finishes the swap."""
    for move in reversed(moves):
        with suppress(FileNotFoundError):
            move.undo()


def _moves(folder: Folder, private: Folder, old: Folder, frames: Frames, count: int) -> Iterator[_Move]:
    """What is left to be moved: all old frames away, then all new ones to their names. Raises OSError."""
    left = [index for index in range(count) if private.has_file(frames.private(index))]
    for name in map(frames.pattern.name, left):
        try:
            found = folder.status(name)
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{name} is no file any more")
        yield _Move(folder, name, old, name)
    for index in left:
        yield _Move(private, frames.private(index), folder, frames.pattern.name(index))


# --- after a kill -----------------------------------------------------------------------------------------------------


def finish(folder: Folder, stem: str, frames: Frames) -> None:
    """Finish the swaps of the same frames that were cut short. Call it under the folder's lock."""
    for name, _ in own_temporaries(folder, stem):
        with suppress(OSError):
            _finish(folder, name, frames)


def _finish(folder: Folder, name: str, frames: Frames) -> None:
    with owned_folder(folder, name) as (private, notes), ExitStack() as stack:
        count = _begun(notes, frames)
        if private is None or not count:
            return
        old = stack.enter_context(private.inner(_OLD))
        for move in _moves(folder, private, old, frames, count):
            move.do()
        folder.sync()
        descriptor = folder.open(name)
        journal = TemporaryFile(folder, name, descriptor)
        try:
            _note_end(journal)
        finally:
            journal.close()


def _begun(notes: list[dict[str, Any]], frames: Frames) -> int:
    """How many frames the swap has that the journal says was begun, and not that it was finished; 0 where none was."""
    count = notes[-1].get("swap") if notes and _is_of(notes, frames) else None
    return count if isinstance(count, int) and 0 < count <= _MOST else 0


def _is_of(notes: list[dict[str, Any]], frames: Frames) -> bool:
    return bool(notes[0].get("names") == frames.facts()["names"])


def discard(frames: Frames, folder: Folder, name: str) -> None:
    """Remove a temporary file and its private folder, but for one in the midst of a swap: see finish().

    Only what the frames' writer, or a swap, puts there is removed; anything else stays, and the folder with it.
    """
    notes = notes_of(folder, name)
    if notes and (not _is_of(notes, frames) or _begun(notes, frames)):
        return
    with owned_folder(folder, name) as (private, _):
        if private is not None:
            _empty(private, frames)
    with suppress(FileNotFoundError):
        folder.remove_folder(folder_of(name))
    folder.remove(name)


def _empty(private: Folder, frames: Frames) -> None:
    """Remove the frames in a private folder, new and old. Raises OSError where something else is in it."""
    written = re.compile(r"[0-9]{1,6}" + re.escape(frames.suffix))
    for name in filter(written.fullmatch, private.names()):
        private.remove(name)
    with suppress(FileNotFoundError):
        with private.inner(_OLD) as old:
            for name in old.names():
                if frames.pattern.index(name) is not None:
                    old.remove(name)
        private.remove_folder(_OLD)
