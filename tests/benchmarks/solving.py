"""The solver and the formulas beside loops written by hand: python solving.py adam|gd|formula ours|theirs.

Each prints its CPU seconds, without imports and preparation.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalogue.registry import optimizer
from gdanim.catalogue.request import chosen_function
from gdanim.descent.solver import solve
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.objectives.lookup import objective

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.arrays import Vector

    Job = Callable[[], object]

FORMULA = "sin(3*x)*exp(-x**2/4)+0.1*x**2+log(1+x**2)+sqrt(1+x**2)"
STEPS = 1_000_000


def adam() -> tuple[Job, Job]:
    """10 000 starts × 1000 iterations on rosenbrock, recorded."""
    start = np.random.default_rng(0).uniform(-2.048, 2.048, (10_000, 2))
    f, rule = objective(chosen_function("rosenbrock", {}), {}), optimizer("adam").build()
    return lambda: solve(f, rule, start, np.full(len(start), 0.05), 1000), lambda: _adam_by_hand(start, 1000)


def _adam_by_hand(start: Vector, n: int) -> tuple[Vector, Vector, Vector]:
    lr, b1, b2, eps = 0.05, 0.9, 0.999, 1e-8
    x, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    xs, fs, gs = np.empty((n + 1, *x.shape)), np.empty((n + 1, len(x))), np.empty((n + 1, *x.shape))
    for k in range(n + 1):
        a, r = x[:, 0], x[:, 1] - x[:, 0] * x[:, 0]
        g = np.empty_like(x)
        g[:, 0], g[:, 1] = -400 * a * r - 2 * (1 - a), 200 * r
        xs[k], fs[k], gs[k] = x, 100 * r * r + (1 - a) ** 2, g
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        x = x - lr * (m / (1 - b1 ** (k + 1))) / (np.sqrt(v / (1 - b2 ** (k + 1))) + eps)
    return xs, fs, gs


def gd() -> tuple[Job, Job]:
    """One run of 10⁶ iterations on the parabola, recorded."""
    f, rule = objective(chosen_function("parabola", {}), {}), optimizer("gd").build()
    return lambda: solve(f, rule, np.array([[4.3]]), np.array([1e-6]), STEPS), lambda: _gd_by_hand(4.3)


def _gd_by_hand(x: float) -> Vector:
    record = []
    for _ in range(STEPS + 1):
        gradient = 2 * x
        record.append((x, x * x, gradient))
        x -= 1e-6 * gradient
    return np.array(record)


def formula() -> tuple[Job, Job]:
    """Value and gradient of a formula at 160 000 points, ten times."""
    import sympy

    functions, points = FormulaFunctions(parse(FORMULA), {}), np.linspace(-5, 5, 160_000)
    symbol, f = sympy.Symbol("x"), sympy.sympify(FORMULA)
    parts = [sympy.lambdify(symbol, part, "numpy") for part in (f, f.diff(symbol))]
    column = points[:, np.newaxis]
    return (
        lambda: [functions.raw_value_and_gradient(column) for _ in range(10)],
        lambda: [[part(points) for part in parts] for _ in range(10)],
    )


def main(job: str, side: str) -> None:
    """Print the CPU seconds of one side of a job."""
    ours, theirs = {"adam": adam, "gd": gd, "formula": formula}[job]()
    begun = time.process_time()
    (ours if side == "ours" else theirs)()
    print(time.process_time() - begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
