"""Numbers, paths and definitions as SVG writes them, in whole numbers of units, so that equal ones compare equal."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from matplotlib.path import Path

from gdanim.drawing.shapes import CIRCLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.transforms import Transform

    from gdanim.arrays import Index
    from gdanim.output.svg.items import Codes, Outline, PathStyle, Rectangle, Vertices

Point = tuple[int, int]
Segment = tuple[int, int, int, int]  # from x, y to x, y

OUT_OF_SIGHT_PX: Final = 1e5  # coordinates are clipped to this
EMPTY: Final = "M0 0"  # paints nothing; an empty path is not allowed as a value of an animation

LONG: Final = 128  # points; shorter paths are kept as they are
TOLERANCE_PX: Final = 1 / 9  # off a line: even its edge looks the same

_STRAIGHT: Final = (Path.MOVETO, Path.LINETO, Path.CLOSEPOLY)
_COMMANDS: Final = {  # each with the number of its vertices
    int(Path.LINETO): ("l", 1), int(Path.CURVE3): ("q", 2), int(Path.CURVE4): ("c", 3), int(Path.CLOSEPOLY): ("z", 1)
}  # fmt: skip


class Subpath(NamedTuple):
    """One line or outline: its first point in units, and the commands that go on from there."""

    x: int
    y: int
    rest: str


class FixedPoint:
    """Converts pixels to whole numbers of units, 10**decimals to a pixel, and writes these as text."""

    def __init__(self, decimals: int) -> None:
        self.decimals = decimals
        self.per_px: int = 10**decimals
        self.text = lru_cache(maxsize=1 << 16)(self._text)

    def units(self, pixels: float) -> int:
        """The nearest whole number of units."""
        return round(pixels * self.per_px)

    def all_units(self, pixels: Vertices) -> Index:
        """The same for an array."""
        return np.rint(pixels * self.per_px).astype(np.int64)

    def px(self, pixels: float) -> str:
        """A number of pixels as text."""
        return self.text(self.units(pixels))

    def _text(self, units: int) -> str:
        """Units as the shortest number of pixels: 0, 12, -.5."""
        whole, part = divmod(abs(units), self.per_px)
        sign = "-" if units < 0 else ""
        if not part:
            return f"{sign}{whole}" if whole else "0"
        return f"{sign}{whole or ''}.{part:0{self.decimals}d}".rstrip("0")

    def row(self, *units: int) -> str:
        """Numbers side by side."""
        return _without_spaces([" ".join(map(self.text, units))])

    def polylines(self, segments: Iterable[Segment]) -> str:
        """The path of segments; one that begins where the one before ended continues its line."""
        parts: list[str] = []
        end: Point | None = None
        for x0, y0, x1, y1 in segments:
            parts += [" " if (x0, y0) == end else f"M{self.row(x0, y0)}l", self.row(x1 - x0, y1 - y0)]
            end = x1, y1
        return _without_spaces(parts)

    def subpaths(self, subpaths: Iterable[Subpath]) -> str:
        """The path of subpaths."""
        return "".join([f"M{self.row(x, y)}{rest}" for x, y, rest in subpaths])

    def split(self, vertices: Vertices, codes: Codes) -> Iterator[Subpath]:
        """The subpaths of a path, one by one."""
        finite = np.isfinite(vertices).all(axis=1) | (codes == Path.CLOSEPOLY) | (codes == Path.STOP)
        placed, kinds = np.nan_to_num(np.clip(vertices, -OUT_OF_SIGHT_PX, OUT_OF_SIGHT_PX)), codes.tolist()
        begins = np.flatnonzero(codes == Path.MOVETO).tolist()
        for begin, end in pairwise([*begins, len(kinds)]):
            if end - begin > 1 and finite[begin:end].all():
                # Rounded relative to its first point, so that a shape has the same text wherever it stands.
                relative = self.all_units(placed[begin:end] - placed[begin])
                x, y = self.all_units(placed[begin]).tolist()
                if rest := self._commands(relative.tolist(), kinds[begin:end]):
                    yield Subpath(x, y, rest)

    def _commands(self, points: Sequence[Sequence[int]], kinds: Sequence[int]) -> str:
        """What follows the first of the points of one subpath; a repeated command is written once."""
        parts: list[str] = []
        (x, y), before, i = points[0], "", 1
        while i < len(kinds) and kinds[i] != Path.STOP:
            command, count = _COMMANDS[kinds[i]]
            parts.append(" " if command == before else command)
            if command != "z":
                parts.append(self.row(*[step for to in points[i : i + count] for step in (to[0] - x, to[1] - y)]))
                x, y = points[i + count - 1]
            i, before = i + count, command
        return _without_spaces(parts)

    def circles(self, centres: Iterable[Point], radius: int) -> Iterator[Subpath]:
        """The outlines of circles, from their left ends, as two arcs each."""
        there, back = (f"{self.row(radius, radius)} 0 1 0 {self.row(way, 0)}" for way in (2 * radius, -2 * radius))
        return (Subpath(x - radius, y, _without_spaces([f"a{there} {back}z"])) for x, y in centres)

    def attributes(self, style: PathStyle) -> str:
        """The presentation attributes of a style."""
        texts = [fill_attributes(style.fill, style.fill_alpha) if style.fill else 'fill="none"']
        if style.stroke:
            texts += self._stroke_attributes(style)
        return " ".join(texts)

    def _stroke_attributes(self, style: PathStyle) -> Iterator[str]:
        yield f'stroke="{_short(style.stroke)}" stroke-width="{self.px(style.width)}"'
        if style.stroke_alpha < 1:
            yield f'stroke-opacity="{_fraction(style.stroke_alpha)}"'
        if style.cap in ("round", "projecting"):
            yield f'stroke-linecap="{"square" if style.cap == "projecting" else style.cap}"'
        if style.join in ("round", "bevel"):
            yield f'stroke-linejoin="{style.join}"'
        if style.dashes:
            yield f'stroke-dasharray="{" ".join(map(self.px, style.dashes))}"'
            if style.dash_offset:
                yield f'stroke-dashoffset="{self.px(style.dash_offset)}"'


class Defs:
    """Definitions that elements refer to by their id; each is made when it is first asked for.

    numbers    the precision of coordinates
    outlines   of letters, by name
    prefix     of every id: no other SVG on a page has it
    as_text    whether letters are <text> in a font of the viewer's, not outlines
    canvas     width and height in pixels
    """

    def __init__(
        self, *, numbers: FixedPoint, outlines: dict[str, Outline], prefix: str, as_text: bool, canvas: tuple[int, int]
    ) -> None:
        self.numbers, self.prefix, self.as_text, self.canvas = numbers, prefix, as_text, canvas
        self._outlines = outlines
        self._ids: dict[tuple[object, ...], str] = {}
        self._elements: list[str] = []

    @property
    def markup(self) -> str:
        """The <defs> element; "" where nothing is defined."""
        return f"<defs>{''.join(self._elements)}</defs>" if self._elements else ""

    def glyph(self, outline: str, size: float) -> str:
        """The id of a letter's outline at a size in pixels; that of "" paints nothing."""
        key = outline, self.numbers.px(size)
        if key not in self._ids:
            element = f'<g id="{self._new_id(key)}"/>'
            if outline:
                vertices, codes = self._outlines[outline]
                scaled = np.asarray(vertices) * (size / 100, -size / 100)
                path = self.numbers.subpaths(self.numbers.split(scaled, np.asarray(codes)))
                element = f'<path id="{self._ids[key]}" d="{path}"/>'
            self._elements.append(element)
        return self._ids[key]

    def clip(self, rectangle: Rectangle) -> str:
        """The id of a clip path."""
        left, top, width, height = key = tuple(map(self.numbers.px, rectangle))
        if key not in self._ids:
            rect = f'<rect x="{left}" y="{top}" width="{width}" height="{height}"/>'
            self._elements.append(f'<clipPath id="{self._new_id(key)}">{rect}</clipPath>')
        return self._ids[key]

    def _new_id(self, key: tuple[object, ...]) -> str:
        """g and a number in base 36: g0, g1, … gz, g10."""
        self._ids[key] = f"{self.prefix}g{np.base_repr(len(self._ids), 36).lower()}"
        return self._ids[key]


def _without_spaces(parts: Iterable[str]) -> str:
    """Join parts; a minus separates numbers as well as a space."""
    return "".join(parts).replace(" -", "-")


def fill_attributes(colour: str, alpha: float) -> str:
    """The attributes of what is filled with a colour."""
    return f'fill="{_short(colour)}"' + (f' fill-opacity="{_fraction(alpha)}"' if alpha < 1 else "")


def _fraction(value: float) -> str:
    """A number between 0 and 1: 0, .25, 1."""
    return f"{value:.3f}".rstrip("0").rstrip(".").removeprefix("0") or "0"


def _short(colour: str) -> str:
    """#rrggbb as #rgb, where that is the same."""
    return f"#{colour[1::2]}" if colour[1::2] == colour[2::2] else colour


def find_discs(vertices: Vertices, codes: Codes) -> tuple[Vertices, float] | None:
    """The centres (m, 2) and the radius of a path of equal circles; None for any other path."""
    unit = np.asarray(CIRCLE.vertices) * (1.0, -1.0)
    count = len(unit)
    if len(vertices) % count or not np.array_equal(codes[:count], np.asarray(CIRCLE.codes)):
        return None
    circles = vertices.reshape(-1, count, 2)
    low, high = circles[:, :-1].min(axis=1), circles[:, :-1].max(axis=1)
    centres, radius = (low + high) / 2, float((high - low).max()) / 2
    offsets = np.abs(circles[:, :-1] - centres[:, np.newaxis])
    if not np.isfinite(centres).all() or np.abs(offsets - np.abs(radius * unit[:-1])).max() > 0.02:
        return None
    return centres, radius


def clipped_segments(vertices: Vertices, codes: Codes, low: Vertices, high: Vertices) -> Vertices:
    """The straight segments of a path (m, 4), cut at the rectangle between corners `low` (2,) and `high` (2,)."""
    drawn = codes[1:] == Path.LINETO
    segments: Vertices = np.concatenate([vertices[:-1], vertices[1:]], axis=1)[drawn]
    segments = segments[np.isfinite(segments).all(axis=1)]
    if segments.size and (segments.min() < low.max() or segments.max() > high.max()):
        return _clip(segments, low, high)
    return segments


def _clip(segments: Vertices, low: Vertices, high: Vertices) -> Vertices:
    """Liang–Barsky: the parts of segments (m, 4) inside a rectangle."""
    with np.errstate(all="ignore"):
        start, step = segments[:, :2], segments[:, 2:] - segments[:, :2]
        to_low, to_high = (low - start) / step, (high - start) / step
        enter, leave = np.fmin(to_low, to_high), np.fmax(to_low, to_high)
        level = step == 0
        outside = level & ((start < low) | (start > high))
        enter, leave = np.where(level, 0.0, enter), np.where(level, 1.0, leave)
        first, last = np.maximum(enter.max(axis=1), 0.0), np.minimum(leave.min(axis=1), 1.0)
        kept = (first <= last) & ~outside.any(axis=1)
        start, step, first, last = start[kept], step[kept], first[kept, np.newaxis], last[kept, np.newaxis]
        ends = np.where(last == 1.0, segments[kept, 2:], start + last * step)
        clipped: Vertices = np.concatenate([start + first * step, ends], axis=1)
    return clipped


def is_long(path: Path) -> bool:
    """Whether a path has many points, and only straight lines between them."""
    return len(path) > LONG and (path.codes is None or bool(np.isin(np.asarray(path.codes), _STRAIGHT).all()))


def simplified(path: Path, transform: Transform, decimals: int, tolerance_px: float = TOLERANCE_PX) -> Path:
    """A path, transformed, without the points that lie within the tolerance of the line through others.

    Points are rounded themselves, not their distances from the point before, so that neighbouring paths still meet.
    """
    placed = transform.transform_path(path).copy()  # by the identity, it is the path itself
    placed.simplify_threshold = tolerance_px
    vertices, codes = without_stop(placed.cleaned(simplify=True))
    return Path(np.round(vertices, decimals), codes)


def without_stop(path: Path) -> tuple[Vertices, Codes]:
    """The vertices of a path and their codes, without the STOP that ends a cleaned one, and is all of an empty one."""
    vertices = np.asarray(path.vertices)
    codes = np.full(len(vertices), Path.LINETO) if path.codes is None else np.asarray(path.codes)
    if path.codes is None:
        codes[:1] = Path.MOVETO
    drawn = codes != Path.STOP
    return vertices[drawn], codes[drawn].astype(np.uint8)
