"""What `--arrows` draws: at each iteration the gradient, the step, or the part of the step that is momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from gdanim.arrays import Vector
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.layout import Layout
from gdanim.drawing.marks.arrows import Arrows
from gdanim.drawing.marks.track import Track
from gdanim.drawing.run_styles import RunStyles, is_alone
from gdanim.errors import SettingError

WIDTH_PT, CLEAR_PT = 2.0, 0.5  # of an arrow; between the edge of a spot and its arrow


def vectors(kind: str, trajectory: Trajectory) -> Vector:
    """Of each run at each iteration, in the units of x: (runs, n+1, d); zero past a run's end.

    gradient   −∇f, where the function falls fastest
    step       x′ − x, what the optimizer does next; zero at the end
    momentum   x′ − x + η∇f, what the next step adds to that of gradient descent at its rate: the velocity that is left
               of earlier steps, and what noise or weight decay adds. Zero for gradient descent, and at the end

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


def step_arrows(
    layout: Layout, track: Track, run_styles: RunStyles, trajectory: Trajectory, kind: str, *,
    colour: str | None = None, width_pt: float = WIDTH_PT, **looks: Any,
) -> Arrows:  # fmt: skip
    """The arrows of a kind, in the colour of the text where there is one style. Along x where there is one variable.

    looks   more fields of Arrows
    """
    along = vectors(kind, trajectory)
    if along.shape[-1] == 1:
        along = np.concatenate([along, np.zeros_like(along)], axis=-1)
    style, clear_pt = layout.style, layout.spot_pt / 2 + CLEAR_PT
    if colour is None and is_alone(run_styles):
        colour = style.text
    return Arrows(
        track, run_styles, along, width_pt=width_pt, clear_pt=clear_pt, halo=style.background, colour=colour, **looks
    )
