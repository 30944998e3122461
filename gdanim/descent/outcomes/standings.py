"""Where the runs of a race stand at a frame, in numbers: what is read out to those who do not see the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.descent.descend import Descent

MOST_RUNS: Final = 12  # that an ear can follow
MOST_FRAMES: Final = 2000  # of a film whose numbers are kept for it
MOST_NAMED: Final = 3  # variables


def standings(descent: Descent, frame: int) -> list[Sequence[str]]:
    """x and f of each run at the last iteration that it has reached: the pieces of a line for each.

    Labels and names are pieces, numbers are others. None of a single run or of runs that are shown in turn, which the
    readout tells of, nor of more than MOST_RUNS, nor in films of more than MOST_FRAMES frames.
    """
    timeline, trajectory, objective = descent.timeline, descent.trajectory, descent.objective
    if timeline.in_turn or not 1 < trajectory.runs <= MOST_RUNS or timeline.frames > MOST_FRAMES:
        return []
    moment = timeline.moment(frame)
    # Coordinates along other axes say nothing of the variables.
    symbols = objective.symbols if descent.plane is None and objective.dim <= MOST_NAMED else ()
    lines: list[Sequence[str]] = []
    for run in range(trajectory.runs):
        opened = not np.isnan(moment.position[run])
        row = moment.iteration(run) if opened else 0
        numbers = (*trajectory.x[run, row, : len(symbols)].tolist(), float(trajectory.f[run, row]))
        named = zip((*symbols, objective.f_of), numbers, strict=True)
        told = [piece for name, number in named for piece in (f"  {name} ", _number(number) if opened else "–")]
        lines.append([descent.runs[run].label or f"run {run + 1}", *told])
    return lines


def _number(value: float) -> str:
    return f"{value + 0.0:.4g}".replace("-", "−")
