"""Dense recordings: the runs of an array x (n+1, d) or (runs, n+1, d), such as the checkpoints of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.descent.trajectory import MAX_RECORDED, Stop, Trajectory, counted, judge, no_value_at
from gdanim.errors import DomainError
from gdanim.tables.files import STDIN, name_of
from gdanim.tables.points import points_in
from gdanim.tables.table import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.arrays import Flags, Scalar
    from gdanim.objectives.objective import Objective

AT_ONCE: Final = 1 << 21  # numbers of points whose f and slopes are computed at a time


def read_dense(path: str, objective: Objective) -> Trajectory | None:
    """The runs of the array x of an .npz that is no table; None where it is one, or another file.

    f is taken from f or loss, rates from lr; f and ∇f are computed where the file has none. Raises UsageError where the
    shapes do not fit, and DomainError where a run starts at a point without a finite value and slope.
    """
    source = Source(name_of(path), "row")
    arrays = None if path == STDIN else points_in(path, source)
    if arrays is None:
        return None
    x = arrays["x"]
    x = x.reshape(-1, *x.shape[-2:])
    if x.shape[2] != objective.dim or not x.size:
        shape = " × ".join(map(str, arrays["x"].shape))
        raise source.refusal(f"x is {shape}, and {objective.name} takes {objective.dim:,} coordinates")
    if x.size > MAX_RECORDED:
        raise source.refusal(f"x has {x.size:,} numbers, more than the {MAX_RECORDED:,} that can be replayed")
    point = _points(x, objective, _beside(arrays, ("f", "loss"), x.shape[:2]))
    broken: Flags = np.logical_or.reduce(~np.isfinite(point), axis=2)
    if broken[:, 0].any():
        reason = no_value_at(objective, point[int(np.argmax(broken[:, 0])), 0, : objective.dim])
        raise DomainError(str(source.refusal(reason, 0)))
    return judge(objective, _trajectory(point, broken, _beside(arrays, ("lr",), x.shape[:2])))


def _beside(arrays: Mapping[str, NDArray[Any]], names: tuple[str, ...], shape: tuple[int, ...]) -> Scalar | None:
    """The first of some arrays that has a number for each point (runs, n+1); None where none has."""
    found = (arrays[name] for name in names if name in arrays and arrays[name].size == shape[0] * shape[1])
    return next((np.asarray(array, np.float64).reshape(shape) for array in found), None)


def _points(x: NDArray[Any], objective: Objective, given: Scalar | None) -> NDArray[np.float64]:
    """x, f and ∇f of every point: (runs, n+1, 2d+1)."""
    runs, rows, dim = x.shape
    point = np.empty((runs * rows, 2 * dim + 1))
    point[:, :dim] = x.reshape(-1, dim)
    together = max(AT_ONCE // dim, 1)
    with np.errstate(all="ignore"):
        for begin in range(0, len(point), together):
            part = point[begin : begin + together]
            part[:, dim], part[:, dim + 1 :] = objective.raw_value_and_gradient(part[:, :dim])
    if given is not None:
        point[:, dim] = given.ravel()
    return point.reshape(runs, rows, -1)


def _trajectory(point: NDArray[np.float64], broken: Flags, lr: Scalar | None) -> Trajectory:
    """The runs up to the first point of each that is not finite."""
    runs, rows, width = point.shape
    dim, number = width // 2, np.arange(runs)
    stop = np.where(broken.any(axis=1), broken.argmax(axis=1), rows)
    last, lost = stop - 1, np.where((stop < rows)[:, np.newaxis], point[number, np.minimum(stop, rows - 1)], 0.0)
    point = point[number[:, np.newaxis], np.minimum(np.arange(int(last.max()) + 1), last[:, np.newaxis])]
    rates = np.full((runs, rows), np.nan) if lr is None else lr
    for array in (point, last, lost, rates):
        array.flags.writeable = False
    return Trajectory(
        x=point[..., :dim],
        f=point[..., dim],
        grad=point[..., dim + 1 :],
        k=counted(runs, point.shape[1]),
        lr=rates[:, 1 : point.shape[1]],
        evaluations=np.broadcast_to(np.int64(-1), point.shape[:2]),
        last=last,
        stop=(Stop.STEP_LIMIT,) * runs,
        since=last,
        lost=lost,
    )
