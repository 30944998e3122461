"""Running somebody else's code, a plug-in's or a person's: what it raises becomes one line. Imports nothing heavy."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from gdanim import signals
from gdanim.errors import GdanimError, PluginError, UsageError

P = ParamSpec("P")
T = TypeVar("T")

MAX_TEXT = 200  # characters of an exception's text that are repeated

# Files of which no line is the plug-in's: gdanim's, the import system's, and code that was compiled from no file.
_NOT_THEIRS = (str(Path(__file__).parents[1]) + os.sep, str(Path(importlib.__file__).parent) + os.sep, "<")
# Libraries that a plug-in calls: they find a wrong argument, but did not make it.
_LIBRARIES = tuple(f"{os.sep}site-packages{os.sep}{name}{os.sep}" for name in ("numpy", "matplotlib", "PIL"))


class Line(NamedTuple):
    """A line of code that ran: its file, its number from 1, and the function that it belongs to."""

    file: str
    number: int
    function: str


@contextmanager
def running(failure: Callable[[BaseException], GdanimError], *passing: type[Exception]) -> Iterator[None]:
    """Run somebody else's code inside: what it prints goes to standard error.

    What it raises, sys.exit() included, becomes the error that `failure` makes of it; `passing` exceptions go through,
    and KeyboardInterrupt where Ctrl-C raises it: in a session of Python, not on the command line.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except passing:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and not signals.are_handled():
            raise
        raise failure(error) from error


def call_guarded(
    plugin: str, call: Callable[P, T], failure: type[GdanimError] = PluginError, *passing: type[Exception]
) -> Callable[P, T]:
    """`call`, made so that what it raises becomes a `failure` whose text begins with `plugin`.

    gdanim's own errors, a closed pipe and `passing` exceptions go through.
    """

    def described(error: BaseException) -> GdanimError:
        return failure(f"{plugin} failed: {describe_error(error)}")

    @wraps(call)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        with running(described, GdanimError, BrokenPipeError, *passing):
            return call(*args, **kwargs)

    return guarded


def check_type(plugin: str, what: str, made: object, wanted: type[Any]) -> None:
    """Raise PluginError unless `made` is a `wanted`: `The view 'globe' of gd-globe failed: it gave nothing, not …`."""
    if not isinstance(made, wanted):
        raise PluginError(f"{plugin} failed: {what} {type_of(made)}, not its {wanted.__name__}")


def type_of(thing: object) -> str:
    """What a plug-in returned, for a sentence: `nothing`, `a str`."""
    return "nothing" if thing is None else f"a {type(thing).__name__}"


def describe_error(error: BaseException) -> str:
    """An exception of a plug-in in one line: `KeyError: 'k' (signs/rows.py:12)`; of a UsageError, the text alone."""
    if isinstance(error, UsageError):
        return _shortened(error, MAX_TEXT)
    line = last_line(error, _is_theirs)
    return type_and_text(error, error) + (f" ({'/'.join(Path(line.file).parts[-2:])}:{line.number})" if line else "")


def type_and_text(error: BaseException, text: object, *, most: int = MAX_TEXT) -> str:
    """The type of an exception and a text of at most `most` characters: `ValueError: no such root`."""
    return ": ".join(filter(None, [type(error).__name__, _shortened(text, most)]))


def _shortened(text: object, most: int) -> str:
    """`text` on one line of at most `most` characters; empty where it cannot be had."""
    try:
        line = " ".join(str(text).split())
    except Exception:  # an exception without a text is still an exception
        return ""
    return line if len(line) <= most else f"{line[:most]}…"


def last_line(error: BaseException, is_theirs: Callable[[str], bool]) -> Line | None:
    """The innermost line of a file that `is_theirs` where an exception arose; None where there is none."""
    from traceback import walk_tb

    steps = walk_tb(error.__traceback__)
    lines = [Line(frame.f_code.co_filename, number, frame.f_code.co_name) for frame, number in steps]
    if isinstance(error, SyntaxError) and error.filename:
        lines.append(Line(error.filename, error.lineno or 0, "<module>"))
    return next((line for line in reversed(lines) if is_theirs(line.file)), None)


def _is_theirs(file: str) -> bool:
    return not file.startswith(_NOT_THEIRS) and not any(library in file for library in _LIBRARIES)
