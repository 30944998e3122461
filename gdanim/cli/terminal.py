"""Where everything is printed: no text of a file, a plug-in or another program is obeyed by a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import click

from gdanim.cli.screen.colours import HEAD, takes_colours, with_head
from gdanim.cli.screen.letters import suit
from gdanim.errors import OutputError
from gdanim.formatting import one_line

WARNING, ERROR = "yellow", "red"


def speak_utf8() -> None:
    """Print UTF-8 whatever the locale says, as JSON and TOML demand; a terminal gets letters that it can show."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and not sys.stdout.isatty():
        reconfigure(encoding="utf-8", errors="backslashreplace")
    suit(sys.stdout)
    suit(sys.stderr)


def say(lines: Iterable[str], colour: str = WARNING) -> None:
    """Print messages on standard error, each on one line, which a terminal gets in as many as it needs."""
    in_colours, width = takes_colours(sys.stderr), columns(sys.stderr)
    for whole in map(one_line, lines):
        line = whole if width is None else folded(whole, width)
        try:
            click.echo(with_head(line, colour) if in_colours else line, file=sys.stderr, color=in_colours)
        except OSError:  # a full disk, a reader that is gone: no reason to fail, and nobody to be told
            sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - as long as the process


def complain(message: str, code: int) -> int:
    """Say what is wrong; returns the exit code."""
    say([f"{HEAD} {message}"], ERROR if code else WARNING)
    return code


def put(text: str) -> None:
    """Print what was asked for on standard output. Raises OutputError where that cannot take it."""
    with printing():
        check_open()
        click.echo(text, file=sys.stdout, nl=False)  # click itself would write UTF-8 where it finds ASCII


def put_lines(lines: Iterable[str]) -> None:
    """Print lines for people on standard output; JSON and TOML escape what is in them themselves."""
    put("".join(f"{one_line(line)}\n" for line in lines))


def columns(stream: TextIO | None) -> int | None:
    """The width of the terminal that a stream is; None where it is none."""
    if stream is None or not stream.isatty():
        return None
    if os.environ.get("COLUMNS") or stream is sys.stdout:
        import shutil

        return shutil.get_terminal_size().columns
    try:  # standard output may be a file
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None


def folded(line: str, width: int, left: int = 2) -> str:
    """A line in lines of a width, which end between words; all but the first begin `left` letters in."""
    if len(line) <= width:
        return line
    import textwrap

    lines = textwrap.wrap(line, width, subsequent_indent=" " * left, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def bar_width() -> int:
    """How wide a progress bar is, in letters, beside its label, its counts and its time."""
    return max(5, min(36, width() - 40))


def width() -> int:
    """The columns of the terminal, as shutil finds them, which imports every compressor first. 80 without one."""
    with suppress(KeyError, ValueError):
        if (said := int(os.environ["COLUMNS"])) > 0:
            return said
    with suppress(AttributeError, ValueError, OSError):  # no standard output, one that is closed, one that is a file
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


def check_open() -> None:
    """Raise OutputError where standard output is closed."""
    if sys.stdout is None:
        raise OutputError("Cannot write standard output: it is closed")


@contextmanager
def printing() -> Iterator[None]:
    """Raise an OutputError that names standard output where it cannot take what is printed inside."""
    try:
        yield
    except click.exceptions.Exit:  # --help and --version have been printed
        check_open()
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write standard output: {error.strerror}") from None
