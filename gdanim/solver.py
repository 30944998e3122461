"""solve(): the only stepping loop. All runs advance together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gdanim.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.objectives.objective import Objective, Scalar, Vector
    from gdanim.optimizers.optimizer import Optimizer

Index = NDArray[np.int64]  # (runs,)


class Outcome(Enum):
    """How a run ended, as a person reads it."""

    CONVERGED = "the gradient's norm fell below the tolerance"
    STEP_LIMIT = "all iterations were done"
    LEFT_DOMAIN = "left the domain"
    DIVERGED = "diverged"

    @property
    def failed(self) -> bool:
        """Whether `--strict` objects."""
        return self in (Outcome.LEFT_DOMAIN, Outcome.DIVERGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """What every run did. Arrays are read-only; row 0 is the start.

    x (runs, n+1, d), f (runs, n+1), grad (runs, n+1, d)    rows past `last` repeat the last finite point
    lr (runs, n)       the rate of every step
    last (runs,)       index of the last finite point
    outcome (runs,)    Outcome of every run
    since (runs,)      the iteration at which the outcome showed: a diverged run was outside the bounds from there on
    label (runs,)      what tells the runs apart, for people
    """

    x: Vector
    f: Scalar
    grad: Vector
    lr: Scalar
    last: Index
    outcome: tuple[Outcome, ...]
    since: Index
    label: tuple[str, ...]

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.x)

    @property
    def iterations(self) -> int:
        """The number of iterations that were asked for."""
        return len(self.x[0]) - 1

    def verdict(self, run: int) -> str:
        """How a run ended, in words: `diverged at iteration 4`."""
        outcome = self.outcome[run]
        return f"{outcome.value} at iteration {self.since[run]}" if outcome.failed else outcome.value


def solve(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    lr: Scalar,
    iterations: int,
    *,
    tolerance: float | None = None,
    label: Sequence[str] = (),
) -> Trajectory:
    """Descend from start (runs, d) with rates lr (runs,) for at most `iterations` steps.

    A run stops early where x or f is no longer finite, or where ‖∇f‖ < tolerance.
    Raises DomainError where f or its gradient is not finite at a start.
    """
    runs, dim = start.shape
    # One block per iteration: each step writes contiguous memory, whatever the number of runs.
    xs, fs, grads = (np.empty((iterations + 1, runs, *tail)) for tail in ((dim,), (), (dim,)))
    last = np.full(runs, iterations)
    converged = np.zeros(runs, dtype=bool)
    lr_column = lr[:, np.newaxis]

    with np.errstate(all="ignore"):
        x = start
        f, grad = objective.value_and_gradient(x)
        _check_start(objective, x, f, grad)
        xs[0], fs[0], grads[0] = x, f, grad
        active = _still_active(grad, tolerance, converged)
        last[converged] = 0
        state = optimizer.init(x)
        for k in range(1, iterations + 1):
            if not active.any():
                break
            step, state = optimizer.update(grad, state, x, lr_column, objective)
            x = x + step
            f, grad = objective.value_and_gradient(x)
            xs[k], fs[k], grads[k] = x, f, grad
            # One sum tells whether everything is finite; only then is there more to look at.
            if not np.isfinite(x.sum() + f.sum()):
                lost = active & ~(np.isfinite(x).all(axis=1) & np.isfinite(f))
                last[lost] = k - 1
                active = active & ~lost
            if tolerance is not None:
                met = active & (np.linalg.norm(grad, axis=1) < tolerance)
                converged |= met
                last[met] = k
                active = active & ~met

    return _concluded(objective, xs, fs, grads, lr, last, converged, label)


def _still_active(grad: Vector, tolerance: float | None, converged: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if tolerance is not None:
        converged |= np.linalg.norm(grad, axis=1) < tolerance
    return ~converged


def _check_start(objective: Objective, x: Vector, f: Scalar, grad: Vector) -> None:
    good = np.isfinite(f) & np.isfinite(grad).all(axis=1)
    if not good.all():
        where = ", ".join(f"{value:g}" for value in x[np.argmin(good)])
        f_of = "f(x)" if objective.dim == 1 else "f(x, y)"
        raise DomainError(
            f"{f_of} = {objective.formula} has no finite value and slope at the start {where}. "
            "Give another one: --start"
        )


def _concluded(
    objective: Objective,
    xs: Vector,
    fs: Scalar,
    grads: Vector,
    lr: Scalar,
    last: Index,
    converged: NDArray[np.bool_],
    label: Sequence[str],
) -> Trajectory:
    """Judge the runs, repeat each one's last finite point to the end, and seal the arrays."""
    iterations, run = fs.shape[0] - 1, np.arange(fs.shape[1])
    stopped = ~converged & (last < iterations)
    after = np.minimum(last + 1, iterations)
    undefined = stopped & np.isfinite(xs[after, run]).all(axis=1) & np.isnan(fs[after, run])
    gone = ~converged & ~objective.contains(xs[last, run]) & (fs[last, run] > fs[0])
    diverged = (stopped | gone) & ~undefined

    since = np.where(undefined, after, last)
    for r in np.flatnonzero(diverged):
        inside = np.flatnonzero(objective.contains(xs[: last[r] + 1, r]))
        since[r] = min(int(inside[-1]) + 1 if inside.size else 0, iterations)
    for r in np.flatnonzero(last < iterations):
        for rows in (xs, fs, grads):
            rows[last[r] + 1 :, r] = rows[last[r], r]

    kinds = np.select([converged, undefined, diverged], [0, 1, 2], default=3)
    outcomes = (Outcome.CONVERGED, Outcome.LEFT_DOMAIN, Outcome.DIVERGED, Outcome.STEP_LIMIT)
    x, f, grad = (rows.swapaxes(0, 1) for rows in (xs, fs, grads))
    for array in (x, f, grad, last, since):
        array.flags.writeable = False
    return Trajectory(
        x=x,
        f=f,
        grad=grad,
        lr=np.broadcast_to(lr[:, np.newaxis], (len(run), iterations)),
        last=last,
        outcome=tuple(outcomes[kind] for kind in kinds),
        since=since,
        label=tuple(label) or ("",) * len(run),
    )
