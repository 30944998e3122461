"""Rows of a legend: a sign and texts in columns, which may change from frame to frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.transforms import Bbox, IdentityTransform
from numpy.typing import NDArray

from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent
from gdanim.drawing.lettering import Lettering
from gdanim.drawing.marks.caption import SetsText
from gdanim.drawing.painting.mark import Mark, moment_of
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.shapes import SHAPES, copies

_PIXELS = IdentityTransform()


class Cell(NamedTuple):
    """A text; its left end from that of the row, and how far its line lies below the first one, in pixels."""

    left: float
    text: str
    colour: str
    down: float = 0.0


class RowContent(NamedTuple):
    """The sign of some runs, or none, and the cells right of it; whether these tell more than a name."""

    run_style: RunStyle | None = None
    cells: tuple[Cell, ...] = ()
    tells: bool = False


class Row(Mark):
    """A row: `at` is the left end of its first baseline, in pixels (x, y) from the bottom left, `width` what it may
    take, and `drop` how far its last baseline lies below the first.

    `content_at` gives what it holds at a moment.
    """

    def __init__(
        self,
        lettering: Lettering,
        content_at: Callable[[Moment], RowContent],
        at: tuple[float, float],
        width: float,
        *,
        drop: float = 0.0,
    ) -> None:
        super().__init__(zorder=14)
        self.lettering, self.content_at, self.width, self.drop = lettering, content_at, width, round(drop)
        self.at = round(at[0]), round(at[1])
        self.content = RowContent()
        self._images: list[tuple[int, int, NDArray[np.uint8]]] = []

    def show(self, moment: Moment) -> None:
        """Set the content for a moment; texts are rendered anew only where one changed."""
        super().show(moment)
        content = self.content_at(moment_of(self))
        if content.cells != self.content.cells:
            self._images = [
                (*self.pen(cell), self.lettering.image((cell.text, cell.colour))) for cell in content.cells if cell.text
            ]
        self.content = content

    def state(self) -> Hashable:
        """What it holds."""
        run_style = self.content.run_style
        return self.content.cells, run_style and (run_style.shape, run_style.colour)

    def pen(self, cell: Cell) -> tuple[int, int]:
        """Where the baseline of a cell begins, in pixels (x, y) from the bottom left."""
        return self.at[0] + round(cell.left), self.at[1] - round(cell.down)

    def told_at(self, moment: Moment) -> str:
        """What it tells at a moment; empty where it only gives a name."""
        content = self.content_at(moment)
        return " ".join(cell.text for cell in content.cells if cell.text) if content.tells else ""

    def draw(self, renderer: RendererBase) -> None:
        """Paint the sign, and lay the rendered texts onto the canvas."""
        if self.moment is None or not self.get_visible():
            return
        gc = renderer.new_gc()
        if self.content.run_style is not None:
            em = self.lettering.ascent
            middle = np.array([[self.at[0] + em / 2, self.at[1] + 0.4 * em]])
            gc.set_linewidth(0)
            sign = copies(SHAPES[self.content.run_style.shape], middle, 0.36 * em)
            renderer.draw_path(gc, sign, _PIXELS, to_rgba(self.content.run_style.colour))
        if isinstance(renderer, SetsText):
            for cell in self.content.cells:
                renderer.draw_text_pieces(self.lettering, [(cell.text, cell.colour)], *self.pen(cell))
        else:
            for left, base, image in self._images:
                renderer.draw_image(gc, left, base - self.lettering.descent, image[::-1])
        gc.restore()

    def touched(self) -> Extent:
        """Bound the row, as wide as it may be."""
        (left, base), lettering = self.at, self.lettering
        return left, base - self.drop - lettering.descent, left + self.width, base + lettering.ascent

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """The same as a box, in pixels."""
        del renderer
        return Bbox.from_extents(*self.touched())
