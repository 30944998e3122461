"""Names for the first second: `start` at a ring, `minimum` at a sign, where they cover neither curve nor path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import PixelPoints
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import Lettering
from gdanim.drawing.marks.caption import Caption, Pieces
from gdanim.drawing.marks.spots import Dots, Spots
from gdanim.drawing.marks.starts import FEW, StartRings
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.views.ground.minima import MINIMUM

NAME_PT = 8.0
CLEAR_SHARE, AWAY_PT = 0.7, 1.5  # of a spot, what is kept free around a name; from a ring to its name
APART_PX = 2.0  # between points that stand for a line
SOME, MOST_POINTS = 100, 20_000  # paths that are kept clear, and points that stand for one at most
FARTHER = (1.0, 1.6, 2.4)  # times the least distance
FAR_PX = 1e4  # beyond the canvas
WAYS = ((1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))  # from a ring to its name


def opening_names(layout: Layout, axes: Axes, descent: Descent) -> list[Caption]:
    """Name a start and a minimum in axes, where there is room; nothing where the box turns under its names."""
    rings = next((mark for mark in axes.get_children() if type(mark) is StartRings), None)
    if layout.is_bare or descent.settings.turn or rings is None:
        return []
    found: list[Caption] = []
    taken = np.concatenate([*_still(layout, axes), *_moving(layout, axes, descent)])
    starts = rings.centres()
    places = {"start": starts if len(starts) <= FEW else starts[:0], "minimum": _minima(axes, rings)}
    lettering = layout.lettering(NAME_PT)
    height = lettering.ascent + 2 * lettering.descent
    for name, at in places.items():
        half = np.array([lettering.width(name) + 4 * lettering.descent, height]) / 2
        clear = half + layout.px(CLEAR_SHARE * rings.size_pt)
        for middle in _around(at, half, rings.reach_px + layout.px(AWAY_PT)):
            if _is_within(middle, clear, axes) and not (np.abs(taken - middle) < clear).all(axis=1).any():
                found.append(_caption(layout, lettering, name, middle))
                taken = np.concatenate([taken, _boxed(middle - half, middle + half)])
                break
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


def _around(at: PixelPoints, half: PixelPoints, away: float) -> Iterator[PixelPoints]:
    """The middles of names around places (m, 2), nearest place first."""
    for place, farther, way in product(at, FARTHER, WAYS):
        # At a corner the ring is a little farther off than aside.
        yield place + np.array(way) * (half + farther * away * (1.0 if 0 in way else 0.75))


def _is_within(middle: PixelPoints, half: PixelPoints, axes: Axes) -> bool:
    box = axes.bbox
    return bool(np.all(middle - half >= box.min) and np.all(middle + half <= box.max))


def _minima(axes: Axes, rings: StartRings) -> PixelPoints:
    """The signs of minima in the axes, in pixels: (m, 2), nearest to the end of the first run first."""
    signs = [line for line in axes.get_lines() if line.get_gid() == MINIMUM][:1]
    at = np.concatenate([np.empty((0, 2)), *(sign.get_transform().transform(sign.get_xydata()) for sign in signs)])
    return at[np.argsort(np.hypot(*(at - np.clip(rings.pixels[0, -1], -1e9, 1e9)).T), kind="stable")]


def _still(layout: Layout, axes: Axes) -> list[PixelPoints]:
    """Points along the lines, the signs, the texts and the axes in axes that stand still."""
    lines = [line.get_transform().transform(line.get_xydata()) for line in axes.get_lines()]
    others = [other for other in layout.figure.axes if other is not axes]
    boxes = [artist.get_window_extent() for artist in (*axes.texts, *others)]
    return [np.empty((0, 2)), *map(_dense, lines), *(_boxed(np.array(box.min), np.array(box.max)) for box in boxes)]


def _moving(layout: Layout, axes: Axes, descent: Descent) -> list[PixelPoints]:
    """Points along the paths, and over what else moves in the frames that have names."""
    found = []
    marks = [mark for mark in axes.get_children() if isinstance(mark, RunsMark)]
    for mark in {mark.track: mark for mark in marks}.values():
        found += [_dense(path) for path in mark.pixels[:SOME]]
    for mark in marks:
        if isinstance(mark, Spots):
            found += [_boxed(place - mark.gone_px, place + mark.gone_px) for place in mark.ways_out()]
        if isinstance(mark, StartRings | Spots | Dots | Trail):
            continue
        for frame in range(descent.timeline.opening):
            mark.show(descent.timeline.moment(frame))
            if (extent := mark.touched()) is not None:
                left, bottom, right, top = extent
                found.append(_boxed(np.array([left, bottom]), np.array([right, top])))
        mark.moment = None
    return found


def _dense(line: PixelPoints) -> PixelPoints:
    """Points close together along a polyline (n, 2): (m, 2)."""
    line = np.clip(line[np.isfinite(line).all(axis=1)], -FAR_PX, FAR_PX)
    steps = np.diff(line, axis=0)
    parts = np.maximum(np.ceil(np.abs(steps).max(axis=1, initial=0.0) / APART_PX), 1)
    parts = np.minimum(parts, max(MOST_POINTS // max(len(parts), 1), 1)).astype(np.int64)
    place = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    share = (place / np.repeat(parts, parts))[:, np.newaxis]
    return np.concatenate([np.repeat(line[:-1], parts, axis=0) + share * np.repeat(steps, parts, axis=0), line[-1:]])


def _boxed(low: PixelPoints, high: PixelPoints) -> PixelPoints:
    """Points close together over a rectangle between two corners (2,): (m, 2)."""
    low, high = np.clip(low, -FAR_PX, FAR_PX), np.clip(high, -FAR_PX, FAR_PX)
    ends = zip(low.tolist(), high.tolist(), strict=True)
    sides = [np.linspace(one, other, int((other - one) / (2 * APART_PX)) + 2) for one, other in ends]
    return np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
