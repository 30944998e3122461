"""Options that repeat, and those that do not: none is dropped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commandline import run
from support.problems import solved


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("parabola", "--hold", "1", "--hold", "2"), "--hold"),
        (("parabola", "-n", "1", "--iterations", "2"), "--iterations"),
        (("parabola", "-q", "--quiet"), "--quiet"),
        (("parabola", "--readout", "--no-readout"), "--readout"),
        (("parabola", "--preset", "race", "--preset", "race"), "--preset"),
        (("list", "--json", "--json"), "--json"),
        (("check", "--tolerance", "1", "--tolerance", "2", "a.gif"), "--tolerance"),
        (("parabola", "-p", "a=1", "-p", "a=2"), "--param a"),
    ],
)
def test_an_option_that_does_not_repeat_is_refused_the_second_time(command: tuple[str, ...], option: str) -> None:
    ran = run(*command)
    assert ran.code == 2
    assert ran.err.startswith(f"gdanim: {option} is given twice")
    assert len(ran.err.splitlines()) == 1


def test_recordings_stand_beside_each_other_with_their_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("k,x\n0,4\n1,2\n")
    descent = solved("x**2", trajectory=("adam=a.csv", "sgd=a.csv", "a.csv"), facet="optimizer")
    assert [made.label for made in descent.runs] == ["adam", "sgd", "a"]
    ran = run("x**2", "--trajectory", "one=a.csv", "--trajectory", "two=a.csv", "--facet", "optimizer", "-o", "a.gif")
    assert ran.code == 0, ran.err
    again = run("--preset", "a.gif", "-o", "b.gif", "-q")
    assert (again.code, again.err) == (0, "")
    assert Path("a.gif").read_bytes() == Path("b.gif").read_bytes()
    twice = run("x**2", "--trajectory", "a.csv", "--trajectory", "a.csv", "-o", "c.gif")
    assert "is given twice: leave one out, or give each a label" in twice.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("one=a.csv", "one=b.csv"), "'one' labels two recordings"),
        (("a.csv", "./a.csv"), "is given twice"),
        (("=a.csv",), "'=a.csv': has an empty label"),
    ],
)
def test_recordings_that_nothing_tells_apart_are_refused(
    given: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        Path(name).write_text("k,x\n0,4\n1,2\n")
    ran = run("x**2", *(word for text in given for word in ("--trajectory", text)), "-o", "c.gif")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert told in ran.err
