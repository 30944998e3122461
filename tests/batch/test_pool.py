"""The pool of workers: every job is answered once, and one that kills its worker takes no other along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from support.commandline import ENVIRONMENT, PATIENCE_S, default_signals

from gdanim.batch.pool import Done, Pool

pytestmark = pytest.mark.usefixtures("in_tmp_path")

# A worker that notes each job that it begins, and does what the job says.
WORKER = """
import os, sys, time
from gdanim.batch.messages import receive, send
while True:
    try:
        job = receive(sys.stdin.buffer)
    except EOFError:
        break
    with open("begun", "a") as begun:
        begun.write(f"{job} {os.getpid()}\\n")
    if job == "leave":
        os._exit(3)
    if job == "once" and not os.path.exists("was here"):
        open("was here", "w").close()
        os.kill(os.getpid(), 9)
    if job == "sleep":
        time.sleep(600)
    send(sys.stdout.buffer, f"{job} done")
"""


def pool(size: int = 2) -> Pool:
    return Pool((sys.executable, "-c", WORKER), size)


def begun() -> list[tuple[str, int]]:
    lines = Path("begun").read_text().splitlines() if Path("begun").exists() else []
    return [(job, int(pid)) for job, pid in map(str.split, lines)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_job_is_answered_once_whatever_kills_workers_and_the_culprit_is_named() -> None:
    jobs = [*(f"job{i}" for i in range(10)), "leave", *(f"more{i}" for i in range(10)), "once"]
    with closing(pool().done(jobs)) as done:
        found = {result.place: result for result in done}
    assert found[10] == Done(10, died="left with exit code 3")
    assert [found[i].answer for i in range(22) if i != 10] == [f"{job} done" for job in jobs if job != "leave"]
    times = Counter(job for job, _ in begun())
    assert (times.pop("leave"), times.pop("once")) == (2, 2)
    assert set(times.values()) == {1}
    assert len({pid for _, pid in begun()}) <= 2 + 3  # a new process only in place of a dead one


def test_closing_it_early_leaves_no_worker() -> None:
    with closing(pool().done(["a", "sleep", "b", "c"])) as done:
        next(done)
    assert not any(is_alive(pid) for _, pid in begun())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_it(number: signal.Signals, request: pytest.FixtureRequest) -> None:
    script = (
        "import sys; from gdanim import signals; signals.install()\n"
        "from gdanim.batch.pool import Pool\nlist(Pool((sys.executable, '-m', 'gdanim.cli.worker'), 2).done(JOBS))"
    )
    film = {"function": "parabola", "lr": 0.0001, "iterations": 20_000, "size": "160x120"}  # soon begun, long drawn
    jobs = [{**film, "output": (f"{i}.gif",)} for i in range(2)]
    batch = subprocess.Popen(
        [sys.executable, "-c", script.replace("JOBS", repr(jobs))], env=ENVIRONMENT, preexec_fn=default_signals
    )
    request.addfinalizer(batch.kill)
    children: set[int] = set()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not list(Path().glob(".*gdanim*")):
        children |= set(workers_of(batch.pid))
        time.sleep(0.05)
    batch.send_signal(number)
    assert batch.wait(PATIENCE_S) == -number
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and any(map(is_alive, children)):
        time.sleep(0.05)
    assert len(children) == 2
    assert not any(map(is_alive, children))
    assert not list(Path().iterdir())


def workers_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for thread in children.parents[1].glob("*/children") for child in thread.read_text().split()]
