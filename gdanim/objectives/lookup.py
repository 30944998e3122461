"""From what a person names to an Objective: a row of the catalogue, a formula, or a Python callable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalog import FUNCTIONS, find
from gdanim.objectives.evaluator import build
from gdanim.objectives.expression import parse
from gdanim.objectives.minimizers import curvature, find_minimizers
from gdanim.objectives.naming import Kind, kind_of
from gdanim.objectives.objective import Objective
from gdanim.objectives.scout import scout
from gdanim.objectives.typeset import mathtext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.objectives.expression import Expression
    from gdanim.objectives.formulas import Formula
    from gdanim.objectives.objective import Functions
    from gdanim.settings import Settings

TITLE_CHARACTERS = (90, 66, 48, 34, 24)


def objective(settings: Settings) -> Objective:
    """The objective that a request names, with what shows it well.

    Raises UsageError: UnknownNameError, FormulaError, or what a Python callable is refused for.
    """
    parameters = dict(settings.param)
    match kind_of(settings.function):
        case Kind.ROW:
            return _from_row(find(FUNCTIONS, "function", settings.function), parameters)
        case Kind.FORMULA:
            expression = parse(settings.function)
            functions = build(expression, parameters)
            typeset = _typeset(expression, parameters)
            return _scouted(settings, functions, name="formula", formula=expression.text, typeset=typeset)
        case Kind.CALLABLE:
            from gdanim.objectives.callables import load

            loaded = load(settings.function, settings.gradient)
            return _scouted(settings, loaded, name=settings.function.rpartition(":")[2], formula=settings.function)


def _from_row(row: Formula, parameters: Mapping[str, float]) -> Objective:
    """A row with its parameters set; what it states of minima holds for the defaults only."""
    expression = parse(row.formula)
    values = {**dict(row.parameters), **parameters}
    functions = build(expression, values)
    bounds = np.array(row.bounds, dtype=np.float64)
    if values == dict(row.parameters):
        minimizers = np.array(row.minimizers, dtype=np.float64).reshape(-1, functions.dim)
        steepest = row.curvature or None
    else:
        minimizers = find_minimizers(functions, bounds)
        steepest = curvature(functions, minimizers[0]) if len(minimizers) else None
    return Objective(
        name=row.name,
        dim=functions.dim,
        formula=row.formula,
        typeset=_typeset(expression, values),
        value=functions.value,
        gradient=functions.gradient,
        hessian=functions.hessian,
        value_and_gradient=functions.raw_value_and_gradient,
        bounds=bounds,
        start=np.array(row.start, dtype=np.float64),
        lr=row.lr,
        iterations=row.iterations,
        minimizers=minimizers,
        curvature=steepest,
        parameters=values,
        view=row.view,
        source=row.source,
    )


def _typeset(expression: Expression, values: Mapping[str, float]) -> tuple[str, ...]:
    """The formula in ever shorter forms, for titles of any width."""
    forms = [mathtext(expression, values, limit=limit) for limit in TITLE_CHARACTERS]
    return tuple(form for form in dict.fromkeys(forms) if form != r"\ldots")


def _scouted(
    settings: Settings, functions: Functions, *, name: str, formula: str, typeset: tuple[str, ...] = ()
) -> Objective:
    """A function that nobody has described: what shows it well is found by trying."""
    found = scout(
        functions,
        limits=(settings.xlim, settings.ylim if functions.dim == 2 else None),
        starts=settings.start,
        rates=settings.lr,
    )
    return Objective(
        name=name,
        dim=functions.dim,
        formula=formula,
        typeset=typeset,
        value=functions.value,
        gradient=functions.gradient,
        hessian=functions.hessian,
        value_and_gradient=functions.raw_value_and_gradient,
        bounds=found.bounds,
        start=found.start,
        lr=found.lr,
        iterations=found.iterations,
        minimizers=found.minimizers,
        curvature=curvature(functions, found.minimizers[0]) if len(found.minimizers) else None,
        parameters=dict(settings.param),
    )
