"""Basins: where the descents from everywhere in a picture end. Every cell of the picture is a start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.descent.attractors import FAILED, NOWHERE, assigned, gathered
from gdanim.descent.endpoints import find_endpoints
from gdanim.descent.runs import scheduled_rates, stream_of
from gdanim.descent.solver import solve
from gdanim.descent.stepping import UNCONDITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.descent.runs import Run
    from gdanim.descent.stepping import Conditions
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.optimizer import Optimizer

# Cells, and steps of cells, in all: what takes a second or two. Where each step calls somebody's code, few.
MOST_CELLS, MOST_STEPS = 640 * 480, 640 * 480 * 200
FEW_CELLS, FEW_STEPS = 4_000, 200_000
LEAST_CELLS: Final = 400
TRIAL: Final = 2.0  # steps of gradient descent that take as long as a point that is asked for beside the gradient
CARRIED: Final = 1 / 8  # the same of a vector that an optimizer carries from step to step, beyond the first eight
SAMPLE, SAMPLE_STEPS = 16, 20  # starts and iterations by which such points are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Basins:
    """Where a descent from each cell ends. Arrays are read-only.

    destination (…)       the row of `destinations` where the cell ends; or FAILED, UNSETTLED, NOWHERE
    destinations (m, d)   the known minimizers of the objective, then others where cells gather, the lowest first
    """

    destination: Index
    destinations: Vector

    @property
    def kinds(self) -> frozenset[int]:
        """Which of FAILED, UNSETTLED and NOWHERE there are."""
        return frozenset(np.unique(self.destination[self.destination < 0]).tolist())


def basins(
    objective: Objective,
    optimizer: Optimizer,
    cells: Vector,
    rates: Scalar,
    conditions: Conditions = UNCONDITIONAL,
    *,
    stream: int = 0,
) -> Basins:
    """Descend from all cells (…, d) with `rates` (n,), one for each iteration, and tell where each one ends.

    All cells meet the random numbers of one stream: a run of that stream ends where the cell that it starts in does.
    """
    ends = find_endpoints(objective, optimizer, cells.reshape(-1, objective.dim), rates, conditions, stream=stream)
    destinations = objective.minimizers
    destination = np.where(ends.defined, FAILED, NOWHERE)
    arrived = np.flatnonzero(ends.defined & ~ends.failed)
    destination[arrived] = assigned(objective, ends.x[arrived], ends.f[arrived], destinations)
    rest = arrived[destination[arrived] < 0]
    if rest.size:
        further = gathered(objective, ends.x[rest], ends.f[rest], destinations)
        found = assigned(objective, ends.x[rest], ends.f[rest], further)
        destination[rest] = np.where(found < 0, found, found + len(destinations))
        destinations = np.concatenate([destinations, further])
    destination = destination.reshape(cells.shape[:-1])
    for array in (destination, destinations):
        array.flags.writeable = False
    return Basins(destination=destination, destinations=destinations)


def basins_of_run(
    objective: Objective,
    run: Run,
    start: Vector,
    iterations: int,
    conditions: Conditions,
    cells: Callable[[int], Vector],
) -> Basins:
    """The basins of the method and rates with which a run descends from its start (d,).

    iterations   as the run was given
    cells        the cells (…, d) of the picture, given how many are affordable
    """
    if run.method is None or run.schedule is None:
        raise ValueError("a replayed run has no basins")
    optimizer = run.method.build()
    (rates,) = scheduled_rates(run.schedule, np.array([run.lr]), iterations)
    starts = cells(affordable(objective, optimizer, rates))
    return basins(objective, optimizer, starts, rates, conditions, stream=stream_of(start))


def affordable(objective: Objective, optimizer: Optimizer, rates: Scalar) -> int:
    """How many cells a picture may have: fewer where the optimizer asks or remembers much.

    What it asks beside its gradients is counted on a short sample.
    """
    cells, steps = (FEW_CELLS, FEW_STEPS) if objective.point_by_point else (MOST_CELLS, MOST_STEPS)
    carried = _size(optimizer.init(objective.start[np.newaxis])) / objective.dim
    cost = max(1.0, CARRIED * carried) + TRIAL * _asked_beside(objective, optimizer, rates[:SAMPLE_STEPS])
    return int(max(min(cells, steps / max(len(rates), 1)) / cost, LEAST_CELLS))


def _asked_beside(objective: Objective, optimizer: Optimizer, rates: Scalar) -> float:
    """Points that are asked for in each iteration beside its own, on average; 0 where there never is one."""
    low, high = objective.bounds.T
    starts = np.random.default_rng(0).uniform(low, high, (SAMPLE, objective.dim))
    starts = starts[np.isfinite(objective.value(starts)) & np.isfinite(objective.gradient(starts)).all(axis=1)]
    if not len(starts) or not len(rates):
        return 0.0
    sample = solve(objective, optimizer, starts, np.tile(rates, (len(starts), 1)), len(rates))
    spent, last = sample.evaluations[:, -1], sample.last
    if (spent == last).all():
        return 0.0
    # The account leaves out a gradient that the search before it ended at; it was asked for all the same.
    return max(float(np.mean(spent / np.maximum(last, 1))), 1.0)


def _size(state: Any) -> int:
    """How many numbers a state is made of."""
    return sum(map(_size, state)) if isinstance(state, tuple) else np.size(state)


def grid(limits: tuple[tuple[float, float], ...], size_px: tuple[float, float], most: int) -> Vector:
    """The middles of at most about `most` cells that fill a picture, one for each pixel where that is affordable.

    Of one variable (columns, 1), of two (rows, columns, 2); the first at the first ends of the limits.
    """
    if len(limits) == 1:
        return _middles(limits[0], min(size_px[0], most))[:, np.newaxis]
    share = min(1.0, (most / (size_px[0] * size_px[1])) ** 0.5)
    x, y = (_middles(ends, length * share) for ends, length in zip(limits, size_px, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1)


def _middles(limits: tuple[float, float], count: float) -> Scalar:
    """The middles of equal parts of an interval: (count,)."""
    parts = max(round(count), 1)
    share = (np.arange(parts) + 0.5) / parts
    middles: Scalar = limits[0] * (1.0 - share) + limits[1] * share
    return middles
