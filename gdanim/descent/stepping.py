"""The stepping loop, iterate(), in which all runs of an optimizer advance together; and the same for a single run of a
simple rule on Python's floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from gdanim.formula.evaluator import FormulaFunctions
from gdanim.optimizers.minibatches import Sampler
from gdanim.optimizers.optimizer import Oracle
from gdanim.optimizers.random import METHOD, NOISE, NormalStreams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gdanim.arrays import Flags, Index, Scalar, Vector
    from gdanim.formula.floats import AtPoint
    from gdanim.objectives.objective import Objective
    from gdanim.optimizers.minibatches import MiniBatch
    from gdanim.optimizers.optimizer import FloatUpdate, Optimizer
    from gdanim.settings import Picture


class Conditions(NamedTuple):
    """What holds for all runs of a descent.

    tolerance   a run stops where ‖∇f‖ is below it
    budget      a run stops before the step that would bring its evaluations above it
    noise       standard deviation of the normal noise that is added to each coordinate of the gradient that the
                optimizer is given; what is recorded, and what a line search asks for, is exact
    seed        of the noise, of optimizers that are random themselves, and of the order of rows
    batch       the rows whose gradient the optimizer is given, of a model; None for all. What is recorded, and what a
                line search asks for, is of all rows
    """

    tolerance: float | None = None
    budget: int | None = None
    noise: float = 0.0
    seed: int = 0
    batch: MiniBatch | None = None

    @classmethod
    def of(cls, settings: Picture) -> Conditions:
        """Those that settings ask for."""
        return cls(settings.tolerance, settings.budget, settings.noise, settings.seed)

    def gradients(self, k: Index, *, begun: bool = False) -> Index:
        """How many gradients of all rows k steps (m,) are worth: whole ones, or those that have begun."""
        if self.batch is None:
            return k
        seen, rows = self.batch.seen(k), self.batch.rows
        return -(-seen // rows) if begun else seen // rows


UNCONDITIONAL = Conditions()
BLOCK = 256  # iterations of a single run between two looks at what it recorded


class Recorder(Protocol):
    """Notes what iterate() comes to, and ends runs. Both methods return which runs go on (runs,), where some are to be
    dropped from the arrays.

    over   whether every run has ended: nothing more is to be done
    """

    over: bool

    def begin(self, x: Vector, f: Scalar, grad: Vector) -> Flags | None:
        """Note where the runs start."""

    def add(self, k: int, x: Vector, f: Scalar, grad: Vector, step: Vector, extra: Index | None) -> Flags | None:
        """Note where the runs are after k iterations. The last took a step (runs, d), and `extra` evaluations (runs,)
        beside that of the gradient, None where there never were any.
        """


class BlockRecorder(Protocol):
    """Notes what iterate_on_floats() comes to, and ends the run. `over` as in Recorder."""

    over: bool

    def begin(self, x: Vector, f: Scalar, grad: Vector) -> None:
        """Note where the run starts."""

    def add_block(self, x: Vector, f: Scalar, grad: Vector) -> None:
        """Note where it is after each of the next iterations: (m, d), (m,), (m, d)."""


def iterate(
    objective: Objective,
    optimizer: Optimizer,
    start: Vector,
    rates: Iterable[Scalar],
    recorder: Recorder,
    conditions: Conditions,
    streams: Sequence[int],
) -> None:
    """Step from start (runs, d) until the recorder says that all is over, once for each of `rates`, (runs, 1 or d).

    Gradients are laid out in memory as `start` is.
    """
    oracle = Oracle(objective, len(start), NormalStreams(conditions.seed, METHOD, streams, objective.dim))
    noise = NormalStreams(conditions.seed, NOISE, streams, objective.dim) if conditions.noise else None
    sampler = _sampler(objective, conditions, streams)
    evaluate, update = _evaluation(objective, start), optimizer.update
    with np.errstate(all="ignore"):
        x = start
        f, grad = evaluate(x)
        kept = recorder.begin(x, f, grad)
        state = optimizer.init(x)
        for k, rate in enumerate(rates):
            if recorder.over:
                break
            if kept is not None:
                f, (x, grad, state) = f[kept], _of_runs((x, grad, state), kept)
                oracle.keep(kept)
                for drawn in (noise, sampler):
                    if drawn is not None:
                        drawn.keep(kept)
            oracle.f, oracle.iteration = f, k
            if sampler is not None:
                grad = sampler.gradient(x, k)
            if noise is not None:
                grad = grad + conditions.noise * noise.at(k)
            step, state = update(grad, state, x, rate, oracle)
            x = x + step
            f, grad = evaluate(x)
            kept = recorder.add(k + 1, x, f, grad, step, oracle.take_extra_evaluations(x))


class OnFloats(NamedTuple):
    """What a single run takes on Python's floats: ∇f at a point, and the update of each coordinate."""

    gradient: AtPoint
    update: FloatUpdate


def on_floats(objective: Objective, optimizer: Optimizer, conditions: Conditions) -> OnFloats | None:
    """What steps a single run on Python's floats, with the same results to the last bit; None where that is not so."""
    functions, update = objective.functions, optimizer.on_floats
    if update is None or conditions.noise or not isinstance(functions, FormulaFunctions):
        return None
    gradient = functions.gradient_on_floats
    return None if gradient is None else OnFloats(gradient, update)


def iterate_on_floats(
    objective: Objective, single: OnFloats, start: Vector, rates: Scalar, recorder: BlockRecorder
) -> None:
    """Step the only run from start (1, d) until the recorder says that it is over, once for each of `rates` (n,).

    What is recorded is evaluated in blocks of points: on a single one, numpy takes most of its time for its calls.
    """
    gradient, update = single
    with np.errstate(all="ignore"):
        recorder.begin(start, *objective.raw_value_and_gradient(start))
        x = start[0].tolist()
        for first in range(0, len(rates), BLOCK):
            if recorder.over:
                return
            points = []
            for rate in rates[first : first + BLOCK].tolist():
                x = [u + update(slope, rate) for u, slope in zip(x, gradient(x), strict=True)]
                points.append(x)
            block = np.array(points)
            recorder.add_block(block, *objective.raw_value_and_gradient(block))


def _sampler(objective: Objective, conditions: Conditions, streams: Sequence[int]) -> Sampler | None:
    """What draws the mini-batches of a model, where there are any."""
    functions: Any = objective.functions
    return None if conditions.batch is None else Sampler(functions, conditions.batch, conditions.seed, streams)


def _evaluation(objective: Objective, start: Vector) -> Callable[[Vector], tuple[Scalar, Vector]]:
    """f and ∇f at x, ∇f column by column where `start` is."""
    if not start.flags.fnc:
        return objective.functions.raw_value_and_gradient

    def evaluate(x: Vector) -> tuple[Scalar, Vector]:
        f, grad = objective.raw_value_and_gradient(x)
        return f, np.asfortranarray(grad)

    return evaluate


def _of_runs(state: Any, runs: Flags) -> Any:
    """A state, or an array (…, m, d) in it, for some of its runs; numbers belong to all of them."""
    if isinstance(state, tuple):
        parts = [_of_runs(part, runs) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    if isinstance(state, list):
        return [_of_runs(part, runs) for part in state]
    if isinstance(state, dict):
        return {name: _of_runs(part, runs) for name, part in state.items()}
    if isinstance(state, np.ndarray) and state.ndim >= 2:
        return state.swapaxes(-1, -2)[..., runs].swapaxes(-1, -2)
    return state
