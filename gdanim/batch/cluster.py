"""A cluster of Dask: jobs are done by its workers, few at a time; what comes back is written here and released at once.

A task is a job and never a frame. Dask keeps a finished result in the memory of the worker that made it, and makes it
anew if that worker is lost: few results wait there, and each is fetched as soon as it is done. A worker that dies takes
the jobs that it was given along; they are done by others.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
import uuid
import warnings
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from distributed import CancelledError, Client, KilledWorker, wait

from gdanim import preflight
from gdanim.batch import remote
from gdanim.batch.parcels import packed, unpack
from gdanim.batch.pool import TRIES, Done
from gdanim.errors import ClusterError, GdanimError, unforeseen
from gdanim.settings import Settings
from gdanim.tables.files import is_file

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from gdanim.catalogue.request import Request

IN_FLIGHT: Final = 2  # jobs for each thread of the workers: one that is done, and one that waits beside it
CONNECT_S: Final = 10.0  # a scheduler that does not answer for so long is none
LOOK_S: Final = 0.5  # so often it is looked for workers while nothing is done
CLOSE_S: Final = 1.0
_NO_MODULE: Final = "No module named 'gdanim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Workers of a scheduler, for a list of jobs.

    scheduler     tcp://host:port; or the path of a scheduler file
    module        what python -m makes a child of a worker, which renders
    shared        whether the workers see the working folder, and write there
    any_version   whether they may have other versions of what draws
    patience_s    so long it may have no worker
    """

    scheduler: str
    module: tuple[str, ...]
    shared: bool = False
    any_version: bool = False
    patience_s: float = 60.0

    def done(self, jobs: Sequence[Mapping[str, Any]]) -> Generator[Done]:
        """Give out the jobs, fields of Settings; yields what becomes of each. Raises ClusterError where none can be."""
        with self._connected() as client:
            flight = _Flight(self, client, self._versions(client), jobs)
            while flight.waiting or flight.flying:
                yield from flight.next()

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        _silence()
        at = {"scheduler_file": self.scheduler} if is_file(self.scheduler) else {"address": self.scheduler}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # versions are compared by us
                client = Client(**at, timeout=CONNECT_S)
        except (OSError, ValueError) as error:
            raise ClusterError(f"No scheduler answers at {self.scheduler}: {_brief(error)}") from None
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=CLOSE_S)

    def _versions(self, client: Client) -> Mapping[str, str]:
        """The versions that workers have to have; empty for any. Raises ClusterError where one has not."""
        self.threads(client, time.monotonic())
        own = {} if self.any_version else remote.versions()
        for worker, there in client.run(remote.versions, on_error="return").items():
            if _lacks_gdanim(there):
                raise ClusterError(f"The worker {worker} has no gdanim that serves a cluster: install it there")
            if isinstance(there, BaseException):
                raise ClusterError(f"The worker {worker} failed: {_brief(there)}")
            unlike = remote.differing(own, there)
            if unlike:
                raise ClusterError(_unlike(worker, unlike))
        if self.shared:
            _check_shared(client)
        return own

    def threads(self, client: Client, since: float) -> int:
        """How many threads all workers have, for the first of whom it waits; since is when there was one last."""
        while True:
            if client.status != "running":
                raise self.gone()
            threads: int = sum(client.nthreads().values())
            if threads:
                return threads
            if time.monotonic() > since + self.patience_s:
                raise ClusterError(
                    f"The scheduler at {self.scheduler} has had no worker for {self.patience_s:g} s. "
                    f"Start one: dask worker {self.scheduler}"
                )
            time.sleep(LOOK_S)

    def gone(self) -> ClusterError:
        """What to raise where the scheduler does not answer any more."""
        return ClusterError(f"The scheduler at {self.scheduler} is gone; what was finished is whole")


class _Flying(NamedTuple):
    """A job that is out: its place, what it asks for, and how often it was given out."""

    place: int
    request: Request
    tries: int


class _Flight:
    """The jobs that wait, and those that are out."""

    def __init__(
        self, cluster: Cluster, client: Client, versions: Mapping[str, str], jobs: Sequence[Mapping[str, Any]]
    ) -> None:
        self.cluster, self.client, self.versions, self.jobs = cluster, client, versions, jobs
        self.batch = uuid.uuid4().hex
        self.waiting = deque((place, 1) for place in range(len(jobs)))  # with the number of the try
        self.flying: dict[Any, _Flying] = {}
        self.seen = time.monotonic()  # when there was a worker

    def next(self) -> Iterator[Done]:
        """Give out what may be out, and wait a little for something that is done."""
        try:
            room = IN_FLIGHT * self.cluster.threads(self.client, self.seen)
            self.seen = time.monotonic()
            while self.waiting and len(self.flying) < room:
                yield from self._give_out(*self.waiting.popleft())
            if self.flying:
                wait(list(self.flying), timeout=LOOK_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            pass
        except (OSError, CancelledError):
            raise self.cluster.gone() from None
        for future in [future for future in self.flying if future.done()]:
            yield from self._taken_in(future, self.flying.pop(future))

    def _give_out(self, place: int, tries: int) -> Iterator[Done]:
        """Submit a job; yields it where it cannot be carried out."""
        fields, shared = self.jobs[place], self.cluster.shared
        try:
            request = preflight.resolve(Settings(**fields))
            inputs = {} if shared else packed(request)
        except GdanimError as error:
            yield Done(place, failed=str(error))
            return
        except OSError as error:
            yield Done(place, failed=unforeseen(error))
            return
        outputs = tuple(output.path for output in request.outputs)
        folder = os.getcwd() if shared else ""  # noqa: PTH109 - Path.cwd() would follow links
        task = remote.Task(self.batch, self.cluster.module, fields, inputs, outputs, folder, self.versions)
        key = f"gdanim-{self.batch}-{place}-{tries}"
        self.flying[self.client.submit(remote.rendered, task, key=key, pure=False)] = _Flying(place, request, tries)

    def _taken_in(self, future: Any, job: _Flying) -> Iterator[Done]:
        """Fetch what is done, write it, and release it."""
        if future.cancelled() or self.client.status != "running":
            raise self.cluster.gone()
        try:
            returned = future.result()
            if returned.unlike:  # of a worker that came later
                raise ClusterError(_unlike("that came later", returned.unlike))
            unpack(job.request, returned.files)
        except ClusterError:
            raise
        except KilledWorker:
            # Dask blames a job that was given to several workers that died, whatever they died of.
            if job.tries < TRIES:
                self.waiting.append((job.place, job.tries + 1))
            else:
                yield Done(job.place, failed="the workers that it was given to died, one after another")
        except GdanimError as error:
            yield Done(job.place, failed=str(error))
        except Exception as error:
            if _lacks_gdanim(error):
                raise ClusterError("A worker that came later has no gdanim that serves a cluster: install it") from None
            yield Done(job.place, failed=f"the worker failed: {_brief(error)}")
        else:
            yield Done(job.place, returned.answer, returned.died)
        finally:
            future.release()


def _silence() -> None:
    """Let nothing be printed of what Dask and what it runs on report: it is said in one line, or not at all."""
    for name in ("distributed", "tornado", "asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [logging.NullHandler()], False


def _check_shared(client: Client) -> None:
    """Raise ClusterError unless all workers see the working folder."""
    with tempfile.NamedTemporaryFile(prefix=".gdanim-shared-", dir=os.getcwd()) as probe:  # noqa: PTH109
        for worker, there in client.run(remote.sees, probe.name).items():
            if not there:
                folder = Path(probe.name).parent
                raise ClusterError(f"The worker {worker} does not see {folder}: --shared needs a folder that all share")


def _lacks_gdanim(error: object) -> bool:
    """Whether a worker failed because it has no gdanim. Dask wraps some of what one raises, and keeps its text."""
    return isinstance(error, ImportError) or (isinstance(error, Exception) and _NO_MODULE in str(error))


def _unlike(worker: str, unlike: str) -> str:
    return f"The worker {worker} has {unlike}; the same bytes need the same versions. Allow others with --any-version"


def _brief(error: BaseException) -> str:
    """An error of somebody else's in one line."""
    text = " ".join(str(error).split())
    return text[:200] or type(error).__name__
