"""A descent as it is looked at on a plane: its runs there, the ground under them, and the window that holds both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.descent.plane.axes import coordinates_on, distances_from
from gdanim.descent.trajectory import unknown_slopes
from gdanim.objectives.grounds.recorded import NoFunctions
from gdanim.objectives.grounds.restricted import Restricted

if TYPE_CHECKING:
    from gdanim.arrays import Vector
    from gdanim.descent.descend import Descent
    from gdanim.descent.plane.axes import Axes
    from gdanim.descent.plane.plane import Plane
    from gdanim.descent.trajectory import Trajectory
    from gdanim.objectives.objective import Functions, Objective

IN_PLANE: Final = 1e-2  # share of the window: a minimizer so near lies in it, as one does where a run has arrived
MARGIN: Final = 0.15  # of a window, beyond the paths
LEAST_SHAPE: Final = 0.5  # the shorter side of a window beside the longer
WITHOUT_EXTREMES: Final = (0.02, 0.98)  # quantiles of paths that were all lost


def looked_at(descent: Descent) -> Descent:
    """The descent that is drawn: itself, or on its plane."""
    plane = descent.plane
    if plane is None or descent.whole is not None:
        return descent
    trajectory, objective = _flat(descent.trajectory, plane), descent.objective
    return replace(
        descent,
        objective=_ground(objective, plane.axes, _window(descent, trajectory, plane.axes), trajectory),
        trajectory=trajectory,
        whole=descent,
    )


def _flat(trajectory: Trajectory, plane: Plane) -> Trajectory:
    """The same runs with their coordinates and slopes on the plane; f stays that of the runs."""
    axes, dim = plane.axes, trajectory.x.shape[2]
    lost_x, lost_f, lost_grad = np.split(trajectory.lost, [dim, dim + 1], axis=1)
    was_lost = np.logical_not(np.isfinite(trajectory.lost).all(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        there = (lost_x - axes.origin) @ axes.directions.T
        known = trajectory.has_slopes.any()
        slopes = trajectory.grad @ axes.directions.T if known else unknown_slopes((*trajectory.f.shape, 2))
        lost = np.concatenate([there, lost_f, lost_grad @ axes.directions.T], axis=1)
    x = plane.on
    lost = np.where(was_lost, lost, 0.0)
    for array in (x, slopes, lost):
        array.flags.writeable = False
    return replace(trajectory, x=x, grad=slopes, lost=lost)


def _window(descent: Descent, flat: Trajectory, axes: Axes) -> Vector:
    """The window (2, 2) in which the paths are seen: that of the function where its coordinates are the axes'.

    Where there are more variables, and their bounds do not hold the paths, it is that of the paths.
    """
    points = flat.x[[not stop.failed for stop in flat.stop]].reshape(-1, 2)
    if axes.whole:
        own = np.asarray(descent.objective.bounds[np.abs(axes.directions).argmax(axis=1)])
        if descent.objective.dim == len(own) or ((points >= own[:, 0]) & (points <= own[:, 1])).all():
            return own
    if not len(points):
        points = np.concatenate([flat.x[:, 0], np.quantile(flat.x.reshape(-1, 2), WITHOUT_EXTREMES, axis=0)])
    low, high = points.min(axis=0), points.max(axis=0)
    widest = float((high - low).max()) or 1.0
    half = np.maximum((high - low) / 2, LEAST_SHAPE * widest / 2) + MARGIN * widest
    middle = (low + high) / 2
    return np.stack([middle - half, middle + half], axis=1)


def _ground(objective: Objective, axes: Axes, window: Vector, flat: Trajectory) -> Objective:
    """The function on a plane, with those of its minimizers that lie in it."""
    off = distances_from(objective.minimizers, axes)
    inside = off <= IN_PLANE * np.ptp(window, axis=1).max()
    two = objective.dim == 2
    return replace(
        objective,
        functions=_on_plane(objective, axes),
        bounds=window,
        start=flat.x[0, 0],
        minimizers=coordinates_on(objective.minimizers[inside], axes),
        curvatures=objective.curvatures[inside],
        searched=objective.searched if two and axes.whole else np.empty((0, 2, 2)),
        valley=objective.valley if two else float("nan"),
        view=None,
        axes=axes.names,
        whole=objective,
    )


def _on_plane(objective: Objective, axes: Axes) -> Functions:
    """Value and derivatives on a plane; of a linear model from two columns, however many it has."""
    functions: Any = objective.functions
    if objective.recorded:
        return NoFunctions(len(axes.directions))
    flat = None if objective.model is None else functions.on_plane(axes.origin, axes.directions)
    return flat or Restricted(functions, axes.origin, axes.directions)
