"""Every optimizer on every function of the catalogue: it ends finite or is lost by name, and nothing is raised."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.commandline import LONG
from support.objectives import objective

from gdanim.catalogue import registry
from gdanim.catalogue.functions import FORMULAS
from gdanim.catalogue.optimizers import METHODS
from gdanim.descent.runs import default_rate
from gdanim.descent.solver import solve
from gdanim.descent.stepping import Conditions

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective

ITERATIONS = 15 if LONG else 8


@cache
def objectives() -> dict[str, Objective]:
    return {row.name: objective(row.name, {}) for row in FORMULAS}


@pytest.mark.parametrize("method", [method.name for method in METHODS])
def test_an_optimizer_stays_finite_or_is_lost_by_name(method: str) -> None:
    """Warnings are errors in the tests. The rates: the one that is chosen, and a hundred times as much."""
    choice = registry.optimizer(method)
    for name, f in objectives().items():
        start = np.concatenate([[f.start], np.random.default_rng(7).uniform(*f.bounds.T, (3, f.dim))])
        start = np.repeat(start[np.isfinite(f.value(start)) & np.isfinite(f.gradient(start)).all(axis=1)], 2, axis=0)
        lr = np.tile([1.0, 100.0], len(start) // 2) * default_rate(choice, f)
        path = solve(f, choice.build(), start, lr, ITERATIONS, Conditions(noise=0.1, seed=3))
        assert all(np.isfinite(rows).all() for rows in (path.x, path.f, path.grad)), name
        lost = ~np.isfinite(path.lost).all(axis=1)
        assert all(path.stop[run].failed for run in np.flatnonzero(lost)), name
        assert (path.last[~lost] == ITERATIONS).all(), name
        assert (np.diff(path.evaluations, axis=1) >= 0).all(), name
