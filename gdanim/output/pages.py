"""Single frames as vectors, for slides and papers: the pages of a PDF, or files of their own.

A page is as large as the picture: its pixels over its dots per inch. The picture draws itself as in the animation.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from matplotlib.artist import Artist
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from gdanim.descent.stops import shown_frames
from gdanim.drawing.mpl import mpl
from gdanim.output.filmstrip.renderer import VectorOffsetRenderer
from gdanim.output.svg.writer import write_stills

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gdanim.drawing.scene import Scene
    from gdanim.output.base import FilmInfo

_RC: Final = {"pdf.fonttype": 42}  # whole fonts, which journals ask for


def write_pages(stream: BinaryIO, scene: Scene, info: FilmInfo, *, stops: tuple[str, ...], suffix: str) -> None:
    """Write a PDF with a page for each frame, or for those at `stops`; see SceneWriter."""
    del suffix  # there is one
    stream.write(_pdf(scene, info, shown_frames(scene.timeline, stops)))


def write_sequence(
    folder: Path, scene: Scene, info: FilmInfo, *, stops: tuple[str, ...], svg_text: str, suffix: str
) -> None:
    """Write each frame, or those at `stops`, into a folder: 0.svg, 1.svg, … or 0.pdf, 1.pdf, …; see SceneWriter."""
    frames = shown_frames(scene.timeline, stops)
    if suffix == ".svg":
        write_stills(folder, scene, info, frames, svg_text=svg_text)
        return
    for number, frame in enumerate(frames):
        (folder / f"{number}{suffix}").write_bytes(_pdf(scene, info, [frame]))


def about_pdf(info: FilmInfo) -> dict[str, str | None]:
    """What a PDF says of itself: the recipe stands in its keywords, and nothing of when and by whom it was made."""
    about = {"Title": info.title, "Subject": info.alt_text, "Keywords": info.recipe, "Creator": "gdanim"}
    return {key: text or None for key, text in about.items()} | {"CreationDate": None, "Producer": None}


def _pdf(scene: Scene, info: FilmInfo, frames: Sequence[int]) -> bytes:
    """A PDF with a page for each of the frames."""
    dpi, content = float(scene.figure.dpi), BytesIO()
    page = Figure(figsize=(info.width / dpi, info.height / dpi), dpi=dpi, facecolor="none")
    picture = _Picture(scene, page)
    page.add_artist(picture)
    settings: Any = _RC  # matplotlib's annotations name every key
    with mpl.rc_context(settings), PdfPages(content, metadata=about_pdf(info)) as pages:
        for frame in frames:
            scene.update(frame)
            page.savefig(pages, format="pdf", dpi="figure")
    return content.getvalue()


class _Picture(Artist):
    """Draws the picture as the scene shows it."""

    def __init__(self, scene: Scene, page: Figure) -> None:
        super().__init__()
        self._scene, self._page, self._dpi = scene, page, float(page.dpi)

    def draw(self, renderer: Any) -> None:
        """Draw it on a page of vectors."""
        # Vector backends set the figure to their own unit, the point, while they draw.
        unit_px = self._dpi / float(self._page.dpi)
        at_page = VectorOffsetRenderer(renderer, dpi=self._dpi, unit_px=unit_px, offset=(0.0, 0.0))
        self._scene.figure.draw(at_page)
        for mark in self._scene.marks:
            mark.draw(at_page)
