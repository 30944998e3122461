"""Worker processes that do jobs one after another: each imports once, and what kills it takes no other job along.

A worker is a command that reads jobs from its standard input and answers each on its standard output, as messages.py
has them. One that dies is replaced, and its job is tried once more; a job that kills a second worker is given up.
Workers end when their input does, so that they outlive no batch, however that ended.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gdanim.batch.messages import receive, send
from gdanim.signals import death, on_signal

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

TRIES: Final = 2
_PATIENCE_S: Final = 5.0  # for workers that clean up
# Several workers share the cores, so that each computes on one.
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker answered to a job; or `died`, how the workers died that tried it; or `failed`, why none did."""

    place: int
    answer: Any = None
    died: str = ""
    failed: str = ""


@dataclass(slots=True)
class Pool:
    """Some workers for a list of jobs."""

    command: Sequence[str]
    size: int
    _alive: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: bool = False

    def done(self, jobs: Sequence[Any]) -> Generator[Done]:
        """Give out the jobs in their order; yields what becomes of each as it is done. Closing it ends the workers."""
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for place in range(len(jobs)):
            waiting.put(place)
        found: queue.SimpleQueue[Done | BaseException] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=self._serve, args=(jobs, waiting, found), daemon=True)
            for _ in range(min(self.size, len(jobs)))
        ]
        with on_signal(self._kill):
            try:
                for thread in threads:
                    thread.start()
                for _ in jobs:
                    result = found.get()
                    if isinstance(result, BaseException):
                        raise result
                    yield result
            finally:
                self._end()

    def _serve(
        self, jobs: Sequence[Any], waiting: queue.SimpleQueue[int], found: queue.SimpleQueue[Done | BaseException]
    ) -> None:
        """Keep one worker busy, or its successors, until no job is waiting."""
        worker = None
        try:
            while not self._ended:
                place = waiting.get_nowait()
                died: list[str] = []
                while len(died) < TRIES and not self._ended:
                    worker = worker or self._start()
                    try:
                        send(worker.stdin, jobs[place])
                        found.put(Done(place, receive(worker.stdout)))
                        break
                    except (EOFError, OSError):
                        died.append(self._buried(worker))
                        worker = None
                else:
                    found.put(Done(place, died=in_words(died)))
        except queue.Empty:
            pass
        except BaseException as error:
            found.put(error)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            worker = started(self.command)
            self._alive.add(worker)
        return worker

    def _buried(self, worker: subprocess.Popen[bytes]) -> str:
        died = buried(worker)
        self._alive.discard(worker)
        return died

    def _end(self) -> None:
        """Let the workers end: what one is at is given up."""
        self._ended = True
        self._kill()
        for worker in list(self._alive):
            self._buried(worker)

    def _kill(self) -> None:
        """End all workers, who clean up; those that do not are killed."""
        self._ended = True
        for worker in list(self._alive):
            with suppress(OSError):
                worker.send_signal(signal.SIGTERM)
        for worker in list(self._alive):
            try:
                worker.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def started(command: Sequence[str], folder: str | None = None) -> subprocess.Popen[bytes]:
    """A worker, which works in a folder."""
    environment = {**ONE_THREAD, **os.environ}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=folder)


def buried(worker: subprocess.Popen[bytes]) -> str:
    """How a worker died that has died, or does not talk sense any more."""
    worker.kill()
    with suppress(OSError):
        worker.__exit__(None, None, None)  # closes the pipes, and waits
    return death(worker.wait())


def in_words(died: Sequence[str]) -> str:
    """How some workers died, each way once."""
    return " and ".join(dict.fromkeys(died))
