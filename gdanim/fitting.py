"""Fitting: files that are at most as large as --max-size says, or are not written.

What is asked for is rendered first; a file that is small enough is kept as it is. For one that is not, the search goes
down its ladder (ladder.py) to the first rung that fits, rendering a few of them into a private folder, or, of a long
film, excerpts of them (excerpt.py) and then the one that is expected to fit. What is written has been measured.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gdanim.atomic import STDOUT, open_output, quoted
from gdanim.descent import redrawn
from gdanim.draft import open_folder
from gdanim.errors import OutputError, UsageError
from gdanim.excerpt import LONGER, SHORT, excerpt, is_long, whole_bytes
from gdanim.ladder import changes, ladder, weight
from gdanim.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gdanim.descent import Descent
    from gdanim.pipeline import Progress, Written
    from gdanim.preflight import Planned

    Render = Callable[[Descent, Sequence[Planned], Progress | None], tuple[Written, ...]]

# Rungs that are tried where the size is guessed to fall below the limit; after them the rest is halved each time.
GUESSES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What was chosen for a file that was too large as asked.

    options       what differs from the request, as the command line has it: --quality → low
    asked_bytes   the size of the file as asked
    frames        how many frames the file has
    """

    options: Mapping[str, str]
    asked_bytes: int
    frames: int

    @property
    def words(self) -> str:
        """The options as they are typed: `--quality low --size 480x360`."""
        return _typed(self.options)

    def as_json(self) -> dict[str, Any]:
        """The same for programs; the settings are named as in a preset."""
        settings = {name.removeprefix("--"): value for name, value in self.options.items()}
        return {"asked_bytes": self.asked_bytes, "frames": self.frames, "settings": settings}


def write_within(
    limit: int, descent: Descent, outputs: Sequence[Planned], render: Render, progress: Progress | None
) -> tuple[Written, ...]:
    """Render to outputs of at most `limit` bytes each. One that cannot be kept within it is not written.

    All themes of one file get the same rung, because a page shows one in the place of the other.
    """
    asked = redrawn(descent, replace(descent.settings, max_size=None))
    with open_folder("max-size") as folder:
        trials = _Trials(folder, render, progress)
        made = trials.render(asked, outputs)
        done = {place: _named(written, outputs[place]) for place, written in enumerate(made) if written.error}
        for file in dict.fromkeys(output.file for output in outputs):
            places = [place for place, output in enumerate(outputs) if output.file == file and place not in done]
            if places:
                themes, as_asked = [outputs[place] for place in places], [made[place] for place in places]
                done.update(zip(places, _fitted(limit, asked, themes, as_asked, trials), strict=True))
        trials.finish()
    return tuple(done[place] for place in range(len(outputs)))


def first_fitting(size_of: Callable[[int], int], weights: Sequence[float], limit: int) -> dict[int, int]:
    """The sizes of the rungs that were tried: the first one that fits, where any does, with the one before it.

    `size_of` renders a rung, 0 for the request itself; sizes are taken to fall along the ladder, about as the
    weights (n,) do. At most 1 + GUESSES + ⌈log₂ n⌉ rungs are tried.
    """
    sizes = {0: size_of(0)}
    # Below lies what is too large, above what fits, or the end of the ladder.
    below, above = 0, len(weights) if sizes[0] > limit else 0
    while above - below > 1:
        guessing = len(sizes) <= GUESSES
        rung = _guess(sizes, below, above, weights, limit) if guessing else (below + above) // 2
        sizes[rung] = size_of(rung)
        if sizes[rung] > limit:
            below = rung
        else:
            above = rung
    return sizes


def _guess(sizes: Mapping[int, int], below: int, above: int, weights: Sequence[float], limit: int) -> int:
    """Where between two rungs the size should fall to the limit: on a line through what is known, in logarithms."""
    slope = 1.0
    if above in sizes:
        slope = math.log(sizes[below] / max(sizes[above], 1)) / math.log(weights[below] / weights[above])
    for rung in range(below + 1, above - 1):
        if sizes[below] * (weights[rung] / weights[below]) ** slope <= limit:
            return rung
    return above - 1


def _fitted(
    limit: int, asked: Descent, themes: Sequence[Planned], as_asked: Sequence[Written], trials: _Trials
) -> tuple[Written, ...]:
    """Write the themes of one file, rendered as asked already, at the first rung at which all of them fit."""
    try:
        rungs = _Rungs(asked, themes, as_asked, trials)
        chosen = rungs.first_fitting(limit)
        if chosen is None:
            raise _unreachable(themes[0].file, limit, rungs)
    except OutputError as error:
        return tuple(
            replace(_named(written, theme), bytes=None, error=error)
            for written, theme in zip(as_asked, themes, strict=True)
        )
    options, frames = rungs.changes(chosen), rungs.descent(chosen).timeline.frames
    return tuple(
        replace(
            _moved(written, theme),
            fitted=Fitted(options=options, asked_bytes=_size(before), frames=frames) if options else None,
        )
        for written, theme, before in zip(rungs.made[chosen], themes, as_asked, strict=True)
    )


def _unreachable(file: str, limit: int, rungs: _Rungs) -> OutputError:
    nearest = min(rungs.made, key=lambda rung: rungs.sizes[rung])
    how = _typed(rungs.changes(nearest)) or "nothing is left to give up"
    return OutputError(
        f"Cannot keep {_name_of(file)} within {count(limit, 'byte')}: the nearest try has {rungs.sizes[nearest]:,} "
        f"({how}). Nothing was written. Allow a larger --max-size, or show less, such as fewer --iterations"
    )


def _name_of(file: str) -> str:
    return "standard output" if file == STDOUT else quoted(file)


def _typed(options: Mapping[str, str]) -> str:
    return " ".join(f"{name} {value}" for name, value in options.items())


class _Rungs:
    """One file, in all its themes, on the rungs of its ladder.

    made    rung → the files, where it was rendered
    sizes   rung → the bytes of the largest of them; 0 where the canvas has no room for its panels
    """

    def __init__(self, asked: Descent, themes: Sequence[Planned], as_asked: Sequence[Written], trials: _Trials) -> None:
        self._asked, self._themes, self._trials = asked, themes, trials
        self._settings = ladder(asked, themes[0].format)
        self.made = {0: tuple(as_asked)}
        self.sizes = {0: max(map(_size, as_asked))}
        self._excerpts: dict[int, float] = {}

    def first_fitting(self, limit: int) -> int | None:
        """The first rung that fits, itself measured; of a long film, those before it may have been told only."""
        weights = [weight(rung, self._settings[0]) for rung in self._settings]
        while True:
            tried = first_fitting(self._told, weights, limit)
            first = min((rung for rung, size in tried.items() if size <= limit), default=len(weights) - 1)
            if first in self.sizes:
                return min((rung for rung in self.made if self.sizes[rung] <= limit), default=None)
            self._measure(first)

    def descent(self, rung: int) -> Descent:
        """What is drawn on a rung."""
        return redrawn(self._asked, self._settings[rung])

    def changes(self, rung: int) -> dict[str, str]:
        """What a rung gives up, as options of the command line."""
        return changes(self._settings[0], self._settings[rung])

    def _told(self, rung: int) -> int:
        """The size of a rung: told from excerpts where it is long, measured where it is not, or was before."""
        if rung not in self.sizes:
            try:
                if is_long(self.descent(rung)):
                    return self._expected(rung)
                self._measure(rung)
            except UsageError:  # no room is left for its panels: what fits comes before, or does not come
                self.sizes[rung] = 0
        return self.sizes[rung]

    def _measure(self, rung: int) -> None:
        self.made[rung] = self._trials.render(self.descent(rung), self._themes)
        self.sizes[rung] = max(map(_size, self.made[rung]))

    def _expected(self, rung: int) -> int:
        """What excerpts tell of a rung, corrected by what they told of the nearest that was measured."""
        near = min((made for made in self.made if is_long(self.descent(made))), key=lambda made: abs(made - rung))
        return round(self.sizes[near] * self._from_excerpts(rung) / self._from_excerpts(near))

    def _from_excerpts(self, rung: int) -> float:
        if rung not in self._excerpts:
            descent = self.descent(rung)
            parts = [self._trials.render(excerpt(descent, length), self._themes) for length in (SHORT, LONGER)]
            self._excerpts[rung] = max(
                whole_bytes(_size(short), _size(longer), descent.timeline.frames)
                for short, longer in zip(*parts, strict=True)
            )
        return self._excerpts[rung]


# --- the files of the trials -----------------------------------------------------------------------------------------


class _Trials:
    """Renders into a private folder, and counts the frames of all renderings as one work."""

    def __init__(self, folder: Path, render: Render, progress: Progress | None) -> None:
        self._folder, self._render, self._progress = folder, render, progress
        self._count, self._frames, self._total = 0, 0, 0

    def render(self, descent: Descent, outputs: Sequence[Planned]) -> tuple[Written, ...]:
        """Render to a file of its own for each output. Those that could not be finished are among them."""
        self._count += 1
        # Some writers go by the suffix.
        paths = [self._folder / f"{self._count}-{place}{Path(out.path).suffix}" for place, out in enumerate(outputs)]
        private = [replace(output, path=str(path)) for output, path in zip(outputs, paths, strict=True)]
        made = self._render(descent, private, None if self._progress is None else self._step)
        self._frames += self._total
        return tuple(_in_known_words(written, output) for written, output in zip(made, outputs, strict=True))

    def finish(self) -> None:
        """Tell that nothing is left to be rendered."""
        if self._progress is not None:
            self._progress(self._frames + 1, self._frames + 1)

    def _step(self, done: int, total: int) -> None:
        self._total = total
        if self._progress is not None:
            # One more, for nobody knows yet whether this rendering is the last.
            self._progress(self._frames + done, self._frames + total + 1)


def _in_known_words(written: Written, output: Planned) -> Written:
    """A failure in the private folder, of which nobody knows, told by the output's path and the system's folder."""
    private, told = quoted(written.path), str(written.error)
    if written.error is None or private not in told:
        return written
    place = f"in the temporary folder {quoted(tempfile.gettempdir())}. Set TMPDIR to a folder with room"
    error = OutputError(f"{told.replace(private, _name_of(output.path))}, {place}")
    return replace(written, error=error.with_traceback(written.error.__traceback__))


def _size(written: Written) -> int:
    """The bytes of a finished file. Raises OutputError where it could not be finished."""
    if written.error is not None:
        raise written.error
    return Path(written.path).stat().st_size


def _moved(written: Written, output: Planned) -> Written:
    """Put a finished file where it belongs, whole or not at all."""
    try:
        with open_output(output.path, needs_path=False) as target, Path(written.path).open("rb") as file:
            shutil.copyfileobj(file, target.stream)
    except OutputError as error:
        return replace(_named(written, output), bytes=None, error=error)
    streamed = output.path == STDOUT or not Path(output.path).is_file()
    return replace(_named(written, output), bytes=None if streamed else written.bytes)


def _named(written: Written, output: Planned) -> Written:
    return replace(written, path=output.path)
