"""The curve view: a function of one variable, the trail of each run and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from gdanim.drawing.layout import nice_limits
from gdanim.drawing.marks.track import Track
from gdanim.views.base import landing_marks, run_marks
from gdanim.views.basins import draw_strip
from gdanim.views.explain import pointers
from gdanim.views.facets import put_up
from gdanim.views.interpolation import on_graph

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.arrays import Scalar
    from gdanim.descent.descend import Descent
    from gdanim.descent.trajectory import Trajectory
    from gdanim.drawing.layout import Stage
    from gdanim.drawing.marks.trails import Mark
    from gdanim.drawing.scene import Scene
    from gdanim.views.base import Part

SAMPLES, FEW_SAMPLES = 2001, 201  # of the function; few where each costs a call of somebody's code


def build(descent: Descent) -> Scene:
    """Lay out axes with the function, and the marks of all runs."""
    return put_up(descent, Curve.of(descent))


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
        """Choose the ends so that all runs are in view."""
        xlim, ylim, x, f = _window(descent)
        return cls(descent=descent, xlim=xlim, ylim=ylim, x=x, f=f)

    def axes(self, stage: Stage) -> Axes:
        """Add axes with the function."""
        axes = stage.axes(xlabel="x", ylabel="y", xlim=self.xlim, ylim=self.ylim)
        axes.plot(self.x, self.f, color=stage.style.function, linewidth=1.4, solid_capstyle="round", zorder=3)
        return axes

    def ground(self, stage: Stage, axes: Axes, run: int) -> frozenset[int]:
        """Paint the basins of a run's method as a strip, where they are wanted."""
        return draw_strip(stage, axes, self.descent, run=run).kinds if self.descent.settings.basins else frozenset()

    def marks(self, stage: Stage, axes: Axes, part: Part) -> list[Mark]:
        """Add trails and spots."""
        trajectory, timeline, style = part.descent.trajectory, part.descent.timeline, stage.style
        points = np.stack([trajectory.x[..., 0], trajectory.f], axis=-1)
        track = Track(points, on_graph(part.descent.objective, trajectory) if timeline.tween > 1 else None)
        landings = landing_marks(axes, track, part.teams, timeline, style.muted)
        marks = [
            *landings,
            *run_marks(axes, track, part.teams, timeline, style),
            *pointers(axes, track, part.teams, part.descent, style),
        ]
        # As matplotlib draws them: trails, arrows, spots.
        return sorted(marks, key=lambda mark: mark.get_zorder())


def _window(descent: Descent) -> tuple[tuple[float, float], tuple[float, float], Scalar, Scalar]:
    """The ends of both axes, and the function between them: x (n,), f (n,)."""
    objective, settings = descent.objective, descent.settings
    low, high = objective.bounds[0]
    own_x, own_y = objective.view or ((float(low), float(high)), None)
    xlim = settings.xlim or own_x
    # The function is drawn where it is defined to be searched; a reader who asks for other ends gets all of them.
    first, last = xlim if settings.xlim else (low, high)
    x = np.linspace(first, last, FEW_SAMPLES if objective.point_by_point else SAMPLES)
    f = objective.value(x[:, np.newaxis])
    automatic = _heights(f, descent.trajectory)
    ylim = settings.ylim or (own_y if own_y and not settings.xlim else automatic)
    # A pole is a gap: without one, its two sides would be joined by a vertical line.
    far = 2 * (ylim[1] - ylim[0])
    f = np.where(np.isfinite(f) & (f > ylim[0] - far) & (f < ylim[1] + far), f, np.nan)
    return xlim, ylim, x, f


def _heights(f: Scalar, trajectory: Trajectory) -> tuple[float, float]:
    """Ends of the vertical axis for samples of the function: poles are cut off, starts and settled runs are not."""
    seen = f[np.isfinite(f)]
    if not seen.size:
        return 0.0, 1.0
    low, high = np.quantile(seen, [0.02, 0.98])
    low, high = max(seen.min(), low - 0.5 * (high - low)), min(seen.max(), high + 0.5 * (high - low))
    settled = np.array([not outcome.failed for outcome in trajectory.outcome])
    path = np.concatenate([trajectory.f[:, 0], trajectory.f[settled].ravel()])
    return nice_limits(float(min(low, path.min())), float(max(high, path.max())))
