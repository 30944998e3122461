"""From FUNCTION, as a person gives it, to an Objective: a row of the catalogue, a formula, or a Python callable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.mathtext import mathtext
from gdanim.formula.parser import Expression
from gdanim.objectives.autorange import NOTHING_GIVEN, Given, suggest
from gdanim.objectives.minimizers import Found, cell_of, curvatures, search
from gdanim.objectives.objective import Functions, Objective

if TYPE_CHECKING:
    from gdanim.arrays import Vector
    from gdanim.catalogue.request import FunctionChoice
    from gdanim.catalogue.specs import Formula

TITLE_CHARACTERS = (90, 66, 48, 34, 24)


def objective(
    function: FunctionChoice, parameters: Mapping[str, float], given: Given = NOTHING_GIVEN, gradient: str | None = None
) -> Objective:
    """The objective of a row, a formula or a callable, with what shows it well.

    `given` is what the request says of bounds, starts and rates; `gradient` names the callable of a callable's
    gradient. Raises FormulaError, or the UsageError for which a Python callable is refused.
    """
    text, row, expression = function
    if expression is None:
        from gdanim.objectives.python.functions import load

        loaded, name = load(text, gradient), text.rpartition(":")[2]
        return Objective(name=name, formula=text, functions=loaded, remarks=loaded.remarks, **_found(loaded, given))
    if row is not None:
        return _from_row(row, expression, parameters)
    functions = FormulaFunctions(expression, parameters)
    return Objective(
        name=expression.text,
        formula=expression.text,
        typeset=_typeset(expression, parameters),
        functions=functions,
        parameters=dict(parameters),
        **_found(functions, given),
    )


def _from_row(row: Formula, expression: Expression, parameters: Mapping[str, float]) -> Objective:
    """A row with its parameters set. Its minimizers and its view hold for the default parameters only."""
    values = {**dict(row.parameters), **parameters}
    functions = FormulaFunctions(expression, values)
    bounds = np.array(row.bounds, dtype=np.float64)
    as_described = values == dict(row.parameters)
    stated = np.array(row.minimizers, dtype=np.float64).reshape(-1, functions.dim)
    found = Found(stated, np.empty((0, functions.dim)), row.complete) if as_described else search(functions, bounds)
    return Objective(
        name=row.name,
        formula=row.formula,
        typeset=_typeset(expression, values),
        functions=functions,
        bounds=bounds,
        start=np.array(row.start, dtype=np.float64),
        lr=row.lr,
        iterations=row.iterations,
        **_known(functions, bounds, found),
        parameters=values,
        view=row.view if as_described else None,
        source=row.source,
    )


def _typeset(expression: Expression, values: Mapping[str, float]) -> tuple[str, ...]:
    """The formula in ever shorter forms, for titles of any width."""
    forms = [mathtext(expression, values, limit=limit) for limit in TITLE_CHARACTERS]
    return tuple(form for form in dict.fromkeys(forms) if form != r"\ldots")


def _found(functions: Functions, given: Given) -> dict[str, Any]:
    """Fields of the Objective of a function of which nothing is known but its values, as autorange suggests them."""
    suggested = suggest(functions, given)
    return {
        **suggested._asdict(),
        **_known(functions, suggested.bounds, search(functions, suggested.bounds)),
        "suggested": True,
    }


def _known(functions: Functions, bounds: Vector, found: Found) -> dict[str, Any]:
    """Fields of the Objective that say where its minimizers are."""
    return {
        "minimizers": found.minimizers,
        "curvatures": curvatures(functions, found.minimizers, cell_of(functions, bounds)),
        "valley": float(functions.value(found.valley[0])) if len(found.valley) else float("nan"),
        "searched": bounds[np.newaxis][: int(found.complete)],
    }
