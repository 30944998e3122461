"""A curve or an area of minima is outlined, and a crowd of minimizers is not marked one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.contour import ContourSet
from support.objectives import objective
from support.problems import scene_of, solved

from gdanim.objectives.objective import MOST_MARKED
from gdanim.views.curve import BOTTOM_PT

if TYPE_CHECKING:
    from collections.abc import Callable

    Array = np.ndarray

# Each with the distance of a point from its curve or from the edge of its area.
VALLEYS: dict[str, Callable[[Array, Array], Array]] = {
    "(x**2 + y**2 - 1)**2": lambda x, y: np.abs(np.hypot(x, y) - 1),
    "abs(x - y)": lambda x, y: np.abs(x - y) / 2**0.5,
    "(x + y - 1)**2": lambda x, y: np.abs(x + y - 1) / 2**0.5,
    "max(abs(x + y) - 1, 0)": lambda x, y: np.abs(np.abs(x + y) - 1) / 2**0.5,
    "abs(hypot(x, y) - 2)": lambda x, y: np.abs(np.hypot(x, y) - 2),
}


@pytest.mark.parametrize("text", VALLEYS)
def test_a_valley_of_minima_is_outlined_and_no_point_of_it_is_marked(text: str) -> None:
    found = solved(text, iterations=3)
    with scene_of(found) as scene:
        sets = [part for part in scene.figure.axes[0].collections if isinstance(part, ContourSet)]
        outline = max(sets, key=ContourSet.get_zorder)
        points = np.concatenate([path.vertices for path in outline.get_paths()])
        assert not [line for line in scene.figure.axes[0].lines if line.get_marker() == "o"]
    cell = float(np.ptp(found.objective.bounds, axis=1).max()) / 240
    assert len(points) > 100
    assert VALLEYS[text](*points.T).max() < 3 * cell


def test_of_very_many_minimizers_the_lowest_are_marked() -> None:
    function = solved("rastrigin", starts=100, seed=3, iterations=3).objective
    assert len(function.minimizers) > MOST_MARKED
    np.testing.assert_allclose(function.marked, [[0.0, 0.0]], atol=1e-9)
    few = objective("himmelblau", {})
    assert np.array_equal(few.marked, few.minimizers)


def test_a_minimum_that_nobody_sees_is_not_marked() -> None:
    """Far from the well of easom, of depth 1, f is 0 but for exp(−(x − π)² − (y − π)²)."""
    function = solved("easom", starts=6, iterations=3).objective
    depth = np.exp(-np.sum((function.minimizers - np.pi) ** 2, axis=1))
    assert (depth < 1e-9).any()
    assert np.array_equal(function.marked, function.minimizers[depth > 1e-6])


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("max(abs(x) - 1, 0)", (-1, 1)), ("max(abs(x) - 1, 0)**2 + 0.3", (-1, 1)), ("max(x - 1, 0, -3 - x)", (-3, 1)),
        ("abs(x - 2) + abs(x + 1)", (-1, 2)), ("1e6*max(abs(x/100) - 1, 0)", (-100, 100)),
    ],
)  # fmt: skip
def test_a_stretch_of_minima_of_one_variable_is_drawn_as_a_heavier_line(text: str, ends: tuple[float, float]) -> None:
    with scene_of(solved(text, iterations=3)) as scene:
        (bottom,) = (line for line in scene.figure.axes[0].get_lines() if line.get_linewidth() == BOTTOM_PT)
        x, f = np.asarray(bottom.get_xdata()), np.asarray(bottom.get_ydata())
        assert x[np.isfinite(f)][[0, -1]] == pytest.approx(ends, abs=2 * np.diff(x).mean())


@pytest.mark.parametrize("text", ["x**2", "x**4", "abs(x)", "relu(x) + x**2", "sin(x)"])
def test_a_function_without_such_a_stretch_has_one_line(text: str) -> None:
    with scene_of(solved(text, iterations=3)) as scene:
        assert BOTTOM_PT not in [line.get_linewidth() for line in scene.figure.axes[0].get_lines()]
