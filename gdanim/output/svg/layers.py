"""Layers: what a mark draws over time in one look, written in the form that is shortest; here those of paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gdanim.output.svg.paths import NOTHING, Shape, as_dots, segments
from gdanim.output.svg.recorder import ASIDE_PX, Drawn
from gdanim.output.svg.timing import Lives, plan

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from gdanim.output.svg.defs import Sheet
    from gdanim.output.svg.paths import Point, Segment
    from gdanim.output.svg.recorder import Item, Rectangle

MOVES = 4  # times that a shape is seen before it is moved, and not drawn anew


class Layer:
    """What has one look, between what is below and what is above.

    joins   whether what is drawn one after the other may lie in any order
    """

    joins: ClassVar[bool] = True

    def __init__(self, sheet: Sheet, key: Hashable, look: str, clip: Rectangle | None) -> None:
        self.sheet, self.key, self.look, self.clip = sheet, key, look, clip
        self.frames = sheet.clock.frames

    def take(self, frame: int, items: Sequence[Item]) -> None:
        """Take what is drawn at the next frame."""
        raise NotImplementedError

    def written(self) -> str:
        """The elements."""
        raise NotImplementedError

    def _path(self, attribute: str, animation: str) -> str:
        return f"<path{attribute}>{animation}</path>" if animation else f"<path{attribute}/>"

    def _shown(self, spans: Iterable[tuple[int, int]], content: str) -> str:
        """Elements that are there in some spans of frames."""
        shown = ["none"] * self.frames
        for begin, end in spans:
            shown[begin:end] = ["inline"] * (end - begin)
        animation = self.sheet.clock.animate("display", shown)
        away = ' display="none"' if shown[-1] == "none" else ""
        return f"<g{away}>{content}{animation}</g>" if animation or away else content


class Ink(Layer):
    """Pieces of paths that may lie in any order: each is there from some frame until another."""

    def __init__(self, sheet: Sheet, key: Hashable, look: str, clip: Rectangle | None) -> None:
        super().__init__(sheet, key, look, clip)
        self._lives: Lives[Hashable] = Lives()
        self._seen = 0

    def take(self, frame: int, items: Sequence[Item]) -> None:
        """Take the pieces of all paths."""
        for missed in range(self._seen, frame):
            self._lives.see(missed, ())
        self._lives.see(frame, [piece for item in items for piece in self.pieces(item)])
        self._seen = frame + 1

    def pieces(self, item: Item) -> Iterable[Hashable]:
        """What an item consists of."""
        raise NotImplementedError

    def path(self, pieces: Sequence[Hashable]) -> str:
        """The path of some pieces."""
        raise NotImplementedError

    def size(self, piece: Hashable) -> int:
        """About how many characters a piece takes."""
        return len(self.path([piece]))

    def written(self) -> str:
        """Blocks that appear and disappear, and one path that changes."""
        if self._seen < self.frames:
            self.take(self.frames - 1, ())
        clock = self.sheet.clock
        found = plan(self._lives.close(self.frames), self.frames, self.size)
        parts = []
        for (begin, end), pieces in sorted(found.blocks.items()):
            away, animation = clock.appear(begin, end)
            parts.append(self._path(f'{away} d="{self.path(pieces)}"', animation))
        if any(found.loose):
            values = [self.path(pieces) if pieces else NOTHING for pieces in found.loose]
            parts.append(self._path(f' d="{values[-1]}"', clock.animate("d", values)))
        return "".join(parts)


class Lines(Ink):
    """Strokes with round ends and corners: each is the sum of its straight pieces."""

    def pieces(self, item: Item) -> Iterable[Segment]:
        """The segments of a path."""
        drawn = _drawn(item)
        width, height = self.sheet.canvas
        found = segments(drawn.vertices, drawn.codes, -ASIDE_PX, (width + ASIDE_PX, height + ASIDE_PX))
        return map(tuple, self.sheet.grains.all_of(found).tolist())

    def path(self, pieces: Sequence[Hashable]) -> str:
        """Segments, joined where they meet."""
        return self.sheet.grains.polylines(pieces)  # type: ignore[arg-type]

    def size(self, piece: Hashable) -> int:
        """Most go on where another ended."""
        return 11


class Dots(Ink):
    """Discs without an edge, all of one size."""

    def pieces(self, item: Item) -> Iterable[Point]:
        """The centres."""
        drawn = _drawn(item)
        found = as_dots(drawn.vertices, drawn.codes)
        return () if found is None else map(tuple, self.sheet.grains.all_of(found[0]).tolist())

    def path(self, pieces: Sequence[Hashable]) -> str:
        """Lines without length."""
        return self.sheet.grains.dots(pieces)  # type: ignore[arg-type]

    def size(self, piece: Hashable) -> int:
        """A start and a stroke."""
        return 14


class Shapes(Ink):
    """All other paths. What keeps its shape is moved; the rest is drawn anew."""

    joins = False

    def __init__(self, sheet: Sheet, key: Hashable, look: str, clip: Rectangle | None) -> None:
        super().__init__(sheet, key, look, clip)
        self._slots: list[dict[int, Shape]] = []

    def take(self, frame: int, items: Sequence[Item]) -> None:
        """Keep the shapes by their place in the order of drawing."""
        for place, shape in enumerate(shape for item in items for shape in self.pieces(item)):
            if place == len(self._slots):
                self._slots.append({})
            self._slots[place][frame] = shape

    def pieces(self, item: Item) -> Iterable[Shape]:
        """The lines and outlines of a path."""
        drawn = _drawn(item)
        return self.sheet.grains.parted(drawn.vertices, drawn.codes)

    def path(self, pieces: Sequence[Hashable]) -> str:
        """Shapes one after the other."""
        return self.sheet.grains.shapes(pieces)  # type: ignore[arg-type]

    def written(self) -> str:
        """Shapes that move, or else a path that changes."""
        moving = [slot for slot in self._slots if _moves(slot)]
        others = [slot for slot in self._slots if not _moves(slot)]
        for frame in range(self.frames):
            Ink.take(self, frame, ())
            self._lives.see(frame, [slot[frame] for slot in others if frame in slot])
        self._seen = self.frames
        return super().written() + "".join([self._moved(slot) for slot in moving])

    def _moved(self, slot: Mapping[int, Shape]) -> str:
        parts = []
        for rest in dict.fromkeys(shape.rest for shape in slot.values()):
            there = [slot.get(frame) for frame in range(self.frames)]
            here = [shape if shape is not None and shape.rest == rest else None for shape in there]
            # Out of sight rather than hidden: that is one animation less.
            away = self.sheet.grains.row(*(-10 * self.sheet.grains.of(side) for side in self.sheet.canvas))
            values = [away if shape is None else self.sheet.grains.row(shape.x, shape.y) for shape in here]
            animation = self.sheet.clock.animate("transform", values, kind="translate")
            parts.append(self._path(f' d="M0 0{rest}" transform="translate({values[-1]})"', animation))
        return "".join(parts)


class Whole(Shapes):
    """Paths that shine through: none may be painted in parts, which would lie on each other."""

    def pieces(self, item: Item) -> Iterable[Shape]:
        """The path as one shape."""
        shapes = list(super().pieces(item))
        if shapes:
            first, *others = shapes
            yield Shape(first.x, first.y, first.rest + self.sheet.grains.shapes(others))


def _drawn(item: Item) -> Drawn:
    if not isinstance(item, Drawn):
        raise TypeError("only paths consist of pieces")
    return item


def _moves(slot: Mapping[int, Shape]) -> bool:
    """Whether the shapes of a slot are few, and seen in many places."""
    rests = {shape.rest for shape in slot.values()}
    return MOVES * len(rests) <= len(slot) and len(set(slot.values())) > len(rests) + 1
