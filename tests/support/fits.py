"""Tables to fit models to, and the losses of models, as a request makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.models.least_squares import functions_of
from gdanim.models.model import Model, model_of
from gdanim.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.arrays import Scalar, Vector
    from gdanim.models.fit import Fit


def table(path: Path, x: Vector, y: Scalar, names: list[str] | None = None) -> str:
    """Write columns x (n, k), called x1, x2, … where no names are given, and y (n,); returns the path."""
    names = names or [f"x{k + 1}" for k in range(x.shape[1])]
    lines = [",".join([*names, "y"])]
    lines += [",".join(map(repr, [*row, float(target)])) for row, target in zip(x.tolist(), y, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def model(text: str, points: str, **more: Any) -> Model:
    """The model that settings name."""
    return model_of(Settings(function=text, points=points, **more))


def fit(text: str, points: str, **more: Any) -> Fit:
    """Its loss."""
    return functions_of(model(text, points, **more))


def drawn(n: int, k: int, seed: int = 0, *, classes: bool = False) -> tuple[Vector, Scalar]:
    """Random columns (n, k) and a target (n,) that depends on them and on noise; 0 and 1 for classes."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, k))
    y = 0.7 + x @ draw.normal(size=k) / np.sqrt(k) + draw.normal(0, 0.8, n)
    return x, (y > np.median(y)).astype(np.float64) if classes else y
