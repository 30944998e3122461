"""Replay: the trajectory in a file, whoever made it."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.catalogue import registry
from gdanim.descent.recording.dense import read_dense
from gdanim.descent.recording.file_types import UNKNOWN
from gdanim.descent.recording.rows import Name, Rows, read_rows
from gdanim.descent.recording.variables import variables_in
from gdanim.descent.runs import Run
from gdanim.descent.trajectory import MAX_RECORDED, Stop, Trajectory, judge, no_value_at
from gdanim.errors import DomainError, SettingError, UsageError
from gdanim.formatting import count
from gdanim.objectives.grounds.recorded import recording
from gdanim.tables.files import STDIN, labelled, name_of, stem_of
from gdanim.tables.points import shape_in
from gdanim.tables.reading import open_table
from gdanim.tables.table import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gdanim.arrays import Index, Scalar
    from gdanim.catalogue.choices import Choice
    from gdanim.catalogue.specs import Method
    from gdanim.descent.runs import Runs
    from gdanim.objectives.objective import Objective


class Recording(NamedTuple):
    """What a file holds. remarks: what a person should know about how it was read."""

    trajectory: Trajectory
    runs: Runs
    remarks: tuple[str, ...]


def read_trajectory(
    path: str,
    objective: Objective,
    *,
    columns: Mapping[str, str] = MappingProxyType({}),
    title: str = "",
    alone: bool = True,
) -> Recording:
    """Read the runs of a table, see gdanim/tables; "-" is standard input.

    Rows need x; f and ∇f are computed where they are not given. The iterations of a run rise, from any number on. A
    run ends before its first row that is not finite; rows after that are not looked at. How it ended is judged as the
    solver judges; what it cost is not known (evaluations is −1). Past the end of a run, its last rate is repeated.

    columns   names of columns by their roles, where a person gives them
    title     what a person calls the file: its runs are called so, too
    alone     whether no other runs stand beside: a single run then needs no label. Else it is called by its label in
              the file, or its run or optimizer

    Raises UsageError where the file cannot be read or is malformed, naming the line, and DomainError where a run
    starts at a point without a finite value and slope.
    """
    dense = read_dense(path, objective)
    if dense is not None:
        names = [Name(str(run + 1), None, None, None) for run in range(dense.runs)]
        runs = _runs(names, dense.first_rate, _labels(names, path, alone=alone))
        return Recording(dense, _entitled(runs, title), ())
    rows = _sorted(read_rows(path, objective, columns))
    objective = recording(rows.dim) if objective.recorded else objective
    length = np.bincount(rows.run)
    first = np.cumsum(length) - length
    step = np.arange(len(rows.run)) - first[rows.run]
    rows = _completed(rows, objective, _stop(rows, step, first, length), step)
    stop = _stop(rows, step, first, length)
    _check_starts(rows, objective, first, stop)
    last, lost = stop - 1, stop < length
    begin, iteration = first[:, np.newaxis], np.arange(int(last.max()) + 1)
    point = rows.point[begin + np.minimum(iteration, last[:, np.newaxis])]
    # The rate of a step stands in the row that the step leads to.
    lr = rows.lr[begin + np.minimum(iteration[1:], (last + lost)[:, np.newaxis])]
    failed = np.where(lost[:, np.newaxis], rows.point[first + np.minimum(stop, length - 1)], 0.0)
    k = _iterations(rows, first, length, last)
    for array in (point, k, lr, last, failed):
        array.flags.writeable = False
    endings = {stop.name: stop for stop in Stop}
    replayed = Trajectory(
        x=point[..., : objective.dim],
        f=point[..., objective.dim],
        grad=point[..., objective.dim + 1 :],
        k=k,
        lr=lr,
        evaluations=np.broadcast_to(np.int64(-1), point.shape[:2]),
        last=last,
        stop=tuple(endings.get(name.outcome or "", Stop.STEP_LIMIT) for name in rows.names),
        since=last,
        lost=failed,
    )
    trajectory = judge(objective, replayed)
    runs = _runs(rows.names, trajectory.first_rate, _labels(rows.names, path, alone=alone))
    return Recording(trajectory, _entitled(runs, title), rows.remarks)


def _entitled(runs: Runs, title: str) -> Runs:
    """Runs of a file that a person calls by a title; as they are where that is empty."""
    if not title:
        return runs
    return tuple(run._replace(title=title, label=_titled(title, run.label, len(runs))) for run in runs)


def _iterations(rows: Rows, first: Index, length: Index, last: Index) -> Index:
    """The iteration of each row, see Trajectory.k: (runs, n+2). Behind the last row of a file, one more."""
    row = np.arange(int(last.max()) + 2)
    there = first[:, np.newaxis] + np.minimum(row, np.minimum(last + 1, length - 1)[:, np.newaxis])
    k: Index = rows.iteration[there]
    beyond = np.maximum(row - (length - 1)[:, np.newaxis], 0)
    k += np.minimum(beyond, 1)
    return k


def read_all(
    given: Sequence[str], objective: Objective, *, columns: Mapping[str, str], alone: bool = True
) -> tuple[Recording, ...]:
    """Read the runs of several tables, `FILE` or `LABEL=FILE`. Runs of one name are told apart by their files."""
    alone = alone and len(given) == 1
    parts = [labelled(text) for text in given]
    found = [read_trajectory(path, objective, columns=columns, title=title, alone=alone) for title, path in parts]
    runs = sum(one.trajectory.runs for one in found)
    longest = max(one.trajectory.iterations for one in found) + 1
    _check_alike(given, found)
    if runs * longest > MAX_RECORDED:
        words = f"{runs:,} runs of up to {longest:,} rows are more than the {MAX_RECORDED:,} that can be replayed"
        raise SettingError("--trajectory", given[-1], words)
    names = Counter(label for one in found for label in {run.label for run in one.runs})
    stems = [stem_of(path) for _, path in parts]
    unlike = len(set(stems)) == len(stems)

    def told_apart(run: Run, place: int) -> Run:
        run = run._replace(source=given[place])
        if names[run.label] == 1:
            return run
        name = stems[place] if unlike else parts[place][1]
        return run._replace(label=name if run.label in ("", stems[place]) else f"{name}, {run.label}")

    return tuple(
        one._replace(runs=tuple(told_apart(run, place) for run in one.runs)) for place, one in enumerate(found)
    )


def variables_of(given: Sequence[str], columns: Mapping[str, str]) -> int | None:
    """How many coordinates the points of the first of several tables have; None where that shows only later."""
    path = labelled(given[0])[1]
    source = Source(name_of(path))
    if path == STDIN or not Path(path).is_file():
        return None
    if shape := shape_in(path, source):
        return shape[-1] if len(shape) > 1 else None
    with suppress(UsageError), open_table(path) as table:
        return variables_in(table, columns)
    return None


def _check_alike(given: Sequence[str], found: Sequence[Recording]) -> None:
    """Refuse files whose points have different numbers of coordinates. Raises SettingError."""
    dims = [one.trajectory.x.shape[2] for one in found]
    for text, dim in zip(given, dims, strict=True):
        if dim != dims[0]:
            allowed = f"its points have {count(dim, 'coordinate')}, those of {given[0]} {dims[0]:,}"
            raise SettingError("--trajectory", text, allowed)


def _runs(names: Sequence[Name], lr: Scalar, labels: Sequence[str]) -> Runs:
    """How each run was made, as far as the file says; lr (runs,) holds the rates of the first steps."""
    specs = [name.optimizer or UNKNOWN for name in names]
    known: dict[str, Choice[Method]] = {}
    for spec in dict.fromkeys(specs):
        with suppress(UsageError):  # the file may name any method
            known[spec] = registry.optimizer(spec)
    return tuple(
        Run(known.get(spec), spec, None, rate, label, source=UNKNOWN)
        for spec, rate, label in zip(specs, lr.tolist(), labels, strict=True)
    )


def _sorted(rows: Rows) -> Rows:
    """The rows run by run, each run's in the order of the file."""
    if (np.diff(rows.run) >= 0).all():
        return rows
    order = np.argsort(rows.run, kind="stable")
    columns = ("run", "iteration", "lr", "point", "given")
    return rows._replace(**{name: getattr(rows, name)[order] for name in columns})


def _stop(rows: Rows, step: Index, first: Index, length: Index) -> Index:
    """The first row of every run with a number that is given and not finite, counted in the run; else its length."""
    broken = (~np.isfinite(rows.point) & rows.given).any(axis=1)
    stop: Index = np.minimum.reduceat(np.where(broken, step, np.iinfo(np.int64).max), first)
    return np.minimum(stop, length)


def _completed(rows: Rows, objective: Objective, stop: Index, step: Index) -> Rows:
    """The rows with f and ∇f computed where the file does not give them, up to where a run was lost.

    As they are without a function.
    """
    if objective.recorded:
        return rows
    dim = objective.dim
    seen = (step <= stop[rows.run]) & np.isfinite(rows.point[:, :dim]).all(axis=1)
    at = np.flatnonzero(seen & ~rows.given.all(axis=1))
    if not at.size:
        return rows
    with np.errstate(all="ignore"):
        f, grad = objective.raw_value_and_gradient(rows.point[at, :dim])
    computed = np.concatenate([rows.point[at, :dim], f[:, np.newaxis], grad], axis=1)
    point, given = rows.point.copy(), rows.given.copy()
    point[at] = np.where(given[at], point[at], computed)
    given[at] = True
    return rows._replace(point=point, given=given)


def _check_starts(rows: Rows, objective: Objective, first: Index, stop: Index) -> None:
    if not stop.all():
        run = int(np.argmin(stop))
        reason = no_value_at(objective, rows.point[first[run], : objective.dim])
        raise DomainError(str(rows.source.refusal(reason, rows.begins[run])))


def _titled(title: str, label: str, runs: int) -> str:
    """The label of one of the runs in a file that has a title."""
    if runs == 1 or label in ("", title):
        return title
    return label if label.startswith(f"{title}, ") else f"{title}, {label}"


def _labels(names: Sequence[Name], path: str, *, alone: bool) -> list[str]:
    """What the legend calls each run."""
    if alone and (len(names) == 1 or all(name.label is not None for name in names)):
        return [name.label or "" for name in names]
    stem = UNKNOWN if path == STDIN else stem_of(path)
    short = [name.words or name.optimizer or stem for name in names]
    shared = Counter(short)
    return [
        name.label or (_long_label(name) or stem if shared[title] > 1 else title)
        for name, title in zip(names, short, strict=True)
    ]


def _long_label(name: Name) -> str:
    number = f"run {name.run}" if name.run and not name.words else ""
    return ", ".join(filter(None, (name.words, name.optimizer, number)))
