"""Where words have room in axes: boxes that cover no line, no path, no sign and no other words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from gdanim.drawing.geometry import Extent, PixelPoints

FAR_PX: Final = 1e4  # beyond the canvas, where only the direction of a line counts


class Box(NamedTuple):
    """A rectangle in pixels from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, middle: PixelPoints, half: PixelPoints) -> Self:
        """The box around a middle (2,) that reaches as far as `half` (2,)."""
        return cls(*(middle - half).tolist(), *(middle + half).tolist())

    @classmethod
    def of(cls, artist: Artist) -> Self:
        """The box around what is drawn of an artist."""
        return cls(*artist.get_window_extent().extents)

    def meets(self, other: Extent) -> bool:
        """Whether it and another one overlap."""
        left, bottom, right, top = other
        return self.left < right and left < self.right and self.bottom < top and bottom < self.top

    def lies_in(self, axes: Axes) -> bool:
        """Whether all of it lies in axes."""
        low, high = axes.bbox.min, axes.bbox.max
        return self.left >= low[0] and self.bottom >= low[1] and self.right <= high[0] and self.top <= high[1]


@dataclass
class Obstacles:
    """What words may not cover: polylines, given by their straight pieces, and boxes.

    middle, half (m, 2)   of a piece: it lies between `middle - half` and `middle + half`, in pixels
    """

    middle: PixelPoints
    half: PixelPoints
    boxes: list[Extent] = field(default_factory=list)

    @classmethod
    def of(cls, lines: Iterable[PixelPoints]) -> Self:
        """Those of polylines (n, 2), of which single points are a kind; points that are not finite are left out."""
        clean = [np.clip(line[np.isfinite(line).all(axis=1)], -FAR_PX, FAR_PX) for line in lines]
        none = np.empty((0, 2))
        begins = np.concatenate([none, *(np.concatenate([line[:1], line[:-1]]) for line in clean)])
        ends = np.concatenate([none, *clean])
        return cls((begins + ends) / 2, (ends - begins) / 2)

    def first_free(self, boxes: Iterable[Box], axes: Axes) -> Box | None:
        """The first of some boxes that lies in axes and is free."""
        return next((box for box in boxes if box.lies_in(axes) and self.leaves_free(box)), None)

    def leaves_free(self, box: Box) -> bool:
        """Whether a box is free: no piece passes through it, and no other box overlaps it.

        A piece and a box are apart if a line parallel to a side of the box, or to the piece, separates them.
        """
        if any(map(box.meets, self.boxes)):
            return False
        low, high = np.array(box[:2]), np.array(box[2:])
        away, reach = self.middle - (low + high) / 2, (high - low) / 2
        aside = np.abs(self.half[:, 0] * away[:, 1] - self.half[:, 1] * away[:, 0])
        met = (np.abs(away) <= reach + np.abs(self.half)).all(axis=1)
        return not np.any(met & (aside <= np.abs(self.half) @ reach[::-1]))


def lines_of(axes: Axes) -> list[PixelPoints]:
    """The static lines and signs in axes, in pixels: (n, 2) each."""
    return [line.get_transform().transform(line.get_xydata()) for line in axes.get_lines()]
