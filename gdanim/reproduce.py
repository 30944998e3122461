"""`gdanim check`: solve what a file's recipe asks for once more, and compare with what the recipe says came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.descent.descend import descend
from gdanim.errors import UsageError
from gdanim.formatting import count
from gdanim.presets import read_recipe, refuse_python
from gdanim.recipe import digest, spread
from gdanim.settings import MAX_ITERATIONS, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.arrays import Index, Vector
    from gdanim.descent.trajectory import Trajectory

TOLERANCE: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of a check: whether the trajectory is the one that it was, and a line about it."""

    same: bool
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What a recipe tells of a trajectory, see recipe.py; arrays for the runs (m,) that it lists.

    end (m, d), x (m, k, d)
    """

    digest: str
    runs: int
    last: Index
    outcome: tuple[str, ...]
    end: Vector
    iterations: Index
    x: Vector

    @property
    def listed(self) -> Index:
        """Which runs (m,) these are."""
        return spread(self.runs, len(self.last))


def check(path: str, tolerance: float = TOLERANCE) -> Finding:
    """Solve the recipe of a file again; "-" is standard input. `tolerance` is relative to max(1, |x|).

    Raises UsageError where the file carries no recipe, or one that is damaged, RecipeError where the recipe does not
    suffice, and whatever solving raises.
    """
    saved = read_recipe(path)
    saved.check_complete()
    told = _read(saved.made, saved.source)
    fields = saved.unpacked()
    refuse_python(fields, {}, source=saved.source)
    trajectory = descend(Settings(**fields)).trajectory
    drift = _drift(trajectory, told, tolerance)
    if drift is not None:
        return Finding(same=False, line=f"{saved.source}: {drift}")
    if digest(trajectory) == told.digest:
        how = "to the last bit"
    elif len(told.last) == told.runs:
        how = f"to {tolerance:g}, though not to the last bit"
    else:
        how = f"to {tolerance:g} in the {len(told.last)} of {told.runs:,} runs that it lists; its digest differs"
    return Finding(same=True, line=f"{saved.source}: the same trajectory, {how}")


def _drift(trajectory: Trajectory, told: _Made, tolerance: float) -> str | None:
    """Where a trajectory first differs from what is told of it, in words; None where it does not."""
    if trajectory.runs != told.runs or trajectory.x.shape[2] != told.x.shape[2]:
        return f"it has {count(trajectory.runs, 'run')} in place of {told.runs:,}, or as many variables more or fewer"
    runs, rows = told.listed, np.minimum(told.iterations, trajectory.iterations)
    x = trajectory.x[np.ix_(runs, rows)]
    off = _apart(x, told.x)
    if (off > tolerance).any():
        column = int((off > tolerance).any(axis=0).argmax())
        place = int((off[:, column] > tolerance).argmax())
        return _words(trajectory, runs[place], told.iterations[column], x[place, column], told.x[place, column])
    for run, last, outcome in zip(runs, told.last, told.outcome, strict=True):
        now = trajectory.outcome[run].name
        if (trajectory.last[run], now) != (last, outcome):
            then = f"{outcome} at iteration {last}"
            return f"{_named(trajectory, run)} ended as {now} at iteration {trajectory.last[run]} in place of {then}"
    ends = trajectory.x[runs, told.last]
    off = _apart(ends, told.end)
    if (off > tolerance).any():
        place = int((off > tolerance).argmax())
        return _words(trajectory, runs[place], told.last[place], ends[place], told.end[place])
    return None


def _apart(x: Vector, told: Vector) -> NDArray[np.float64]:
    """How far points (…, d) are from where they were, relative to max(1, |x|)."""
    off: NDArray[np.float64] = (np.abs(x - told) / np.maximum(1, np.abs(told))).max(axis=-1)
    return off


def _words(trajectory: Trajectory, run: int, iteration: int, x: Vector, told: Vector) -> str:
    off = float(_apart(x, told))
    now, then = (", ".join(f"{value:.12g}" for value in point.tolist()) for point in (x, told))
    return f"{_named(trajectory, run)} drifted at iteration {iteration}: x = {now} in place of {then}, {off:.2g} apart"


def _named(trajectory: Trajectory, run: int) -> str:
    label = trajectory.label[run]
    return f"run {run + 1}" + (f" ({label})" if label else "")


def _read(made: Mapping[str, Any], source: str) -> _Made:
    """The table, if it is one as recipe.py writes it. Raises UsageError."""
    try:
        last, iterations = _counts(made["last"]), _counts(made["iterations"])
        outcomes = tuple(map(str, made["outcome"]))
        told = _Made(
            digest=str(made["digest"]),
            runs=int(made["runs"]),
            last=last,
            outcome=outcomes * len(last) if len(outcomes) == 1 else outcomes,
            end=_numbers(made["end"]).reshape(len(last), -1),
            iterations=iterations,
            x=_numbers(made["x"]).reshape(len(last), len(iterations), -1),
        )
        if len(told.outcome) != len(last) or len(last) > told.runs or told.end.shape[1] != told.x.shape[2]:
            raise ValueError("its parts do not fit")
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise UsageError(f"{source} carries a recipe whose table [made] is damaged") from None
    return told


def _numbers(value: Any) -> NDArray[np.float64]:
    """Finite numbers, at least one. Raises TypeError, ValueError or OverflowError."""
    numbers = np.array(value, dtype=np.float64)
    if not numbers.size or not np.isfinite(numbers).all():
        raise ValueError("no finite numbers")
    return numbers


def _counts(value: Any) -> Index:
    """Numbers of iterations (m,). Raises as _numbers does."""
    numbers = _numbers(value)
    if numbers.ndim != 1 or not ((numbers >= 0) & (numbers <= MAX_ITERATIONS)).all():
        raise ValueError("no numbers of iterations")
    return numbers.astype(np.int64)
