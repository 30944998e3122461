"""Series: values of the runs against the iteration, in axes of their own, on a log axis where they span decades."""

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
from gdanim.drawing.layout import Layout
from gdanim.drawing.marks.track import Track
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import is_alone, recoloured
from gdanim.views.base import Panel, lost_at, run_marks

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


def series_marks(layout: Layout, axes: Axes, series: Series, panel: Panel) -> list[Mark]:
    """Add the trails and spots of a series; a run that is alone has its colour."""
    trajectory = panel.descent.trajectory
    alone = is_alone(panel.run_styles) and not panel.run_styles[0].labels
    inked = replace(panel, run_styles=recoloured(panel.run_styles, series.colour)) if alone else panel
    apart = axes.get_window_extent().width / max(trajectory.iterations, 1)
    iteration = trajectory.k[:, :-1].astype(np.float64)
    track = Track(np.stack([iteration, series.values], axis=-1), lost_at(panel))
    # A series is read as a whole, whatever the trail.
    return run_marks(layout, axes, track, inked, dotted=apart >= layout.px(APART_PT))


def excess_of(trajectory: Trajectory, minimum: float) -> Scalar | None:
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


def in_decades(series: Series, descent: Descent) -> Series | None:
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


def series_axes(layout: Layout, descent: Descent, series: Series) -> Axes:
    """Add axes for a series."""
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
