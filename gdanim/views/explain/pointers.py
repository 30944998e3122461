"""What stands in the axes to explain a step: its slope and where it leads, in the colours of the rule above."""

from __future__ import annotations

from matplotlib.axes import Axes

from gdanim.descent.descend import Descent
from gdanim.drawing.layout import Layout
from gdanim.drawing.marks.arrows import OpenArrows
from gdanim.drawing.marks.tangent import StepAlong, StepEnds, Tangent
from gdanim.drawing.marks.track import Track
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.run_styles import RunStyles
from gdanim.views.explain.step_arrows import CLEAR_PT, step_arrows, vectors

WIDE_PT, NARROW_PT = 2.4, 1.5  # the arrow of a step, and that of the gradient
STEP_SHARE = 0.16  # of the shorter side of the axes: the longest step, shorter than the longest gradient
ASIDE_PT = 3.4  # to either side, where both have one direction
LEAST_PT = 11.0  # that an arrow is long, however small what it stands for


def pointers(layout: Layout, axes: Axes, track: Track, run_styles: RunStyles, descent: Descent) -> list[Mark]:
    """Add the arrows that are asked for, and what explains an update: in one variable tangent and step, in two arrows
    of −∇f and of the step.
    """
    settings, trajectory = descent.settings, descent.trajectory
    shown = {"step"} if descent.objective.dim == 1 else {"step", "gradient"}
    marks: list[Mark] = []
    if settings.arrows and not (settings.explain and settings.arrows in shown):
        marks.append(step_arrows(layout, track, run_styles, trajectory, settings.arrows))
    if settings.explain:
        marks += _explaining(layout, track, run_styles, descent)
    for mark in marks:
        axes.add_artist(mark)
    return marks


def _explaining(layout: Layout, track: Track, run_styles: RunStyles, descent: Descent) -> list[Mark]:
    style, trajectory, last = layout.style, descent.trajectory, descent.trajectory.last
    ends = StepEnds(track, run_styles, last, colour=style.x_series, halo=style.background)
    if descent.objective.dim == 1:
        return [
            Tangent(track, run_styles, trajectory.grad[..., 0], last, colour=style.f_series),
            StepAlong(track, run_styles, last, colour=style.x_series, drop=style.muted, halo=style.background),
            ends,
        ]
    clear_pt, fall = layout.spot_pt / 2 + CLEAR_PT, vectors("gradient", trajectory)
    step = step_arrows(
        layout, track, run_styles, trajectory, "step", colour=style.x_series, width_pt=WIDE_PT,
        longest_share=STEP_SHARE, least_pt=LEAST_PT, last=last, beside=fall, aside_pt=ASIDE_PT,
    )  # fmt: skip
    gradient = OpenArrows(
        track, run_styles, fall, width_pt=NARROW_PT, clear_pt=clear_pt, halo=style.background, colour=style.f_series,
        least_pt=LEAST_PT, last=last, beside=vectors("step", trajectory), aside_pt=-ASIDE_PT,
    )  # fmt: skip
    ends.set_zorder(11.5)  # a ring is as wide as the gap between two arrows of one direction
    return [step, gradient, ends]
