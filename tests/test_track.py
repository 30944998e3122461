"""Tracks: what a line may leave out, and which paths follow one another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from gdanim.nesting import DEEPEST, depths
from gdanim.styles import LIGHT
from gdanim.teams import Team
from gdanim.track import GRAINS, THIN_FROM, Track

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

FRAME = np.array([0.0, 0.0]), np.array([400.0, 300.0])


def plane() -> Axes:
    """Axes of 100 by 100 pixels whose data are pixels."""
    axes = Figure(figsize=(1, 1), dpi=100).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 100), ylim=(0, 100))
    return axes


def thinned(path: NDArray[np.float64], since: int, row: int) -> NDArray[np.float64]:
    """The rule, run by run: the first row, each row whose grain is not that of the row before, the last row."""
    grain = [tuple(np.floor(point * GRAINS)) for point in path]
    between = [k for k in range(since + 1, row) if grain[k] != grain[k - 1]]
    return path[[since, *between, row]]


@given(st.integers(0, 2**32 - 1), st.integers(THIN_FROM, 600), st.integers(0, 200))
def test_a_long_line_leaves_out_what_stays_in_one_grain_of_a_pixel(seed: int, row: int, since: int) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.choice([0.0, 1e-3, 0.5], size=(5, 601, 2)) * rng.normal(size=(5, 601, 2))
    track, axes = Track(50 + steps.cumsum(axis=1)), plane()
    pixels = track.pixels(axes, 100.0)
    runs = rng.permutation(5)[:3]
    lines = track.lines(runs, row, axes, 100.0, since=since)
    parts = np.split(lines.points, lines.begins[1:])
    for run, part in zip(runs, parts, strict=True):
        expected = thinned(pixels[run], since, row) if row - since >= THIN_FROM else pixels[run, since : row + 1]
        np.testing.assert_array_equal(part, expected)


def test_the_older_part_of_a_long_line_stays_as_the_line_grows() -> None:
    rng = np.random.default_rng(4)
    track, axes = Track(50 + 0.1 * rng.normal(size=(1, 700, 2)).cumsum(axis=1)), plane()
    run = np.array([0])
    grown = [track.lines(run, row, axes, 100.0).points for row in range(THIN_FROM, 699)]
    for before, after in pairwise(grown):
        # All but its last point, which is where the run is.
        np.testing.assert_array_equal(before[:-1], after[: len(before) - 1])


def team(*runs: int) -> Team:
    return Team(runs=np.array(runs), labels=(), colour=LIGHT.trail, shape="circle")


def depths_of(*paths: list[tuple[float, float]]) -> list[int]:
    points = np.array(paths, dtype=np.float64)
    return depths(points, [team(run) for run in range(len(paths))], cell_px=2.5, frame_px=FRAME)


STRAIGHT = [(10.0, 10.0), (390.0, 290.0)]
ACROSS = [(10.0, 290.0), (390.0, 10.0)]


def test_paths_that_only_cross_are_drawn_alike() -> None:
    assert depths_of(STRAIGHT, ACROSS) == [0, 0]


def test_of_paths_that_coincide_each_earlier_one_is_a_stripe_wider() -> None:
    assert depths_of(STRAIGHT, ACROSS, STRAIGHT, STRAIGHT) == [2, 0, 1, 0]


def test_a_path_is_wider_than_the_later_one_that_goes_on_where_it_ends() -> None:
    half = [(10.0, 10.0), (200.0, 150.0)]
    assert depths_of(half, STRAIGHT) == [1, 0]
    third = [(10.0, 10.0), (130.0, 98.4)]
    assert depths_of(STRAIGHT, third) == [0, 0]  # two thirds of it are seen anyway


def test_a_path_that_is_never_seen_follows_nobody() -> None:
    outside = [(500.0, 500.0), (900.0, 700.0)]
    assert depths_of(outside, outside) == [0, 0]


def test_the_widest_of_many_stripes_is_bounded() -> None:
    assert depths_of(*[STRAIGHT] * 9) == [DEEPEST] * (8 - DEEPEST) + list(range(DEEPEST, -1, -1))


@pytest.mark.parametrize("size", [1, 2.5])
def test_a_grid_of_any_size_sees_one_path_as_one(size: float) -> None:
    points = np.array([STRAIGHT, STRAIGHT])
    assert depths(points, [team(0), team(1)], cell_px=size, frame_px=FRAME) == [1, 0]
