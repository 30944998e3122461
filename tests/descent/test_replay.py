"""--trajectory: what was exported comes back to the last bit, and runs that others recorded are understood."""

from __future__ import annotations

import io
import math
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.commandline import LONG, crossed, run, without_recipe
from support.decoders import chunks
from support.problems import formula

from gdanim import readers
from gdanim.descent.descend import descend
from gdanim.descent.recording.replay import read_trajectory
from gdanim.descent.runs import Run, Runs
from gdanim.descent.trajectory import Stop, Trajectory, counted, judge
from gdanim.errors import DomainError, GdanimError
from gdanim.rendering import write_data
from gdanim.settings import Settings
from gdanim.tables import arrays, json_text, text
from gdanim.tables.files import check_readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DrawFn

    from gdanim.objectives.objective import Objective

PLANE = formula("x**2 + 3*y**2", (-5, 5), (-5, 5))
LINE = formula("x**2")
ROOT = formula("sqrt(x)", (0, 5))


# --- what was exported -----------------------------------------------------------------------------------------------

FINITE = st.floats(allow_nan=False, allow_infinity=False)
STRANGE = st.sampled_from([math.nan, math.inf, -math.inf])
LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12).map(str.strip)


@st.composite
def trajectories(draw: DrawFn, objective: Objective) -> tuple[Trajectory, Runs]:
    """Runs of any numbers and lengths, some of them lost, with any labels and rates."""
    width = 2 * objective.dim + 1
    paths = draw(st.lists(st.lists(st.tuples(*[FINITE] * width), min_size=1, max_size=5), min_size=1, max_size=4))
    last = np.array([len(path) - 1 for path in paths])
    n, runs = int(last.max()), len(paths)
    lost = np.zeros((runs, width))
    for one in range(runs):
        if draw(st.booleans()):
            lost[one] = draw(st.tuples(*[FINITE | STRANGE] * width))
            lost[one, draw(st.integers(0, width - 1))] = draw(STRANGE)
    table = np.array([[path[min(k, len(path) - 1)] for k in range(n + 1)] for path in paths])
    rates = np.array(draw(st.lists(FINITE | st.just(math.nan), min_size=runs * n, max_size=runs * n)))
    lr = rates.reshape(runs, n)
    for one in range(runs):  # the last rate that belongs to a step is repeated
        steps = max(int(last[one]) + (not np.isfinite(lost[one]).all()), 1)
        lr[one, steps:] = lr[one, steps - 1 : steps]
    x, f, grad = table[..., : objective.dim], table[..., objective.dim], table[..., objective.dim + 1 :]
    # A run that was lost did not end otherwise.
    kinds = st.sampled_from([Stop.STEP_LIMIT, Stop.CONVERGED, Stop.BUDGET])
    ended = tuple(draw(kinds) if np.isfinite(lost[one]).all() else Stop.STEP_LIMIT for one in range(runs))
    trajectory = Trajectory(
        x=x,
        f=f,
        grad=grad,
        k=counted(runs, n + 1),
        lr=lr,
        evaluations=np.full((runs, n + 1), -1),
        last=last,
        stop=ended,
        since=last,
        lost=lost,
    )
    specs, labels = [draw(LINES.filter(bool)) for _ in paths], [draw(LINES) for _ in paths]
    made = [Run(None, spec, None, math.nan, label, source="t.csv") for spec, label in zip(specs, labels, strict=True)]
    return judge(objective, trajectory), tuple(made)


def assert_same(found: Trajectory, wanted: Trajectory) -> None:
    """The same bits; of NaN, there is only one."""
    for name in ("x", "f", "grad", "lr", "evaluations", "last", "since", "lost"):
        ours, theirs = getattr(found, name), getattr(wanted, name)
        assert ours.shape == theirs.shape
        assert not ours.flags.writeable
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(np.signbit(ours[ours == 0]), np.signbit(theirs[theirs == 0]))
    assert found.stop == wanted.stop


def said_of(runs: Runs) -> list[tuple[str, str]]:
    """What a file says of each run: its method and its label."""
    return [(run.spec, run.label) for run in runs]


def reread(trajectory: Trajectory, runs: Runs, objective: Objective, suffix: str) -> tuple[Trajectory, Runs]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "t" + suffix))
        write_data(path, trajectory, runs)
        return read_trajectory(path, objective)[:2]


@pytest.mark.parametrize(
    ("objective", "suffix"),
    crossed([LINE, PLANE], [".csv", ".jsonl", ".npz"]),
    ids=lambda value: value if isinstance(value, str) else f"{value.functions.dim} variables",
)
@given(data=st.data())
def test_what_is_exported_is_read_again_bit_for_bit(objective: Objective, suffix: str, data: st.DataObject) -> None:
    trajectory, runs = data.draw(trajectories(objective))
    found, found_runs = reread(trajectory, runs, objective, suffix)
    assert_same(found, trajectory)
    assert said_of(found_runs) == said_of(runs)


@given(text=LINES)
@example(text='adam, lr 0.1, "β₁" = 0.8')
def test_every_label_that_can_be_exported_is_a_text_of_one_line(text: str) -> None:
    """The strategy above draws what the command line itself accepts, and nothing easier."""
    assert readers.text(text) == text


def test_rows_come_in_batches_and_none_is_lost_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (arrays, json_text, text):
        monkeypatch.setattr(module, "CHUNK", 7)
    solved = descend(Settings(function="rosenbrock", optimizer=("adam", "gd"), lr=(0.001, 0.002), iterations=30))
    for suffix in (".csv", ".jsonl", ".npz"):
        again, runs = reread(solved.trajectory, solved.runs, solved.objective, suffix)
        for name in ("x", "f", "grad", "lr"):
            np.testing.assert_array_equal(getattr(again, name), getattr(solved.trajectory, name))
        assert said_of(runs) == said_of(solved.runs)


RACES = {
    "one run": ("parabola", "--lr", "0.2"),
    "panels": ("parabola", "--view", "panels", "--lr", "0.2", "--lr", "0.7"),
    "optimizers": ("rosenbrock", "-O", "adam", "-O", "gd"),
    "diverges": ("quartic", "--start", "4", "--lr", "5", "--lr", "0.001"),
    "loses all": ("quartic", "--start", "4", "--lr", "5"),
    "leaves the domain": ("sqrt(x) + x", "--xlim", "-1,5", "--start", "0.3", "--lr", "1"),
    "random starts": ("himmelblau", "--starts", "12"),
    "random starts, rates": ("himmelblau", "--starts", "2", "--lr", "0.01", "--lr", "0.02"),
    "meets the tolerance": ("easom", "--start", "8,-8", "--start", "3,3", "--tolerance", "1"),
    "in turn": ("double-well", "--starts", "3", "--order", "in-turn", "--schedule", "step:step_size=2"),
}


def exports() -> Iterator[tuple[str, str]]:
    """Every race from a .csv or one of the other forms, which hold the same bits; from all of them if LONG."""
    forms = (".csv", ".jsonl", ".csv", ".npz", ".csv", "-")
    for turn, race in enumerate(RACES):
        yield from [(race, suffix) for suffix in (sorted(set(forms)) if LONG else (forms[turn % 6],))]


@pytest.mark.parametrize(("race", "suffix"), list(exports()))
def test_replay_of_an_export_gives_the_same_pixels(
    race: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function, *options = RACES[race]
    drawn = ("--size", "200x160", "-q")
    table = "t.csv" if suffix == "-" else f"t{suffix}"
    # The whole film where the data stand in a .csv; of the other forms its last frame.
    shown_as = "gif" if suffix == ".csv" else "png"
    assert run(function, *options, "-n", "9", *drawn, "-o", f"a.{shown_as}", "--data", table).code == 0
    if suffix == "-":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(table).read_bytes())))
    shown = [
        word
        for option, value in zip(options[::2], options[1::2], strict=True)
        for word in (option, value)
        if option in ("--view", "--order", "--xlim")
    ]
    source = "-" if suffix == "-" else table
    replayed = run(function, *shown, *drawn, "--trajectory", source, "-o", f"b.{shown_as}", "--data", "again.csv")
    assert (replayed.code, replayed.err) == (0, "")
    made, again = (Path(f"{name}.{shown_as}") for name in "ab")
    if shown_as == "gif":
        assert without_recipe(made.read_bytes()) == without_recipe(again.read_bytes())
    else:
        assert [kept for kept in chunks(made.read_bytes()) if kept[0] != b"tEXt"] == [
            kept for kept in chunks(again.read_bytes()) if kept[0] != b"tEXt"
        ]


# --- what others recorded --------------------------------------------------------------------------------------------


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., tuple[Trajectory, Runs]]:
    def read(text: str, objective: Objective = PLANE, name: str = "mine.csv", **options: Any) -> Any:
        (tmp_path / name).write_bytes(text.encode())
        return read_trajectory(str(tmp_path / name), objective, **options)[:2]

    return read


@pytest.fixture
def recorded(recording: Callable[..., tuple[Trajectory, Runs]]) -> Callable[..., Trajectory]:
    return lambda *given, **options: recording(*given, **options)[0]


@pytest.fixture
def labels_of(recording: Callable[..., tuple[Trajectory, Runs]]) -> Callable[..., tuple[str, ...]]:
    return lambda *given, **options: tuple(run.label for run in recording(*given, **options)[1])


PLAIN = "iteration,x1,x2\n0,3,2\n1,2.5,-1\n2,1e-3,.5\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        "\ufeff" + PLAIN,
        PLAIN.rstrip("\n"),
        PLAIN.replace("\n", "\n\n"),
        "x,y,iteration\n3,2,0\n2.5,-1,1\n1e-3,.5,2\n",
        "# Iteration, X1 ,x2\n 0 , 3 , 2 \n1.0,+2.5,-1.0e0\n2,0.001,5e-1\n",
        "loss,iteration,x1,x2,\n?,1,3,2,a\n?,2,2.5,-1,b\n_,3,0.001,0.5,\n",
        '"iteration","x1","x2"\n"0","3","2"\n"1","2.5","-1"\n"2","1e-3",".5"\n',
    ],
    ids=["plain", "CRLF", "BOM", "no last newline", "blank lines", "x, y", "numpy.savetxt", "more columns", "quoted"],
)
def test_iteration_and_x_are_enough(text: str, recording: Callable[..., tuple[Trajectory, Runs]]) -> None:
    found, runs = recording(text)
    x = np.array([[[3, 2], [2.5, -1], [0.001, 0.5]]])
    np.testing.assert_array_equal(found.x, x)
    np.testing.assert_array_equal(found.f, x[..., 0] ** 2 + 3 * x[..., 1] ** 2)
    np.testing.assert_array_equal(found.grad, np.stack([2 * x[..., 0], 6 * x[..., 1]], axis=-1))
    assert np.isnan(found.lr).all()
    assert (found.evaluations == -1).all()
    assert (said_of(runs), found.stop) == ([("replay", "")], (Stop.STEP_LIMIT,))


def test_json_lines_need_no_more_and_may_leave_out_a_key_where_nothing_is_known(
    recorded: Callable[..., Trajectory],
) -> None:
    lines = '{"iteration": 0, "x1": 3, "x2": 2}\n\n{"x2": -1.0, "x1": "2.5", "iteration": 1, "f": null, "lr": 0.5}'
    found = recorded(lines, name="t.jsonl")
    np.testing.assert_array_equal(found.x, [[[3, 2], [2.5, -1]]])
    np.testing.assert_array_equal(found.f, [[21, 9.25]])
    np.testing.assert_array_equal(found.lr, [[0.5]])


@pytest.mark.parametrize("dtype", ["f4", ">f8", "i2", "U9"])
def test_npz_holds_numbers_of_any_kind(dtype: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", iteration=np.arange(3), x=np.array([3, 2, 1], dtype))
    np.testing.assert_array_equal(read_trajectory(str(tmp_path / "t.npz"), LINE)[0].f, [[9, 4, 1]])


def test_a_pipe_is_told_by_its_first_character(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (PLAIN, '\n {"iteration": 0, "x1": 3, "x2": 2}\n'):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        check_readable("-", "--trajectory")
        np.testing.assert_array_equal(read_trajectory("-", PLANE)[0].x[0, 0], [3, 2])


def test_what_is_given_stands_and_only_the_rest_is_computed(recorded: Callable[..., Trajectory]) -> None:
    found = recorded("iteration,x,y,f,g2\n0,1,1,7,\n1,1,1,,-5\n2,1,1,,\n")
    np.testing.assert_array_equal(found.f, [[7, 4, 4]])
    np.testing.assert_array_equal(found.grad, [[[2, 6], [2, -5], [2, 6]]])


def test_runs_may_be_interleaved_and_count_from_any_number(
    recording: Callable[..., tuple[Trajectory, Runs]],
) -> None:
    found, runs = recording("run,iteration,x1\nb,0,4\na,1,3\nb,1,2\na,2,1\nb,2,0\n", LINE)
    np.testing.assert_array_equal(found.x[..., 0], [[4, 2, 0], [3, 1, 1]])
    np.testing.assert_array_equal(found.last, [2, 1])
    assert [run.label for run in runs] == ["b", "a"]


@pytest.mark.parametrize(
    ("columns", "first", "second", "labels"),
    [
        ("run", "0", "1", ("run 0", "run 1")),
        ("run", "my method", "0", ("my method", "mine")),
        ("optimizer", "adam", "gd", ("adam", "gd")),
        ("run,optimizer", "0,adam", "1,gd", ("adam", "gd")),
        ("run,optimizer", "0,adam", "1,adam", ("adam, run 0", "adam, run 1")),
        ("run,optimizer", "seed A,adam", "seed A,gd", ("seed A, adam", "seed A, gd")),
        ("run,label", "0,left", "1,right", ("left", "right")),
        ("run,label", "0,", "1,", ("", "")),
    ],
)
def test_the_legend_names_a_run_by_what_the_file_says(
    columns: str, first: str, second: str, labels: tuple[str, ...], labels_of: Callable[..., tuple[str, ...]]
) -> None:
    assert labels_of(f"{columns},iteration,x\n{first},0,1\n{second},0,2\n{first},1,0\n", LINE) == labels


@pytest.mark.parametrize(
    ("columns", "cells", "label"),
    [("loss", "1", "mine"), ("label", "", "mine"), ("run", "0", "mine"), ("optimizer", "adam", "adam")],
)
def test_a_single_run_has_a_name_beside_others_only(
    columns: str, cells: str, label: str, labels_of: Callable[..., tuple[str, ...]]
) -> None:
    text = f"iteration,x,{columns}\n0,1,{cells}\n"
    assert labels_of(text, LINE) == ("",)
    assert labels_of(text, LINE, alone=False) == (label,)


def test_the_rate_in_a_row_is_that_of_the_step_that_led_there(recorded: Callable[..., Trajectory]) -> None:
    found = recorded("iteration,x,lr\n0,5,9\n1,4,0.1\n2,3,0.2\n3,2,\n", LINE)
    np.testing.assert_array_equal(found.lr, [[0.1, 0.2, np.nan]])


# --- how a replayed run ended ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "objective", "stop", "last", "since"),
    [
        ("0,1\n1,-1\n2,7", ROOT, Stop.LEFT_DOMAIN, 0, 1),  # f is NaN where x is not
        ("0,1\n1,nan\n2,7", LINE, Stop.DIVERGED, 0, 1),
        ("0,1\n1,-inf", LINE, Stop.DIVERGED, 0, 1),
        ("0,1\n1,2\n2,1e200\n3,nan\n4,nan", LINE, Stop.DIVERGED, 1, 1),  # f overflows
        ("0,1\n1,7\n2,70", LINE, Stop.DIVERGED, 2, 1),  # f grows without end
        ("0,70\n1,7\n2,8", LINE, Stop.STEP_LIMIT, 2, 2),  # outside the bounds, and f fell
        ("0,1\n1,7\n2,7", LINE, Stop.STEP_LIMIT, 2, 2),  # outside the bounds, where f rises no more
    ],
)
def test_a_run_is_judged_as_if_it_had_been_solved(
    text: str,
    objective: Objective,
    stop: Stop,
    last: int,
    since: int,
    recorded: Callable[..., Trajectory],
) -> None:
    found = recorded(f"iteration,x\n{text}\n", objective)
    assert found.stop == (stop,)
    assert (found.last[0], found.since[0]) == (last, since)
    assert found.iterations == last
    assert np.isfinite(found.x).all()
    assert np.isfinite(found.lost).all() == (stop is Stop.STEP_LIMIT or last == 2)


def test_a_point_without_a_value_is_never_asked_for() -> None:
    """The code of a person may fail at NaN, and behind the step that was lost."""
    asked: list[float] = []

    class Listening:
        dim, point_by_point = 1, True

        def raw_value_and_gradient(self, x: Any) -> Any:
            asked.extend(x.ravel().tolist())
            return x[:, 0] ** 2, 2 * x

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_text("iteration,x,f,g1\n0,1,1,2\n1,2,,\n2,nan,,\n3,4,,\n")
        read_trajectory(str(path), replace(LINE, functions=Listening()))  # type: ignore[arg-type]
    assert asked == [2.0]


def test_a_start_without_a_value_is_told_with_its_line(recorded: Callable[..., Trajectory]) -> None:
    with pytest.raises(DomainError, match=r"^mine\.csv line 3: f\(x\) = sqrt\(x\) has no finite .* at the start -2$"):
        recorded("run,iteration,x\n0,0,1\n1,0,-2\n", ROOT)


def rosenbrock_in_twelve() -> Settings:
    """A race in more variables than one digit counts."""
    return Settings(function="rosenbrock", dim=12, iterations=6, optimizer=("gd", "adam"))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".npz"])
def test_an_export_of_many_variables_is_read_again_to_the_last_bit(suffix: str, tmp_path: Path) -> None:
    made = descend(rosenbrock_in_twelve())
    path = str(tmp_path / f"run{suffix}")
    write_data(path, made.trajectory, made.runs)
    again = descend(Settings(function="rosenbrock", dim=12, trajectory=(path,)))
    assert np.array_equal(again.trajectory.x, made.trajectory.x)
    assert np.array_equal(again.trajectory.f, made.trajectory.f)
    assert not again.remarks


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_of_several_runs_are_the_runs(kind: type, save: Callable[..., None], tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype(kind)
    loss = np.arange(10.0).reshape(2, 5)
    save(tmp_path / "runs.npz", x=x, loss=loss)
    found = descend(Settings(function="sphere", dim=4, trajectory=(str(tmp_path / "runs.npz"),))).trajectory
    assert np.array_equal(found.x, x.astype(np.float64))
    assert np.array_equal(found.f, loss)
    assert np.array_equal(found.grad, 2 * x.astype(np.float64))


def test_checkpoints_of_more_variables_than_a_table_has_columns_are_a_run(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(6, 20_000)).astype(np.float32)
    np.savez(tmp_path / "run.npz", x=x)
    found = descend(Settings(function="sphere", dim=20_000, trajectory=(str(tmp_path / "run.npz"),))).trajectory
    assert np.array_equal(found.x[0], x)
    assert found.f[0] == pytest.approx(np.sum(x.astype(np.float64) ** 2, axis=1))


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (np.zeros((2, 5, 3)), "x is 2 × 5 × 3, and sphere takes 4 coordinates"),
        (np.zeros((0, 5, 4)), "x is 0 × 5 × 4"),
        (np.full((1, 2, 4), np.nan), "has no finite value and slope at the start"),
        (np.full((1, 2, 4), "a"), "no numbers"),
    ],
)
def test_arrays_that_are_no_runs_are_refused(x: np.ndarray, says: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "runs.npz", x=x)
    with pytest.raises(GdanimError, match=says):
        descend(Settings(function="sphere", dim=4, trajectory=(str(tmp_path / "runs.npz"),)))
