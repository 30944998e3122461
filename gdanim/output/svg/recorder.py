"""A renderer that writes down what is drawn, as shapes, images and letters in pixels from the top left."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.font_manager import findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from gdanim.drawing.lettering import SANS
from gdanim.output.svg.simplify import is_fine

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text
    from matplotlib.transforms import Transform

    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces

Vertices = NDArray[np.float64]  # (n, 2)
Codes = NDArray[np.uint8]  # (n,), of matplotlib.path.Path
Rectangle = tuple[float, float, float, float]  # left, top, width, height

ASIDE_PX = 2000.0  # around the canvas; what lies farther out needs its direction only
_OUTLINES = TextToPath()
_EM = float(TextToPath.FONT_SCALE)


class Look(NamedTuple):
    """How a shape is painted. Colours are #rrggbb or empty; lengths are pixels."""

    fill: str
    fill_alpha: float
    line: str
    line_alpha: float
    width: float
    cap: str
    join: str
    dashes: tuple[float, ...]
    dash_offset: float
    clip: Rectangle | None


class Drawn(NamedTuple):
    """A path."""

    look: Look
    vertices: Vertices
    codes: Codes


class Pictured(NamedTuple):
    """An image (h, w, 4), its first row on top."""

    left: float
    top: float
    image: NDArray[np.uint8]
    clip: Rectangle | None


class Letter(NamedTuple):
    """One letter: its outline's name, and where its pen stands from that of the line, in pixels, y downwards."""

    outline: str
    text: str
    x: float
    y: float
    size: float
    slanted: bool


class Written(NamedTuple):
    """A line of letters in one colour, turned counterclockwise by degrees about its pen.

    text    as it is read, where it is set as one; `width` is what it then takes
    rules   of fractions and roots, from the pen
    """

    colour: str
    alpha: float
    x: float
    y: float
    angle: float
    letters: tuple[Letter, ...]
    rules: tuple[Rectangle, ...]
    text: str
    width: float


Item = Drawn | Pictured | Written
Outline = tuple[Vertices, Codes]  # y upwards, an em is 100


class Recorder(RendererBase):
    """Writes down what is drawn on a canvas of `agg`, which measures its texts, so that all stand where they did."""

    def __init__(self, agg: Any, dpi: float) -> None:
        super().__init__()
        self._agg, self._dpi = agg, dpi
        self._width, self._height = agg.get_canvas_width_height()
        self._flip = Affine2D().scale(1, -1).translate(0, self._height)
        self._items: list[Item] = []
        self.outlines: dict[str, Outline] = {}

    def taken(self) -> list[Item]:
        """What was drawn since this was asked last."""
        items, self._items = self._items, []
        return items

    def points_to_pixels(self, points: Any) -> Any:
        """Points in pixels."""
        return points * self._dpi / 72

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size of the canvas in pixels."""
        return self._width, self._height

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        """As the frames have it."""
        width, height, descent = self._agg.get_text_width_height_descent(s, prop, ismath)
        return width, height, descent

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Write down a path, on whole pixels where the frames have it there."""
        look = self._look(gc, rgbFace)
        if not look.fill and not look.line:
            return
        placed = transform + self._flip
        if gc.get_snap() is False or is_fine(path):
            path = placed.transform_path(path)
        else:
            path = path.cleaned(
                placed, remove_nans=True, snap=gc.get_snap(), stroke_width=look.width, curves=True,
                simplify=path.should_simplify and not look.fill,
            )  # fmt: skip
        self._draw(look, np.asarray(path.vertices), path.codes)

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Write down a path of all markers."""
        look = self._look(gc, rgbFace)
        centres = np.asarray((trans + self._flip).transform(path.vertices))
        # Whole pixels, as Agg sets markers.
        centres = np.floor(centres[np.isfinite(centres).all(axis=1)] + 0.5)
        marker = marker_path.cleaned(
            marker_trans + Affine2D().scale(1, -1), snap=gc.get_snap(), stroke_width=look.width, curves=True
        )
        corners, codes = np.asarray(marker.vertices)[:-1], np.asarray(marker.codes)[:-1]  # the last one says stop
        self._draw(look, (centres[:, np.newaxis] + corners).reshape(-1, 2), np.tile(codes, len(centres)))

    def draw_image(
        self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Transform | None = None
    ) -> None:
        """Write down an image; its first row is the lowest."""
        height = im.shape[0]
        self._items.append(Pictured(round(x), self._height - round(y) - height, im[::-1], self._clip(gc)))

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Write down a text, letter by letter."""
        size = float(self.points_to_pixels(prop.get_size_in_points()))
        width = float(self.get_text_width_height_descent(s, prop, ismath)[0])
        own = float(self.points_to_pixels(_OUTLINES.get_text_width_height_descent(s, prop, ismath)[0]))
        # The letters of the frames are set on whole pixels: lines of them are a little shorter or longer than these.
        wider = width / own if own > 0 else 1.0
        letters, rules = (self._of_formula if ismath else self._of_text)(s, prop, size)
        red, green, blue, alpha = to_rgba(gc.get_rgb())
        self._items.append(
            Written(
                colour=to_hex((red, green, blue)),
                alpha=alpha,
                x=float(x),
                y=float(y),
                angle=angle,
                letters=tuple(letter._replace(x=wider * letter.x) for letter in letters),
                rules=tuple((wider * left, top, wider * wide, high) for left, top, wide, high in rules),
                text="" if ismath else s,
                width=width,
            )
        )

    def draw_words(self, lettering: Lettering, pieces: Pieces, left: float, base: float) -> None:
        """Write down a line that changes: pieces one after the other, on a baseline that counts from the bottom."""
        size = lettering.size_pt * self._dpi / 72
        for text, colour in pieces:
            letters = tuple(
                Letter(self._outline(font, letter), letter, x, 0.0, size, False)
                for letter, font, x in lettering.places(text)
            )
            if letters:
                y = self._height - base
                self._items.append(
                    Written(to_hex(colour), 1.0, left, y, 0.0, letters, (), text.rstrip(), lettering.width(text))
                )
            left += lettering.width(text)

    def _draw(self, look: Look, vertices: Vertices, codes: Any) -> None:
        if len(vertices):
            self._items.append(Drawn(look, vertices, _codes(len(vertices), codes)))

    def _look(self, gc: GraphicsContextBase, face: Any) -> Look:
        width = float(self.points_to_pixels(gc.get_linewidth()))
        red, green, blue, line_alpha = to_rgba(gc.get_rgb())
        fill, fill_alpha = "", 0.0
        if face is not None:
            fill_alpha = gc.get_alpha() if len(face) == 3 or gc.get_forced_alpha() else face[3]
            fill = to_hex(face[:3]) if fill_alpha > 0 else ""
        dashing: Any = gc.get_dashes()
        offset, dashes = dashing
        inked = width > 0 and line_alpha > 0
        return Look(
            fill=fill,
            fill_alpha=float(fill_alpha),
            line=to_hex((red, green, blue)) if inked else "",
            line_alpha=line_alpha if inked else 0.0,
            width=width if inked else 0.0,
            cap=str(getattr(gc.get_capstyle(), "value", gc.get_capstyle())) if inked else "",
            join=str(getattr(gc.get_joinstyle(), "value", gc.get_joinstyle())) if inked else "",
            dashes=tuple(float(self.points_to_pixels(dash)) for dash in dashes) if inked and dashes is not None else (),
            dash_offset=float(self.points_to_pixels(offset or 0.0)),
            clip=self._clip(gc),
        )

    def _clip(self, gc: GraphicsContextBase) -> Rectangle | None:
        box: Any = gc.get_clip_rectangle()
        if box is None:
            return None
        left, bottom, right, top = (float(edge) for edge in box.extents)
        return left, self._height - top, right - left, top - bottom

    def _of_text(self, text: str, prop: FontProperties, size: float) -> tuple[list[Letter], tuple[Rectangle, ...]]:
        font = get_font([findfont(prop), SANS])
        font.set_size(_EM, TextToPath.DPI)
        placed, found, _ = _OUTLINES.get_glyphs_with_font(font, text)
        self.outlines |= found
        return [Letter(name, "", x * size / _EM, -y * size / _EM, size, False) for name, x, y, _ in placed], ()

    def _of_formula(self, text: str, prop: FontProperties, size: float) -> tuple[list[Letter], tuple[Rectangle, ...]]:
        prop = prop.copy()
        prop.set_size(_EM)
        parsed: Any = _OUTLINES.mathtext_parser.parse(text, TextToPath.DPI, prop)
        placed, found, _ = _OUTLINES.get_glyphs_mathtext(prop, text)
        self.outlines |= found
        scale = size / _EM
        letters = [
            Letter(name, chr(code), x * scale, -y * scale, size * share, "Oblique" in font.style_name)
            for (name, x, y, share), (font, _, code, *_) in zip(placed, parsed.glyphs, strict=True)
        ]
        rules = tuple((x * scale, -(y + h) * scale, w * scale, h * scale) for x, y, w, h in parsed.rects)
        return letters, rules

    def _outline(self, font: str, letter: str) -> str:
        name, outline = _outline(font, letter)
        self.outlines.setdefault(name, outline)
        return name


@cache
def _outline(path: str, letter: str) -> tuple[str, Outline]:
    font = get_font(path)
    font.set_size(_EM, TextToPath.DPI)
    placed, found, _ = _OUTLINES.get_glyphs_with_font(font, letter)
    return placed[0][0], found[placed[0][0]]


def _codes(count: int, codes: Any) -> Codes:
    if codes is not None:
        return np.asarray(codes, dtype=np.uint8)
    lines = np.full(count, Path.LINETO, dtype=np.uint8)
    lines[:1] = Path.MOVETO
    return lines
