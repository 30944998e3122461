"""Trials: descents that a reason needs: at other rates from the same start, or for more iterations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.descent.descend import iterations_of
from gdanim.descent.runs import scheduled_rates, stream_of
from gdanim.descent.solver import solve
from gdanim.descent.stepping import Conditions
from gdanim.descent.verdicts import Outcome, is_long_enough, judged, verdicts

if TYPE_CHECKING:
    from gdanim.arrays import Flags, Scalar
    from gdanim.descent.descend import Descent

HALVINGS: Final = 20  # of a rate, in search of one that works
MOST_TRIED: Final = 2000  # iterations of a trial, or more iterations of a run that goes on


def can_be_tried(descent: Descent, run: int) -> bool:
    """Whether it is known how a run was made."""
    made = descent.runs[run]
    return not made.replayed and made.method is not None and made.schedule is not None


def rate_that_works(descent: Descent, run: int) -> float | None:
    """The largest rate, of those halved from that of a run, at which its method works from its start, and at the next
    smaller ones; None where there is none, or how the run was made is not known.
    """
    if not can_be_tried(descent, run):
        return None
    lr = np.array([float(f"{descent.runs[run].lr / 2.0**k:.1g}") for k in range(1, HALVINGS + 1)])
    works = working(descent, run, lr)
    # One rate may work by luck where smaller ones do not.
    works &= np.append(works[1:], works[-1]) | (descent.verdict[run].outcome is Outcome.BOUNCING)
    return float(lr[np.argmax(works)]) if works.any() else None


def working(descent: Descent, run: int, lr: Scalar) -> Flags:
    """Whether the method of a run works from its start at other base rates (m,): (m,).

    Each is tried: where the run was lost, that it is not, and ends below its start; where it bounced, that it arrives.
    """
    made, trajectory, objective = descent.runs[run], descent.trajectory, descent.objective
    assert made.method is not None
    assert made.schedule is not None
    iterations = min(iterations_of(descent.settings, objective), MOST_TRIED)
    start = np.tile(trajectory.x[run, :1], (len(lr), 1))
    rates = scheduled_rates(made.schedule, lr, iterations)
    conditions = Conditions.of(descent.settings)._replace(batch=made.batch)
    tried = solve(objective, made.method.build(), start, rates, iterations, conditions)
    if descent.verdict[run].outcome is Outcome.BOUNCING:
        return np.array([verdict.outcome is Outcome.ARRIVED for verdict in verdicts(objective, tried)])
    f = tried.f[np.arange(len(lr)), tried.last]
    return np.array([not stop.failed for stop in tried.stop]) & (f < tried.f[:, 0])


def continued(descent: Descent, run: int) -> tuple[Outcome, int]:
    """What would become of a run whose rate is constant after more iterations, and how many: the fewest with which it
    arrives, or as many as are tried.
    """
    made, trajectory, objective = descent.runs[run], descent.trajectory, descent.objective
    assert made.method is not None
    last = int(trajectory.last[run])
    more = min(last, MOST_TRIED) if objective.point_by_point else MOST_TRIED
    start = trajectory.x[run, :1]
    conditions = Conditions.of(descent.settings)._replace(budget=None, batch=made.batch)
    streams = (stream_of(start[0]),)
    longer = solve(objective, made.method.build(), start, np.array([made.lr]), last + more, conditions, streams=streams)
    (verdict,), (arrived_at,) = judged(objective, longer)
    if verdict.outcome is Outcome.ARRIVED:
        enough = int(arrived_at)
        while not is_long_enough(enough, arrived_at):
            enough += 1
        return verdict.outcome, max(min(enough, int(longer.last[0])) - last, 1)
    return verdict.outcome, int(longer.last[0]) - last + longer.stop[0].failed
