"""The sign of a minimum, alike in all axes of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import numpy as np

from gdanim.views.ground.draw import PLUS_PT, RING_PT, SIGN_HALO_PT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.drawing.geometry import PixelPoints, Points
    from gdanim.drawing.styles import Style

MINIMUM: Final = "minimum"  # the name of its lines in the axes


@runtime_checkable
class HasSigns(Protocol):
    """Axes that draw the signs of minima themselves."""

    def signs(self) -> PixelPoints:
        """Where those stand that are seen, in pixels: (m, 2)."""


def signs_in(axes: Axes) -> PixelPoints:
    """Where the signs of minima stand in axes, in pixels: (m, 2)."""
    if isinstance(axes, HasSigns):
        return axes.signs()
    lines = [line for line in axes.get_lines() if line.get_gid() == MINIMUM][:1]
    found = [line.get_transform().transform(line.get_xydata()) for line in lines]
    return np.concatenate([np.empty((0, 2)), *found])


def draw_minimizers(axes: Axes, points: Points, style: Style) -> None:
    """Mark points (m, 2) with a ring and a plus, with a halo and below all paths; whole, where they are in view."""
    low, high = np.sort([axes.get_xlim(), axes.get_ylim()], axis=1).T
    x, y = points[((points >= low) & (points <= high)).all(axis=1)].T
    if not x.size:
        return
    # The halo first: it sets the sign off from dark and from light levels.
    for ink, wider_pt, zorder in ((style.background, SIGN_HALO_PT, 3.9), (style.text, 0.0, 4.0)):
        for sign, (size_pt, width_pt) in (("o", RING_PT), ("+", PLUS_PT)):
            axes.plot(
                x, y, sign, color=ink, markersize=size_pt, markerfacecolor="none", zorder=zorder,
                markeredgewidth=width_pt + 2 * wider_pt, gid=MINIMUM, clip_on=False,
            )  # fmt: skip
