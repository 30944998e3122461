"""The camera: projects the box that holds the surface onto a picture.

In the box, x and y of the function run from −1 to 1 and heights from 0 to TOP. The floor lies below at FLOOR.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Vec3 = NDArray[np.float64]  # (…, 3)
Vec2 = NDArray[np.float64]  # (…, 2)

TOP: Final = 0.78
FLOOR: Final = -0.76
CENTRE: Final = np.array([0.0, 0.0, (TOP + FLOOR) / 2])
DISTANCE: Final = 9.0  # of the eye from the centre: near enough for perspective, far enough that no edge looks bent


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that looks at the centre of the box.

    elev, azim   in degrees: above the floor, and counterclockwise from +x
    stretch      factor by which the box is drawn taller than it is
    widening     factor by which its picture is drawn wider: the picture of a box whose floor is no square
    """

    elev: float
    azim: float
    stretch: float = 1.0
    widening: float = 1.0

    @property
    def axes(self) -> NDArray[np.float64]:
        """The unit vectors to the right, upwards, and towards the eye, one in each row: (3, 3)."""
        (sin_e, sin_a), (cos_e, cos_a) = np.sin(angles := np.radians([self.elev, self.azim])), np.cos(angles)
        return np.array(
            [[-sin_a, cos_a, 0.0], [-sin_e * cos_a, -sin_e * sin_a, cos_e], [cos_e * cos_a, cos_e * sin_a, sin_e]]
        )

    @property
    def eye(self) -> Vec3:
        """The eye in the coordinates of the unstretched box, where the same hides the same: (3,)."""
        return np.asarray(CENTRE + DISTANCE * self.axes[2] / (1.0, 1.0, self.stretch))

    def project(self, points: Vec3) -> Vec2:
        """Central projection of points (…, 3) onto the plane through the centre that faces the eye: (…, 2)."""
        seen = ((points - CENTRE) * (1.0, 1.0, self.stretch)) @ self.axes.T
        return np.asarray(seen[..., :2] * (DISTANCE / (DISTANCE - seen[..., 2:])) * (self.widening, 1.0))

    @property
    def of_floor(self) -> NDArray[np.float64]:
        """The directions in the picture of x and of y on the floor, as seen from far away, in the columns: (2, 2)."""
        return self.axes[:2, :2] * [[self.widening], [1.0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """From the box to pixels of a picture: pixels = origin_px + scale_px · camera.project(points)."""

    camera: Camera
    scale_px: float
    origin_px: Vec2

    def pixels(self, points: Vec3) -> Vec2:
        """The pixels of points (…, 3), from the bottom left: (…, 2)."""
        return self.origin_px + self.scale_px * self.camera.project(points)

    def from_floor(self, direction: Vec2) -> Vec2:
        """Directions (…, 2) on the floor as directions in the picture, as seen from far away: (…, 2)."""
        return np.asarray(direction @ self.camera.of_floor.T)


def fit(camera: Camera, items: Sequence[tuple[Vec2, Vec2, Vec2]], low_px: Vec2, high_px: Vec2) -> Projection:
    """The projection of the largest scale in which all items lie, centred, between two corners (2,) in pixels.

    items   (anchors (m, 2) as projected, lower left and upper right corners (m, 2) in pixels from the anchor)
    """
    anchor, low, high = (np.concatenate(parts) for parts in zip(*items, strict=True))
    room = high_px - low_px

    def ends(scale: float) -> tuple[Vec2, Vec2]:
        return (scale * anchor + low).min(axis=0), (scale * anchor + high).max(axis=0)

    # The room that is needed grows with the scale, at least by the spread of the anchors: bisection.
    small, large = 0.0, float((room / np.maximum(np.ptp(anchor, axis=0), 1e-9)).min()) + 1.0
    for _ in range(50):
        middle = (small + large) / 2
        left, right = ends(middle)
        small, large = (middle, large) if np.all(right - left <= room) else (small, middle)
    # A canvas too small for its labels still has a surface.
    scale = max(small, 0.1 * float(room.min()))
    left, right = ends(scale)
    return Projection(camera=camera, scale_px=scale, origin_px=(low_px + high_px - left - right) / 2)
