"""Tallies: beside each place where runs arrive, how many have, `6 of 17`, counted as they come."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.image import AxesImage

from gdanim.descent.outcomes.destinations import destinations
from gdanim.drawing.layout import TICK_PT
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.free_places import Box, Obstacles, lines_of
from gdanim.drawing.marks.spots import Dots, EndMarkers, Spots
from gdanim.drawing.run_styles import style_of_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.axes import Axes

    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import PixelPoints
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.marks.caption import Pieces
    from gdanim.drawing.marks.trails import RunsMark
    from gdanim.drawing.painting.mark import Mark

# Of the picture and of the axes: in smaller ones such text would be all that is seen.
LEAST_WIDTH_PX, LEAST_AXES_PX = 400, 180
MOST: Final = 12  # tallies
FEW: Final = 4  # places: at more of them, that a single run came says no more than its path
FIGURE_SPACE: Final = "\u2007"  # as wide as a digit
SIGN: Final = "● "  # in the colour of a place, where the dots of a swarm are too small to show it
GAP_PT, STEP_PT, DISTANCES = 3.0, 6.0, 4  # from a spot to its text, nearest first
# Where the text stands from the place: beside it, above and below, aslant.
WAYS: Final = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def tallies(layout: Layout, axes: Axes, descent: Descent, marks: Sequence[Mark]) -> list[Caption]:
    """The tallies of the runs that `marks` show in axes that have their place. They cover no path, or are left out."""
    shown = [mark for mark in marks if isinstance(mark, Spots | Dots) and not isinstance(mark, EndMarkers)]
    spots = next((mark for mark in shown if mark.axes is axes), None)
    if spots is None or not shows_tallies(layout, axes):
        return []
    count, lettering = len(descent.runs), layout.lettering(TICK_PT)
    pad = lettering.descent  # as a caption's plate has it
    sign_px = lettering.width(SIGN) if isinstance(spots, Dots) else 0
    size = lettering.width(_words(count, count, count)) + sign_px + 4 * pad, lettering.ascent + 2 * pad
    pixels, last = spots.pixels, descent.trajectory.last
    obstacles, found = Obstacles.of([*lines_of(axes), *_paths(spots, last)]), []
    obstacles.boxes += _strips(axes)
    for runs, since in tallied(descent):
        middle = np.median(pixels[runs, last[runs]], axis=0)
        radius = layout.px(layout.spot_pt) / 2
        box = obstacles.first_free(_boxes(layout, middle, size, radius), axes)
        if box is not None:
            obstacles.boxes.append(box)
            colour = style_of_run(int(runs[0]), tuple(spots.run_styles)).colour if isinstance(spots, Dots) else ""
            says, _ = says_how_many(runs, since, count, layout.style.text, colour)
            at = (box.left + box.right) / 2, box.bottom + pad
            found.append(Caption(lettering, says, at, centred=True, plate=layout.style.background))
            layout.figure.add_artist(found[-1])
    return found


def shows_tallies(layout: Layout, axes: Axes) -> bool:
    """Whether a picture and axes are large enough for tallies."""
    return layout.width >= LEAST_WIDTH_PX and axes.bbox.width >= LEAST_AXES_PX


def tallied(descent: Descent) -> list[tuple[Index, Index]]:
    """The runs (m,) of each tally, most of them first, and the position of each from which on it is there: (m,)."""
    ends = destinations(descent)
    arrivals = [runs for place in range(len(ends.places)) if (runs := ends.arrived_at(place)).size]
    arrivals = [runs for runs in sorted(arrivals, key=len, reverse=True) if len(runs) > 1 or len(arrivals) <= FEW]
    return [(runs, ends.since[runs]) for runs in arrivals[:MOST]]


def says_how_many(
    runs: Index, since: Index, count: int, ink: str, colour: str = ""
) -> tuple[Callable[[Moment], Pieces], str]:
    """What the tally of runs (m,), of so many in all, says at a moment; and the widest of its texts.

    colour   of a sign before it, if it has one
    """
    return partial(_pieces, runs, since, count, ink, colour), _words(len(runs), len(runs), count)


def _words(arrived: int, most: int, count: int) -> str:
    """`6 of 17`, where up to `most` arrive."""
    return f"{f'{arrived:,}'.rjust(len(f'{most:,}'), FIGURE_SPACE)} of {count:,}"


def _pieces(runs: Index, since: Index, count: int, ink: str, colour: str, moment: Moment) -> Pieces:
    """How many of runs (m,) are there at a moment, each from `since` (m,) on; after a sign, where that has a colour."""
    arrived = int(np.count_nonzero(moment.position[runs] >= since))
    sign = ((SIGN, colour),) if colour else ()
    return (*sign, (_words(arrived, len(runs), count), ink)) if arrived else ()


def _boxes(layout: Layout, middle: PixelPoints, size: tuple[float, float], radius: float) -> Iterator[Box]:
    """Boxes around a place (2,), the nearest first."""
    width, height = size
    for step, (across, up) in product(range(DISTANCES), WAYS):
        away = radius + layout.px(GAP_PT + STEP_PT * step)
        x = middle[0] + across * (away + width / 2)
        y = middle[1] + up * (away + height / 2)
        yield Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _strips(axes: Axes) -> list[Box]:
    """Images that fill less than half of some axes: the strip of the basins of one variable."""
    boxes = [Box.of(image) for image in axes.get_children() if isinstance(image, AxesImage)]
    return [box for box in boxes if box.top - box.bottom < axes.bbox.height / 2]


def _paths(spots: RunsMark, last: Index) -> list[PixelPoints]:
    """The paths of all runs; of a swarm, which leaves no paths, their ends: (m, 2) each."""
    pixels = spots.pixels
    ends = pixels[np.arange(len(pixels)), last]
    if isinstance(spots, Dots):
        return [end[np.newaxis] for end in ends]
    return [path[: end + 1] for path, end in zip(pixels, last.tolist(), strict=True)]
