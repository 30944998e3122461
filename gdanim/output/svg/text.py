"""Layers of letters, and of elements that are written whole: lines of text, formulas, images."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from gdanim.output.svg.items import DrawnImage, DrawnText
from gdanim.output.svg.layers import Layer
from gdanim.output.svg.timing import equal_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.output.svg.items import Item, Letter
    from gdanim.output.svg.timing import Span

Place = tuple[str, str, float]  # x, y and size of a letter


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
                self._frames[_image(item)].append(frame)
            elif isinstance(item, DrawnText) and (item.letters or not self.defs.as_text):
                self._frames[self._text(item)].append(frame)

    def markup(self) -> str:
        """Elements, grouped by the frames in which they are there."""
        groups: dict[tuple[int, ...], list[str]] = {}
        for element, frames in self._frames.items():
            groups.setdefault(tuple(frames), []).append(element)
        return "".join(
            [
                self.shown([(frame, frame + 1) for frame in frames], "".join(elements))
                for frames, elements in groups.items()
            ]
        )

    def _text(self, item: DrawnText) -> str:
        px = self.defs.numbers.px
        if not self.defs.as_text:
            glyphs = [(self.defs.glyph(letter.outline, letter.size), letter) for letter in item.letters]
            parts = [f'<use href="#{glyph}" x="{px(letter.x)}" y="{px(letter.y)}"/>' for glyph, letter in glyphs]
        elif item.text:
            # However wide the letters of the viewer's font are, the line keeps its length.
            width = f' textLength="{px(item.width)}" lengthAdjust="spacingAndGlyphs"' if len(item.text) > 1 else ""
            size = px(item.letters[0].size)
            parts = [f'<text font-size="{size}"{width}>{escape(item.text, quote=False)}</text>']
        else:
            parts = [_letter(letter, px) for letter in item.letters]
        parts += [f'<rect x="{px(x)}" y="{px(y)}" width="{px(w)}" height="{px(h)}"/>' for x, y, w, h in item.rules]
        rotation = f"rotate({-item.angle:g})" if item.angle else ""
        return f'<g transform="translate({px(item.x)} {px(item.y)}){rotation}">{"".join(parts)}</g>'


def _letter(letter: Letter, px: Callable[[float], str]) -> str:
    slant = ' font-style="italic"' if letter.is_italic else ""
    place = f'x="{px(letter.x)}" y="{px(letter.y)}" font-size="{px(letter.size)}"'
    return f"<text {place}{slant}>{escape(letter.text, quote=False)}</text>"


def _image(item: DrawnImage) -> str:
    """An image as a PNG without loss."""
    picture = PIL.Image.fromarray(np.ascontiguousarray(item.image))
    if (item.image[..., 3] == 255).all():
        picture = picture.convert("RGB")
        if picture.getcolors(256) is not None:
            picture = picture.quantize(256, dither=PIL.Image.Dither.NONE)
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True)
    place = f'x="{item.left:g}" y="{item.top:g}" width="{picture.width}" height="{picture.height}"'
    return f'<image {place} href="data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"/>'
