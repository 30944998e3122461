"""Motion: how each run moved, in its own scale."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.descent.outcomes.oscillation import SEEN, SHORTEST, along_axes, count, oscillates

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.descent.outcomes.paths import Paths

# Share of the range of f: a rise that is seen, half a pixel in a picture of 500.
RISE: Final = 1e-3
# All turns together, left ones against right ones, in radians, from which on a path winds: a smooth way along a bent
# valley turns by half a circle.
WINDING: Final = 1.5 * np.pi
# A run bounces for ever if f peaks so often in its last half (an optimizer with momentum overshoots, comes back and has
# hardly time for more) or its steps turn back, it reaches more than KEPT of its height in the third quarter again in
# the last, and its lowest f of the last quarter is not below all before by more than GAIN of that height.
PEAKS, KEPT, GAIN = 3, 0.75, 0.05
# It does so as well if all steps of its last quarter turn back, and dying out as they do, neither the steps will lose
# more than FADING of their length, nor f more than GAIN of what the slope makes of the last step.
FADING: Final = 0.1
# And if it bounces, and each point of its last quarter is one of the quarter before, as are those of its last eighth of
# the eighth before, but for such a share of its extent: steps of fixed length meet a lattice, on which a cycle may be
# longer than a quarter.
SAME: Final = 1e-9
CYCLE: Final = 8  # steps: of fewer, a quarter does not show that steps turn back
VISIBLE: Final = 0.02  # share of the range of f: chaos is seen that reaches so high
# Rounding errors of f, as a share of its largest value.
ROUNDING: Final = 64 * float(np.finfo(float).eps)


class Motion(Enum):
    """How a run moved, as a person reads it. The first that holds is the motion.

    NONE       it took no step, or one that does not lead down
    STALLED    its last quarter together is too short to be seen, or it never moved
    BOUNCING   most of its steps, of all or of the last third, turn back on the one before, along an axis of curvature
    WINDING    f rises on the way, or the path turns by more than three quarters of a circle in all, left turns against
               right ones
    STEADY     none of these: f never rises, and no step turns back; the path may be bent
    """

    NONE = "none"
    STALLED = "stalled"
    BOUNCING = "bouncing"
    WINDING = "winding"
    STEADY = "steadily down"


class Traits(NamedTuple):
    """What is seen of each run's path, all (runs,) but the first.

    end (runs, d)        where it ended
    extent               how far it has been from its end
    slope                the largest component of ∇f that it met
    slope_change         the largest change of a component of ∇f on the way, as a share of that
    begun                whether it took a step
    one_up               whether it took one step only, and that does not lead down
    lost                 whether it diverged or left the domain
    resting              whether its last quarter is too short to be seen
    bouncing             whether most of its steps turn back
    winding              whether it winds
    in_vain              whether it bounces without progress
    """

    end: Vector
    extent: Scalar
    slope: Scalar
    slope_change: Scalar
    begun: Flags
    one_up: Flags
    lost: Flags
    resting: Flags
    bouncing: Flags
    winding: Flags
    in_vain: Flags


def traits(paths: Paths) -> Traits:
    """What is seen of the paths."""
    runs = len(paths.f)
    slope_change = np.ptp(paths.grad, axis=2).max(axis=1)
    one_up = (paths.last == 1) & (paths.f[:, -1] >= paths.f[:, 0])
    facts = paths.end, paths.extent, paths.slope, slope_change, paths.last > 0, one_up, paths.lost
    if not paths.steps.shape[2]:
        none = np.zeros(runs, dtype=bool)
        return Traits(*facts, ~none, none, none, none)
    resting = _late_length(paths) <= SEEN
    rises, peaking, seen, kept_up = _by_height(paths)
    steps = along_axes(paths.steps, paths.grad)
    # Where steps grow without end, the last hides all others.
    steps[paths.lost] /= np.linalg.norm(steps[paths.lost], axis=1, keepdims=True)
    bouncing = oscillates(steps, paths.late(3), paths.turns_due, resting, peaking & seen)
    winding = rises | (_turning(paths) > WINDING)
    in_vain = (kept_up & (peaking | bouncing)) | (bouncing & _cycles(paths, steps))
    in_vain[bouncing & ~in_vain & ~resting] = _only_comes_back(paths, np.flatnonzero(bouncing & ~in_vain & ~resting))
    return Traits(*facts, resting, bouncing, winding, in_vain & ~resting)


def _late_length(paths: Paths) -> Scalar:
    """The length of the last quarter of each path along the coordinates, in extents: (runs,)."""
    first, late = paths.late(4)
    found: Scalar = np.vecdot(np.abs(paths.steps[..., first:]), late[:, np.newaxis]).sum(axis=1)
    return found


def _by_height(paths: Paths) -> tuple[Flags, Flags, Flags, Flags]:
    """Whether f rises on the way, whether it peaks often late, whether that is seen beside all it did, and whether it
    then is as high and as low as before: (runs,) each.
    """
    f = paths.f
    begin, short = paths.parts()
    low, high = (extreme.reduceat(f.ravel(), begin.ravel()).reshape(-1, 3) for extreme in (np.minimum, np.maximum))
    lowest, highest = low.min(axis=1), high.max(axis=1)
    noise = ROUNDING * np.maximum(np.abs(highest), np.abs(lowest))
    rise = (f - np.minimum.accumulate(f, axis=1)).max(axis=1)

    change = np.diff(f)
    rising, falling = change > noise[:, np.newaxis], change < -noise[:, np.newaxis]
    first, late = paths.late(2)
    peaking: Flags = count(rising[:, first:-1] & falling[:, first + 1 :] & late[:, :-1]) >= PEAKS

    height = np.where(short, high[:, 0], high[:, 1]) - lowest
    no_lower = low[:, 2] >= np.minimum(low[:, 0], np.where(short, low[:, 0], low[:, 1])) - GAIN * height - noise
    kept_up = no_lower & (high[:, 2] - lowest >= KEPT * height - noise)
    seen: Flags = high[:, 2] - lowest > VISIBLE * (highest - lowest)
    return rise > np.maximum(RISE * (highest - lowest), noise), peaking, seen, kept_up


def _cycles(paths: Paths, steps: Vector) -> Flags:
    """Whether each run turns back in every step of its last quarter and will go on so, by as much: (runs,).

    steps (runs, d, n)   along the axes of the paths
    """
    f, last, run = paths.f, paths.last, np.arange(len(paths.f))
    found: Flags = last >= CYCLE
    first, late = paths.late(4)
    turns = np.sum(paths.steps[..., first + 1 :] * paths.steps[..., first:-1], axis=1) < 0
    taken = np.arange(first + 1, steps.shape[2]) < last[:, np.newaxis]
    found &= np.all(turns | ~taken | ~late[:, :-1], axis=1)

    ends = np.stack([last - 2 * (last // 4), last - last // 4, last])  # equal times apart
    # The steps of a cycle of two are equally long, and f is as high at every other.
    size = np.abs(steps).max(axis=1)
    length = (size[run, ends - 1] + size[run, np.maximum(ends - 2, 0)]) / 2
    fading = _still_lost(length, SHORTEST * length[0]) <= FADING * length[2]
    height = np.minimum(f[run, ends], f[run, ends - 1])
    slope_made = np.abs(np.sum(paths.grad[run, :, last - 1] * paths.steps[run, :, last - 1], axis=1))
    bounce = slope_made * paths.slope * paths.extent
    noise = ROUNDING * np.abs(f).max(axis=1)
    stays: Flags = found & fading & (_still_lost(height, noise) <= GAIN * bounce)
    return stays


def _only_comes_back(paths: Paths, runs: Index) -> Flags:
    """Whether runs (m,) are only where they were before, but for SAME of their extent: (m,).

    In their last quarter only where they were in the one before, and in their last eighth likewise.
    """
    found = paths.last[runs] >= CYCLE
    back = np.count_nonzero(paths.distances(paths.end)[runs] <= SAME * paths.extent[runs, np.newaxis], axis=1)
    found &= back > paths.f.shape[1] - paths.last[runs]  # the end itself, and the rows that repeat it
    for place in np.flatnonzero(found):
        run = runs[place]
        last = paths.last[run]
        lattice = np.round(paths.x[run, :, : last + 1] / (SAME * paths.extent[run])) + 0.0  # −0 is 0
        points = np.ascontiguousarray(lattice.T).view(f"V{lattice.itemsize * len(lattice)}").ravel()
        for part in (last // 4, last // 8):
            late, before = points[last - part + 1 :], points[last - 2 * part : last - part + 1]
            found[place] &= np.isin(late, before).all()
    return found


def _still_lost(values: Scalar, noise: Scalar) -> Scalar:
    """What is still lost after the last of three values (3, runs), equal times apart, if losses go on dying out as
    they do: (runs,). Infinite where they do not.
    """
    before, after = values[0] - values[1], values[1] - values[2]
    left = np.where(before > after, after**2 / (before - after), np.inf)
    return np.where(after <= noise, 0.0, left)


def _turning(paths: Paths) -> Scalar:
    """How far the path turns in all, over steps that are seen, in radians: (runs,). In one variable none turns."""
    steps = paths.steps
    if steps.shape[1] == 1:
        return np.zeros(len(steps))
    seen = np.abs(steps).max(axis=1) >= SEEN
    u, v = steps[:, :, 1:], steps[:, :, :-1]
    across, along = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], u[:, 0] * v[:, 0] + u[:, 1] * v[:, 1]
    found: Scalar = np.abs(np.vecdot(np.arctan2(across, along), (seen[:, 1:] & seen[:, :-1]).astype(np.float64)))
    return found
