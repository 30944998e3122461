"""Derivatives of random compositions are finite wherever their limits are, and have the digits that rounding leaves.

GDANIM_LONG=1 python -m pytest tests/formula/test_derivative_limits.py     2 000 compositions at 20 points each
"""

from __future__ import annotations

from collections import Counter
from math import inf, isfinite
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from mpmath import mpf
from support.commandline import LONG
from support.compositions import composition, curvature, is_edge, is_value, points, slope
from support.running_errors import Analysed, KinkError, NoDerivativeError, UndecidedError, analysed

from gdanim.errors import FormulaError
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

long = [pytest.mark.long, pytest.mark.skipif(not LONG, reason="a campaign of minutes: set GDANIM_LONG=1")]


class Found(NamedTuple):
    """A composition at a point where it has a value: its derivatives as gdanim computes them."""

    seed: int
    text: str
    at: float
    value: float
    slope: float
    curvature: float


def found(seed: int, per_formula: int) -> Iterator[Found]:
    text = composition(seed)
    try:
        functions = FormulaFunctions(parse(text), {})
    except FormulaError:  # a constant part has no value
        return
    for at in points(seed)[:: 20 // per_formula]:
        x = np.array([at])
        value = float(functions.value(x))
        if isfinite(value):
            yield Found(seed, text, at, value, float(functions.gradient(x)[0]), float(functions.hessian(x)[0, 0]))


def orders_lost_by_rounding(one: Found) -> set[str]:
    """Which derivatives are decided by rounding, or lie between parts that no float holds, or behind a kink."""
    try:
        exact = analysed(one.text, one.at)
    except UndecidedError:
        return {"slope", "curvature"}
    except KinkError:
        return {"curvature"}
    except (NoDerivativeError, ValueError):
        return set()
    if exact.value_error == inf:  # a value that is too large, such as cosh(1000), has an inverse with a limit
        return set()
    return {name for name in ("slope", "curvature") if getattr(exact, f"{name}_error") == inf}


def lost(seed: int, per_formula: int = 20) -> list[tuple[Found, str, float]]:
    """Where a derivative of a composition is not finite, although its limit is, and the limit."""
    missing = []
    for one in found(seed, per_formula):
        if not is_value(one.text, one.at, one.value):
            continue  # rounding before it decides what it is
        for name, limit_of in (("slope", slope), ("curvature", curvature)):
            if isfinite(getattr(one, name)):
                continue
            limit = limit_of(one.text, one.at)
            # At an edge of the domain, √x·√x has the slope 1: the chain rule finds only limits that are 0 there.
            if not isfinite(limit) or (limit and is_edge(one.text, one.at)) or name in orders_lost_by_rounding(one):
                continue
            missing.append((one, name, limit))
    return missing


class Compared(NamedTuple):
    """Derivatives against arithmetic of 60 digits.

    wrong    those that are farther from it than rounding explains: which one, its truth and its bound
    bounds   the relative bounds of all that were compared
    ends     how many points were decided, and why not
    """

    wrong: list[tuple[Found, str, float, float]]
    bounds: list[float]
    ends: Counter[str]


def compared(seeds: range, per_formula: int) -> Compared:
    result = Compared([], [], Counter())
    for seed in seeds:
        for one in found(seed, per_formula):
            try:
                exact = analysed(one.text, one.at)
            except (NoDerivativeError, UndecidedError, ValueError) as error:
                result.ends[type(error).__name__] += 1
                continue
            _compare(one, exact, result)
    return result


def _compare(one: Found, exact: Analysed, result: Compared) -> None:
    for name in ("value", "slope", "curvature"):
        got, truth, bound = getattr(one, name), getattr(exact, name), getattr(exact, f"{name}_error")
        if bound == inf:
            result.ends["too large"] += 1
            continue
        result.ends["compared"] += 1
        if truth:
            result.bounds.append(float(bound / abs(truth)))
        if not isfinite(got) or abs(mpf(got) - truth) > bound:
            result.wrong.append((one, name, float(truth), float(bound)))


@pytest.mark.parametrize("seed", range(30))
def test_derivatives_of_compositions_are_finite_where_their_limits_are(seed: int) -> None:
    assert lost(seed, 4) == []


def test_derivatives_of_compositions_have_the_digits_that_rounding_leaves() -> None:
    result = compared(range(40), 5)
    assert result.wrong == []
    assert median(result.bounds) < 1e-14


@pytest.mark.parametrize("text", ["sigmoid(x)", "asin(x)", "acos(2*x)", "sigmoid(x)*asin(x)"])
@pytest.mark.parametrize("at", [1e-9, -1e-5, 0.25])
def test_a_curvature_keeps_its_digits_near_where_it_is_0(text: str, at: float) -> None:
    got = FormulaFunctions(parse(text), {}).hessian(np.array([at]))[0, 0]
    exact = analysed(text, at)
    assert exact.curvature_error <= 1e-13 * abs(exact.curvature)
    assert abs(got - exact.curvature) <= exact.curvature_error


@pytest.mark.parametrize("hundred", [pytest.param(i, marks=long) for i in range(20)])
def test_derivatives_of_2000_compositions_are_finite_where_their_limits_are(hundred: int) -> None:
    assert [row for seed in range(100 * hundred, 100 * (hundred + 1)) for row in lost(seed)] == []


@pytest.mark.parametrize("hundred", [pytest.param(i, marks=long) for i in range(20)])
def test_derivatives_of_2000_compositions_have_the_digits_that_rounding_leaves(hundred: int) -> None:
    result = compared(range(100 * hundred, 100 * (hundred + 1)), 20)
    print(f"\n{hundred}: {dict(result.ends)}, median bound {median(result.bounds):.1e}")
    assert result.wrong == []
    assert result.ends["compared"] > 0.9 * result.ends.total()
    assert median(result.bounds) < 1e-14
