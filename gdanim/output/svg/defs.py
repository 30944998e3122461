"""State shared by all parts of one SVG: coordinate precision, ids, and the outlines and clips that <defs> holds."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.output.svg.items import Outline, Rectangle
    from gdanim.output.svg.paths import FixedPoint

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Defs:
    """Definitions that elements refer to by their id; each is made when it is first asked for.

    numbers    the precision of coordinates
    outlines   of letters, by name
    prefix     of every id
    as_text    whether letters are <text> in a font of the viewer's, not outlines
    canvas     width and height in pixels
    """

    def __init__(
        self,
        *,
        numbers: FixedPoint,
        outlines: Mapping[str, Outline],
        prefix: str,
        as_text: bool,
        canvas: tuple[int, int],
    ) -> None:
        self.numbers, self.prefix, self.as_text, self.canvas = numbers, prefix, as_text, canvas
        self._outlines = outlines
        self._ids: dict[tuple[object, ...], str] = {}
        self._elements: list[str] = []

    @property
    def markup(self) -> str:
        """The <defs> element; "" where nothing is defined."""
        return f"<defs>{''.join(self._elements)}</defs>" if self._elements else ""

    def id(self, name: str) -> str:
        """An id that no other SVG on a page has."""
        return f"{self.prefix}{name}"

    def glyph(self, outline: str, size: float) -> str:
        """The id of a letter's outline at a size in pixels; that of "" paints nothing."""
        key = outline, self.numbers.px(size)
        if key in self._ids:
            return self._ids[key]
        name = self._new_id(key)
        if not outline:
            self._elements.append(f'<g id="{name}"/>')
            return name
        vertices, codes = self._outlines[outline]
        scaled = np.asarray(vertices) * (size / 100, -size / 100)
        path = self.numbers.subpaths(self.numbers.split(scaled, np.asarray(codes)))
        self._elements.append(f'<path id="{name}" d="{path}"/>')
        return name

    def clip(self, rectangle: Rectangle) -> str:
        """The id of a clip path."""
        left, top, width, height = key = tuple(map(self.numbers.px, rectangle))
        if key not in self._ids:
            rect = f'<rect x="{left}" y="{top}" width="{width}" height="{height}"/>'
            self._elements.append(f'<clipPath id="{self._new_id(key)}">{rect}</clipPath>')
        return self._ids[key]

    def _new_id(self, key: tuple[object, ...]) -> str:
        """g and a number in base 36: g0, g1, … gz, g10."""
        number, digits = len(self._ids), ""
        while number or not digits:
            number, digit = divmod(number, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        self._ids[key] = self.id(f"g{digits}")
        return self._ids[key]


def png_url(image: NDArray[np.uint8]) -> str:
    """An image (h, w, 4) as a data: URL of a PNG without loss."""
    picture = PIL.Image.fromarray(np.ascontiguousarray(image))
    if (image[..., 3] == 255).all():
        picture = picture.convert("RGB")
        if picture.getcolors(256) is not None:
            picture = picture.quantize(256, dither=PIL.Image.Dither.NONE)
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
