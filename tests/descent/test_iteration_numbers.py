"""Recordings keep their numbers of iterations: in what is read, shown and written, and beside other runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.commandline import run
from support.problems import scene_of, solved


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# The descent of x² at rate 0.1, as logs that begin and step differently have it.
PATH = [5 * 0.8**k for k in range(41)]


def log(name: str, numbers: list[int], begin: int = 0) -> str:
    Path(name).write_text("iteration,x1\n" + "".join(f"{begin + k},{PATH[k]!r}\n" for k in numbers))
    return name


LOGS = {
    "from 1": (list(range(41)), 1),
    "from 100": (list(range(41)), 100),
    "every tenth": (list(range(0, 41, 10)), 0),
    "uneven": ([0, 1, 2, 5, 20, 40], 7),
}


@pytest.mark.parametrize("name", LOGS)
def test_numbers_are_those_of_the_log(name: str) -> None:
    numbers, begin = LOGS[name]
    descent = solved("x**2", trajectory=(log("a.csv", numbers, begin),))
    wanted = [begin + k for k in numbers]
    assert descent.trajectory.k[0, :-1].tolist() == wanted
    shown = [descent.timeline.moment(frame).number for frame in range(descent.timeline.frames)]
    assert shown == wanted
    ran = run("x**2", "--trajectory", "a.csv", "--data", "told.csv", "--json", "-o", "a.png", "--size", "160x120")
    (told,) = json.loads(ran.out)["runs"]
    assert [told["first_iteration"], told["last_iteration"]] == [wanted[0], wanted[-1]]
    assert [int(line.split(",")[3]) for line in Path("told.csv").read_text().splitlines()[1:]] == wanted


def test_runs_that_begin_at_different_iterations_stay_aligned() -> None:
    """One is at its own 50 when the other is at its 50."""
    rows = [f"a,{k},{9 - k / 20!r}" for k in range(101)] + [f"b,{k},{-9 + k / 20!r}" for k in range(50, 101, 10)]
    Path("two.csv").write_text("run,iteration,x1\n" + "\n".join(rows) + "\n")
    descent = solved("x**2", trajectory=("two.csv",))
    for frame in range(101):
        moment = descent.timeline.moment(frame)
        assert moment.number == frame
        at = [int(descent.trajectory.k[one, int(moment.position[one])]) for one in moment.visible]
        assert at == ([frame] if frame < 50 else [frame, frame // 10 * 10])


def test_panels_place_runs_at_their_own_iterations() -> None:
    log("a.csv", list(range(41)), 0)
    log("b.csv", list(range(21)), 20)
    descent = solved("x**2", trajectory=("a.csv", "b.csv"), view="panels")
    with scene_of(descent) as scene:
        axes = next(one for one in scene.figure.axes if one.get_xlabel() == "Iteration")
        assert axes.get_xlim() == (0, 40)
        tracks = [mark for mark in axes.get_children() if hasattr(mark, "pixels")]
        x = axes.transData.inverted().transform(tracks[0].pixels[1])[:, 0]
        np.testing.assert_allclose(x[:21], np.arange(20, 41), atol=1e-6)


def test_a_race_goes_on_for_as_many_iterations_as_the_log_has() -> None:
    descent = solved("x**2", trajectory=(log("a.csv", list(range(0, 41, 10))),), lr=(0.1,))
    assert descent.trajectory.last.tolist() == [4, 40]
    last = descent.timeline.moment(descent.timeline.frames - 1)
    assert last.position.tolist() == [4, 40]
    np.testing.assert_allclose(descent.trajectory.x[0, 4], descent.trajectory.x[1, 40], rtol=1e-12)


def test_the_step_in_which_a_run_was_lost_keeps_its_number() -> None:
    Path("a.csv").write_text("iteration,x1\n10,1\n20,3\n30,inf\n")
    descent = solved("x**2", trajectory=("a.csv",))
    assert descent.trajectory.ending(0) == "diverged from iteration 20 on"
    ran = run("x**2", "--trajectory", "a.csv", "--data", "lost.csv", "-o", "a.png", "--size", "160x120")
    assert ran.code == 0
    assert [line.split(",")[3] for line in Path("lost.csv").read_text().splitlines()[1:]] == ["10", "20", "30"]


def test_runs_one_after_another_keep_their_numbers() -> None:
    log("a.csv", [0, 1, 2], 5)
    log("b.csv", [0, 1], 50)
    descent = solved("x**2", trajectory=("a.csv", "b.csv"), order="in-turn")
    shown = [descent.timeline.moment(frame).number for frame in range(descent.timeline.frames)]
    assert shown == [5, 6, 7, 50, 51]


def test_panels_of_facets_play_the_runs_of_unlike_logs() -> None:
    log("a.csv", list(range(9)), 0)
    log("b.csv", list(range(0, 9, 4)), 4)
    options = ("--facet", "optimizer", "--size", "480x240", "-o", "a.gif")
    ran = run("x**2", "--trajectory", "adam=a.csv", "--trajectory", "sgd=b.csv", *options)
    assert ran.code == 0, ran.err
    descent = solved("x**2", trajectory=("adam=a.csv", "sgd=b.csv"), facet="optimizer")
    part = descent.timeline.among(np.array([1]))
    assert [part.numbering.rows(tick)[0] for tick in (4, 6, 8, 12)] == [0, 0, 1, 2]  # type: ignore[union-attr]
