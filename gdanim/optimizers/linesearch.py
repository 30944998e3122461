"""Searches along a line: how far to go from x in a direction d.

All runs search at once, each with its own trials, and only those that still search are asked. A search ends where its
conditions hold, or gives up: at a kink, where f falls without end, where rounding hides what is left to gain, or where
a noisy direction leads uphill. It then takes the lowest point that it saw, and none that is above the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import ceil, log
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle, Runs

    Trial = NDArray[np.float64]  # (3, m): t, φ(t), φ′(t)

TRIALS: Final = 60  # of a strong Wolfe search
SHORTEST: Final = 2.0**-60  # times the first trial
FARTHEST: Final = 1e10  # times the first trial, or 1 where that is shorter
GROWTH: Final = 10.0  # the farthest next trial, in distances between the last two
MARGIN: Final = 0.1  # of a bracket, at either end, where no trial lies
HALVING: Final = 3  # each third trial halves its bracket, which interpolation alone may leave nearly as wide
EPSILON: Final = 2.0**-53  # half a unit in the last place of 1
ROUNDING: Final = 2.0**-51  # of f: two units in its last place
LEAST_COSINE: Final = 1e-4  # between d and −g; Newton's direction has 2√κ/(1+κ) or more, κ the condition of H


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """φ(t) = f(x + td), a line for every run.

    x, direction (runs, d)
    f, slope (runs,)       φ and φ′ at 0
    """

    x: Vector
    direction: Vector
    f: Scalar
    slope: Scalar
    oracle: Oracle

    @classmethod
    def along(cls, direction: Vector, grad: Vector, x: Vector, oracle: Oracle) -> Lines:
        """The lines from x (runs, d), where the gradient is grad (runs, d)."""
        return cls(x=x, direction=direction, f=oracle.f, slope=dot(grad, direction), oracle=oracle)

    @property
    def falling(self) -> Runs:
        """The runs whose line falls at 0: (m,). The others have nothing to search."""
        return np.flatnonzero(np.isfinite(self.f) & np.isfinite(self.slope) & (self.slope < 0.0))

    @property
    def nowhere(self) -> Scalar:
        """The t of no step: 0, or NaN where f or its slope is lost: (runs,)."""
        return np.where(np.isfinite(self.f) & np.isfinite(self.slope), 0.0, np.nan)

    def step(self, t: Scalar) -> Vector:
        """The steps to t (runs,): (runs, d)."""
        return t[:, np.newaxis] * self.direction

    def point(self, t: Scalar, runs: Runs) -> Vector:
        """x + td for some runs, t (m,): (m, d). To the last bit what adding the step gives."""
        return self.x[runs] + t[:, np.newaxis] * self.direction[runs]

    def hidden(self, t: Scalar, runs: Runs) -> NDArray[np.bool_]:
        """Whether a step of t (m,) is lost in the rounding of x: (m,)."""
        lost: NDArray[np.bool_] = t * np.abs(self.direction[runs]).max(1) <= EPSILON * np.abs(self.x[runs]).max(1)
        return lost

    def at(self, t: Scalar, runs: Runs) -> Trial:
        """φ and φ′ at t (m,). Where f or its gradient is not finite, φ is infinite and φ′ NaN."""
        f, grad = self.oracle.value_and_gradient(self.point(t, runs), runs)
        lost = ~(np.isfinite(f) & np.isfinite(grad).all(axis=1))
        f, slope = np.where(lost, np.inf, f), np.where(lost, np.nan, dot(grad, self.direction[runs]))
        return np.stack([t, f, slope])


def dot(u: Vector, v: Vector) -> Scalar:
    """The inner products of vectors (…, d): (…)."""
    # Column by column: numpy takes five times as long to add two numbers in each of many rows.
    product: Scalar = reduce(np.add, np.moveaxis(u * v, -1, 0))
    return product


def downhill(direction: Vector, grad: Vector) -> Vector:
    """The direction (runs, d) where it leads downhill, and not along a level line; −g elsewhere."""
    slope = dot(grad, direction)
    steep = slope < -LEAST_COSINE * np.sqrt(dot(grad, grad)) * np.sqrt(dot(direction, direction))
    return np.where((np.isfinite(slope) & steep)[:, np.newaxis], direction, -grad)


def backtrack(lines: Lines, first: Scalar, *, slope: float, decrease: float) -> Vector:
    """The steps (runs, d) to the first of t = first, first·decrease, … with φ(t) ≤ φ(0) + slope·t·φ′(0).

    No step where t falls below 2⁻⁶⁰ of the first, or is lost in the rounding of x. Source: Armijo 1966.
    """
    found, runs, t = lines.nowhere, lines.falling, first
    for _ in range(ceil(log(SHORTEST) / log(decrease)) + 1):
        runs = runs[~lines.hidden(t[runs], runs)]
        if not runs.size:
            break
        _, f, _ = lines.at(t[runs], runs)
        low_enough = f <= lines.f[runs] + slope * t[runs] * lines.slope[runs]
        found[runs[low_enough]] = t[runs[low_enough]]
        runs, t = runs[~low_enough], decrease * t
    return lines.step(found)


def strong_wolfe(lines: Lines, first: Scalar, *, c1: float, c2: float) -> Vector:
    """The steps (runs, d) to t with φ(t) ≤ φ(0) + c₁tφ′(0) and |φ′(t)| ≤ c₂|φ′(0)|. The first trial is first (runs,).

    Two units in the last place of φ(0) are forgiven: near a minimizer, ∇f tells more than f can.
    Source: Nocedal & Wright 2006, algorithms 3.5 and 3.6, here one: its bracket starts from 0 to infinity.
    """
    found, lowest, runs = lines.nowhere, lines.f.copy(), lines.falling
    t = first[runs]
    low = np.stack([np.zeros(len(runs)), lines.f[runs], lines.slope[runs]])
    high = np.full_like(low, np.inf)
    for trial in range(1, TRIALS + 1):
        if not runs.size:
            break
        here, f, slope = lines.at(t, runs), lines.f[runs], lines.slope[runs]
        forgiven = ROUNDING * np.abs(f)
        too_high = ~(here[1] <= np.minimum(f + c1 * t * slope, low[1]) + forgiven)
        met = ~too_high & (np.abs(here[2]) <= -c2 * slope)
        better = met | (here[1] < lowest[runs])
        found[runs[better]], lowest[runs[better]] = t[better], here[1, better]

        before = low
        # The minimizer lies on low's downhill side; a trial that rises away from low is the far end of its bracket.
        turned = here[2] * (high[0] - low[0]) >= 0.0
        low, high = np.where(too_high, low, here), np.where(too_high, here, np.where(turned, low, high))
        open_ended = np.isinf(high[0])
        t = np.where(open_ended, _beyond(before, low), _between(low, high, halve=trial % HALVING == 0))
        endless = open_ended & (low[0] >= FARTHEST * np.maximum(first[runs], 1.0))
        going = ~(met | endless | (~open_ended & lines.hidden(np.abs(high[0] - low[0]), runs)))
        runs, t, low, high = runs[going], t[going], low[:, going], high[:, going]
    return lines.step(found)


def _beyond(before: Trial, last: Trial) -> Scalar:
    """The next trial where φ still falls at the last one: the minimizer of the cubic, or far out where it has none."""
    guess, apart = _cubic(before, last), last[0] - before[0]
    guess = np.where(guess > last[0], guess, np.inf)
    beyond: Scalar = np.clip(guess, last[0] + MARGIN * apart, last[0] + GROWTH * apart)
    return beyond


def _between(low: Trial, high: Trial, *, halve: bool) -> Scalar:
    """The next trial in a bracket: the minimizer of the cubic, kept off the ends; or the middle."""
    width = high[0] - low[0]
    share = 0.5 if halve else (_cubic(low, high) - low[0]) / width
    between: Scalar = low[0] + width * np.clip(np.where(np.isfinite(share), share, 0.5), MARGIN, 1.0 - MARGIN)
    return between


def _cubic(a: Trial, b: Trial) -> Scalar:
    """The minimizer of the cubic through φ and φ′ at a and b; not finite where it has none. Source: ibid., (3.59)."""
    (t_a, f_a, slope_a), (t_b, f_b, slope_b) = a, b
    d1 = slope_a + slope_b - 3.0 * (f_a - f_b) / (t_a - t_b)
    d2 = np.copysign(np.sqrt(d1 * d1 - slope_a * slope_b), t_b - t_a)
    minimizer: Scalar = t_b - (t_b - t_a) * (slope_b + d2 - d1) / (slope_b - slope_a + 2.0 * d2)
    return minimizer
