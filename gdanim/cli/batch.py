"""`gdanim batch`: what is printed of a batch, and its exit code."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from gdanim import preflight
from gdanim.batch.depfile import write_depfile
from gdanim.batch.index import Entry, write_index
from gdanim.batch.jobs import Job, Wanted, planned_jobs
from gdanim.batch.pool import Pool
from gdanim.batch.state import Standing, State, state_of
from gdanim.cli.asked import Asked, from_cluster
from gdanim.cli.messages import bytes_as_text, show_cursor
from gdanim.cli.terminal import bar_width, put, put_lines, say
from gdanim.cli.worker import Answer
from gdanim.errors import TargetError, UsageError, unforeseen
from gdanim.formatting import as_json_line, count, seconds
from gdanim.output.files.atomic import open_output
from gdanim.outputs import inputs_of
from gdanim.settings import SAVED
from gdanim.signals import on_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from gdanim.batch.pool import Done
    from gdanim.catalogue.request import Request

WORKER: Final = (sys.executable, "-m", "gdanim.cli.worker")
EXIT_STRICT: Final = 3
MOST_NAMED: Final = 20  # jobs in the table at the end


class Result(NamedTuple):
    """A job, and what became of it: what stood there before, and the answer to it; none where it was not rendered."""

    job: Job
    state: State
    answer: Answer | None = None

    @property
    def failed(self) -> bool:
        """Whether it was tried, and something was not written."""
        return self.answer is not None and bool(self.answer.code)

    @property
    def word(self) -> str:
        """What became of it: `rendered`, `failed`, `current`, or `left out` after another failed."""
        if self.answer is None:
            return "current" if self.state.is_current else "left out"
        return "failed" if self.failed else "rendered"


def listed(paths: Sequence[str], wanted: Wanted) -> int:
    """Print the outputs of all jobs."""
    put_lines(path for job in planned_jobs(paths, wanted) for path in job.paths)
    return 0


def planned(paths: Sequence[str], wanted: Wanted, *, force: bool) -> int:
    """Print each job with what is to be done about it."""
    jobs = planned_jobs(paths, wanted)
    states = _states(jobs, [_checked(job) for job in jobs], force=force)
    put_lines(f"{job.name}: {state.words}" for job, state in zip(jobs, states, strict=True))
    return 0


def run(paths: Sequence[str], wanted: Wanted, asked: Asked) -> int:
    """Render what is not there yet; returns the exit code."""
    asked.check()
    jobs = planned_jobs(paths, wanted)
    requests = [_checked(job) for job in jobs]
    states = _states(jobs, requests, force=asked.force)
    _make_folders([job for job, state in zip(jobs, states, strict=True) if not state.is_current])
    results = _rendered([Result(job, state) for job, state in zip(jobs, states, strict=True)], asked)
    if asked.depfile_path:
        needed = [
            (job.paths, (*job.read, *inputs_of(request.settings, None)))
            for job, request in zip(jobs, requests, strict=True)
        ]
        _write(asked.depfile_path, write_depfile(needed).encode())
    if asked.index_path:
        _write(asked.index_path, _index(results, asked))
    if not asked.quiet:
        say(_table(results))
    return _code(results, asked)


def _rendered(results: list[Result], asked: Asked) -> list[Result]:
    """The results of jobs, of which those that are not current are rendered now."""
    due = [place for place, result in enumerate(results) if not result.state.is_current]
    fields = [results[place].job.fields for place in due]
    answers = _from_cluster(fields, asked) if due and asked.is_remote else _answers(fields, asked.workers)
    with _telling(len(due), asked) as tell, closing(answers):
        for place, answer in answers:
            results[due[place]] = results[due[place]]._replace(answer=answer)
            tell(results[due[place]])
            if asked.fail_fast and results[due[place]].failed:
                break
    return results


def _answers(fields: Sequence[Mapping[str, Any]], workers: int | None) -> Generator[tuple[int, Answer]]:
    """What workers answer to requests: (place, answer), as they come."""
    with closing(Pool(WORKER, workers or _cores()).done(fields)) as done:
        for found in done:
            yield found.place, _answer(found)


def _from_cluster(fields: Sequence[Mapping[str, Any]], asked: Asked) -> Generator[tuple[int, Answer]]:
    """What the workers of a cluster answer, whose files are here then."""
    with closing(from_cluster(fields, asked, WORKER[1:])) as done:
        for found in done:
            yield found.place, _answer(found)


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write(path: str, content: bytes) -> None:
    """Write a file of the batch, whole or not at all. Raises TargetError and OutputError."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open_output(path, needs_path=False) as output:
        output.stream.write(content)


def _index(results: Sequence[Result], asked: Asked) -> bytes:
    """The page of all jobs. Those that are current are solved once more, without a picture, to say how they ended."""
    unsaid = [place for place, result in enumerate(results) if result.answer is None]
    fields = [{**results[place].job.fields, "dry_run": True} for place in unsaid]
    answers = {unsaid[place]: answer for place, answer in _answers(fields, asked.workers)}
    entries = [_entry(result, result.answer or answers[place]) for place, result in enumerate(results)]
    titles = dict.fromkeys(Path(result.job.source).stem for result in results)
    return write_index(Path(asked.index_path), entries, ", ".join(titles))


def _entry(result: Result, answer: Answer) -> Entry:
    path, about = result.job.name, answer.summary or {}
    verdicts = dict.fromkeys(run["verdict"] for run in about.get("runs", ()))
    size = (about["width"], about["height"]) if about else (640, 480)
    return Entry(
        path=path,
        values={key.replace("_", "-"): value for key, value in result.job.fields.items() if key in SAVED},
        verdicts="; ".join(answer.errors) if answer.errors else ", ".join(verdicts),
        n_bytes=Path(path).stat().st_size if Path(path).is_file() else None,
        alt=about.get("alt_text", ""),
        size=size,
        failed=bool(answer.errors),
    )


def _checked(job: Job) -> Request:
    """The request of a job. Raises UsageError, naming the file and the job, where it cannot be carried out."""
    try:
        return preflight.resolve(replace(job.settings, dry_run=True))
    except UsageError as error:
        raise UsageError(f"{job.where}: {error}") from None
    except OSError as error:
        raise UsageError(f"{job.where}: {unforeseen(error)}") from None


def _states(jobs: Sequence[Job], requests: Sequence[Request], *, force: bool) -> list[State]:
    return [State(Standing.NEW) if force else state_of(request) for request in requests]


def _make_folders(jobs: Sequence[Job]) -> None:
    """Make the folders of the outputs. Raises TargetError."""
    for folder in dict.fromkeys(Path(path).parent for job in jobs for path in job.paths):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TargetError(f"Cannot make the folder {str(folder)!r}: {error.strerror}") from None


def _answer(done: Done) -> Answer:
    if done.failed:
        return Answer(1, (done.failed,))
    if done.died:
        return Answer(1, (f"the process that rendered it {done.died}, twice",))
    return Answer(*done.answer)


@contextmanager
def _telling(total: int, asked: Asked) -> Iterator[Callable[[Result], None]]:
    """Tell of each job as it is done: a bar on a terminal, else a line a job; a line of JSON a job with --json."""
    done = 0
    bar: Any = None

    def tell(result: Result) -> None:
        nonlocal done
        done += 1
        if asked.json:
            put(as_json_line(_as_dict(result)))
        if bar is not None:
            bar.update(1)
        if not asked.quiet or result.failed:
            say(_lines(result, "" if bar is not None else f"[{done}/{total}] "))

    with ExitStack() as shown:
        if total and not asked.quiet and sys.stderr is not None and sys.stderr.isatty():
            shown.enter_context(on_signal(show_cursor))
            bar = click.progressbar(length=total, label="Rendering", file=sys.stderr, show_pos=True, width=bar_width())
            shown.enter_context(bar)
        yield tell


def _lines(result: Result, head: str) -> Iterator[str]:
    """What is said of a job: what was written, or why nothing was; then its warnings."""
    answer = result.answer
    if answer is None:
        return
    if answer.summary is not None and not answer.errors:
        for output in answer.summary["outputs"]:
            size = "" if output["bytes"] is None else f", {bytes_as_text(output['bytes'])}"
            yield f"{head}{output['path']}: {count(answer.summary['frames'], 'frame')}{size}"
    yield from (f"gdanim: {head}{result.job.name}: {error}" for error in answer.errors)
    yield from (f"{remark} ({result.job.name})" for remark in answer.remarks)


def _table(results: Sequence[Result]) -> Iterator[str]:
    """How many jobs ended how, and the first that failed."""
    counted = Counter(result.word for result in results)
    told = ", ".join(f"{number:,} {word}" for word, number in counted.items())
    spent = sum(result.answer.seconds for result in results if result.answer is not None)
    yield f"{count(len(results), 'job')}: {told}" + (f"; {seconds(round(spent, 1))} of work" if spent else "")
    failed = [result for result in results if result.failed]
    for result in failed[:MOST_NAMED]:
        yield f"  failed: {result.job.where}"
    if len(failed) > MOST_NAMED:
        yield f"  … and {len(failed) - MOST_NAMED:,} more"


def _as_dict(result: Result) -> dict[str, Any]:
    answer = result.answer or Answer(0)
    return {
        "job": result.job.number, "source": result.job.source, "outputs": list(result.job.paths),
        "state": result.word, "was": result.state.standing.value, "changed": list(result.state.changed),
        "errors": list(answer.errors), "remarks": list(answer.remarks), "seconds": round(answer.seconds, 3),
        "summary": answer.summary,
    }  # fmt: skip


def _code(results: Sequence[Result], asked: Asked) -> int:
    """1 where some failed; 3 with --strict where a run was lost, also of what was current."""
    if any(result.failed for result in results):
        return 1
    lost = any((result.state if result.answer is None else result.answer).is_lost for result in results)
    return EXIT_STRICT if asked.strict and lost else 0
