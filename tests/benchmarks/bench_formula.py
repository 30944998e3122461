"""Value and gradient of a formula at 160 000 points, against sympy's lambdified pair in the same run.

    python tests/benchmarks/bench_formula.py

Also what one point costs, as the solver asks for it in its loop.
"""

from __future__ import annotations

import timeit
from typing import TYPE_CHECKING

import numpy as np
import sympy

from gdanim.formula import evaluator
from gdanim.formula.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULA = "sin(3*x)*exp(-x**2/4)+0.1*x**2+log(1+x**2)+sqrt(1+x**2)"
N_POINTS = 160_000
HIGHEST_RATIO = 1.5


def best_s(action: Callable[[], object], number: int, repeat: int) -> float:
    """The shortest mean time of one call, in seconds."""
    return min(timeit.repeat(action, number=number, repeat=repeat)) / number


def main() -> None:
    """Print the times and their ratio; exit 1 where ours takes more than HIGHEST_RATIO of sympy's."""
    symbol = sympy.Symbol("x")
    f = sympy.sympify(FORMULA)
    value, slope = (sympy.lambdify(symbol, part, "numpy") for part in (f, f.diff(symbol)))
    functions = evaluator.FormulaFunctions(parse(FORMULA), {})
    points = np.linspace(-5, 5, N_POINTS)
    column = points[:, np.newaxis]

    ours, theirs = functions.raw_value_and_gradient(column), (value(points), slope(points))
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)
    np.testing.assert_allclose(ours[1][:, 0], theirs[1], rtol=1e-10, atol=1e-12)

    ours_s = best_s(lambda: functions.raw_value_and_gradient(column), 3, 7)
    theirs_s = best_s(lambda: (value(points), slope(points)), 3, 7)
    ratio = ours_s / theirs_s
    print(f"{N_POINTS} points: gdanim {ours_s * 1e3:.2f} ms, sympy {theirs_s * 1e3:.2f} ms, ratio {ratio:.2f}")

    square, one = evaluator.FormulaFunctions(parse("x**2"), {}), np.ones((1, 1))
    with np.errstate(all="ignore"):
        one_s = best_s(lambda: square.raw_value_and_gradient(one), 20_000, 5)
    print(f"x**2 at one point: {one_s * 1e6:.2f} µs")
    raise SystemExit(ratio > HIGHEST_RATIO)


if __name__ == "__main__":
    main()
