"""The curve view: the graph of a function of one variable, and the trails and spots of the runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes

from gdanim.arrays import Scalar
from gdanim.descent.descend import Descent
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.ends import check_drawable, nice_limits
from gdanim.drawing.layout import Layout, Mathtext, axis_names
from gdanim.drawing.marks.track import Track
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.scene import Scene
from gdanim.objectives.objective import Objective
from gdanim.objectives.trials import rounded
from gdanim.views.base import Background, Panel, build_plot, inset_of, lost_at, path_marks
from gdanim.views.ground.minima import draw_minimizers

SAMPLES, FEW_SAMPLES = 2001, 201  # of the function; few where each costs a call of somebody's code
STRIP_ROOM = 0.07  # of the height: what the strip of basins and a spot above it take below the lowest value
# Shares of samples. One that lies beyond most of the others stands on a pole, whose flank is steep as well.
MOST_OUT, STEEP_OUT = 0.02, 0.1
# Times as high as runs and the walls between wells: what of flanks stands above that is cut off, but for so much of the
# width at either end where that was asked for. Else so much less of it is shown, at least, with a margin.
ABOVE, OF_FLANK, LEAST_LESS, MARGIN = 2.0, 0.3, 0.1, 0.05
LEAST_LENGTH = 1e-290
BOTTOM_PT = 2.8  # the width of its lowest stretch, where minima form one


def build(descent: Descent) -> Scene:
    """Lay out axes with the function, and the marks of all runs."""
    plot = Curve.of(descent)
    inset = inset_of(descent, Curve.of)
    if descent.settings.facet is None:
        return build_plot(descent, plot, inset)
    from gdanim.views.facets import build_facets

    return build_facets(descent, plot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The plot of this view: the ends of both axes, and the function between them, x (n,), f (n,)."""

    descent: Descent
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    x: Scalar
    f: Scalar
    aspect: ClassVar[float] = 4 / 3

    @classmethod
    def of(cls, descent: Descent) -> Curve:
        """Choose the limits so that all runs are in view."""
        objective, settings = descent.objective, descent.settings
        low, high = objective.bounds[0]
        own_x, own_y = objective.view or ((float(low), float(high)), None)
        xlim = settings.xlim or own_x
        x = np.linspace(*xlim, FEW_SAMPLES if objective.point_by_point else SAMPLES)
        f = objective.value(x[:, np.newaxis])
        own_y = None if settings.xlim else own_y
        is_free = not (objective.view or settings.xlim or settings.ylim)
        ylim = settings.ylim or _heights(f, own_y, descent.trajectory, xlim, is_free=is_free)
        if is_free and (nearer := _without_flanks(x, f, ylim, descent.trajectory.x[:, 0, 0])) != xlim:
            xlim = nearer
            x = np.linspace(*xlim, len(x))
            f = objective.value(x[:, np.newaxis])
        if settings.basins and not settings.ylim:
            ylim = ylim[0] - STRIP_ROOM * (ylim[1] - ylim[0]), ylim[1]
        # A pole is a gap: without one, its two sides would be joined by a vertical line.
        far = 2 * (ylim[1] - ylim[0])
        f = np.where(np.isfinite(f) & (f > ylim[0] - far) & (f < ylim[1] + far), f, np.nan)
        return cls(descent=descent, xlim=xlim, ylim=ylim, x=x, f=f)

    def axes(self, layout: Layout) -> Axes:
        """Add axes with the function."""
        objective = self.descent.objective
        names = axis_names(
            self.descent.settings,
            Mathtext.of(objective.letters[0], objective.symbols[0]),
            Mathtext.of(objective.f_in_letters, objective.f_of),
        )
        axes = layout.axes(xlabel=names[0], ylabel=names[1], xlim=self.xlim, ylim=self.ylim)
        axes.plot(self.x, self.f, color=layout.style.function, linewidth=1.4, solid_capstyle="round", zorder=3)
        bottom = _bottom(self.descent.objective, self.x, self.f)
        if np.isfinite(bottom).any():
            axes.plot(self.x, bottom, color=layout.style.text, linewidth=BOTTOM_PT, solid_capstyle="butt", zorder=3.1)
        marked = objective.marked
        draw_minimizers(axes, np.stack([marked[:, 0], objective.value(marked)], axis=-1), layout.style)
        return axes

    def paint_background(self, layout: Layout, axes: Axes, run: int) -> Background:
        """Paint the basins of a run's method as a strip, with --basins."""
        if not self.descent.settings.basins:
            return Background()
        from gdanim.views.basins import draw_basins_strip

        return Background(kinds=draw_basins_strip(layout, axes, self.descent, run=run).kinds)

    def marks(self, layout: Layout, axes: Axes, panel: Panel) -> list[Mark]:
        """Add trails and spots."""
        trajectory = panel.descent.trajectory
        points = np.stack([trajectory.x[..., 0], trajectory.f], axis=-1)
        track = Track(points, lost_at(panel))
        return path_marks(layout, axes, track, panel, end_colour=layout.style.muted)


def _bottom(objective: Objective, x: Scalar, f: Scalar) -> Scalar:
    """f at samples x (n,) of the lowest stretch, each point of which is a minimum; NaN elsewhere, and without one."""
    if not objective.continuum or objective.valley > objective.minimum:
        return np.full(len(x), np.nan)
    with np.errstate(all="ignore"):
        slope = np.abs(objective.gradient(x[:, np.newaxis])[:, 0])
        away = np.where(f <= objective.valley, 0.0, (f - objective.valley) / slope)
    found: Scalar = np.where(away < np.diff(x).mean(), f, np.nan)
    return found


def _without_poles(f: Scalar) -> tuple[float, float]:
    """Ends that hold samples f of a function, but for its poles."""
    lowest, highest = float(f.min()), float(f.max())
    (low, high), (near_low, near_high) = _ends_of_most(f, MOST_OUT), _ends_of_most(f, STEEP_OUT)
    return lowest if lowest >= low else near_low, highest if highest <= high else near_high


def _cut(f: Scalar, low: float, high: float, top: float, flank: int) -> float:
    """How much of high flanks is shown of a function with samples f between low and high, and runs up to a top.

    flank   the number of samples at either end that may lie above that; as many as there are where it is 0
    """
    inside, before, after = f[1:-1], f[:-2], f[2:]
    walls = inside[(inside >= before) & (inside >= after) & (inside <= high)]
    needed = low + ABOVE * (max(top, walls.max(initial=low)) - low)
    return float(min(high, np.nanmax([needed, *(f[[flank, -1 - flank]] if flank else ())])))


def _without_flanks(x: Scalar, f: Scalar, ylim: tuple[float, float], starts: Scalar) -> tuple[float, float]:
    """Ends of the horizontal axis for samples x of a function f, less where it only stands above the axes.

    starts (m,)   stay in view as far as they were
    """
    seen = np.sort(np.append(x[(f >= ylim[0]) & (f <= ylim[1])], starts[(starts >= x[0]) & (starts <= x[-1])]))
    ends, width = (float(x[0]), float(x[-1])), float(x[-1] - x[0])
    margin = MARGIN * float(np.ptp(seen)) if seen.size else 0.0
    if not margin > LEAST_LENGTH:  # where numbers cannot be rounded, the ends stay
        return ends
    near = rounded(np.array([seen[0] - margin, seen[-1] + margin]), 2 * margin)
    low, high = (
        float(one) if abs(one - end) > LEAST_LESS * width else end for one, end in zip(near, ends, strict=True)
    )
    return max(low, ends[0]), min(high, ends[1])


def _ends_of_most(f: Scalar, out: float) -> tuple[float, float]:
    """Ends that hold all samples but a share on either side, and half as much again."""
    low, high = np.quantile(f, [out, 1 - out])
    with np.errstate(over="ignore"):
        margin = 0.5 * (high - low)
        return float(low - margin), float(high + margin)


def _heights(
    f: Scalar, own: tuple[float, float] | None, trajectory: Trajectory, xlim: tuple[float, float], *, is_free: bool
) -> tuple[float, float]:
    """Ends of the vertical axis for samples f of the function, of which the ends `own` may be known.

    Poles are cut off. Starts are in view, and settled runs, as far as they lie between the ends of the horizontal axis:
    a run that leaves the picture for a few steps does not flatten it.
    is_free   whether these ends may be moved inwards, where they show high flanks
    """
    x = trajectory.x[..., 0]
    seen = (x >= min(xlim)) & (x <= max(xlim))
    starts = trajectory.f[seen[:, 0], 0]
    if own is not None:
        low, high = starts.min(initial=own[0]), starts.max(initial=own[1])
        return own if (low, high) == own else nice_limits(float(low), float(high))
    path = trajectory.f[seen & np.array([not stop.failed for stop in trajectory.stop])[:, np.newaxis]]
    if not (finite := f[np.isfinite(f)]).size:
        return nice_limits(float(path.min()), float(path.max())) if path.size else (0.0, 1.0)
    low, high = _without_poles(finite)
    ends = [low, high, *starts, path.min(initial=high), path.max(initial=low)]
    check_drawable(starts, min(ends), max(ends))
    top = max([*starts, path.max(initial=-np.inf)])
    flank = 0 if is_free else int(OF_FLANK * len(f))
    return nice_limits(float(min(ends)), max(top, _cut(f, float(min(ends)), float(max(ends)), top, flank)))
