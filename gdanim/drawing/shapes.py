"""Paths in pixels for many runs at once, and the shapes of spots."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from matplotlib.path import Path

from gdanim.drawing.geometry import Extent, PixelPoints, Polylines

ARROW_REACH = 1.6  # in radii of a spot: from the middle of an arrow to its tip


def polylines(lines: Polylines) -> Path:
    """One path of separate lines."""
    codes = np.full(len(lines.points), Path.LINETO, dtype=np.uint8)
    codes[lines.begins] = Path.MOVETO
    path = Path(lines.points, codes)
    # Simplified, the older part of a trail would change its pixels as it grows.
    path.should_simplify = False
    return path


def copies(shape: Path, centres: PixelPoints, radius: float) -> Path:
    """One path of a shape around each of (m, 2) centres."""
    unit = np.asarray(shape.vertices)
    vertices = centres[:, np.newaxis] + unit * radius
    codes = np.broadcast_to(np.asarray(shape.codes), vertices.shape[:2])
    return Path(vertices.reshape(-1, 2), codes.reshape(-1))


def circles(centres: PixelPoints, radius: float) -> Path:
    """One path of circles around (m, 2)."""
    return copies(CIRCLE, centres, radius)


def arrow(foot: PixelPoints, way: PixelPoints, radius: float) -> Path:
    """A triangle at `foot` (2,) that points in a direction (2,) of length 1."""
    ahead = way * radius * ARROW_REACH
    aside = np.array([-ahead[1], ahead[0]]) * 0.8
    corners = [foot + ahead, foot - ahead + aside, foot - ahead - aside, foot + ahead]
    return Path(np.array(corners), closed=True)


def extent(points: PixelPoints, pad: float) -> Extent:
    """The bounds of points (m, 2), moved outwards."""
    left, bottom = points.min(axis=0).tolist()
    right, top = points.max(axis=0).tolist()
    return left - pad, bottom - pad, right + pad, top + pad


def _polygon(angles: Sequence[float], radii: Sequence[float]) -> Path:
    """A closed polygon: corners at angles in degrees from the top, at radii that are repeated.

    Its area is that of the unit circle, so that all spots look equally large.
    """
    angle, radius = np.radians(90 + np.asarray(angles, dtype=np.float64)), np.resize(radii, len(angles))
    corners = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    turned = np.roll(corners, -1, axis=0)
    area = np.sum(corners[:, 0] * turned[:, 1] - turned[:, 0] * corners[:, 1]) / 2
    return Path(np.concatenate([corners, corners[:1]]) * np.sqrt(np.pi / area), closed=True)


def _plus(turn: float) -> Path:
    """Four arms, each three quarters as wide as it is long."""
    slant = np.degrees(np.arctan(0.375))
    quarters = (-slant, slant, 45.0)
    inner = np.hypot(0.375, 0.375)
    return _polygon([turn + quarter + 90 * arm for arm in range(4) for quarter in quarters], [1.068, 1.068, inner])


CIRCLE = Path.unit_circle()

# The shapes of spots. Neighbours in this order differ most, since most pictures show only the first few.
SHAPES = MappingProxyType(
    {
        "circle": CIRCLE,
        "square": _polygon([45, 135, 225, 315], [1]),
        "triangle": _polygon([0, 120, 240], [1]),
        "diamond": _polygon([0, 90, 180, 270], [1]),
        "star": _polygon([36 * corner for corner in range(10)], [1, 0.5]),
        "plus": _plus(0),
        "wedge": _polygon([60, 180, 300], [1]),
        "cross": _plus(45),
    }
)
