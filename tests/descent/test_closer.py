"""Pictures of a short way through wide bounds show the half of them where it is, and nothing said of a run changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.problems import solved

from gdanim.catalogue.registry import FUNCTIONS


@pytest.mark.parametrize("options", [{}, {"optimizer": ("gd", "adam", "momentum")}, {"view": "surface"}])
def test_a_short_way_is_shown_in_half_of_the_bounds_with_its_minimum_and_clear_of_the_edges(
    options: dict[str, Any],
) -> None:
    descent, row = solved("beale", **options), np.array(FUNCTIONS["beale"].bounds)
    bounds = descent.objective.bounds
    assert np.ptp(bounds, axis=1) == pytest.approx(np.ptp(row, axis=1) / 2)
    assert (row[:, 0] <= bounds[:, 0]).all()
    assert (bounds[:, 1] <= row[:, 1]).all()
    points = np.concatenate([*descent.trajectory.x, [(3.0, 0.5)]])  # Beale's minimum
    away = np.minimum(points - bounds[:, 0], bounds[:, 1] - points) / np.ptp(bounds, axis=1)
    assert away.min() > 0.05


@pytest.mark.parametrize(
    ("function", "options"),
    [
        ("beale", {"starts": 3, "lr": 0.0001}),
        ("beale", {"xlim": (-4, 4)}),
        ("beale", {"basins": True}),
        ("beale", {"lr": 0.2}),  # lost
        ("beale", {"start": (-4.0, -4.0), "lr": 1e-5}),  # far from the minimum
        ("himmelblau", {"start": (3.0, 3.0)}),  # four minima, all over the bounds
        ("saddle", {}),  # no minimum
    ],
)
def test_all_of_the_bounds_are_shown_where_something_else_needs_them(function: str, options: dict[str, Any]) -> None:
    found = solved(function, iterations=5, **options).objective.bounds
    assert found.tolist() == [list(ends) for ends in FUNCTIONS[function].bounds]


def test_what_is_said_of_a_run_does_not_change() -> None:
    near, far = solved("beale"), solved("beale", xlim=(-4.5, 4.5), ylim=(-4.5, 4.5))
    assert near.verdict == far.verdict
    assert near.arrived_at.tolist() == far.arrived_at.tolist()
    assert near.limit.tolist() == far.limit.tolist()
