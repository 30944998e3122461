"""Calls of Python say and do what the command line does with the same words."""

from __future__ import annotations

import csv
import doctest
import io
import subprocess
import sys
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.commandline import ENVIRONMENT, REFUSALS, run

import gdanim
from gdanim.cli import app
from gdanim.settings import Settings, options

SHORT: Any = {"iterations": 3, "size": (160, 120)}
ATTRIBUTES = {
    name: attribute
    for attribute, item, _ in options()
    for name in (item.name, item.short)
    if name and not isinstance(getattr(Settings(), attribute), bool)
}


def keywords(words: tuple[str, ...]) -> dict[str, Any] | None:
    """A command line as keywords of a call; None where it is not a function and options with values."""
    function, *rest = words
    if (
        function.startswith("-")
        or function in app.gdanim.commands
        or len(rest) % 2
        or not set(rest[::2]) <= ATTRIBUTES.keys() - {"--json"}
    ):
        return None
    found: dict[str, Any] = {"function": function}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        found.setdefault(ATTRIBUTES[name], []).append(value)
    return {name: given if len(given) > 1 or name == "function" else given[0] for name, given in found.items()}


REFUSED = [(words, given) for words, _ in REFUSALS if words and (given := keywords(words)) is not None]


def test_most_refusals_of_the_command_line_are_asked_for_in_python_too() -> None:
    assert len(REFUSED) > len(REFUSALS) / 2


@pytest.mark.parametrize(("words", "given"), REFUSED, ids=lambda value: " ".join(value)[:40])
def test_python_refuses_in_the_words_of_the_command_line(
    words: tuple[str, ...], given: dict[str, Any], in_tmp_path: Path
) -> None:
    with pytest.raises(gdanim.GdanimError) as refused:
        gdanim.render(**given)
    assert f"gdanim: {refused.value}" == run(*words).err.strip()
    assert list(in_tmp_path.iterdir()) == []


def test_what_is_no_option_is_refused_and_the_nearest_named() -> None:
    with pytest.raises(gdanim.UsageError, match=r"Unknown option 'itertions'\. Did you mean 'iterations'\?"):
        gdanim.animate("parabola", itertions=3)  # type: ignore[call-arg]


def test_a_call_writes_what_the_command_line_writes_to_the_last_byte(in_tmp_path: Path) -> None:
    words = ("--lr", "0.1", "--lr", "0.4", "-n", "3", "--size", "160x120", "--fps", "100/7", "--start", "2.5")
    assert run("parabola", *words, "-q", "-o", "a.gif", "-o", "a.svg").code == 0
    stream, other = io.BytesIO(), io.BytesIO()
    options: Any = {"lr": [0.1, 0.4], "fps": Fraction(100, 7), "start": 2.5, **SHORT}
    gdanim.render("parabola", output=[Path("b.gif"), "b.svg", stream], **options)
    gdanim.animate("parabola", **options).save(other, format="svg")
    for name, content in (("a.gif", stream), ("a.svg", other)):
        expected = Path(name).read_bytes()
        assert expected == Path(name.replace("a", "b")).read_bytes() == content.getvalue()


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ({"lr": "0.1"}, {"lr": [0.1]}),
        ({"lr": ["0.1", "0.2"]}, {"lr": np.array([0.1, 0.2])}),
        ({"start": "1,2"}, {"start": (1, 2)}),
        ({"start": ["1,2", "3,4"]}, {"start": [(1, 2), (3, 4)]}),
        ({"start": ["1,2", "3,4"]}, {"start": np.array([[1, 2], [3, 4]])}),
        ({"start": ["1", "3"]}, {"start": [1, 3]}),
        ({"size": "320x240"}, {"size": (320, 240)}),
        ({"fps": "100/7"}, {"fps": Fraction(100, 7)}),
        ({"xlim": "-1,2"}, {"xlim": (-1, 2)}),
        ({"param": ["a=1", "b=2"]}, {"param": {"a": 1, "b": 2}}),
        ({"iterations": "7"}, {"iterations": np.int64(7)}),
        ({"max_size": "500kB"}, {"max_size": 500_000}),
        ({"themes": "light,dark"}, {"themes": ["light", "dark"]}),
        ({"stops": "0,2,end"}, {"stops": [0, 2, "end"]}),
        ({"style": "a.mplstyle"}, {"style": Path("a.mplstyle")}),
        ({"points": "a.csv"}, {"points": Path("a.csv")}),
        ({"trajectory": ["a.csv", "b.csv"]}, {"trajectory": [Path("a.csv"), "b.csv"]}),
        ({"batch": ["8", "all"]}, {"batch": [8, "all"]}),
    ],
)
def test_values_and_texts_of_the_command_line_mean_the_same(text: dict[str, Any], typed: dict[str, Any]) -> None:
    assert Settings(**text) == Settings(**typed)


def test_a_trajectory_has_arrays_labels_and_outcomes() -> None:
    found = gdanim.solve("parabola", lr=[0.1, 0.4], start=2, iterations=3)
    assert found.x[..., 0] == pytest.approx(np.array([[2 * (1 - 2 * lr) ** k for k in range(4)] for lr in (0.1, 0.4)]))
    assert found.labels == ("lr 0.1", "lr 0.4")
    assert found.outcomes == ("STEP_LIMIT", "STEP_LIMIT")


def test_its_columns_are_the_table_that_data_writes(in_tmp_path: Path) -> None:
    with pytest.warns(gdanim.GdanimWarning):
        animation = gdanim.animate("quartic", lr=[5.0, 0.1], start=4, iterations=9)
    animation.save("a.png", data="a.csv")
    columns = animation.trajectory.to_dict()
    with Path("a.csv").open(newline="") as file:
        names, *rows = csv.reader(file)
    assert list(columns) == names
    written = dict(zip(names, zip(*rows, strict=True), strict=True))
    for name, values in columns.items():
        if values.dtype.kind == "U":
            assert tuple(values.tolist()) == written[name]
        else:  # an empty cell is a rate that nobody knows
            assert np.array_equal(values, [float(cell or "nan") for cell in written[name]], equal_nan=True)
    assert np.isinf(columns["f"]).any()  # the row in which a run was lost is among them


def test_nothing_is_printed(in_tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    gdanim.render(Settings(function="parabola", json=True, verbose=True, dry_run=True, alt_text=True, **SHORT))
    assert [path.name for path in in_tmp_path.iterdir()] == ["parabola.gif"]
    gdanim.animate("parabola", **SHORT).save()
    assert capfd.readouterr() == ("", "")


def test_what_the_command_line_prints_is_warned_of_in_the_caller_s_line() -> None:
    expected = run("parabola", "--lr", "1.05", "-n", "30", "--dry-run", "-v").err
    assert expected == ""  # a dry run says it in its comments
    with pytest.warns(gdanim.GdanimWarning, match="the run diverged") as warned:
        gdanim.animate("parabola", lr=1.05, iterations=30)
    assert [Path(one.filename) for one in warned] == [Path(__file__)]


def test_progress_is_told_frame_by_frame() -> None:
    told: list[tuple[int, int]] = []
    animation = gdanim.animate("parabola", **SHORT)
    animation.save(io.BytesIO(), progress=lambda done, total: told.append((done, total)))
    assert told == [(done, animation.frames) for done in range(1, animation.frames + 1)]


def test_progress_true_without_tqdm_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.warns(gdanim.GdanimWarning, match="pip install tqdm"):
        gdanim.animate("parabola", **SHORT).save(io.BytesIO(), progress=True)


def test_progress_true_shows_the_bar_of_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bar:
        n, total, bars = 0, None, list[Any]()

        def __init__(self, **_: str) -> None:
            self.bars.append(self)

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None: ...

        def update(self, by: int) -> None:
            self.n += by

    module: Any = type(sys)("tqdm.auto")
    module.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", type(sys)("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    animation = gdanim.animate("parabola", **SHORT)
    animation.save(io.BytesIO(), progress=True)
    (bar,) = Bar.bars
    assert bar.n == bar.total == animation.frames


def test_solving_imports_no_matplotlib() -> None:
    script = "import gdanim, sys; gdanim.solve('parabola', lr=0.1); print('matplotlib' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, env=ENVIRONMENT, check=True)
    assert ended.stdout.split() == [b"False"]


def test_the_public_names_are_these() -> None:
    assert gdanim.__all__ == [
        *("Animation", "Descent", "GdanimError", "GdanimWarning", "LabelledTrajectory", "Optimizer", "Outcome"),
        *("OutputError", "Settings", "Stop", "Style", "Trajectory", "UsageError", "Verdict", "Written"),
        *("animate", "descend", "load", "load_style", "render", "solve"),
    ]


EXAMPLES = [path for path in sorted(Path(gdanim.__file__).parent.rglob("*.py")) if ">>> " in path.read_text("utf-8")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.filterwarnings("default::gdanim.GdanimWarning")
def test_examples_in_docstrings_run(path: Path, in_tmp_path: Path) -> None:
    name = ".".join(path.relative_to(Path(gdanim.__file__).parents[1]).with_suffix("").parts)
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)
