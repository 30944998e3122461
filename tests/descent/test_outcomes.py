"""Outcomes and distances against an independent classifier: wells, quadratics, valleys, ravines, saddles; all methods;
many rates.

GDANIM_LONG=1 python -m pytest tests/descent/test_outcomes.py     10 000 problems
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.commandline import LONG
from support.outcome_classifier import classify, nearest_minimum
from support.outcome_problems import FAMILIES, problem
from support.problems import formula

from gdanim.catalogue import registry
from gdanim.descent.solver import solve
from gdanim.descent.stability import distances
from gdanim.descent.verdicts import verdicts
from gdanim.objectives.surroundings import known_around

if TYPE_CHECKING:
    from support.outcome_problems import Problem

    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Objective

LONGER = 4  # times as many iterations show the classifier what becomes of a run
FAR = 1e6  # f that has risen by so much is lost


def judged_and_classified(seed: int) -> tuple[str, str | None]:
    """The outcome of a random problem as gdanim says it and as the classifier does."""
    given = problem(seed)
    objective = formula(given.text)
    path, longer = (descent(objective, seed, times * given.iterations) for times in (1, LONGER))
    risen = float(longer.f[0].max()) > FAR * max(1.0, abs(float(path.f[0, 0])))
    found = classify(
        given,
        path.x[0, : path.last[0] + 1],
        longer.x[0],
        was_lost=not np.isfinite(path.lost).all(),
        is_lost_later=longer.stop[0].failed or risen,
    )
    said = verdicts(objective, path)[0].outcome.name
    return said + away_from(objective, given, path), found


def away_from(objective: Objective, given: Problem, path: Trajectory) -> str:
    """What is wrong with the distance that gdanim says of the end of a path; nothing where it claims none."""
    end = path.x[0, path.last[0]]
    nowhere = replace(objective, searched=np.empty((0, objective.dim, 2)))
    (said,) = distances(known_around(nowhere, end[np.newaxis]), end[np.newaxis])
    known = nearest_minimum(given, end)
    return "" if np.isnan(said) or abs(said - known) <= 1e-6 * (1 + np.abs(end).max()) else f", {said} away for {known}"


def descent(objective: Objective, seed: int, iterations: int) -> Trajectory:
    given = problem(seed)
    optimizer = registry.optimizer(given.method).build()
    return solve(objective, optimizer, given.start[np.newaxis], np.array([given.lr]), iterations)


def disagreements(seeds: range) -> tuple[list[tuple[int, str, str]], int]:
    """The seeds for which gdanim and the classifier differ, with what they say; how many the classifier decides."""
    found = [(seed, *judged_and_classified(seed)) for seed in seeds]
    differ = [(seed, said, str(known)) for seed, said, known in found if said != known and (known or "," in said)]
    return differ, sum(known is not None for *_, known in found)


def test_outcomes_are_those_of_an_independent_classifier() -> None:
    differ, decided = disagreements(range(4 * len(FAMILIES)))
    assert differ == []
    assert decided > 2.5 * len(FAMILIES)


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="a campaign of minutes: set GDANIM_LONG=1")
@pytest.mark.parametrize("thousand", range(1, 11))
def test_ten_thousand_outcomes_are_those_of_an_independent_classifier(thousand: int) -> None:
    differ, decided = disagreements(range(1000 * thousand, 1000 * (thousand + 1)))
    assert differ == []
    assert decided > 750
