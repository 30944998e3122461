"""Layers: the paths, discs, letters or images that a mark draws over time in one style, written in few characters."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, ClassVar, Final, Generic

import numpy as np

from gdanim.output.svg.items import DrawnImage, DrawnPath, DrawnText
from gdanim.output.svg.paths import EMPTY, Point, Segment, Subpath, clipped_segments, find_discs
from gdanim.output.svg.timing import Lifetimes, P, equal_spans, split_by_lifetime

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from gdanim.output.svg.items import Item, Letter, Rectangle
    from gdanim.output.svg.paths import Defs
    from gdanim.output.svg.timing import Clock, Span

    Place = tuple[str, str, float]  # x, y and size of a letter

# On each text: browsers do not pass it on. The style is for those that no longer read the attribute.
BLANKS: Final = ' xml:space="preserve" style="white-space:pre"'
MARGIN_PX: Final = 2000.0  # around the canvas; lines are cut beyond it
MOVES: Final = 4  # frames in which a shape must be seen on average to be moved, not drawn anew


class Layer:
    """What has one style, between the layers below and above.

    any_order    whether what is drawn one after the other may lie in any order
    key          equal for all items of the layer, and for no others
    attributes   of the group that the layer's elements stand in; "" for no group
    """

    any_order: ClassVar[bool] = True

    def __init__(self, defs: Defs, clock: Clock, key: Hashable, attributes: str, clip: Rectangle | None) -> None:
        self.defs, self.clock, self.key, self.attributes, self.clip = defs, clock, key, attributes, clip
        self._start()

    def _start(self) -> None:
        """Begin without items."""
        raise NotImplementedError

    def add(self, frame: int, items: Sequence[Item]) -> None:
        """Add what is drawn at a frame; frames come in order."""
        raise NotImplementedError

    def markup(self) -> str:
        """The elements."""
        raise NotImplementedError

    def shown(self, spans: Iterable[Span], content: str) -> str:
        """Elements that are there in some spans of frames."""
        attribute, animation = self.clock.show(spans)
        return f"<g{attribute}>{content}{animation}</g>" if animation or attribute else content


class PathLayer(Layer, Generic[P]):
    """Paths in pieces that may lie in any order; each piece is there from one frame until before another."""

    piece_chars: ClassVar[int] = 0  # about so many; 0 where they differ

    def _start(self) -> None:
        self._lifetimes: Lifetimes[P] = Lifetimes()

    def add(self, frame: int, items: Sequence[Item]) -> None:
        """Add the pieces of all paths."""
        self._lifetimes.see(frame, self._all_pieces(items))

    def _all_pieces(self, items: Sequence[Item]) -> Iterator[P]:
        return (piece for item in items if isinstance(item, DrawnPath) for piece in self._pieces(item))

    def _pieces(self, drawn: DrawnPath) -> Iterable[P]:
        """What a path consists of."""
        raise NotImplementedError

    def _path(self, pieces: Sequence[P]) -> str:
        """The path of some pieces."""
        raise NotImplementedError

    def _size(self, piece: P) -> int:
        """About how many characters a piece takes."""
        return self.piece_chars or len(self._path([piece]))

    def markup(self) -> str:
        """Blocks that appear and disappear, and one path that changes."""
        return self._paths(self._lifetimes.close())

    def _paths(self, lifetimes: list[tuple[P, int, int]]) -> str:
        blocks, rest = split_by_lifetime(lifetimes, self.clock.frames, self._size)
        parts = []
        for span, pieces in sorted(blocks.items()):
            attribute, animation = self.clock.show([span])
            parts.append(_path(f'{attribute} d="{self._path(pieces)}"', animation))
        if any(rest):
            values = [self._path(pieces) if pieces else EMPTY for pieces in rest]
            parts.append(_path(f' d="{values[-1]}"', self.clock.animate("d", values)))
        return "".join(parts)


class StrokeLayer(PathLayer[Segment]):
    """Strokes with round caps and joins: each is the union of its segments."""

    piece_chars = 11  # most segments continue a line

    def _pieces(self, drawn: DrawnPath) -> Iterable[Segment]:
        low, high = np.full(2, -MARGIN_PX), np.add(self.defs.canvas, MARGIN_PX)
        segments = clipped_segments(drawn.vertices, drawn.codes, low, high)
        return map(tuple, self.defs.numbers.all_units(segments).tolist())

    def _path(self, pieces: Sequence[Segment]) -> str:
        return self.defs.numbers.polylines(pieces)


class DiscLayer(PathLayer[Point]):
    """Discs without an edge, all of one size: lines of length zero, which round caps make discs."""

    piece_chars = 14  # a start and a line

    def _pieces(self, drawn: DrawnPath) -> Iterable[Point]:
        found = find_discs(drawn.vertices, drawn.codes)
        return () if found is None else map(tuple, self.defs.numbers.all_units(found[0]).tolist())

    def _path(self, pieces: Sequence[Point]) -> str:
        return "".join([f"M{self.defs.numbers.row(*point)}h0" for point in pieces])


class RingLayer(PathLayer[Subpath]):
    """Opaque outlines of circles."""

    piece_chars = 40  # a start and two arcs

    def _pieces(self, drawn: DrawnPath) -> Iterable[Subpath]:
        found, numbers = find_discs(drawn.vertices, drawn.codes), self.defs.numbers
        return () if found is None else numbers.circles(numbers.all_units(found[0]).tolist(), numbers.units(found[1]))

    def _path(self, pieces: Sequence[Subpath]) -> str:
        return self.defs.numbers.subpaths(pieces)


class ShapeLayer(PathLayer[Subpath]):
    """All other paths. A shape that is seen in many places is moved; the others are drawn anew in each frame.

    Each slot, a place in the order of drawing, has its own shape by frame.
    """

    any_order = False

    def _start(self) -> None:
        self._slots: list[dict[int, Subpath]] = []

    def add(self, frame: int, items: Sequence[Item]) -> None:
        """Add the shapes in the order of drawing."""
        for place, shape in enumerate(self._all_pieces(items)):
            if place == len(self._slots):
                self._slots.append({})
            self._slots[place][frame] = shape

    def _pieces(self, drawn: DrawnPath) -> Iterable[Subpath]:
        return self.defs.numbers.split(drawn.vertices, drawn.codes)

    def _path(self, pieces: Sequence[Subpath]) -> str:
        return self.defs.numbers.subpaths(pieces)

    def markup(self) -> str:
        """A path that changes, and shapes that move."""
        others = [slot for slot in self._slots if not _moves(slot)]
        lifetimes = [
            (shape, frame, frame + 1)
            for frame in range(self.clock.frames)
            for shape in dict.fromkeys(slot[frame] for slot in others if frame in slot)
        ]
        return self._paths(lifetimes) + "".join([self._moved(slot) for slot in self._slots if _moves(slot)])

    def _moved(self, slot: Mapping[int, Subpath]) -> str:
        """One element for each form that a slot has; in frames of another form it stands out of sight."""
        # Out of sight rather than hidden: that is one animation less.
        numbers = self.defs.numbers
        away = numbers.row(*(-10 * numbers.units(side) for side in self.defs.canvas))
        parts = []
        for rest in dict.fromkeys(shape.rest for shape in slot.values()):
            places = {frame: numbers.row(shape.x, shape.y) for frame, shape in slot.items() if shape.rest == rest}
            values = [places.get(frame, away) for frame in range(self.clock.frames)]
            animation = self.clock.animate("transform", values, kind="translate")
            parts.append(_path(f' d="M0 0{rest}" transform="translate({values[-1]})"', animation))
        return "".join(parts)


class TranslucentLayer(ShapeLayer):
    """Translucent paths: drawn in one piece each, since overlapping parts would look darker."""

    def _pieces(self, drawn: DrawnPath) -> Iterable[Subpath]:
        shapes = list(super()._pieces(drawn))
        if shapes:
            first, *others = shapes
            yield Subpath(first.x, first.y, first.rest + self.defs.numbers.subpaths(others))


class LetterLayer(Layer):
    """Letters in one colour. Where a letter changes, its place stays and refers to another outline."""

    def _start(self) -> None:
        self._outlines: dict[Place, dict[int, str]] = {}

    def add(self, frame: int, items: Sequence[Item]) -> None:
        """Note the outline at each place."""
        px = self.defs.numbers.px
        for item in items:
            if isinstance(item, DrawnText):
                for letter in item.letters:
                    place = px(item.x + letter.x), px(item.y + letter.y), letter.size
                    self._outlines.setdefault(place, {})[frame] = letter.outline

    def markup(self) -> str:
        """Letters that never change, grouped by their spans of frames; then those that change."""
        steady: dict[tuple[Span, ...], list[str]] = {}
        parts = []
        for (x, y, size), outlines in self._outlines.items():
            by_frame = [outlines.get(frame, "") for frame in range(self.clock.frames)]
            if len(set(outlines.values())) == 1:
                spans = tuple((begin, end) for begin, end in equal_spans(by_frame) if by_frame[begin])
                glyph = self.defs.glyph(next(iter(outlines.values())), size)
                steady.setdefault(spans, []).append(f'<use href="#{glyph}" x="{x}" y="{y}"/>')
            else:
                glyphs = [f"#{self.defs.glyph(outline, size)}" for outline in by_frame]
                animation = self.clock.animate("href", glyphs)
                parts.append(f'<use href="{glyphs[-1]}" x="{x}" y="{y}">{animation}</use>')
        return "".join([*(self.shown(spans, "".join(uses)) for spans, uses in steady.items()), *parts])


class VerbatimLayer(Layer):
    """Elements that are there or not, but never change: text in the viewer's font, rotated text, formulas, images."""

    def _start(self) -> None:
        self._frames: dict[str, list[int]] = defaultdict(list)

    def add(self, frame: int, items: Sequence[Item]) -> None:
        """Note the elements that are there."""
        for item in items:
            if isinstance(item, DrawnImage):
                self._frames[item.markup()].append(frame)
            elif isinstance(item, DrawnText) and (item.letters or not self.defs.as_text):
                self._frames[self._text(item)].append(frame)

    def markup(self) -> str:
        """Elements, grouped by the frames in which they are there."""
        groups: dict[tuple[Span, ...], list[str]] = {}
        for element, frames in self._frames.items():
            groups.setdefault(tuple((frame, frame + 1) for frame in frames), []).append(element)
        return "".join([self.shown(spans, "".join(elements)) for spans, elements in groups.items()])

    def _text(self, item: DrawnText) -> str:
        px = self.defs.numbers.px
        if not self.defs.as_text:
            glyphs = [(self.defs.glyph(letter.outline, letter.size), letter) for letter in item.letters]
            parts = [f'<use href="#{glyph}" x="{px(letter.x)}" y="{px(letter.y)}"/>' for glyph, letter in glyphs]
        elif item.text:
            # However wide the letters of the viewer's font are, the line keeps its length.
            width = f' textLength="{px(item.width)}" lengthAdjust="spacingAndGlyphs"' if len(item.text) > 1 else ""
            size = px(item.letters[0].size)
            parts = [f'<text font-size="{size}"{width}{BLANKS}>{escape(item.text, quote=False)}</text>']
        else:
            parts = [_letter(letter, px) for letter in item.letters]
        parts += [f'<rect x="{px(x)}" y="{px(y)}" width="{px(w)}" height="{px(h)}"/>' for x, y, w, h in item.rules]
        rotation = f"rotate({-item.angle:g})" if item.angle else ""
        return f'<g transform="translate({px(item.x)} {px(item.y)}){rotation}">{"".join(parts)}</g>'


def _path(attributes: str, animation: str) -> str:
    return f"<path{attributes}>{animation}</path>" if animation else f"<path{attributes}/>"


def _moves(slot: Mapping[int, Subpath]) -> bool:
    """Whether the shapes of a slot have few forms, and are seen in many places."""
    forms = {shape.rest for shape in slot.values()}
    return MOVES * len(forms) <= len(slot) and len(set(slot.values())) > len(forms) + 1


def _letter(letter: Letter, px: Callable[[float], str]) -> str:
    slant = ' font-style="italic"' if letter.is_italic else ""
    place = f'x="{px(letter.x)}" y="{px(letter.y)}" font-size="{px(letter.size)}"'
    return f"<text {place}{slant}{BLANKS}>{escape(letter.text, quote=False)}</text>"
