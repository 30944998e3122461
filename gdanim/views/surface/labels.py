"""The labels along the three edges of the box that are nearest to the viewer: where they stand, which have room, and
how strong each is while the box turns.
"""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator

from gdanim.drawing.ends import ROUND_STEPS
from gdanim.drawing.numbers import numbers
from gdanim.views.surface.camera import CENTRE, FLOOR, TOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Scalar
    from gdanim.drawing.lettering import Lettering
    from gdanim.views.surface.camera import Camera, Projection, Vec2, Vec3
    from gdanim.views.surface.heightmap import HeightMap, HeightScale

    # An edge of the box: its name, its numbers' places (m, 3) and texts, the direction outwards (2,), its middle (3,).
    Edge = tuple[str, Vec3, Sequence[str], Vec2, Vec3]

TICK_EM, NAME_EM = 0.7, 0.6  # from an edge to its numbers, from these to the name
APART_EM: Final = 0.6  # between two labels of different edges at least
# Where the box turns: the angle from where an edge is replaced, and the distance beyond APART_EM from a label that goes
# before, at which a label has all its strength. One of less than FAINT goes before none.
FADE_DEG, FADE_EM, FAINT = 12.0, 0.4, 0.2


class AxisLabel(NamedTuple):
    """A number or name, and where it stands."""

    text: str
    at: Vec3  # (3,): the point of an edge that it belongs to
    outwards: Vec2  # (2,): the direction in the picture away from the edge
    gap_px: float  # its distance from the edge
    size_px: tuple[float, float]  # its width and height
    is_name: bool
    edge: int  # 0 and 1 along the floor, 2 upright; its numbers keep clear of its name by themselves

    @property
    def middle_px(self) -> Vec2:
        """The middle (2,), from the pixel of `at`."""
        return np.asarray(self.outwards * (self.gap_px + np.array(self.size_px) / 2))


def axis_labels(
    heightmap: HeightMap, camera: Camera, lettering: Lettering, most: int, *, is_named: bool = True
) -> list[AxisLabel]:
    """The labels of the three edges, names first; at most `most` numbers on each. Names tell offsets of the numbers."""
    em = float(lettering.ascent)
    names, numbers = [], []
    for edge, (name, places, texts, outwards, middle) in enumerate(_edges(heightmap, camera, most, is_named=is_named)):
        sizes = [(float(lettering.width(text)), em) for text in texts]
        numbers += [
            AxisLabel(text, at, outwards, TICK_EM * em, size, is_name=False, edge=edge)
            for text, at, size in zip(texts, places, sizes, strict=True)
        ]
        reach = max((float(np.abs(outwards) @ size) for size in sizes), default=0.0)
        gap, size = TICK_EM * em + reach + NAME_EM * em, (float(lettering.width(name)), em)
        names.append(AxisLabel(name, middle, outwards, gap, size, is_name=True, edge=edge))
    return [*names, *numbers]


def without_overlaps(labels: Sequence[AxisLabel], projection: Projection, em_px: float) -> list[tuple[AxisLabel, Vec2]]:
    """The labels that overlap none before them, each with the pixel of its middle."""
    kept: list[tuple[AxisLabel, Vec2]] = []
    for label in labels:
        middle = projection.pixels(label.at) + label.middle_px
        others = [(earlier, at) for earlier, at in kept if not earlier.is_name or earlier.edge != label.edge]
        apart = [np.add(label.size_px, earlier.size_px) / 2 + APART_EM * em_px for earlier, _ in others]
        if not any((np.abs(middle - at) < least).all() for (_, at), least in zip(others, apart, strict=True)):
            kept.append((label, middle))
    return kept


def with_strengths(
    labels: Sequence[AxisLabel], projection: Projection, em_px: float
) -> list[tuple[AxisLabel, Vec2, float]]:
    """All labels, each with the pixel of its middle and its strength.

    A label fades before its edge is replaced, and in after it; and where it comes close to one that goes before.
    """
    found: list[tuple[AxisLabel, Vec2, float]] = []
    for label in labels:
        middle, strength = projection.pixels(label.at) + label.middle_px, _edge_strength(label.at, projection.camera)
        for earlier, other, its in found:
            if earlier.is_name and earlier.edge == label.edge:
                continue
            least = np.add(label.size_px, earlier.size_px) / 2 + APART_EM * em_px
            clear = float(np.max(np.abs(middle - other) - least)) / (FADE_EM * em_px)
            strength *= float(np.clip(max(clear, 1 - its / FAINT), 0.0, 1.0))
        found.append((label, middle, strength))
    return found


def _edge_strength(at: Vec3, camera: Camera) -> float:
    """The strength of the labels of the edge that `at` (3,) lies on, by the angle to where another replaces it."""
    away = np.degrees(np.arcsin(np.abs(camera.eye[:2]) / max(float(np.hypot(*camera.eye[:2])), 1e-9))) / FADE_DEG
    on_wall = np.isclose(np.abs(at[:2]), 1.0)
    return float(np.clip(np.min(away[on_wall]), 0.0, 1.0))


def _edges(heightmap: HeightMap, camera: Camera, most: int, *, is_named: bool) -> list[Edge]:
    near_x, near_y = np.where(camera.eye[:2] >= 0, 1.0, -1.0).tolist()
    # The numbers of f stand at the vertical edge that is farthest to the left.
    sides = np.array([[-near_x, near_y, FLOOR], [near_x, -near_y, FLOOR]])
    left = sides[np.argmin(camera.project(sides)[:, 0]), :2]
    x, y = (_round(ends, most) for ends in heightmap.limits)
    values = _heights(heightmap.scale, most)
    upright = np.empty((len(values), 3))
    upright[:, :2], upright[:, 2] = left, heightmap.scale(values)
    of_f = numbers(values.tolist(), heightmap.scale.span, alike=False, may_shift=is_named)
    return [
        _along_floor(camera, heightmap.symbols[0], x, heightmap.limits[0], axis=0, beside=near_y, is_named=is_named),
        _along_floor(camera, heightmap.symbols[1], y, heightmap.limits[1], axis=1, beside=near_x, is_named=is_named),
        (of_f.named("f"), upright, of_f.texts, np.array([-1.0, 0.0]), np.array([*left, TOP / 2])),
    ]


def _along_floor(
    camera: Camera, name: str, values: Scalar, ends: tuple[float, float], *, axis: int, beside: float, is_named: bool
) -> Edge:
    """The edge of the floor along x or y (axis 0 or 1), where the other coordinate is `beside`."""
    places = np.full((len(values), 3), FLOOR)
    places[:, axis], places[:, 1 - axis] = (values - ends[0]) / (ends[1] - ends[0]) * 2 - 1, beside
    line = np.full((2, 3), FLOOR)
    line[:, axis], line[:, 1 - axis] = (-1.0, 1.0), beside
    start, end = camera.project(line)
    tangent = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    normal = np.array([tangent[1], -tangent[0]])
    away = (start + end) / 2 - camera.project(np.array([*CENTRE[:2], FLOOR]))
    outwards = normal if normal @ away >= 0 else -normal
    found = numbers(values.tolist(), abs(ends[1] - ends[0]), alike=False, may_shift=is_named)
    return found.named(name), places, found.texts, outwards, line.mean(axis=0)


def _round(ends: tuple[float, float], most: int) -> Scalar:
    """Round values between two ends: (m,)."""
    low, high = min(ends), max(ends)
    values = np.asarray(MaxNLocator(nbins=most, steps=ROUND_STEPS).tick_values(low, high))
    slack = 1e-9 * (high - low)
    inside = values[(values >= low - slack) & (values <= high + slack)]
    return np.where(np.abs(inside) < slack, 0.0, inside)


def _heights(scale: HeightScale, most: int) -> Scalar:
    """Values whose heights are spread evenly: round ones where the scale is straight, else of one or two digits."""
    even = _round((scale.low, scale.high), most)
    if scale.is_straight:
        return even
    chosen: list[float] = []
    for height in np.linspace(0.0, TOP, most + 1)[:-1]:
        value = float(scale.value(np.array(height)))
        between = float(scale.value(np.array(height + TOP / most))) - value
        decade = 10.0 ** floor(log10(between / 2))
        step = max(unit * decade for unit in (1, 2, 5) if unit * decade <= between / 2)
        chosen.append(ceil((value - 0.02 * between) / step) * step)
    return np.array(list(dict.fromkeys(value for value in chosen if value <= scale.high)))
