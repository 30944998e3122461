"""Trainings: a loss of many parameters as the ground of recorded runs; the README's recipe with torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.commandline import ENVIRONMENT, run
from support.problems import solved

from gdanim.descent.plane.looked_at import looked_at
from gdanim.descent.verdicts import Outcome

README = Path(__file__).parents[1] / "README.md"
SMALL = ("--size", "160x120")
# Counts how often it is called, in a file: gradients would take two calls for each of 60 parameters.
LOSS = """
import numpy as np
def loss(w):
    with open("calls", "a") as calls:
        calls.write(".")
    return float(np.tanh(w[:30]) @ np.tanh(w[:30]) + w[30:] @ w[30:] / 2)
def slopes(w):
    return np.concatenate([2 * np.tanh(w[:30]) / np.cosh(w[:30]) ** 2, w[30:]])
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a loss of sixty parameters and a run towards its minimum."""
    monkeypatch.chdir(tmp_path)
    Path("loss.py").write_text(LOSS)
    random = np.random.default_rng(0)
    np.savez("run.npz", x=np.outer(np.linspace(1, 0.1, 9), random.normal(size=60)) + 0.01 * random.normal(size=(9, 60)))
    return tmp_path


def test_a_loss_without_gradient_is_the_ground_of_a_recorded_run_at_the_cost_of_values_alone(folder: Path) -> None:
    made = run("loss.py:loss", "--trajectory", "run.npz", "-o", "a.gif", *SMALL)
    assert made.code == 0
    assert "gradient" not in made.err
    assert len((folder / "calls").read_text()) < 61**2 + 9 + 20  # the grid, the points, a few trials


@pytest.mark.parametrize("gradient", [None, "loss.py:slopes"])
def test_the_ground_and_the_heights_are_values_of_the_loss(folder: Path, gradient: str | None) -> None:
    descent = solved("loss.py:loss", trajectory=("run.npz",), gradient=gradient)
    seen, x = looked_at(descent), np.load("run.npz")["x"]
    f = np.sum(np.tanh(x[:, :30]) ** 2, axis=1) + np.sum(x[:, 30:] ** 2, axis=1) / 2
    assert descent.trajectory.f[0] == pytest.approx(f, rel=1e-12)
    assert seen.plane is not None
    u = np.array([[0.5, -1.0], [2.0, 0.1]])
    there = seen.plane.axes.origin + u @ seen.plane.axes.directions
    values = np.sum(np.tanh(there[:, :30]) ** 2, axis=1) + np.sum(there[:, 30:] ** 2, axis=1) / 2
    assert seen.objective.value(u) == pytest.approx(values, rel=1e-12)
    slopes = np.concatenate([2 * np.tanh(there[:, :30]) / np.cosh(there[:, :30]) ** 2, there[:, 30:]], axis=1)
    assert seen.objective.gradient(u) == pytest.approx(slopes @ seen.plane.axes.directions.T, rel=1e-6, abs=1e-8)
    assert (descent.verdict[0].outcome is Outcome.RECORDED) == (gradient is None)


def test_arrows_of_slopes_that_nobody_knows_are_refused(folder: Path) -> None:
    found = run("loss.py:loss", "--trajectory", "run.npz", "--arrows", "gradient")
    assert found.code == 2
    assert "--arrows 'gradient': the slopes of this run are not known: give step, or a --gradient" in found.err


def test_the_readme_records_a_network_in_torch_and_draws_it_on_its_loss(folder: Path) -> None:
    pytest.importorskip("torch", reason="needs torch")
    code = next(part for part in README.read_text("utf-8").split("```python\n") if part.startswith("# train.py"))
    (folder / "train.py").write_text(code.partition("```")[0])
    subprocess.run([sys.executable, "train.py"], env=ENVIRONMENT, check=True)
    assert np.load("sgd.npz")["x"].shape == (25, 337)
    files = "--trajectory", "SGD, momentum=sgd.npz", "--trajectory", "Adam=adam.npz"
    for function in ("-", "train.py:loss"):
        assert run(function, *files, "-o", "a.gif", *SMALL).code == 0
