"""Reasons: why a run was lost or did not arrive, each checked by another way than it was found."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from support.problems import solved

from gdanim.descent.outcomes.reasons import rate_that_works, reason_of


def reason(function: str, **options: Any) -> str:
    return reason_of(solved(function, **options), 0)


@pytest.mark.parametrize(
    ("text", "start", "lr", "curvature"),
    [
        ("x**4", 3.0, 0.1, 108.0),  # f″ = 12x²
        ("x**6", 2.0, 0.1, 480.0),  # 30x⁴
        ("(x**2 + 1)**2", 2.0, 0.25, 52.0),  # 12x² + 4
        ("cosh(x)", 6.0, 1.0, np.cosh(6.0)),
        ("exp(x**2)", 2.0, 0.1, 18 * np.exp(4.0)),  # (2 + 4x²)exp(x²)
        ("x**2 + x**4", 3.0, 0.2, 110.0),
    ],
)
def test_a_lost_run_is_told_the_curvature_where_it_overshot_and_a_rate_that_works(
    text: str, start: float, lr: float, curvature: float
) -> None:
    descent = solved(text, start=start, lr=lr, iterations=25)
    said = reason_of(descent, 0)
    found = re.search(
        r"overshot at iteration 0, where λ = (\S+) and 2/λ = (\S+); from its start, lr (\S+) comes down", said
    )
    assert found is not None, said
    assert float(found[1]) == pytest.approx(curvature, rel=1e-3)
    assert float(found[2]) == pytest.approx(2 / curvature, rel=1e-3)
    x, slope = start, descent.objective.gradient
    for _ in range(25):
        x -= float(found[3]) * float(slope(np.array([x]))[0])
    assert abs(x) < start


def test_a_rate_above_the_limit_at_the_minimum_is_the_reason() -> None:
    assert reason("parabola", lr=1.05) == "lr 1.05 is above 2/λ = 1"


@pytest.mark.parametrize(
    ("text", "start"), [("goldstein_price", (-1.0, 1.0)), ("x**2 + x**6", 4.0), ("beale", (4.0, 4.0))]
)
def test_a_limit_at_the_minimum_is_no_reason_where_rates_below_it_are_lost_too(text: str, start: Any) -> None:
    above = solved(text, start=(start,), lr=3.0, iterations=25)
    limit = 2 / float(np.linalg.eigvalsh(above.objective.hessian(above.objective.minimizers[:1])).max())
    below = solved(text, start=(start,), lr=limit / 2, iterations=25)
    assert below.trajectory.stop[0].failed
    assert "overshot at iteration 0" in reason_of(above, 0)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("2*x", {}), ("-x**2", {"start": 1.0, "lr": 0.1, "iterations": 20}),
        ("-x**2", {"start": 1.0, "lr": 10.0, "iterations": 400}), ("log(x)", {"start": 2.0, "lr": 0.05}),
        ("saddle", {"start": ((2.0, 0.1),)}), ("x**3", {"start": -1.0, "lr": 0.01}), ("-sqrt(x)", {"start": 1.0}),
        ("x - y**2", {"start": ((0.0, 1.0),), "lr": 0.05}), ("-log(x)", {"start": 1.0, "lr": 0.5}),
    ],
)  # fmt: skip
def test_f_that_falls_for_ever_is_said_to(text: str, options: dict[str, Any]) -> None:
    assert reason(text, **options) == "f falls without bound"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("exp(-x)", {"start": 0.0, "lr": 0.5}), ("1/(1 + x**2)", {"start": 1.0, "lr": 0.5}),
        ("x**2", {"start": 4.0, "lr": 0.01}), ("atan(x)", {"start": 1.0, "lr": 0.5}),
        ("rosenbrock", {"lr": 0.0005}), ("x*log(x)", {"start": 3.0, "lr": 0.01}),
    ],
)  # fmt: skip
def test_f_that_is_bounded_below_is_not_said_to_fall_for_ever(text: str, options: dict[str, Any]) -> None:
    assert "without bound" not in reason(text, **options)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("saddle", {"start": ((2.0, 0.0),)}, "vanishes at a saddle"),
        ("x**4 - 3*x**2", {"start": 0.0, "lr": 0.1}, "the slope vanishes, and not at a minimum"),
        ("easom", {"start": ((-8.0, -7.0),)}, "the slope is only "),
        ("parabola", {"lr": 1e-6}, "its last step was 8.6e-06 long, and about 4.3 lie ahead: a rate too small"),
        (
            "(x - 2)**2",  # with λ = 1 it rests where 2(x − 2) + x = 0
            {"start": 0.0, "lr": 0.1, "optimizer": ("gd:weight_decay=1",), "iterations": 400},
            "its last step was 0 long, and about 0.67 lie ahead: weight decay holds it",
        ),
        (
            "(x - 2)**2",
            {"start": 0.3, "lr": 1e-9, "optimizer": ("gd:weight_decay=1",)},
            "its last step was 3.1e-09 long, and about 1.7 lie ahead: a rate too small",
        ),
        ("sqrt(x)", {"start": 2.0, "lr": 3.0}, "a step led to x = -0.6083, where f has no value"),
        ("parabola", {"lr": 0.05}, ""),
        ("parabola", {"lr": 0.1}, ""),
    ],
)
def test_other_reasons_are_named(text: str, options: dict[str, Any], words: str) -> None:
    said = reason(text, **options)
    assert said.startswith(words) if words != "vanishes at a saddle" else words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize("method", ["momentum", "nesterov", "rprop", "adam"])
def test_a_rate_that_works_works(method: str) -> None:
    descent = solved("x**4", start=3.0, lr=0.4, optimizer=(method,), iterations=40)
    rate = rate_that_works(descent, 0)
    assert rate is not None
    again = solved("x**4", start=3.0, lr=rate, optimizer=(method,), iterations=40)
    assert not again.trajectory.stop[0].failed
    assert again.trajectory.f[0, again.trajectory.last[0]] < 81
