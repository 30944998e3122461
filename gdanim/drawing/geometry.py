"""Types of points and lines in a picture, shared by everything that draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Index

Points = NDArray[np.float64]  # (…, 2), in data coordinates
PixelPoints = NDArray[np.float64]  # (…, 2), in pixels from the bottom left
Positions = NDArray[np.float64]  # (m,), in iterations: 3.5 is halfway between 3 and 4
Extent = tuple[float, float, float, float]  # left, bottom, right, top; pixels from the bottom left

# The points (m, 2) of runs (m,) at positions (m,) between two iterations; NaN where unknown.
Interpolation = Callable[[Index, Positions], Points]

# Coordinates are clipped here: only the direction still counts, and the arithmetic of Agg and of ticks stays finite.
FAR = 1e100


class Polylines(NamedTuple):
    """Separate lines, one after the other.

    points (k, 2)   in pixels
    begins (m,)     where each line begins
    iterate (k,)    which points are iterations; the others are ends between two
    """

    points: PixelPoints
    begins: Index
    iterate: NDArray[np.bool_]
