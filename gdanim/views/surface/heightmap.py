"""Relief: a function of two variables as heights in the box of space.py, and what they hide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.views.levels import turns
from gdanim.views.surface.camera import TOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Scalar, Vector
    from gdanim.objectives.objective import Objective
    from gdanim.views.surface.camera import Plane, Solid

    Limits = tuple[tuple[float, float], tuple[float, float]]

# Points along each side: of a still view, of a turning one, and where each costs a call of a person's code.
GRID, TURNING_GRID, COARSE_GRID = 181, 81, 51
MIDDLE: Final = 0.36  # where the median height stands at least, as a share of all heights
STEPS: Final = 48  # places that a line of sight is looked at
LIFT: Final = 0.012  # of what stands on the surface
AT_ONCE: Final = 8192  # points, so that their lines of sight take little memory
FLAT: Final = 64  # roundings: a function that differs by less has no shape that could be shown
GRAZING: Final = 0.008  # heights that differ by less are the same: a sight along a slope is free


@dataclass(frozen=True, slots=True, kw_only=True)
class Heights:
    """A rising map from f to heights: TOP · log(1 + r/bend) / log(1 + 1/bend), r = (f − low)/(high − low).

    Quadratic valleys stay quadratic; the larger the bend, the straighter. What is outside low and high is cut off.
    """

    low: float
    high: float
    bend: float

    def __call__(self, f: Scalar) -> Scalar:
        """Heights (…) of values (…)."""
        share = np.clip(f / self.span - self.low / self.span, 0.0, 1.0)
        heights: Scalar = TOP * np.log1p(share / self.bend) / np.log1p(1 / self.bend)
        return heights

    def value(self, heights: Scalar) -> Scalar:
        """The values (…) at heights (…): the inverse."""
        values: Scalar = self.low + self.span * self.bend * np.expm1(heights / TOP * np.log1p(1 / self.bend))
        return values

    @property
    def span(self) -> float:
        """How much f rises from the floor of the map to its top."""
        return self.high - self.low

    @classmethod
    def of(cls, f: Scalar, lowest: float = np.inf) -> Heights:
        """The map that shows the valleys of f: straight where f is even, bent where most of it is low.

        Poles are cut off far beyond the other values; the lowest minimum that is known never is.
        """
        finite = f[np.isfinite(f)]
        if not finite.size:
            return cls(low=0.0, high=1.0, bend=1e6)
        low, middle, high = np.quantile(finite, [0.03, 0.5, 0.97])
        far = 4 * (high - low)
        least, most = float(finite.min()), float(finite.max())
        low, high = min(max(least, float(low - far)), lowest), min(most, float(high + far))
        size = max(abs(low), abs(high))
        if not high - low > FLAT * np.spacing(size):
            return cls(low=low - max(size, 1.0), high=low + max(size, 1.0), bend=1e6)
        share = float(np.clip((middle - low) / (high - low), 1e-9, 1.0))
        small, large = 1e-5, 1e6
        for _ in range(60):
            bend = np.sqrt(small * large)
            raised = np.log1p(share / bend) / np.log1p(1 / bend)
            small, large = (bend, large) if raised > MIDDLE else (small, bend)
        return cls(low=low, high=high, bend=float(large))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """Heights z (n, n) over an even grid of the box, rows along y; NaN where there is no value.

    limits   the ends of x and of y in the function's own numbers
    """

    limits: Limits
    heights: Heights
    z: NDArray[np.float64]

    @classmethod
    def of(cls, objective: Objective, limits: Limits, points: int) -> Relief:
        """Look at an objective between limits; at twice as many points where it goes up and down within a few."""
        f = _sampled(objective, limits, points)
        if not objective.point_by_point and turns(f) > points / 6:
            f = _sampled(objective, limits, 2 * points - 1)
        known = objective.value(objective.minimizers)
        heights = Heights.of(f, float(np.min(known, initial=np.inf, where=np.isfinite(known))))
        return cls(limits=limits, heights=heights, z=heights(f))

    @property
    def side(self) -> NDArray[np.float64]:
        """The places of the grid along one side: (n,)."""
        return np.linspace(-1.0, 1.0, len(self.z))

    @property
    def cell(self) -> float:
        """The side of a cell of the grid."""
        return 2 / (len(self.z) - 1)

    def across(self, x: Vector) -> Plane:
        """Where points (…, 2) of the function stand over the floor: (…, 2)."""
        low, high = np.array(self.limits).T
        with np.errstate(over="ignore"):
            flat: Plane = np.clip((x - low) / (high - low) * 2 - 1, -1e6, 1e6)
        return flat

    def at(self, across: Plane) -> Scalar:
        """The height of the surface, even between the points of its grid, over places (…, 2): (…)."""
        last = len(self.z) - 1
        place = np.clip((across + 1) * (last / 2), 0.0, last)
        cell = np.minimum(place.astype(np.int64), last - 1)
        share = place - cell
        s, t = share[..., 0], share[..., 1]
        flat, corner = self.z.ravel(), cell[..., 1] * (last + 1) + cell[..., 0]
        near = flat[corner] + s * (flat[corner + 1] - flat[corner])
        corner = corner + last + 1
        far = flat[corner] + s * (flat[corner + 1] - flat[corner])
        heights: Scalar = near + t * (far - near)
        return heights

    def standing(self, x: Vector) -> Solid:
        """Those of points (m, 2) of the function that are in the box, just above the surface: (k, 3)."""
        across = self.across(x)
        inside = across[(np.abs(across) <= 1).all(axis=1)]
        return np.concatenate([inside, self.at(inside)[:, np.newaxis] + LIFT], axis=-1)

    def hides(self, points: Solid, eye: Solid) -> NDArray[np.bool_]:
        """Which of points (m, 3) the surface hides from an eye: (m,)."""
        parts = [self._hides(points[i : i + AT_ONCE], eye) for i in range(0, len(points), AT_ONCE)]
        return np.concatenate([np.empty(0, dtype=np.bool_), *parts])

    def _hides(self, points: Solid, eye: Solid) -> NDArray[np.bool_]:
        sight = eye - points
        # Nothing hides above the top, nor outside the box.
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(sight[:, 2] > 0, (TOP - points[:, 2]) / sight[:, 2], 1.0)
            out = np.where(sight[:, :2] > 0, 1 - points[:, :2], -1 - points[:, :2]) / sight[:, :2]
        reach = np.clip(np.minimum(up, np.nanmin(np.abs(out), axis=1)), 0.0, 1.0)
        share = reach * (np.arange(1, STEPS + 1) / STEPS)[:, np.newaxis]
        z = points[:, 2] + share * sight[:, 2]
        ground = self.at(points[:, :2] + share[..., np.newaxis] * sight[:, :2])
        with np.errstate(invalid="ignore"):
            above = points[:, 2] >= self.at(points[:, :2]) - GRAZING
            crossed: NDArray[np.bool_] = np.where(above, ground > z + GRAZING, ground < z - GRAZING).any(axis=0)
        return crossed


def _sampled(objective: Objective, limits: Limits, points: int) -> Scalar:
    """f over an even grid (points, points), rows along y; NaN where it is not finite."""
    x, y = (np.linspace(*ends, points) for ends in limits)
    f = objective.value(np.stack(np.meshgrid(x, y), axis=-1))
    return np.where(np.isfinite(f), f, np.nan)
