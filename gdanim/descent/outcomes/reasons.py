"""Reasons: why a run was lost or did not arrive, in a sentence for people, each looked up on the objective itself."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.descent.descend import iterations_of
from gdanim.descent.outcomes.motion import Motion
from gdanim.descent.outcomes.places import eigen, newton_step
from gdanim.descent.runs import scheduled_rates
from gdanim.descent.solver import solve
from gdanim.descent.stability import limit_formula, limit_of
from gdanim.descent.stepping import Conditions
from gdanim.descent.trajectory import Stop
from gdanim.descent.verdicts import Outcome, verdicts
from gdanim.formatting import coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.arrays import Flags, Scalar, Vector
    from gdanim.descent.descend import Descent
    from gdanim.objectives.objective import Objective

EXPLAINED: Final = 40  # runs at most, the first that have a reason: each may cost a few descents
HALVINGS: Final = 20  # of a rate, in search of one that works
BELOW_LIMIT: Final = 0.8  # of a limit: a rate that works where nothing but the limit stands in the way
# f is looked at in steps that double, or halve towards an edge; it falls without bound if it goes on falling by this
# share of what it fell in the step before, or more.
DOUBLINGS, GOES_ON = 60, 0.9
HELD: Final = 1e-2  # share of what weight decay alone would move a run that is held by it: its last step is no longer
SETTLING: Final = 20  # the last of these steps, in which it has to
MOST_TRIED: Final = 2000  # iterations of such a trial


def reasons(descent: Descent) -> dict[int, str]:
    """Why runs were lost or did not arrive, by number: of the first EXPLAINED that have a reason."""
    ended = (run for run, verdict in enumerate(descent.verdict) if verdict.outcome is not Outcome.ARRIVED)
    found = ((run, reason) for run in ended if (reason := reason_of(descent, run)))
    return dict(islice(found, EXPLAINED))


def reason_of(descent: Descent, run: int) -> str:
    """Why a run was lost or did not arrive; empty where it did, or just needs more iterations."""
    with np.errstate(all="ignore"):
        match descent.verdict[run].outcome:
            case Outcome.ARRIVED:
                return ""
            case Outcome.SADDLE:
                return "the slope vanishes at a saddle, from which f falls to two sides"
            case Outcome.FLAT:
                return _why_flat(descent, run)
        if any(falls_without_bound(descent.objective, *way) for way in _ways(descent, run)):
            return "f falls without bound"
        if descent.verdict[run].motion is Motion.STALLED:
            return _why_stalled(descent, run)
        return _why_too_fast(descent, run)


def _why_flat(descent: Descent, run: int) -> str:
    last = descent.trajectory.last[run]
    slope = float(np.linalg.norm(descent.trajectory.grad[run, last]))
    return "the slope vanishes, and not at a minimum" if slope == 0 else f"the slope is only {slope:.2g}"


def _why_stalled(descent: Descent, run: int) -> str:
    """How long the last step was beside the way that f, to second order, still has before it."""
    trajectory = descent.trajectory
    last = int(trajectory.last[run])
    if not last:
        return ""
    step = float(np.linalg.norm(trajectory.x[run, last] - trajectory.x[run, last - 1]))
    way = float(np.linalg.norm(newton_step(descent.objective.functions, trajectory.x[run, last : last + 1])))
    ahead = f", and about {way:.2g} lie ahead" if np.isfinite(way) else ""
    cause = "weight decay holds it" if _is_held(descent, run, step) else "a rate too small"
    return f"its last step was {step:.2g} long{ahead}: {cause}"


def _is_held(descent: Descent, run: int, step: float) -> bool:
    """Whether weight decay, which alone would move a run by ηλ‖x‖, hardly moved it in its last step: f pulls back."""
    method, last = descent.runs[run].method, int(descent.trajectory.last[run])
    if method is None or method.entry.plugin:
        return False
    decay = method.values.get("weight_decay", 0.0)
    pull = decay * descent.trajectory.lr[run, last - 1] * np.linalg.norm(descent.trajectory.x[run, last])
    return bool(step < HELD * pull)


def _why_too_fast(descent: Descent, run: int) -> str:
    """Of a run that was lost, or bounces: that its rate is above a limit, or where it overshot, and what works."""
    rate, limit, outcome = descent.trajectory.first_rate[run], descent.limit[run], descent.verdict[run].outcome
    if limit_explains(descent, run):
        return f"lr {rate:g} is above {limit_formula(descent.runs[run].method)} = {limit:.4g}"
    if outcome not in (Outcome.LOST, Outcome.BOUNCING):
        return ""
    left = descent.trajectory.stop[run] is Stop.LEFT_DOMAIN
    where = _beyond_edge(descent, run) if left else _overshoot(descent, run)
    works = rate_that_works(descent, run)
    does = "arrives" if outcome is Outcome.BOUNCING else "comes down"
    return "; ".join(filter(None, [where, "" if works is None else f"from its start, lr {works:g} {does}"]))


def limit_explains(descent: Descent, run: int) -> bool:
    """Whether the rate of a run is above its limit, and if the run was lost, a rate below the limit works."""
    limit = descent.limit[run]
    if not descent.trajectory.first_rate[run] > limit:
        return False
    if descent.verdict[run].outcome is not Outcome.LOST or not _can_be_tried(descent, run):
        return True
    return bool(_working(descent, run, np.array([BELOW_LIMIT * limit]))[0])


def _beyond_edge(descent: Descent, run: int) -> str:
    lost = descent.trajectory.lost[run, : descent.objective.dim]
    return f"a step led to x = {coordinates(lost.tolist(), digits=4)}, where f has no value"


def _overshoot(descent: Descent, run: int) -> str:
    """Where a run first stepped up although its rate was above the limit of its method for the curvature there.

    Empty where it never did, or no such limit is known.
    """
    trajectory, limit = descent.trajectory, limit_of(descent.runs[run].method)
    last = int(trajectory.last[run])
    lost = not np.isfinite(trajectory.lost[run]).all()
    taken = min(last + lost, trajectory.lr.shape[1])
    if not limit.by_curvature or not np.isfinite(limit.factor):
        return ""
    curvature = eigen(descent.objective.functions, trajectory.x[run, :taken])[0][:, -1]
    rose = np.append(np.diff(trajectory.f[run, : last + 1]) > 0, np.full(int(lost), True))[:taken]
    over = np.flatnonzero(rose & (trajectory.lr[run, :taken] * curvature > limit.factor))
    if not over.size:
        return ""
    k = int(over[0])
    there = f"λ = {curvature[k]:.4g} and {limit.formula} = {limit.factor / curvature[k]:.4g}"
    return f"it overshot at iteration {k}, where {there}"


def rate_that_works(descent: Descent, run: int) -> float | None:
    """The largest rate, of those halved from that of a run, at which its method works from its start, and at the next
    smaller ones; None where there is none, or how the run was made is not known.
    """
    if not _can_be_tried(descent, run):
        return None
    lr = np.array([float(f"{descent.runs[run].lr / 2.0**k:.1g}") for k in range(1, HALVINGS + 1)])
    works = _working(descent, run, lr)
    # One rate may work by luck where smaller ones do not.
    works &= np.append(works[1:], works[-1]) | (descent.verdict[run].outcome is Outcome.BOUNCING)
    return float(lr[np.argmax(works)]) if works.any() else None


def _can_be_tried(descent: Descent, run: int) -> bool:
    made = descent.runs[run]
    return not made.replayed and made.method is not None and made.schedule is not None


def _working(descent: Descent, run: int, lr: Scalar) -> Flags:
    """Whether the method of a run works from its start at other rates (m,): (m,).

    Each is tried: where the run was lost, that it is not, and ends below its start; where it bounced, that it arrives.
    """
    made, trajectory, objective = descent.runs[run], descent.trajectory, descent.objective
    assert made.method is not None
    assert made.schedule is not None
    iterations = min(iterations_of(descent.settings, objective), MOST_TRIED)
    start = np.tile(trajectory.x[run, :1], (len(lr), 1))
    rates = scheduled_rates(made.schedule, lr, iterations)
    tried = solve(objective, made.method.build(), start, rates, iterations, Conditions.of(descent.settings))
    if descent.verdict[run].outcome is Outcome.BOUNCING:
        return np.array([verdict.outcome is Outcome.ARRIVED for verdict in verdicts(objective, tried)])
    f = tried.f[np.arange(len(lr)), tried.last]
    return np.array([not stop.failed for stop in tried.stop]) & (f < tried.f[:, 0])


def falls_without_bound(objective: Objective, x: Vector, way: Vector, length: float) -> bool:
    """Whether f is seen to fall for ever from x (d,) along a direction (d,), or towards an edge that lies there."""
    far = np.asarray(length * 2.0 ** np.arange(DOUBLINGS))
    f = objective.value(x + way * far[:, np.newaxis])
    good = np.isfinite(f)
    if not good.all() and not np.isneginf(f[np.argmin(good)]):
        edge = _edge(objective, x, way, far, int(np.argmin(good)))
        far = np.asarray(edge * (1 - 0.5 ** np.arange(1, DOUBLINGS - 15)))
        f = objective.value(x + way * far[:, np.newaxis])
        good = np.isfinite(f)
    fall = -np.diff(f[: int(np.argmin(good)) if not good.all() else len(f)])
    late = fall[-SETTLING:]
    return bool(len(late) == SETTLING and np.all(late > 0) and np.all(late[1:] >= GOES_ON * late[:-1]))


def _edge(objective: Objective, x: Vector, way: Vector, far: Scalar, first_bad: int) -> float:
    """How far from x f stops to have a value along a direction, between two of the distances."""
    near, off = (float(far[first_bad - 1]) if first_bad else 0.0), float(far[first_bad])
    for _ in range(DOUBLINGS):
        middle = (near + off) / 2
        near, off = (middle, off) if np.isfinite(objective.value(x + way * middle)) else (near, middle)
    return near


def _ways(descent: Descent, run: int) -> Iterator[tuple[Vector, Vector, float]]:
    """Where f may fall for ever: from the end of a run down the slope, and from its start on past its end.

    Each is a point (d,), a direction (d,), and a length to begin with.
    """
    trajectory = descent.trajectory
    x = trajectory.x[run, : trajectory.last[run] + 1]
    slope = -trajectory.grad[run, trajectory.last[run]]
    extent = float(np.linalg.norm(x - x[-1], axis=1).max())
    first = float(np.linalg.norm(x[min(1, len(x) - 1)] - x[0]))
    for point, way, length in ((x[-1], slope, extent / 2.0**10), (x[0], x[-1] - x[0], first)):
        size = float(np.linalg.norm(way))
        if size > 0 and np.isfinite(size) and length > 0:
            yield point, way / size, length
