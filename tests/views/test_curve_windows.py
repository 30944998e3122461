"""Windows of curves: no third of the axes is empty, and no curve ends in mid-air."""

from __future__ import annotations

import numpy as np
import pytest
from support.problems import solved

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.views.curve import Curve

OF_ONE = [name for name, row in FUNCTIONS.items() if len(row.bounds) == 1]
FORMULAS = [
    "x**4-3*x**2+x", "1/x", "log(x)", "exp(x)", "sqrt(x)", "sin(x)/x", "x**3-x", "abs(x)", "tan(x)", "1/(x**2+1)",
    "x**2+10*sin(x)", "exp(-x)+x", "cosh(x)", "(x**2-1)**2", "x*log(x)", "log(x**2+1)", "atan(x)", "-exp(-x**2)",
    "x**6-x**2", "relu(x)",
]  # fmt: skip
NEAR = 0.03  # of the axes: nearer than that to an edge, a curve leaves through it


@pytest.mark.parametrize("name", [*OF_ONE, *FORMULAS])
def test_a_curve_fills_its_window_and_leaves_through_an_edge(name: str) -> None:
    curve = Curve.of(solved(name))
    places = np.stack([(curve.x - curve.xlim[0]) / np.ptp(curve.xlim), (curve.f - curve.ylim[0]) / np.ptp(curve.ylim)])
    seen = places[:, ((places >= 0) & (places <= 1)).all(axis=0)]
    assert seen.min(axis=1).max() < 1 / 3
    assert seen.max(axis=1).min() > 2 / 3
    for end in (seen[:, 0], seen[:, -1]):
        assert min(end.min(), (1 - end).min()) < NEAR


@pytest.mark.parametrize("name", ["(x-1)**4+x**2", "log(x)+1/x", "x**6-x**2", "1e12*(x-3e7)**2+5e20", "exp(x)-2*x"])
def test_flanks_are_cut_where_a_run_would_be_flat_beneath_them(name: str) -> None:
    descent = solved(name)
    low, high = Curve.of(descent).ylim
    path = descent.trajectory.f[0]
    assert low <= path.min() < low + 0.2 * (high - low)
    assert path.max() > low + 0.2 * (high - low)
