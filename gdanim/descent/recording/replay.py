"""Replay: the trajectory in a file, whoever made it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gdanim.catalogue import registry
from gdanim.descent.recording.file_types import STDIN
from gdanim.descent.recording.table import Table, read_table
from gdanim.descent.runs import Run
from gdanim.descent.trajectory import MAX_RECORDED, Outcome, Trajectory, judge
from gdanim.errors import DomainError, UsageError
from gdanim.formatting import coordinates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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
    point = table.point[_rows(first, last)]
    x, f, grad = point[..., : objective.dim], point[..., objective.dim], point[..., objective.dim + 1 :]
    failed = np.where(lost[:, np.newaxis], table.point[first + np.minimum(stop, length - 1)], 0.0)
    outcome, since = judge(objective, x, f, last, failed, [_ended(name) for name in table.names])
    lr = _rates(table, first, last + lost, int(last.max()))
    for array in (point, x, f, grad, lr, last, failed):
        array.flags.writeable = False
    trajectory = Trajectory(
        x=x,
        f=f,
        grad=grad,
        lr=lr,
        evaluations=np.broadcast_to(np.int64(-1), f.shape),
        last=last,
        outcome=outcome,
        since=since,
        lost=failed,
    )
    return trajectory, _runs(table, trajectory.first_rate, _labels(table, path, alone=alone))


def _runs(table: Table, lr: Scalar, labels: Sequence[str]) -> Runs:
    """How each run was made, as far as the file says; lr (runs,) holds the rates of the first steps."""
    specs = [name.optimizer or UNKNOWN for name in table.names]
    known = {spec: _method(spec) for spec in dict.fromkeys(specs)}
    return tuple(
        Run(known[spec], spec, None, rate, label, replayed=True)
        for spec, rate, label in zip(specs, lr.tolist(), labels, strict=True)
    )


def _method(spec: str) -> Choice[Method] | None:
    """The method that a file names, which may be anything; None where gdanim does not know it."""
    try:
        return registry.optimizer(spec)
    except UsageError:
        return None


def _ended(name: Name) -> Outcome:
    """How the file says that a run ended, where that cannot be seen from its path."""
    known = {outcome.name: outcome for outcome in Outcome if not outcome.failed}
    return known.get(name.outcome or "", Outcome.STEP_LIMIT)


def _sorted(table: Table) -> Table:
    """The rows run by run, each run's in the order of the file."""
    if (np.diff(table.run) >= 0).all():
        return table
    order = np.argsort(table.run, kind="stable")
    columns = ("place", "run", "iteration", "lr", "point", "given")
    return replace(table, **{column: getattr(table, column)[order] for column in columns})


def _check_iterations(table: Table, step: Index) -> None:
    """Refuse gaps: nobody knows where a path was between two rows."""
    jump = np.flatnonzero((step[1:] > 0) & (np.diff(table.iteration) != 1)) + 1
    if jump.size:
        row = int(jump[np.argmin(table.place[jump])])
        before, here = table.iteration[row - 1 : row + 1].tolist()
        raise table.source.refusal(
            f"iteration {here} follows {before}: number the rows of a run 0, 1, 2, …, and the runs in a column run",
            int(table.place[row]),
        )


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
    return replace(table, point=point, given=given)


def _check_starts(table: Table, objective: Objective, first: Index, stop: Index) -> None:
    if stop.all():
        return
    row = int(first[np.argmin(stop)])
    where = coordinates(table.point[row, : objective.dim])
    f_of = "f(x)" if objective.dim == 1 else "f(x, y)"
    reason = f"{f_of} = {objective.formula} has no finite value and slope at the start {where}"
    raise DomainError(str(table.source.refusal(reason, int(table.place[row]))))


def _check_size(table: Table, last: Index) -> None:
    runs, longest = len(last), int(last.max()) + 1
    if runs * longest > MAX_RECORDED:
        reason = f"{runs:,} runs of up to {longest:,} rows are more than the {MAX_RECORDED:,} that can be replayed"
        raise table.source.refusal(reason)


def _rows(first: Index, last: Index) -> NDArray[np.int64]:
    """The row of every run at every iteration, the last one repeated: (runs, n+1)."""
    iteration = np.arange(int(last.max()) + 1)
    rows: NDArray[np.int64] = first[:, np.newaxis] + np.minimum(iteration, last[:, np.newaxis])
    return rows


def _rates(table: Table, first: Index, last: Index, iterations: int) -> Scalar:
    """The rate of every step (runs, n), which stands in the row that the step leads to; the last one repeated."""
    step = np.minimum(np.arange(1, iterations + 1), last[:, np.newaxis])
    rates: Scalar = table.lr[first[:, np.newaxis] + step]
    return rates


def _labels(table: Table, path: str, *, alone: bool) -> tuple[str, ...]:
    """What the legend calls each run."""
    given = [name.label for name in table.names]
    if alone and (len(given) == 1 or None not in given):
        return tuple(label or "" for label in given)
    stem = UNKNOWN if path == STDIN else Path(path).stem
    short = [_text_of_run(name) or name.optimizer or stem for name in table.names]
    shared = Counter(short)
    return tuple(
        name.label or (_full(name, stem) if shared[title] > 1 else title)
        for name, title in zip(table.names, short, strict=True)
    )


def _text_of_run(name: Name) -> str:
    """What the column `run` says of a run, where that is not just a number."""
    return "" if name.run is None or name.run.isdecimal() else name.run


def _full(name: Name, stem: str) -> str:
    text = _text_of_run(name)
    number = "" if text or not name.run else f"run {name.run}"
    return ", ".join(part for part in (text, name.optimizer, number) if part) or stem
