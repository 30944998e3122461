"""Oscillation: whether the steps of a run turn back on one another, along one of two axes.

The axes are the directions in which f curves most and least. On a quadratic, differences of gradients are its Hessian
times the steps; the matrix that fits both best has the axes as its eigenvectors, whatever the optimizer.

A step turns back where its sign along an axis differs from that of the step before:

    step along the axis    + − + − − + −
    turns back               1 1 1 0 1 1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector

# Share of the extent of a run: half a pixel in a picture of 500. Nobody sees a shorter step, or less movement.
SEEN: Final = 1e-3
# Share of the step along the other axis: a shorter one does not make the motion, and its turn is not counted.
DOMINANT: Final = 0.1
# Share of the steps that are seen: gradient descent that noise shakes about a minimum turns back in two thirds of its
# steps where the rate is 1/λ, in fewer below, in more above; a random walk does in half of them.
MOST: Final = 2 / 3
# The same in the last third where f bounces visibly: chaos turns back that often, the swings of momentum do not.
MANY: Final = 2 / 5
# Turns, and their share of all steps that are seen: fewer are an overshoot or two, or a wobble before a smooth
# path.
TURNS, SHARE_OF_ALL = 4, 1 / 5
# Share of the extent: the shortest step that counts where every step turns back. It also moves the rate at
# which gradient descent on a parabola begins to oscillate, from 1/λ to about 1.01/λ.
SHORTEST: Final = 1e-9


def oscillates(steps: Vector, late: tuple[int, Flags], turns_due: Index, resting: Flags, bouncing: Flags) -> Flags:
    """Whether most of the steps that are seen turn back, of all or of the late ones; or every step does: (runs,).

    steps (runs, d, n)   along the axes, as along_axes() gives them
    late                 the first step in the last third of any run, and which steps from there on are in it (runs, m)
    turns_due (runs,)    so many turns make an oscillation where every step turns back
    resting (runs,)      whether the run rests: its late steps are then not looked at
    bouncing (runs,)     whether f bounces late: then MANY late turns are enough
    """
    lengths, forward = np.abs(steps), steps > 0
    dominant: Flags = lengths >= DOMINANT * lengths[:, ::-1]
    seen: Flags = dominant & (lengths >= SEEN)
    turned = forward[..., 1:] ^ forward[..., :-1]
    found = _most_turn_back(seen, turned, MOST)

    others = np.flatnonzero(~found & turned[..., :1].any(axis=(1, 2)))
    counted = dominant[others] & (lengths[others] >= SHORTEST)
    found[others] = _all_turn_back(counted, seen[others], turned[others], turns_due[others])

    others = np.flatnonzero(~found & ~resting)
    first, is_late = late
    share = np.where(bouncing, MANY, MOST)[others, np.newaxis]
    seen_late = seen[others, :, first:] & is_late[others, np.newaxis]
    found[others] = _most_turn_back(seen_late, turned[others, :, first:], share)
    return found


def _most_turn_back(seen: Flags, turned: Flags, share: float | Scalar) -> Flags:
    """Whether at least a share of the steps that are seen turn back along an axis: (runs,).

    The turns also have to be TURNS or more, and SHARE_OF_ALL of the steps that are seen along any axis.
    """
    turns = count(_successive(seen) & turned)
    enough = turns >= np.maximum(TURNS, SHARE_OF_ALL * _count_on_any_axis(seen))
    found: Flags = np.any(enough & (turns >= share * count(_successive(seen))), axis=1)
    return found


def _all_turn_back(counted: Flags, seen: Flags, turned: Flags, due: Index) -> Flags:
    """Whether every counted step but the first turns back along one axis, and some that are seen do: (runs,).

    The turns also have to be `due` (runs,) or more.
    """
    turns = count(_successive(counted) & turned)
    every = turns == _count_on_any_axis(counted) - 1
    some_seen = count(_successive(seen) & turned) > 0
    found: Flags = np.any(every & some_seen & (turns >= due[:, np.newaxis]), axis=1)
    return found


def _successive(steps: Flags) -> Flags:
    """Where a step and the one before it are both set: (runs, d, n−1)."""
    return steps[..., 1:] & steps[..., :-1]


def _count_on_any_axis(steps: Flags) -> Index:
    """How many steps are set along any axis: (runs, 1)."""
    return count(np.logical_or.reduce(steps, axis=1, keepdims=True))


def count(flags: Flags) -> Index:
    """How many are set along the last axis; np.count_nonzero takes longer."""
    found: Index = np.bitwise_count(np.packbits(flags, axis=-1)).sum(axis=-1, dtype=np.int64)
    return found


def along_axes(steps: Vector, grad: Vector) -> Vector:
    """Steps (runs, d, n) along the axes of each path: (runs, d, n).

    grad (runs, d, n+1)   the gradients at the points of the paths
    """
    found: Vector = _axes(steps, grad) @ steps
    return found


def _axes(steps: Vector, grad: Vector) -> Vector:
    """The directions in which f curves most and least along each path: (runs, d, d), rows of length 1.

    Of more than two variables, those in the plane of its longest steps: (runs, 2, d).
    """
    if steps.shape[1] == 1:
        return np.ones((1, 1, 1))
    if steps.shape[1] > 2:
        plane = _longest(steps)
        return np.asarray(_axes(plane @ steps, plane @ grad) @ plane)
    u, v = np.swapaxes(steps, 0, 1)
    p, q = np.swapaxes(np.diff(grad), 0, 1)
    uu, uv, vv = np.vecdot(u, u), np.vecdot(u, v), np.vecdot(v, v)
    pu, pv, qu, qv = np.vecdot(p, u), np.vecdot(p, v), np.vecdot(q, u), np.vecdot(q, v)
    # Least squares: H Σssᵀ = Σysᵀ. The determinant of Σssᵀ is left out: it does not turn the eigenvectors.
    across = (pv * uu - pu * uv) + (qu * vv - qv * uv)
    apart = (pu * vv - pv * uv) - (qv * uu - qu * uv)
    angle = np.arctan2(across, apart) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos, sin, -sin, cos], axis=1).reshape(-1, 2, 2)


def _longest(steps: Vector) -> Vector:
    """Two directions along which steps (runs, d, n) are the longest: (runs, 2, d), rows of length 1, or 0."""
    if steps.shape[1] <= steps.shape[2]:
        return np.asarray(np.linalg.eigh(steps @ steps.swapaxes(1, 2))[1][:, :, :-3:-1].swapaxes(1, 2))
    parts = np.linalg.eigh(steps.swapaxes(1, 2) @ steps)[1][:, :, :-3:-1]
    made = np.zeros((len(steps), 2, steps.shape[1]))
    made[:, : parts.shape[2]] = (steps @ parts).swapaxes(1, 2)
    length = np.linalg.norm(made, axis=2, keepdims=True)
    return np.asarray(np.divide(made, length, out=np.zeros_like(made), where=length > 0))
