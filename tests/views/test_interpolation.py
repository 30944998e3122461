"""Between iterations: on the graph of the function, and through every point that was recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.problems import formula, solved

from gdanim.views.curve import on_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

positions = st.lists(st.floats(0, 6), min_size=3, max_size=3).map(np.array)
RUNS = np.arange(3)


def on_the_straight_way(values: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values (runs, n+1) at positions (runs,), run by run."""
    return np.array([np.interp(place, np.arange(len(own)), own) for place, own in zip(at, values, strict=True)])


@given(positions)
def test_a_run_is_on_the_graph_of_x_squared_wherever_it_is(position: NDArray[np.float64]) -> None:
    descent = solved("parabola", lr=(0.05, 0.45, 0.95), iterations=6)
    x, y = on_graph(descent)(RUNS, position).T
    np.testing.assert_array_equal(y, x * x)
    np.testing.assert_allclose(x, on_the_straight_way(descent.trajectory.x[..., 0], position), rtol=1e-12, atol=1e-12)


@given(positions)
def test_a_recorded_run_meets_its_own_points(position: NDArray[np.float64]) -> None:
    descent = solved("parabola", lr=(0.05, 0.45, 0.95), iterations=6)
    trajectory = descent.trajectory
    # Two runs of somebody whose f is not ours.
    f = trajectory.f + np.array([[0.0], [0.5], [0.0]]) + np.array([[0.0], [0.0], [0.01]]) * np.arange(7) ** 2
    runs = tuple(run._replace(source="theirs.csv" * (place > 0)) for place, run in enumerate(descent.runs))
    between = on_graph(replace(descent, trajectory=replace(trajectory, f=f), runs=runs))
    for k in range(7):
        points = between(RUNS, np.full(3, float(k)))
        np.testing.assert_allclose(points, np.stack([trajectory.x[:, k, 0], f[:, k]], axis=-1), rtol=1e-14)
    x, y = between(RUNS, position).T
    # A mean of the two, weighed by the way: as far above the graph as the iterations around are.
    np.testing.assert_allclose(y - x * x, on_the_straight_way(f - trajectory.f, position), rtol=1e-9, atol=1e-12)


def test_what_no_function_knows_is_not_a_number() -> None:
    descent = solved("parabola", lr=0.9, iterations=2)
    across = replace(descent.trajectory, x=np.array([[[-1.0], [1.0], [1e308]]]), f=np.array([[1.0, 1.0, 1.0]]))
    (x, y) = on_graph(replace(descent, objective=formula("sqrt(abs(x) - 0.5)"), trajectory=across))(
        np.array([0]), np.array([0.5])
    )[0]
    assert x == 0
    assert np.isnan(y)


def test_far_out_the_graph_may_be_infinite() -> None:
    descent = solved("parabola", lr=0.9, iterations=1)
    far = replace(descent.trajectory, x=np.array([[[-1e300], [1.5e300]]]), f=np.array([[1e308, 1e308]]))
    (x, y) = on_graph(replace(descent, trajectory=far))(np.array([0]), np.array([0.25]))[0]
    assert x == -3.75e299
    assert y == np.inf
