"""Where everything is printed: no text of a file, a plug-in or another program is obeyed by a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gdanim.errors import OutputError
from gdanim.formatting import one_line


def say(lines: Iterable[str]) -> None:
    """Print messages on standard error, each on one line."""
    for line in lines:
        try:
            click.echo(one_line(line), err=True)
        except OSError:  # a full disk, a reader that is gone: no reason to fail, and nobody to be told
            sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (as long as the process)


def complain(message: str, code: int) -> int:
    """Say what is wrong; returns the exit code."""
    say([f"gdanim: {message}"])
    return code


def put(text: str) -> None:
    """Print what was asked for on standard output. Raises OutputError where that cannot take it."""
    with printing():
        check_open()
        click.echo(text, nl=False)


def put_lines(lines: Iterable[str]) -> None:
    """Print lines for people on standard output; JSON and TOML escape what is in them themselves."""
    put("".join(f"{one_line(line)}\n" for line in lines))


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
