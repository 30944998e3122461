"""Names for the first second: `start` at a ring, `minimum` at a sign, where they cover neither curve nor path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent, PixelPoints
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering
from gdanim.drawing.marks.caption import Caption, Pieces
from gdanim.drawing.marks.free_places import Box, Obstacles, lines_of
from gdanim.drawing.marks.spots import Dots, Spots
from gdanim.drawing.marks.starts import FEW, StartRings
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.views.ground.draw import RING_PT
from gdanim.views.ground.minima import signs_in

NAME_PT = 8.0
CLEAR_SHARE, AWAY_PT = 0.7, 1.5  # of a spot, what is kept free around a name; from a ring to its name
SOME = 100  # paths that are kept clear
FARTHER = (1.0, 1.6, 2.4)  # times the least distance
OWN = 1.5  # times its distance from its place: so far a name is at least from those of another kind
WAYS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))  # from a ring to its name


def opening_names(layout: Layout, axes: Axes, descent: Descent) -> list[Caption]:
    """Name a start and a minimum in axes, where there is room; nothing in a box that turns, whose names follow it."""
    rings = next((mark for mark in axes.get_children() if type(mark) is StartRings), None)
    if layout.is_bare or descent.settings.turn or rings is None:
        return []
    found: list[Caption] = []
    obstacles = _obstacles(layout, axes, descent)
    starts = rings.centres(descent.timeline.moment(0).visible)
    minima = _minima(axes, rings)
    obstacles.boxes += [Box.around(at, np.full(2, layout.px(RING_PT[0] / 2))) for at in minima]
    named = {"start": (starts if len(starts) <= FEW else starts[:0], minima), "minimum": (minima, starts)}
    lettering = layout.lettering(NAME_PT)
    height = lettering.ascent + 2 * lettering.descent
    for name, (at, others) in named.items():
        half = np.array([lettering.width(name) + 4 * lettering.descent, height]) / 2
        clear = half + layout.px(CLEAR_SHARE * rings.size_pt)
        middles = _around(at, others, half, rings.reach_px + layout.px(AWAY_PT))
        box = obstacles.first_free((Box.around(middle, clear) for middle in middles), axes)
        if box is not None:
            middle = (np.array(box[:2]) + box[2:]) / 2
            found.append(_caption(layout, lettering, name, middle))
            obstacles.boxes.append(Box.around(middle, half))
    return found


def _caption(layout: Layout, lettering: Lettering, name: str, middle: PixelPoints) -> Caption:
    pieces = ((name, layout.style.text),)
    at = float(middle[0]), float(middle[1]) - lettering.ascent / 2
    plate = layout.style.background
    caption = Caption(lettering, partial(in_the_opening, pieces), at, centred=True, plate=plate)
    layout.figure.add_artist(caption)
    return caption


def in_the_opening(pieces: Pieces, moment: Moment) -> Pieces:
    """The words of a name at a moment."""
    return pieces if moment.is_opening else ()


def _around(at: PixelPoints, others: PixelPoints, half: PixelPoints, away: float) -> Iterator[PixelPoints]:
    """The middles of names around places (m, 2), nearest place first; none that other places (k, 2) could have."""
    for place, farther, way in product(at, FARTHER, WAYS):
        # At a corner the ring is a little farther off than aside.
        middle = place + np.array(way) * (half + farther * away * (1.0 if 0 in way else 0.75))
        own, *foreign = np.linalg.norm(np.maximum(np.abs(np.stack([place, *others]) - middle) - half, 0.0), axis=1)
        if all(OWN * own <= far for far in foreign):
            yield middle


def _minima(axes: Axes, rings: StartRings) -> PixelPoints:
    """The signs of minima in the axes, in pixels: (m, 2), nearest to the end of the first run first."""
    at = signs_in(axes)
    return at[np.argsort(np.hypot(*(at - np.clip(rings.pixels[0, -1], -1e9, 1e9)).T), kind="stable")]


def _obstacles(layout: Layout, axes: Axes, descent: Descent) -> Obstacles:
    """What stands still in axes, the paths, and what else moves in the frames that have names."""
    marks = [mark for mark in axes.get_children() if isinstance(mark, RunsMark)]
    paths = [path for mark in {mark.track: mark for mark in marks}.values() for path in mark.pixels[:SOME]]
    obstacles = Obstacles.of([*lines_of(axes), *paths])
    others = [other for other in layout.figure.axes if other is not axes]
    obstacles.boxes += map(Box.of, (*axes.texts, *others, *(text for other in others for text in other.texts)))
    obstacles.boxes += [box for mark in marks for box in _moving(mark, descent)]
    return obstacles


def _moving(mark: RunsMark, descent: Descent) -> list[Extent]:
    """The boxes that a mark touches in the frames that have names, beside its place on a path."""
    if isinstance(mark, Spots):
        return [Box.around(place, np.full(2, mark.gone_px)) for place in mark.ways_out()]
    if isinstance(mark, StartRings | Dots | Trail):
        return []
    found = []
    for frame in range(descent.timeline.opening):
        mark.show(descent.timeline.moment(frame))
        found.append(mark.touched())
    mark.moment = None
    return [box for box in found if box is not None]
