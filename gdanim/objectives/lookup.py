"""From a name to an Objective: a row of the catalogue with its parameters set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalog import FUNCTIONS, find
from gdanim.objectives.evaluator import Functions, build
from gdanim.objectives.expression import parse
from gdanim.objectives.minimizers import find_minimizers
from gdanim.objectives.objective import Objective, Vector
from gdanim.objectives.typeset import mathtext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.objectives.formulas import Formula

TITLE_CHARACTERS = 60


def objective(name: str, parameters: Mapping[str, float]) -> Objective:
    """The objective that a name stands for.

    Raises UnknownNameError where there is none, FormulaError for a parameter that the formula does not have.
    """
    row = find(FUNCTIONS, "function", name)
    expression = parse(row.formula)
    values = {**dict(row.parameters), **parameters}
    functions = build(expression, values)
    bounds = np.array(row.bounds, dtype=np.float64)
    return Objective(
        name=row.name,
        dim=functions.dim,
        formula=row.formula,
        typeset=mathtext(expression, values, limit=TITLE_CHARACTERS),
        value=functions.value,
        gradient=functions.gradient,
        hessian=functions.hessian,
        value_and_gradient=functions.raw_value_and_gradient,
        bounds=bounds,
        start=np.array(row.start, dtype=np.float64),
        lr=row.lr,
        iterations=row.iterations,
        minimizers=_minimizers(row, functions, values, bounds),
        parameters=values,
        view=row.view,
        source=row.source,
    )


def _minimizers(row: Formula, functions: Functions, values: Mapping[str, float], bounds: Vector) -> Vector:
    """What the row states, as long as it speaks of the same function."""
    if values == dict(row.parameters):
        return np.array(row.minimizers, dtype=np.float64).reshape(-1, functions.dim)
    return find_minimizers(functions, bounds)
