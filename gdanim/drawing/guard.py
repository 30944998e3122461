"""Checks around the scenes of plug-ins' views: what fails becomes a PluginError that names the plug-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isfinite
from typing import Any

from gdanim.catalogue.foreign import call_guarded, check_type
from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Timeline
from gdanim.drawing import mpl
from gdanim.drawing.geometry import Extent
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.painting.strokes import Stroke
from gdanim.drawing.scene import Scene


def guarded_scene(plugin: str, build: Callable[[Descent], Scene], /, descent: Descent) -> Scene:
    """The Scene that `build` returns, with checks around its figure and its marks."""
    mpl.complete()
    made = call_guarded(plugin, build)(descent)
    check_type(plugin, "it gave", made, Scene)
    check_type(plugin, "its scene has as timeline", made.timeline, Timeline)

    def guarded() -> Scene:
        # The figure draws everything static, once; the marks draw themselves.
        made.figure.draw = call_guarded(plugin, made.figure.draw)  # type: ignore[method-assign]
        marks: Any = tuple(_GuardedMark(plugin, mark) for mark in made.marks)
        return replace(made, marks=marks)

    return call_guarded(plugin, guarded)()


class _GuardedMark:
    """The part of a plug-in's mark that a Raster uses."""

    def __init__(self, plugin: str, mark: Mark) -> None:
        self.show = call_guarded(plugin, mark.show)
        self._draw = call_guarded(plugin, mark.draw)
        self._touched = call_guarded(plugin, lambda: _extent(mark.touched()))

    def strokes(self) -> Iterator[Stroke]:
        """All of it, anew in every frame."""
        yield Stroke(id(self), object(), self._draw, self._touched)


def _extent(found: Any) -> Extent | None:
    """`found` as an extent. Raises TypeError or ValueError where it is none."""
    if found is None:
        return None
    left, bottom, right, top = map(float, found)
    if not all(map(isfinite, (left, bottom, right, top))):
        raise ValueError(f"touched() gave {found}, which is no box")
    return left, bottom, right, top
