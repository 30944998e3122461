"""Axes of the surface view, with numbers and names along the three edges of the box that are nearest to the viewer.

They fit the projection anew whenever they are moved or resized.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullFormatter
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.ends import ROUND_STEPS
from gdanim.drawing.layout import TICK_PT
from gdanim.drawing.lettering import shortened
from gdanim.drawing.marks.caption import SetsText
from gdanim.drawing.marks.trails import Mark
from gdanim.drawing.numbers import numbers
from gdanim.views.surface.camera import CENTRE, FLOOR, TOP, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes._base import _AxesBase
    from matplotlib.backend_bases import RendererBase

    from gdanim.arrays import Scalar
    from gdanim.drawing.geometry import Extent
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.lettering import Lettering
    from gdanim.views.surface.camera import Camera, Projection, Vec2, Vec3
    from gdanim.views.surface.heightmap import HeightMap, HeightScale

    # An edge of the box: its name, its numbers' places (m, 3) and texts, the direction outwards (2,), its middle (3,).
    Edge = tuple[str, Vec3, Sequence[str], Vec2, Vec3]

EDGE: Final = np.linspace(-1.0, 1.0, 41)
SIDES: Final = np.array([[*np.roll([x, side], turn), FLOOR] for side in (-1, 1) for turn in (0, 1) for x in EDGE])
SAMPLES: Final = 40  # of the surface along each side, at least, by which its extent is known
RIM_EM: Final = 0.7  # of room around the box: a spot on its edge stays in the picture
NUMBER_EM: Final = 4.5  # of an edge for each number
MOST_NUMBERS: Final = 5  # along an edge
# Of the room that the box takes: at least, where its proportions allow that, and what is aimed at where it takes less.
FILLED, FILLED_AT_ONCE, TRIALS = 0.72, 0.75, 4
FLATTEST, TALLEST, NARROWEST, WIDEST = 0.75, 1.8, 0.55, 1.6
TICK_EM, NAME_EM = 0.7, 0.6  # from an edge to its numbers, from these to the name
NAME_SHARE: Final = 0.3  # of the width of the picture, that a name takes at most
APART_EM: Final = 0.35  # between two labels at least


class SurfaceAxes(Axes):
    """Frameless axes; the scale fits the box from every camera angle of the animation.

    Seen by one camera, the labels are texts of the axes; by several, TurningLabels draws them.
    """

    def __init__(self, layout: Layout, heightmap: HeightMap, cameras: Sequence[Camera]) -> None:
        self._cameras: Sequence[Camera] = ()  # set_position is called before the rest is known
        super().__init__(layout.figure, (0.1, 0.1, 0.8, 0.8), frame_on=False)
        self.lettering, self.style = layout.lettering(TICK_PT), layout.style
        room, width = NAME_SHARE * layout.width, self.lettering.width
        self.heightmap = replace(heightmap, symbols=tuple(shortened(name, room, width) for name in heightmap.symbols))
        self._cameras, self.is_named = cameras, not layout.is_bare
        self._asked = cameras
        self.drawn = np.concatenate([SIDES, heightmap.sample(SAMPLES)])  # (m, 3): of the floor and the surface
        self.set_axis_off()
        for axis in (self.xaxis, self.yaxis):
            axis.set_major_formatter(NullFormatter())
        self.projection: Projection = self._fit()

    def set_position(self, pos: Any, which: Any = "both") -> None:
        """Move or resize the axes, and fit the box into them."""
        super().set_position(pos, which)
        if self._cameras:
            self.projection = self._fit()
            if len(self._cameras) == 1:
                self._write()

    @property
    def extent(self) -> Extent:
        """All pixels of the axes."""
        left, bottom, right, top = self.bbox.extents
        return float(left), float(bottom), float(right), float(top)

    def turn_by(self, degrees: float) -> None:
        """Look from `degrees` farther around than the first camera, at the same scale."""
        first = self._cameras[0]
        self.projection = replace(self.projection, camera=replace(first, azim=first.azim + degrees))

    def views(self) -> Iterator[tuple[Projection, list[AxisLabel]]]:
        """The projection of each camera, and the labels that it may show."""
        for projection in self._projections(self.projection):
            yield projection, self._axis_labels(projection.camera)

    def labels(self) -> list[tuple[AxisLabel, Vec2]]:
        """The labels that have room, each with the pixel of its middle."""
        return without_overlaps(self._axis_labels(self.projection.camera), self.projection, self.lettering.ascent)

    def _axis_labels(self, camera: Camera) -> list[AxisLabel]:
        side = min(self.bbox.width, self.bbox.height) / 2
        most = int(np.clip(side / (NUMBER_EM * self.lettering.ascent), 1, MOST_NUMBERS))
        found = axis_labels(self.heightmap, camera, self.lettering, most, is_named=self.is_named)
        return [label for label in found if self.is_named or not label.is_name]

    def _fit(self) -> Projection:
        """The largest box that fits; a box of other proportions where the usual one leaves much of the room empty."""
        wider = 1.0
        for _ in range(TRIALS):
            projection = self._fitted(*proportions(wider))
            places = np.concatenate([seen.pixels(self.drawn) for seen in self._projections(projection)])
            size, room = np.ptp(places, axis=0), np.array(self.bbox.size)
            if (filled := float(size.prod() / room.prod())) >= FILLED:
                break
            wider *= (FILLED_AT_ONCE / filled) ** (1 if size[0] / room[0] < size[1] / room[1] else -1)
        return projection

    def _fitted(self, stretch: float, widening: float) -> Projection:
        rim = np.full((2, 2), RIM_EM * self.lettering.ascent)
        self._cameras = [replace(camera, stretch=stretch, widening=widening) for camera in self._asked]
        places = [camera.project(self.drawn) for camera in self._cameras]
        items = [(np.stack([seen.min(axis=0), seen.max(axis=0)]), -rim, rim) for seen in places]
        for camera in self._cameras:
            for label in self._axis_labels(camera):
                middle, half = label.middle_px[np.newaxis], np.array(label.size_px) / 2
                items.append((camera.project(label.at[np.newaxis]), middle - half, middle + half))
        return fit(self._cameras[0], items, np.array(self.bbox.min), np.array(self.bbox.max))

    def _projections(self, first: Projection) -> list[Projection]:
        return [replace(first, camera=camera) for camera in self._cameras]

    def _write(self) -> None:
        for text in list(self.texts):
            text.remove()
        for label, (x, y) in self.labels():
            self.text(
                x, y - self.lettering.ascent / 2, label.text, transform=IdentityTransform(), parse_math=False,
                fontsize=self.lettering.size_pt, color=self.style.text if label.is_name else self.style.muted,
                horizontalalignment="center", verticalalignment="baseline", zorder=3,
            )  # fmt: skip


def proportions(wider: float) -> tuple[float, float]:
    """The stretch and the widening of a box that is drawn so much wider than usual, against its height.

    Both take a part in it. Neither changes from where its valleys are seen by much, as another elevation would.
    """
    return float(np.clip(wider**-0.4, FLATTEST, TALLEST)), float(np.clip(wider**0.75, NARROWEST, WIDEST))


class TurningLabels(Mark):
    """The labels of axes whose box turns."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw the labels that have room."""
        if not self.get_visible():
            return
        axes = surface_axes(self.axes)
        lettering, style = axes.lettering, axes.style
        for label, (x, y) in axes.labels():
            piece = (label.text, style.text if label.is_name else style.muted)
            left, base = round(x - lettering.width(label.text) / 2), round(y - lettering.ascent / 2)
            if isinstance(renderer, SetsText):
                renderer.draw_text_pieces(lettering, [piece], left, base)
                continue
            gc = renderer.new_gc()
            renderer.draw_image(gc, left, base - lettering.descent, lettering.image(piece)[::-1])
            gc.restore()

    def touched(self) -> Extent | None:
        """All of the axes."""
        return surface_axes(self.axes).extent


def surface_axes(axes: _AxesBase | None) -> SurfaceAxes:
    """Return axes of the surface view. Raises TypeError for others."""
    if not isinstance(axes, SurfaceAxes):
        raise TypeError("only axes of the surface view have a projection")
    return axes


class AxisLabel(NamedTuple):
    """A number or name, and where it stands."""

    text: str
    at: Vec3  # (3,): the point of an edge that it belongs to
    outwards: Vec2  # (2,): the direction in the picture away from the edge
    gap_px: float  # its distance from the edge
    size_px: tuple[float, float]  # its width and height
    is_name: bool

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
    for name, places, texts, outwards, middle in _edges(heightmap, camera, most, is_named=is_named):
        sizes = [(float(lettering.width(text)), em) for text in texts]
        numbers += [
            AxisLabel(text, at, outwards, TICK_EM * em, size, is_name=False)
            for text, at, size in zip(texts, places, sizes, strict=True)
        ]
        reach = max((float(np.abs(outwards) @ size) for size in sizes), default=0.0)
        gap, size = TICK_EM * em + reach + NAME_EM * em, (float(lettering.width(name)), em)
        names.append(AxisLabel(name, middle, outwards, gap, size, is_name=True))
    return [*names, *numbers]


def without_overlaps(labels: Sequence[AxisLabel], projection: Projection, em_px: float) -> list[tuple[AxisLabel, Vec2]]:
    """The labels that overlap none before them, each with the pixel of its middle."""
    kept: list[tuple[AxisLabel, Vec2]] = []
    for label in labels:
        middle = projection.pixels(label.at) + label.middle_px
        apart = [np.add(label.size_px, earlier.size_px) / 2 + APART_EM * em_px for earlier, _ in kept]
        if not any((np.abs(middle - other) < least).all() for (_, other), least in zip(kept, apart, strict=True)):
            kept.append((label, middle))
    return kept


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
