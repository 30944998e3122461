"""What a worker of a cluster does with a job: a child process renders it, as the local pool has them.

What kills the child is an answer here, and no dead worker. A child is kept for the next job of its batch, for a while:
it has imported all that draws.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections import defaultdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim import settings
from gdanim.batch.messages import receive, send
from gdanim.batch.parcels import put, taken
from gdanim.batch.pool import TRIES, buried, in_words, started

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

IDLE_S: Final = 30.0  # a child without a job ends after so long
DRAWING: Final = ("numpy", "matplotlib", "pillow")  # what pixels depend on, beside gdanim and ffmpeg


class Task(NamedTuple):
    """A job on its way to a worker.

    batch      a name that no other batch has: Python code that a child has loaded may be other code in the next
    module     what python -m makes a child
    fields     of Settings
    inputs     the files that it reads, by their paths in the working folder; None where it works in a shared one
    outputs    the paths that it writes
    folder     the shared folder; empty for one of the child's own
    versions   what has to be the same here; empty for whatever there is
    """

    batch: str
    module: tuple[str, ...]
    fields: Mapping[str, Any]
    inputs: Mapping[str, bytes]
    outputs: tuple[str, ...]
    folder: str
    versions: Mapping[str, str]


class Returned(NamedTuple):
    """What became of a task: the child's answer and the files that it wrote; or how the children died that tried it; or
    what there is in other versions.
    """

    answer: Any = None
    files: Mapping[str, bytes] = {}
    died: str = ""
    unlike: str = ""


class Child:
    """A process that renders one job after another, in a shared folder or one of its own."""

    def __init__(self, task: Task) -> None:
        place, limit = _here()
        self.own = None if task.folder else Path(tempfile.mkdtemp(prefix="gdanim-", dir=place))
        self.process = started((sys.executable, *task.module), task.folder or str(self.own))
        _limit_memory(self.process.pid, limit)

    def render(self, task: Task) -> Returned:
        """Raises EOFError and BrokenPipeError where the process dies of it."""
        if self.own is not None:
            put(self.own, task.inputs, dict.fromkeys(task.outputs))
        send(self.process.stdin, dict(task.fields))
        answer = receive(self.process.stdout)
        return Returned(answer, taken(self.own, task.inputs) if self.own is not None else {})

    def end(self) -> str:
        """End it if it still lives; returns how it died."""
        died = buried(self.process)
        if self.own is not None:
            shutil.rmtree(self.own, ignore_errors=True)
        return died


_idle: dict[str, list[Child]] = defaultdict(list)  # by batch
_lock = threading.Lock()


def rendered(task: Task) -> Returned:
    """Render a job. One that kills its child is tried once more."""
    unlike = differing(task.versions, versions() if task.versions else {})
    if unlike:
        return Returned(unlike=unlike)
    died: list[str] = []
    while len(died) < TRIES:
        child = _taken_or_new(task)
        try:
            found = child.render(task)
        except (EOFError, BrokenPipeError):
            died.append(child.end())
        else:
            _keep(child, task.batch)
            return found
    return Returned(died=in_words(died))


def differing(wanted: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What is there in another version than is wanted: `numpy 2.1.0 in place of 2.2.0`; empty for nothing."""
    unlike = [name for name in wanted if there.get(name) != wanted[name]]
    return ", ".join(f"{name} {there.get(name) or 'missing'} in place of {wanted[name]}" for name in unlike)


@cache
def versions() -> dict[str, str]:
    """The versions here of gdanim and of what pixels and bytes depend on."""
    import imageio_ffmpeg

    try:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_version()
    except (RuntimeError, OSError):
        ffmpeg = "missing"
    found = {name: metadata.version(name) for name in DRAWING}
    return {"gdanim": settings.__version__, **found, "ffmpeg": ffmpeg}


def sees(path: str) -> bool:
    """Whether there is a file at a path here."""
    return Path(path).is_file()


def _taken_or_new(task: Task) -> Child:
    with _lock:
        _end(child for batch, children in _idle.items() if batch != task.batch for child in _emptied(children))
        waiting = _idle[task.batch]
        if waiting:
            return waiting.pop()
    return Child(task)


def _keep(child: Child, batch: str) -> None:
    """Let a child wait for another job of its batch."""

    def give_up() -> None:
        with _lock:
            if child in _idle[batch]:
                _idle[batch].remove(child)
                child.end()

    with _lock:
        _idle[batch].append(child)
    timer = threading.Timer(IDLE_S, give_up)
    timer.daemon = True
    timer.start()


def _emptied(children: list[Child]) -> list[Child]:
    found = list(children)
    children.clear()
    return found


def _end(children: Iterable[Child]) -> None:
    for child in list(children):
        child.end()


def _here() -> tuple[str | None, int]:
    """The folder that this worker may fill, and how much memory a task of it may take: 0 for any."""
    from distributed import get_worker

    try:
        worker = get_worker()
    except ValueError:  # of no worker
        return None, 0
    limit = worker.memory_manager.memory_limit or 0
    return worker.local_directory, int(limit / worker.state.nthreads)


def _limit_memory(pid: int, limit: int) -> None:
    """Let a process fail that takes more memory, before the system ends somebody for it. Linux only."""
    try:
        from resource import RLIMIT_DATA, prlimit
    except ImportError:
        return
    if limit:
        prlimit(pid, RLIMIT_DATA, (limit, limit))
