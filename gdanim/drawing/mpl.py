"""matplotlib, imported so that nothing of the user's can stop it: no backend, no broken matplotlibrc.

styles.py takes `mpl` from here, and pipeline.py imports this module before those that draw.
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
    """Keep matplotlib's log, in which it complains about files of the user's that gdanim does not follow, silent."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def _without_a_backend() -> Iterator[None]:
    """Hide the backend that the environment asks for: gdanim shows nothing, and it may be one that is not here."""
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
    """Leave lists of properties out of the docstrings that matplotlib composes: a sixth of the time of its import.

    A command has no reader for them. Where gdanim is a guest in somebody's session, they stay.
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
