"""The sheet that an SVG is written on: its grains, its clock, and the outlines and clips that are written once."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from gdanim.output.svg.paths import colour_text, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.output.svg.paths import Grains
    from gdanim.output.svg.recorder import Outline, Rectangle
    from gdanim.output.svg.timing import Clock

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Sheet:
    """What the parts of one SVG share.

    outlines   of letters, by name
    prefix     of every id
    as_text    whether letters are the reader's own
    canvas     its width and its height in pixels
    """

    def __init__(
        self,
        *,
        grains: Grains,
        clock: Clock,
        outlines: Mapping[str, Outline],
        prefix: str,
        as_text: bool,
        canvas: tuple[int, int],
    ) -> None:
        self.grains, self.clock, self.prefix, self.as_text, self.canvas = grains, clock, prefix, as_text, canvas
        self._outlines = outlines
        self._names: dict[tuple[object, ...], str] = {}
        self._definitions: list[str] = []

    @property
    def definitions(self) -> str:
        """All that is referred to."""
        return f"<defs>{''.join(self._definitions)}</defs>" if self._definitions else ""

    def on(self, clock: Clock) -> Sheet:
        """The same sheet by another clock."""
        other = Sheet(
            grains=self.grains,
            clock=clock,
            outlines=self._outlines,
            prefix=self.prefix,
            as_text=self.as_text,
            canvas=self.canvas,
        )
        other._names, other._definitions = self._names, self._definitions
        return other

    def id(self, name: str) -> str:
        """A name that no other sheet on a page has."""
        return f"{self.prefix}{name}"

    def glyph(self, outline: str, size: float) -> str:
        """The id of a letter's outline at a size in pixels; "" has no ink."""
        if (known := self._names.get((outline, self.grains.px(size)))) is not None:
            return known
        name = self._name((outline, self.grains.px(size)))
        if not outline:
            self._definitions.append(f'<g id="{name}"/>')
            return name
        vertices, codes = self._outlines[outline]
        scaled = np.asarray(vertices) * (size / 100, -size / 100)
        shapes = self.grains.parted(scaled, np.asarray(codes))
        self._definitions.append(f'<path id="{name}" d="{self.grains.shapes(shapes)}"/>')
        return name

    def clip(self, rectangle: Rectangle) -> str:
        """The id of a clip."""
        left, top, width, height = (self.grains.px(edge) for edge in rectangle)
        key = (left, top, width, height)
        if key not in self._names:
            place = f'x="{left}" y="{top}" width="{width}" height="{height}"'
            self._definitions.append(f'<clipPath id="{self._name(key)}"><rect {place}/></clipPath>')
        return self._names[key]

    def _name(self, key: tuple[object, ...]) -> str:
        number, digits = len(self._names), ""
        while number or not digits:
            number, digit = divmod(number, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        self._names[key] = self.id(f"g{digits}")
        return self._names[key]

    def ink(self, colour: str, alpha: float) -> str:
        """The attributes of what is filled with a colour."""
        return f'fill="{colour_text(colour)}"' + (f' fill-opacity="{share(alpha)}"' if alpha < 1 else "")


def embedded(image: NDArray[np.uint8]) -> str:
    """An image (h, w, 4) as the address of a PNG that holds it exactly."""
    picture = PIL.Image.fromarray(np.ascontiguousarray(image))
    if (image[..., 3] == 255).all():
        picture = picture.convert("RGB")
        if picture.getcolors(256) is not None:
            picture = picture.quantize(256, dither=PIL.Image.Dither.NONE)
    held = io.BytesIO()
    picture.save(held, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}"
