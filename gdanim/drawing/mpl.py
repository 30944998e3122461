"""Imports matplotlib so that no backend and no broken matplotlibrc of the user can stop it.

rendering.py imports this module before all others that import matplotlib.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gdanim.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["fonts_must_be_read", "mpl", "quietly", "to_hex", "to_rgb", "to_rgba"]


@contextmanager
def quietly() -> Iterator[None]:
    """Silence matplotlib's log: it complains about files of the user that gdanim does not read."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def fonts_must_be_read() -> Iterator[None]:
    """Raise OutputError in the end where a font could not be read: FreeType goes on with letters that are wrong."""
    failures: list[BaseException | None] = []
    told = sys.unraisablehook

    def note(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.object == "read_from_file_callback":
            failures.append(unraisable.exc_value)
        elif unraisable.object != "close_file_callback":  # by then it was read
            told(unraisable)

    sys.unraisablehook = note
    try:
        yield
    except Exception as error:
        if not failures:
            raise
        raise OutputError(f"a font cannot be read: {failures[0]}") from error
    finally:
        sys.unraisablehook = told
    if failures:
        raise OutputError(f"a font cannot be read: {failures[0]}")


@contextmanager
def _without_a_backend() -> Iterator[None]:
    """Hide the backend that the environment names: gdanim opens no window, and it may not be installed."""
    wanted = os.environ.pop("MPLBACKEND", None)
    try:
        yield
    finally:
        if wanted is not None:
            os.environ["MPLBACKEND"] = wanted
    if wanted:
        with suppress(ValueError):  # whoever imported gdanim may plot on their own, with the backend they asked for
            mpl.rcParams["backend"] = wanted


@contextmanager
def _without_a_matplotlibrc() -> Iterator[None]:
    """Hide every matplotlibrc but the one of matplotlib's own: gdanim reads none, and it may be a pipe, or not text.

    Only on the command line; in a Python session it is the caller's.
    """
    if not _on_the_command_line():
        yield
        return
    exists = os.path.exists
    named = os.environ.pop("MATPLOTLIBRC", None)
    os.path.exists = lambda path: _is_no_users_matplotlibrc(path) and exists(path)
    try:
        yield
    finally:
        os.path.exists = exists
        if named is not None:
            os.environ["MATPLOTLIBRC"] = named


def _is_no_users_matplotlibrc(path: Any) -> bool:
    folder, name = os.path.split(path) if isinstance(path, str) else ("", "")
    return name != "matplotlibrc" or os.path.basename(folder) == "mpl-data"  # noqa: PTH119 - Path is slower


def _on_the_command_line() -> bool:
    return "gdanim.cli.app" in sys.modules


@contextmanager
def _without_reference_lists() -> Iterator[None]:
    """Leave lists of properties out of matplotlib's docstrings: they take a sixth of its import time.

    Only on the command line, where nobody reads them; in a Python session they stay.
    """
    import matplotlib.artist as artist

    composed = artist.kwdoc
    if _on_the_command_line():
        artist.kwdoc = lambda _: ""  # type: ignore[assignment]
    try:
        yield
    finally:
        artist.kwdoc = composed


try:
    with quietly():
        with _without_a_backend(), _without_a_matplotlibrc():
            import matplotlib as mpl
        with _without_reference_lists():
            import matplotlib.backends.backend_agg
            import matplotlib.figure
        from matplotlib.colors import to_hex, to_rgb, to_rgba
except Exception as error:
    raise OutputError(f"matplotlib cannot be imported here: {error}") from error
