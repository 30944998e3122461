"""Writes a figure as a page of PDF, SVG or PNG, with its title, alt text and recipe; the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from gdanim.drawing.frame import Box, Frame
from gdanim.drawing.mpl import mpl
from gdanim.output.png import PngWriter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gdanim.output.base import FilmInfo

# Letters are outlines in SVG, which look alike everywhere; whole fonts in PDF, which journals ask for.
_RC: Final = {"svg.hashsalt": "gdanim", "svg.fonttype": "path", "svg.image_inline": True, "pdf.fonttype": 42}
_NO_SVG_METADATA: Final = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def _write_pdf(stream: BinaryIO, figure: Figure, info: FilmInfo) -> None:
    """Write a page in the figure's own size; the recipe stands in its keywords."""
    metadata = {"Title": info.title, "Subject": info.alt_text, "Keywords": info.recipe, "Creator": "gdanim"}
    undated = dict.fromkeys(("CreationDate", "Producer"))
    stream.write(_saved(figure, "pdf", {key: text or None for key, text in metadata.items()} | undated))


def _write_svg(stream: BinaryIO, figure: Figure, info: FilmInfo) -> None:
    """Write a drawing; the recipe is all that its <metadata> holds."""
    drawn = _saved(figure, "svg", _NO_SVG_METADATA)
    begin = drawn.index(b"<svg")
    inside = drawn.index(b">", begin) + 1
    about = {"title": info.title, "desc": info.alt_text, "metadata": info.recipe}
    elements = "".join(f"\n <{name}>{escape(text, quote=False)}</{name}>" for name, text in about.items() if text)
    stream.write(drawn[: inside - 1] + b' role="img">' + elements.encode() + drawn[inside:])


def _write_png(stream: BinaryIO, figure: Figure, info: FilmInfo) -> None:
    """Write the pixels."""
    canvas: Any = FigureCanvasAgg(figure)  # the backend's methods carry no types
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    height, width, _ = pixels.shape
    with PngWriter(stream, replace(info, width=width, height=height)) as writer:
        writer.write(Frame(index=0, end_s=0.0, box=Box(0, 0, width, height), pixels=pixels))


PAGES: Final = {".pdf": _write_pdf, ".svg": _write_svg, ".png": _write_png}


def _saved(figure: Figure, form: str, metadata: dict[str, Any]) -> bytes:
    page = BytesIO()
    rc: Any = _RC  # matplotlib's annotations name every key
    with mpl.rc_context(rc):
        figure.savefig(page, format=form, dpi="figure", metadata=metadata)
    return page.getvalue()
