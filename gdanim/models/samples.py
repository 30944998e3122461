"""Data of gdanim's own, for a model that is shown without any: drawn once and for all from a seed."""

from __future__ import annotations

import numpy as np

from gdanim.models.points import NUMBERS, Points, points_of


def points_for(name: str) -> Points:
    """The points that a named model is shown with where there is no table."""
    draw = np.random.default_rng(7)
    if name == "logistic":
        x = np.sort(draw.uniform(-4, 4, 40))
        y = (draw.uniform(size=len(x)) < 1 / (1 + np.exp(-1.1 * (x - 0.6)))).astype(np.float64)
        return points_of(("x",), x[np.newaxis], "y", y, classes=NUMBERS)
    x = np.sort(draw.uniform(-2, 2, 24))
    y = 0.8 + 1.4 * x + draw.normal(0, 0.45, len(x))
    if name == "poly":
        y = 0.5 * x**3 - x + draw.normal(0, 0.3, len(x))
    return points_of(("x",), x[np.newaxis], "y", y)
