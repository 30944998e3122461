"""The combinations of a matrix: as nested loops would make them, and as CI matrices have exclude and include."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim.batch.matrix import MOST, Matrix, combinations
from gdanim.errors import UsageError

keys = st.sampled_from(["lr", "seed", "size"])
lists = st.dictionaries(keys, st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True), min_size=1)


@given(lists)
def test_they_are_all_there_once_the_last_list_changing_fastest(of: dict[str, list[int]]) -> None:
    assert combinations(Matrix(of, [], []), "a") == [dict(zip(of, row, strict=True)) for row in product(*of.values())]


@given(lists, st.lists(st.dictionaries(keys, st.integers(0, 9), min_size=1), max_size=3))
def test_what_has_all_values_of_an_exclude_is_left_out(of: dict[str, list[int]], exclude: list[dict[str, int]]) -> None:
    every = combinations(Matrix(of, [], []), "a")
    kept = [row for row in every if not any(excluded.items() <= row.items() for excluded in exclude)]
    assert combinations(Matrix(of, exclude, []), "a") == kept


def test_an_include_is_added_to_all_that_it_does_not_contradict_or_stands_alone() -> None:
    of = {"fruit": ["apple", "pear"], "animal": ["cat", "dog"]}
    include = [
        {"colour": "green"},
        {"colour": "pink", "animal": "cat"},
        {"fruit": "apple", "shape": "circle"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]
    assert combinations(Matrix(of, [], include), "a") == [
        {"fruit": "apple", "animal": "cat", "colour": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "colour": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "colour": "pink"},
        {"fruit": "pear", "animal": "dog", "colour": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


def test_without_lists_each_include_is_one_and_nothing_is_one_that_sets_nothing() -> None:
    assert combinations(Matrix({}, [], [{"lr": 1}, {"lr": 2}]), "a") == [{"lr": 1}, {"lr": 2}]
    assert combinations(Matrix({}, [], []), "a") == [{}]


def test_too_many_are_refused_before_one_is_made() -> None:
    thousand = range(1000)
    with pytest.raises(UsageError, match=f"1,000,000,000 combinations, and at most {MOST:,}"):
        combinations(Matrix({"lr": thousand, "seed": thousand, "size": thousand}, [], []), "a")
