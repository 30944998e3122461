"""A plain loop around an optimizer, with an account of its own: what the tests of searches and of newton share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gdanim.catalogue.functions import FORMULAS
from gdanim.catalogue.optimizers import METHODS
from gdanim.optimizers.optimizer import Oracle
from gdanim.optimizers.random import NormalStreams
from support.objectives import objective

if TYPE_CHECKING:
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

Array = NDArray[np.float64]
NAMES = [row.name for row in FORMULAS]
_METHODS = {method.name: method for method in METHODS}


@dataclass(frozen=True)
class Walk:
    """Every iterate of every run: x, grad (n+1, runs, d); f, evaluations (n+1, runs): of the iterations before."""

    x: Array
    f: Array
    grad: Array
    evaluations: NDArray[np.int64]

    @property
    def steps(self) -> Array:
        with np.errstate(all="ignore"):
            return np.diff(self.x, axis=0)

    @property
    def slopes(self) -> tuple[Array, Array]:
        """∇fᵀs before and after every step s."""
        with np.errstate(all="ignore"):
            return (self.grad[:-1] * self.steps).sum(axis=-1), (self.grad[1:] * self.steps).sum(axis=-1)

    @property
    def norms(self) -> Array:
        with np.errstate(all="ignore"):
            return np.sqrt((self.grad**2).sum(axis=-1))


@cache
def catalogued(name: str) -> Objective:
    return objective(name, {})


@cache
def built(name: str, **given: float) -> Optimizer:
    method = _METHODS[name]
    return method.load()(**{item.name: given.get(item.name, item.default) for item in method.hyperparameters})


def starts(objective: Objective, count: int, seed: int = 0) -> Array:
    """The start of the catalogue, and random ones within the bounds."""
    random = np.random.default_rng(seed).uniform(*objective.bounds.T, (count - 1, objective.dim))
    return np.concatenate([objective.start[np.newaxis], random])


def walk(
    objective: Objective, optimizer: Optimizer, start: Any, iterations: int, lr: Any = 1.0, noise: float = 0.0
) -> Walk:
    """Descend as the solver does, at one rate or at one for each run (runs, 1).

    All that an update gets is read-only, so that one that writes into it fails.
    """
    x = _sealed(np.array(start, dtype=float).reshape(-1, objective.dim))
    runs = len(x)
    oracle = Oracle(objective, runs, NormalStreams(0, 1, range(runs), objective.dim))
    rate, shaken = _sealed(np.full((runs, 1), lr)), np.random.default_rng(0)
    evaluations, rows = np.zeros(runs, dtype=np.int64), []
    with np.errstate(all="ignore"):
        state = optimizer.init(x)
        for k in range(iterations + 1):
            f, grad = objective.raw_value_and_gradient(x)
            rows.append((x, f, grad, evaluations))
            oracle.f, oracle.iteration = _sealed(f), k
            seen = _sealed(grad + noise * shaken.standard_normal(grad.shape))
            for part in state if isinstance(state, tuple) else (state,):
                _sealed(part)
            step, state = optimizer.update(seen, state, x, rate, oracle)
            x = _sealed(x + step)
            beside = oracle.take_extra_evaluations(x)
            evaluations = evaluations + 1 + (0 if beside is None else beside)
    return Walk(*(np.array(column) for column in zip(*rows, strict=True)))


def _sealed(array: Array) -> Array:
    array.flags.writeable = False
    return array
