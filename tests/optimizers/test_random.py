"""The random numbers of a descent: normal, and the same for a stream whatever stands beside it."""

from __future__ import annotations

import numpy as np
import pytest

from gdanim.optimizers.random import BLOCK, NormalStreams


def drawn(streams: list[int], iterations: int, seed: int = 0, key: int = 0, dim: int = 2) -> np.ndarray:
    """Numbers (iterations, runs, d)."""
    normals = NormalStreams(seed, key, streams, dim)
    return np.array([normals.at(k) for k in range(iterations)])


def test_a_stream_is_the_same_alone_and_beside_others() -> None:
    together = drawn([0, 1, 2, 7], 3 * BLOCK)
    for place, stream in enumerate([0, 1, 2, 7]):
        assert np.array_equal(together[:, place], drawn([stream], 3 * BLOCK)[:, 0])


def test_runs_of_one_stream_are_shaken_alike_and_others_are_not() -> None:
    numbers = drawn([3, 3, 4], 2 * BLOCK)
    assert np.array_equal(numbers[:, 0], numbers[:, 1])
    assert not (numbers[:, 0] == numbers[:, 2]).any()


def test_an_iteration_may_be_asked_for_again_and_the_first_ones_left_out() -> None:
    normals = NormalStreams(0, 0, [0], 1)
    late = normals.at(BLOCK + 3).copy()
    assert np.array_equal(normals.at(BLOCK + 3), late)
    assert np.array_equal(drawn([0], BLOCK + 4, dim=1)[-1], late)


@pytest.mark.parametrize("other", [{"seed": 1}, {"key": 1}])
def test_another_seed_and_another_purpose_are_other_numbers(other: dict[str, int]) -> None:
    assert not (drawn([0], BLOCK) == drawn([0], BLOCK, **other)).any()


def test_the_numbers_are_standard_normal_and_independent() -> None:
    numbers = drawn(list(range(50)), 20 * BLOCK)  # 128 000 of them
    n = numbers.size
    assert abs(numbers.mean()) < 4 / np.sqrt(n)
    assert abs(numbers.var() - 1) < 4 * np.sqrt(2 / n)
    rows = numbers.reshape(len(numbers), -1)
    neighbours = np.mean(rows[:, 1:] * rows[:, :-1]), np.mean(rows[1:] * rows[:-1])
    assert max(map(abs, neighbours)) < 5 / np.sqrt(n)
