"""What a frame draws: paths, images and lines of text. Lengths are in pixels, from the top left, y downwards."""

from __future__ import annotations

import base64
import io
from typing import NamedTuple

import numpy as np
import PIL.Image
from numpy.typing import NDArray

Vertices = NDArray[np.float64]  # (n, 2)
Codes = NDArray[np.uint8]  # (n,), of matplotlib.path.Path
Rectangle = tuple[float, float, float, float]  # left, top, width, height
Outline = tuple[Vertices, Codes]  # of a letter: y upwards, an em is 100


class PathStyle(NamedTuple):
    """How a path is painted. Colours are #rrggbb, or "" for none."""

    fill: str
    fill_alpha: float
    dash_offset: float
    clip: Rectangle | None
    stroke: str = ""
    stroke_alpha: float = 0.0
    width: float = 0.0
    cap: str = ""
    join: str = ""
    dashes: tuple[float, ...] = ()


class DrawnPath(NamedTuple):
    """A path."""

    style: PathStyle
    vertices: Vertices
    codes: Codes


class DrawnImage(NamedTuple):
    """An image (h, w, 4), top row first."""

    left: float
    top: float
    image: NDArray[np.uint8]
    clip: Rectangle | None

    def markup(self) -> str:
        """An element that has it as a PNG, without loss."""
        picture = PIL.Image.fromarray(np.ascontiguousarray(self.image))
        if (self.image[..., 3] == 255).all():
            picture = picture.convert("RGB")
            if picture.getcolors(256) is not None:
                picture = picture.quantize(256, dither=PIL.Image.Dither.NONE)
        png = io.BytesIO()
        picture.save(png, "PNG", optimize=True)
        place = f'x="{self.left:g}" y="{self.top:g}" width="{picture.width}" height="{picture.height}"'
        return f'<image {place} href="data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"/>'


class Letter(NamedTuple):
    """One letter of a line: the name of its outline, and its pen position relative to that of the line."""

    outline: str
    text: str
    x: float
    y: float
    size: float
    is_italic: bool


class DrawnText(NamedTuple):
    """A line of text in one colour, rotated counterclockwise by `angle` degrees about its pen position (x, y)."""

    colour: str
    alpha: float
    x: float
    y: float
    angle: float
    letters: tuple[Letter, ...]
    rules: tuple[Rectangle, ...]  # bars of fractions and roots, relative to the pen position
    text: str  # the characters, where the line is no formula; else ""
    width: float  # of the line as the raster formats draw it


Item = DrawnPath | DrawnImage | DrawnText
