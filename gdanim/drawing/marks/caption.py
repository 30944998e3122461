"""Captions: lines of text that change from frame to frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray

from gdanim.descent.timeline import Moment
from gdanim.drawing.geometry import Extent
from gdanim.drawing.lettering import Lettering
from gdanim.drawing.painting.mark import Mark, moment_of

Pieces = Sequence[tuple[str, str]]  # (text, colour), one after the other


@runtime_checkable
class SetsText(Protocol):
    """A renderer that sets text itself, where others are given its image."""

    def draw_text_pieces(self, lettering: Lettering, pieces: Pieces, left: float, base: float) -> None:
        """Set pieces side by side, from a pen at (left, base) in pixels from the bottom left."""


class Caption(Mark):
    """A line of text that changes. `at`: the left end of its baseline, in pixels (x, y) from the bottom left.

    `pieces_at` gives the pieces for a moment, or none. A centred caption has its middle at x; a plate of the given
    colour lies under it where it stands over other things. `about` is what it tells of, where that stands beside it.
    """

    def __init__(
        self,
        lettering: Lettering,
        pieces_at: Callable[[Moment], Pieces],
        at: tuple[float, float],
        *,
        centred: bool = False,
        plate: str | None = None,
        about: str = "",
    ) -> None:
        super().__init__(zorder=14)
        self.lettering, self.pieces_at, self.at, self.centred, self.plate = lettering, pieces_at, at, centred, plate
        self.about = about
        self._pieces: Pieces = ()
        self._image: NDArray[np.uint8] | None = None

    def show(self, moment: Moment) -> None:
        """Set the text for a moment; it is rendered anew only where it changed."""
        super().show(moment)
        pieces = tuple(self.pieces_at(moment_of(self)))
        if pieces != self._pieces:
            self._pieces = pieces
            self._image = self._drawn(pieces) if pieces else None

    def _drawn(self, pieces: Pieces) -> NDArray[np.uint8]:
        image = self.lettering.image(*pieces)
        if self.plate is None:
            return image
        pad = self.lettering.descent
        plate = np.empty((image.shape[0] + pad, image.shape[1] + 4 * pad, 4), dtype=np.uint8)
        plate[...] = np.round(np.multiply(to_rgba(self.plate), 255))
        room = plate[pad // 2 : pad // 2 + image.shape[0], 2 * pad : 2 * pad + image.shape[1], :3]
        alpha = image[..., 3:].astype(np.uint16)
        room[...] = (image[..., :3] * alpha + room * (255 - alpha) + 127) // 255
        return plate

    def told_at(self, moment: Moment) -> str:
        """What it tells, and of what; empty where it tells nothing."""
        text = "".join(text for text, _ in self.pieces_at(moment))
        return f"{self.about} {text}" if text else ""

    def state(self) -> Hashable:
        """What it says, and where."""
        return self._pieces, self.at

    def draw(self, renderer: RendererBase) -> None:
        """Lay the rendered line onto the canvas."""
        box = self.touched()
        if self._image is None or box is None or not self.get_visible():
            return
        left, bottom, right, top = box
        gc = renderer.new_gc()
        if not isinstance(renderer, SetsText):
            renderer.draw_image(gc, left, bottom, self._image[::-1])
        else:
            # It sets the text where others have its image.
            pad = base = self.lettering.descent
            if self.plate is not None:
                gc.set_linewidth(0.0)
                plate = Affine2D().scale(right - left, top - bottom).translate(left, bottom)
                renderer.draw_path(gc, Path.unit_rectangle(), plate, to_rgba(self.plate))
                left, base = left + 2 * pad, 2 * pad - pad // 2
            renderer.draw_text_pieces(self.lettering, self._pieces, left, bottom + base)
        gc.restore()

    def touched(self) -> Extent | None:
        """Bound the line."""
        if self._image is None:
            return None
        height, width = self._image.shape[:2]
        left, bottom = (
            round(self.at[0] - (width / 2 if self.centred else 0)),
            round(self.at[1]) - self.lettering.descent,
        )
        return left, bottom, left + width, bottom + height

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """The same as a box, in pixels; of no size where the line is empty."""
        del renderer
        return Bbox.from_extents(*(self.touched() or (*self.at, *self.at)))
