"""How paths fade evenly: from faint, where a run began, to its full colour, where it ends.

A step keeps the shade that it is drawn in: by its age, every step would change in every frame, and a file that holds
what changes would grow by a third. Paths of which only the last iterations are seen change anyhow, and fade by age.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes._base import _AxesBase

    from gdanim.arrays import Index
    from gdanim.drawing.geometry import Positions
    from gdanim.drawing.marks.track import Track


class Fade(NamedTuple):
    """Shades, from the faintest to the full colour in even levels. Each level is one more stroke."""

    faintest: float  # the share of the colour in the background's
    levels: int

    @lru_cache(64)  # noqa: B019  (few, and small)
    def shades(self, most: int) -> tuple[float, ...]:
        """The shades of at most so many levels, the full colour last."""
        return tuple(np.linspace(1.0, self.faintest, min(self.levels, max(most, 1)))[::-1].tolist())


class Part(NamedTuple):
    """The part of the paths of runs (m,) between two positions (m,) each, in a shade."""

    shade: float
    runs: Index
    since: Positions
    until: Positions


# At the faintest, colours of all styles keep a contrast of 1.5 : 1. Runs that are told apart by colour fade less.
ALONE: Final = Fade(faintest=0.6, levels=9)
OF_SEVERAL: Final = Fade(faintest=0.7, levels=6)
OF_SWARM: Final = Fade(faintest=0.7, levels=2)  # more would take twice the time, and tails of ten steps show no more


def faded(
    track: Track, runs: Index, span: tuple[Positions, Positions], axes: _AxesBase, dpi: float,
    *, fade: Fade, tail: int | None,
) -> Iterator[Part]:  # fmt: skip
    """The paths of runs (m,) between two positions (m,) each, from their oldest parts to the newest.

    By iterations, a settled run would look old all over: a whole path fades by its length.

    tail   how many of its last iterations a run shows; None for all
    """
    since, until = span
    if tail is None or tail >= track.shape[1] - 1:
        shades = fade.shades(fade.levels)
        meet = track.even_parts(len(shades), axes, dpi)[:, runs]
    else:
        shades = fade.shades(tail)
        meet = np.ceil(until) - np.ceil(tail * np.arange(len(shades) - 1, 0, -1) / len(shades))[:, np.newaxis]
    meet = np.clip(np.concatenate([meet, [until]]), since, until)
    for shade, begin, end in zip(shades, (since, *meet), meet, strict=False):
        if (some := end > begin).any():
            yield Part(shade, runs[some], begin[some], end[some])
