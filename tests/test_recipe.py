"""Recipes: every file can be made again from itself, says so in one form, and can be checked."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import struct
import sys
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.commandline import QUICK, crossed, digest, run, spread
from support.problems import solved

from gdanim import __version__
from gdanim.catalogue.registry import FORMATS, presets
from gdanim.descent.descend import descend
from gdanim.output.metadata import END, MAX_RECIPE, START, read_recipe
from gdanim.presets import read_preset
from gdanim.recipe.made import MAX_NUMBERS, listed_runs
from gdanim.recipe.recipe import recipe_of
from gdanim.settings import Settings

HERE = Path(__file__).parent
FILES = {name: f".{name}" for name, form in FORMATS.items() if not form.sequence} | {
    "av1": ".webm",
    "filmstrip": ".pdf",
    "pages": ".pdf",
}
TABLE = (
    "run,optimizer,lr,iteration,x1,label\n0,mine,0.1,0,3,première\n0,mine,0.1,1,2,première\n0,mine,0.1,2,1,première\n"
)
MPLSTYLE = "axes.facecolor: eeffee\nlines.linewidth: 3  # \\ thick\n"
RECORDED = "training"  # recorded runs alone: nothing is solved

pytestmark = pytest.mark.usefixtures("in_tmp_path")


def make(*arguments: object) -> None:
    ran = run(*arguments, "-q")
    assert (ran.code, ran.err) == (0, "")


def recipe_in(path: str | Path) -> dict[str, Any]:
    return tomllib.loads(read_recipe(str(path)))


def plant(path: str, old: str, new: str) -> None:
    """Change the recipe in a file of ours, and leave it as long as it was."""
    assert len(old) == len(new)
    content = Path(path).read_bytes()
    assert content.count(old.encode()) == 1
    Path(path).write_bytes(content.replace(old.encode(), new.encode()))


# --- made again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", spread(FILES, 8))
def test_file_made_from_a_file_has_the_same_bytes(kind: str) -> None:
    first, again = (name + FILES[kind] for name in ("first", "again"))
    make("x**2 + sin(3*x)", "--lr", "0.1", "--lr", "0.2", "--title", "a < b & ∇f → 0", "-n", "3",
         "--size", "320x240", "-f", kind, "-o", first)  # fmt: skip
    make("--preset", first, "-o", again)
    assert digest(again) == digest(first)


def test_file_can_be_made_again_in_another_format() -> None:
    make("parabola", *QUICK, "-o", "a.webp", "-o", "a.gif")
    make("--preset", "a.webp", "-o", "b.gif")
    assert digest("b.gif") == digest("a.gif")


@pytest.mark.parametrize(
    ("made", "again"),
    [
        (("-f", "av1", "-o", "a.webm"), ("-o", "b.gif")),
        (("-f", "filmstrip", "--frames", "3", "-o", "a.pdf"), ("-o", "b.gif")),
        (("-f", "filmstrip", "--frames", "3", "-o", "a.pdf"), ("-f", "gif", "-o", "b.gif")),
        (("--svg-text", "text", "-o", "a.svg"), ("-o", "b.gif")),
        (("--fragment", "-o", "a.html"), ("-o", "b.gif")),
    ],
)
def test_an_output_of_another_format_wins_over_what_the_recipe_says_of_its_own(
    made: tuple[str, ...], again: tuple[str, ...]
) -> None:
    asked = ("parabola", "-n", "3", "--size", "640x160")
    make(*asked, *made)
    make("--preset", made[-1], *again)
    make(*asked, "-o", "plain.gif")
    assert digest("b.gif") == digest("plain.gif")


def test_a_strip_stays_a_strip_in_every_suffix_that_it_may_have() -> None:
    strip = ("parabola", "-n", "3", "--size", "640x160", "-f", "filmstrip", "--frames", "3")
    make(*strip, "-o", "a.pdf")
    make("--preset", "a.pdf", "-o", "b.png")
    make(*strip, "-o", "c.png")
    assert digest("b.png") == digest("c.png")


@cache
def still_of(preset: str) -> Path:
    """The last frame of a shipped preset, small and after few iterations."""
    path = Path(mkdtemp()) / "a.png"
    make("--preset", preset, "--size", "320x256", *(("-n", "12") if preset != RECORDED else ()), "-o", path)
    return path


@pytest.mark.parametrize("name", spread(presets(), 4))
def test_shipped_preset_is_made_again_from_its_recipe(name: str) -> None:
    shutil.copy(still_of(name), "a.png")
    make("--preset", "a.png", "-o", "b.png")
    assert digest("a.png") == digest("b.png")
    assert run("check", "a.png").out == b"a.png: the same trajectory, to the last bit\n"


def test_what_recipe_prints_is_a_preset_that_makes_the_file_again() -> None:
    make("double-well", "--starts", "3", "--seed", "7", "--title", "wells & “π”", *QUICK, "-o", "a.gif")
    ran = run("recipe", "a.gif")
    assert (ran.code, ran.err) == (0, "")
    Path("a.toml").write_bytes(ran.out)
    make("--preset", "a.toml", "-o", "b.gif")
    assert digest("b.gif") == digest("a.gif")
    assert ran.out.decode().startswith(f'# Made by gdanim {__version__}.\nfunction = "double-well"\n')
    assert "wells & “π”" in ran.out.decode()


def test_recipe_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    make("parabola", *QUICK, "-o", "a.gif")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(Path("a.gif").read_bytes()), closed=False,
                                                      isatty=lambda: False))  # fmt: skip
    assert run("recipe", "-").out == run("recipe", "a.gif").out


def test_options_win_over_the_recipe_and_the_file_keeps_its_place() -> None:
    make("parabola", *QUICK, "-o", "film.gif")
    before = Path("film.gif").read_bytes()
    make("--preset", "film.gif", "--lr", "0.3")
    assert Path("film.gif").read_bytes() == before
    assert recipe_in("parabola.gif")["lr"] == 0.3


# --- what it says -----------------------------------------------------------------------------------------------------


def test_recipe_names_version_and_seed_and_nothing_of_the_machine(tmp_path: Path) -> None:
    style = tmp_path / "mine.mplstyle"
    style.write_text(MPLSTYLE, encoding="utf-8")
    make("parabola", *QUICK, "--style", style, "-o", tmp_path / "a.gif", "-o", tmp_path / "b.mp4", "--hold", "0")
    text = read_recipe("a.gif")
    assert text == read_recipe("b.mp4")
    assert str(tmp_path) not in text
    found = tomllib.loads(text)
    assert found.pop("files") == {"mine.mplstyle": MPLSTYLE}
    assert found.pop("made")["gdanim"] == __version__
    assert found == {
        "function": "parabola", "iterations": 3, "size": [160, 120], "style": "mine.mplstyle", "hold": 0, "seed": 0
    }  # fmt: skip


def test_recipe_holds_each_of_several_style_files(tmp_path: Path) -> None:
    written = {"a": "lines.linewidth: 2\n", "b": "axes.facecolor: 203040\n"}
    for folder, text in written.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.mplstyle").write_text(text, encoding="utf-8")
    paths = [str(tmp_path / folder / "mine.mplstyle") for folder in written]
    make("parabola", *QUICK, "--style", paths[0], "--style", "dark", "--style", paths[1], "-o", "a.gif")
    found = recipe_in("a.gif")
    assert found["style"] == ["mine.mplstyle", "dark", "mine.mplstyle.mplstyle"]
    assert list(found["files"].values()) == list(written.values())
    before = Path("a.gif").read_bytes()
    make("--preset", "a.gif", "-o", "again.gif")
    assert Path("again.gif").read_bytes() == before


def test_digest_is_that_of_the_numbers() -> None:
    descent = solved("himmelblau", starts=5, iterations=20, tolerance=1e-2)
    told = tomllib.loads(recipe_of(descent).text())["made"]
    parts = [struct.pack("<q", last) for last in descent.trajectory.last.tolist()]
    parts += [struct.pack("<d", value) for value in descent.trajectory.x.ravel().tolist()]
    assert told["digest"] == "sha256:" + hashlib.sha256(b"".join(parts)).hexdigest()


def test_iterates_and_ends_are_those_of_the_runs() -> None:
    descent = solved("parabola", lr=(0.1, 0.3), iterations=35)
    told = tomllib.loads(recipe_of(descent).text())["made"]
    assert told["iterations"] == [0, 1, 10, 20, 30]
    for run_, rate in enumerate((0.1, 0.3)):
        start = descent.trajectory.x[run_, 0, 0]
        exact = [start * (1 - 2 * rate) ** k for k in told["iterations"]]
        assert told["x"][run_] == pytest.approx(exact, rel=1e-11)
    assert told["end"] == descent.trajectory.x[:, -1, 0].tolist()


MUCH_AND_LITTLE: tuple[dict[str, Any], ...] = (
    {"starts": 3000, "iterations": 40},
    {"starts": 1, "iterations": 100_000, "lr": 1e-6},
    {"starts": 2, "iterations": 0},
    {"starts": 150, "iterations": 1},
)


@pytest.mark.parametrize(("function", "options"), crossed(["himmelblau", "double_well"], MUCH_AND_LITTLE))
def test_recipe_stays_small_whatever_ran(function: str, options: dict[str, Any]) -> None:
    descent = solved(function, **options)
    told = tomllib.loads(recipe_of(descent).text())["made"]
    points, dim = np.array(told["x"]), descent.trajectory.x.shape[2]
    assert points.size + np.array(told["end"]).size <= MAX_NUMBERS
    assert told["runs"] == options["starts"]
    assert told["iterations"][0] == 0
    assert len(points.reshape(len(told["last"]), -1, dim)[0]) == len(told["iterations"])


@pytest.mark.parametrize(("name", "most"), [("parabola", 600), ("double-well", 2200)])
def test_recipe_of_a_notebook_s_preset_is_short(name: str, most: int) -> None:
    assert len(recipe_of(descend(Settings(**read_preset(name)))).text()) < most


def test_recipe_is_ascii_that_any_container_holds() -> None:
    text = recipe_of(solved(title='π < "1" & \\ > 🙂')).text()
    assert text.isascii()
    assert text.isprintable() is False
    assert text.replace("\n", "").isprintable()
    assert not set("<>&") & set(text)
    assert tomllib.loads(text)["title"] == 'π < "1" & \\ > 🙂'
    assert (text.startswith(START), text.endswith(END)) == (True, True)


def test_what_one_format_alone_reads_is_asked_of_no_other() -> None:
    recipe = recipe_of(solved(fragment=True, svg_text="text"))
    assert "fragment" not in tomllib.loads(recipe.text(FORMATS["gif"]))
    assert tomllib.loads(recipe.text(replace(FORMATS["gif"], takes=("fragment",))))["fragment"] is True


def test_outcome_of_a_choice_is_in_the_recipe_and_not_the_choice() -> None:
    descent = solved(max_size=10**6, themes=("light", "dark"), style="dark", format="gif", output=("x.gif",))
    assert tomllib.loads(recipe_of(descent).text()).keys() == {"function", "style", "seed", "made"}


def test_json_and_data_do_not_change(tmp_path: Path) -> None:
    ran = run("parabola", *QUICK, "-o", "a.gif", "--data", "a.csv", "--json", "-q")
    assert Path("a.csv").read_bytes().startswith(b"run,optimizer,lr,iteration,x1,f,g1,label,outcome\n")
    assert json.loads(ran.out)["outputs"][0]["bytes"] == Path("a.gif").stat().st_size


# --- data in it -------------------------------------------------------------------------------------------------------


def as_files(folder: Path) -> dict[str, Path]:
    """The same path as a file of each form."""
    (folder / "path.csv").write_text(TABLE, encoding="utf-8", newline="")
    rows = [
        dict(zip(TABLE.split("\n")[0].split(","), line.split(","), strict=True)) for line in TABLE.split("\n")[1:-1]
    ]
    rows = [row | {"iteration": int(row["iteration"]), "x1": float(row["x1"]) / 3} for row in rows]
    lines = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "path.jsonl").write_text(lines, encoding="utf-8", newline="")
    np.savez(folder / "path.npz", iteration=[0, 1, 2], x1=[1 / 3, 0.1, 1e-300])
    return {path.suffix: path for path in folder.glob("path.*")}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".npz"])
def test_replayed_file_travels_in_the_recipe(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    source = as_files(tmp_path / "data")[suffix]
    content = source.read_bytes()
    make("parabola", "--trajectory", source, "--lr", "0.1", "--size", "160x120", "-o", "a.gif")
    source.unlink()
    make("--preset", "a.gif", "-o", "b.gif")
    assert digest("b.gif") == digest("a.gif")
    assert run("check", "a.gif").out == b"a.gif: the same trajectory, to the last bit\n"
    name = "path.csv" if suffix == ".npz" else source.name
    embedded = recipe_in("a.gif")["files"][name]
    if suffix == ".npz":
        assert [float(line.split(",")[4]) for line in embedded.splitlines()[1:]] == [1 / 3, 0.1, 1e-300]
    else:
        assert embedded.encode() == content


def test_trajectory_from_a_pipe_travels_in_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TABLE.encode()), closed=False,
                                                      isatty=lambda: False))  # fmt: skip
    make("parabola", "--trajectory", "-", "--size", "160x120", "-o", "a.gif")
    make("--preset", "a.gif", "-o", "b.gif")
    assert digest("b.gif") == digest("a.gif")
    assert recipe_in("a.gif")["trajectory"] == "replay.csv"


def test_data_of_a_file_stands_in_what_recipe_and_dry_run_print(tmp_path: Path) -> None:
    as_files(tmp_path)
    make("parabola", "--trajectory", "path.csv", "--size", "160x120", "-o", "a.gif")
    for printed in (run("recipe", "a.gif"), run("--preset", "a.gif", "--dry-run")):
        Path("again.toml").write_bytes(printed.out)
        make("--preset", "again.toml", "-o", "b.gif")
        assert digest("b.gif") == digest("a.gif")


def test_style_and_trajectory_of_one_name_stay_apart(tmp_path: Path) -> None:
    for name, content in (("one", TABLE), ("two", MPLSTYLE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.csv").write_text(content, encoding="utf-8")
    make("parabola", "--trajectory", "one/same.csv", "--style", "two/same.csv", "--size", "160x120", "-o", "a.gif")
    make("--preset", "a.gif", "-o", "b.gif")
    assert digest("b.gif") == digest("a.gif")


def test_long_data_travels_in_a_video_too() -> None:
    """What is too long for an argument of a command line."""
    x = 3 * 0.999 ** np.arange(6000)
    Path("long.csv").write_text("iteration,x1\n" + "".join(f"{i},{x!r}\n" for i, x in enumerate(x.tolist())))
    for name in ("a.mp4", "a.mov", "a.webm", "a.avif"):
        make("parabola", "--trajectory", "long.csv", "--every", "1000", "--size", "64x64", "-o", name)
        assert recipe_in(name)["files"]["long.csv"] == Path("long.csv").read_text()
        assert len(read_recipe(name)) > 131_072


def test_data_beyond_the_limit_is_left_out_and_said() -> None:
    line = ",".join(["0.123456789"] * 10)
    header = "iteration,x1," + ",".join(f"more{i}" for i in range(10)) + "\n"
    Path("long.csv").write_text(header + "".join(f"{i},1,{line}\n" for i in range(9000)))
    ran = run("parabola", "--trajectory", "long.csv", "--every", "3000", "--size", "64x64", "-o", "a.gif")
    assert "cannot be made again from the file alone: what it was made from, data included, is more" in ran.lines[-1]
    assert len(read_recipe("a.gif")) < 5000
    for command in (("recipe", "a.gif"), ("check", "a.gif"), ("--preset", "a.gif", "-o", "b.gif")):
        ran = run(*command)
        assert (ran.code, ran.out, len(ran.lines)) == (1, b"", 1)
        assert f"{MAX_RECIPE:,}" in ran.err


def test_python_function_cannot_be_rebuilt_and_the_file_says_so(tmp_path: Path) -> None:
    Path("mine.py").write_text("def f(x):\n    return x**2\n")
    ran = run("mine.py:f", "--xlim=-5,5", "--start", "3", "--lr", "0.1", *QUICK, "-o", "a.gif")
    assert "cannot be made again from the file alone: it was made with Python code of your own" in ran.lines[-1]
    assert "mine" not in read_recipe("a.gif")
    for command in (("recipe", "a.gif"), ("check", "a.gif"), ("--preset", "a.gif", "--allow-python", "-o", "b.gif")):
        ran = run(*command)
        assert (ran.code, ran.out, len(ran.lines)) == (1, b"", 1)
        assert "a.gif" in ran.err
        assert "Python code" in ran.err


# --- check ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*presets()} - {RECORDED}))
def test_check_finds_a_millionth_in_lr(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(still_of(name), "a.png")
    monkeypatch.setattr("gdanim.reproduce.descend", _with_other_rates)
    ran = run("check", "a.png")
    assert (ran.code, ran.err, len(ran.out.splitlines())) == (1, "", 1)
    assert b"drifted at iteration 1:" in ran.out


def _with_other_rates(settings: Settings) -> Any:
    rates = settings.lr or (descend(settings).objective.lr,)
    specs = (
        re.sub(r"(?<=lr=)[0-9.e-]+", lambda rate: repr(float(rate[0]) * (1 + 1e-6)), spec)
        for spec in settings.optimizer
    )
    return descend(replace(settings, lr=tuple(rate * (1 + 1e-6) for rate in rates), optimizer=tuple(specs)))


def test_check_names_run_and_iteration_and_how_far() -> None:
    make("parabola", "--lr", "0.100000", "--lr", "0.200000", "-n", "12", "--size", "160x120", "-o", "a.png")
    plant("a.png", "lr = [0.1, 0.2]", "lr = [0.1,0.21]")
    ran = run("check", "a.png")
    assert ran.code == 1
    assert ran.out == b"a.png: run 2 (lr 0.21) drifted at iteration 1: x = 2.494 in place of 2.58, 0.033 apart\n"


def test_check_tells_a_drift_from_a_difference_within_the_tolerance() -> None:
    make("parabola", "--start", "4.3000001", "-n", "12", "--size", "160x120", "-o", "a.png")
    plant("a.png", "start = 4.3000001", "start = 4.3000002")
    assert run("check", "a.png").code == 1
    assert run("check", "a.png", "--tolerance", "1e-7").out == (
        b"a.png: the same trajectory, to 1e-07, though not to the last bit\n"
    )


RACE = ("himmelblau", "--starts", "120", "-O", "gd", "-O", "adam:lr=0.123456", "-n", "3", "--size", "160x120")


def test_check_finds_a_drift_of_the_last_method_of_many_runs() -> None:
    make(*RACE, "-o", "a.png")
    plant("a.png", "lr=0.123456", "lr=0.123457")
    ran = run("check", "a.png")
    assert ran.code == 1
    assert ran.out.startswith(b"a.png: run 121 (adam, lr 0.123457) drifted at iteration 1: ")


def test_check_says_how_many_of_the_runs_a_recipe_lists() -> None:
    make(*RACE, "-o", "a.png")
    found = re.search('digest = "sha256:([0-9a-f]{64})"', read_recipe("a.png"))
    assert found is not None
    plant("a.png", found[1], 64 * "0")
    assert run("check", "a.png").out == (
        b"a.png: the same trajectory, to 1e-09 in the 100 of 240 runs that it lists; its digest differs\n"
    )


@given(st.integers(1, 200), st.integers(1, 300))
def test_of_blocks_of_runs_each_has_one_that_is_listed(blocks: int, runs_of_each: int) -> None:
    listed = listed_runs(blocks * runs_of_each, min(200, blocks * runs_of_each))
    assert len(set(listed.tolist())) == len(listed)
    assert set((listed // runs_of_each).tolist()) == set(range(blocks))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("iterations = 12\n", "iterations = 11\n", "run 1 ended as STEP_LIMIT at iteration 11 in place of STEP_LIMIT"),
        ("STEP_LIMIT", "LEFT_DOMAI", "in place of LEFT_DOMAI at iteration 12"),
        ("starts = 2", "starts = 1", "1 run in place of 2"),
        ("seed = 1", "seed = 2", "run 1 drifted at iteration 0"),
    ],
)
def test_another_outcome_or_number_of_runs_is_a_drift_too(old: str, new: str, said: str) -> None:
    make("parabola", "--starts", "2", "--seed", "1", "-n", "12", "--size", "160x120", "-o", "a.png")
    plant("a.png", old, new)
    ran = run("check", "a.png")
    assert (ran.code, ran.err) == (1, "")
    assert said in ran.out.decode()


def test_check_looks_at_every_file() -> None:
    make("parabola", *QUICK, "-o", "good.gif", "-o", "bad.webp")
    plant("bad.webp", "iterations = 3\n", "iterations = 2\n")
    Path("none.gif").write_bytes(b"GIF89a" + bytes(50))
    Path("there").mkdir()
    Path("good.gif").rename("there/good.gif")
    ran = run("check", "none.gif", "bad.webp", "nowhere.gif", "there/good.gif")
    assert ran.code == 1
    assert [line.split(b":")[0] for line in ran.out.splitlines()] == [b"bad.webp", b"there/good.gif"]
    assert [("carries no recipe" in line, "nowhere.gif" in line) for line in ran.lines] == [
        (True, False),
        (False, True),
    ]
    assert run("check", "none.gif", "there/good.gif").code == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("runs = 1", "runs = 0"),
        ("last = [3]", "last = []\n"),
        ("iterations = [0, 1]", "iterations = [ nan]"),
        ("iterations = [0, 1]", "iterations = 1e3#,1"),
        ("[made]", "[mode]"),
        ("digest =", "diggst ="),
        ("x = [[4.3", "x = [[[],"),
    ],
)
def test_damaged_table_is_one_line(old: str, new: str) -> None:
    make("parabola", *QUICK, "-o", "a.png")
    plant("a.png", old, new)
    ran = run("check", "a.png")
    assert (ran.code, ran.out, len(ran.lines)) == (2, b"", 1)


def test_tolerance_is_above_what_the_digits_tell() -> None:
    ran = run("check", "a.png", "--tolerance", "1e-12")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "--tolerance '1e-12'" in ran.err


@pytest.mark.parametrize("name", ["lr=0.1.csv", "a=b=c.csv", "plain.csv"])
def test_a_recipe_holds_its_recording_in_every_folder(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("sub").mkdir()
    Path("elsewhere").mkdir()
    Path("sub", name).write_text("iteration,x1,x2\n0,1,2\n1,0.5,1\n")
    make("booth", "--trajectory", f"sub/{name}", "-o", "a.gif")
    monkeypatch.chdir("elsewhere")
    Path(name).touch()
    assert run("check", "../a.gif").code == 0
    assert run("--preset", "../a.gif", "-o", "b.gif").code == 0
    assert digest("b.gif") == digest("../a.gif")
