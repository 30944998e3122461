"""All functions of scipy's set of benchmarks that have two variables can be typed as they are printed."""

from __future__ import annotations

import numpy as np
import pytest
from support.benchmark_set import BENCHMARKS, points

from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_as_it_is_typed_has_the_values_of_its_definition(name: str) -> None:
    benchmark = BENCHMARKS[name]
    x = points(name)
    functions = FormulaFunctions(parse(benchmark.typed), {})
    with np.errstate(all="ignore"):
        expected = benchmark.f(x)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(functions.value(x.T[:, : functions.dim]), expected, rtol=1e-10, atol=1e-10)
    assert np.isfinite(functions.gradient(x.T[:, : functions.dim])).all()
