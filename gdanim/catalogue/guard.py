"""Guests: what stands between gdanim and the code of an installed package: whatever fails there is told in a line.

Each guard takes what the row names and returns what gdanim's own would be: an error inside becomes a GdanimError that
names the package, what comes back is checked, and what gdanim goes on using is handed over read-only. gdanim's own
rows never come here, and pay nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.catalogue.foreign import call_guarded
from gdanim.catalogue.specs import Format, Method, Schedule, View
from gdanim.descent.timeline import Timeline
from gdanim.drawing.scene import Scene
from gdanim.errors import OutputError, PluginError
from gdanim.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.arrays import Scalar, Vector
    from gdanim.catalogue.specs import Entry
    from gdanim.drawing.frame import Frame
    from gdanim.drawing.marks.shapes import Extent
    from gdanim.drawing.marks.trails import Mark
    from gdanim.optimizers.oracle import Oracle
    from gdanim.output.base import FilmInfo

Factory = Callable[..., Any]


def guarded(row: Entry, target: Factory) -> Factory:
    """The object that a plug-in's row names, under guard."""
    match row:
        case Method():
            return _with(_optimizer, row.plugin, target)
        case Schedule():
            return _with(_rates, row.plugin, target)
        case View():
            return _with(_scene, row.plugin, target)
        case Format() if row.vector:
            return call_guarded(row.plugin, target, failure=OutputError)
        case Format():
            return partial(_Writer, row.plugin, target)
    return target


def _with(guard: Callable[[str, Any], Any], plugin: str, make: Factory) -> Factory:
    """`make`, and what it makes under guard."""

    @wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        return guard(plugin, call_guarded(plugin, make)(*args, **kwargs))

    return made


def _optimizer(plugin: str, made: Optimizer) -> Optimizer:
    _check_type(plugin, "it gave", made, Optimizer)
    start, step_from = call_guarded(plugin, made.init), call_guarded(plugin, made.update)

    def init(x: Vector) -> Any:
        return start(_sealed(x))

    def update(grad: Vector, state: Any, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Any]:
        given: Any = step_from(_sealed(grad), state, _sealed(x), _sealed(lr), oracle)
        if not (isinstance(given, tuple) and len(given) == 2):
            raise PluginError(f"{plugin} failed: its update gave {_a(given)}, where a step and a state are due")
        step, state = given
        _check_numbers(plugin, "the step of its update", step, x.shape)
        return step, state

    return Optimizer(init=init, update=update)


def _rates(plugin: str, made: Any) -> Callable[..., Scalar]:
    if not callable(made):
        raise PluginError(f"{plugin} failed: it gave {_a(made)}, which cannot be called for rates")
    rates_at = call_guarded(plugin, made)

    def rates(k: NDArray[np.int64], lr: Scalar, n: int) -> Scalar:
        found: Any = rates_at(_sealed(k), _sealed(lr), n)
        _check_numbers(plugin, "what it gave as rates", found, (len(lr), len(k)))
        wrong = ~((found >= 0) & np.isfinite(found))
        if wrong.any():
            run, step = np.unravel_index(np.argmax(wrong), wrong.shape)
            value = f"{found[run, step]:g} for k = {k[step]}"
            raise PluginError(f"{plugin} failed: it gave the rate {value}; a rate is finite and at least 0")
        return found.astype(np.float64)  # type: ignore[no-any-return]

    return rates


def _scene(plugin: str, made: Scene) -> Scene:
    _check_type(plugin, "it gave", made, Scene)
    _check_type(plugin, "its scene has as timeline", made.timeline, Timeline)

    def under_guard() -> Scene:
        # What stands still is drawn by the figure, once; the marks draw themselves.
        made.figure.draw = call_guarded(plugin, made.figure.draw)  # type: ignore[method-assign]
        marks: Any = tuple(_Mark(plugin, mark) for mark in made.marks)
        return replace(made, marks=marks)

    return call_guarded(plugin, under_guard)()


class _Mark:
    """A mark of a plug-in's scene, as far as a Raster needs one."""

    def __init__(self, plugin: str, mark: Mark) -> None:
        self.show = call_guarded(plugin, mark.show)
        self.draw = call_guarded(plugin, mark.draw)
        self.touched = call_guarded(plugin, lambda: _extent(mark.touched()))


def _extent(found: Any) -> Extent | None:
    """An extent, if it is one. Raises TypeError or ValueError."""
    if found is None:
        return None
    left, bottom, right, top = map(float, found)
    if not all(map(isfinite, (left, bottom, right, top))):
        raise ValueError(f"touched() gave {found}, which is no box")
    return left, bottom, right, top


class _Writer:
    """A plug-in's FrameWriter. What it raises is an OutputError, so that other outputs are written all the same."""

    def __init__(self, plugin: str, make: Factory, target: Any, reel: FilmInfo, **options: Any) -> None:
        self._plugin = plugin
        self._made = self._guarded(make)(target, reel, **options)
        self._writing: Any = None

    def __enter__(self) -> _Writer:
        self._writing = self._guarded(lambda: self._made.__enter__())()
        return self

    def __exit__(self, *raised: Any) -> None:
        # What it returns is not heeded: it has no say in what becomes of an error.
        self._guarded(lambda: self._made.__exit__(*raised))()

    def write(self, frame: Frame) -> None:
        self._guarded(lambda: self._writing.write(frame))()

    def _guarded(self, call: Factory) -> Factory:
        return call_guarded(self._plugin, call, failure=OutputError)


def _sealed(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _check_type(plugin: str, what: str, made: Any, wanted: type[Any]) -> None:
    if not isinstance(made, wanted):
        raise PluginError(f"{plugin} failed: {what} {_a(made)}, not its {wanted.__name__}")


def _check_numbers(plugin: str, what: str, found: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(found, np.ndarray):
        raise PluginError(f"{plugin} failed: {what} is {_a(found)}, not an array")
    if found.shape != shape:
        raise PluginError(f"{plugin} failed: {what} has the shape {found.shape}, not {shape}")
    if not np.can_cast(found.dtype, np.float64):
        raise PluginError(f"{plugin} failed: {what} is of {found.dtype}, not of float64")


def _a(thing: Any) -> str:
    return "nothing" if thing is None else f"a {type(thing).__name__}"
