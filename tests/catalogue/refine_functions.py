"""Find what the rows of gdanim/catalogue/functions.py should hold: the record of where their figures come from.

    PYTHONPATH=. python tests/catalogue/refine_functions.py [NAME…]

For each row: the lowest points of a grid, each refined to 40 digits by Newton's method on sympy's derivatives (decimals
are read as fractions). What is printed is the nearest double. `differs` marks a row that says something else; `no
second-order minimum` a low point at a kink, where it is flat, or from which the refinement runs out of the bounds.
"""

from __future__ import annotations

import itertools
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath as mp
import numpy as np
import sympy as sp
from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations

from gdanim.catalogue.functions import FORMULAS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.catalogue.specs import Formula

DIGITS = 40
GRID = {1: 20_001, 2: 1_201}  # odd: the middle of the bounds is a point
MOST_REFINED = 40  # of the low points; rows with more minima list the global ones alone
SYMBOLS = sp.symbols("x y", real=True)


class Minimum(NamedTuple):
    """A strict minimum: where it is, f there, and the largest eigenvalue of the Hessian."""

    f: mp.mpf
    x: mp.matrix
    curvature: mp.mpf


def variables(row: Formula) -> tuple[sp.Symbol, ...]:
    return SYMBOLS[: len(row.bounds)]


def symbolic(row: Formula) -> sp.Expr:
    """The row's formula as sympy reads it, its parameters at their defaults, decimals as fractions."""
    names: dict[str, Any] = dict(zip("xy", SYMBOLS, strict=True))
    names |= {"pi": sp.pi, "e": sp.E, "abs": sp.Abs, "hypot": lambda u, v: sp.sqrt(u**2 + v**2)}
    names |= {name: sp.nsimplify(value, rational=True) for name, value in row.parameters}
    return parse_expr(row.formula, local_dict=names, transformations=(*standard_transformations, rationalize))


@cache
def derivatives(row: Formula, module: str) -> tuple[Any, Any, Any]:
    """f, its gradient and its Hessian as functions of separate coordinates, from sympy, for numpy or mpmath."""
    at, f = variables(row), symbolic(row)
    gradient = [f.diff(v) for v in at]
    # The second derivative of abs is a Dirac delta, which is 0 wherever it is asked for.
    hessian = [[g.diff(v).replace(sp.DiracDelta, lambda *_: sp.S.Zero) for v in at] for g in gradient]
    return tuple(sp.lambdify(at, expression, module, cse=True) for expression in (f, gradient, hessian))


def refined(row: Formula, start: tuple[float, ...]) -> Minimum | None:
    """The strict minimum that Newton's method reaches from `start`; None where it reaches none inside the bounds."""
    f, gradient, hessian = derivatives(row, "mpmath")
    x = mp.matrix([mp.mpf(float(c)) for c in start])
    try:
        for _ in range(100):
            step = mp.lu_solve(mp.matrix(hessian(*x)), -mp.matrix(gradient(*x)))
            x += step * min(1, mp.mpf("0.1") / max(mp.norm(step), mp.mpf("1e-99")))
            if mp.norm(step) < mp.mpf(10) ** (4 - mp.mp.dps) * (1 + mp.norm(x)):
                break
        else:
            return None
        eigenvalues = mp.eigsy(mp.matrix(hessian(*x)), eigvals_only=True)
    except ZeroDivisionError:  # a singular Hessian, or a kink
        return None
    inside = all(low <= c <= high for c, (low, high) in zip(x, row.bounds, strict=True))
    return Minimum(f(*x), x, max(eigenvalues)) if inside and min(eigenvalues) > 0 else None


def low_points(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The indices (n, d) of a grid's points that no neighbour lies below; edges count, for a minimum may sit on one."""
    padded = np.pad(values, 1, constant_values=np.inf)
    low = np.ones(values.shape, dtype=bool)
    for shift in itertools.product((0, 1, 2), repeat=values.ndim):
        low &= values <= padded[tuple(slice(s, s + n) for s, n in zip(shift, values.shape, strict=True))]
    return np.argwhere(low)


def minima(row: Formula) -> tuple[list[Minimum], list[tuple[float, ...]]]:
    """The row's strict minima, lowest first, and the low points of the grid that led to none."""
    axes = [np.linspace(*interval, GRID[len(row.bounds)]) for interval in row.bounds]
    points = np.meshgrid(*axes, indexing="ij")
    values = derivatives(row, "numpy")[0](*points)
    starts = sorted(map(tuple, low_points(values)), key=lambda index: values[index])[:MOST_REFINED]
    found: list[Minimum] = []
    lost: list[tuple[float, ...]] = []
    for index in starts:
        start = tuple(float(axis[i]) for axis, i in zip(axes, index, strict=True))
        minimum = refined(row, start)
        if minimum is None:
            lost.append(start)
        elif all(mp.norm(minimum.x - other.x) > 1e-20 for other in found):
            found.append(minimum)
    return sorted(found, key=lambda m: m.f), lost


def rounded(value: mp.mpf) -> float:
    """The nearest double; what is left of 0 after cancellation is 0."""
    return 0.0 if abs(value) < mp.mpf(10) ** (10 - mp.mp.dps) else float(value)


def report(row: Formula) -> None:
    found, lost = minima(row)
    print(f"{row.name}: {len(found)} strict minima from the {MOST_REFINED} lowest points of the grid")
    for m in found:
        point = tuple(map(rounded, m.x))
        unlisted = "" if point in row.minimizers else "  not listed"
        print(f"    f {rounded(m.f)!r} at {point!r}, curvature {float(m.curvature)!r}{unlisted}")
    if lost:
        print(f"    no second-order minimum from {len(lost)} low points, such as {lost[0]}")
    first = next((m for m in found if tuple(map(rounded, m.x)) == row.minimizers[0]), None) if row.minimizers else None
    if first and (rounded(first.f), float(first.curvature)) != (row.minimum, row.curvature):
        print(f"    differs: the row says f {row.minimum!r}, curvature {row.curvature!r}")


if __name__ == "__main__":
    mp.mp.dps = DIGITS
    for each in FORMULAS:
        if not sys.argv[1:] or each.name in sys.argv[1:]:
            report(each)
