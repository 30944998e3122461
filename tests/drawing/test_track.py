"""Tracks: what a line may leave out, and which paths follow one another."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from gdanim.descent.timeline import Moment
from gdanim.drawing.marks.track import MAX_LEVEL, PARTS_PER_PIXEL, THIN_FROM, Track, chord, stripe_levels
from gdanim.drawing.run_styles import RunStyle
from gdanim.drawing.styles import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

FRAME = np.array([0.0, 0.0]), np.array([400.0, 300.0])


def plane() -> Axes:
    """Axes of 100 by 100 pixels whose data are pixels."""
    axes = Figure(figsize=(1, 1), dpi=100).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 100), ylim=(0, 100))
    return axes


def moment(*position: float) -> Moment:
    """Where runs are that all are visible; NaN for one that is not."""
    at = np.array(position)
    return Moment(at, np.flatnonzero(~np.isnan(at)), np.empty(0, dtype=np.int64), 0)


def thinned(path: NDArray[np.float64], since: float, until: float, end: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rule, run by run: where the line begins, each row whose grain is not that of the row before, its end."""
    grain = [tuple(np.floor(point * PARTS_PER_PIXEL)) for point in path]
    between = [k for k in range(int(since) + 1, math.ceil(until)) if len(path) <= THIN_FROM or grain[k] != grain[k - 1]]
    first = path[int(since)] + since % 1 * (path[math.ceil(since)] - path[int(since)])
    return np.array([first, *path[between], end])[: 1 if since == until == int(since) else None]


def walks(seed: int, points: int) -> Track:
    """The tracks of five runs, of which some stand still at times."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([0.0, 1e-3, 0.5], size=(5, points, 2)) * rng.normal(size=(5, points, 2))
    return Track(50 + steps.cumsum(axis=1))


halves = st.integers(0, 1000).map(lambda twice: twice / 2)


@given(
    st.integers(0, 2**32 - 1), st.sampled_from([200, 601]), st.lists(st.tuples(halves, halves), min_size=1, max_size=5)
)
def test_a_line_runs_between_its_positions_and_leaves_out_what_stays_in_one_grain_of_a_pixel(
    seed: int, points: int, spans: list[tuple[float, float]]
) -> None:
    track, axes = walks(seed, points), plane()
    pixels = track.pixels(axes, 100.0)
    runs = np.random.default_rng(seed).permutation(5)[: len(spans)]
    since, until = np.sort(np.minimum(np.array(spans), points - 1), axis=1).T
    ends = np.arange(2.0 * len(runs)).reshape(-1, 2)
    whole = since == until
    ends[whole] = chord(pixels, runs[whole], since[whole])
    lines = track.lines(runs, since, until, ends, axes, 100.0)
    for run, begin, end, at, part, iterate in zip(
        runs,
        since,
        until,
        ends,
        *(np.split(array, lines.begins[1:]) for array in (lines.points, lines.iterate)),
        strict=True,
    ):
        expected: Any = thinned(pixels[run], begin, end, at)
        np.testing.assert_allclose(part, expected, rtol=1e-14)
        assert (iterate[0], iterate[-1]) == (begin == int(begin), end == int(end))
        assert iterate[1:-1].all()


def test_the_older_part_of_a_long_line_stays_as_the_line_grows() -> None:
    rng = np.random.default_rng(4)
    track, axes = Track(50 + 0.1 * rng.normal(size=(1, 700, 2)).cumsum(axis=1)), plane()
    pixels, run, start = track.pixels(axes, 100.0), np.array([0]), np.array([0.0])
    grown = [track.lines(run, start, np.array([float(k)]), pixels[:, k], axes, 100.0).points for k in range(1, 699)]
    for before, after in pairwise(grown):
        # All but its last point, which is where the run is.
        np.testing.assert_array_equal(before[:-1], after[: len(before) - 1])


def test_a_run_is_at_its_points_and_between_them_on_the_straight_way() -> None:
    points = np.array([[[0.0, 0.0], [10.0, 20.0], [50.0, 20.0]]] * 3)
    straight, axes = Track(points), plane()
    np.testing.assert_allclose(
        straight.here(moment(1.0, 0.25, np.nan), axes, 100.0), [[10, 20], [2.5, 5], [np.nan, np.nan]], rtol=1e-12
    )


def test_a_lost_run_stops_where_it_leaves_the_axes_first_and_others_go_on() -> None:
    # Out at the right edge after half of its second step, back again, and far away.
    path = [[10.0, 50.0], [80.0, 50.0], [122.0, 50.0], [50.0, 90.0], [1e300, 1e300]]
    track, axes = Track(np.array([path, path]), np.array([4.0, np.inf])), plane()
    np.testing.assert_allclose(track.stops(axes, 100.0), [1.5, np.inf])  # a pixel beyond the edge is in view
    for position in (1.5, 2.0, 3.0, 4.0):
        lost, healthy = track.here(moment(position, position), axes, 100.0)
        np.testing.assert_allclose(lost, [101.0, 50.0], rtol=1e-9)
        assert position == 1.5 or not np.allclose(healthy, lost)
    at, ahead = track.way_out(np.array([0, 1]), np.array([1.5, 2.0]), axes, 100.0)
    np.testing.assert_allclose(at, [[101.0, 50.0]] * 2)
    assert (ahead == [42.0, 0.0]).all()
    # Of the last step only rounding is inside, and yet it comes after its iteration.
    assert (track.exits(axes, 100.0).position > [1, 3, 1, 3]).all()


def test_far_points_have_a_middle() -> None:
    points = np.array([[[-1e308, 0.0], [1e308, 1e308]]])
    middle = chord(points, np.array([0]), np.array([0.5]))
    assert middle.tolist() == [[0.0, 5e307]]


@given(st.integers(0, 2**32 - 1), halves, halves, st.lists(st.floats(0.05, 0.95), min_size=1, max_size=4))
def test_a_path_is_parted_by_its_length_in_view_at_iterations(
    seed: int, one: float, other: float, shares: list[float]
) -> None:
    track, axes = walks(seed, 120), plane()
    since, until = sorted(min(end, 119.0) for end in (one, other))
    shares.sort()
    for run in (0, 4):
        seen = np.clip(track.points[run], 0, 100)
        # The length from the first iteration to each, and to the ends, from one point to the next.
        far = np.concatenate([[0.0], np.hypot(*np.diff(seen, axis=0).T).cumsum()])
        begin, end = np.interp([since, until], np.arange(120), far)
        spans = np.array([since]), np.array([until])
        meets = track.parted(np.array([run]), *spans, shares, axes, 100.0)[:, 0]
        for share, meet in zip(shares, meets, strict=True):
            limit = begin + share * (end - begin)
            before = [k for k in range(math.ceil(since), math.floor(until) + 1) if far[k] < limit - 1e-9]
            up_to = [k for k in range(math.ceil(since), math.floor(until) + 1) if far[k] < limit + 1e-9]
            # Rounding decides where an iteration lies within 1e-9 px of a share.
            assert max(before, default=since) <= meet <= max(up_to, default=since)
        if far[math.floor(until)] - far[max(math.ceil(until) - 1, 0)] > 1e-6 and until - since >= 1:
            assert meets[-1] < until


def run_style(*runs: int) -> RunStyle:
    return RunStyle(runs=np.array(runs), labels=(), colour=LIGHT.trail, shape="circle")


def depths_of(*paths: list[tuple[float, float]]) -> list[int]:
    points = np.array(paths, dtype=np.float64)
    return stripe_levels(points, [np.array([run]) for run in range(len(paths))], cell_px=2.5, frame_px=FRAME)


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
    assert depths_of(*[STRAIGHT] * 9) == [MAX_LEVEL] * (8 - MAX_LEVEL) + list(range(MAX_LEVEL, -1, -1))


@pytest.mark.parametrize("size", [1, 2.5])
def test_a_grid_of_any_size_sees_one_path_as_one(size: float) -> None:
    points = np.array([STRAIGHT, STRAIGHT])
    assert stripe_levels(points, [np.array([0]), np.array([1])], cell_px=size, frame_px=FRAME) == [1, 0]
