"""What `--arrows` draws: at each iteration the gradient, the step, or the part of the step that is momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gdanim.drawing.marks.arrows import Arrows
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.arrays import Vector
    from gdanim.descent.trajectory import Trajectory
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.marks.trails import Mark
    from gdanim.drawing.run_styles import RunStyles
    from gdanim.drawing.styles import Style

WIDTH_PT, CLEAR_PT = 2.0, 5.0


def vectors(kind: str, trajectory: Trajectory) -> Vector:
    """Of each run at each iteration, in the units of x: (runs, n+1, d); zero past a run's end.

    gradient   −∇f, where the function falls fastest
    step       x′ − x, what the optimizer does next; zero at the end
    momentum   x′ − x + η∇f, what the next step adds to that of gradient descent at its rate: the velocity that is left
               of earlier steps, and with noise that of the gradient. Zero for gradient descent, and at the end

    Raises SettingError where momentum is asked for and a rate is not known.
    """
    step = np.zeros_like(trajectory.x)
    np.subtract(trajectory.x[:, 1:], trajectory.x[:, :-1], out=step[:, :-1])
    gone = np.arange(trajectory.iterations + 1) - trajectory.last[:, np.newaxis]
    if kind == "gradient":
        return np.where((gone > 0)[..., np.newaxis], 0.0, -trajectory.grad)
    if kind == "momentum":
        runs_on = gone[:, :-1] < 0
        if not np.isfinite(trajectory.lr[runs_on]).all():
            raise SettingError("--arrows", kind, "needs the learning rate of every step; a replayed path has none")
        plain = np.where(runs_on, trajectory.lr, 0.0)[..., np.newaxis] * trajectory.grad[:, :-1]
        step[:, :-1] += plain
        # Where the step is that of gradient descent, what is left of the sum is rounding.
        step[:, :-1][np.abs(step[:, :-1]) < 1e-12 * (np.abs(plain) + np.abs(trajectory.x[:, :-1]))] = 0.0
    return np.where((gone >= 0)[..., np.newaxis], 0.0, step)


def arrow_marks(
    axes: Axes, track: Track, run_styles: RunStyles, trajectory: Trajectory, style: Style, kind: str | None,
    *, colour: str | None = None,
) -> list[Mark]:  # fmt: skip
    """Add the arrows of a kind to an axes, in the ink of the text where one style needs no other; none without a kind.

    In axes of one variable they lie along x.
    """
    if kind is None:
        return []
    along = vectors(kind, trajectory)
    if along.shape[-1] == 1:
        along = np.concatenate([along, np.zeros_like(along)], axis=-1)
    if colour is None and len(run_styles) == 1:
        colour = style.text
    mark = Arrows(
        track, run_styles, along, width_pt=WIDTH_PT, clear_pt=CLEAR_PT, halo=style.background, colour=colour
    )  # fmt: skip
    axes.add_artist(mark)
    return [mark]
