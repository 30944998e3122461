"""Random starts, from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.errors import UsageError

if TYPE_CHECKING:
    from gdanim.arrays import Vector
    from gdanim.objectives.objective import Objective


def random_starts(
    objective: Objective, candidates: int, *, seed: int, min_separation: float = 0.0, avoid_minima: float = 0.0
) -> Vector:
    """Points drawn uniformly in the bounds, `candidates` of them, without those that are too close: (m, d).

    A point is dropped where it is closer than min_separation to the last one that was kept, or closer than avoid_minima
    to a minimizer. Raises UsageError where none is left.
    """
    low, high = objective.bounds.T
    drawn = np.random.default_rng(seed).uniform(low, high, (candidates, objective.dim))
    if avoid_minima > 0 and len(objective.minimizers):
        distance = np.linalg.norm(drawn[:, np.newaxis] - objective.minimizers, axis=-1)
        clear = distance.min(axis=1) >= avoid_minima
    else:
        clear = np.ones(candidates, dtype=bool)
    kept: list[Vector] = []
    for candidate, is_clear in zip(drawn, clear, strict=True):
        apart = not kept or np.linalg.norm(candidate - kept[-1]) >= min_separation
        if apart and is_clear:
            kept.append(candidate)
    if not kept:
        raise UsageError(
            f"None of {candidates} random starts is {min_separation:g} apart and {avoid_minima:g} away from the minima."
            " Lower --min-separation or --avoid-minima, or try another --seed"
        )
    return np.array(kept)
