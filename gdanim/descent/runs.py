"""Race: every combination of optimizer, rate, schedule and start that a request names, and what each run is called."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalogue import registry
from gdanim.catalogue.choices import CONSTANT, check_together
from gdanim.catalogue.specs import Rate
from gdanim.descent.starts import random_starts
from gdanim.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Scalar, Vector
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.specs import Method, Schedule
    from gdanim.objectives.objective import Objective
    from gdanim.settings import Settings

WIDTH_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The runs of one optimizer under one schedule: they are solved together.

    lr (runs,)   the base rates
    start (runs, d)
    stream (runs,)   of the random numbers of each run: its start alone decides, so that runs from one point meet the
                     same noise, whatever starts beside them
    """

    optimizer: Choice[Method]
    schedule: Choice[Schedule]
    lr: Scalar
    start: Vector
    stream: tuple[int, ...]

    def rates(self, iterations: int) -> Scalar:
        """The rate of every step: (runs, iterations). Raises PluginError where a plug-in's schedule fails."""
        rates: Scalar = self.schedule.build()(np.arange(iterations), self.lr[:, np.newaxis], iterations)
        return rates


def heats(settings: Settings, objective: Objective, origin: Sequence[Vector] = ()) -> list[Heat]:
    """What is to be solved: optimizers first, then schedules; within a heat rates first, then starts.

    `origin` are the starts where the request names none; without it, the objective's own.
    Raises UsageError where a start does not fit, or an optimizer would not follow its schedule.
    """
    starts = _starts(settings, objective, origin)
    streams = tuple(map(stream_of, starts))
    found = []
    schedules = [registry.schedule(text) for text in settings.schedule or (CONSTANT,)]
    for text, schedule in product(settings.optimizer or ("gd",), schedules):
        optimizer = registry.optimizer(text)
        check_together(optimizer, schedule)
        own = None if optimizer.lr is None else (optimizer.lr,)
        rates = own or settings.lr or (default_rate(optimizer, objective),)
        found.append(
            Heat(
                optimizer=optimizer,
                schedule=schedule,
                lr=np.repeat(np.array(rates, dtype=np.float64), len(starts)),
                start=np.tile(starts, (len(rates), 1)),
                stream=streams * len(rates),
            )
        )
    return found


def stream_of(start: Vector) -> int:
    """The stream of a run from a point (d,)."""
    point = (start + 0.0).astype("<f8")  # −0 is 0
    return int.from_bytes(blake2b(point.tobytes(), digest_size=8).digest(), "little")


def default_rate(optimizer: Choice[Method], objective: Objective) -> float:
    """The rate with which an optimizer is seen to move on an objective."""
    match optimizer.entry.rate:
        case Rate.OBJECTIVE:
            return objective.lr
        case Rate.DAMPED:
            return float(f"{objective.lr * (1 - optimizer.values['momentum']):.6g}")
        case Rate.WIDTH:
            width = float(np.max(objective.bounds[:, 1] - objective.bounds[:, 0]))
            return float(f"{WIDTH_SHARE * width:.0e}")
        case Rate.ONE:
            return 1.0


def labels(heats: Sequence[Heat], *, coordinates: bool, alone: bool = True) -> list[list[str]]:
    """What tells the runs of a request apart, for people: `adam, lr 0.05`; the rate always, be it the same for all.

    `coordinates` says whether a start is told by where it is: of random starts, that says nothing, and where nothing
    else differs they are called nothing. So is a single run that is alone.
    """
    if alone and sum(len(heat.lr) for heat in heats) == 1:
        return [[""]]
    raced = not alone or len({heat.optimizer.spec for heat in heats}) > 1
    planned = len({heat.schedule.spec for heat in heats}) > 1
    rates = {rate for heat in heats for rate in heat.lr.tolist()}
    starts = len(np.unique(np.concatenate([heat.start for heat in heats]), axis=0))
    told = coordinates or raced or planned or len(rates) > 1
    found = []
    for heat in heats:
        first = [heat.optimizer.label] if raced else []
        last = [heat.schedule.label] if planned else []
        found.append(
            [
                ", ".join(
                    [
                        *first,
                        *([f"lr {rate:g}"] if told else []),
                        *([f"start {_point(start)}"] if coordinates and starts > 1 else []),
                        *last,
                    ]
                )
                for rate, start in zip(heat.lr.tolist(), heat.start, strict=True)
            ]
        )
    return found


def _point(x: Vector) -> str:
    return ", ".join(f"{value:.4g}" for value in x.tolist())


def _starts(settings: Settings, objective: Objective, origin: Sequence[Vector]) -> Vector:
    if settings.starts is not None:
        return random_starts(
            objective,
            settings.starts,
            seed=settings.seed,
            min_separation=settings.min_separation,
            avoid_minima=settings.avoid_minima,
        )
    for start in settings.start:
        if len(start) != objective.dim:
            needed = "one coordinate" if objective.dim == 1 else "two coordinates"
            raise SettingError("--start", ",".join(f"{x:g}" for x in start), f"{objective.name} takes {needed}")
    if settings.start:
        return np.array(settings.start, dtype=np.float64)
    return np.array(origin if len(origin) else [objective.start], dtype=np.float64)
