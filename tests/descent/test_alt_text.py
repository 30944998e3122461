"""Alternative text: what it says of a descent has to be what the trajectory says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.commandline import run
from support.objectives import objective

from gdanim.catalogue.registry import FUNCTIONS
from gdanim.descent.alt_text import alt_text, spoken
from gdanim.descent.descend import descend
from gdanim.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def text_of(**request: Any) -> str:
    return alt_text(descend(Settings(**request)))


def test_one_run_is_told_from_its_start_to_its_end() -> None:
    assert text_of(function="parabola", lr=0.25, start=4.0, iterations=2) == (
        "Gradient descent at the learning rate 0.25 on f(x) = x² from x = 4, 2 iterations, drawn on its curve. "
        "Going steadily down, it ends still moving: x = 1, f = 1."
    )


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"function": "parabola", "lr": 1.1}, "Bouncing, it diverges:"),
        ({"function": "parabola", "lr": 1.1}, "; lr 1.1 is above 2/λ = 1."),
        ({"function": "sqrt(x)", "lr": 3.0, "start": 2.0}, "leaves the function's domain:"),
        ({"function": "parabola", "lr": 0.5}, "Going steadily down, it ends near the minimum at x = 0:"),
        ({"function": "parabola", "view": "panels"}, "in panels, beside its values"),
        ({"function": "himmelblau", "view": "surface"}, "on its surface in three dimensions"),
        ({"function": "himmelblau"}, "on a map of its levels"),
        ({"function": "parabola", "lr": (0.1, 0.2)}, "2 runs of gradient descent on"),
        ({"function": "parabola", "lr": (0.1, 0.2)}, "; the lowest is lr 0.2, f = "),
        (
            {"function": "parabola", "lr": (0.1, 0.95)},
            "; arrived at k 21, steadily down: lr 0.1; 0.309 away, bouncing: lr 0.95;",
        ),
        ({"function": "saddle"}, "f = −"),
        ({"function": "saddle"}, "; f falls without bound."),
        (
            {"function": "saddle", "start": ((2.0, 0.0),)},
            "Going steadily down, it ends at a saddle: (0.008856, 0), f = 7.843e−05.",
        ),
        ({"function": "parabola", "lr": 1e-6}, "It stalls:"),
        ({"function": "parabola", "optimizer": "adam"}, "Adam at the learning rate"),
        ({"function": "double_well"}, "f(x) = (x² − 3²)² + 2·x + 6"),
        ({"function": "parabola", "iterations": 0}, ", 0 iterations,"),
        ({"function": "double_well", "starts": 5, "order": "in-turn"}, "one after another"),
    ],
)
def test_what_happens_stands_in_the_text(request_: dict[str, Any], words: str) -> None:
    assert words in text_of(**request_)


def test_the_runs_that_are_counted_are_all_runs_and_end_where_it_is_said() -> None:
    descent = descend(Settings(function="himmelblau", starts=60, seed=3, iterations=200))
    said = alt_text(descent)
    ends = descent.trajectory.x[np.arange(60), descent.trajectory.last]
    counted = {
        (float(x.replace("−", "-")), float(y.replace("−", "-"))): int(number)
        for number, x, y in re.findall(r"(\d+) ends? near the minimum at \(([^,]+), ([^)]+)\)", said)
    }
    assert sum(int(number) for number in re.findall(r"(\d+) (?:end|diverge|leave)", said)) == 60
    assert counted == {
        place: int(np.sum(np.linalg.norm(ends - place, axis=1) < 0.02 * np.hypot(10, 10))) for place in counted
    }
    assert len(counted) == 4


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_formulas_are_told_without_the_signs_of_a_program(name: str) -> None:
    assert not set("*_\\$") & set(spoken(objective(name, {})).partition(" with ")[0].replace(name, ""))


def test_it_is_printed_alone_and_stands_in_the_summary(tmp_path: Path) -> None:
    printed = run("parabola", "-o", str(tmp_path / "a.gif"), "--alt-text", "-q")
    summary = run("parabola", "-o", str(tmp_path / "b.gif"), "--json", "-q")
    assert printed.out.decode() == text_of(function="parabola") + "\n"
    assert json.loads(summary.out)["alt_text"] == text_of(function="parabola")
    assert run("parabola", "-o", str(tmp_path / "c.gif"), "--json", "--alt-text").code == 2
