"""From what a person names to an Objective: a row of the catalogue, a formula, or a Python callable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalogue.registry import FUNCTIONS, find
from gdanim.formula.evaluator import build
from gdanim.formula.mathtext import mathtext
from gdanim.formula.parser import parse
from gdanim.objectives.autorange import NOTHING_FIXED, Fixed, Found, scout
from gdanim.objectives.kinds import Kind, kind_of
from gdanim.objectives.minimizers import curvatures, find_minimizers
from gdanim.objectives.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.catalogue.specs import Formula
    from gdanim.formula.parser import Expression
    from gdanim.objectives.objective import Functions

TITLE_CHARACTERS = (90, 66, 48, 34, 24)


def objective(
    function: str, parameters: Mapping[str, float], fixed: Fixed = NOTHING_FIXED, gradient: str | None = None
) -> Objective:
    """The objective that `function` names: a row, a formula or a callable, with what shows it well.

    `fixed` is what the request has settled already; `gradient` names a callable for a callable's gradient.
    Raises UsageError: UnknownNameError, FormulaError, or what a Python callable is refused for.
    """
    match kind_of(function):
        case Kind.ROW:
            return _from_row(find(FUNCTIONS, "function", function), parameters)
        case Kind.FORMULA:
            expression = parse(function)
            functions = build(expression, parameters)
            typeset = _typeset(expression, parameters)
            found = scout(functions, fixed)
            return _scouted(
                functions, found, parameters, name=expression.text, formula=expression.text, typeset=typeset
            )
        case Kind.CALLABLE:
            from gdanim.objectives.python.functions import load

            loaded, name = load(function, gradient), function.rpartition(":")[2]
            return _scouted(loaded, scout(loaded, fixed), {}, name=name, formula=function, remarks=loaded.remarks)


def _from_row(row: Formula, parameters: Mapping[str, float]) -> Objective:
    """A row with its parameters set; what it states of minima and of the view holds for the defaults only."""
    expression = parse(row.formula)
    values = {**dict(row.parameters), **parameters}
    functions = build(expression, values)
    bounds = np.array(row.bounds, dtype=np.float64)
    as_described = values == dict(row.parameters)
    if as_described:
        minimizers = np.array(row.minimizers, dtype=np.float64).reshape(-1, functions.dim)
    else:
        minimizers = find_minimizers(functions, bounds)
    return Objective(
        name=row.name,
        formula=row.formula,
        typeset=_typeset(expression, values),
        functions=functions,
        bounds=bounds,
        start=np.array(row.start, dtype=np.float64),
        lr=row.lr,
        iterations=row.iterations,
        minimizers=minimizers,
        curvatures=curvatures(functions, minimizers),
        parameters=values,
        view=row.view if as_described else None,
        source=row.source,
    )


def _typeset(expression: Expression, values: Mapping[str, float]) -> tuple[str, ...]:
    """The formula in ever shorter forms, for titles of any width."""
    forms = [mathtext(expression, values, limit=limit) for limit in TITLE_CHARACTERS]
    return tuple(form for form in dict.fromkeys(forms) if form != r"\ldots")


def _scouted(
    functions: Functions,
    found: Found,
    parameters: Mapping[str, float],
    *,
    name: str,
    formula: str,
    typeset: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
) -> Objective:
    """A function that nobody has described, with what was found by trying."""
    return Objective(
        name=name,
        formula=formula,
        typeset=typeset,
        functions=functions,
        bounds=found.bounds,
        start=found.start,
        lr=found.lr,
        iterations=found.iterations,
        minimizers=found.minimizers,
        curvatures=curvatures(functions, found.minimizers),
        parameters=dict(parameters),
        scouted=True,
        remarks=remarks,
    )
