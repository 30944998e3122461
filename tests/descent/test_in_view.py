"""What is in view: starts and replays widen the bounds; limits that were asked for are kept, and a line warns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.commandline import LONG, QUICK, run
from support.problems import scene_of, solved

from gdanim.catalogue.registry import FUNCTIONS, OPTIMIZERS
from gdanim.descent.verdicts import Outcome

pytestmark = pytest.mark.usefixtures("in_tmp_path")

STARTS = {
    "parabola": 50.0,
    "rosenbrock": (-3.0, 5.0),
    "himmelblau": (9.0, 0.0),
    "double_well": 5.6,
    "branin": (-7.0, 2.0),
}

OTHER_PARAMETERS = [{"l": 100.0}, {"f": 30.0}, {"l": 1e-4, "f": 1e3}, {"f": 0.0}, {"l": 1e8, "f": 0.1}]
SOME = ("parabola", "hills")


@pytest.mark.parametrize("name", STARTS)
def test_bounds_of_a_row_are_widened_for_a_start_outside(name: str) -> None:
    start = np.array(STARTS[name])
    found = solved(name, start=(STARTS[name],), iterations=1).objective
    row = np.array(FUNCTIONS[name].bounds, dtype=float)
    assert found.contains(start)
    assert np.all(found.bounds[:, 0] <= row[:, 0])
    assert np.all(found.bounds[:, 1] >= row[:, 1])
    assert np.ptp(found.bounds, axis=1).max() < 3 * max(np.ptp(row, axis=1).max(), 2 * np.abs(start).max())


@pytest.mark.parametrize("name", STARTS)
def test_a_start_inside_leaves_the_bounds_and_the_view_of_a_row(name: str) -> None:
    row = FUNCTIONS[name]
    corner = tuple(low + 0.05 * (high - low) for low, high in row.bounds)
    found = solved(name, start=(corner,), lr=1e-9, iterations=1).objective
    assert found.bounds.tolist() == [list(interval) for interval in row.bounds]
    assert found.view == row.view


@pytest.mark.parametrize("name", STARTS)
def test_limits_that_are_given_are_not_widened(name: str) -> None:
    found = solved(name, start=(STARTS[name],), iterations=1, xlim=(-1.0, 2.0)).objective
    assert found.bounds[0].tolist() == list(FUNCTIONS[name].bounds[0])


def replay(*points: tuple[float, ...]) -> str:
    columns = ",".join(("iteration", "x1", "x2")[: 1 + len(points[0])])
    rows = [f"{k},{','.join(map(str, point))}" for k, point in enumerate(points)]
    Path("run.csv").write_text("\n".join([columns, *rows]) + "\n")
    return "run.csv"


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("rosenbrock", [(3.0, 5.0), (2.0, 4.0), (1.0, 1.0)]),
        ("parabola", [(-20.0,), (10.0,), (1.0,)]),
        ("ellipse", [(1.0, 1.0), (-8.0, 9.0), (-8.0, 9.5), (-7.0, 9.0), (-7.0, 9.0), (-6.0, 9.0)]),
        ("branin", [(0.0, 5.0), (5.0, 20.0), (12.0, 21.0), (12.0, 22.0)]),
        ("tilted_well", [(1.9,), (3.0,), (2.5,), (1.5,)]),
    ],
)
def test_bounds_of_a_row_are_widened_for_a_replay(name: str, points: list[tuple[float, ...]]) -> None:
    descent = solved(name, trajectory=replay(*points))
    assert descent.objective.contains(descent.trajectory.x[0]).all()


def test_one_wild_step_of_a_replay_does_not_set_the_bounds() -> None:
    points = [(1.0, 1.0)] * 40 + [(900.0, 1.0)] + [(1.0, 1.0)] * 40
    assert np.ptp(solved("ellipse", trajectory=replay(*points)).objective.bounds) < 100


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("parabola", "--start", 50, "--xlim=-6,6"), ("--xlim -6,6",)),
        (("parabola", "--ylim=0,10"), ("--ylim 0,10",)),
        (("rosenbrock", "--start=-3,5", "--lr", "1e-6", "--xlim=-2,2", "--ylim=-2,2"), ("--xlim -2,2", "--ylim -2,2")),
        (("x**2 + y**2", "--start=3,0", "--xlim=-1,1"), ("--xlim -1,1",)),
        (("himmelblau", "--start=0,4.9", "--ylim=-1,1"), ("--ylim -1,1",)),
    ],
)
def test_a_path_that_leaves_given_limits_is_said_in_one_line(
    arguments: tuple[Any, ...], named: tuple[str, ...]
) -> None:
    ran = run(*arguments, *QUICK, "-o", "a.gif")
    leaving = [line for line in ran.lines if "leaves the picture" in line]
    assert len(leaving) == 1
    assert all(name in leaving[0] for name in named)


def test_what_leaves_the_picture_is_not_said_under_quiet() -> None:
    assert run("parabola", "--ylim=0,10", *QUICK, "-o", "a.gif", "-q").err == ""


@pytest.mark.parametrize("arguments", [("parabola",), ("parabola", "--xlim=-6,6"), ("parabola", "--start", 50)])
def test_a_path_in_view_has_no_warning(arguments: tuple[Any, ...]) -> None:
    assert "leaves" not in run(*arguments, *QUICK, "-o", "a.gif").err


@pytest.mark.parametrize(
    ("formula", "start"),
    [
        ("x**4 - 3*x**2 + x", 0.2), ("x**4 - 3*x**2 + x", -0.79), ("sin(x) + x**2/10", 1.95), ("tanh(x)**2", 0.6),
        ("log(1 + x**2)", 0.9), ("1 - exp(-x**2)", 0.65),
    ],
)  # fmt: skip
def test_one_wild_step_does_not_flatten_the_curve(formula: str, start: float) -> None:
    descent = solved(formula, optimizer=("gd", "newton"), start=start, iterations=25)
    inside = descent.objective.contains(descent.trajectory.x)
    with scene_of(descent) as scene:
        axes = scene.figure.axes[0]
        low, high = axes.get_ylim()
        drawn = np.asarray(axes.lines[0].get_ydata(), dtype=float)
    assert np.ptp(drawn[np.isfinite(drawn)]) > 0.4 * (high - low)
    assert inside[:, 0].all()


def test_a_wild_step_does_not_flatten_the_series_beside() -> None:
    descent = solved("x**4 - 3*x**2 + x", optimizer=("gd", "newton"), start=0.2, iterations=25, view="panels")
    assert np.abs(descent.trajectory.x).max() > 3
    with scene_of(descent) as scene:
        for axes in scene.figure.axes[1:]:
            assert np.ptp(axes.get_ylim()) < 20


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_default_arrives_or_its_row_says_what_trap_it_shows(name: str) -> None:
    row, descent = FUNCTIONS[name], solved(name)
    assert (descent.verdict[0].outcome is Outcome.ARRIVED) != bool(row.trap)


@pytest.mark.parametrize("param", OTHER_PARAMETERS, ids=str)
def test_a_row_with_other_parameters_is_shown_anew(param: dict[str, float]) -> None:
    descent = solved("double_well", param=param)
    assert descent.verdict[0].outcome is Outcome.ARRIVED
    assert 0.05 <= descent.over_limit[0] <= 0.5


@pytest.mark.parametrize("name", [row.name for row in FUNCTIONS.values() if row.note != "saddle"] if LONG else SOME)
def test_no_method_is_lost_at_its_default_rate(name: str) -> None:
    # A first step of 1 along −∇f, or one of Newton's without end, leaves what these two rows describe.
    methods = [method for method in OPTIMIZERS if (name, method) not in {("forrester", "armijo"), ("ackley", "newton")}]
    descent = solved(name, optimizer=tuple(methods))
    assert not [method for method, stop in zip(methods, descent.trajectory.stop, strict=True) if stop.failed]


@pytest.mark.parametrize("name", ["ellipse", "matyas", "beale", "rosenbrock", "goldstein_price"])
def test_momentum_does_not_lose_to_plain_descent_by_default_in_a_ravine(name: str) -> None:
    gd, momentum, nesterov = solved(name, optimizer=("gd", "momentum", "nesterov")).trajectory.f[:, -1]
    assert min(momentum, nesterov) < gd
    assert momentum < gd


def test_that_no_minimum_was_found_is_said_once_and_in_json() -> None:
    ran = run("exp(-x)", *QUICK, "-o", "a.gif", "--json")
    assert sum("no minimum" in line for line in ran.lines) == 1
    assert any("no minimum" in remark for remark in json.loads(ran.out)["remarks"])
    assert json.loads(run("x**2", *QUICK, "-o", "a.gif", "--json").out)["remarks"] == []
