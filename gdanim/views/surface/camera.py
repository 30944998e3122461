"""Space: a box in three dimensions, looked at from one side, and where its points stand in a picture.

The box holds the surface over its floor: x and y of the function run from −1 to 1, heights from 0 to TOP, and the
floor lies below at FLOOR.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Solid = NDArray[np.float64]  # (…, 3)
Plane = NDArray[np.float64]  # (…, 2)

TOP: Final = 0.78
FLOOR: Final = -0.76
CENTRE: Final = np.array([0.0, 0.0, (TOP + FLOOR) / 2])
DISTANCE: Final = 9.0  # of the eye: near enough that what is far is smaller, far enough that no edge looks bent


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """An eye that looks at the centre of the box.

    elev, azim   its height above the floor, and its side, counterclockwise from +x; in degrees
    stretch      how much taller the box is drawn than it is
    """

    elev: float
    azim: float
    stretch: float = 1.0

    @property
    def axes(self) -> NDArray[np.float64]:
        """The unit vectors to the right, upwards, and towards the eye: (3, 3), a row each."""
        (sin_e, sin_a), (cos_e, cos_a) = np.sin(angles := np.radians([self.elev, self.azim])), np.cos(angles)
        return np.array(
            [[-sin_a, cos_a, 0.0], [-sin_e * cos_a, -sin_e * sin_a, cos_e], [cos_e * cos_a, cos_e * sin_a, sin_e]]
        )

    @property
    def eye(self) -> Solid:
        """Where the eye is, in the box as it is: (3,). What hides what is the same in both."""
        eye: Solid = CENTRE + DISTANCE * self.axes[2] / (1.0, 1.0, self.stretch)
        return eye

    def project(self, points: Solid) -> Plane:
        """Central projection of points (…, 3) onto the plane through the centre that faces the eye: (…, 2)."""
        seen = ((points - CENTRE) * (1.0, 1.0, self.stretch)) @ self.axes.T
        projected: Plane = seen[..., :2] * (DISTANCE / (DISTANCE - seen[..., 2:]))
        return projected


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a camera sees, laid onto a picture: pixels = origin_px + scale_px · projection."""

    camera: Camera
    scale_px: float
    origin_px: Plane

    def pixels(self, points: Solid) -> Plane:
        """Where points (…, 3) stand, from the bottom left: (…, 2)."""
        placed: Plane = self.origin_px + self.scale_px * self.camera.project(points)
        return placed

    def towards(self, across: Plane) -> Plane:
        """The direction in the picture of directions (…, 2) along the floor, as seen from far away: (…, 2)."""
        flat: Plane = across @ self.camera.axes[:2, :2].T
        return flat

    def along(self, direction: Plane) -> Plane:
        """The direction along the floor of directions (…, 2) in the picture: towards() undone."""
        flat: Plane = direction @ np.linalg.pinv(self.camera.axes[:2, :2].T)
        return flat


def fit(camera: Camera, items: Sequence[tuple[Plane, Plane, Plane]], low_px: Plane, high_px: Plane) -> Prospect:
    """The largest prospect in which every item stays between two corners, and is centred.

    items   (anchor (m, 2) as projected, and the two corners of what stands there, (m, 2) in pixels from the anchor)
    """
    anchor, low, high = (np.concatenate(parts) for parts in zip(*items, strict=True))
    room = high_px - low_px

    def ends(scale: float) -> tuple[Plane, Plane]:
        return (scale * anchor + low).min(axis=0), (scale * anchor + high).max(axis=0)

    # What is needed grows with the scale, and never slower than by the spread of the anchors.
    small, large = 0.0, float((room / np.maximum(np.ptp(anchor, axis=0), 1e-9)).min()) + 1.0
    for _ in range(50):
        middle = (small + large) / 2
        left, right = ends(middle)
        small, large = (middle, large) if np.all(right - left <= room) else (small, middle)
    # A canvas too small for its labels still has a surface.
    scale = max(small, 0.1 * float(room.min()))
    left, right = ends(scale)
    return Prospect(camera=camera, scale_px=scale, origin_px=(low_px + high_px - left - right) / 2)
