"""Numbers and lists in sentences read as a person writes them."""

from __future__ import annotations

import pytest

from gdanim.formatting import coordinates, count, listed, significant


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 frames"), (1, "1 frame"), (2, "2 frames"), (12_345, "12,345 frames")]
)
def test_only_one_is_singular(number: int, said: str) -> None:
    assert count(number, "frame") == said


def test_the_last_of_a_list_follows_an_and() -> None:
    assert [listed("abc"[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_a_point_is_its_coordinates_without_needless_digits() -> None:
    assert coordinates([-1.5, 2.0]) == "-1.5, 2"
    assert coordinates([1 / 3], digits=3) == "0.333"


@pytest.mark.parametrize(
    ("value", "resolution", "text"),
    [
        (1e9 + 0.25, 0.01, "1000000000.25"),
        (1e9 + 0.25, 1e3, "1e+09"),
        (-282.59581, 1e-4, "-282.5958"),
        (7.3408783825443369e18, 0.01, "7.34088e+18"),  # its neighbours are 1024 away
        (float("nan"), 0.01, "nan"),
        (0.0, 0.01, "0"),
        (-0.0, 0.0, "0"),
        (8.1e-17, 8.6e-5, "0"),  # rounding in a window of 8.6
        (-2.8e-17, 1e-5, "0"),
        (-4.54858e-05, 8.6e-5, "-4.54858e-05"),
        (3e-300, 1e-303, "3e-300"),
        (-1.5e308, 1e-3, "-1.5e+308"),  # beyond all numbers, as a multiple
    ],
)
def test_a_number_has_the_digits_that_show_a_difference_unless_rounding_hides_it(
    value: float, resolution: float, text: str
) -> None:
    assert significant(value, resolution) == text
