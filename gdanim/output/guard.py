"""Checks around the writers of plug-ins: what they raise becomes an OutputError, so that other outputs are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gdanim.catalogue.foreign import call_guarded
from gdanim.drawing.frame import Frame
from gdanim.errors import OutputError


class GuardedWriter:
    """A plug-in's FrameWriter. A SceneWriter has written its whole file when this is made."""

    def __init__(self, plugin: str, make: Callable[..., Any], /, *arguments: Any, **options: Any) -> None:
        self._plugin = plugin
        self._made = self._call(make, *arguments, **options)

    def __enter__(self) -> GuardedWriter:
        self._entered: Any = self._call(lambda: self._made.__enter__())
        return self

    def __exit__(self, *raised: Any) -> None:
        # Returns nothing, whatever the plug-in returns: it must not swallow an error.
        self._call(lambda: self._made.__exit__(*raised))

    def write(self, frame: Frame) -> None:
        """Pass the frame on. Raises OutputError where the plug-in fails."""
        self._call(lambda: self._entered.write(frame))

    def _call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return call_guarded(self._plugin, function, OutputError)(*arguments, **options)
