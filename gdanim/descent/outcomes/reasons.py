"""Reasons: why a run was lost or did not arrive, in a sentence for people, each looked up on the objective itself."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.descent.outcomes.ends import bounces_at_kink, lower_elsewhere
from gdanim.descent.outcomes.motion import Motion
from gdanim.descent.outcomes.places import eigen, newton_step, stationary_near
from gdanim.descent.outcomes.trials import can_be_tried, continued, rate_that_works, working
from gdanim.descent.outcomes.unbounded import falls_without_bound
from gdanim.descent.stability import limit_formula, limit_of
from gdanim.descent.trajectory import Stop
from gdanim.descent.verdicts import Outcome
from gdanim.formatting import coordinates, count
from gdanim.objectives.objective import has_hessians

if TYPE_CHECKING:
    from gdanim.arrays import Flags
    from gdanim.descent.descend import Descent

EXPLAINED: Final = 40  # runs at most, the first that have a reason: each may cost a few descents
BELOW_LIMIT: Final = 0.8  # of a limit: a rate that works where nothing but the limit stands in the way
ABOVE: Final = 1 + 1e-6  # times a limit: what is above it by rounding of λ is not
FAR_BELOW: Final = 0.02  # of a limit: with a smaller rate, gradient descent takes a hundred iterations and more
SOON: Final = 10  # times as many iterations as a run took: one that arrives in as many more just needs them
NO_NEARER: Final = 0.999  # of the way ahead lies ahead where that ends, too: a tail, as exp(−x) has one, is endless
HELD: Final = 1e-2  # share of what weight decay alone would move a run that is held by it: its last step is no longer

_WOULD: Final = {
    Outcome.ARRIVED: "arrive",
    Outcome.SADDLE: "be at a saddle",
    Outcome.FLAT: "be on a flat place",
    Outcome.BOUNCING: "be bouncing without progress",
    Outcome.LOST: "be lost",
    Outcome.MOVING: "still be moving",
}


def reasons(descent: Descent) -> dict[int, str]:
    """Why runs were lost or did not arrive, by number: of the first EXPLAINED that have a reason."""
    if descent.objective.recorded or not has_hessians(descent.objective.functions):
        return {}
    ended = (run for run, verdict in enumerate(descent.verdict) if verdict.outcome is not Outcome.ARRIVED)
    found = ((run, reason) for run in ended if (reason := reason_of(descent, run) or outlook(descent, run)))
    return dict(islice(found, EXPLAINED))


def reason_of(descent: Descent, run: int) -> str:
    """Why a run was lost or did not arrive; empty where it did, just needs more iterations, or took none.

    Of a recording, nobody knows.
    """
    if descent.objective.recorded:
        return ""
    with np.errstate(all="ignore"):
        match descent.verdict[run].outcome:
            case Outcome.ARRIVED | Outcome.START | Outcome.RECORDED:
                return ""
            case Outcome.SADDLE:
                return "the slope vanishes at a saddle, from which f falls to two sides"
            case Outcome.FLAT:
                return _why_flat(descent, run)
        if falls_without_bound(descent.objective, descent.trajectory, run) and not _comes_to_rest(descent, run):
            return "f falls without bound"
        if descent.verdict[run].motion is Motion.STALLED:
            return _why_stalled(descent, run)
        return _why_too_fast(descent, run)


def in_brief(descent: Descent, run: int) -> str:
    """The same in a few words, for pictures, and of a run that arrived that another minimum is lower; empty where the
    outcome says enough.
    """
    if descent.objective.recorded or not has_hessians(descent.objective.functions):
        return ""
    with np.errstate(all="ignore"):
        outcome, motion = descent.verdict[run]
        if outcome is Outcome.ARRIVED:
            return lower_elsewhere(descent, run)
        if outcome in (Outcome.START, Outcome.SADDLE, Outcome.RECORDED):
            return ""
        if outcome is Outcome.FLAT:
            return _why_flat(descent, run)
        if falls_without_bound(descent.objective, descent.trajectory, run) and not _comes_to_rest(descent, run):
            return "f falls without bound"
        if motion is Motion.STALLED:
            return _hindrance(descent, run, _last_step(descent, run))
        if limit_explains(descent, run):
            rate = rate_above_limit(descent, run).partition(" at ")[0]
            return f"each step overshoots ({rate}, limit {descent.limit[run]:.4g})"
        if outcome in (Outcome.BOUNCING, Outcome.MOVING) and bounces_at_kink(descent, run):
            return "steps of constant size at a kink"
        return _how_lost(descent, run) if outcome is Outcome.LOST else ""


def _how_lost(descent: Descent, run: int) -> str:
    """What a lost run did first that led nowhere."""
    if descent.trajectory.stop[run] is Stop.LEFT_DOMAIN:
        return _beyond_edge(descent, run)
    over = overshoot(descent, run)
    if over is None:
        return _rise(descent, run)
    return f"overshot at {over.iteration} (lr {over.rate:.4g}, limit {over.limit:.4g})"


def outlook(descent: Descent, run: int) -> str:
    """What would become of a run that still moves, at its constant rate; that the rate is far below a limit, if it is.

    Empty where it soon arrives, and where that cannot be tried.
    """
    if not _goes_on(descent, run):
        return ""
    outcome, more = continued(descent, run)
    too_slow = descent.runs[run].lr < FAR_BELOW * descent.limit[run]
    if outcome is Outcome.ARRIVED and more <= SOON * descent.trajectory.last[run] and not too_slow:
        return ""
    why = f"lr {descent.runs[run].lr:g} is far below {_limit(descent, run)}: " if too_slow else ""
    return f"{why}at this rate, it would {_WOULD[outcome]} after {count(more, 'more iteration')}"


def _goes_on(descent: Descent, run: int) -> bool:
    """Whether a run still moves, at a constant rate, and it is known how."""
    moves = descent.verdict[run].outcome is Outcome.MOVING and can_be_tried(descent, run)
    return moves and descent.has_constant_rate(run)


def _comes_to_rest(descent: Descent, run: int) -> bool:
    """Whether a run that still moves would soon rest: f falls for ever elsewhere."""
    resting = Outcome.ARRIVED, Outcome.SADDLE, Outcome.FLAT
    return _goes_on(descent, run) and continued(descent, run)[0] in resting


def _why_flat(descent: Descent, run: int) -> str:
    if descent.objective.is_constant:
        return "f is constant here: every point is a minimum"
    functions, trajectory = descent.objective.functions, descent.trajectory
    last = trajectory.last[run]
    x = trajectory.x[run, : last + 1]
    near = stationary_near(functions, x[-1:], np.array([np.linalg.norm(x - x[-1], axis=1).max()]))
    if eigen(functions, near.at)[0].max() < 0 and near.place[0]:
        sides = "both" if descent.objective.dim == 1 else "all"
        return f"the slope vanishes at a maximum, from which f falls to {sides} sides"
    slope = float(np.linalg.norm(trajectory.grad[run, last]))
    return "the slope vanishes, and not at a minimum" if slope == 0 else f"the slope is only {slope:.2g}"


def _why_stalled(descent: Descent, run: int) -> str:
    """How long the last step was beside the way that f, to second order, still has before it."""
    trajectory = descent.trajectory
    last = int(trajectory.last[run])
    step, here = _last_step(descent, run), trajectory.x[run, last : last + 1]
    ways = newton_step(descent.objective.functions, here)
    way = float(np.linalg.norm(ways))
    if float(np.linalg.norm(newton_step(descent.objective.functions, here + ways))) >= NO_NEARER * way:
        return f"its last step was {step:.2g} long, and f falls ever more slowly ahead: no minimum is near"
    ahead = f", and about {way:.2g} lie ahead" if np.isfinite(way) else ""
    return f"its last step was {step:.2g} long{ahead}: {_hindrance(descent, run, step)}"


def _hindrance(descent: Descent, run: int, step: float) -> str:
    """What makes a run stall whose last step had this length."""
    return "weight decay holds it" if _is_held(descent, run, step) else "a rate too small"


def _is_held(descent: Descent, run: int, step: float) -> bool:
    """Whether weight decay, which alone would move a run by ηλ‖x‖, hardly moved it in its last step: f pulls back."""
    method, last = descent.runs[run].method, int(descent.trajectory.last[run])
    if method is None or method.entry.plugin:
        return False
    decay = method.values.get("weight_decay", 0.0)
    pull = decay * descent.trajectory.lr[run, last - 1] * np.linalg.norm(descent.trajectory.x[run, last])
    return bool(step < HELD * pull)


def _last_step(descent: Descent, run: int) -> float:
    trajectory = descent.trajectory
    last = int(trajectory.last[run])
    return float(np.linalg.norm(trajectory.x[run, last] - trajectory.x[run, last - 1]))


def _why_too_fast(descent: Descent, run: int) -> str:
    """Of a run that does not rest: that its rate is above a limit; or where it overshot, and what works."""
    outcome = descent.verdict[run].outcome
    if limit_explains(descent, run):
        return f"{rate_above_limit(descent, run)} is above {_limit(descent, run)}"
    if outcome not in (Outcome.LOST, Outcome.BOUNCING):
        return ""
    left = descent.trajectory.stop[run] is Stop.LEFT_DOMAIN
    where = _beyond_edge(descent, run) if left else _where_it_overshot(descent, run)
    works = rate_that_works(descent, run)
    if outcome is Outcome.BOUNCING and descent.settings.noise:
        return "the noise of its gradients keeps it from settling"
    if outcome is Outcome.BOUNCING:
        where = where or f"its steps stay {_last_step(descent, run):.2g} long, and turn back"
    else:
        where = where or _rise(descent, run)
    does = "arrives" if outcome is Outcome.BOUNCING else "comes down"
    return "; ".join(filter(None, [where, "" if works is None else f"from its start, lr {works:g} {does}"]))


def limit_explains(descent: Descent, run: int) -> bool:
    """Whether the rate of a run is above its limit, in its last step if it was not lost; if it was, and a rate below
    the limit works.
    """
    limit, rates = descent.limit[run], descent.rates_of(run)
    if not (rates > limit).any():
        return False
    if descent.verdict[run].outcome is not Outcome.LOST:
        return bool(rates[-1] > limit)
    if not can_be_tried(descent, run):
        return True
    lr = descent.runs[run].lr * BELOW_LIMIT * limit / rates.max()
    return bool(working(descent, run, np.array([lr]))[0])


def rate_above_limit(descent: Descent, run: int) -> str:
    """The first rate of a run that is above its limit: `lr 1.05`; `lr 1.04 at iteration 4` where rates change."""
    rates = descent.rates_of(run)
    k = int(np.argmax(rates > descent.limit[run]))
    at = f" at iteration {descent.trajectory.k[run, k]}"
    return f"lr {rates[k]:g}" if descent.has_constant_rate(run) else f"lr {rates[k]:.6g}{at}"


def _limit(descent: Descent, run: int) -> str:
    formula, value = limit_formula(descent.runs[run].method), f"{descent.limit[run]:.4g}"
    return value if formula == value else f"{formula} = {value}"


def _beyond_edge(descent: Descent, run: int) -> str:
    lost = descent.trajectory.lost[run, : descent.objective.dim]
    return (
        f"a step led to {descent.objective.point_name} = {coordinates(lost.tolist(), digits=4)}, where f has no value"
    )


class Overshoot(NamedTuple):
    """The first step up of a run at a rate above the limit of its method for the curvature λ there."""

    iteration: int
    rate: float
    curvature: float
    limit: float


def overshoot(descent: Descent, run: int) -> Overshoot | None:
    """Where a run first stepped up so; None where it never did, or no such limit is known."""
    limit, rates = limit_of(descent.runs[run].method), descent.rates_of(run)
    if not limit.by_curvature or not np.isfinite(limit.factor) or not has_hessians(descent.objective.functions):
        return None
    curvature = eigen(descent.objective.functions, descent.trajectory.x[run, : len(rates)])[0][:, -1]
    over = np.flatnonzero(_rises(descent, run) & (rates * curvature > ABOVE * limit.factor))
    if not over.size:
        return None
    k, there = int(over[0]), float(curvature[over[0]])
    return Overshoot(int(descent.trajectory.k[run, k]), float(rates[k]), there, limit.factor / there)


def _where_it_overshot(descent: Descent, run: int) -> str:
    over, formula = overshoot(descent, run), limit_formula(descent.runs[run].method)
    if over is None:
        return ""
    there = f"λ = {over.curvature:.4g} and {formula} = {over.limit:.4g}"
    return f"it overshot at iteration {over.iteration}, where {there}"


def _rise(descent: Descent, run: int) -> str:
    """Where f of a lost run first rose, or overflowed."""
    trajectory, last = descent.trajectory, int(descent.trajectory.last[run])
    k = int(np.argmax(_rises(descent, run)))
    if k < last:
        before, after = trajectory.f[run, [k, k + 1]].tolist()
        return f"f first rose at iteration {trajectory.k[run, k]}, from {before:.4g} to {after:.4g}"
    lost = trajectory.lost[run, : descent.objective.dim]
    name = descent.objective.point_name
    where = (
        f" led to {name} = {coordinates(lost.tolist(), digits=4)}, where f" if np.isfinite(lost).all() else f", {name}"
    )
    return f"after iteration {trajectory.k[run, k]}, a step{where} overflows"


def _rises(descent: Descent, run: int) -> Flags:
    """Whether f rose in each step that a run took, the one in which it was lost included."""
    trajectory, last = descent.trajectory, int(descent.trajectory.last[run])
    rises: Flags = np.diff(trajectory.f[run, : last + 1]) > 0
    return np.append(rises, np.full(len(descent.rates_of(run)) - last, True))
