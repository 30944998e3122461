"""`gdanim check`: solves the recipe of a file again, and compares with the trajectory that the recipe made."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Vector
from gdanim.descent.descend import Descent, descend
from gdanim.formatting import coordinates, count
from gdanim.presets import read_recipe, refuse_python
from gdanim.recipe.made import MOST_VARIABLES, Made, digest, read_made
from gdanim.settings import Settings

TOLERANCE: Final = 1e-9


class Finding(NamedTuple):
    """The result of a check: whether the trajectory is the same, a line that says so, and whether to the last bit."""

    same: bool
    line: str
    exact: bool = False


def check(path: str, tolerance: float = TOLERANCE) -> Finding:
    """Solve the recipe of a file again; "-" is standard input. `tolerance` is relative to max(1, |x|).

    Raises UsageError where the file carries no recipe, or one that is damaged, RecipeError where the recipe does not
    suffice, and whatever solving raises.
    """
    saved = read_recipe(path)
    saved.check_complete()
    made = read_made(saved.made, saved.source)
    fields = saved.unpacked()
    refuse_python(fields, {}, source=saved.source)
    descent = descend(Settings(**fields))
    drift = _drift(descent, made, tolerance)
    if drift is not None:
        return Finding(same=False, line=f"{saved.source}: {drift}")
    exact = digest(descent.trajectory) == made.digest
    if exact:
        how = "to the last bit"
    elif len(made.last) == made.runs:
        how = f"to {tolerance:g}, though not to the last bit"
    else:
        how = f"to {tolerance:g} in the {len(made.last)} of {made.runs:,} runs that it lists; its digest differs"
    return Finding(same=True, line=f"{saved.source}: the same trajectory, {how}", exact=exact)


def _drift(descent: Descent, made: Made, tolerance: float) -> str | None:
    """A sentence on where a trajectory first differs from the recorded one; None where it does not."""
    trajectory = descent.trajectory
    points = trajectory.x[..., :MOST_VARIABLES]
    if trajectory.runs != made.runs or points.shape[2] != made.x.shape[2]:
        return f"it has {count(trajectory.runs, 'run')} in place of {made.runs:,}, or as many variables more or fewer"
    runs, rows = made.listed, np.minimum(made.iterations, trajectory.iterations)
    x = points[np.ix_(runs, rows)]
    far = _apart(x, made.x) > tolerance
    if far.any():
        column = far.any(axis=0).argmax()
        place = far[:, column].argmax()
        return _drifted(descent, runs[place], made.iterations[column], x[place, column], made.x[place, column])
    for run, last, stop in zip(runs, made.last, made.stop, strict=True):
        now = trajectory.stop[run].name
        if (trajectory.last[run], now) != (last, stop):
            then = f"{stop} at iteration {last}"
            return f"{_run(descent, run)} ended as {now} at iteration {trajectory.last[run]} in place of {then}"
    ends = points[runs, made.last]
    far = _apart(ends, made.end) > tolerance
    if far.any():
        place = far.argmax()
        return _drifted(descent, runs[place], made.last[place], ends[place], made.end[place])
    return None


def _apart(x: Vector, made: Vector) -> NDArray[np.float64]:
    """The distance of points (…, d) from the recorded ones, relative to max(1, |x|)."""
    off: NDArray[np.float64] = (np.abs(x - made) / np.maximum(1, np.abs(made))).max(axis=-1)
    return off


def _drifted(descent: Descent, run: int, iteration: int, x: Vector, made: Vector) -> str:
    off = float(_apart(x, made))
    now, then = (coordinates(point.tolist(), digits=12) for point in (x, made))
    return f"{_run(descent, run)} drifted at iteration {iteration}: x = {now} in place of {then}, {off:.2g} apart"


def _run(descent: Descent, run: int) -> str:
    label = descent.runs[run].label
    return f"run {run + 1}" + (f" ({label})" if label else "")
