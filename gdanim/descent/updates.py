"""The updates of one run once more, with what its method remembers: what a rule is written out from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.descent.runs import stream_of
from gdanim.descent.stepping import Conditions, iterate
from gdanim.optimizers.optimizer import Optimizer
from gdanim.optimizers.terms import Updates

if TYPE_CHECKING:
    from gdanim.arrays import Index, Scalar, Vector
    from gdanim.descent.descend import Descent
    from gdanim.optimizers.optimizer import Oracle

EXACT = 1e-9  # of a step: what rounding may leave between two descents by the same rule


class _Unrecorded:
    """A recorder that keeps nothing, and ends nothing."""

    over = False

    def begin(self, x: Vector, f: Scalar, grad: Vector) -> None:
        """Let all runs go on."""

    def add(self, k: int, x: Vector, f: Scalar, grad: Vector, step: Vector, extra: Index | None) -> None:
        """Let all runs go on."""


def updates_of(descent: Descent, run: int, rows: Index) -> Updates | None:
    """The updates of a run at rising rows (m,) below its last, from descending once more.

    None for a replayed run, for a method from elsewhere, and where the path comes out another than before.
    """
    made, trajectory = descent.runs[run], descent.trajectory
    if made.replayed or made.method is None or made.method.entry.plugin:
        return None
    rule, wanted, kept = made.method.build(), set(rows.tolist()), list[tuple[Any, ...]]()

    def update(grad: Vector, state: Any, x: Vector, lr: Scalar, oracle: Oracle) -> tuple[Vector, Any]:
        step, new = rule.update(grad, state, x, lr, oracle)
        if oracle.iteration in wanted:
            kept.append((x[0], grad[0], step[0], lr[0, :1], state, new))
        return step, new

    start = np.asfortranarray(trajectory.x[run, :1])
    rates = trajectory.lr[run, : int(rows[-1]) + 1, np.newaxis, np.newaxis]
    watched = Optimizer(init=rule.init, update=update)
    conditions = Conditions.of(descent.settings)._replace(batch=made.batch)
    streams = [stream_of(trajectory.x[run, 0])]
    iterate(descent.objective, watched, start, rates, _Unrecorded(), conditions, streams)
    x, grad, step, lr = (np.stack([one[i] for one in kept]) for i in range(4))
    updates = Updates(x=x, grad=grad, step=step, lr=lr, before=[one[4] for one in kept], after=[one[5] for one in kept])
    return updates if _follows(updates, trajectory.x[run], rows) else None


def _follows(updates: Updates, x: Vector, rows: Index) -> bool:
    """Whether updates lead along a path (n+1, d)."""
    moved = np.abs(updates.x + updates.step - x[rows + 1])
    scale = np.abs(updates.step) + np.abs(x[rows + 1])
    return bool(np.all(moved <= EXACT * scale))
