"""Fitting: files that are at most as large as --max-size says, or are not written.

What is asked for is rendered first; a file that is small enough is kept as it is. For one that is not, the search goes
down its ladder (ladder.py) to the first rung that fits, rendering a few of them into a private folder, or, of a long
film, excerpts of them (excerpt.py) and then the one that is expected to fit. What is written has been measured.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gdanim.descent.descend import redrawn
from gdanim.errors import OutputError, SettingError
from gdanim.formatting import count
from gdanim.output.files.temporary import open_temporary_folder
from gdanim.outputs import Fitted, typed
from gdanim.size_excerpt import LONGER, SHORT, excerpt, is_long, whole_bytes
from gdanim.size_steps import changes, ladder, weight
from gdanim.size_trials import Trials, bytes_of, moved, name_of, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gdanim.catalogue.request import Planned
    from gdanim.descent.descend import Descent
    from gdanim.outputs import Progress, Written
    from gdanim.size_trials import Render

# Rungs that are tried where the size is guessed to fall below the limit; after them the rest is halved each time.
GUESSES: Final = 2


def write_within(
    limit: int, descent: Descent, outputs: Sequence[Planned], render: Render, progress: Progress | None
) -> tuple[Written, ...]:
    """Render to outputs of at most `limit` bytes each. One that cannot be kept within it is not written.

    All themes of one file get the same rung, because a page shows one in the place of the other.
    """
    asked = redrawn(descent, replace(descent.settings, max_size=None))
    with open_temporary_folder("max-size") as folder:
        trials = Trials(folder, render, progress)
        made = trials.render(asked, outputs)
        done = {place: named(written, outputs[place]) for place, written in enumerate(made) if written.error}
        for file in dict.fromkeys(output.file for output in outputs):
            places = [place for place, output in enumerate(outputs) if output.file == file and place not in done]
            if places:
                themes, as_asked = [outputs[place] for place in places], [made[place] for place in places]
                done.update(zip(places, _fitted(limit, asked, themes, as_asked, trials), strict=True))
        trials.finish()
    return tuple(done[place] for place in range(len(outputs)))


def tried_sizes(size_of: Callable[[int], int], weights: Sequence[float], limit: int) -> dict[int, int]:
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
    limit: int, asked: Descent, themes: Sequence[Planned], as_asked: Sequence[Written], trials: Trials
) -> tuple[Written, ...]:
    """Write the themes of one file, rendered as asked already, at the first rung at which all of them fit."""
    try:
        rungs = _Rungs(limit, asked, themes, as_asked, trials)
        chosen = rungs.first_fitting()
    except OutputError as error:
        return _failed([error] * len(themes), themes, as_asked)
    if chosen is None:
        return _failed([_unreachable(theme.path, limit, rungs) for theme in themes], themes, as_asked)
    options, frames = rungs.changes(chosen), rungs.descent(chosen).timeline.frames
    return tuple(
        replace(
            moved(written, theme),
            fitted=Fitted(options=options, asked_bytes=bytes_of(before), frames=frames) if options else None,
        )
        for written, theme, before in zip(rungs.made[chosen], themes, as_asked, strict=True)
    )


def _failed(
    errors: Sequence[OutputError], themes: Sequence[Planned], as_asked: Sequence[Written]
) -> tuple[Written, ...]:
    return tuple(
        replace(named(written, theme), bytes=None, error=error)
        for written, theme, error in zip(as_asked, themes, errors, strict=True)
    )


def _unreachable(path: str, limit: int, rungs: _Rungs) -> OutputError:
    nearest = min(rungs.made, key=lambda rung: rungs.sizes[rung])
    how = typed(rungs.changes(nearest)) or "nothing is left to give up"
    return OutputError(
        f"Cannot keep {name_of(path)} within {count(limit, 'byte')}: the nearest try has {rungs.sizes[nearest]:,} "
        f"({how}). Nothing was written. Allow a larger --max-size, or show less, such as fewer --iterations"
    )


class _Rungs:
    """One file, in all its themes, on the rungs of its ladder.

    made    rung → what was rendered; only what fits is still there
    sizes   rung → the bytes of the largest file
    """

    def __init__(
        self, limit: int, asked: Descent, themes: Sequence[Planned], as_asked: Sequence[Written], trials: Trials
    ) -> None:
        self._limit, self._asked, self._themes, self._trials = limit, asked, themes, trials
        self._settings = ladder(asked, themes[0].format)
        self.made: dict[int, tuple[Written, ...]] = {}
        self.sizes: dict[int, int] = {}
        self._excerpts: dict[int, float] = {}
        self._take(0, tuple(as_asked))

    def first_fitting(self) -> int | None:
        """The first rung that fits, itself measured; of a long film, those before it may have been told only."""
        while True:
            n = len(self._settings)
            weights = [weight(rung, self._settings[0]) for rung in self._settings]
            tried = tried_sizes(self._told, weights, self._limit)
            if len(self._settings) < n:
                continue  # the ladder turned out to be shorter, and ends with what may fit
            first = min((rung for rung, size in tried.items() if size <= self._limit), default=n - 1)
            if first in self.sizes:
                return min((rung for rung, size in self.sizes.items() if size <= self._limit), default=None)
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
            except SettingError:  # the canvas has no room for its panels, nor have those below
                self._settings = self._settings[:rung]
                return 0
        return self.sizes[rung]

    def _measure(self, rung: int) -> None:
        self._take(rung, self._trials.render(self.descent(rung), self._themes))

    def _take(self, rung: int, made: tuple[Written, ...]) -> None:
        self.made[rung], self.sizes[rung] = made, max(map(bytes_of, made))
        if self.sizes[rung] > self._limit:
            self._trials.discard(made)

    def _expected(self, rung: int) -> int:
        """What excerpts tell of a rung, corrected by what they told of the nearest that was measured."""
        near = min((made for made in self.made if is_long(self.descent(made))), key=lambda made: abs(made - rung))
        return round(self.sizes[near] * self._from_excerpts(rung) / self._from_excerpts(near))

    def _from_excerpts(self, rung: int) -> float:
        if rung not in self._excerpts:
            descent = self.descent(rung)
            parts = [self._trials.render(excerpt(descent, length), self._themes) for length in (SHORT, LONGER)]
            self._excerpts[rung] = max(
                whole_bytes(bytes_of(short), bytes_of(longer), descent.timeline.frames)
                for short, longer in zip(*parts, strict=True)
            )
            for part in parts:
                self._trials.discard(part)
        return self._excerpts[rung]
