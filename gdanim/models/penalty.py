"""Penalties on the coordinates of a model: l2 Σ w² + l1 Σ |w|, over all that are not merely added."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector


class Penalty(NamedTuple):
    """The penalties. share (d,): 1 for the coordinates that they are on, 0 for the others."""

    l1: float
    l2: float
    share: Scalar

    @property
    def is_none(self) -> bool:
        """Whether nothing costs anything."""
        return not (self.l1 or self.l2)

    def value(self, w: Vector) -> Scalar:
        """What coordinates w (m, d) cost: (m,)."""
        if self.is_none:
            return np.zeros(len(w))
        found: Scalar = ((self.l2 * w**2 + self.l1 * np.abs(w)) * self.share).sum(axis=1)
        return found

    def slopes(self, w: Vector) -> Vector:
        """Their derivatives at w (m, d): (m, d)."""
        found: Vector = (2 * self.l2 * w + self.l1 * np.sign(w)) * self.share
        return found

    @property
    def curvatures(self) -> Scalar:
        """Their second derivatives, the same everywhere but at kinks: (d,)."""
        return 2 * self.l2 * self.share
