"""--max-size: files that are at most as large as it says, or are not written.

The request is rendered first; a file that is small enough is kept as it is. For one that is not, ever smaller
candidates (size_steps.py) are searched for the first that fits, by halving. A few of them are rendered into a private
folder; of a long film, samples first, and then the whole that is expected to fit. What is written has been measured.
"""

import errno
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from gdanim.catalogue.request import Planned
from gdanim.descent.descend import Descent, redrawn
from gdanim.errors import GdanimError, OutputError, SettingError, TargetError
from gdanim.formatting import count
from gdanim.max_size.steps import (
    LONGER,
    SHORT,
    candidates,
    changed_options,
    expected_share,
    is_long,
    sample,
    whole_bytes,
)
from gdanim.output.files.atomic import open_output
from gdanim.output.files.targets import STDOUT, quoted
from gdanim.output.files.temporary import open_temporary_folder
from gdanim.outputs import Fitted, Progress, Written, typed
from gdanim.writing import kept, missing

Rendering = Callable[[Descent, Sequence[Planned]], tuple[Written, ...]]
Render = Callable[[Descent, Sequence[Planned], Progress | None], tuple[Written, ...]]

# Steps that are chosen by the expected sizes; after them the rest is halved each time.
GUESSES: Final = 2
# What the system says of a disk without room.
DISK_FULL: Final = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT))


def write_within(
    limit: int, descent: Descent, outputs: Sequence[Planned], render: Render, progress: Progress | None
) -> tuple[Written, ...]:
    """Render to outputs of at most `limit` bytes each. One that cannot be kept within it is not written.

    All themes of one file get the same settings, because a page shows one in the place of the other.
    """
    asked = redrawn(descent, replace(descent.settings, max_size=None))
    with open_temporary_folder("max-size") as folder:
        renderer = PrivateRenderer(folder, render, progress)
        made = renderer.render(asked, outputs)
        done = {place: written for place, written in enumerate(made) if written.error}
        for file in dict.fromkeys(output.file for output in outputs):
            places = [place for place, output in enumerate(outputs) if output.file == file and place not in done]
            if places:
                themes, as_asked = [outputs[place] for place in places], tuple(made[place] for place in places)
                done.update(zip(places, _Search(limit, asked, themes, as_asked, renderer.render).write(), strict=True))
        renderer.finish()
    return tuple(done[place] for place in range(len(outputs)))


# --- the search -------------------------------------------------------------------------------------------------------


def tried_sizes(size_of: Callable[[int], int], shares: Sequence[float], limit: int) -> dict[int, int]:
    """The sizes of the steps that were tried: the first one that fits, where any does, with the one before it.

    `size_of` renders a step, 0 for the request itself. Sizes are taken to fall with the steps, about as the expected
    `shares` (n,). At most 1 + GUESSES + ⌈log₂ n⌉ steps are tried.
    """
    sizes = {0: size_of(0)}
    # `below` is too large, `above` fits, or is past the last step.
    below, above = 0, len(shares) if sizes[0] > limit else 0
    while above - below > 1:
        guessing = len(sizes) <= GUESSES
        step = _guess(sizes, below, above, shares, limit) if guessing else (below + above) // 2
        sizes[step] = size_of(step)
        if sizes[step] > limit:
            below = step
        else:
            above = step
    return sizes


def _guess(sizes: Mapping[int, int], below: int, above: int, shares: Sequence[float], limit: int) -> int:
    """The step between two where the size should fall to the limit: log size is taken to be linear in log share."""
    slope = 1.0
    if above in sizes:
        slope = math.log(sizes[below] / max(sizes[above], 1)) / math.log(shares[below] / shares[above])
    for step in range(below + 1, above - 1):
        if sizes[below] * (shares[step] / shares[below]) ** slope <= limit:
            return step
    return above - 1


class _Search:
    """The search for the first candidate of one file that fits, in all its themes. A step is a candidate's index.

    made    step → the files that were rendered; only those that fit still exist
    sizes   step → the bytes of the largest of them
    """

    def __init__(
        self, limit: int, asked: Descent, themes: list[Planned], as_asked: tuple[Written, ...], render: Rendering
    ) -> None:
        self._limit, self._asked, self._themes, self._as_asked, self._render = limit, asked, themes, as_asked, render
        self._candidates = candidates(asked, themes[0].format)
        self.made: dict[int, tuple[Written, ...]] = {}
        self.sizes: dict[int, int] = {}
        self._samples: dict[int, float] = {}
        self._keep(0, as_asked)

    def write(self) -> list[Written]:
        """Write the themes as the first candidate of which all fit; what cannot be written has its error."""
        failed: list[GdanimError] = []
        with kept(failed, self._themes[0].path):
            chosen = self._first_fitting()
        if failed:
            return [self._failed(place, failed[0]) for place in range(len(self._themes))]
        if chosen is None:
            return [self._failed(place, self._unreachable(theme.path)) for place, theme in enumerate(self._themes)]
        written = list(map(_moved, self.made[chosen], self._themes))
        options, frames = self._options(chosen), self._descent(chosen).timeline.frames
        if not options:
            return written
        fitted = [Fitted(options, _bytes_of(asked), frames) for asked in self._as_asked]
        return [replace(file, fitted=how) for file, how in zip(written, fitted, strict=True)]

    def _failed(self, place: int, error: GdanimError) -> Written:
        return replace(self._as_asked[place], path=self._themes[place].path, bytes=None, error=error)

    def _unreachable(self, path: str) -> OutputError:
        nearest = min(self.made, key=lambda step: self.sizes[step])
        how = typed(self._options(nearest)) or "nothing is left to give up"
        return OutputError(
            f"Cannot keep {_name_of(path)} within {count(self._limit, 'byte')}: the nearest try has "
            f"{self.sizes[nearest]:,} ({how}). Nothing was written. Allow a larger --max-size, or show less, such as "
            "fewer --iterations"
        )

    def _first_fitting(self) -> int | None:
        """The first step that fits, measured; of a long film, steps before it may only have been estimated."""
        while True:
            n = len(self._candidates)
            shares = [expected_share(candidate, self._candidates[0]) for candidate in self._candidates]
            tried = tried_sizes(self._size_of, shares, self._limit)
            if len(self._candidates) < n:
                continue  # some canvases have no room: search among those that have
            first = min((step for step, size in tried.items() if size <= self._limit), default=n - 1)
            if first in self.sizes:
                return min((step for step, size in self.sizes.items() if size <= self._limit), default=None)
            self._measure(first)

    def _descent(self, step: int) -> Descent:
        return redrawn(self._asked, self._candidates[step])

    def _options(self, step: int) -> dict[str, str]:
        return changed_options(self._candidates[0], self._candidates[step])

    def _size_of(self, step: int) -> int:
        """The size of a candidate: measured, or of a long film that was not rendered yet, estimated."""
        if step not in self.sizes:
            try:
                if is_long(self._descent(step)):
                    return self._estimate(step)
                self._measure(step)
            except SettingError:  # the canvas has no room for its panels, nor have smaller ones
                self._candidates = self._candidates[:step]
                return 0
        return self.sizes[step]

    def _measure(self, step: int) -> None:
        self._keep(step, self._render(self._descent(step), self._themes))

    def _keep(self, step: int, made: tuple[Written, ...]) -> None:
        self.made[step], self.sizes[step] = made, max(map(_bytes_of, made))
        if self.sizes[step] > self._limit:
            _discard(made)

    def _estimate(self, step: int) -> int:
        """Estimated size of a step: sample size × (measured / sample) of the nearest measured step."""
        near = min((made for made in self.made if is_long(self._descent(made))), key=lambda made: abs(made - step))
        return round(self.sizes[near] * self._from_samples(step) / self._from_samples(near))

    def _from_samples(self, step: int) -> float:
        """The size of a step as its two samples have it."""
        if step not in self._samples:
            descent = self._descent(step)
            pair = [self._render(sample(descent, length), self._themes) for length in (SHORT, LONGER)]
            self._samples[step] = max(
                whole_bytes(_bytes_of(short), _bytes_of(longer), descent.timeline.frames)
                for short, longer in zip(*pair, strict=True)
            )
            for made in pair:
                _discard(made)
        return self._samples[step]


# --- files ------------------------------------------------------------------------------------------------------------


class PrivateRenderer:
    """Renders into a private folder; progress counts the frames of all renderings as one work."""

    def __init__(self, folder: Path, render: Render, progress: Progress | None) -> None:
        self._folder, self._render, self._progress = folder, render, progress or (lambda _done, _total: None)
        self._n_renderings, self._frames, self._total = 0, 0, 0

    def render(self, descent: Descent, outputs: Sequence[Planned]) -> tuple[Written, ...]:
        """Render each output to a private file; the result also has those that failed."""
        self._n_renderings += 1
        stem = self._folder / str(self._n_renderings)
        private = [replace(output, path=f"{stem}-{place}{_suffix(output)}") for place, output in enumerate(outputs)]
        try:
            made = self._render(descent, private, self._step)
        except TargetError as error:
            raise OutputError(f"The temporary folder was lost: {error}") from error
        self._frames += self._total
        return tuple(map(_renamed, made, outputs))

    def finish(self) -> None:
        """Report that nothing is left to be rendered."""
        self._progress(self._frames + 1, self._frames + 1)

    def _step(self, done: int, total: int) -> None:
        self._total = total
        self._progress(self._frames + done, self._frames + total + 1)  # one more: this may not be the last rendering


def _suffix(output: Planned) -> str:
    """The suffix of a private file. Some writers depend on it; the rest of a path may be too long for the folder."""
    return Path(output.path).suffix if output.format.suffixes else "".join(output.format.extensions[:1])


def _renamed(written: Written, output: Planned) -> Written:
    """The same; a failure in the private folder names the output's own path in its place."""
    if written.error is None:
        return written
    message = str(written.error).replace(quoted(written.path), _name_of(output.path))
    if any(reason in message for reason in DISK_FULL):
        message += f", in the temporary folder {quoted(tempfile.gettempdir())}. Set TMPDIR to a folder with room"
    error = type(written.error)(message).with_traceback(written.error.__traceback__)
    return replace(written, path=output.path, error=error)


def _bytes_of(written: Written) -> int:
    """The bytes of a finished file. Raises why it could not be finished."""
    if written.error is not None:
        raise written.error
    return written.bytes or 0  # no private file is a stream


def _discard(made: Sequence[Written]) -> None:
    """Remove files of which only the size is still needed."""
    for written in made:
        Path(written.path).unlink(missing_ok=True)


def _moved(written: Written, output: Planned) -> Written:
    """Copy a finished file to the output's own path, whole or not at all."""
    failed: list[GdanimError] = []
    with (
        kept(failed, output.path),
        open_output(output.path, needs_path=False) as target,
        Path(written.path).open("rb") as file,
    ):
        shutil.copyfileobj(file, target.stream)
    if failed:
        return missing(output, failed[0])
    streamed = output.path == STDOUT or not Path(output.path).is_file()
    return replace(written, path=output.path, bytes=None if streamed else written.bytes)


def _name_of(path: str) -> str:
    """What a message calls an output."""
    return "standard output" if path == STDOUT else quoted(path)
