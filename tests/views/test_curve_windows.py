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


STEEP = ["(x-1)**4+x**2", "log(x)+1/x", "x**6-x**2", "1e12*(x-3e7)**2+5e20", "exp(x)-2*x", "exp(5*x)-x", "(x-2)**4+x"]


@pytest.mark.parametrize("name", STEEP)
def test_flanks_are_cut_where_a_run_would_be_flat_beneath_them(name: str) -> None:
    descent = solved(name)
    curve = Curve.of(descent)
    low, high = curve.ylim
    path = descent.trajectory.f[0]
    assert low <= path.min() < low + (high - low) / 3 < path.max() < high
    shown = curve.x[(curve.f >= low) & (curve.f <= high)]  # and the axes are no wider than what is left
    assert np.ptp(shown) > 0.75 * np.ptp(curve.xlim)
    assert (curve.xlim[0] <= descent.trajectory.x).all()
    assert (curve.xlim[1] >= descent.trajectory.x).all()


@pytest.mark.parametrize("name", STEEP)
def test_limits_that_are_asked_for_stay_and_no_third_of_them_is_empty(name: str) -> None:
    low, high = solved(name).objective.bounds[0].tolist()
    curve = Curve.of(solved(name, xlim=(low, high)))
    assert curve.xlim == (low, high)
    shown = curve.x[(curve.f >= curve.ylim[0]) & (curve.f <= curve.ylim[1])]
    assert (shown.min() - low) < (high - low) / 3
    assert (high - shown.max()) < (high - low) / 3
