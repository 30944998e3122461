"""From FUNCTION, as a person gives it, to an Objective: a row of the catalogue, a formula, or a Python callable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.catalogue.dims import NO_FUNCTION
from gdanim.catalogue.specs import imported
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.mathtext import mathtext
from gdanim.formula.parser import Expression
from gdanim.objectives.autorange import NOTHING_GIVEN, Given, suggest, widened_bounds
from gdanim.objectives.families import FamilyFunctions
from gdanim.objectives.grounds.recorded import recording
from gdanim.objectives.many import largest_curvature, minimizer_below, shown_well
from gdanim.objectives.minimizers import MOST_GRIDS, Found, cell_of, curvatures
from gdanim.objectives.objective import Functions, Objective

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector
    from gdanim.catalogue.request import FunctionChoice
    from gdanim.catalogue.specs import Family, Formula
    from gdanim.models.fit import Fit
    from gdanim.models.model import Model

TITLE_CHARACTERS = (90, 66, 48, 34, 24)


def objective(
    function: FunctionChoice, parameters: Mapping[str, float], given: Given = NOTHING_GIVEN, gradient: str | None = None
) -> Objective:
    """The objective of a row, a formula or a callable, with what shows it well.

    `given` is what the request says of bounds, starts and rates; `gradient` names the callable of a callable's
    gradient. Raises FormulaError, or the UsageError for which a Python callable is refused.
    """
    text, row, expression, model, family, size = function
    if text == NO_FUNCTION:
        return recording(1)  # until its points are read
    if model is not None:
        return _fitted(model, given)
    if family is not None and size is not None:
        return _of_family(family, size, parameters, given)
    if expression is None:
        from gdanim.objectives.python.functions import load

        # One number is a start in any number of variables.
        counts = [len(point) for point in given.starts if len(point) > 1]
        loaded, name = load(text, gradient, size or max(counts, default=None)), text.rpartition(":")[2]
        return Objective(name=name, formula=text, functions=loaded, **_found(loaded, given, loaded.remarks))
    if row is not None:
        return _from_row(row, expression, parameters, given)
    functions = FormulaFunctions(expression, parameters)
    return Objective(
        name=expression.text,
        formula=expression.text,
        typeset=_typeset(expression, parameters),
        variables=expression.variables,
        reading="" if expression.spelt == expression.text else expression.spelt,
        functions=functions,
        parameters=dict(parameters),
        **_found(functions, given),
    )


def _fitted(model: Model, given: Given) -> Objective:
    """The loss of a model. Where that is known in closed form, its minimizer is."""
    from gdanim.models.least_squares import functions_of, squares_of  # late: other functions need none of it

    expression, functions = model.expression, functions_of(model)
    is_bent = functions.dim <= MOST_GRIDS and functions.minimizer is None
    if is_bent and (squares := squares_of(model)) is not None:
        # Straight sides have no width of their own: such a loss is shown where that of squares is.
        bounds = suggest(squares, given).bounds.tolist()
        given = given._replace(limits=(tuple(bounds[0]), tuple(bounds[-1])))
    fields = _fields_of_fit(functions, given)
    return Objective(
        name=model.text,
        formula=expression.spelt,
        typeset=_typeset(expression, model.constants),
        variables=expression.variables,
        functions=functions,
        parameters={name: model.constants[name] for name in expression.parameters},
        model=model,
        **fields,
    )


def _of_family(family: Family, dim: int, parameters: Mapping[str, float], given: Given) -> Objective:
    """A function of a family in d variables, with its lowest minimizer."""
    values = {**dict(family.parameters), **parameters}
    functions = FamilyFunctions(family.load(), dim, values)
    start = np.resize(np.array(family.start), dim)
    well = shown_well(functions, given, start, family.bound)
    minimizer = imported(family.point)(dim, family.minimizer)
    return Objective(
        name=family.name,
        title=f"{family.title or family.name.replace('_', ' ').capitalize()}, {dim:,}-D",
        formula="",
        functions=functions,
        parameters=values,
        source=family.source,
        **well._asdict(),
        minimizers=minimizer[np.newaxis],
        curvatures=np.array([np.nan if family.kink else largest_curvature(functions, minimizer)]),
        searched=well.bounds[np.newaxis][: int(family.complete)],
    )


def _fields_of_fit(functions: Fit, given: Given) -> dict[str, Any]:
    """What shows the loss of a model well. That of very many rows is looked for with some of them."""
    if functions.dim > MOST_GRIDS:
        return _fields_of_great_fit(functions, given)
    if not functions.point_by_point:
        fields, exact = _found(functions, given), functions.minimizer
    else:
        fields = _found(functions.thinned(), given)
        exact = functions.minimum_near(fields["minimizers"][0]) if len(fields["minimizers"]) == 1 else None
        if exact is None:
            fields = _found(functions, given)
    if exact is not None:
        alone = Found(exact[np.newaxis], np.empty((0, functions.dim)), complete=True)
        fields |= _known(functions, fields["bounds"], alone)
    return fields


def _fields_of_great_fit(functions: Fit, given: Given) -> dict[str, Any]:
    """The same in more coordinates than there are grids in: where Newton's method leads is the minimum."""
    from gdanim.objectives.fits import curvatures_at, least_of, shown_fit  # late: other functions need none of it

    best = least_of(functions)
    well, known = shown_fit(functions, given, best), [] if best is None else [best]
    return {
        **well._asdict(),
        "minimizers": np.reshape(known, (len(known), functions.dim)),
        "curvatures": np.array([curvatures_at(functions, point)[-1] for point in known]),
        "searched": well.bounds[np.newaxis][: len(known)],
        "suggested": True,
        "has_suggested_start": not given.starts,
    }


def _from_row(row: Formula, expression: Expression, parameters: Mapping[str, float], given: Given) -> Objective:
    """A row with its parameters set. All that it says but its formula holds for the default parameters only.

    Bounds that do not hold a given start are widened, if no limits are given; then the view is that of the bounds.
    """
    values = {**dict(row.parameters), **parameters}
    functions = FormulaFunctions(expression, values)
    as_described = values == dict(row.parameters)
    return Objective(
        name=row.name,
        title=row.title or row.name.replace("_", " ").capitalize(),
        formula=row.formula,
        typeset=_typeset(expression, values),
        functions=functions,
        parameters=values,
        source=row.source,
        **(_described(row, functions, given) if as_described else _found(functions, given)),
    )


def _described(row: Formula, functions: Functions, given: Given) -> dict[str, Any]:
    """Fields of the Objective of a row with its default parameters."""
    own, stated = np.array(row.bounds, dtype=np.float64), np.array(row.minimizers, dtype=np.float64)
    bounds = widened_bounds(own, given)
    found = Found(stated.reshape(-1, functions.dim), np.empty((0, functions.dim)), row.complete)
    return {
        "bounds": bounds,
        "start": np.array(row.start, dtype=np.float64),
        "lr": row.lr,
        "iterations": row.iterations,
        "view": row.view if np.array_equal(bounds, own) else None,
        **_known(functions, own, found),
    }


def _typeset(expression: Expression, values: Mapping[str, float]) -> tuple[str, ...]:
    """The formula in ever shorter forms, for titles of any width."""
    forms = [mathtext(expression, values, limit=limit) for limit in TITLE_CHARACTERS]
    return tuple(form for form in dict.fromkeys(forms) if form != r"\ldots")


def _found(functions: Functions, given: Given, remarks: tuple[str, ...] = ()) -> dict[str, Any]:
    """Fields of the Objective of a function of which nothing is known but its values, as autorange suggests them."""
    if functions.dim > MOST_GRIDS:
        well = shown_well(functions, given)
        found = minimizer_below(functions, well)
        fields = {**well._asdict(), "remarks": remarks, **_known(functions, well.bounds, found)}
        return {**fields, "suggested": True, "has_suggested_start": not given.starts}
    suggested = suggest(functions, given)
    return {
        "bounds": suggested.bounds,
        "start": suggested.start,
        "lr": suggested.lr,
        "iterations": suggested.iterations,
        "remarks": (*remarks, *suggested.remarks),
        **_known(functions, suggested.bounds, suggested.found),
        "suggested": True,
        "has_suggested_start": not given.starts,
    }


def _known(functions: Functions, bounds: Vector, found: Found) -> dict[str, Any]:
    """Fields of the Objective that say where its minimizers are."""
    return {
        "minimizers": found.minimizers,
        "curvatures": _curvatures(functions, found.minimizers, bounds),
        "valley": float(functions.value(found.valley[0])) if len(found.valley) else float("nan"),
        "is_local_valley": found.local,
        "is_constant": found.constant,
        "searched": bounds[np.newaxis][: int(found.complete)],
    }


def _curvatures(functions: Functions, minimizers: Vector, bounds: Vector) -> Scalar:
    """λ at each of the minimizers (m, d): (m,)."""
    if functions.dim > MOST_GRIDS:
        return np.array([largest_curvature(functions, point) for point in minimizers])
    return curvatures(functions, minimizers, cell_of(functions, bounds))
