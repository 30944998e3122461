"""Reasons: why a run was lost or did not arrive, each checked by another way than it was found."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from support.commandline import spread
from support.problems import solved

from gdanim.catalogue.registry import OPTIMIZERS
from gdanim.descent.outcomes.reasons import outlook, reason_of
from gdanim.descent.outcomes.trials import rate_that_works
from gdanim.descent.verdicts import Outcome


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
        ("cosh(x) - y**2", {"start": ((1.0, 0.1),)}), ("abs(x) - abs(y)", {"start": ((1.0, 0.1),)}),
        ("sin(x)*y", {"start": ((1.0, 1.0),)}), ("x**3*y", {"start": ((1.0, 1.0),)}), ("tan(x)", {"start": 0.0}),
        ("tan(x)", {"start": 0.0, "lr": 0.05}), ("1/(x - 3)", {"start": 1.0}), ("log(x)", {"optimizer": ("newton",)}),
        ("log(abs(x - 2)) + y**2", {"start": ((1.0, 1.0),), "lr": 0.01}), ("y**2 - exp(x)", {"start": ((0.0, 1.0),)}),
        ("cos(y)*x", {"start": ((1.0, 0.2),)}), ("x**4 - 2*y", {"start": ((1.0, 0.0),)}),
        ("-log(log(x + 3))", {"start": 2.0}), ("-abs(x - 0.3)**-0.1", {"start": 3.0}),
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
        ("x**3 - 3*x", {"start": 3.0, "lr": 0.001}), ("sqrt(abs(x))", {"start": 4.0}), ("sqrt(x)", {"start": 4.0}),
        ("cosh(x) + exp(-y)", {"start": ((1.0, 0.0),)}), ("sin(x)*cos(y)", {"start": ((1.0, 1.0),), "lr": 0.01}),
        ("abs(x)**0.1", {"start": 4.0}), ("abs(x - 0.3)**0.05", {"start": 3.0}), ("x**-0.1", {"start": 4.0}),
        ("himmelblau", {"lr": 1e-4}), ("1/(x**2 + 0.001)", {"start": 1.0}), ("-1/(x**2 + 1e-4)", {"start": 1.0}),
    ],
)  # fmt: skip
def test_f_that_is_bounded_below_is_not_said_to_fall_for_ever(text: str, options: dict[str, Any]) -> None:
    assert "without bound" not in reason(text, **options)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("saddle", {"start": ((2.0, 0.0),)}, "vanishes at a saddle"),
        (
            "x**4 - 3*x**2",
            {"start": 0.0, "lr": 0.1},
            "the slope vanishes at a maximum, from which f falls to both sides",
        ),
        (
            "himmelblau",
            {"start": ((-0.270845, -0.923039),)},
            "the slope vanishes at a maximum, from which f falls to all",
        ),
        ("himmelblau", {"start": ((0.08668, 2.88426),)}, "vanishes at a saddle"),
        ("x**3", {"start": 0.0, "lr": 0.1}, "the slope vanishes, and not at a minimum"),
        ("absolute", {}, "its steps stay 0.2 long, and turn back"),
        ("parabola", {"lr": 1.2, "schedule": ("warmup",)}, "lr 1.04 at iteration 4 is above 2/λ = 1"),
        ("parabola", {"lr": 9.0, "schedule": ("one-cycle",)}, "lr 2.22596 at iteration 2 is"),
        ("parabola", {"iterations": 0}, ""),
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


def lost_at_once(method: str) -> tuple[str, dict[str, Any]]:
    """A run of a method whose first step leads to where f overflows."""
    return "exp(exp(x**2))", {"start": 2.5, "lr": 1e4, "optimizer": (method,), "iterations": 20}


@pytest.mark.parametrize("method", spread(sorted(OPTIMIZERS), 13))
def test_every_lost_run_has_a_reason(method: str) -> None:
    text, options = lost_at_once(method)
    descent = solved(text, **options)
    assert bool(reason_of(descent, 0)) or not descent.trajectory.stop[0].failed


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        # λ = 9·cosh(9) at (3, 1)
        ("cosh(3*x) + y**2", {"start": ((3.0, 1.0),), "lr": 0.1}, "it overshot at iteration 0, where λ = 3.646e+04"),
        ("cosh(9*x)", {"start": 3.0, "lr": 1.0}, "it overshot at iteration 0"),
        ("exp(x**2)", {"start": 3.0, "lr": 1.0}, "it overshot at iteration 0"),
        ("exp(x**2)", {"start": 3.0, "lr": 1e5, "optimizer": ("adam",)}, "after iteration 0, a step led to x = -1e+05"),
        (
            "exp(x**2)",
            {"start": 3.0, "lr": 1e5, "optimizer": ("rprop",)},
            "after iteration 0, a step led to x = -47, where f overflows",
        ),
        ("sqrt(x)", {"start": 1.0, "lr": 10.0}, "a step led to x = -4, where f has no value"),
        ("log(x)", {"start": 1.0, "optimizer": ("newton",)}, "f falls without bound"),
    ],
)
def test_a_run_that_is_lost_in_its_first_step_says_why(text: str, options: dict[str, Any], words: str) -> None:
    descent = solved(text, **options)
    assert descent.trajectory.last[0] == 0
    assert reason_of(descent, 0).startswith(words), reason_of(descent, 0)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("parabola", {"lr": 0.005}), ("parabola", {"lr": 0.002}), ("ellipse", {"iterations": 5}),
        ("(x - 7)**2 + 3*y**2", {"start": ((0.0, 1.0),), "lr": 0.02, "iterations": 9}),
        ("ellipse", {"lr": 0.001, "optimizer": ("momentum",), "iterations": 10}),
        ("parabola", {"lr": 0.01, "optimizer": ("adam",)}),
    ],
)  # fmt: skip
def test_a_run_that_moves_says_how_many_more_iterations_it_needs(text: str, options: dict[str, Any]) -> None:
    descent = solved(text, **options)
    found = re.search(r"at this rate, it would arrive after (\S+) more iterations?$", outlook(descent, 0))
    assert found is not None, outlook(descent, 0)
    enough = int(descent.trajectory.last[0]) + int(found[1].replace(",", ""))
    told = {n: solved(text, **{**options, "iterations": n}).verdict[0].outcome for n in (enough - 1, enough)}
    assert told == {enough - 1: Outcome.MOVING, enough: Outcome.ARRIVED}


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (
            "parabola",
            {"lr": 1e-4},
            "lr 0.0001 is far below 2/λ = 1: at this rate, it would still be moving after 2,000",
        ),
        ("ellipse", {"lr": 1.5e-3}, "lr 0.0015 is far below 2/λ = 0.1: at this rate, it would arrive after "),
        ("parabola", {"lr": 0.3, "schedule": ("cosine",), "iterations": 3}, ""),
        ("abs(x)", {"start": 4.0, "lr": 0.3, "iterations": 12}, "at this rate, it would be bouncing without progress"),
        ("x**3", {"start": 1.0, "lr": 0.05}, "at this rate, it would be on a flat place after 2,000 more iterations"),
        ("saddle", {"start": ((2.0, 0.0),), "optimizer": ("adam",)}, "at this rate, it would be at a saddle after"),
        ("sqrt(x)", {"start": 1.0, "lr": 0.05}, "at this rate, it would be lost after 1 more iteration"),
        ("parabola", {"iterations": 0}, ""),
        ("parabola", {}, ""),
        ("parabola", {"lr": 0.05}, ""),
    ],
)
def test_what_would_become_of_a_run_is_tried(text: str, options: dict[str, Any], words: str) -> None:
    said = outlook(solved(text, **options), 0)
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_noise_is_what_keeps_a_noisy_run_from_settling() -> None:
    assert reason("parabola", noise=2.0) == "the noise of its gradients keeps it from settling"


@pytest.mark.parametrize("text", ["exp(-x)", "log(1 + exp(-x))"])
def test_a_run_that_stalls_on_a_tail_is_told_that_no_minimum_is_near(text: str) -> None:
    said = reason(text, start=0.0, lr=50.0, iterations=60)
    assert said.endswith("f falls ever more slowly ahead: no minimum is near")
    assert reason("parabola", start=1.0, lr=1e-17, iterations=60).endswith("a rate too small")
