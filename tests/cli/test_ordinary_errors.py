"""What goes wrong every day, closed folders, long names, somebody's own exceptions: one line and the right code."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, command, run
from support.ordinary_user import ordinary_user, run_as_ordinary_user

if TYPE_CHECKING:
    from pathlib import Path

LONG_NAME = "n" * 300  # bytes; file systems allow 255


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "options",
    [
        ("-o", f"{LONG_NAME}.gif"), ("-o", f"{LONG_NAME}-%02d.png"), ("-o", f"{LONG_NAME}/a.gif"),
        ("--data", f"{LONG_NAME}.csv", "-o", "a.gif"), ("--poster", f"{LONG_NAME}.png", "-o", "a.gif"),
        ("--style", f"{LONG_NAME}.mplstyle", "-o", "a.gif"), ("--trajectory", f"{LONG_NAME}.csv", "-o", "a.gif"),
        ("--preset", f"{LONG_NAME}.toml", "-o", "a.gif"), ("-O", f"{LONG_NAME}.py:f", "-o", "a.gif"),
    ],
)  # fmt: skip
def test_a_name_too_long_for_a_file_is_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    ended = run("parabola", *QUICK, *options)
    assert (ended.code, len(ended.lines)) == (2, 1), ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("--preset", f'function = "parabola"\ntrajectory = "{LONG_NAME}"\n'),
        ("--preset", f'function = "a*x"\npoints = "{LONG_NAME}"\n'),
        ("batch", f'output = "a.gif"\n[defaults]\npreset = "{LONG_NAME}"\n'),
    ],
)
def test_a_name_too_long_for_a_file_is_refused_where_a_file_has_it(word: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(text)
    ended = run(word, "a.toml")
    assert (ended.code, len(ended.lines)) == (2, 1), ended.err
    assert "File name too long" in ended.err


@ordinary_user
@pytest.mark.parametrize("mode", [0, 0o555], ids=["closed", "read-only"])
@pytest.mark.parametrize(
    "options",
    [
        ("-o", "shut/a.gif"), ("-o", "shut/a.mp4"), ("-o", "shut/a-%02d.png"), ("-o", "shut/a-%02d.svg"),
        ("--data", "shut/a.csv", "-o", "a.gif"), ("--poster", "shut/a.png", "-o", "a.gif"),
        ("-o", "a.gif", "-o", "shut/a.webp"), ("--if-changed", "-o", "shut/a.gif"),
    ],
)  # fmt: skip
def test_an_output_into_a_folder_that_may_not_be_written_is_refused(
    options: tuple[str, ...], mode: int, tmp_path: Path
) -> None:
    (tmp_path / "shut").mkdir(mode=mode)
    ended = run_as_ordinary_user("parabola", *QUICK, *options)
    assert (ended.code, len(ended.lines)) == (2, 1), ended.err
    assert "no permission to put a file into 'shut'" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["shut"]


@ordinary_user
@pytest.mark.parametrize("folder", ["closed/", ""], ids=["in a closed folder", "closed"])
@pytest.mark.parametrize(
    "words",
    [
        ("parabola", "--trajectory", "a.csv", "-o", "b.gif"), ("parabola", "--style", "a.mplstyle", "-o", "b.gif"),
        ("parabola", "-O", "a.py:f", "-o", "b.gif"), ("parabola", "--schedule", "a.py:f", "-o", "b.gif"),
        ("a.py:f", "-o", "b.gif"), ("--preset", "a.toml", "-o", "b.gif"), ("a*x", "--points", "a.csv", "-o", "b.gif"),
        ("recipe", "a.gif"), ("check", "a.gif"), ("batch", "a.toml"),
    ],
)  # fmt: skip
def test_an_input_that_may_not_be_read_is_refused(words: tuple[str, ...], folder: str, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    place = next(i for i, word in enumerate(words) if word.startswith("a."))
    file = tmp_path / folder / words[place].partition(":")[0]
    file.touch(mode=0)
    (tmp_path / "closed").chmod(0)
    ended = run_as_ordinary_user(*words[:place], f"{folder}{words[place]}", *words[place + 1 :])
    (tmp_path / "closed").chmod(0o700)
    assert (ended.code, len(ended.lines)) == (2, 1), ended.err
    assert f"{folder}{file.name}" in ended.err
    assert "permission" in ended.err.lower()
    assert not (tmp_path / "b.gif").exists()


@ordinary_user
def test_a_working_folder_that_is_closed_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    ended = run_as_ordinary_user("parabola", *QUICK, "-o", "a.gif")
    tmp_path.chmod(0o700)
    assert (ended.code, len(ended.lines)) == (2, 1), ended.err


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no folder that is in use")
def test_a_working_folder_that_was_removed_is_refused(tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    lost.mkdir()
    words = command("parabola", *QUICK, "-o", "a.gif")
    script = f'cd "{lost}" && rmdir "{lost}" && exec "$@"'
    ended = subprocess.run(
        ["sh", "-c", script, "sh", *words],
        env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr


@pytest.mark.parametrize("raised", ["class Own(BaseException): pass\ndef f(x): raise Own('mine')"])
@pytest.mark.parametrize("place", ["call", "import"])
def test_an_exception_of_a_persons_own_kind_is_told_with_its_line(raised: str, place: str, tmp_path: Path) -> None:
    text = raised if place == "call" else f"{raised}\nf(1)"
    (tmp_path / "loss.py").write_text(text)
    ended = run("loss.py:f", *QUICK, "-o", "a.gif")
    assert (ended.code, len(ended.lines)) == (1, 1)
    assert "loss.py:2" in ended.err
    assert "mine" in ended.err


@pytest.mark.parametrize("key", ["seed", "lr", "iterations"])
@pytest.mark.parametrize("digits", ["0x" + "f" * 5000, "0o" + "7" * 9000])
def test_numbers_of_thousands_of_digits_are_refused(key: str, digits: str, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(f'function = "parabola"\n{key} = {digits}\n')
    ended = run("--preset", "p.toml", "-o", "a.gif")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert len(ended.err) < 300


@pytest.mark.parametrize("digits", ["9" * 100_000 + "x", "." + "9" * 100_000 + "e"], ids=["whole", "fraction"])
def test_what_begins_with_thousands_of_digits_is_read_in_time_in_proportion(digits: str) -> None:
    ended = run("parabola", "--lr", digits)  # in squared time it would take minutes
    assert (ended.code, len(ended.lines)) == (2, 1)


def test_heights_farther_apart_than_numbers_reach_are_drawn_without_a_warning(tmp_path: Path) -> None:
    python, *words = command("x*1e308+y", *QUICK, "-q", "-o", "a.png")
    ended = subprocess.run(
        [python, "-W", "error", *words],
        env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "a.png").stat().st_size > 0
