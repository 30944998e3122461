"""Jobs: the renders of a batch, each with its request and its outputs, checked before any of them runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.batch.jobfile import NAMES, PRESET, JobFile, read_job_file
from gdanim.batch.naming import as_text, escaping, filled, placeholders
from gdanim.errors import UsageError, shown
from gdanim.presets import refuse_python
from gdanim.settings import SAVED, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_SHOWN: Final = 6  # values that tell a job apart, in messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One render of a batch.

    source   the file that asks for it
    read     the files that say what is to be rendered
    number   its place in the batch, from 1
    values   what tells it apart from others of its file
    fields   of Settings: what is rendered, and its outputs
    """

    source: str
    read: tuple[str, ...]
    number: int
    values: Mapping[str, Any]
    fields: Mapping[str, Any]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that it names: outputs, then poster and data."""
        return (*self.fields["output"], *(self.fields[name] for name in NAMES[1:] if self.fields.get(name)))

    @property
    def name(self) -> str:
        """What messages call it: its first output."""
        return str(self.fields["output"][0])

    @property
    def where(self) -> str:
        """What messages call it: its file, its number, and what tells it apart."""
        return f"{self.source}: job {self.number}{_told(self.values)}"

    @property
    def settings(self) -> Settings:
        """The request. Raises SettingError."""
        return Settings(**self.fields)


class Wanted(NamedTuple):
    """What the command line says of a batch.

    output          templates in place of the files' own
    allow_outside   whether a job file may write anywhere
    allow_python    whether it may name Python code
    shard           (k, n): only every n-th job, from the k-th
    """

    output: tuple[str, ...] = ()
    allow_outside: bool = False
    allow_python: bool = False
    shard: tuple[int, int] = (1, 1)


def planned_jobs(paths: Sequence[str], wanted: Wanted) -> list[Job]:
    """The jobs of some job files and presets. Raises UsageError where one of them cannot be what was meant."""
    jobs: list[Job] = []
    for path in dict.fromkeys(paths):
        jobs += _jobs_of(read_job_file(path), wanted, len(jobs))
    _check_apart(jobs)
    first, parts = wanted.shard
    return list(islice(jobs, first - 1, None, parts))


def _jobs_of(file: JobFile, wanted: Wanted, before: int) -> Iterator[Job]:
    names = {**file.names, "output": wanted.output} if wanted.output else dict(file.names)
    if "output" not in names:
        raise UsageError(f'{file.source} names no output: add output = "out/{{{PRESET}}}.gif", or give -o')
    known = frozenset({*file.base, *(key for row in file.rows for key in row), *([PRESET] if file.preset else [])})
    used = {text: placeholders(text, known, file.source) for texts in names.values() for text in texts}
    if not wanted.allow_python:
        refuse_python(file.base, {}, source=file.source)
    for number, row in enumerate(file.rows, start=before + 1):
        if not wanted.allow_python and row:
            refuse_python(row, {}, source=file.source)
        fields = {**file.base, **row}
        values = {PRESET: file.preset, **fields}
        where = f"{file.source}: job {number}{_told(row)}"
        for text in used:
            missing = next((name for name in used[text] if name not in values), None)
            if missing is not None:
                raise UsageError(f"{where}: {missing} has no value for {shown(text)}: give it one in [defaults]")
        paths = {
            name: tuple(filled(text, values.__getitem__, where) for text in texts) for name, texts in names.items()
        }
        if not wanted.allow_outside:
            _check_inside(
                [path for name in names for path in paths[name] if name != "output" or not wanted.output], where
            )
        written = {name: paths[name] if name == "output" else paths[name][0] for name in paths}
        yield Job(source=file.source, read=file.read, number=number, values=row, fields={
            **fields, **written, "allow_python": wanted.allow_python,
        })  # fmt: skip


def _told(row: Mapping[str, Any]) -> str:
    """What tells a job apart, for messages: ` (lr 0.1, optimizer adam)`."""
    told = [f"{key} {as_text(value)}" for key, value in islice(row.items(), MOST_SHOWN)]
    return f" ({', '.join(told)})" if told else ""


def _check_inside(paths: Sequence[str], where: str) -> None:
    """Raise UsageError where a path that a job file gives leads out of the working folder, or through a link."""
    for path in paths:
        why = escaping(path)
        linked = next((part for part in _folders(path) if os.path.islink(part)), None) if not why else None  # noqa: PTH114
        if why or linked:
            reason = why or f"{shown(str(linked))} is a link"
            raise UsageError(f"{where} would write {shown(path)}: {reason}. Allow it with --allow-outside")


def _folders(path: str) -> Iterator[PurePath]:
    """A path and the folders on the way to it."""
    place = PurePath(path)
    return (part for part in (place, *place.parents) if part != PurePath())


def _check_apart(jobs: Sequence[Job]) -> None:
    """Raise UsageError where two jobs write one file."""
    seen: dict[str, Job] = {}
    for job in jobs:
        for path in job.paths:
            place = os.path.normpath(path)
            other = seen.setdefault(place, job)
            if other is not job:
                raise UsageError(
                    f"{path}: {other.where} and {job.where} both write it. "
                    f"Put what tells them apart into its name, such as {{{_apart(other, job)}}}"
                )


def _apart(one: Job, other: Job) -> str:
    """A key in which two jobs differ."""
    keys = {**one.fields, **other.fields}
    unlike = [key for key in keys if key in SAVED and one.fields.get(key) != other.fields.get(key)]
    return unlike[0] if unlike else PRESET
