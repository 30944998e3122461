"""What goes wrong every day, closed folders, long names, somebody's own exceptions: one line and the right code."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S, QUICK, command, run
from support.outputs import as_user

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


@as_user
@pytest.mark.parametrize(
    "options",
    [
        ("-o", "closed/a.gif"), ("-o", "closed/a-%02d.png"), ("--data", "closed/a.csv", "-o", "a.gif"),
        ("--poster", "closed/a.png", "-o", "a.gif"), ("--style", "closed/a.mplstyle", "-o", "a.gif"),
        ("--trajectory", "closed/a.csv", "-o", "a.gif"), ("-O", "closed/a.py:f", "-o", "a.gif"),
    ],
)  # fmt: skip
def test_a_closed_folder_is_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    ended = run("parabola", *QUICK, *options)
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


def test_heights_farther_apart_than_numbers_reach_are_drawn_without_a_warning(tmp_path: Path) -> None:
    python, *words = command("x*1e308+y", *QUICK, "-q", "-o", "a.png")
    ended = subprocess.run(
        [python, "-W", "error", *words],
        env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "a.png").stat().st_size > 0
