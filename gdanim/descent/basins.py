"""Basins: where the descents from everywhere in a picture end. Every cell of the picture is a start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim.descent.attractors import FAILED, NOWHERE, places_of
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

# At most so many cells, and steps of all cells together: they take a second or two. Few where each step calls
# somebody's Python code.
MOST_CELLS, MOST_STEPS = 640 * 480, 640 * 480 * 200
FEW_CELLS, FEW_STEPS = 4_000, 200_000
LEAST_CELLS: Final = 400
# What costs as much as so many steps of gradient descent: an evaluation beside that of the gradient, and a vector of an
# optimizer's state, beyond the first eight.
EXTRA_EVALUATION: Final = 2.0
STATE_VECTOR: Final = 1 / 8
SAMPLE, SAMPLE_STEPS = 16, 20  # starts and iterations of the sample that counts such evaluations


class Basins(NamedTuple):
    """Where a descent from each cell ends. Arrays are read-only.

    attractor (…)       the row of `attractors` where the cell ends; or FAILED, UNSETTLED, NOWHERE, IN_VALLEY
    attractors (m, d)   the known ones, then others where cells gather, the lowest first
    """

    attractor: Index
    attractors: Vector

    @property
    def kinds(self) -> frozenset[int]:
        """Which of FAILED, UNSETTLED, NOWHERE and IN_VALLEY there are."""
        return frozenset(np.unique(self.attractor[self.attractor < 0]).tolist())


def basins(
    objective: Objective,
    optimizer: Optimizer,
    cells: Vector,
    rates: Scalar,
    conditions: Conditions = UNCONDITIONAL,
    *,
    stream: int = 0,
    known: Vector | None = None,
) -> Basins:
    """Descend from all cells (…, d) with `rates` (n,), one for each iteration, and find where each one ends.

    The attractors begin with the `known` ones (k, d), the minimizers of the objective unless others are given.
    All cells get the random numbers of one stream, so that a run of that stream ends where the cell of its start does.
    """
    ends = find_endpoints(objective, optimizer, cells.reshape(-1, objective.dim), rates, conditions, stream=stream)
    attractor = np.where(ends.defined, FAILED, NOWHERE)
    healthy = np.flatnonzero(ends.defined & ~ends.failed)
    known = objective.minimizers if known is None else known
    attractor[healthy], attractors = places_of(objective, ends.x[healthy], ends.f[healthy], known)
    attractor = attractor.reshape(cells.shape[:-1])
    for array in (attractor, attractors):
        array.flags.writeable = False
    return Basins(attractor, attractors)


def basins_of_run(
    objective: Objective,
    run: Run,
    start: Vector,
    iterations: int,
    conditions: Conditions,
    cells: Callable[[int], Vector],
    known: Vector | None = None,
) -> Basins:
    """The basins of the method and rates with which a run descends from its start (d,).

    iterations   as the run was given
    cells        the cells (…, d) of the picture, given how many are affordable
    known        as in basins()
    """
    if run.method is None or run.schedule is None:
        raise ValueError("a replayed run has no basins")
    optimizer = run.method.build()
    (rates,) = scheduled_rates(run.schedule, np.array([run.lr]), iterations)
    starts = cells(affordable(objective, optimizer, rates))
    return basins(objective, optimizer, starts, rates, conditions, stream=stream_of(start), known=known)


def affordable(objective: Objective, optimizer: Optimizer, rates: Scalar) -> int:
    """How many cells a picture may have: fewer where the optimizer has a large state, or evaluates f beside ∇f.

    Such evaluations are counted on a short sample.
    """
    cells, steps = (FEW_CELLS, FEW_STEPS) if objective.point_by_point else (MOST_CELLS, MOST_STEPS)
    vectors = _size(optimizer.init(objective.start[np.newaxis])) / objective.dim
    extra = _extra_evaluations(objective, optimizer, rates[:SAMPLE_STEPS])
    cost = max(1.0, STATE_VECTOR * vectors) + EXTRA_EVALUATION * extra
    return int(max(min(cells, steps / max(len(rates), 1)) / cost, LEAST_CELLS))


def _extra_evaluations(objective: Objective, optimizer: Optimizer, rates: Scalar) -> float:
    """Evaluations of an iteration beside that of the gradient, on average, at least 1; 0 where there never are any."""
    low, high = objective.bounds.T
    starts = np.random.default_rng(0).uniform(low, high, (SAMPLE, objective.dim))
    starts = starts[np.isfinite(objective.value(starts)) & np.isfinite(objective.gradient(starts)).all(axis=1)]
    if not len(starts) or not len(rates):
        return 0.0
    sample = solve(objective, optimizer, starts, np.tile(rates, (len(starts), 1)), len(rates))
    spent, last = sample.evaluations[:, -1], sample.last
    if (spent == last).all():
        return 0.0
    # The count leaves out a gradient that the line search had evaluated where it ended; it took its time all the same.
    return max(float(np.mean(spent / np.maximum(last, 1))), 1.0)


def _size(state: Any) -> int:
    """The number of numbers in a state."""
    if isinstance(state, dict):
        return _size(tuple(state.values()))
    return sum(map(_size, state)) if isinstance(state, (tuple, list)) else np.size(state)


def grid(limits: tuple[tuple[float, float], ...], size_px: tuple[float, float], most: int) -> Vector:
    """The middles of cells that fill a picture, one for each pixel, or about `most` where those are fewer.

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
    return limits[0] * (1.0 - share) + limits[1] * share
