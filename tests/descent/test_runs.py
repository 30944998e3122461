"""Who runs: every combination, its rate, its name; noise and budget from the command line on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from support.commandline import QUICK, run
from support.objectives import objective

from gdanim.catalogue import registry
from gdanim.descent.descend import descend
from gdanim.descent.runs import default_rate
from gdanim.descent.trajectory import Stop
from gdanim.settings import Settings


def trajectory(function: str = "rosenbrock", **given: Any) -> Any:
    return descend(Settings(function=function, **given)).trajectory


def test_every_combination_of_optimizer_rate_and_start_is_a_run() -> None:
    descent = descend(
        Settings(
            function="rosenbrock", optimizer=("gd", "adam:lr=0.5", "momentum:momentum=0.5"), lr=(1e-3, 1e-4),
            start=((1.0, 2.0), (-1.0, 0.5)), iterations=3,
        )
    )  # fmt: skip
    raced, runs = descent.trajectory, descent.runs
    seen = list(
        zip([run.spec for run in runs], raced.lr[:, 0].tolist(), map(tuple, raced.x[:, 0].tolist()), strict=True)
    )
    starts = [(1.0, 2.0), (-1.0, 0.5)]
    assert seen == [
        *(("gd", rate, start) for rate in (1e-3, 1e-4) for start in starts),
        *(("adam", 0.5, start) for start in starts),  # the rate that stands with an optimizer is its own
        *(("momentum:momentum=0.5", rate, start) for rate in (1e-3, 1e-4) for start in starts),
    ]
    assert len({run.label for run in runs}) == raced.runs
    assert runs[0].label == "gd, lr 0.001, start 1, 2"
    assert runs[-1].label == "momentum, momentum 0.5, lr 0.0001, start -1, 0.5"


@pytest.mark.parametrize(
    ("given", "labels"),
    [
        ({}, ("",)),
        ({"lr": (0.1, 0.2)}, ("lr 0.1", "lr 0.2")),
        ({"optimizer": ("gd", "adam")}, ("gd, lr 0.1", "adam, lr 0.2")),
        ({"schedule": ("constant", "exponential:gamma=0.9")}, ("lr 0.1, constant", "lr 0.1, exponential, gamma 0.9")),
        ({"start": [1.0, 2.0]}, ("lr 0.1, start 1", "lr 0.1, start 2")),
        ({"start": [1.0, 1.0]}, ("lr 0.1",) * 2),
        ({"starts": 2}, ("", "")),
        ({"starts": 2, "lr": (0.1, 0.2)}, ("lr 0.1",) * 2 + ("lr 0.2",) * 2),
        ({"starts": 2, "optimizer": ("gd", "adam")}, ("gd, lr 0.1",) * 2 + ("adam, lr 0.2",) * 2),
    ],
)
def test_a_label_says_what_tells_a_run_apart(given: dict[str, Any], labels: tuple[str, ...]) -> None:
    runs = descend(Settings(function="parabola", iterations=2, **given)).runs
    assert tuple(run.label for run in runs) == labels


def test_a_race_equals_its_runs_alone_bit_for_bit() -> None:
    names = ("gd", "adam", "rmsprop:centered=yes", "momentum")
    raced = trajectory(optimizer=names, iterations=40)
    for place, name in enumerate(names):
        alone = trajectory(optimizer=(name,), iterations=40)
        assert np.array_equal(raced.x[place], alone.x[0])
        assert np.array_equal(raced.f[place], alone.f[0])


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("gd", 0.0018),  # the row's
        ("momentum", 0.00036),  # times 2 (1 − 0.9)
        ("momentum:momentum=0.5", 0.0018),
        ("qhm", 0.006),  # over 1 − 0.7
        ("adagrad", 0.4),  # 10 % of 4.096, to one digit
        ("adam", 0.08),  # 2 % of 4.096, to one digit
        ("newton", 1.0),
        ("adadelta", 4.0),  # the width, to one digit
    ],
)
def test_the_rate_that_is_not_given_moves_the_optimizer(text: str, rate: float) -> None:
    assert default_rate(registry.optimizer(text), objective("rosenbrock", {})) == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize("optimizer", ["rprop", "cg:lr=0.5"])
def test_a_schedule_that_an_optimizer_would_not_follow_is_refused(optimizer: str) -> None:
    name = optimizer.partition(":")[0]
    for asked in (["-O", optimizer], ["-O", "gd", "-O", optimizer]):
        ran = run("parabola", *asked, "--schedule", "cosine:eta_min=0.01", "--dry-run")
        assert (ran.code, ran.out) == (2, b"")
        (line,) = ran.lines
        assert f"--schedule 'cosine:eta_min=0.01': {name} reads only its first rate" in line
    assert run("parabola", "-O", optimizer, "--schedule", "constant", "--dry-run").code == 0


@pytest.mark.parametrize("text", ["gd", "adam", "noisy"])
def test_a_start_meets_the_same_noise_wherever_it_stands(text: str) -> None:
    starts = ((1.0, 1.5), (-1.0, 0.5), (1.0, 1.5), (0.0, 0.0), (-0.0, 0.0))
    together = trajectory(optimizer=(text,), start=starts, noise=2.0, iterations=100)
    for place, start in enumerate(starts):
        alone = trajectory(optimizer=(text,), start=(start,), noise=2.0, iterations=100)
        assert np.array_equal(together.x[place], alone.x[0])
    shaken = np.diff(together.x, axis=1)
    assert np.array_equal(shaken[0], shaken[2])  # one point, given twice
    assert np.array_equal(shaken[3], shaken[4])  # −0 is 0
    # On a plane, what differs between two paths is their noise.
    plane = trajectory("x + y", start=starts[:2], lr=1.0, noise=2.0, iterations=100)
    assert not np.isclose(*np.diff(plane.x, axis=1)).any()


@pytest.mark.parametrize("text", ["gd", "adam"])
def test_noise_is_the_same_whatever_runs_beside_it(text: str) -> None:
    starts = ((1.0, 1.5), (-1.0, 0.5), (0.3, 0.2))
    together = trajectory(optimizer=(text,), start=starts, noise=2.0, iterations=100)
    fewer = trajectory(optimizer=(text,), start=starts[:2], noise=2.0, iterations=100)
    raced = trajectory(optimizer=("rprop", text), start=starts, noise=2.0, iterations=100)
    assert np.array_equal(together.x[:2], fewer.x)
    assert np.array_equal(together.x, raced.x[3:])


def test_noise_has_the_deviation_that_was_asked_for_and_the_record_is_exact() -> None:
    noisy = trajectory("parabola", noise=0.5, lr=0.1, iterations=20_000)
    x, grad = noisy.x[0, :, 0], noisy.grad[0, :, 0]
    assert np.array_equal(grad, 2 * x)
    shaken = -np.diff(x) / 0.1 - grad[:-1]
    assert shaken.std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * 20_000))
    assert abs(shaken.mean()) < 4 * 0.5 / np.sqrt(20_000)


def test_the_seed_decides_the_noise_and_seed_0_is_a_seed() -> None:
    paths = [trajectory("parabola", noise=1.0, seed=seed).x.tobytes() for seed in (0, 0, 1)]
    assert paths[0] == paths[1] != paths[2]
    assert trajectory("parabola", seed=0).x.tobytes() == trajectory("parabola", seed=1).x.tobytes()


def test_the_optimizer_that_is_random_itself_follows_the_seed() -> None:
    paths = [trajectory("parabola", optimizer=("noisy",), seed=seed).x.tobytes() for seed in (0, 0, 1)]
    assert paths[0] == paths[1] != paths[2]


def test_a_budget_gives_each_run_the_same_evaluations() -> None:
    raced = trajectory(optimizer=("gd", "adam", "armijo", "wolfe", "lbfgs", "cg", "newton"), budget=30)
    spent = raced.evaluations[np.arange(raced.runs), raced.last]
    assert (spent <= 30).all()
    assert spent[:2].tolist() == raced.last[:2].tolist() == [30, 30]
    assert raced.last[6] == 10  # a gradient and a Hessian in two variables are three
    assert all(stop is Stop.BUDGET for stop in raced.stop)


def test_iterations_bound_a_budget() -> None:
    raced = trajectory(optimizer=("gd", "newton"), budget=30, iterations=20)
    assert raced.last.tolist() == [20, 10]
    assert raced.stop == (Stop.STEP_LIMIT, Stop.BUDGET)


@pytest.mark.usefixtures("in_tmp_path")
def test_the_summary_of_a_race_says_what_each_run_spent_and_reached() -> None:
    ran = run("booth", "-O", "gd", "-O", "newton", "--budget", 12, *QUICK[2:], "--json")
    first, second = json.loads(ran.out)["runs"]
    assert (first["evaluations"], second["evaluations"]) == (12, 12)
    assert second["distance"] == pytest.approx(0, abs=1e-12)
    assert second["f"] == pytest.approx(0, abs=1e-20)
    end = np.array(first["end"])
    assert first["distance"] == pytest.approx(float(np.hypot(*(end - [1, 3]))), rel=1e-12)
    assert first["verdict"] == f"{first['distance']:.3g} away, steadily down"
    assert second["verdict"] == f"arrived at k {second['arrived_at']}, steadily down"
    assert first["stability_limit"] == pytest.approx(2 / 18, rel=1e-9)
    assert second["stability_limit"] == 2


@pytest.mark.usefixtures("in_tmp_path")
def test_the_limit_of_momentum_is_wider_by_1_plus_mu() -> None:
    ran = run("parabola", "-O", "momentum:momentum=0.5", "--lr", 1.4, *QUICK, "--json", "-v")
    (only,) = json.loads(ran.out)["runs"]
    assert only["stability_limit"] == pytest.approx(1.5, rel=1e-12)
    assert "2(1+μ)/λ = 1.5" in ran.err
    settled = trajectory("parabola", optimizer=("momentum:momentum=0.5",), lr=(1.49, 1.51), iterations=3000)
    assert abs(settled.x[0, -1, 0]) < 1e-3 < 1e3 < abs(settled.x[1, -1, 0])
