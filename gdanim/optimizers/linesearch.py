"""Line searches: how far to go from x in a direction d; and steepest descent with such a search, armijo and wolfe.

All runs search at once, each with its own trial steps; f is evaluated only for the runs that still search. A search
ends where its conditions hold. It gives up at a kink, where f falls without end, where rounding hides what is left to
gain, and where a noisy direction leads uphill. It then takes the lowest point that it saw, none above the start.
"""

from functools import reduce
from math import ceil, log
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.optimizer import Optimizer, Oracle, Runs, stateless

Trial = NDArray[np.float64]  # (3, m): t, φ(t), φ′(t)

TRIALS: Final = 60  # at most, in a strong Wolfe search
SHORTEST: Final = 2.0**-60  # the shortest trial, as a multiple of the first
FARTHEST: Final = 1e10  # the farthest trial, as a multiple of the first, or of 1 where that is longer
GROWTH: Final = 10.0  # the farthest next trial, as a multiple of the distance between the last two
MARGIN: Final = 0.1  # share of a bracket at either end in which no trial is placed
HALVING: Final = 3  # each third trial halves its bracket, which interpolation alone may leave nearly as wide
EPSILON: Final = 2.0**-53  # half a unit in the last place of 1
ROUNDING: Final = 2.0**-51  # share of f: two units in its last place
LEAST_COSINE: Final = 1e-4  # between d and −g; Newton's direction has 2√κ/(1+κ) or more, κ the condition of H


def armijo(*, slope: float, decrease: float) -> Optimizer:
    """Steepest descent, backtracking: t = η, η·decrease, … until f(x − tg) ≤ f(x) − slope·t‖g‖²; x ← x − tg. No state.

    f never rises. Each trial evaluates ∇f with f: it is needed where the search ends, and costs nothing more.
    0 < slope ≤ 0.5, 0 < decrease < 1. Source: Armijo 1966.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        lines = SearchLines.along(-grad, grad, x, oracle)
        return backtrack(lines, lr[:, 0], slope=slope, decrease=decrease), state

    return Optimizer(init=stateless, update=update)


def wolfe(*, c1: float, c2: float) -> Optimizer:
    """Steepest descent by the strong Wolfe conditions along d = −g: x ← x + td, t = η tried first. No state.

    f(x + td) ≤ f(x) + c₁t∇f(x)ᵀd and |∇f(x + td)ᵀd| ≤ c₂|∇f(x)ᵀd|. 0 < c₁ < c₂ < 1.
    Source: Nocedal & Wright 2006, ch. 3.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        return strong_wolfe(SearchLines.along(-grad, grad, x, oracle), lr[:, 0], c1=c1, c2=c2), state

    return Optimizer(init=stateless, update=update)


class SearchLines(NamedTuple):
    """φ(t) = f(x + td), one line for every run."""

    x: Vector  # (runs, d)
    direction: Vector  # (runs, d)
    f: Scalar  # (runs,), φ at t = 0
    slope: Scalar  # (runs,), φ′ at t = 0
    oracle: Oracle

    @classmethod
    def along(cls, direction: Vector, grad: Vector, x: Vector, oracle: Oracle) -> Self:
        """The lines from x (runs, d), where the gradient is grad (runs, d)."""
        return cls(x=x, direction=direction, f=oracle.f, slope=dot(grad, direction), oracle=oracle)

    @property
    def descending(self) -> Runs:
        """The runs whose φ falls at t = 0: (m,). The others have nothing to search."""
        return np.flatnonzero(np.isfinite(self.f) & np.isfinite(self.slope) & (self.slope < 0.0))

    @property
    def no_step(self) -> Scalar:
        """The t of no step (runs,): 0, or NaN where f or its slope is not finite."""
        return np.where(np.isfinite(self.f) & np.isfinite(self.slope), 0.0, np.nan)

    def step(self, t: Scalar) -> Vector:
        """The steps to t (runs,): (runs, d)."""
        return t[:, np.newaxis] * self.direction

    def below_rounding(self, t: Scalar, runs: Runs) -> NDArray[np.bool_]:
        """Whether a step to t (m,) is too short to change x: (m,)."""
        too_short: NDArray[np.bool_] = t * np.abs(self.direction[runs]).max(1) <= EPSILON * np.abs(self.x[runs]).max(1)
        return too_short

    def evaluate(self, t: Scalar, runs: Runs) -> Trial:
        """φ and φ′ at t (m,). Where f or its gradient is not finite, φ is infinite and φ′ NaN."""
        # To the last bit where adding the step leads.
        point = self.x[runs] + t[:, np.newaxis] * self.direction[runs]
        f, grad = self.oracle.value_and_gradient(point, runs)
        undefined = ~(np.isfinite(f) & np.isfinite(grad).all(axis=1))
        f, slope = np.where(undefined, np.inf, f), np.where(undefined, np.nan, dot(grad, self.direction[runs]))
        return np.stack([t, f, slope])


def dot(u: Vector, v: Vector) -> Scalar:
    """The inner products of vectors (…, d): (…)."""
    # Column by column: numpy takes five times as long to add two numbers in each of many rows.
    product = u * v
    return reduce(np.add, (product[..., i] for i in range(product.shape[-1])))


def downhill(direction: Vector, grad: Vector) -> Vector:
    """The direction (runs, d) where it clearly leads downhill; −g elsewhere."""
    slope = dot(grad, direction)
    steep = slope < -LEAST_COSINE * np.sqrt(dot(grad, grad)) * np.sqrt(dot(direction, direction))
    return np.where((np.isfinite(slope) & steep)[:, np.newaxis], direction, -grad)


def backtrack(lines: SearchLines, first: Scalar, *, slope: float, decrease: float) -> Vector:
    """The steps (runs, d) to the first of t = first, first·decrease, … with φ(t) ≤ φ(0) + slope·t·φ′(0).

    No step where t falls below 2⁻⁶⁰ of the first, or is lost in the rounding of x. Source: Armijo 1966.
    """
    chosen, runs, t = lines.no_step, lines.descending, first
    for _ in range(ceil(log(SHORTEST) / log(decrease)) + 1):
        runs = runs[~lines.below_rounding(t[runs], runs)]
        if not runs.size:
            break
        _, f, _ = lines.evaluate(t[runs], runs)
        low_enough = f <= lines.f[runs] + slope * t[runs] * lines.slope[runs]
        chosen[runs[low_enough]] = t[runs[low_enough]]
        runs, t = runs[~low_enough], decrease * t
    return lines.step(chosen)


def strong_wolfe(lines: SearchLines, first: Scalar, *, c1: float, c2: float) -> Vector:
    """The steps (runs, d) to t with φ(t) ≤ φ(0) + c₁tφ′(0) and |φ′(t)| ≤ c₂|φ′(0)|. The first trial is first (runs,).

    A rise of two units in the last place of φ(0) is tolerated: near a minimizer, ∇f tells more than f can.
    Source: Nocedal & Wright 2006, algorithms 3.5 and 3.6, here one: its bracket starts from 0 to infinity.
    """
    chosen, lowest, runs = lines.no_step, lines.f.copy(), lines.descending
    t = first[runs]
    low = np.stack([np.zeros(len(runs)), lines.f[runs], lines.slope[runs]])
    high = np.full_like(low, np.inf)
    for trial in range(1, TRIALS + 1):
        if not runs.size:
            break
        here, f, slope = lines.evaluate(t, runs), lines.f[runs], lines.slope[runs]
        tolerated = ROUNDING * np.abs(f)
        too_high = ~(here[1] <= np.minimum(f + c1 * t * slope, low[1]) + tolerated)
        met = ~too_high & (np.abs(here[2]) <= -c2 * slope)
        better = met | (here[1] < lowest[runs])
        chosen[runs[better]], lowest[runs[better]] = t[better], here[1, better]

        before = low
        # The minimizer lies on low's downhill side; a trial that rises away from low is the far end of its bracket.
        turned = here[2] * (high[0] - low[0]) >= 0.0
        low, high = np.where(too_high, low, here), np.where(too_high, here, np.where(turned, low, high))
        open_ended = np.isinf(high[0])
        t = np.where(open_ended, _extrapolated(before, low), _interpolated(low, high, halve=trial % HALVING == 0))
        endless = open_ended & (low[0] >= FARTHEST * np.maximum(first[runs], 1.0))
        going = ~(met | endless | (~open_ended & lines.below_rounding(np.abs(high[0] - low[0]), runs)))
        runs, t, low, high = runs[going], t[going], low[:, going], high[:, going]
    return lines.step(chosen)


def _extrapolated(before: Trial, last: Trial) -> Scalar:
    """The next trial where φ still falls at the last: the cubic's minimizer, or the farthest where there is none."""
    guess, apart = _minimizer_of_cubic(before, last), last[0] - before[0]
    guess = np.where(guess > last[0], guess, np.inf)
    t: Scalar = np.clip(guess, last[0] + MARGIN * apart, last[0] + GROWTH * apart)
    return t


def _interpolated(low: Trial, high: Trial, *, halve: bool) -> Scalar:
    """The next trial in a bracket: the cubic's minimizer, kept off the ends; or the middle."""
    width = high[0] - low[0]
    share = 0.5 if halve else (_minimizer_of_cubic(low, high) - low[0]) / width
    t: Scalar = low[0] + width * np.clip(np.where(np.isfinite(share), share, 0.5), MARGIN, 1.0 - MARGIN)
    return t


def _minimizer_of_cubic(a: Trial, b: Trial) -> Scalar:
    """The minimizer of the cubic with these φ and φ′ at a and b; not finite where there is none.

    Source: Nocedal & Wright 2006, (3.59).
    """
    (t_a, f_a, slope_a), (t_b, f_b, slope_b) = a, b
    d1 = slope_a + slope_b - 3.0 * (f_a - f_b) / (t_a - t_b)
    d2 = np.copysign(np.sqrt(d1 * d1 - slope_a * slope_b), t_b - t_a)
    minimizer: Scalar = t_b - (t_b - t_a) * (slope_b + d2 - d1) / (slope_b - slope_a + 2.0 * d2)
    return minimizer
