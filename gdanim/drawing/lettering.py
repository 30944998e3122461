"""Text composed from glyphs that are rendered once, so that numbers can change in every frame.

matplotlib takes 3.8 ms to lay out a changed Text, twenty times as long as the rest of a frame.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, get_hinting_flag
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontPath, FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.mathtext import MathTextParser
from numpy.typing import NDArray

from gdanim.drawing.frame import Pixels

SANS = FontPath(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 0)
DIGITS = "0123456789"
FACE = ("font.family", "font.sans-serif", "font.style", "font.variant", "font.weight", "font.stretch")
FIGURES = f"{DIGITS}+−\u2007"  # equally wide in every font, so that numbers keep their places
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
EXPONENT = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?)e([+-]\d+)(?!\w)")  # of a number as Python writes it
HAIR = "\u200a"  # a blank, here exactly one pixel wide
LETTERS = re.compile(f"{HAIR}+|.", re.DOTALL)  # of a text, a row of hairs as one
SUBSCRIPT_SPACE = "\u2006"  # a blank, here exactly as wide as a subscript digit
KEPT = 256  # texts of which the image is kept
MOST_OPEN = 32  # fonts in a size, kept open
FEW = 4  # letters of a text that is never cut
UNKNOWN = "\N{REPLACEMENT CHARACTER}"  # stands for a letter that no font at hand has


MATHTEXT = MathTextParser("path")


class Canvas(FigureCanvasAgg):
    """Agg's canvas. Formulas are set once in a process, not once for every figure: that takes 15 ms each."""

    def get_renderer(self) -> Any:
        """The renderer of the figure in its present size."""
        renderer: Any = super().get_renderer()  # type: ignore[no-untyped-call]
        renderer.mathtext_parser = MATHTEXT
        return renderer


class Glyph(NamedTuple):
    """A rendered letter: coverage (h, w) from 0 to 255, and its offset from the pen on the baseline, in pixels."""

    coverage: NDArray[np.uint8]
    left: int
    top: int
    advance: int


class Strip(NamedTuple):
    """A letter or a text as high as a line: coverage, offset of its left edge, and how far the pen moves, in pixels.

    The coverage is column by column, so that texts are joined as bytes: joining arrays takes several times as long.
    """

    columns: bytes
    left: int
    advance: int


class Lettering:
    """Draws one line of text at one size, in the font of the style that is applied.

    Digits and the minus are equally wide, so that numbers keep their places.
    """

    def __init__(self, *, size_pt: float, dpi: float) -> None:
        self.size_pt, self._dpi = size_pt, dpi
        # By their files: one that is open would be shared with a forked process; see _opened.
        self._paths = (_font_of_style(), SANS, *_fonts_behind())
        # As matplotlib hints its own text, so that the readout and the labels of the axes are set alike.
        self._hinting = get_hinting_flag()  # type: ignore[no-untyped-call]
        self._glyph, self._letter = cache(self._drawn), cache(self._strip)
        # Most of a line is the same in the next frame.
        self._text = lru_cache(KEPT)(self._composed)

    @cached_property
    def ascent(self) -> int:
        """Height of a line above the baseline, in pixels."""
        return max(self._glyph(letter).top for letter in "fdÂ")

    @cached_property
    def descent(self) -> int:
        """Depth of a line below the baseline, in pixels."""
        return max(len(glyph.coverage) - glyph.top for glyph in map(self._glyph, "gj("))

    def width(self, text: str) -> int:
        """The width of a text in pixels."""
        return sum([self._glyph(letter).advance for letter in text])

    def image(self, *pieces: tuple[str, str]) -> Pixels:
        """Draw pieces of (text, colour) one after the other: (ascent + descent, width, 4), transparent around them."""
        strips = [self._text(text) for text, _ in pieces]
        line = _joined(strips, self.ascent + self.descent)
        image = np.zeros((self.ascent + self.descent, max(line.advance, 1), 4), dtype=np.uint8)
        pen = 0
        for strip, (_, colour) in zip(strips, pieces, strict=True):
            # The whole piece has its colour, also where it is transparent: blending then never darkens an edge.
            image.view(np.uint32)[:, pen : pen + strip.advance] = _clear(colour)
            pen += strip.advance
        left = max(line.left, 0)
        coverage = np.frombuffer(line.columns, dtype=np.uint8).reshape(-1, len(image)).T
        room = image[:, left : left + coverage.shape[1], 3]
        room[...] = coverage[:, : room.shape[1]]
        return image

    def glyph_positions(self, text: str) -> Iterator[tuple[str, str, float]]:
        """Each letter but spaces: the letter, the file of its font, and its pen, in pixels from the line's start."""
        pen = 0
        for letter in text:
            glyph = self._glyph(letter)
            if not letter.isspace():
                font = self._font_of(letter)
                known = letter if font.get_char_index(ord(letter)) else UNKNOWN
                # Figures stand in the middle of places that are all equally wide.
                advance = round(font.load_char(ord(known), flags=self._hinting).horiAdvance / 64)
                yield known, str(font.fname), pen + (glyph.advance - advance) / 2
            pen += glyph.advance

    def _composed(self, text: str) -> Strip:
        # Numbers that keep their places stand among dozens of hairs: each row of them is one blank.
        strips = [self._letter(part) if len(part) == 1 else Strip(b"", 0, len(part)) for part in LETTERS.findall(text)]
        return _joined(strips, self.ascent + self.descent)

    def _strip(self, letter: str) -> Strip:
        glyph = self._glyph(letter)
        inked = np.flatnonzero(glyph.coverage.any(axis=0))
        first, last = (inked[0], inked[-1] + 1) if inked.size else (0, 0)
        coverage = np.zeros((self.ascent + self.descent, last - first), dtype=np.uint8)
        room = coverage[max(self.ascent - glyph.top, 0) :][: len(glyph.coverage)]
        room[...] = glyph.coverage[: len(room), first:last]
        return Strip(coverage.T.tobytes(), glyph.left + int(first), glyph.advance)

    def _drawn(self, letter: str) -> Glyph:
        if letter == HAIR:
            return Glyph(np.zeros((1, 1), dtype=np.uint8), 0, 0, 1)
        if letter == SUBSCRIPT_SPACE:
            return Glyph(np.zeros((1, 1), dtype=np.uint8), 0, 0, self._glyph(SUBSCRIPTS[0]).advance)
        font = self._font_of(letter)
        if not font.get_char_index(ord(letter)):
            letter = UNKNOWN
        glyph = font.load_char(ord(letter), flags=self._hinting)
        left, bottom, right, top = (edge / 64 for edge in glyph.bbox)
        # The font draws the glyph to the right of the pen itself: the bearing is part of the image.
        shift = max(0, -floor(left))
        coverage = np.zeros((max(ceil(top) - floor(bottom), 1), max(ceil(right) + shift, 1)), dtype=np.uint8)
        font.draw_glyph_to_bitmap(coverage, shift, 0, glyph)
        advance = round(glyph.horiAdvance / 64)
        if letter not in FIGURES:
            return Glyph(coverage, -shift, ceil(top), advance)
        # In the middle of its place; the sign's blank sides are cut off.
        return Glyph(coverage, -shift - (advance - self._figure_px) // 2, ceil(top), self._figure_px)

    def _font_of(self, letter: str) -> FT2Font:
        # What the style's font lacks, the signs of mathematics often, is set in ours, or in one of the system.
        fonts = (self._opened(path) for path in self._paths)
        return next((font for font in fonts if font.get_char_index(ord(letter))), self._opened(SANS))

    def _opened(self, path: FontPath) -> FT2Font:
        return _opened(path, self.size_pt, self._dpi)

    @cached_property
    def _figure_px(self) -> int:
        font = self._opened(self._paths[0])
        advances = [font.load_char(ord(digit), flags=self._hinting).horiAdvance for digit in DIGITS]
        return round(max(advances) / 64)


def _joined(strips: Sequence[Strip], height: int) -> Strip:
    """Strips side by side in one; where one overlaps the next, both are seen."""
    pens = [0, *accumulate(strip.advance for strip in strips)]
    begins = [pen + strip.left for pen, strip in zip(pens, strips, strict=False)]
    left = min(begins, default=0)
    columns = bytearray()
    for begin, strip in zip(begins, strips, strict=True):
        if not strip.columns:
            continue
        over = len(columns) - (begin - left) * height
        if over <= 0:
            columns += bytes(-over)
            columns += strip.columns
            continue
        at, shared = len(columns) - over, min(over, len(strip.columns))
        columns[at : at + shared] = bytes(map(max, columns[at : at + shared], strip.columns))
        columns += strip.columns[shared:]
    return Strip(bytes(columns), left, pens[-1])


@cache
def _clear(colour: str) -> NDArray[np.uint32]:
    """A transparent pixel of a colour, packed into one number: (1,)."""
    return np.array([*np.round(np.multiply(to_rgb(colour), 255)), 0], dtype=np.uint8).view(np.uint32)


def _font_of_style() -> FontPath:
    current: Any = mpl.rcParams  # matplotlib's annotations name every key
    default: Any = mpl.rcParamsDefault
    # A search costs time, and could come upon another version of the bundled font that is installed.
    return SANS if all(current[key] == default[key] for key in FACE) else findfont(FontProperties())


def _fonts_behind() -> list[FontPath]:
    """The fonts behind the first of the style that is applied, for letters that it lacks."""
    current: Any = mpl.rcParams
    return [findfont(FontProperties(family=[family])) for family in current["font.family"][1:]]


@lru_cache(MOST_OPEN)
def _opened(font: FontPath, size_pt: float, dpi: float) -> FT2Font:
    """A font in a size. It holds its file open, so that pictures share it: a process may open few."""
    opened = FT2Font(font, face_index=font.face_index)
    opened.set_size(size_pt, dpi)
    return opened


if hasattr(os, "register_at_fork"):  # a forked process would move the place in the file that its parent reads
    os.register_at_fork(after_in_child=_opened.cache_clear)


def minus(text: str) -> str:
    """A text of numbers with real minus signs, and with powers of ten for exponents, as they are set along the axes."""
    return EXPONENT.sub(lambda found: power(found[1], int(found[2])), text).replace("-", "−")


def power(mantissa: str, exponent: int) -> str:
    """A number with a power of ten: `2×10⁵`, `10⁻⁸`."""
    ten = f"10{str(exponent).translate(SUPERSCRIPT)}"
    return f"{mantissa[:-1]}{ten}" if mantissa in ("1", "-1", "−1") else f"{mantissa}×{ten}"


def shortened(text: str, room: float, width: Callable[[str], float]) -> str:
    """A text where it fits into a room, else its beginning and an ellipsis; FEW letters always stay."""
    shown = text
    while (found := width(shown)) > room and len(text) > FEW:
        text = text[: min(len(text) - 1, int(len(text) * max(room, 0.0) / found))].rstrip()
        shown = f"{text}…"
    return shown
