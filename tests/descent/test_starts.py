"""Random starts: reproducible, inside the bounds; what is kept passes both filters, what is dropped fails one."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.objectives import objective
from support.problems import formula

from gdanim.catalogue.request import looked_up
from gdanim.descent.descend import descend
from gdanim.descent.runs import expand, random_starts
from gdanim.errors import UsageError
from gdanim.presets import read_preset
from gdanim.settings import Settings

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective

WELL = objective("double_well", {})
FLAT = formula("x**2 + y**2", (-2, 2), (10, 30), minimizers=((0, 15), (1, 20)))

seeds = st.integers(0, 2**63 - 1)


@settings(deadline=None)
@given(seeds, st.integers(1, 50))
def test_without_filters_every_candidate_is_kept_inside_the_bounds(seed: int, candidates: int) -> None:
    starts = random_starts(FLAT, candidates, seed=seed)
    assert starts.shape == (candidates, 2)
    assert ((starts >= FLAT.bounds[:, 0]) & (starts <= FLAT.bounds[:, 1])).all()


@settings(deadline=None)
@given(seeds)
def test_the_same_seed_gives_the_same_starts(seed: int) -> None:
    assert np.array_equal(random_starts(WELL, 20, seed=seed), random_starts(WELL, 20, seed=seed))


def test_zero_is_a_seed_and_each_seed_is_another() -> None:
    drawn = [tuple(random_starts(WELL, 3, seed=seed).ravel()) for seed in (0, 0, 1, 2)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3


def test_the_starts_of_a_seed_stay_the_same_from_release_to_release() -> None:
    # PCG64's own first draws, scaled by hand: 10·u − 5.
    expected = [1.369616873214543, -2.302132862361297, -4.590264760638053]
    np.testing.assert_allclose(random_starts(WELL, 3, seed=0).ravel(), expected, rtol=1e-14)


def test_starts_are_spread_evenly_over_the_bounds() -> None:
    starts = random_starts(WELL, 10_000, seed=0)
    counts, _ = np.histogram(starts, bins=10, range=(-5, 5))
    assert abs(counts - 1000).max() < 5 * np.sqrt(900)  # five standard deviations


@settings(deadline=None)
@given(seeds, st.floats(0, 2), st.floats(0, 2.5), st.sampled_from([WELL, FLAT]))
def test_what_is_kept_passes_both_filters_and_what_is_dropped_fails_one(
    seed: int, separation: float, radius: float, where: Objective
) -> None:
    candidates = [tuple(candidate) for candidate in random_starts(where, 20, seed=seed)]
    try:
        kept = [tuple(s) for s in random_starts(where, 20, seed=seed, min_separation=separation, avoid_minima=radius)]
    except UsageError:
        kept = []
    places = [candidates.index(start) for start in kept]
    assert places == sorted(set(places))  # some of the candidates, in their order
    assert all(math.dist(one, other) >= separation for one, other in pairwise(kept))
    assert all(math.dist(start, minimizer) >= radius for start in kept for minimizer in where.minimizers)
    for place, candidate in enumerate(candidates):
        if place not in places:
            # The last one kept before it is the neighbour that it may be too near to.
            neighbours = [candidates[p] for p in places if p < place][-1:] or [(0.0,) * where.dim]
            too_near = any(math.dist(candidate, neighbour) < separation for neighbour in neighbours)
            assert too_near or any(math.dist(candidate, minimizer) < radius for minimizer in where.minimizers)


def test_a_filter_that_leaves_nothing_is_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match=r"None of 20 .*--avoid-minima"):
        random_starts(WELL, 20, seed=0, avoid_minima=100)


def test_avoiding_minima_of_a_function_without_any_keeps_all() -> None:
    assert len(random_starts(formula("x**2 - y**2"), 9, seed=1, avoid_minima=3)) == 9


def the_notebooks_starts(seed: int) -> list[float]:
    """Its loop over 20 candidates."""
    rng, last, kept = np.random.default_rng(seed), 0.0, []
    for _ in range(20):
        x = rng.uniform(-5, 5)
        if abs(x - last) < 0.2 or abs(x - 3) < 0.5 or abs(x + 3) < 0.5:
            continue
        last = x
        kept.append(x)
    return kept


def test_the_double_well_preset_starts_where_the_notebook_does() -> None:
    preset = Settings(**read_preset("double-well"))
    near_0 = 0
    for seed in range(300):
        (batch,) = expand(looked_up(replace(preset, seed=seed)), WELL)
        assert batch.start[:, 0].tolist() == the_notebooks_starts(seed)
        near_0 += bool(abs(np.random.default_rng(seed).uniform(-5, 5)) < 0.2)
    assert near_0 >= 5  # the first candidate is compared with 0 often enough for a test


def test_points_to_avoid_stand_in_for_the_minima() -> None:
    corners = ((-1.5, 12.0), (1.0, 25.0))
    candidates = random_starts(FLAT, 400, seed=2)
    kept = random_starts(FLAT, 400, seed=2, avoid_minima=4.0, avoid=np.array(corners))
    expected = [list(c) for c in candidates if all(math.dist(c, corner) >= 4.0 for corner in corners)]
    assert 100 < len(expected) < 350
    assert kept.tolist() == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"function": "rosenbrock", "avoid": ((1.0, 2.0, 3.0),)}, "--avoid '1,2,3': rosenbrock takes two coordinates"),
        ({"function": "double-well", "avoid": ((0.0,),)}, "None of 3 .* is 0 apart and 100 away from --avoid"),
    ],
)
def test_points_that_cannot_be_avoided_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        descend(Settings(**options, starts=3, avoid_minima=100.0))


@pytest.mark.parametrize("name", ["rastrigin", "griewank", "ackley"])
def test_starts_avoid_the_minima_that_a_row_does_not_list(name: str) -> None:
    function = objective(name, {})
    starts = random_starts(function, 60, seed=1, avoid_minima=0.3)
    assert 0 < len(starts) < 60
    # Gradient descent with short steps from each: its minimum is not within 0.3 of where it began.
    x = starts.copy()
    for _ in range(3000):
        x -= 2e-4 * np.sign(function.gradient(x)) * (np.abs(function.gradient(x)) > 1e-2)
    assert np.linalg.norm(x - starts, axis=1).min() > 0.3 - 1e-2


def test_starts_avoid_a_valley_of_minima() -> None:
    function = objective("(x**2 + y**2 - 1)**2", {})
    starts = random_starts(function, 200, seed=1, avoid_minima=0.2)
    away = np.abs(np.linalg.norm(starts, axis=1) - 1)
    assert 0.2 - 0.01 < away.min() < 0.25
