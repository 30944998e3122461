"""Polyak's rate: as large as the distance of f from its minimum allows."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.optimizers.optimizer import Optimizer, stateless

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.optimizers.oracle import Oracle

FLAT: Final = 2.0**-52  # ‖g‖² up to which a point counts as stationary: optax's guard against a division by 0


def polyak(*, max_learning_rate: float, f_min: float | None) -> Optimizer:
    """Polyak's rate: x ← x − η min((f − f*)/‖g‖², most) g; no step where ‖g‖² ≤ 2⁻⁵². No state.

    max_learning_rate   the most; it is taken everywhere where f* is not known
    f_min               f*; None is f at the lowest minimizer that is known

    As optax.polyak_sgd, where f_min is 0 if not given, and where the scaling, here η, also enters the norm.
    Source: Polyak 1969; Loizou et al. 2021, arXiv 2002.10542.
    """

    def update(grad: Vector, state: tuple[()], x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, tuple[()]]:
        lowest = oracle.minimum if f_min is None else f_min
        if isnan(lowest):
            return -lr * (max_learning_rate * grad), state
        norm2 = np.vecdot(grad, grad)
        rate = np.where(norm2 <= FLAT, 0.0, np.minimum((oracle.f - lowest) / norm2, max_learning_rate))
        return -lr * rate[:, np.newaxis] * grad, state

    return Optimizer(init=stateless, update=update)
