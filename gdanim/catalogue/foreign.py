"""Blame: in one line, what somebody else's code did wrong and where. Imports nothing heavy."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import redirect_stdout
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from gdanim.errors import GdanimError, PluginError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

MAX_TEXT = 200  # characters of an exception's text that are repeated

# Files of which no line belongs to a plug-in: ours, the import system's, what was compiled from no file, and the
# libraries that a plug-in calls, where a wrong argument is found out but not made.
_NOT_THEIRS = (str(Path(__file__).parents[1]) + os.sep, str(Path(importlib.__file__).parent) + os.sep, "<")
_LIBRARIES = tuple(f"{os.sep}site-packages{os.sep}{name}{os.sep}" for name in ("numpy", "matplotlib", "PIL"))


def blaming(
    plugin: str,
    call: Callable[P, T],
    *,
    failure: type[GdanimError] = PluginError,
    but: tuple[type[Exception], ...] = (),
) -> Callable[P, T]:
    """`call`, of a plug-in: what it raises, sys.exit() included, becomes a `failure` that names the `plugin`.

    Our own errors, a reader that went away and `but` pass. What the call prints goes to standard error.
    """
    passing: tuple[type[Exception], ...] = (GdanimError, BrokenPipeError, *but)

    @wraps(call)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with redirect_stdout(sys.stderr):
                return call(*args, **kwargs)
        except passing:
            raise
        except (Exception, SystemExit) as error:
            raise failure(f"{plugin} failed: {said(error)}") from error

    return called


def said(error: BaseException) -> str:
    """An exception in one line: its type, its text and where it arose; of our own, the text."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception whose text cannot be had is still an exception
        text = ""
    text = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
    if isinstance(error, UsageError):
        return text
    return ": ".join(filter(None, [type(error).__name__, text])) + _place(error)


def _place(error: BaseException) -> str:
    """Where an exception arose, as ` (signs/rows.py:12)`; empty where no line but ours and the import system's ran."""
    from traceback import walk_tb

    lines = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        lines.append((error.filename, error.lineno or 0))
    theirs = [(Path(file), line) for file, line in lines if _is_theirs(file)]
    return f" ({'/'.join(theirs[-1][0].parts[-2:])}:{theirs[-1][1]})" if theirs else ""


def _is_theirs(file: str) -> bool:
    return not file.startswith(_NOT_THEIRS) and not any(library in file for library in _LIBRARIES)
