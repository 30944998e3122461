"""Local colour tables: what they leave of a picture's errors, counted pixel by pixel."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdanim.output.gif_tables import MIN_RATIO, NO_COLOUR, choose_local_table, squared_distances
from gdanim.output.palette import MAX_COLOURS

COLOURS = st.integers(0, 0xFFFFFF)
PAIRS = st.lists(st.tuples(COLOURS, COLOURS | st.just(NO_COLOUR)), min_size=1, max_size=40)
GRAY, BLUE = 0x808080, 0xFF0000


def channels(colour: int) -> tuple[int, int, int]:
    return colour & 0xFF, colour >> 8 & 0xFF, colour >> 16


def distance(one: int, other: int) -> int:
    return sum((a - b) ** 2 for a, b in zip(channels(one), channels(other), strict=True))


def as_array(colours: list[int]) -> np.ndarray:
    return np.array(colours, np.uint32)


@given(st.lists(st.tuples(COLOURS, COLOURS), max_size=40))
def test_a_distance_is_the_sum_of_the_squares_of_the_channels(pairs: list[tuple[int, int]]) -> None:
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    assert squared_distances(as_array(one), as_array(other)).tolist() == [distance(*pair) for pair in pairs]


@given(PAIRS, st.integers(0, 2**32 - 1), st.integers(0, 340))
def test_the_error_is_what_is_left_and_no_pixel_gets_worse(pairs: list[tuple[int, int]], seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)  # more colours than a table holds, beside those that were found
    pairs += [(int(colour), GRAY) for colour in rng.integers(0, 1 << 24, 300)]
    exact, shown = ([pair[side] for pair in pairs] for side in (0, 1))
    halves = [(as_array(exact[part]), as_array(shown[part])) for part in (slice(cut), slice(cut, None))]
    local = choose_local_table(halves)
    assert len(local.table) <= MAX_COLOURS
    left = 0
    for wanted, before, index in zip(exact, shown, np.concatenate(list(local.indices)).tolist(), strict=True):
        assert index or before != NO_COLOUR  # where nothing is shown yet, something is drawn
        after = int(local.table[index - 1]) if index else before
        if index and before != NO_COLOUR:
            assert MIN_RATIO * distance(wanted, after) <= distance(wanted, before)
        left += distance(wanted, after)
    assert local.error == left


def test_a_first_picture_is_served_by_how_often_its_colours_occur() -> None:
    common = [colour * 0x101010 for colour in range(8)]
    rare = np.unique(np.random.default_rng(0).integers(0, 1 << 24, 400)).tolist()
    exact = as_array(common * 10_000 + [colour | BLUE for colour in rare])
    table = choose_local_table([(exact, np.full_like(exact, NO_COLOUR))]).table
    assert set(common) <= set(table.tolist())
