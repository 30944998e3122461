"""What terminals get that are narrow or wide, have no Unicode, or want no colours."""

from __future__ import annotations

import io
import itertools
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, run
from support.outputs import posix

from gdanim.catalogue.registry import FORMATS
from gdanim.cli import doctor, listing, messages, parameters, terminal
from gdanim.cli.screen.colours import takes_colours
from gdanim.cli.screen.letters import has_unicode, suit

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTHS = (60, 80, 120, 200)


class Terminal(io.TextIOWrapper):
    """A terminal that keeps what it is sent."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def sent(self) -> bytes:
        return self.buffer.raw.getvalue() if not isinstance(self.buffer, io.BytesIO) else self.buffer.getvalue()


def in_a_terminal(columns: int, variables: Mapping[str, str], *arguments: str) -> bytes:
    """What a process prints on a terminal of its own."""
    import fcntl
    import pty
    import struct
    import termios

    unset = ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS")
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in unset}
    pid, end = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        command = [sys.executable, "-m", "gdanim", *arguments]
        os.execve(command[0], command, {**environment, "TERM": "xterm", **variables})
    shown = b""
    try:
        while part := os.read(end, 1 << 16):
            shown += part
    except OSError:  # the process has ended
        pass
    os.close(end)
    os.waitpid(pid, 0)
    return shown


@posix
def test_a_terminal_of_the_c_locale_gets_ascii_in_lines_that_it_holds() -> None:
    shown = in_a_terminal(60, {"LC_ALL": "C"}, "list")
    assert shown.isascii()
    assert max(map(len, shown.splitlines())) <= 60
    assert b"Nelder-Mead" in shown
    assert b"x^2 from 4.3" in shown


@posix
def test_an_error_is_coloured_on_a_terminal_unless_that_is_not_wanted() -> None:
    assert in_a_terminal(80, {}, "parabola", "--lr", "x").startswith(b"\x1b[31m\x1b[1mgdanim:\x1b[0m --lr 'x'")
    assert in_a_terminal(80, {"NO_COLOR": "1"}, "parabola", "--lr", "x").startswith(b"gdanim: --lr 'x'")


@posix
@pytest.mark.parametrize("width", [60, 200])
def test_an_error_keeps_to_the_width_and_loses_no_word(width: int) -> None:
    words = ("parabola", "--lr", "0.1", "a_word_too_many_for_this_line", "--title", "x")
    lines = in_a_terminal(width, {"NO_COLOR": "1"}, *words).decode().splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join(" ".join(lines).split()) == run(*words).lines[-1]
    assert (len(lines) > 1) == (width == 60)


@pytest.mark.parametrize(
    ("variables", "on_a_terminal", "in_a_file"),
    [
        ({}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, True, True),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False, False),
    ],
    ids=str,
)
def test_colours_are_taken_as_the_conventions_say(
    variables: dict[str, str], on_a_terminal: bool, in_a_file: bool
) -> None:
    assert takes_colours(Terminal(), variables) == on_a_terminal
    assert takes_colours(io.StringIO(), variables) == in_a_file
    assert not takes_colours(None, {})


def test_what_is_coloured_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    terminal.complain("no \x1b[2J such thing", 2)
    terminal.say(["a.gif: 3 frames", "gdanim: mind the gap"])
    plain = re.sub(rb"\x1b\[[0-9]+m", b"", stream.sent)
    assert plain == b"gdanim: no \\x1b[2J such thing\na.gif: 3 frames\ngdanim: mind the gap\n"
    assert stream.sent.count(b"\x1b[31m") == stream.sent.count(b"\x1b[33m") == 1


@pytest.mark.parametrize(
    ("encoding", "variables", "expected"),
    [
        ("utf-8", {}, True),
        ("utf-8", {"LANG": "de_DE.UTF-8"}, True),
        ("utf-8", {"LANG": "C.UTF-8"}, True),
        ("utf-8", {"LANG": "de_DE@euro"}, True),
        ("utf-8", {"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, False),
        ("utf-8", {"LC_ALL": "", "LC_CTYPE": "POSIX"}, False),
        ("utf-8", {"LC_ALL": "de_DE.ISO-8859-1"}, False),
        ("iso8859-1", {"LANG": "de_DE.UTF-8"}, False),
        ("ascii", {}, False),
        ("utf-16", {}, True),
    ],
    ids=str,
)
def test_what_a_terminal_shows_is_what_its_locale_says(
    encoding: str, variables: dict[str, str], expected: bool
) -> None:
    assert has_unicode(encoding, variables) == expected


def test_every_letter_becomes_ascii_and_those_of_tables_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    stream = Terminal()
    suit(stream)
    stream.write("2/λ ≤ −0.5·x₁² × κ – “é” … 日\n")
    assert stream.sent == b'2/L <= -0.5*x1^2 x k - "e" ... ?\n'
    in_tables = "−–·×λκβηε"
    stream.write(in_tables)
    assert len(stream.sent.splitlines()[1]) == len(in_tables)


def test_a_terminal_with_unicode_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    stream = Terminal()
    suit(stream)
    stream.write("λ \ud800")
    assert stream.sent.decode() == "λ ?"


@pytest.mark.parametrize("width", WIDTHS)
def test_lists_and_first_steps_keep_to_the_width(width: int) -> None:
    lines = [*listing.as_text(None, width).splitlines(), *parameters.first_steps(width).splitlines()]
    lines += [
        line for kind in ("functions", "optimizers", "formats") for line in listing.as_text(kind, width).splitlines()
    ]
    assert max(map(len, lines)) <= width
    words = listing.as_text(None).split()
    assert listing.as_text(None, width).split() == words  # nothing is lost, and no word is cut


@pytest.mark.parametrize("width", WIDTHS)
def test_what_the_doctor_finds_goes_on_beside_its_name(width: int) -> None:
    for name, row in FORMATS.items():
        found = doctor.Finding(name, f"works: {row.summary}").line
        lines = terminal.folded(found, width, doctor.NAME_WIDTH).splitlines()
        assert max(map(len, lines)) <= width
        assert {line[: doctor.NAME_WIDTH].strip() for line in lines[1:]} <= {""}
        assert " ".join(lines).split() == found.split()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_bar_keeps_to_the_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(messages, "BAR_AFTER_S", 0.0)
    clock = itertools.count()
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with messages.progress_bar(quiet=False) as step:
        assert step is not None
        for done in (1, 5_000, 10_000):
            step(done, 10_000)
    lines = [re.sub(r"\x1b\[\S*?[a-zA-Z]", "", line) for line in re.split(r"[\r\n]", stream.sent.decode())]
    assert any("5000/10000" in line for line in lines)
    assert max(len(line.rstrip()) for line in lines) < width
    assert stream.sent.isascii()
