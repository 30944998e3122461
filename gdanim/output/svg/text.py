"""Layers of letters, and of elements that are written as they are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gdanim.output.svg.defs import embedded
from gdanim.output.svg.layers import Layer
from gdanim.output.svg.recorder import Pictured, Written
from gdanim.output.svg.timing import runs_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gdanim.output.svg.defs import Sheet
    from gdanim.output.svg.recorder import Item, Letter, Rectangle

Cell = tuple[str, str, float]  # x, y and size of a letter's place


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
        words = f'<text font-size="{px(first.size)}"{width}>{escape(item.text, quote=False)}</text>'
    else:
        words = "".join([_letter(letter, sheet) for letter in item.letters])
    return f"<g {_placed(item, sheet)}>{words}{''.join(_rules(item, sheet))}</g>"


def _letter(letter: Letter, sheet: Sheet) -> str:
    px, slant = sheet.grains.px, ' font-style="italic"' if letter.slanted else ""
    place = f'x="{px(letter.x)}" y="{px(letter.y)}" font-size="{px(letter.size)}"'
    return f"<text {place}{slant}>{escape(letter.text, quote=False)}</text>"


def _placed(item: Written, sheet: Sheet) -> str:
    turn = f"rotate({-item.angle:g})" if item.angle else ""
    return f'transform="translate({sheet.grains.px(item.x)} {sheet.grains.px(item.y)}){turn}"'


def _rules(item: Written, sheet: Sheet) -> list[str]:
    px = sheet.grains.px
    return [f'<rect x="{px(x)}" y="{px(y)}" width="{px(w)}" height="{px(h)}"/>' for x, y, w, h in item.rules]
