"""The panels view: the function with the runs, and beside it two series against the iteration.

Of one variable these are x and y; of two f, as its distance to the minimum where that is known, and ‖∇f‖.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from gdanim.arrays import Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.outcomes.endings import seen_until
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.ends import check_drawable, nice_limits
from gdanim.drawing.geometry import LEAST, MOST
from gdanim.drawing.layout import Layout, Mathtext, Slot
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import Mark
from gdanim.drawing.run_styles import RunStyles, is_alone, recoloured
from gdanim.drawing.scene import Scene
from gdanim.drawing.styles import Style
from gdanim.errors import SettingError
from gdanim.views.base import Plot, all_runs, build_scene, draw_background, lost_at, run_marks
from gdanim.views.contour import Contour
from gdanim.views.curve import Curve

EXCESS, NORM = Mathtext("$f - f^*$"), Mathtext(r"$\Vert\nabla f\Vert$")
# Where the function and the series stand: left, top, right and bottom of each, as in a Slot.
BESIDE = (0, 0, 2 / 3, 1), (2 / 3, 0, 1, 1 / 2), (2 / 3, 1 / 2, 1, 1)
BELOW = (0, 0, 1, 1 / 2), (0, 1 / 2, 1, 3 / 4), (0, 3 / 4, 1, 1)
DECADES = 1.5  # more than that between the least and the most are shown as powers of ten
APART_PT = 3.0  # between two iterations: any closer, their dots would run together
EPSILON = 2.0**-52
UNITS = 4  # in the last place of the minimum, which a sum of a few terms may be off
ROUNDING = 1e-12  # of the values at the start: f this far below its minimum is at its minimum


class Series(NamedTuple):
    """Values (runs, n+1) to show against the iteration, the label of their axis, and the colour of a single run."""

    label: str
    values: Scalar
    colour: str
    in_decades: bool = False


def build(descent: Descent) -> Scene:
    """Lay out the function at two thirds of the width, and two series at its right; below it where a picture is tall.

    Raises SettingError where equal axes are asked for, and the function has one variable.
    """
    trajectory, (width, height) = descent.trajectory, descent.settings.size
    places = BELOW if height > width else BESIDE
    if descent.objective.dim == 1 and descent.settings.aspect == "equal":
        raise SettingError("--aspect", "equal", "is for functions of two variables: x and f(x) differ in kind")
    plot: Plot = Curve.of(descent) if descent.objective.dim == 1 else Contour(descent=descent)
    beside = series_of(descent, descent.style.loaded)

    def add_axes(layout: Layout) -> list[Slot]:
        axes = plot.axes(layout), *(_axes(layout, descent, series) for series in beside)
        return [Slot(one, *place) for one, place in zip(axes, places, strict=True)]

    def draw(layout: Layout, slots: list[Slot], run_styles: RunStyles) -> list[Mark]:
        function, *others = (slot.axes for slot in slots)
        draw_background(layout, function, plot)
        panel = all_runs(descent, run_styles)
        marks = plot.marks(layout, function, panel)
        alone = is_alone(run_styles) and not run_styles[0].labels
        for axes, series in zip(others, beside, strict=True):
            inked = replace(panel, run_styles=recoloured(run_styles, series.colour)) if alone else panel
            apart = axes.get_window_extent().width / max(trajectory.iterations, 1)
            iteration = trajectory.k[:, :-1].astype(np.float64)
            track = Track(np.stack([iteration, series.values], axis=-1), lost_at(panel))
            # A series is read as a whole, whatever the trail.
            marks += run_marks(layout, axes, track, inked, dotted=apart >= layout.px(APART_PT))
        return marks

    return build_scene(descent, add_axes, draw)


def series_of(descent: Descent, style: Style) -> tuple[Series, Series]:
    """The two series that are shown against the iteration, from the top down."""
    trajectory, objective = descent.trajectory, descent.objective
    if objective.dim == 1:
        name = Mathtext.of(objective.letters[0], objective.symbols[0])
        of_x = Mathtext.of(objective.f_in_letters, objective.f_of)
        return Series(name, trajectory.x[..., 0], style.x_series), Series(of_x, trajectory.f, style.f_series)
    norm = np.hypot(trajectory.grad[..., 0], trajectory.grad[..., 1])
    heights, slopes = Series(Mathtext("$f$"), trajectory.f, style.f_series), Series(NORM, norm, style.x_series)
    excess = _excess(trajectory, objective.minimum)
    in_decades = None if excess is None else _in_decades(Series(EXCESS, excess, style.f_series), descent)
    return in_decades or heights, _in_decades(slopes, descent) or slopes


def _excess(trajectory: Trajectory, minimum: float) -> Scalar | None:
    """f above its minimum (runs, n+1); None where no minimum is known, or a run came below it.

    What rounding leaves is as low as any of it: f is known to a unit in its last place, and to how far runs seem to
    come below the minimum.
    """
    with np.errstate(over="ignore"):
        excess = trajectory.f - minimum
    if not np.isfinite(minimum) or np.any(excess < -ROUNDING * (np.abs(trajectory.f[:, :1]) + abs(minimum))):
        return None
    rounding = max(UNITS * np.spacing(abs(minimum)), -float(excess.min())) if minimum else 0.0
    return np.where(excess <= rounding, 0.0, excess)


def _in_decades(series: Series, descent: Descent) -> Series | None:
    """The series on a log axis where it spans more than DECADES, else None. Below the least value stands nothing."""
    seen = _seen(descent, series.values)
    positive = seen[seen > 0]
    if not positive.size or np.log10(positive.max()) - np.log10(positive.min()) <= DECADES:
        return None
    # What is below the rounding of the values at the start tells nothing, and would flatten the rest. No axis reaches
    # norms that overflow or are subnormal.
    least = max(float(positive.min()), EPSILON * float(series.values[:, 0].max()), LEAST)
    return series._replace(values=np.clip(series.values, least, MOST), in_decades=True)


def _shown_iterations(trajectory: Trajectory) -> tuple[int, int]:
    first = int(trajectory.k[:, 0].min())
    return first, first + max(trajectory.span, 1)


def _axes(layout: Layout, descent: Descent, series: Series) -> Axes:
    seen = _seen(descent, series.values)
    low, high = float(seen.min()), float(seen.max())
    if descent.objective.dim == 2:  # of one variable, the curve checks the heights, and iterates may be as small
        check_drawable(series.values[:, 0], low, high)
    ylim = nice_limits(low, high)
    if series.in_decades:
        ylim = 10.0 ** np.floor(np.log10(low)), 10.0 ** np.ceil(np.log10(high))
    xlim = _shown_iterations(descent.trajectory)
    axes = layout.axes(xlabel="Iteration", ylabel=series.label, xlim=xlim, ylim=ylim)
    if series.in_decades:
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(NullLocator())
    return axes


def _seen(descent: Descent, values: Scalar) -> Scalar:
    """The values that are to be in view, (m,): every start, and every run until it was lost to sight.

    Of a run that starts and ends within the bounds, only those there: a wild step does not flatten the rest.
    """
    rows, trajectory = values.shape[1], descent.trajectory
    stops = enumerate(trajectory.stop)
    until = [max(seen_until(descent, run), 1) if stop.failed else rows for run, stop in stops]
    inside = descent.objective.contains(trajectory.x)
    seen = inside | ~(inside[:, :1] & inside[:, -1:])
    return values[seen & (np.arange(rows) < np.array(until)[:, np.newaxis])]
