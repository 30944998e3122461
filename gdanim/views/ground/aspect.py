"""Axes of one scale: a step is as long along x as along y, and a gradient stands square on the level it crosses."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from gdanim.arrays import Scalar
from gdanim.objectives.objective import Objective

Ends = NDArray[np.bool_]  # (2, 2): of the low and the high end of x, and of y

MOST_APART: Final = 3.0  # spans whose ratio is larger are drawn to two scales, unless asked: one would be a strip
MOST_WIDENED: Final = 3.0  # more than that, and the function asked for is lost in its surroundings
BEYOND: Final = np.array([0.1, 0.25, 0.4])  # of the span: where a function is tried outside its bounds
ALONG: Final = 21  # points along each side


class EqualAxes(Axes):
    """Axes that show more in the direction that has room, beyond ends that may move; else they are smaller.

    They fit their limits anew whenever they are moved or resized.
    """

    def hold(self, movable: Ends) -> None:
        """Keep to one scale from now on, and show at least the present limits, of which only some ends may move."""
        self._held = np.array([self.get_xlim(), self.get_ylim()]), movable

    def set_position(self, pos: Any, which: Any = "both") -> None:
        """Move or resize the axes, and fit the limits into them."""
        super().set_position(pos, which)
        if held := getattr(self, "_held", None):  # matplotlib places axes before anything is known of them
            self._fit(*held)

    def least_width(self, height: float) -> float:
        """How wide they are, in pixels, if they are so high and show no more along x than they have to."""
        spans = np.abs(np.diff(self._held[0])[:, 0])
        return float(height * spans[0] / spans[1])

    def _fit(self, limits: Scalar, movable: Ends) -> None:
        spans = np.diff(limits)[:, 0]
        room = np.round(self.bbox.size, 6)  # so that axes of one size have the very same limits
        px = float((room / np.abs(spans)).min())
        shown = np.minimum(room / px, np.abs(spans) * np.where(movable.any(axis=1), MOST_WIDENED, 1.0))
        weights = movable / np.maximum(movable.sum(axis=1, keepdims=True), 1)
        more = np.sign(spans) * (shown - np.abs(spans))
        x, y = limits + more[:, np.newaxis] * weights * (-1, 1)
        self.set_xlim(*x)
        self.set_ylim(*y)
        share = np.minimum(shown * px / room, 1.0)
        if share.min() < 1:
            box = self.get_position(original=True)
            corner, size = np.array(box.min), np.array(box.size)
            # In whole pixels from where it would have stood: their remainders stay as they are.
            smaller = np.rint(room * share)
            offset = np.floor((room - smaller) / 2)
            super().set_position((*(corner + size * offset / room), *(size * smaller / room)))


def is_equal(asked: str, spans: Scalar) -> bool:
    """Whether axes of some spans (2,) have one scale: where it is asked for, and else if none is far longer."""
    return asked == "equal" or (asked == "auto" and float(spans.max()) <= MOST_APART * float(spans.min()))


def movable_ends(objective: Objective, limits: Scalar) -> Ends:
    """Beyond which ends of limits (2, 2) f is defined: (2, 2).

    All of them of a recording; none, where each value costs a call of somebody's code, which may fail out there.
    """
    if objective.recorded:
        return np.ones((2, 2), dtype=np.bool_)
    if objective.point_by_point:
        return np.zeros((2, 2), dtype=np.bool_)
    return np.array([[_goes_on(objective, limits, axis, end) for end in (0, 1)] for axis in (0, 1)])


def _goes_on(objective: Objective, limits: Scalar, axis: int, end: int) -> bool:
    """Whether f is finite at most of the places beyond an end of an axis."""
    here, opposite = limits[axis, end], limits[axis, 1 - end]
    low, high = limits[1 - axis].tolist()
    places = np.meshgrid(here + BEYOND * (here - opposite), np.linspace(low, high, ALONG))
    with np.errstate(all="ignore"):
        f = objective.value(np.stack(places if axis == 0 else places[::-1], axis=-1))
    return bool(np.isfinite(f).mean() > 0.5)
