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

__all__ = ["mpl", "quietly", "to_hex", "to_rgb", "to_rgba"]


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
def _without_reference_lists() -> Iterator[None]:
    """Leave lists of properties out of matplotlib's docstrings: they take a sixth of its import time.

    Only on the command line, where nobody reads them; in a Python session they stay.
    """
    import matplotlib.artist as artist

    composed = artist.kwdoc
    if "gdanim.cli.app" in sys.modules:
        artist.kwdoc = lambda _: ""  # type: ignore[assignment]
    try:
        yield
    finally:
        artist.kwdoc = composed


try:
    with quietly():
        with _without_a_backend():
            import matplotlib as mpl
        with _without_reference_lists():
            import matplotlib.backends.backend_agg
            import matplotlib.figure
        from matplotlib.colors import to_hex, to_rgb, to_rgba
except Exception as error:
    raise OutputError(f"matplotlib cannot be imported here: {error}") from error
