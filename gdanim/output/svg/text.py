"""Layers of letters, and of elements that are written whole: lines of text, formulas, images."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

from gdanim.output.svg.defs import png_url
from gdanim.output.svg.items import DrawnImage, DrawnText
from gdanim.output.svg.layers import Layer
from gdanim.output.svg.timing import equal_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.output.svg.defs import Defs
    from gdanim.output.svg.items import Item, Letter

Place = tuple[str, str, float]  # x, y and size of a letter


class LetterLayer(Layer):
    """Letters in one colour. Where a letter changes, its place stays and refers to another outline."""

    def start(self) -> None:
        """Begin without letters."""
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
        steady: dict[tuple[tuple[int, int], ...], list[str]] = {}
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

    def start(self) -> None:
        """Begin without elements."""
        self._frames: dict[str, list[int]] = defaultdict(list)

    def add(self, frame: int, items: Sequence[Item]) -> None:
        """Note the elements that are there."""
        for item in items:
            self._frames[self._element(item)].append(frame)

    def markup(self) -> str:
        """Elements, grouped by the frames in which they are there."""
        groups: dict[tuple[int, ...], list[str]] = {}
        for element, frames in self._frames.items():
            groups.setdefault(tuple(frames), []).append(element)
        shown = [
            self.shown([(frame, frame + 1) for frame in frames], "".join(elements))
            for frames, elements in groups.items()
        ]
        return "".join(shown)

    def _element(self, item: Item) -> str:
        if isinstance(item, DrawnImage):
            height, width = item.image.shape[:2]
            place = f'x="{item.left:g}" y="{item.top:g}" width="{width}" height="{height}"'
            return f'<image {place} href="{png_url(item.image)}"/>'
        if not isinstance(item, DrawnText):
            raise TypeError("paths have layers of their own")
        if self.defs.as_text and not item.letters:
            return ""
        content = _as_text(item, self.defs) if self.defs.as_text else _as_outlines(item, self.defs)
        px = self.defs.numbers.px
        rules = [f'<rect x="{px(x)}" y="{px(y)}" width="{px(w)}" height="{px(h)}"/>' for x, y, w, h in item.rules]
        rotation = f"rotate({-item.angle:g})" if item.angle else ""
        transform = f"translate({px(item.x)} {px(item.y)}){rotation}"
        return f'<g transform="{transform}">{content}{"".join(rules)}</g>'


def _as_outlines(item: DrawnText, defs: Defs) -> str:
    px = defs.numbers.px
    uses = [
        f'<use href="#{defs.glyph(letter.outline, letter.size)}" x="{px(letter.x)}" y="{px(letter.y)}"/>'
        for letter in item.letters
    ]
    return "".join(uses)


def _as_text(item: DrawnText, defs: Defs) -> str:
    if not item.text:
        return "".join([_letter_as_text(letter, defs) for letter in item.letters])
    px = defs.numbers.px
    # However wide the letters of the viewer's font are, the line keeps its length.
    width = f' textLength="{px(item.width)}" lengthAdjust="spacingAndGlyphs"' if len(item.text) > 1 else ""
    return f'<text font-size="{px(item.letters[0].size)}"{width}>{escape(item.text, quote=False)}</text>'


def _letter_as_text(letter: Letter, defs: Defs) -> str:
    px, slant = defs.numbers.px, ' font-style="italic"' if letter.is_italic else ""
    place = f'x="{px(letter.x)}" y="{px(letter.y)}" font-size="{px(letter.size)}"'
    return f"<text {place}{slant}>{escape(letter.text, quote=False)}</text>"
