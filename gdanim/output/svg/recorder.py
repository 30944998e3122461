"""A matplotlib renderer that records what is drawn, as the paths, images and texts of items.py."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.font_manager import findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D

from gdanim.drawing.fallback import families
from gdanim.drawing.lettering import SANS
from gdanim.output.svg.items import DrawnImage, DrawnPath, DrawnText, Letter, PathStyle
from gdanim.output.svg.paths import find_discs, is_long, without_stop

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase as Context
    from matplotlib.font_manager import FontProperties as Font
    from matplotlib.transforms import Transform

    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces
    from gdanim.output.svg.items import Codes, Item, Outline, Rectangle, Vertices

    Typeset = tuple[list[Letter], tuple[Rectangle, ...]]  # letters and rules

CURVES: Final = (Path.CURVE3, Path.CURVE4)
_OUTLINES: Final = TextToPath()
_EM: Final = float(TextToPath.FONT_SCALE)


class Recorder(RendererBase):
    """Records what is drawn. `agg`, the raster renderer, measures text, so that all stands where the frames have it."""

    def __init__(self, agg: Any, dpi: float) -> None:
        super().__init__()
        self._agg, self._dpi = agg, dpi
        self._width, self._height = agg.get_canvas_width_height()
        self._flip = Affine2D().scale(1, -1).translate(0, self._height)
        self._items: list[Item] = []
        self.outlines: dict[str, Outline] = {}  # of all recorded letters, by name

    def take_items(self) -> list[Item]:
        """Return what was drawn since the last call."""
        items, self._items = self._items, []
        return items

    def points_to_pixels(self, points: Any) -> Any:
        """Convert points to pixels."""
        return points * self._dpi / 72

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size of the canvas in pixels."""
        return self._width, self._height

    def get_text_width_height_descent(self, s: str, prop: Font, ismath: bool | str) -> tuple[float, float, float]:
        """Measure a text as the raster formats do, in pixels."""
        width, height, descent = self._agg.get_text_width_height_descent(s, prop, ismath)
        return width, height, descent

    def draw_path(self, gc: Context, path: Path, transform: Transform, rgbFace: Any = None) -> None:
        """Record a path, snapped to whole pixels where Agg snaps it."""
        style = self._style(gc, rgbFace)
        if not style.fill and not style.stroke:
            return
        placed = transform + self._flip
        if not style.fill and path.codes is not None and np.isin(path.codes, CURVES).any():
            # Layers of strokes know straight pieces only, and whole circles.
            round_path = placed.transform_path(path)
            are_circles = find_discs(*without_stop(round_path)) is not None
            path = round_path if are_circles else path.cleaned(placed, curves=False)
        elif gc.get_snap() is False or is_long(path):
            path = placed.transform_path(path)
        else:
            path = path.cleaned(
                placed, remove_nans=True, snap=gc.get_snap(), stroke_width=style.width, curves=True,
                simplify=path.should_simplify and not style.fill,
            )  # fmt: skip
        self._add_path(style, *without_stop(path))

    def draw_markers(
        self, gc: Context, marker_path: Path, marker_trans: Transform, path: Path, trans: Transform, rgbFace: Any = None
    ) -> None:
        """Record all markers as one path."""
        style = self._style(gc, rgbFace)
        centres = np.asarray((trans + self._flip).transform(path.vertices))
        # Agg sets markers on whole pixels.
        centres = np.floor(centres[np.isfinite(centres).all(axis=1)] + 0.5)
        marker = marker_path.cleaned(
            marker_trans + Affine2D().scale(1, -1), snap=gc.get_snap(), stroke_width=style.width, curves=True
        )
        corners, codes = without_stop(marker)
        self._add_path(style, (centres[:, np.newaxis] + corners).reshape(-1, 2), np.tile(codes, len(centres)))

    def draw_image(self, gc: Context, x: float, y: float, im: Any, transform: Transform | None = None) -> None:
        """Record an image, whose first row is the lowest."""
        height = im.shape[0]
        self._items.append(DrawnImage(round(x), self._height - round(y) - height, im[::-1], self._clip(gc)))

    def draw_text(
        self, gc: Context, x: float, y: float, s: str, prop: Font, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """Record a text, letter by letter."""
        size = float(self.points_to_pixels(prop.get_size_in_points()))
        width = float(self.get_text_width_height_descent(s, prop, ismath)[0])
        outlined = float(self.points_to_pixels(_OUTLINES.get_text_width_height_descent(s, prop, ismath)[0]))
        # Agg sets letters on whole pixels, which makes its lines a little shorter or longer than the outlines'.
        stretch = width / outlined if outlined > 0 else 1.0
        placed, bars = (self._formula_letters if ismath else self._text_letters)(s, prop, size)
        letters = tuple(letter._replace(x=stretch * letter.x) for letter in placed)
        rules = tuple((stretch * left, top, stretch * wide, high) for left, top, wide, high in bars)
        red, green, blue, alpha = to_rgba(gc.get_rgb())
        colour, text = to_hex((red, green, blue)), "" if ismath else s
        self._items.append(DrawnText(colour, alpha, float(x), float(y), angle, letters, rules, text, width))

    def draw_text_pieces(self, lettering: Lettering, pieces: Pieces, left: float, base: float) -> None:
        """Record a line that changes: pieces of text side by side, on a baseline `base` pixels above the bottom."""
        size, y = lettering.size_pt * self._dpi / 72, self._height - base
        for text, colour in pieces:
            letters, width = [], lettering.width(text)
            for letter, font, x in lettering.glyph_positions(text):
                name, outline = _outline(font, letter)
                self.outlines.setdefault(name, outline)
                letters.append(Letter(name, letter, x, 0.0, size, False))
            if letters:
                words = text.rstrip()
                line = DrawnText(to_hex(colour), 1.0, left, y, 0.0, tuple(letters), (), words, lettering.width(words))
                self._items.append(line)
            left += width

    def _add_path(self, style: PathStyle, vertices: Vertices, codes: Codes) -> None:
        if len(vertices):
            self._items.append(DrawnPath(style, vertices, codes))

    def _style(self, gc: Context, face: Any) -> PathStyle:
        width = float(self.points_to_pixels(gc.get_linewidth()))
        red, green, blue, stroke_alpha = to_rgba(gc.get_rgb())
        fill, fill_alpha = "", 0.0
        if face is not None:
            fill_alpha = gc.get_alpha() if len(face) == 3 or gc.get_forced_alpha() else face[3]
            fill = to_hex(face[:3]) if fill_alpha > 0 else ""
        dashing: Any = gc.get_dashes()
        offset, dashes = dashing
        filled = PathStyle(fill, float(fill_alpha), float(self.points_to_pixels(offset or 0.0)), self._clip(gc))
        if width <= 0 or stroke_alpha <= 0:
            return filled
        return filled._replace(
            stroke=to_hex((red, green, blue)), stroke_alpha=stroke_alpha, width=width,
            cap=str(getattr(gc.get_capstyle(), "value", gc.get_capstyle())),
            join=str(getattr(gc.get_joinstyle(), "value", gc.get_joinstyle())),
            dashes=tuple(float(self.points_to_pixels(dash)) for dash in dashes or ()),
        )  # fmt: skip

    def _clip(self, gc: Context) -> Rectangle | None:
        box: Any = gc.get_clip_rectangle()
        if box is None:
            return None
        left, bottom, right, top = (float(edge) for edge in box.extents)
        return left, self._height - top, right - left, top - bottom

    def _text_letters(self, text: str, prop: Font, size: float) -> Typeset:
        font = get_font([*map(findfont, families(prop)), SANS])
        font.set_size(_EM, TextToPath.DPI)
        placed, found, _ = _OUTLINES.get_glyphs_with_font(font, text)
        self.outlines |= found
        return [Letter(name, "", x * size / _EM, -y * size / _EM, size, False) for name, x, y, _ in placed], ()

    def _formula_letters(self, text: str, prop: Font, size: float) -> Typeset:
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


@cache
def _outline(path: str, letter: str) -> tuple[str, Outline]:
    font = get_font(path)
    font.set_size(_EM, TextToPath.DPI)
    placed, found, _ = _OUTLINES.get_glyphs_with_font(font, letter)
    return placed[0][0], found[placed[0][0]]
