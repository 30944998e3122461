"""Numbers and lists in sentences read as a person writes them."""

from __future__ import annotations

import pytest

from gdanim.formatting import coordinates, count, listed


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
