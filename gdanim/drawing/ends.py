"""The ends of an axis for some values, and which values no axis shows."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from gdanim.arrays import Scalar
from gdanim.drawing.geometry import LEAST, MOST
from gdanim.errors import UsageError

ROUND_STEPS = [1, 2, 5, 10]
ROUNDER = (5, 8, 10)  # steps between the ends that are tried, the roundest first
ROOMY = 1.25  # times what is needed, that the ends may span
FLAT = 4  # in units of rounding: values that are no farther apart are equal


def nice_limits(low: float, high: float) -> tuple[float, float]:
    """Ends of an axis for values from low to high: round, with a tenth of headroom, from 0 where that is near.

    Never beyond ±MOST.
    """
    low, high = (min(max(end, -MOST), MOST) for end in (low, high))
    span = high - low
    if not span > FLAT * np.spacing(max(abs(low), abs(high))):
        span = max(abs(low), abs(high)) or 1.0
    from_zero = 0 <= low < 0.25 * span or -0.25 * span < high <= 0
    bottom = 0.0 if low >= 0 and from_zero else low - 0.1 * span
    top = 0.0 if high <= 0 and from_zero else high + 0.1 * span
    ticks = (np.asarray(MaxNLocator(nbins=most, steps=ROUND_STEPS).tick_values(bottom, top)) for most in ROUNDER)
    ends = [tried[[0, -1]] for tried in ticks]
    first, last = next((tried for tried in ends if np.ptp(tried) <= ROOMY * (top - bottom)), ends[-1])
    return float(first), float(last)


def check_drawable(starts: Scalar, low: float, high: float) -> None:
    """Raise UsageError where no axis shows values from low to high, or the starts (m,) among them."""
    largest, start = max(abs(low), abs(high)), float(np.abs(starts).max(initial=0.0))
    if start > MOST or 0 < largest < LEAST:
        value = max(start, largest)
        raise UsageError(
            f"The values reach {value:.3g}: an axis shows sizes from {LEAST:g} to {MOST:g}. "
            "Multiply the function by a constant"
        )
