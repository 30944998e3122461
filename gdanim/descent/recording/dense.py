"""Dense recordings: the runs of an array x (n+1, d) or (runs, n+1, d), such as the checkpoints of a network.

Large ones stay in their files: x is mapped into memory and has their type of numbers, and ∇f is not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim.descent.recording.roles import takes
from gdanim.descent.trajectory import MAX_RECORDED, Stop, Trajectory, counted, judge, no_value_at, unknown_slopes
from gdanim.errors import DomainError
from gdanim.objectives.grounds.recorded import recording
from gdanim.objectives.objective import has_cheap_slopes
from gdanim.settings import MAX_ITERATIONS
from gdanim.tables.files import STDIN, name_of
from gdanim.tables.mapped import let_go
from gdanim.tables.points import holds_points, points_in
from gdanim.tables.table import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.objectives.objective import Objective

AT_ONCE: Final = 1 << 21  # numbers of points that are looked at at a time
WHOLE: Final = 1 << 23  # numbers of points that are held in memory, as float64


class _Points(NamedTuple):
    """x (runs, n+1, d) as it lies in the file, f (runs, n+1) and ∇f (runs, n+1, d); None where nobody knows them."""

    x: Vector
    f: Scalar | None
    grad: Vector | None


def read_dense(path: str, objective: Objective) -> Trajectory | None:
    """The runs of the array x of an .npz or .npy that is no table; None where it is one, or another file.

    f is taken from f or loss, rates from lr, iterations from iteration; f and ∇f are computed where the file has none.
    Raises UsageError where the shapes do not fit, and DomainError where a run starts at a point without a finite value
    and slope.
    """
    source = Source(name_of(path), "row")
    arrays = None if path == STDIN else points_in(path, source, bare=objective.recorded)
    if arrays is None:
        return None
    x = arrays["x"]
    if x.ndim == 2 and x.shape[0] == objective.dim != x.shape[1] and not objective.recorded:
        x = x.T  # a row for each coordinate
    x = x.reshape(*(1, *x.shape)[-3:])
    if objective.recorded and x.size:
        objective = recording(x.shape[2])
    if x.shape[2] != objective.dim or not x.size:
        shape = " × ".join(map(str, arrays["x"].shape))
        raise source.refusal(f"x is {shape}, and {takes(objective)}")
    if x.shape[0] * x.shape[1] > MAX_RECORDED or x.shape[1] > MAX_ITERATIONS + 1:
        raise source.refusal(f"x has {x.shape[0] * x.shape[1]:,} points, more than can be replayed")
    points = _points(x, objective, _beside(arrays, ("f", "loss"), x.shape[:2]))
    broken = _broken(points)
    if broken[:, 0].any():
        reason = no_value_at(objective, np.asarray(x[int(np.argmax(broken[:, 0])), 0], np.float64))
        raise DomainError(str(source.refusal(reason, 0)))
    iteration = _iterations(_beside(arrays, ("iteration",), x.shape[:2]), source)
    return judge(objective, _trajectory(points, broken, _beside(arrays, ("lr",), x.shape[:2]), iteration))


def is_dense(path: str) -> bool:
    """Whether a file is one that read_dense() reads for any function."""
    return bool(holds_points(path, Source(name_of(path), "row")))


def _beside(arrays: Mapping[str, NDArray[Any]], names: tuple[str, ...], shape: tuple[int, ...]) -> Scalar | None:
    """The first of some arrays that has a number for each point (runs, n+1), or for each of a run; None if none has."""
    for array in (arrays[name] for name in names if name in arrays):
        if array.size in (shape[0] * shape[1], shape[1]):
            numbers = np.asarray(array, np.float64).reshape(-1, shape[1])
            return np.broadcast_to(numbers, shape)
    return None


def _iterations(given: Scalar | None, source: Source) -> Index | None:
    """The iteration of each row, see Trajectory.k: (runs, n+2); None where the file counts none."""
    if given is None:
        return None
    rises = np.diff(given, axis=1, prepend=-1.0) > 0
    if not (rises & (given % 1 == 0) & (given < 2**53)).all():
        raise source.refusal("iteration does not rise in whole numbers of 0 or more")
    found: Index = np.concatenate([given, given[:, -1:] + 1], axis=1).astype(np.int64)
    return found


def _points(x: NDArray[Any], objective: Objective, given: Scalar | None) -> _Points:
    """The points with what is known of them."""
    if x.size <= WHOLE:
        x = np.asarray(x, np.float64)
    if objective.recorded:
        return _Points(x, given, None)
    if not has_cheap_slopes(objective.functions) or x.size > MAX_RECORDED:
        return _Points(x, _heights(x, objective) if given is None else given, None)
    f, grad = np.empty(x.shape[:2]), np.empty(x.shape)
    for rows in _parts(x):
        with np.errstate(all="ignore"):
            f[rows], grad[rows] = objective.raw_value_and_gradient(np.asarray(x[rows], np.float64))
    return _Points(x, f if given is None else given, grad)


def _heights(x: NDArray[Any], objective: Objective) -> Scalar:
    """f at points (runs, n+1, d), without slopes: (runs, n+1)."""
    f = np.empty(x.shape[:2])
    for rows in _parts(x):
        with np.errstate(all="ignore"):
            f[rows] = objective.value(np.asarray(x[rows], np.float64))
    return f


def _parts(x: NDArray[Any]) -> Iterator[tuple[int, slice]]:
    """The points of each run in turn, some of them at a time. What was read is given back."""
    together = max(AT_ONCE // x.shape[2], 1)
    for run in range(x.shape[0]):
        for first in range(0, x.shape[1], together):
            yield run, slice(first, first + together)
            let_go(x)


def _broken(points: _Points) -> Flags:
    """Which points have a coordinate, f or a slope that is not finite, of those that are known: (runs, n+1)."""
    x, f, grad = points
    broken: Flags = np.zeros(x.shape[:2], dtype=np.bool_) if f is None else ~np.isfinite(f)
    for rows in _parts(x):
        broken[rows] |= ~np.isfinite(x[rows]).all(axis=-1)
        if grad is not None:
            broken[rows] |= ~np.isfinite(grad[rows]).all(axis=-1)
    return broken


def _trajectory(points: _Points, broken: Flags, lr: Scalar | None, k: Index | None) -> Trajectory:
    """The runs up to the first point of each that is not finite."""
    runs, rows, dim = points.x.shape
    x, grad = points.x, unknown_slopes(points.x.shape) if points.grad is None else points.grad
    f = np.full((runs, rows), np.nan) if points.f is None else points.f
    number = np.arange(runs)
    stop = np.where(broken.any(axis=1), broken.argmax(axis=1), rows)
    last, lost = stop - 1, np.zeros((runs, 2 * dim + 1))
    for run in np.flatnonzero(stop < rows).tolist():
        at = stop[run]
        lost[run] = np.concatenate([x[run, at], [f[run, at]], grad[run, at]])
    most = int(last.max()) + 1
    if (last < most - 1).any():  # some run ends before another
        here = number[:, np.newaxis], np.minimum(np.arange(most), last[:, np.newaxis])
        x, f, grad = x[here], f[here], grad if points.grad is None else grad[here]
    x, f, grad = x[:, :most], np.array(f[:, :most]), grad[:, :most]
    rates = np.full((runs, rows), np.nan) if lr is None else np.array(lr)
    for array in (f, last, lost, rates):
        array.flags.writeable = False
    return Trajectory(
        x=_read_only(x),
        f=f,
        grad=_read_only(grad),
        k=counted(runs, most) if k is None else k[:, : most + 1],
        lr=rates[:, 1:most],
        evaluations=np.broadcast_to(np.int64(-1), (runs, most)),
        last=last,
        stop=(Stop.STEP_LIMIT,) * runs,
        since=last,
        lost=lost,
    )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    found = array.view()
    found.flags.writeable = False
    return found
