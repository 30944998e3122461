"""Outcomes against an independent classifier: wells, quadratics, valleys, ravines, saddles; all methods; many rates.

GDANIM_LONG=1 python -m pytest tests/descent/test_outcomes.py     10 000 problems
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.commandline import LONG
from support.outcome_classifier import classify
from support.outcome_problems import FAMILIES, problem
from support.problems import formula

from gdanim.catalogue import registry
from gdanim.descent.solver import solve
from gdanim.descent.verdicts import verdicts

if TYPE_CHECKING:
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
    return verdicts(objective, path)[0].outcome.name, found


def descent(objective: Objective, seed: int, iterations: int) -> Trajectory:
    given = problem(seed)
    optimizer = registry.optimizer(given.method).build()
    return solve(objective, optimizer, given.start[np.newaxis], np.array([given.lr]), iterations)


def disagreements(seeds: range) -> tuple[list[tuple[int, str, str]], int]:
    """The seeds for which gdanim and the classifier differ, with what they say; how many the classifier decides."""
    found = [(seed, *judged_and_classified(seed)) for seed in seeds]
    decided = [(seed, said, known) for seed, said, known in found if known is not None]
    return [case for case in decided if case[1] != case[2]], len(decided)


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
