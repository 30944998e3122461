"""Shapes: paths in pixels, made for many runs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.path import Path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.track import Pixels2

Extent = tuple[float, float, float, float]  # left, bottom, right, top; pixels from the bottom left

_CIRCLE = np.asarray(Path.unit_circle().vertices)
_CIRCLE_CODES = np.asarray(Path.unit_circle().codes)


def polylines(lines: Sequence[Pixels2]) -> Path:
    """One path of separate lines, each through (k, 2)."""
    vertices = np.concatenate(lines)
    codes = np.full(len(vertices), Path.LINETO, dtype=np.uint8)
    codes[np.cumsum([0, *(len(line) for line in lines[:-1])])] = Path.MOVETO
    path = Path(vertices, codes)
    # Simplified, the older part of a trail would change its pixels as it grows.
    path.should_simplify = False
    return path


def circles(centres: Pixels2, radius: float) -> Path:
    """One path of circles around (m, 2)."""
    vertices = centres[:, np.newaxis] + _CIRCLE * radius
    codes = np.broadcast_to(_CIRCLE_CODES, vertices.shape[:2])
    return Path(vertices.reshape(-1, 2), codes.reshape(-1))


def arrow(foot: Pixels2, spot: Pixels2, radius: float) -> Path:
    """A triangle at `foot` (2,) that points to a spot (2,) outside."""
    ahead = (spot - foot) / np.hypot(*(spot - foot)) * radius * 1.6
    aside = np.array([-ahead[1], ahead[0]]) * 0.8
    corners = [foot + ahead, foot - ahead + aside, foot - ahead - aside, foot + ahead]
    return Path(np.array(corners), closed=True)


def extent(points: Pixels2, pad: float) -> Extent:
    """The bounds of points (m, 2), moved outwards."""
    left, bottom = points.min(axis=0).tolist()
    right, top = points.max(axis=0).tolist()
    return left - pad, bottom - pad, right + pad, top + pad
