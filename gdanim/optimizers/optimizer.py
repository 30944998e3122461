"""Optimizer: a pair of pure functions, init and update. The loop that adds the steps is descent/stepping.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gdanim.arrays import Scalar, Vector
from gdanim.optimizers.oracle import Oracle

Init = Callable[[Vector], Any]
Update = Callable[[Vector, Any, Vector, Scalar, Oracle], tuple[Vector, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """A rule that turns gradients into steps, for all runs at once.

    init     x (runs, d) → state
    update   gradient (runs, d), state, x (runs, d), lr (runs, 1) or (runs, d), oracle → step (runs, d), state

    Neither changes its arguments, and the same arguments give the same result. State is an array shaped like x, or a
    tuple of such arrays and of numbers; () where there is none. No run depends on another. Where x or its gradient is
    NaN, so is the step; update is called inside np.errstate(all="ignore").
    """

    init: Init
    update: Update


def stateless(x: Vector) -> tuple[()]:
    """The state of a rule that remembers nothing."""
    return ()
