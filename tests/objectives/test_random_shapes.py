"""Random valleys and random minimizers, in any unit of f and x, are told apart: by how they are made.

GDANIM_LONG=1 python -m pytest tests/objectives/test_random_shapes.py     the long form: 600 functions
"""

from __future__ import annotations

import numpy as np
import pytest
from support.commandline import LONG

from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.objectives.minimizers import search


class Maker:
    """Texts of random functions of x/b and y/b."""

    def __init__(self, rng: np.random.Generator, unit: float) -> None:
        self.rng, self.x, self.y = rng, f"(x/{unit:.3g})", f"(y/{unit:.3g})"

    def number(self, spread: float) -> str:
        return f"({self.rng.normal(0, spread):.3f})"

    def line(self, angle: float) -> str:
        away = f"({self.rng.uniform(-1, 1):.3f})"
        return f"(({np.cos(angle):.4f})*{self.x} + ({np.sin(angle):.4f})*{self.y} - {away})"

    def curve(self) -> str:
        """A way from left to right that bends."""
        x, y, number = self.x, self.y, self.number
        return [
            f"({y} - {number(0.5)}*{x}**2 - {number(1)}*{x} - {number(1)})",
            f"({y} - {number(0.2)}*{x}**3 - {number(0.5)})",
            f"({y} - sin({number(1)}*{x}))",
        ][self.rng.integers(3)]

    def ellipse(self) -> str:
        return f"({self.x}**2 + {self.rng.uniform(0.5, 2):.3f}*{self.y}**2 - {self.rng.uniform(1, 6):.3f})"

    def made(self) -> tuple[str, bool]:
        """A function, and whether its minima form a curve or an area; else it has one minimizer."""
        angle = self.rng.uniform(0, np.pi)
        u, v, curve = self.line(angle), self.line(angle + self.rng.uniform(0.5, 2.6)), self.curve()
        flat = 10 ** self.rng.uniform(-9, 0)
        return [
            (f"{u}**2 + {flat:.3g}*{v}**2", False),
            (f"{u}**2 + {v}**4", False),
            (f"{curve}**2 + {max(flat, 1e-7):.3g}*({self.x} - {self.number(1)})**2", False),
            (f"abs{u} + {max(flat, 1e-4):.3g}*abs{v}", False),
            (f"{u}**2", True),
            (f"{curve}**2", True),
            (f"{self.ellipse()}**2", True),
            (f"abs{curve}", True),
            (f"max(abs{u} - 0.5, 0)**{self.rng.integers(1, 3)}", True),
        ][self.rng.integers(9)]


@pytest.mark.parametrize("seed", range(600 if LONG else 12))
def test_a_valley_and_a_minimizer_are_told_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale, unit = 10 ** rng.uniform(-6, 6, 2)
    text, is_valley = Maker(rng, unit).made()
    offset = rng.choice([0.0, 1.0]) * scale * rng.normal(0, 10) * ("abs" not in text)
    functions = FormulaFunctions(parse(f"{scale:.3g}*({text}) + ({offset:.3g})"), {})
    seen = search(functions, unit * np.array([[-5, 5.03], [-4, 4.1]]))
    assert bool(len(seen.valley)) is is_valley, text
    assert len(seen.minimizers) == (not is_valley), text
