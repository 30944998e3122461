"""Imports matplotlib so that no backend and no broken matplotlibrc of the user can stop it.

rendering.py imports this module before all others that import matplotlib.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

from gdanim import signals
from gdanim.errors import OutputError, unforeseen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["complete", "fonts_must_be_read", "mpl", "on_the_command_line", "quietly", "to_hex", "to_rgb", "to_rgba"]

_UNITS: Final = ("matplotlib.category", "matplotlib.dates")  # these register what they can put on an axis
_FONTS: Final = ("fontTools", "fontTools.agl")  # the names of letters, which fonts of TeX go by
_IN_SPACE: Final = "mpl_toolkits.mplot3d"


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


def _forget_typeset() -> None:
    """Let a forked process typeset anew: what is kept holds open fonts, whose place in the file it shares."""
    mathtext = sys.modules.get("matplotlib.mathtext")
    if mathtext is not None:
        mathtext.MathTextParser._parse_cached.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_typeset)


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
    if not on_the_command_line():
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


def on_the_command_line() -> bool:
    """Whether the process is gdanim's own, and no Python session of somebody's."""
    return signals.are_handled()


@contextmanager
def _without_reference_pages() -> Iterator[None]:
    """Leave out of matplotlib's docstrings what is made when it is imported: half of its import time.

    Only on the command line, where nobody reads them; in a Python session they stay.
    """
    if not on_the_command_line():
        yield
        return
    import inspect

    from matplotlib import artist

    # For good: classes of our own and of plug-ins are made later. `set` takes the same properties without a signature.
    artist.kwdoc = lambda _: ""  # type: ignore[assignment]
    artist.Artist._update_set_signature_and_docstring = lambda: None  # type: ignore[attr-defined]
    cleaned = inspect.cleandoc
    inspect.cleandoc = lambda doc: doc
    try:
        yield
    finally:
        inspect.cleandoc = cleaned


class _PutOff(ModuleType):
    """Stands in for a module until something in it is looked up."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for these
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def _without_what_is_not_drawn() -> Iterator[None]:
    """Import none of what matplotlib has for the fonts of TeX, dates and words along axes, and axes in space.

    Only on the command line. Whoever imports these modules later gets them.
    """
    names = (*_UNITS, *_FONTS, _IN_SPACE) if on_the_command_line() else ()
    stand_ins = {name: _PutOff(name) for name in names if name not in sys.modules}
    if stand_ins.keys() >= {*_FONTS}:
        vars(stand_ins[_FONTS[0]])["agl"] = stand_ins[_FONTS[1]]
    if _IN_SPACE in stand_ins:
        vars(stand_ins[_IN_SPACE])["Axes3D"] = None  # as where it is not installed
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def complete() -> None:
    """Import what else a plug-in may draw with: dates and words along axes, and axes in space."""
    for name in _UNITS:
        import_module(name)
    with suppress(ImportError):
        from matplotlib.projections import register_projection
        from mpl_toolkits.mplot3d import Axes3D  # type: ignore[import-untyped]

        register_projection(Axes3D)


try:
    with quietly():
        with _without_a_backend(), _without_a_matplotlibrc():
            import matplotlib as mpl
        with _without_reference_pages(), _without_what_is_not_drawn():
            import matplotlib.backends.backend_agg
            import matplotlib.figure
        from matplotlib.colors import to_hex, to_rgb, to_rgba
except Exception as error:
    raise OutputError(f"matplotlib cannot be imported here: {error or unforeseen(error)}") from error
