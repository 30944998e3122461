"""Layers: what a mark draws over time, sorted by its look, and each sort written in the form that is shortest."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from xml.sax.saxutils import escape

from gdanim.vector.svg_clock import Lives, plan, runs_of
from gdanim.vector.svg_recorder import ASIDE_PX, Drawn, Pictured, Written
from gdanim.vector.svg_shapes import NOTHING, Shape, as_dots, segments
from gdanim.vector.svg_sheet import embedded

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from gdanim.vector.svg_recorder import Item, Letter, Look, Rectangle
    from gdanim.vector.svg_shapes import Point, Segment
    from gdanim.vector.svg_sheet import Sheet

Cell = tuple[str, str, float]  # x, y and size of a letter's place
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


class Letters(Layer):
    """Letters in one colour. A letter that changes keeps its place and refers to another outline."""

    def __init__(self, sheet: Sheet, key: Hashable, look: str, clip: Rectangle | None) -> None:
        super().__init__(sheet, key, look, clip)
        self._cells: dict[Cell, dict[int, str]] = {}

    def take(self, frame: int, items: Sequence[Item]) -> None:
        """Put the letters into their cells."""
        px = self.sheet.grains.px
        for item in items:
            if isinstance(item, Written):
                for letter in item.letters:
                    cell = px(item.x + letter.x), px(item.y + letter.y), letter.size
                    self._cells.setdefault(cell, {})[frame] = letter.outline

    def written(self) -> str:
        """Those that are always the same together, those that change one by one."""
        together: dict[tuple[tuple[int, int], ...], list[str]] = {}
        parts = []
        for cell, outlines in self._cells.items():
            x, y, size = cell
            place = f'x="{x}" y="{y}"'
            there = [outlines.get(frame, "") for frame in range(self.frames)]
            if len(set(outlines.values())) == 1:
                spans = tuple((begin, end) for begin, end in runs_of(there) if there[begin])
                name = self.sheet.glyph(next(iter(outlines.values())), size)
                together.setdefault(spans, []).append(f'<use href="#{name}" {place}/>')
            else:
                names = [f"#{self.sheet.glyph(outline, size)}" for outline in there]
                animation = self.sheet.clock.animate("href", names)
                parts.append(f'<use href="{names[-1]}" {place}>{animation}</use>')
        return "".join([*(self._shown(spans, "".join(uses)) for spans, uses in together.items()), *parts])


class Snippets(Layer):
    """Elements that are written as they are: lines of text that the reader's font sets, turned ones, images."""

    def __init__(self, sheet: Sheet, key: Hashable, look: str, clip: Rectangle | None) -> None:
        super().__init__(sheet, key, look, clip)
        self._there: dict[str, list[int]] = {}

    def take(self, frame: int, items: Sequence[Item]) -> None:
        """Keep in which frames an element is there."""
        for item in items:
            self._there.setdefault(self._element(item), []).append(frame)

    def written(self) -> str:
        """Those that are there at the same frames together."""
        together: dict[tuple[int, ...], list[str]] = {}
        for element, frames in self._there.items():
            together.setdefault(tuple(frames), []).append(element)
        return "".join(
            [
                self._shown([(frame, frame + 1) for frame in frames], "".join(parts))
                for frames, parts in together.items()
            ]
        )

    def _element(self, item: Item) -> str:
        if isinstance(item, Pictured):
            height, width = item.image.shape[:2]
            place = f'x="{item.left:g}" y="{item.top:g}" width="{width}" height="{height}"'
            return f'<image {place} href="{embedded(item.image)}"/>'
        if not isinstance(item, Written):
            raise TypeError("paths have layers of their own")
        return _as_text(item, self.sheet) if self.sheet.as_text else _as_outlines(item, self.sheet)


def _as_outlines(item: Written, sheet: Sheet) -> str:
    px = sheet.grains.px
    parts = [
        f'<use href="#{sheet.glyph(letter.outline, letter.size)}" x="{px(letter.x)}" y="{px(letter.y)}"/>'
        for letter in item.letters
    ]
    return f"<g {_placed(item, sheet)}>{''.join([*parts, *_rules(item, sheet)])}</g>"


def _as_text(item: Written, sheet: Sheet) -> str:
    px, first = sheet.grains.px, item.letters[0] if item.letters else None
    if first is None:
        return ""
    if item.text:
        # However wide the reader's letters are, the line keeps its length.
        width = f' textLength="{px(item.width)}" lengthAdjust="spacingAndGlyphs"' if len(item.text) > 1 else ""
        words = f'<text font-size="{px(first.size)}"{width}>{escape(item.text)}</text>'
    else:
        words = "".join([_letter(letter, sheet) for letter in item.letters])
    return f"<g {_placed(item, sheet)}>{words}{''.join(_rules(item, sheet))}</g>"


def _letter(letter: Letter, sheet: Sheet) -> str:
    px, slant = sheet.grains.px, ' font-style="italic"' if letter.slanted else ""
    place = f'x="{px(letter.x)}" y="{px(letter.y)}" font-size="{px(letter.size)}"'
    return f"<text {place}{slant}>{escape(letter.text)}</text>"


def _placed(item: Written, sheet: Sheet) -> str:
    turn = f"rotate({-item.angle:g})" if item.angle else ""
    return f'transform="translate({sheet.grains.px(item.x)} {sheet.grains.px(item.y)}){turn}"'


def _rules(item: Written, sheet: Sheet) -> list[str]:
    px = sheet.grains.px
    return [f'<rect x="{px(x)}" y="{px(y)}" width="{px(w)}" height="{px(h)}"/>' for x, y, w, h in item.rules]


def _drawn(item: Item) -> Drawn:
    if not isinstance(item, Drawn):
        raise TypeError("only paths consist of pieces")
    return item


def _moves(slot: Mapping[int, Shape]) -> bool:
    """Whether the shapes of a slot are few, and seen in many places."""
    rests = {shape.rest for shape in slot.values()}
    return MOVES * len(rests) <= len(slot) and len(set(slot.values())) > len(rests) + 1


class Stack:
    """The layers of one mark, from the lowest to the highest."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.layers: list[Layer] = []

    def take(self, frame: int, items: Iterable[Item]) -> None:
        """Sort what the mark draws at the next frame into layers that keep its order."""
        at = -1
        gathered: dict[int, list[Item]] = {}
        for item in items:
            kind, key = _sort(item, self._sheet)
            lowest = at if at >= 0 and self.layers[at].joins else at + 1
            found = next((i for i in range(max(lowest, 0), len(self.layers)) if self.layers[i].key == key), None)
            if found is None:
                found = at + 1
                self.layers.insert(found, self._layer(kind, key, item))
                gathered = {place + (place >= found): some for place, some in gathered.items()}
            gathered.setdefault(found, []).append(item)
            at = found
        for place, some in gathered.items():
            self.layers[place].take(frame, some)

    def _layer(self, kind: type[Layer], key: Hashable, item: Item) -> Layer:
        grains = self._sheet.grains
        if isinstance(item, Written):
            return kind(self._sheet, key, self._sheet.ink(item.colour, item.alpha), None)
        if isinstance(item, Pictured):
            return kind(self._sheet, key, "", item.clip)
        look: Look = item.look
        if kind is Dots:
            found = as_dots(item.vertices, item.codes)
            radius = 0.0 if found is None else found[1]
            look = look._replace(fill="", line=look.fill, line_alpha=1.0, width=2 * radius, cap="round")
        return kind(self._sheet, key, grains.look(look), look.clip)


def _sort(item: Item, sheet: Sheet) -> tuple[type[Layer], Hashable]:
    """The kind of layer that an item belongs to, and what is the same of all that lie in one."""
    if isinstance(item, Pictured):
        return Snippets, (Snippets, item.clip)
    if isinstance(item, Written):
        kind: type[Layer] = Snippets if sheet.as_text or item.angle or item.rules else Letters
        return kind, (kind, item.colour, item.alpha)
    look = item.look
    if not look.fill and look.line_alpha == 1 and look.cap == look.join == "round" and not look.dashes:
        return Lines, (Lines, look)
    if look.fill_alpha == 1 and not look.line:
        found = as_dots(item.vertices, item.codes)
        if found is not None:
            return Dots, (Dots, look, sheet.grains.of(found[1]))
    opaque = look.fill_alpha in (0, 1) and look.line_alpha in (0, 1)
    return (Shapes, (Shapes, look)) if opaque else (Whole, (Whole, look))


def together(layers: Iterable[Layer]) -> str:
    """Layers one above the other; neighbours with the same clip share it."""
    parts: list[str] = []
    clip: Rectangle | None = None
    for layer in layers:
        if layer.clip != clip:
            parts += ["</g>"] * (clip is not None)
            parts += [f'<g clip-path="url(#{layer.sheet.clip(layer.clip)})">'] if layer.clip is not None else []
            clip = layer.clip
        content = layer.written()
        parts.append(f"<g {layer.look}>{content}</g>" if layer.look and content else content)
    return "".join([*parts, *["</g>"] * (clip is not None)])
