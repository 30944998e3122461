"""What the tests of descents and pictures share: objectives from a formula, solved requests, whole pictures."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.descent.descend import Descent, descend
from gdanim.descent.descend import redrawn as shown_anew
from gdanim.drawing.lettering import Canvas
from gdanim.drawing.raster import Raster
from gdanim.formula.evaluator import FormulaFunctions
from gdanim.formula.parser import parse
from gdanim.objectives.minimizers import cell_of, curvatures
from gdanim.objectives.objective import Objective
from gdanim.rendering import draw
from gdanim.settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gdanim.drawing.scene import Scene

    Picture = NDArray[np.uint8]  # (h, w, 4)


READ = {"trajectory", "points"}  # options that name files, which change


def formula(text: str, *bounds: tuple[float, float], minimizers: tuple[tuple[float, ...], ...] = ()) -> Objective:
    """An objective from a formula in x, or in x and y, as the catalogue would make it."""
    functions = FormulaFunctions(parse(text), {})
    ends = np.array(bounds or ((-5.0, 5.0),) * functions.dim)
    return Objective(
        name="mine",
        formula=text,
        typeset=(),
        functions=functions,
        bounds=ends,
        start=ends.mean(axis=1),
        lr=0.1,
        iterations=10,
        minimizers=(at := np.array(minimizers, dtype=float).reshape(-1, functions.dim)),
        curvatures=curvatures(functions, at, cell_of(functions, ends)),
        searched=ends[np.newaxis],
    )


def solved(function: str = "parabola", **options: Any) -> Descent:
    """A request, solved and planned. Requests that differ in the size of the picture alone share their runs."""
    if READ & options.keys() or ".py:" in f"{function} {options}":
        return descend(Settings(function=function, **options))
    settings = Settings(function=function, **options)
    return shown_anew(_solved(replace(settings, size=DEFAULTS["size"])), settings.picture())


@lru_cache(maxsize=512)
def _solved(settings: Settings) -> Descent:
    return descend(settings)


@contextmanager
def scene_of(descent: Descent) -> Iterator[Scene]:
    """The picture of a request, inside its style."""
    with descent.style.loaded.applied():
        yield draw(descent)


def composed(raster: Raster) -> Iterator[Picture]:
    """Every whole picture, as a reader of the frames puts it together. The array is reused."""
    width, height = raster.size
    canvas = np.zeros((height, width, 4), np.uint8)
    for frame in raster.frames():
        for part, pixels in frame.pieces:
            canvas[part.slices] = pixels
        yield canvas


def redrawn(scene: Scene, frame: int) -> Picture:
    """One picture as matplotlib draws the whole figure, moving parts included."""
    for mark in scene.marks:
        mark.set_animated(False)
    scene.update(frame)
    canvas = Canvas(scene.figure)
    canvas.draw()
    for mark in scene.marks:
        mark.set_animated(True)
    return np.array(canvas.buffer_rgba())


def check_against_redraw(scene: Scene, *frames: int) -> None:
    """Assert that some frames, else the middle and the last one, are composed as matplotlib draws them whole."""
    last = scene.timeline.frames - 1
    checked = set(frames) or {last // 2, last}
    kept = {i: picture.copy() for i, picture in enumerate(composed(Raster(scene))) if i in checked}
    assert set(kept) == checked
    for i, picture in kept.items():
        assert np.array_equal(picture, redrawn(scene, i)), f"frame {i}"


def pictures(function: str = "parabola", **options: Any) -> list[Picture]:
    """All pictures of a request."""
    with scene_of(solved(function, **options)) as scene:
        return [picture.copy() for picture in composed(Raster(scene))]
