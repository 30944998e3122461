"""Palettes: what is kept exactly, and that every colour goes to its nearest entry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from support.films import line_plot, noise

from gdanim.output.palette import NearestColour, choose_palette, dithered, nearest, packed, pattern, unpacked

colour_lists = hnp.arrays(np.int64, st.tuples(st.integers(1, 60), st.just(3)), elements=st.integers(0, 255))


def as_pixels(colours, counts=None):
    """A picture of one row in which colour i covers counts[i] pixels."""
    row = np.repeat(np.asarray(colours), 1 if counts is None else counts, axis=0)
    return np.concatenate((row, np.full((len(row), 1), 255)), axis=1).astype(np.uint8)[None]


def as_set(colours):
    return set(map(tuple, np.asarray(colours).tolist()))


def distinct_colours(n, seed=0):
    return unpacked(np.random.default_rng(seed).choice(1 << 24, n, replace=False).astype(np.uint32))


@given(colour_lists, colour_lists)
def test_nearest_is_the_first_entry_at_the_least_squared_distance(points, palette):
    found = nearest(points, palette)
    for point, index in zip(points.tolist(), found.tolist(), strict=True):
        distances = [sum((a - b) ** 2 for a, b in zip(point, entry, strict=True)) for entry in palette.tolist()]
        assert index == distances.index(min(distances))


def test_nearest_is_exact_for_more_points_than_are_compared_at_once():
    points, palette = distinct_colours(10_000), distinct_colours(255, seed=1)
    distances = ((points[:, None] - palette) ** 2).sum(axis=2)
    np.testing.assert_array_equal(nearest(points, palette), distances.argmin(axis=1))


@given(st.lists(colour_lists, min_size=1, max_size=4), colour_lists)
def test_remembered_colours_map_like_new_ones(pictures, palette):
    index_of = NearestColour(palette.astype(np.uint8))
    for points in [*pictures, *pictures]:
        indices = index_of(packed(as_pixels(points)))
        np.testing.assert_array_equal(indices[0].astype(int) - 1, nearest(points, palette))


@given(colour_lists)
def test_packed_and_unpacked_are_inverse_and_leave_alpha_out(points):
    pixels = as_pixels(points)
    pixels[..., 3] = 7
    np.testing.assert_array_equal(unpacked(packed(pixels)[0]), points)


def test_packed_reads_a_box_cut_from_a_larger_picture():
    picture = noise(1)[0]
    np.testing.assert_array_equal(packed(picture[5:9, 3:30]), packed(picture)[5:9, 3:30])


@pytest.mark.parametrize("n", [1, 2, 254, 255])
def test_up_to_255_colours_are_all_kept(n):
    colours = distinct_colours(n)
    assert as_set(choose_palette([as_pixels(colours)])) == as_set(colours)


@pytest.mark.parametrize("n", [256, 1500, 20_000])
def test_of_more_colours_the_32_commonest_are_kept(n):
    colours = distinct_colours(n)
    counts = np.ones(n, int)
    counts[100:132] = 2 + np.arange(32)
    palette = choose_palette([as_pixels(colours, counts)])
    assert len(palette) <= 255
    assert as_set(palette) >= as_set(colours[100:132])


def test_palette_smaller_than_32_is_the_commonest_colours():
    colours, counts = distinct_colours(40), 1 + np.arange(40)
    assert as_set(choose_palette([as_pixels(colours, counts)], size=16)) == as_set(colours[-16:])


def test_a_colour_of_the_last_frame_counts_like_one_of_the_first():
    first = as_pixels([[255, 255, 255], [0, 0, 0]], [500, 20])
    last = as_pixels([[255, 255, 255], [200, 0, 0]], [500, 20])
    assert as_set(choose_palette([first, last])) == {(255, 255, 255), (0, 0, 0), (200, 0, 0)}


@given(st.permutations(range(1, 41)))
def test_entries_come_in_the_order_of_the_pixels_they_cover(counts):
    colours = distinct_colours(40)
    by_count = np.argsort(counts)[::-1]
    np.testing.assert_array_equal(choose_palette([as_pixels(colours, counts)]), colours[by_count])


@pytest.mark.parametrize("method", [Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE, Image.Quantize.FASTOCTREE])
@pytest.mark.parametrize("picture", [line_plot(1)[0], noise(1, 200, 200)[0]], ids=["line plot", "noise"])
def test_error_is_less_than_with_pillows_palettes(picture, method):
    rgb = picture[..., :3]
    theirs = np.asarray(Image.fromarray(rgb).quantize(255, method, dither=Image.Dither.NONE).convert("RGB"))
    palette = choose_palette([picture])
    ours = palette[NearestColour(palette)(packed(picture)) - 1]
    assert np.mean((ours.astype(float) - rgb) ** 2) < np.mean((theirs.astype(float) - rgb) ** 2)


def test_order_of_frames_does_not_matter():
    frames = list(noise(3))
    np.testing.assert_array_equal(choose_palette(frames), choose_palette(frames[::-1]))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 16))
def test_pattern_repeats_every_8_pixels_and_stays_within_its_reach(height, width, reach):
    offsets = pattern(height, width, reach)
    assert offsets.shape == (height, width)
    assert np.abs(offsets).max() <= reach
    np.testing.assert_array_equal(offsets[8:], offsets[:-8])
    np.testing.assert_array_equal(offsets[:, 8:], offsets[:, :-8])


@given(st.integers(1, 60))
def test_pattern_changes_no_mean(reach):
    assert pattern(8, 8, reach).sum() == 0


@given(st.integers(4, 251))
def test_dithered_grey_is_within_half_a_step_in_the_mean_where_entries_are_8_apart(grey):
    index_of = NearestColour(np.repeat(np.arange(0, 256, 8)[:, None], 3, axis=1).astype(np.uint8))
    colours = packed(as_pixels([[grey] * 3], [64]))[0]
    shown = 8 * (index_of(dithered(colours, pattern(8, 8, 4).ravel())).astype(int) - 1)
    assert abs(min(grey, 248) - shown.mean()) <= 0.5


@given(hnp.arrays(np.int64, (64, 3), elements=st.integers(0, 255)), st.integers(1, 60))
def test_dithered_channels_move_by_the_offset_and_stay_in_a_byte(points, reach):
    colours = packed(as_pixels(points))[0]
    moved = unpacked(dithered(colours, pattern(8, 8, reach).ravel()))
    expected = [[min(max(v + o, 0), 255) for v in p] for p, o in zip(points, pattern(8, 8, reach).ravel(), strict=True)]
    np.testing.assert_array_equal(moved, expected)
