"""Mending: which colours a table of its own should bring, where one palette is not enough for a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.writers.base import Quality
from gdanim.writers.palette import MOST, summed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.writers.palette import Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How far mending goes.

    true_enough  the mean square of a picture's errors at which it ends
    most_wrong   the share of inexact pixels up to which it begins
    """

    true_enough: float
    most_wrong: float


# At 70 dB. Beyond it, marks that stay for one frame bring a table each: without a limit, the double well took three
# times the bytes. At 62 dB a picture, films whose first one cannot be mended yet come to 60. On curves and panels, up
# to 3 % of the pixels are inexact, on contours, basins and surfaces 9 to 16 %: there, 60 dB took up to twice the bytes.
GOALS: Final[Mapping[Quality, Goal]] = {
    Quality.MEDIUM: Goal(true_enough=255**2 / 10**6.2, most_wrong=0.05),
    Quality.HIGH: Goal(true_enough=255**2 / 10**7, most_wrong=1),
}
# The share of the errors that a table has to remove.
LEAST_GAIN: Final = 0.1


def colours_to_mend(required: Packed, wrong: Packed, shown: Packed, n_pixels: int, goal: Goal) -> Packed:
    """The at most 255 colours (k,), ascending, that bring a picture of `n_pixels` closest to the truth.

    None where the picture is true enough, too much of it is wrong, or it would hardly gain.

    required      distinct colours that the table has to hold
    wrong, shown  colours (m,) of the pixels that are inexact without the table: as they are, as they show
    """
    if wrong.size > goal.most_wrong * n_pixels:
        return required[:0]
    errors = ((unpacked(wrong) - unpacked(shown)) ** 2).sum(axis=1)
    if errors.sum() <= 3 * n_pixels * goal.true_enough:
        return required[:0]
    colours, gains = summed(wrong, errors)
    by_gain = np.argsort(-gains, kind="stable")[: MOST - len(required)]
    if gains[by_gain].sum() < LEAST_GAIN * errors.sum():
        return required[:0]
    return np.union1d(required, colours[by_gain])
