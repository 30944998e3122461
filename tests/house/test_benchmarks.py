"""The benchmark program compares what it says it does. The commands are stubs that print what they took."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from support.problems import scene_of, solved

from gdanim.presets import read_preset
from tests.benchmarks.__main__ import main
from tests.benchmarks.artists import MADE
from tests.benchmarks.inputs import ROOT
from tests.benchmarks.measuring import Cost, ratio
from tests.benchmarks.report import MARKS, put_into
from tests.benchmarks.rows import ROWS, Row

if TYPE_CHECKING:
    from pathlib import Path


def told(seconds: float) -> tuple[str, ...]:
    """A command that says that it took so long."""
    return (sys.executable, "-S", "-c", f"print({seconds})")


def stub(ours: float, theirs: float = 4.0, **more: object) -> Row:
    return Row("a job", "a peer", told(ours), told(theirs), 0.5, is_told=True, **more)  # type: ignore[arg-type]


def test_a_table_says_ratios_and_a_later_run_what_became_slower(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tmp_path / "before.json"
    assert main(["--runs", "1", "--json", str(before)], [stub(1.0)]) == 0
    assert "| a job | a peer | 1/4.0 | 0.50 × | 1 | 1.00 / 4.00 s |" in capsys.readouterr().out
    assert main(["--runs", "1", "--against", str(before)], [stub(1.1)]) == 0
    assert main(["--runs", "1", "--against", str(before)], [stub(3.0)]) == 1
    printed = capsys.readouterr().out
    assert "0.75 × ✗" in printed
    assert printed.endswith("slower: a job beside a peer: 0.75 ×, was 1/4.0\n")


def test_a_peer_that_is_not_there_or_fails_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs", "1"], [stub(1.0, needs="no_such_peer")]) == 0
    assert "a job beside a peer: no_such_peer is not installed." in capsys.readouterr().out
    failing = stub(1.0)._replace(theirs=(sys.executable, "-S", "-c", "raise SystemExit(3)"))
    assert main(["--runs", "1"], [failing]) == 1
    assert "exit code 3" in capsys.readouterr().err


def test_one_run_of_a_peer_counts_for_as_many_as_its_row_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--long", "--runs", "1"], [stub(1.0, 2.0, times=5, is_long=True)]) == 0
    assert "| 1/10.0 | 0.50 × | 1 | 1.00 / 10.00 s |" in capsys.readouterr().out


def test_the_ratio_is_the_median_of_the_pairs() -> None:
    ours, theirs = ([Cost(cpu_s, 0.0, 0.0) for cpu_s in side] for side in ((1, 9, 4), (2, 3, 4)))
    assert ratio(ours, theirs, "cpu_s") == 1.0  # of 0.5, 3 and 1; the medians' own would be 4/3


def test_the_table_stands_between_its_marks() -> None:
    page = f"above\n{MARKS[0]}\nold\n{MARKS[1]}\nbelow\n"
    assert put_into(page, "new\n") == f"above\n{MARKS[0]}\nnew\n{MARKS[1]}\nbelow\n"
    assert "new\n" in put_into((ROOT / "README.md").read_text(encoding="utf-8"), "new\n")
    with pytest.raises(ValueError, match="benchmarks"):
        put_into("above\n", "new\n")


def test_every_row_has_a_name_of_its_own_and_is_known_by_it_later() -> None:
    assert len({(row.name, row.beside, row.figure) for row in ROWS}) == len(ROWS)
    assert json.dumps([row.ours for row in ROWS])


@pytest.mark.parametrize("preset", ["parabola", "double-well"])
def test_peers_draw_all_that_moves(preset: str) -> None:
    with scene_of(solved(**{**read_preset(preset), "size": "320x240"})) as scene:
        assert {type(mark) for mark in scene.marks} <= set(MADE)
