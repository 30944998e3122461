"""--data: the trajectory as CSV, JSON Lines and NPZ, each number as it was solved."""

from __future__ import annotations

import csv
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.commandline import digest, run

from gdanim.descent.descend import Descent, descend
from gdanim.descent.recording import export
from gdanim.rendering import write_data
from gdanim.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

REQUESTS = {
    "one run": Settings(function="parabola", lr=(0.1,), iterations=25),
    "races": Settings(function="parabola", lr=(0.1, 0.3), start=((1.0,), (-2.0,)), iterations=5),
    "optimizers": Settings(function="rosenbrock", optimizer=("adam:lr=0.05,beta1=0.8", "gd"), iterations=4),
    "two variables": Settings(function="rosenbrock", iterations=4),
    "stops early": Settings(function="parabola", lr=(0.5, 0.1), tolerance=1e-3, iterations=30),
    "overflows": Settings(function="quartic", lr=(5.0, 0.1), start=((4.0,),), iterations=60),
    "alone overflows": Settings(function="quartic", lr=(5.0,), start=((4.0,),), iterations=60),
    "still": Settings(function="parabola", iterations=0),
}


@pytest.fixture(params=REQUESTS.values(), ids=REQUESTS.keys())
def descent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Descent:
    monkeypatch.setattr(export, "BATCH", 7)  # every request here takes several batches
    return descend(request.param)


def expected(descent: Descent) -> list[dict[str, Any]]:
    """The rows, straight from the arrays. A rate is None where none is known."""
    trajectory, dim, rows = descent.trajectory, descent.objective.dim, []
    for number in range(trajectory.runs):
        last = int(trajectory.last[number])
        points = [
            [*trajectory.x[number, k], trajectory.f[number, k], *trajectory.grad[number, k]] for k in range(last + 1)
        ]
        if not np.isfinite(trajectory.lost[number]).all():
            points.append(list(trajectory.lost[number]))
        for k, point in enumerate(points):
            row: dict[str, Any] = {"run": number, "optimizer": descent.runs[number].spec}
            row["lr"] = trajectory.lr[number, max(k - 1, 0)] if max(k - 1, 0) < trajectory.iterations else None
            row["iteration"] = k
            named = [*["x1", "x2"][:dim], "f", *["g1", "g2"][:dim]]
            row |= dict(zip(named, map(float, point), strict=True))
            rows.append(row | {"label": descent.runs[number].label, "outcome": trajectory.stop[number].name})
    return rows


def test_csv_holds_every_number_in_its_shortest_form(descent: Descent, tmp_path: Path) -> None:
    write_data(str(tmp_path / "t.csv"), descent.trajectory, descent.runs)
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    wanted = expected(descent)
    assert reader.fieldnames == list(wanted[0])
    assert rows == [{name: "" if value is None else str(value) for name, value in row.items()} for row in wanted]


def test_json_lines_are_json_each(descent: Descent, tmp_path: Path) -> None:
    write_data(str(tmp_path / "t.jsonl"), descent.trajectory, descent.runs)
    lines = (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line, parse_constant=lambda text: pytest.fail(f"{text} is not JSON")) for line in lines]
    wanted = expected(descent)
    assert list(rows[0]) == list(wanted[0])
    assert rows == [
        {n: str(v) if isinstance(v, float) and not math.isfinite(v) else v for n, v in row.items()} for row in wanted
    ]


def test_words_of_later_rows_may_be_shorter_than_those_of_the_first_batch(tmp_path: Path) -> None:
    # The first run fills a batch of rows with STEP_LIMIT; the second, in the next batch, is lost at once.
    descent = descend(Settings(function="parabola", lr=(0.1, 50.0), iterations=export.BATCH - 1))
    write_data(str(tmp_path / "t.npz"), descent.trajectory, descent.runs)
    with np.load(tmp_path / "t.npz", allow_pickle=False) as table:
        outcome = table["outcome"]
    assert set(outcome[: export.BATCH]) == {"STEP_LIMIT"}
    assert set(outcome[export.BATCH :]) == {"DIVERGED"}


def test_npz_holds_a_column_for_each_name_and_no_pickle(descent: Descent, tmp_path: Path) -> None:
    write_data(str(tmp_path / "t.npz"), descent.trajectory, descent.runs)
    wanted = expected(descent)
    with np.load(tmp_path / "t.npz", allow_pickle=False) as table:
        assert list(table.files) == list(wanted[0])
        for name, column in table.items():
            values = [math.nan if row[name] is None else row[name] for row in wanted]
            np.testing.assert_array_equal(column, values, strict=False)


def test_a_run_that_overflows_ends_with_the_step_that_was_lost(tmp_path: Path) -> None:
    descent = descend(REQUESTS["alone overflows"])
    trajectory = descent.trajectory
    write_data(str(tmp_path / "t.csv"), trajectory, descent.runs)
    rows = (tmp_path / "t.csv").read_text().splitlines()[1:]
    assert len(rows) == trajectory.last[0] + 2 < 60
    finite = [all(math.isfinite(float(cell)) for cell in row.split(",")[4:7]) for row in rows]
    assert finite == [True] * (len(rows) - 1) + [False]


def test_the_same_trajectory_gives_the_same_bytes(descent: Descent, tmp_path: Path) -> None:
    for suffix in (".csv", ".jsonl", ".npz"):
        paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
        for path in paths:
            write_data(str(path), descent.trajectory, descent.runs)
        assert digest(paths[0]) == digest(paths[1])


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".npz", ".CSV"])
def test_the_command_writes_it_beside_the_film(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("parabola", "-n", "2", "--size", "160x120", "--data", f"t{suffix}", "-q")
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parabola.gif", f"t{suffix}"]
