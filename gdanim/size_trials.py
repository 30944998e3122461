"""Trials: renderings into a private folder, of which one may be put in the place of an output."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gdanim.errors import OutputError, TargetError
from gdanim.output.files.atomic import STDOUT, open_output, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.catalogue.request import Planned
    from gdanim.descent.descend import Descent
    from gdanim.outputs import Progress, Written

    Render = Callable[[Descent, Sequence[Planned], Progress | None], tuple[Written, ...]]

# What the system says of a disk without room.
FULL: Final = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT))


class Trials:
    """Renders into a private folder, and counts the frames of all renderings as one work."""

    def __init__(self, folder: Path, render: Render, progress: Progress | None) -> None:
        self._folder, self._render, self._progress = folder, render, progress
        self._count, self._frames, self._total = 0, 0, 0

    def render(self, descent: Descent, outputs: Sequence[Planned]) -> tuple[Written, ...]:
        """Render to a file of its own for each output. Those that could not be finished are among them."""
        self._count += 1
        names = [f"{self._count}-{place}{_suffix(output)}" for place, output in enumerate(outputs)]
        private = [replace(output, path=str(self._folder / name)) for output, name in zip(outputs, names, strict=True)]
        try:
            made = self._render(descent, private, None if self._progress is None else self._step)
        except TargetError as error:
            raise OutputError(f"The temporary folder was lost: {error}") from error
        self._frames += self._total
        return tuple(_in_known_words(written, output) for written, output in zip(made, outputs, strict=True))

    def discard(self, made: Sequence[Written]) -> None:
        """Remove files of which only the size is still needed."""
        for written in made:
            Path(written.path).unlink(missing_ok=True)

    def finish(self) -> None:
        """Tell that nothing is left to be rendered."""
        if self._progress is not None:
            self._progress(self._frames + 1, self._frames + 1)

    def _step(self, done: int, total: int) -> None:
        self._total = total
        if self._progress is not None:
            # One more, for nobody knows yet whether this rendering is the last.
            self._progress(self._frames + done, self._frames + total + 1)


def bytes_of(written: Written) -> int:
    """The bytes of a finished file. Raises OutputError where it could not be finished."""
    if written.error is not None:
        raise written.error
    return written.bytes or 0  # there is no stream among them


def moved(written: Written, output: Planned) -> Written:
    """Put a finished file where it belongs, whole or not at all."""
    try:
        with open_output(output.path, needs_path=False) as target, Path(written.path).open("rb") as file:
            shutil.copyfileobj(file, target.stream)
    except OutputError as error:
        return replace(named(written, output), bytes=None, error=error)
    streamed = output.path == STDOUT or not Path(output.path).is_file()
    return replace(named(written, output), bytes=None if streamed else written.bytes)


def named(written: Written, output: Planned) -> Written:
    """The same under the output's own path."""
    return replace(written, path=output.path)


def name_of(file: str) -> str:
    """What a message calls an output."""
    return "standard output" if file == STDOUT else quoted(file)


def _suffix(output: Planned) -> str:
    """Some writers go by it; what else stands at the end of a path is no business of theirs."""
    return Path(output.path).suffix if output.format.suffixes else "".join(output.format.extensions[:1])


def _in_known_words(written: Written, output: Planned) -> Written:
    """A failure in the private folder, of which nobody knows, told by the output's path; see Trials.render."""
    if written.error is None:
        return written
    told = str(written.error).replace(quoted(written.path), name_of(output.path))
    if any(words in told for words in FULL):
        told += f", in the temporary folder {quoted(tempfile.gettempdir())}. Set TMPDIR to a folder with room"
    return replace(written, error=type(written.error)(told).with_traceback(written.error.__traceback__))
