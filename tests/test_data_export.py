"""--data: the trajectory as CSV, JSON Lines and NPZ, each number as it was solved."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from commandline import run

from gdanim.descent import Descent, descend
from gdanim.replay import write_trajectory
from gdanim.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

REQUESTS = {
    "one run": Settings(function="parabola", lr=(0.1,), iterations=25),
    "races": Settings(function="parabola", lr=(0.1, 0.3), start=((1.0,), (-2.0,)), iterations=5),
    "two variables": Settings(function="rosenbrock", iterations=4),
    "stops early": Settings(function="parabola", lr=(0.5, 0.1), tolerance=1e-3, iterations=30),
    "overflows": Settings(function="quartic", lr=(5.0,), start=((4.0,),), iterations=60),
    "still": Settings(function="parabola", iterations=0),
}


@pytest.fixture(params=REQUESTS.values(), ids=REQUESTS.keys())
def descent(request: pytest.FixtureRequest) -> Descent:
    return descend(request.param)


def expected(descent: Descent) -> list[dict[str, Any]]:
    """The rows, straight from the arrays."""
    trajectory, rows = descent.trajectory, []
    for run_index in range(trajectory.runs):
        for k in range(trajectory.last[run_index] + 1):
            row: dict[str, Any] = {"run": run_index, "optimizer": "gd", "iteration": k, "f": trajectory.f[run_index, k]}
            for axis in range(descent.objective.dim):
                row[f"x{axis + 1}"] = trajectory.x[run_index, k, axis]
                row[f"g{axis + 1}"] = trajectory.grad[run_index, k, axis]
            if trajectory.iterations:
                row["lr"] = trajectory.lr[run_index, 0]
            rows.append(row)
    return rows


def names(descent: Descent) -> list[str]:
    x, g = (["x1"], ["g1"]) if descent.objective.dim == 1 else (["x1", "x2"], ["g1", "g2"])
    return ["run", "optimizer", "lr", "iteration", *x, "f", *g]


def same(found: Any, wanted: Any) -> bool:
    return bool(found == wanted) or (isinstance(wanted, float) and np.isnan(wanted) and np.isnan(found))


def test_csv_holds_every_number_in_its_shortest_form(descent: Descent, tmp_path: Path) -> None:
    write_trajectory(str(tmp_path / "t.csv"), descent.trajectory, "gd")
    with (tmp_path / "t.csv").open(newline="", encoding="ascii") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    assert reader.fieldnames == names(descent)
    assert len(rows) == len(expected(descent))
    for row, wanted in zip(rows, expected(descent), strict=True):
        for name, value in wanted.items():
            assert row[name] == value if name == "optimizer" else same(float(row[name]), float(value))
            if isinstance(value, float):
                assert row[name] == repr(float(value))


def test_json_lines_are_json_each(descent: Descent, tmp_path: Path) -> None:
    write_trajectory(str(tmp_path / "t.jsonl"), descent.trajectory, "gd")
    lines = (tmp_path / "t.jsonl").read_text(encoding="ascii").splitlines()
    rows = [json.loads(line, parse_constant=lambda text: pytest.fail(f"{text} is not JSON")) for line in lines]
    assert len(rows) == len(expected(descent))
    for row, wanted in zip(rows, expected(descent), strict=True):
        assert list(row) == names(descent)
        assert all(
            row[name] == value or (row[name] is None and not np.isfinite(value)) for name, value in wanted.items()
        )


def test_npz_holds_a_column_for_each_name_and_no_pickle(descent: Descent, tmp_path: Path) -> None:
    write_trajectory(str(tmp_path / "t.npz"), descent.trajectory, "gd")
    with np.load(tmp_path / "t.npz", allow_pickle=False) as table:
        assert list(table.files) == names(descent)
        for index, wanted in enumerate(expected(descent)):
            assert all(same(table[name][index], value) for name, value in wanted.items())
        assert len(table["run"]) == len(expected(descent))


def test_a_run_that_diverges_ends_at_its_last_finite_point(tmp_path: Path) -> None:
    descent = descend(REQUESTS["overflows"])
    assert descent.trajectory.last[0] < 60
    write_trajectory(str(tmp_path / "t.csv"), descent.trajectory, "gd")
    rows = (tmp_path / "t.csv").read_text().splitlines()[1:]
    assert len(rows) == descent.trajectory.last[0] + 1
    assert all(np.isfinite(float(row.split(",")[4])) and np.isfinite(float(row.split(",")[5])) for row in rows)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".npz", ".CSV"])
def test_the_command_writes_it_beside_the_film(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("parabola", "-n", "2", "--size", "160x120", "--data", f"t{suffix}", "-q")
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parabola.gif", f"t{suffix}"]
