"""The digits of live numbers: as many as tell apart what is seen to differ, and what still changes."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log10
from typing import NamedTuple

import numpy as np

from gdanim.arrays import Flags, Scalar
from gdanim.drawing.lettering import minus
from gdanim.drawing.numbers import roundest

FIGURE_SPACE = "\u2007"
RESOLVED = 500  # places in the height of a picture that a reader tells apart
FEW = 1e-7  # of a value that never changes: differences that its text shows
REACH = 20  # of an offset, in widths of the values that it is taken from
READ_DIGITS, MOST_DIGITS = 11, 16  # of a number that is read; that a float has
SPARE_DIGITS = 3  # at the end of a whole number, which tell nothing
LARGE = 20  # widths of the values: a number so far from 0 hides how they change
FROZEN = 0.25  # of the steps that change a value: so many may leave its text as it is
PAIRS = 2000  # steps that are looked at, at most


class Digits(NamedTuple):
    """How the numbers of a series are written.

    decimals            of a number in fixed point: one from `least` up to below `most`, and 0
    exponent_decimals   of any other, with a power of ten
    offset              what is taken from each number before, and told in the name of the series
    """

    decimals: int
    exponent_decimals: int
    least: float
    most: float
    offset: float = 0.0

    @classmethod
    def usual(cls, decimals: int = 4) -> Digits:
        """The digits of numbers that vary as much as they are large."""
        return cls(decimals, max(decimals - 2, 1), 10.0 ** (1 - decimals), 1e4)

    def tells(self, value: float, difference: float) -> bool:
        """Whether so small a difference changes the text of a value."""
        if self.least <= value < self.most:
            return 10.0**-self.decimals <= difference
        return value * 10.0**-self.exponent_decimals <= difference


def digits_of(seen: Scalar, decimals: int = 4, *, may_shift: bool = True) -> Digits:
    """The digits in which values (m,) differ where their places in the picture do.

    decimals    of the usual digits, which serve where they tell the values apart
    may_shift   whether an offset may be taken out
    """
    usual = Digits.usual(decimals)
    low, high = float(seen.min()), float(seen.max())
    largest, least = max(abs(low), abs(high)), min(abs(low), abs(high)) if low * high > 0 else 0.0
    # A value that never changes has all digits that float32 would give it.
    difference = (high - low) / RESOLVED * 10.0 ** (4 - decimals) or FEW * largest or np.spacing(largest)
    if usual.tells(largest, difference) or (high == low and usual.least <= largest < usual.most):
        return usual
    whole = floor(log10(largest)) + 1
    digits = min(whole + ceil(-log10(difference)), MOST_DIGITS)
    fixed = max(digits - whole, 0)
    if least < largest / 10 and usual.least <= largest < 1:
        return usual._replace(decimals=fixed, least=10.0 ** (1 - fixed))
    if largest < usual.least or least < largest / 10 or digits < whole - SPARE_DIGITS:
        return usual._replace(exponent_decimals=max(digits - 1, usual.exponent_decimals))
    if may_shift and whole + fixed > READ_DIGITS:
        offset = roundest(low, high, REACH * (high - low or difference))
        if offset:
            return digits_of(seen - offset, decimals, may_shift=False)._replace(offset=offset)
    return usual._replace(decimals=fixed, least=0.0, most=10.0 ** (whole + 1))


def live_digits(values: Scalar, seen: Flags) -> Digits:
    """The digits of a series (runs, n+1) that go on changing where it does.

    A large constant, of which the usual digits show nothing but itself in the end, is taken out as an offset; where no
    round number is near, there are more decimals.
    seen (runs, n+1)   the values that choose the digits
    """
    low, high = float(values[seen].min()), float(values[seen].max())
    usual = digits_of(values[seen])
    if not LARGE * (high - low) < max(abs(low), abs(high)) or high == low:
        return usual
    before, after = _steps(values, seen)
    return min(_candidates(values[seen], usual), key=lambda digits: _is_frozen(before, after, digits))


def _candidates(seen: Scalar, usual: Digits) -> Iterator[Digits]:
    """Ways to write values (m,), the plainest first."""
    yield usual
    low, high = float(seen.min()), float(seen.max())
    offset = usual.offset or roundest(low, high, REACH * (high - low))
    shifted = digits_of(seen - offset, may_shift=False)._replace(offset=offset)
    yield shifted
    whole = floor(log10(max(abs(low), abs(high)))) + 1
    for decimals in range(shifted.decimals + 2, MOST_DIGITS - whole + 1, 2):
        yield shifted._replace(decimals=decimals)


def _steps(values: Scalar, seen: Flags) -> tuple[Scalar, Scalar]:
    """The values before and after steps that change one (m,), PAIRS of them at most."""
    changed = seen[:, :-1] & seen[:, 1:] & (values[:, :-1] != values[:, 1:])
    before, after = values[:, :-1][changed], values[:, 1:][changed]
    some = np.linspace(0, len(before) - 1, min(PAIRS, len(before))).astype(np.int64)
    return before[some], after[some]


def _is_frozen(before: Scalar, after: Scalar, digits: Digits) -> bool:
    """Whether too many steps leave the text of a value as it is."""
    texts = [[number(value - digits.offset, digits) for value in side.tolist()] for side in (before, after)]
    return sum(map(str.__eq__, *texts)) > FROZEN * len(before)


def number(value: float, digits: Digits, *, signed: bool = False) -> str:
    """A number: in fixed point where the decimals tell it, else with a power of ten.

    signed   whether one that is not below zero leaves the place of a sign
    """
    value += 0.0  # a zero below zero is a zero
    plain = value == 0 or digits.least <= abs(value) < digits.most
    text = f"{value:.{digits.decimals}f}" if plain else f"{value:.{digits.exponent_decimals}e}"
    return f"{FIGURE_SPACE if signed and value >= 0 else ''}{minus(text)}"
