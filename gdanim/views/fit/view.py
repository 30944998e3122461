"""The view of a fit: the data with the moving model, beside it its loss with the paths, below that the loss over time.

Without room for the last, the loss takes it. With --facet the panels show the loss alone.
"""

from __future__ import annotations

from typing import Final

from gdanim.descent.descend import Descent
from gdanim.drawing.layout import Layout, Mathtext, Slot
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import RunStyles
from gdanim.drawing.scene import Scene
from gdanim.errors import SettingError
from gdanim.views.base import Plot, all_runs, build_scene, draw_background
from gdanim.views.contour import Contour
from gdanim.views.curve import Curve
from gdanim.views.facets import build_facets
from gdanim.views.fit.batches import batch_minima, batch_rings
from gdanim.views.fit.data import data_plot
from gdanim.views.panels.series import Series, in_decades, series_axes, series_marks

Place = tuple[float, float, float, float]

# Where the data, the loss and the loss over time stand: left, top, right and bottom of each, as in a Slot.
BESIDE: Final[tuple[Place, ...]] = (0, 0, 1 / 2, 1), (1 / 2, 0, 1, 0.66), (1 / 2, 0.66, 1, 1)
BELOW: Final[tuple[Place, ...]] = (0, 0, 1, 0.4), (0, 0.4, 1, 0.78), (0, 0.78, 1, 1)
ALONE: Final = (1 / 2, 0, 1, 1), (0, 0.4, 1, 1)  # the loss, beside the data or below, where it is the last
ROOM_PT: Final = 300.0  # that a picture is high, below which the loss over time has no room,
LEGEND_PT: Final = 40.0  # and what a legend takes of it


def build(descent: Descent) -> Scene:
    """Lay out the data at the left and the loss at the right; below one another where a picture is tall.

    Raises SettingError where the function is no model.
    """
    model, objective = descent.objective.model, descent.objective
    if model is None:
        raise SettingError("--view", "fit", "draws a model beside its data: add --points FILE, or choose another view")
    plot: Plot = Curve.of(descent) if objective.dim == 1 else Contour(descent=descent)
    if descent.settings.facet is not None:
        return build_facets(descent, plot)
    whole = descent.whole or descent  # a model takes all of its coordinates
    minimizers = whole.objective.minimizers
    data = data_plot(model, minimizers[0] if len(minimizers) else None)
    losses = _losses(descent)
    width, height = descent.settings.size

    def add_axes(layout: Layout) -> list[Slot]:
        places: tuple[Place, ...] = BELOW if height > width else BESIDE
        if layout.height / layout.px(1) >= ROOM_PT + LEGEND_PT * (len(descent.runs) > 1):
            axes = [data.axes(layout), plot.axes(layout), series_axes(layout, descent, losses)]
        else:
            axes, places = [data.axes(layout), plot.axes(layout)], (places[0], ALONE[height > width])
        return [Slot(one, *place) for one, place in zip(axes, places, strict=True)]

    def draw(layout: Layout, slots: list[Slot], run_styles: RunStyles) -> list[Mark]:
        (points, loss, *over_time), panel = (slot.axes for slot in slots), all_runs(descent, run_styles)
        draw_background(layout, loss, plot)
        in_data = all_runs(whole, run_styles)
        fitted = [*data.marks(layout, points, in_data), *batch_rings(layout, data, in_data)]
        for mark in fitted:
            points.add_artist(mark)
        least = batch_minima(layout, loss, panel)
        for mark in least:
            loss.add_artist(mark)
        marks = [*fitted, *least, *plot.marks(layout, loss, panel)]
        for axes in over_time:
            marks += series_marks(layout, axes, losses, panel)
        return marks

    return build_scene(descent, add_axes, draw, function=1)


def _losses(descent: Descent) -> Series:
    """The loss of the runs, in decades where it spans many."""
    found = Series(Mathtext.of(r"\mathrm{loss}", "loss"), descent.trajectory.f, descent.style.loaded.f_series)
    return in_decades(found, descent) or found
