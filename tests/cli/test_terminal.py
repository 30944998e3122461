"""Whatever a text says, and whoever wrote it, a message is one line that no terminal obeys."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.commandline import QUICK, run

from gdanim import __main__ as command_line
from gdanim import formatting
from gdanim.cli import app, terminal
from gdanim.presets import write_preset
from gdanim.reproduce import Finding
from gdanim.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

FORGED = "\x1b[31mred\x1b[0m\ngdanim: all is well\r\x07\x9b2J \u202etxt.exe \ud800\0"


@given(st.text())
def test_a_message_is_one_printable_line(text: str) -> None:
    line = formatting.one_line(text)
    assert all(letter.isprintable() or letter.isspace() for letter in line)
    assert len(line.splitlines()) <= 1


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert formatting.one_line(text) == text


def test_a_message_is_cut() -> None:
    assert formatting.one_line("x" * 10**6, 10) == "x" * 10 + "… (1,000,000 characters)"


@given(st.text())
def test_json_holds_every_text_and_no_control_character(text: str) -> None:
    written = formatting.as_json({"title": text})
    assert json.loads(written) == {"title": text}
    assert all(line.isprintable() for line in written.splitlines())


@pytest.mark.parametrize("text", ["\u202egpj", 'say "x" \\ y'])
def test_a_preset_holds_every_text_and_no_control_character(text: str) -> None:
    toml = write_preset(Settings(function=text))
    assert tomllib.loads(toml)["function"] == text
    assert all(line.isprintable() for line in toml.splitlines())


def test_no_forged_text_is_obeyed(in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdanim.cli.checking.check", lambda *_: Finding(True, FORGED))
    ran = run("check", "a.gif")
    assert ran.out.count(b"\n") == 1
    assert ran.out.decode().strip().isprintable()


def test_the_error_of_a_function_is_one_line(in_tmp_path: Path) -> None:
    (in_tmp_path / "mine.py").write_text(f"def f(x):\n    raise ValueError({FORGED!r} * 1000)\n")
    ran = run("mine.py:f", *QUICK)
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert ran.lines[0].isprintable()


class Full(io.TextIOWrapper):
    """A stream whose disk is full."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_messages_that_nobody_can_read_stop_nothing(in_tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Full(io.BytesIO()))
    with pytest.raises(SystemExit) as end:
        app.main(["parabola", "-o", "a.gif", *QUICK])
    sys.stderr.close()
    assert (end.value.code, (in_tmp_path / "a.gif").exists()) == (0, True)


@pytest.mark.parametrize("words", [["list"], ["list", "--json"], ["--help"], ["--version"]], ids=" ".join)
def test_what_cannot_be_printed_is_no_success(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(terminal, "say", lambda lines, colour: said.extend(lines))
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as end:
        app.main(words)
    assert (end.value.code, said) == (1, ["gdanim: Cannot write standard output: it is closed"])


@pytest.mark.parametrize(("error", "told"), [(MemoryError(), "not enough memory"), (KeyError("k\n"), "a fault")])
def test_what_nobody_foresaw_is_one_line(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr("gdanim.signals.install", lambda: None)
    monkeypatch.setattr(app, "main", fails)
    monkeypatch.setattr("gc.disable", lambda: None)
    monkeypatch.setattr("warnings.simplefilter", lambda _: None)
    with pytest.raises(SystemExit) as end:
        command_line.main()
    said = capsys.readouterr().err
    assert (end.value.code, said.count("\n"), told in said) == (1, 1, True)
