"""Numbers, paths and looks as SVG has them. Coordinates are whole grains of a pixel: what is equal there is equal."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.path import Path

from gdanim.drawing.marks.shapes import CIRCLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gdanim.output.svg.recorder import Codes, Look, Vertices

Point = tuple[int, int]
Segment = tuple[int, int, int, int]  # from x, y to x, y

FAR_PX = 1e5  # what lies farther out is seen by nobody
NOTHING = "M0 0"  # a path without ink: an empty one is no value of an animation


class Shape(NamedTuple):
    """One line or outline: its first point, and how it goes on from there."""

    x: int
    y: int
    rest: str


class Grains:
    """Pixels as whole numbers of grains, and those as text; a pixel has 10**decimals of them."""

    def __init__(self, decimals: int) -> None:
        self.decimals, self.per_px = decimals, 10**decimals
        self.text = lru_cache(maxsize=1 << 16)(self._text)

    def of(self, pixels: float) -> int:
        """The nearest whole number of grains."""
        whole: int = round(pixels * self.per_px)
        return whole

    def all_of(self, pixels: Vertices) -> np.ndarray:
        """The same for an array."""
        whole: np.ndarray = np.rint(pixels * self.per_px).astype(np.int64)
        return whole

    def px(self, pixels: float) -> str:
        """A number of pixels as text, as short as its value allows."""
        return self.text(self.of(pixels))

    def _text(self, grains: int) -> str:
        whole, part = divmod(abs(grains), self.per_px)
        sign = "-" if grains < 0 else ""
        if not part:
            return f"{sign}{whole}" if whole else "0"
        return f"{sign}{whole or ''}.{part:0{self.decimals}d}".rstrip("0")

    def row(self, *grains: int) -> str:
        """Numbers one after the other; a minus parts them as well as a space."""
        return "".join([(" " if i and one >= 0 else "") + self.text(one) for i, one in enumerate(grains)])

    def start(self, x: int, y: int) -> str:
        """The begin of a line."""
        return f"M{self.row(x, y)}"

    def polylines(self, segments: Iterable[Segment]) -> str:
        """Segments as a path; those that go on where the one before ended are one line."""
        parts: list[str] = []
        end: Point | None = None
        for x0, y0, x1, y1 in segments:
            step = self.row(x1 - x0, y1 - y0)
            if (x0, y0) != end:
                step = f"{self.start(x0, y0)}l{step}"
            elif not step.startswith("-"):
                step = f" {step}"
            parts.append(step)
            end = x1, y1
        return "".join(parts)

    def dots(self, points: Iterable[Point]) -> str:
        """Lines without length, which round caps make dots."""
        return "".join([f"{self.start(*point)}h0" for point in points])

    def shapes(self, shapes: Iterable[Shape]) -> str:
        """Shapes as a path."""
        return "".join([f"{self.start(shape.x, shape.y)}{shape.rest}" for shape in shapes])

    def parted(self, vertices: Vertices, codes: Codes) -> Iterator[Shape]:
        """The lines and outlines of a path, one by one."""
        begins = np.flatnonzero(codes == Path.MOVETO)
        if not begins.size:
            return
        finite = np.isfinite(vertices).all(axis=1) | (codes == Path.CLOSEPOLY) | (codes == Path.STOP)
        placed, kinds = np.nan_to_num(np.clip(vertices, -FAR_PX, FAR_PX)), codes.tolist()
        for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(kinds)], strict=True):
            if end - begin > 1 and finite[begin:end].all():
                # From its own first point, so that a shape is the same wherever it stands.
                ways = self.all_of(placed[begin:end] - placed[begin])
                x, y = self.all_of(placed[begin]).tolist()
                rest = self._rest(ways.tolist(), kinds[begin:end])
                if rest:
                    yield Shape(x, y, rest)

    def _rest(self, points: list[list[int]], kinds: list[int]) -> str:
        parts: list[str] = []
        x, y = points[0]
        at, before = 1, ""
        while at < len(kinds):
            kind = kinds[at]
            if kind == Path.STOP:
                break
            if kind == Path.CLOSEPOLY:
                parts.append("z")
                at, before = at + 1, "z"
                continue
            command, count = _COMMANDS[kind]
            steps = [way for to in points[at : at + count] for way in (to[0] - x, to[1] - y)]
            text = self.row(*steps)
            parting = command if command != before else "" if text[0] == "-" else " "
            parts.append(parting + text)
            x, y = points[at + count - 1]
            at, before = at + count, command
        return "".join(parts)

    def look(self, look: Look) -> str:
        """The attributes of a look."""
        texts = [f'fill="{_short(look.fill)}"' if look.fill else 'fill="none"']
        if look.fill and look.fill_alpha < 1:
            texts.append(f'fill-opacity="{share(look.fill_alpha)}"')
        if look.line:
            texts.append(f'stroke="{_short(look.line)}"')
            texts.append(f'stroke-width="{self.px(look.width)}"')
            if look.line_alpha < 1:
                texts.append(f'stroke-opacity="{share(look.line_alpha)}"')
            if look.cap in ("round", "projecting"):
                texts.append(f'stroke-linecap="{"square" if look.cap == "projecting" else look.cap}"')
            if look.join in ("round", "bevel"):
                texts.append(f'stroke-linejoin="{look.join}"')
            if look.dashes:
                texts.append(f'stroke-dasharray="{" ".join(map(self.px, look.dashes))}"')
                if look.dash_offset:
                    texts.append(f'stroke-dashoffset="{self.px(look.dash_offset)}"')
        return " ".join(texts)


_COMMANDS: dict[int, tuple[str, int]] = {
    int(Path.LINETO): ("l", 1),
    int(Path.CURVE3): ("q", 2),
    int(Path.CURVE4): ("c", 3),
}


def share(value: float) -> str:
    """A number between 0 and 1."""
    return f"{value:.3f}".rstrip("0").rstrip(".").removeprefix("0") or "0"


def _short(colour: str) -> str:
    return f"#{colour[1::2]}" if colour[1::2] == colour[2::2] else colour


def colour_text(colour: str) -> str:
    """A colour, in as few letters as it allows."""
    return _short(colour)


def as_dots(vertices: Vertices, codes: Codes) -> tuple[Vertices, float] | None:
    """The centres (m, 2) and the radius of a path of equal circles; None of any other path."""
    unit = np.asarray(CIRCLE.vertices) * (1.0, -1.0)
    count = len(unit)
    if len(vertices) % count or not np.array_equal(codes[:count], np.asarray(CIRCLE.codes)):
        return None
    circles = vertices.reshape(-1, count, 2)
    low, high = circles[:, :-1].min(axis=1), circles[:, :-1].max(axis=1)
    centres, radius = (low + high) / 2, float((high - low).max()) / 2
    drawn = np.abs(circles[:, :-1] - centres[:, np.newaxis])
    if not np.isfinite(centres).all() or np.abs(drawn - np.abs(radius * unit[:-1])).max() > 0.02:
        return None
    return centres, radius


def segments(vertices: Vertices, codes: Codes, low: float, high: tuple[float, float]) -> Vertices:
    """The straight pieces of a path (m, 4), cut where they leave the square from (low, low) to `high`."""
    joined = codes[1:] == Path.LINETO
    pieces: Vertices = np.concatenate([vertices[:-1], vertices[1:]], axis=1)[joined]
    pieces = pieces[np.isfinite(pieces).all(axis=1)]
    if pieces.size and (pieces.min() < low or pieces.max() > max(high)):
        pieces = _cut(pieces, low, np.array(high))
    return pieces


def _cut(pieces: Vertices, low: float, high: np.ndarray) -> Vertices:
    """Liang–Barsky: the parts of pieces (m, 4) within a rectangle."""
    with np.errstate(all="ignore"):
        start, step = pieces[:, :2], pieces[:, 2:] - pieces[:, :2]
        to_low, to_high = (low - start) / step, (high - start) / step
        enter, leave = np.fmin(to_low, to_high), np.fmax(to_low, to_high)
        level = step == 0
        outside = level & ((start < low) | (start > high))
        enter, leave = np.where(level, 0.0, enter), np.where(level, 1.0, leave)
        first, last = np.maximum(enter.max(axis=1), 0.0), np.minimum(leave.min(axis=1), 1.0)
        kept = (first <= last) & ~outside.any(axis=1)
        start, step, first, last = start[kept], step[kept], first[kept, np.newaxis], last[kept, np.newaxis]
        ends = np.where(last == 1.0, pieces[kept, 2:], start + last * step)
        cut: Vertices = np.concatenate([start + first * step, ends], axis=1)
    return cut
