"""The height map: a function of two variables as heights over a grid, and what it hides from an eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.views.ground.levels import FLAT, turns
from gdanim.views.surface.camera import TOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Scalar, Vector
    from gdanim.objectives.objective import Objective
    from gdanim.views.surface.camera import Vec2, Vec3

    Limits = tuple[tuple[float, float], tuple[float, float]]

# Points along each side: of a still view, of a turning one, and where each costs a call of a person's code.
GRID, TURNING_GRID, COARSE_GRID = 181, 81, 51
MIDDLE: Final = 0.36  # the least height of the median, as a fraction of TOP
STEPS: Final = 48  # points of a line of sight that are tested
LIFT: Final = 0.012  # of paths and spots above the surface
AT_ONCE: Final = 8192  # points whose lines of sight are tested at once, to save memory
GRAZING: Final = 0.008  # lines of sight that dip by less below the surface are free


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightScale:
    """Maps f to heights, rising: TOP · log(1 + r/bend) / log(1 + 1/bend), r = (f − low)/(high − low).

    Quadratic valleys stay quadratic; the larger the bend, the straighter the map. f is clipped to low and high.
    """

    low: float
    high: float
    bend: float

    def __call__(self, f: Scalar) -> Scalar:
        """The heights (…) of values (…)."""
        share = np.clip(f / self.span - self.low / self.span, 0.0, 1.0)
        return np.asarray(TOP * np.log1p(share / self.bend) / np.log1p(1 / self.bend))

    def value(self, heights: Scalar) -> Scalar:
        """The values (…) at heights (…): the inverse."""
        return np.asarray(self.low + self.span * self.bend * np.expm1(heights / TOP * np.log1p(1 / self.bend)))

    @property
    def is_straight(self) -> bool:
        """Whether equal steps of f are about equally high."""
        return self.bend > 1

    @property
    def span(self) -> float:
        """high − low."""
        return self.high - self.low

    @classmethod
    def of(cls, f: Scalar, lowest: float = np.inf) -> HeightScale:
        """The scale that shows the valleys of f (…): straight where f is spread evenly, bent where most of it is low.

        Poles are clipped far beyond the other values; `lowest`, the lowest known minimum, never is.
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
            bend = float(np.sqrt(small * large))
            raised = np.log1p(share / bend) / np.log1p(1 / bend)
            small, large = (bend, large) if raised > MIDDLE else (small, bend)
        return cls(low=low, high=high, bend=large)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightMap:
    """Heights z (n, n) over an even grid of the floor, rows along y; NaN where f is not finite.

    limits   the ends of x and of y in the coordinates of the function
    symbols  what the person calls x and y
    """

    limits: Limits
    scale: HeightScale
    z: NDArray[np.float64]
    symbols: tuple[str, ...] = ("x", "y")

    @classmethod
    def of(cls, objective: Objective, limits: Limits, points: int) -> HeightMap:
        """Sample an objective on points × points, or twice as finely where it oscillates within a few of them."""
        f = _sampled(objective, limits, points)
        if not objective.point_by_point and turns(f) > points / 6:
            f = _sampled(objective, limits, 2 * points - 1)
        known = objective.value(objective.minimizers)
        scale = HeightScale.of(f, float(np.min(known, initial=np.inf, where=np.isfinite(known))))
        return cls(limits=limits, scale=scale, z=scale(f), symbols=objective.symbols)

    @property
    def side(self) -> NDArray[np.float64]:
        """The coordinates of the grid along one side: (n,)."""
        return np.linspace(-1.0, 1.0, len(self.z))

    @property
    def cell(self) -> float:
        """The width of a cell of the grid."""
        return 2 / (len(self.z) - 1)

    def sample(self, count: int) -> Vec3:
        """At least so many points along each side of the surface, the edges among them: (m, 3)."""
        last = len(self.z) - 1
        rows = np.unique(np.append(np.arange(0, last, max(last // count, 1)), last))
        x, y = np.meshgrid(self.side[rows], self.side[rows])
        points = np.stack([x, y, self.z[np.ix_(rows, rows)]], axis=-1).reshape(-1, 3)
        return np.asarray(points[np.isfinite(points[:, 2])])

    def on_floor(self, x: Vector) -> Vec2:
        """Points (…, 2) of the function in coordinates of the floor: (…, 2)."""
        low, high = np.array(self.limits).T
        with np.errstate(over="ignore"):
            return np.asarray(np.clip((x - low) / (high - low) * 2 - 1, -1e6, 1e6))

    def at(self, xy: Vec2) -> Scalar:
        """The height of the surface at points (…, 2) of the floor, interpolated bilinearly: (…)."""
        last = len(self.z) - 1
        place = np.clip((xy + 1) * (last / 2), 0.0, last)
        cell = np.minimum(place.astype(np.int64), last - 1)
        s, t = np.moveaxis(place - cell, -1, 0)
        flat, corner = self.z.ravel(), cell[..., 1] * (last + 1) + cell[..., 0]
        near = flat[corner] + s * (flat[corner + 1] - flat[corner])
        corner = corner + last + 1
        far = flat[corner] + s * (flat[corner + 1] - flat[corner])
        return np.asarray(near + t * (far - near))

    def points_on(self, x: Vector) -> Vec3:
        """Points (m, 2) of the function that are in the box, raised just above the surface: (k, 3)."""
        xy = self.on_floor(x)
        inside = xy[(np.abs(xy) <= 1).all(axis=1)]
        return np.concatenate([inside, self.at(inside)[:, np.newaxis] + LIFT], axis=-1)

    def hides(self, points: Vec3, eye: Vec3) -> NDArray[np.bool_]:
        """Whether the surface hides points (m, 3) from an eye (3,): (m,)."""
        parts = [self._hides(points[i : i + AT_ONCE], eye) for i in range(0, len(points), AT_ONCE)]
        return np.concatenate([np.empty(0, dtype=np.bool_), *parts])

    def _hides(self, points: Vec3, eye: Vec3) -> NDArray[np.bool_]:
        sight = eye - points
        # Up to where the line of sight leaves the box, above or aside: nothing hides beyond.
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(sight[:, 2] > 0, (TOP - points[:, 2]) / sight[:, 2], 1.0)
            out = np.where(sight[:, :2] > 0, 1 - points[:, :2], -1 - points[:, :2]) / sight[:, :2]
        reach = np.clip(np.minimum(up, np.nanmin(np.abs(out), axis=1)), 0.0, 1.0)
        share = reach * (np.arange(1, STEPS + 1) / STEPS)[:, np.newaxis]
        z = points[:, 2] + share * sight[:, 2]
        ground = self.at(points[:, :2] + share[..., np.newaxis] * sight[:, :2])
        with np.errstate(invalid="ignore"):
            above = points[:, 2] >= self.at(points[:, :2]) - GRAZING
            return np.asarray(np.where(above, ground > z + GRAZING, ground < z - GRAZING).any(axis=0))


def _sampled(objective: Objective, limits: Limits, points: int) -> Scalar:
    """f over an even grid (points, points), rows along y; NaN where it is not finite."""
    x, y = (np.linspace(*ends, points) for ends in limits)
    f = objective.value(np.stack(np.meshgrid(x, y), axis=-1))
    return np.where(np.isfinite(f), f, np.nan)
