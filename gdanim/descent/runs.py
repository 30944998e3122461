"""Runs: every combination of method, schedule, rate and start that a request names, and what each run is called."""

from __future__ import annotations

from hashlib import blake2b
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.catalogue.dims import check_start
from gdanim.catalogue.specs import Rate
from gdanim.errors import SettingError, UsageError
from gdanim.formatting import distinct, distinct_points
from gdanim.objectives.objective import MOST_WITH_HESSIAN
from gdanim.objectives.surroundings import distances_from_minima
from gdanim.optimizers.minibatches import ALL, MiniBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Scalar, Vector
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.request import Request
    from gdanim.catalogue.specs import Method, Schedule
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Picture

# Of the widths of the bounds. Adagrad divides by a sum that only grows: it needs the more. Adadelta begins with steps
# of √ε = 1/1000 of its rate: at 1, its default elsewhere, it hardly moves in a window that is 10 wide.
WIDTH_SHARES: Final = {Rate.WIDTH: 0.02, Rate.WIDE: 0.1, Rate.WHOLE: 1.0}
# With momentum μ the steps add up to 1/(1 − μ) of one. At twice the rate that makes up for it, runs on 24 rows of the
# catalogue end within 2 % of the width of a minimum rather than on 21, and none is lost; at three times some are.
DAMPED_SHARE: Final = 2.0
LEAST_SHARE: Final = 0.1  # of the last gradient in a mixture


class Run(NamedTuple):
    """How a run was made. Its start is the first point of its path.

    method     None of a replayed run whose method gdanim does not know
    spec       the method as `-O` takes it, or as the replayed file has it
    schedule   None of a replayed run
    lr         the base rate; of a replayed run the rate of its first step, NaN where that is not known
    batch      the rows that its steps see; None where they see all
    label      what tells it from the others, for people; may be empty
    source     the file that it was read from, as `--trajectory` names it; else empty
    title      what a person calls that file; may be empty
    """

    method: Choice[Method] | None
    spec: str
    schedule: Choice[Schedule] | None
    lr: float
    label: str = ""
    source: str = ""
    title: str = ""
    batch: MiniBatch | None = None

    @property
    def replayed(self) -> bool:
        """Whether it was read from a file."""
        return bool(self.source)

    @property
    def method_name(self) -> str:
        """The method without its hyperparameters, as people read it: `adam`."""
        return self.spec.partition(":")[0] if self.method is None else self.method.entry.word


Runs = tuple[Run, ...]


class Batch(NamedTuple):
    """The runs of one method under one schedule: they are solved together.

    lr (runs,)       the base rates
    start (runs, d)
    stream (runs,)   of the random numbers of each run, see stream_of()
    rows             that each step sees; None for all
    """

    method: Choice[Method]
    schedule: Choice[Schedule]
    lr: Scalar
    start: Vector
    stream: tuple[int, ...]
    rows: MiniBatch | None = None


def expand(request: Request, objective: Objective, origin: Sequence[Vector] = ()) -> list[Batch]:
    """What is to be solved: methods first, then schedules; within a batch rates first, then starts.

    `origin` are the starts where the request names none, or else the objective's. Raises UsageError where one is amiss.
    """
    starts = _starts(request.settings, objective, origin)
    streams = tuple(map(stream_of, starts))
    batches = []
    for method, schedule, rows in product(request.methods, request.schedules, _rows_of_steps(request, objective)):
        if method.entry.name == "newton" and objective.dim > MOST_WITH_HESSIAN:
            allowed = f"takes Hessians of up to {MOST_WITH_HESSIAN} variables, not {objective.dim:,}: choose lbfgs"
            raise SettingError("--optimizer", method.spec, allowed)
        rates = (method.lr,) if method.lr is not None else request.settings.lr or (default_rate(method, objective),)
        lr, start = np.repeat(np.array(rates, dtype=np.float64), len(starts)), np.tile(starts, (len(rates), 1))
        batches.append(Batch(method, schedule, lr, start, streams * len(rates), rows))
    return batches


def _rows_of_steps(request: Request, objective: Objective) -> list[MiniBatch | None]:
    """The sizes of mini-batches that a request names. Raises SettingError where there are not so many rows."""
    sizes, model = request.settings.batch or (ALL,), objective.model
    found: list[MiniBatch | None] = []
    for size in sizes:
        if model is None or size == ALL:
            found.append(None)
        elif int(size) > model.points.rows:
            raise SettingError("--batch", size, f"the table has {model.points.rows:,} rows: give fewer, or all")
        else:
            found.append(MiniBatch(int(size), model.points.rows))
    return found


def scheduled_rates(schedule: Choice[Schedule], lr: Scalar, iterations: int) -> Scalar:
    """The rate of every step (runs, iterations) for base rates lr (runs,). Raises PluginError where a plug-in fails."""
    rates: Scalar = schedule.build()(np.arange(iterations), lr[:, np.newaxis], iterations)
    return rates


def stream_of(start: Vector) -> int:
    """The stream of random numbers of a run that starts at a point (d,).

    The start alone decides, so that runs from one point meet the same noise, whatever starts beside them.
    """
    point = (start + 0.0).astype("<f8")  # −0 is 0
    return int.from_bytes(blake2b(point.tobytes(), digest_size=8).digest(), "little")


def default_rate(method: Choice[Method], objective: Objective) -> float:
    """The rate with which a method is seen to move on an objective."""
    match method.entry.rate:
        case Rate.OBJECTIVE:
            return objective.lr
        case Rate.DAMPED:
            return float(f"{objective.lr * DAMPED_SHARE * (1 - method.values['momentum']):.6g}")
        case Rate.MIXED:  # the average of the gradients is slow: the share of the last one does the work
            return float(f"{objective.lr / max(1 - method.values['nu'], LEAST_SHARE):.6g}")
        case Rate.WIDTH | Rate.WIDE | Rate.WHOLE:
            width = float(np.max(objective.bounds[:, 1] - objective.bounds[:, 0]))
            return float(f"{WIDTH_SHARES[method.entry.rate] * width:.0e}")
        case Rate.ONE:
            return 1.0


def runs_of(batches: Sequence[Batch], *, coordinates: bool, alone: bool = True) -> Runs:
    """The runs of all batches, each called by what tells it apart: `adam, lr 0.05`. The rate is in every name.

    coordinates   whether a start is named by its point. Random starts are not: if nothing else differs, their runs have
                  empty names
    alone         whether no replayed run stands beside; a single run then has an empty name
    """
    rates = {rate for batch in batches for rate in batch.lr.tolist()}
    starts = np.concatenate([batch.start for batch in batches])
    by_method = not alone or len({batch.method.spec for batch in batches}) > 1
    by_schedule = len({batch.schedule.spec for batch in batches}) > 1
    by_rows = len({batch.rows for batch in batches}) > 1
    by_start = coordinates and len(np.unique(starts, axis=0)) > 1
    is_single = alone and len(starts) == 1
    # Sizes of batches that are compared say enough where all else is the same.
    by_rate = not is_single and (len(rates) > 1 or by_method or by_schedule or (coordinates and not by_rows))

    rate_text = dict(zip(named := sorted(rates), distinct(named), strict=True))
    points = list(dict.fromkeys(map(tuple, starts.tolist()))) if by_start else []
    start_text = dict(zip(points, distinct_points(points), strict=True))

    def label(batch: Batch, rate: float, start: Vector) -> str:
        parts = (
            batch.method.label if by_method else "",
            f"lr {rate_text[rate]}" if by_rate else "",
            f"start {start_text[tuple(start.tolist())]}" if by_start else "",
            batch.schedule.label if by_schedule else "",
            batch_label(batch.rows) if by_rows else "",
        )
        return ", ".join(filter(None, parts))

    runs: list[Run] = []
    for batch in batches:
        # Runs that differ in nothing but a random start share one record: there may be a million of them.
        known: dict[tuple[float, str], Run] = {}
        for rate, start in zip(batch.lr.tolist(), batch.start, strict=True):
            name = label(batch, rate, start)
            run = Run(batch.method, batch.method.spec, batch.schedule, rate, name, batch=batch.rows)
            runs.append(known.setdefault((rate, run.label), run))
    return tuple(runs)


def batch_label(batch: MiniBatch | None) -> str:
    """How many rows each step sees, as people read it."""
    return "all rows" if batch is None else batch.label


def _starts(settings: Picture, objective: Objective, origin: Sequence[Vector]) -> Vector:
    """The starts that a request names (m, d)."""
    if settings.starts is not None:
        return random_starts(
            objective,
            settings.starts,
            seed=settings.seed,
            min_separation=settings.min_separation,
            avoid_minima=settings.avoid_minima,
            avoid=_avoided(settings, objective),
        )
    starts = [check_start("--start", start, objective.dim, objective.name) for start in settings.start]
    if starts:
        return np.array(starts, dtype=np.float64)
    return np.array(origin if len(origin) else [objective.start], dtype=np.float64)


def _avoided(settings: Picture, objective: Objective) -> Vector | None:
    """The points that --avoid names (m, d); None for the minima. Of one variable each number is a point."""
    if not settings.avoid:
        return None
    if objective.dim == 1:
        return np.array([[x] for numbers in settings.avoid for x in numbers])
    return np.array([check_start("--avoid", point, objective.dim, objective.name) for point in settings.avoid])


def random_starts(
    objective: Objective,
    candidates: int,
    *,
    seed: int,
    min_separation: float = 0.0,
    avoid_minima: float = 0.0,
    avoid: Vector | None = None,
) -> Vector:
    """Points drawn uniformly in the bounds, `candidates` of them, without those that are too close: (m, d).

    A point is dropped where it is closer than min_separation to the last one that was kept, to 0 where there is none,
    as in the notebook that gdanim began as; or closer than avoid_minima to a minimizer, one of a curve or an area of
    them, too, or in their place to one of the points `avoid` (k, d). Raises UsageError where none is left.
    """
    low, high = objective.bounds.T
    drawn = np.random.default_rng(seed).uniform(low, high, (candidates, objective.dim))
    if avoid is not None:
        away = np.linalg.norm(drawn[:, np.newaxis] - avoid, axis=2).min(axis=1)
        drawn = drawn[away >= avoid_minima]
    elif avoid_minima > 0:
        drawn = drawn[distances_from_minima(objective, drawn, avoid_minima) >= avoid_minima]
    kept: list[Vector] = []
    last = np.zeros(objective.dim)
    for candidate in drawn:
        if np.linalg.norm(candidate - last) >= min_separation:
            kept.append(last := candidate)
    if not kept:
        what = "the minima" if avoid is None else "--avoid"
        wanted = f"{min_separation:g} apart and {avoid_minima:g} away from {what}"
        way_out = "Lower --min-separation or --avoid-minima, or try another --seed"
        raise UsageError(f"None of {candidates} random starts is {wanted}. {way_out}")
    return np.array(kept)
