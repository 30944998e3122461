"""Replay: the trajectory in a file, whoever made it."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalogue import registry
from gdanim.descent.recording.file_types import STDIN
from gdanim.descent.recording.table import Table, read_table
from gdanim.descent.runs import Run
from gdanim.descent.trajectory import MAX_RECORDED, Stop, Trajectory, judge, no_value_at
from gdanim.errors import DomainError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.arrays import Index, Scalar
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.specs import Method
    from gdanim.descent.recording.table import Name
    from gdanim.descent.runs import Runs
    from gdanim.objectives.objective import Objective

UNKNOWN = "replay"  # what chose the steps, where the file does not say


def read_trajectory(path: str, objective: Objective, *, alone: bool = True) -> tuple[Trajectory, Runs]:
    """Read the runs of a file: .csv, .jsonl, .npz, or a pipe of one of the first two; "-" is standard input.

    Rows need iteration and x; f and ∇f are computed where they are not given. The iterations of a run follow one
    another in the file, from any number on, which becomes 0. A run ends before its first row that is not finite;
    rows after that are not looked at. How it ended is judged as the solver judges; what it cost is not known
    (evaluations is −1). Past the end of a run, its last rate is repeated.

    A run is called by its label in the file, else by its run or optimizer; a single run that is `alone` needs no label.
    Raises UsageError where the file cannot be read or is malformed, naming the line, and DomainError where a run
    starts at a point without a finite value and slope.
    """
    table = _sorted(read_table(path, objective))
    length = np.bincount(table.run)
    first = np.cumsum(length) - length
    step = np.arange(len(table.run)) - first[table.run]
    _check_iterations(table, step)
    table = _completed(table, objective, _stop(table, step, first, length), step)
    stop = _stop(table, step, first, length)
    _check_starts(table, objective, first, stop)
    last, lost = stop - 1, stop < length
    _check_size(table, last)
    begin, iteration = first[:, np.newaxis], np.arange(int(last.max()) + 1)
    point = table.point[begin + np.minimum(iteration, last[:, np.newaxis])]
    # The rate of a step stands in the row that the step leads to.
    lr = table.lr[begin + np.minimum(iteration[1:], (last + lost)[:, np.newaxis])]
    failed = np.where(lost[:, np.newaxis], table.point[first + np.minimum(stop, length - 1)], 0.0)
    for array in (point, lr, last, failed):
        array.flags.writeable = False
    endings = {stop.name: stop for stop in Stop}
    replayed = Trajectory(
        x=point[..., : objective.dim],
        f=point[..., objective.dim],
        grad=point[..., objective.dim + 1 :],
        lr=lr,
        evaluations=np.broadcast_to(np.int64(-1), point.shape[:2]),
        last=last,
        stop=tuple(endings.get(name.outcome or "", Stop.STEP_LIMIT) for name in table.names),
        since=last,
        lost=failed,
    )
    trajectory = judge(objective, replayed)
    return trajectory, _runs(table.names, trajectory.first_rate, _labels(table.names, path, alone=alone))


def _runs(names: Sequence[Name], lr: Scalar, labels: Sequence[str]) -> Runs:
    """How each run was made, as far as the file says; lr (runs,) holds the rates of the first steps."""
    specs = [name.optimizer or UNKNOWN for name in names]
    known: dict[str, Choice[Method]] = {}
    for spec in dict.fromkeys(specs):
        with suppress(UsageError):  # the file may name any method
            known[spec] = registry.optimizer(spec)
    return tuple(
        Run(known.get(spec), spec, None, rate, label, replayed=True)
        for spec, rate, label in zip(specs, lr.tolist(), labels, strict=True)
    )


def _sorted(table: Table) -> Table:
    """The rows run by run, each run's in the order of the file."""
    if (np.diff(table.run) >= 0).all():
        return table
    order = np.argsort(table.run, kind="stable")
    return table._replace(**{name: getattr(table, name)[order] for name in Table._fields[2:]})


def _check_iterations(table: Table, step: Index) -> None:
    """Refuse gaps: nobody knows where a path was between two rows."""
    jump = np.flatnonzero((step[1:] > 0) & (np.diff(table.iteration) != 1)) + 1
    if jump.size:
        row = int(jump[np.argmin(table.place[jump])])
        before, here = table.iteration[row - 1 : row + 1].tolist()
        way = "number the rows of a run 0, 1, 2, …, and the runs in a column run"
        raise table.source.refusal(f"iteration {here} follows {before}: {way}", int(table.place[row]))


def _stop(table: Table, step: Index, first: Index, length: Index) -> Index:
    """The first row of every run with a number that is given and not finite, counted in the run; else its length."""
    broken = (~np.isfinite(table.point) & table.given).any(axis=1)
    stop: Index = np.minimum.reduceat(np.where(broken, step, np.iinfo(np.int64).max), first)
    return np.minimum(stop, length)


def _completed(table: Table, objective: Objective, stop: Index, step: Index) -> Table:
    """The table with f and ∇f computed where the file does not give them, up to where a run was lost."""
    dim = objective.dim
    seen = (step <= stop[table.run]) & np.isfinite(table.point[:, :dim]).all(axis=1)
    rows = np.flatnonzero(seen & ~table.given.all(axis=1))
    if not rows.size:
        return table
    with np.errstate(all="ignore"):
        f, grad = objective.raw_value_and_gradient(table.point[rows, :dim])
    computed = np.concatenate([table.point[rows, :dim], f[:, np.newaxis], grad], axis=1)
    point, given = table.point.copy(), table.given.copy()
    point[rows] = np.where(given[rows], point[rows], computed)
    given[rows] = True
    return table._replace(point=point, given=given)


def _check_starts(table: Table, objective: Objective, first: Index, stop: Index) -> None:
    if not stop.all():
        row = int(first[np.argmin(stop)])
        reason = no_value_at(objective, table.point[row, : objective.dim])
        raise DomainError(str(table.source.refusal(reason, int(table.place[row]))))


def _check_size(table: Table, last: Index) -> None:
    runs, longest = len(last), int(last.max()) + 1
    if runs * longest > MAX_RECORDED:
        reason = f"{runs:,} runs of up to {longest:,} rows are more than the {MAX_RECORDED:,} that can be replayed"
        raise table.source.refusal(reason)


def _labels(names: Sequence[Name], path: str, *, alone: bool) -> list[str]:
    """What the legend calls each run."""
    if alone and (len(names) == 1 or all(name.label is not None for name in names)):
        return [name.label or "" for name in names]
    stem = UNKNOWN if path == STDIN else Path(path).stem
    short = [name.words or name.optimizer or stem for name in names]
    shared = Counter(short)
    return [
        name.label or (_long_label(name) or stem if shared[title] > 1 else title)
        for name, title in zip(names, short, strict=True)
    ]


def _long_label(name: Name) -> str:
    number = f"run {name.run}" if name.run and not name.words else ""
    return ", ".join(filter(None, (name.words, name.optimizer, number)))
