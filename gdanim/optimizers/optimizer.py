"""Optimizer: a pair of pure functions. The solver owns the loop and adds the step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gdanim.objectives.objective import Objective, Scalar, Vector

Init = Callable[[Vector], Any]
Update = Callable[[Vector, Any, Vector, Scalar, Objective], tuple[Vector, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """A rule that turns gradients into steps.

    init             x (…, d) → state
    update           gradient (…, d), state, x (…, d), lr (…, 1), objective → step (…, d), state
    hyperparameters  name → value; the rate is not among them
    source           where the rule is described

    Neither function changes its arguments. State is a NamedTuple of arrays shaped like x, or () where there is none.
    """

    name: str
    init: Init
    update: Update
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
