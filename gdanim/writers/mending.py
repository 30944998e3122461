"""Mending: which colours a table of its own should bring, where one palette is not enough for a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.writers.palette import MOST, summed, unpacked

if TYPE_CHECKING:
    from gdanim.writers.palette import Packed

# The mean square of the errors at 70 dB. Beyond it, marks that stay for one frame bring a table each: without a limit,
# the double well took three times the bytes.
TRUE_ENOUGH: Final = 255**2 / 10**7
# The share of the errors that a table has to remove.
LEAST_GAIN: Final = 0.1


def colours_to_mend(required: Packed, wrong: Packed, shown: Packed, n_pixels: int) -> Packed:
    """The at most 255 colours (k,), ascending, that bring a picture of `n_pixels` closest to the truth.

    None where the picture is true enough, or would hardly gain.

    required      distinct colours that the table has to hold
    wrong, shown  colours (m,) of the pixels that are inexact without the table: as they are, as they show
    """
    errors = ((unpacked(wrong) - unpacked(shown)) ** 2).sum(axis=1)
    if errors.sum() <= 3 * n_pixels * TRUE_ENOUGH:
        return required[:0]
    colours, gains = summed(wrong, errors)
    by_gain = np.argsort(-gains, kind="stable")[: MOST - len(required)]
    if gains[by_gain].sum() < LEAST_GAIN * errors.sum():
        return required[:0]
    return np.union1d(required, colours[by_gain])
