"""The panels view: the function with the runs, and beside it two series against the iteration.

Of one variable these are x and y; of two f, as its distance to the minimum where that is known, and ‖∇f‖.
"""

from __future__ import annotations

import numpy as np

from gdanim.descent.descend import Descent
from gdanim.drawing.layout import Layout, Mathtext, Slot
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import RunStyles
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import Style
from gdanim.errors import SettingError
from gdanim.views.base import Plot, all_runs, build_scene, draw_background
from gdanim.views.contour import Contour
from gdanim.views.curve import Curve
from gdanim.views.panels.series import Series, excess_of, in_decades, series_axes, series_marks

EXCESS, NORM = Mathtext("$f - f^*$"), Mathtext(r"$\Vert\nabla f\Vert$")
# Where the function and the series stand: left, top, right and bottom of each, as in a Slot.
BESIDE = (0, 0, 2 / 3, 1), (2 / 3, 0, 1, 1 / 2), (2 / 3, 1 / 2, 1, 1)
BELOW = (0, 0, 1, 1 / 2), (0, 1 / 2, 1, 3 / 4), (0, 3 / 4, 1, 1)


def build(descent: Descent) -> Scene:
    """Lay out the function at two thirds of the width, and two series at its right; below it where a picture is tall.

    Raises SettingError where equal axes are asked for, and the function has one variable.
    """
    width, height = descent.settings.size
    places = BELOW if height > width else BESIDE
    if descent.objective.dim == 1 and descent.settings.aspect == "equal":
        raise SettingError("--aspect", "equal", "is for functions of two variables: x and f(x) differ in kind")
    plot: Plot = Curve.of(descent) if descent.objective.dim == 1 else Contour(descent=descent)
    beside = series_of(descent, descent.style.loaded)

    def add_axes(layout: Layout) -> list[Slot]:
        axes = plot.axes(layout), *(series_axes(layout, descent, series) for series in beside)
        return [Slot(one, *place) for one, place in zip(axes, places, strict=True)]

    def draw(layout: Layout, slots: list[Slot], run_styles: RunStyles) -> list[Mark]:
        function, *others = (slot.axes for slot in slots)
        draw_background(layout, function, plot)
        panel = all_runs(descent, run_styles)
        marks = plot.marks(layout, function, panel)
        for axes, series in zip(others, beside, strict=True):
            marks += series_marks(layout, axes, series, panel)
        return marks

    return build_scene(descent, add_axes, draw)


def series_of(descent: Descent, style: Style) -> tuple[Series, Series]:
    """The two series that are shown against the iteration, from the top down."""
    trajectory, objective = descent.trajectory, descent.objective
    if objective.dim == 1:
        name = Mathtext.of(objective.letters[0], objective.symbols[0])
        of_x = Mathtext.of(objective.f_in_letters, objective.f_of)
        return Series(name, trajectory.x[..., 0], style.x_series), Series(of_x, trajectory.f, style.f_series)
    whole = descent.whole or descent  # slopes along a plane are no slopes of f
    grad = whole.trajectory.grad
    norm = np.hypot(grad[..., 0], grad[..., 1]) if grad.shape[2] == 2 else np.linalg.norm(grad, axis=2)
    heights, slopes = (
        Series(
            Mathtext("$f$" if objective.model is None else f"${objective.f_in_letters}$"), trajectory.f, style.f_series
        ),
        Series(NORM, norm, style.x_series),
    )
    excess = excess_of(trajectory, whole.objective.minimum)
    log = None if excess is None else in_decades(Series(EXCESS, excess, style.f_series), descent)
    return log or heights, in_decades(slopes, descent) or slopes
