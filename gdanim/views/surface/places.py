"""Words beside places of a box that turns: names for the first second, and how many runs came to each minimum.

They follow their places, each always on the same side, where they meet no other and stay in the axes all the way round.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.drawing.layout import TICK_PT
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.free_places import Box
from gdanim.drawing.marks.tallies import GAP_PT, WAYS, says_how_many, shows_tallies, tallied
from gdanim.drawing.run_styles import is_told_by_place
from gdanim.views.opening_names import NAME_PT, in_the_opening
from gdanim.views.surface.axes import SurfaceAxes, surface_axes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import PixelPoints
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces
    from gdanim.views.surface.camera import Vec3
    from gdanim.views.surface.paths import LiftedPaths

UPWARDS: Final = tuple(sorted(WAYS, key=lambda way: (-way[1], abs(way[0]))))  # words above a place hide the least of it


class Words(NamedTuple):
    """What is said beside a place (3,), at most so wide, in a type."""

    at: Vec3
    says: Callable[[Moment], Pieces]
    width: float
    lettering: Lettering


class Following(Caption):
    """A caption on a plate whose lower middle stands `away` (2,) pixels from the place (3,) that it follows."""

    def __init__(self, words: Words, away: PixelPoints, plate: str) -> None:
        super().__init__(words.lettering, words.says, (0.0, 0.0), centred=True, plate=plate)
        self.place, self._away = words.at, away

    def show(self, moment: Moment) -> None:
        """Follow the place, and set the text for a moment."""
        x, y = surface_axes(self.axes).projection.pixels(self.place) + self._away
        self.at = float(x), float(y)
        super().show(moment)


def words_beside(
    layout: Layout, axes: SurfaceAxes, paths: LiftedPaths, minima: Vec3, descent: Descent
) -> list[Caption]:
    """Add words beside the minima (m, 3) of a box that turns, and beside the start, where they have room."""
    found: list[Caption] = []
    taken: list[list[Box]] = []
    for words in (*_tallies(layout, axes, paths, descent), *_names(layout, paths, minima, descent)):
        pad, ascent = words.lettering.descent, words.lettering.ascent
        half = np.array([words.width + 4 * pad, ascent + 2 * pad]) / 2
        apart = half + layout.px(layout.spot_pt) / 2 + layout.px(GAP_PT)
        for away in (np.array(way) * apart for way in UPWARDS):
            boxes = [Box.around(seen.pixels(words.at) + away, half) for seen, _ in axes.views()]
            if all(map(partial(Box.lies_in, axes=axes), boxes)) and not _meet(boxes, taken):
                taken.append(boxes)
                found.append(Following(words, away - (0, ascent / 2), layout.style.background))
                axes.add_artist(found[-1])
                break
    return found


def _meet(boxes: Sequence[Box], taken: Sequence[Sequence[Box]]) -> bool:
    return any(box.meets(other) for others in taken for box, other in zip(boxes, others, strict=True))


def _tallies(layout: Layout, axes: SurfaceAxes, paths: LiftedPaths, descent: Descent) -> Iterator[Words]:
    if len(descent.runs) == 1 or not is_told_by_place(descent) or not shows_tallies(layout, axes):
        return
    lettering, count = layout.lettering(TICK_PT), len(descent.runs)
    for runs, since in tallied(descent):
        says, widest = says_how_many(runs, since, count, layout.style.text)
        ends = paths.at(runs, descent.trajectory.last[runs].astype(np.float64))
        yield Words(np.median(ends, axis=0), says, lettering.width(widest), lettering)


def _names(layout: Layout, paths: LiftedPaths, minima: Vec3, descent: Descent) -> Iterator[Words]:
    if layout.is_bare:
        return
    lettering = layout.lettering(NAME_PT)
    starts = paths.at(np.array([0]), np.zeros(1))
    for name, places in (("start", starts), ("minimum", minima[:1])):
        says = partial(in_the_opening, ((name, layout.style.text),))
        yield from (Words(place, says, lettering.width(name), lettering) for place in places)
