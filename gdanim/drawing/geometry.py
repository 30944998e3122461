"""Types of points and lines in a picture, shared by everything that draws."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Index

Points = NDArray[np.float64]  # (…, 2), in data coordinates
PixelPoints = NDArray[np.float64]  # (…, 2), in pixels from the bottom left
Positions = NDArray[np.float64]  # (m,), in iterations: 3.5 is halfway between 3 and 4
Extent = tuple[float, float, float, float]  # left, bottom, right, top; pixels from the bottom left

# Pixels are clipped here: only the direction still counts, and the arithmetic of Agg stays finite.
FAR = 1e100
# The ends of an axis lie within ±MOST, and one that is all below LEAST is empty: the arithmetic of ticks stays finite,
# and matplotlib takes a range near the least float64 (2·10⁻³⁰⁸) for none.
MOST, LEAST = 1e300, 1e-280


def to_scale(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Finite values over a power of two, which rounds nothing, so that the largest is between 1/2 and 1."""
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    return np.ldexp(values, -int(np.frexp(largest)[1]))


class Polylines(NamedTuple):
    """Separate lines, one after the other.

    points (k, 2)   in pixels
    begins (m,)     where each line begins
    iterate (k,)    which points are iterations; the others are ends between two
    """

    points: PixelPoints
    begins: Index
    iterate: NDArray[np.bool_]
