"""State shared by all parts of one SVG: coordinate precision, ids, and the outlines and clips that <defs> holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gdanim.output.svg.items import Outline, Rectangle
    from gdanim.output.svg.paths import FixedPoint


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
