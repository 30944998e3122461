"""Batches on real processes of Dask: a scheduler and workers on the loopback; what kills them, and what is said then.

GDANIM_LONG=1 python -m pytest tests/batch/test_cluster.py     40 jobs, and a worker killed among them, 20 times
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.commandline import ENVIRONMENT, LONG, PATIENCE_S, command, digest, run
from support.dask_cluster import OLDER, WITHOUT_GDANIM, dask_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.dask_cluster import DaskCluster

pytestmark = [
    pytest.mark.usefixtures("in_tmp_path"),
    pytest.mark.skipif(find_spec("distributed") is None, reason="needs distributed, of gdanim[dask]"),
]

# What renders in place of gdanim: notes that it began, and does what the seed of the job says.
CHILD = """
import os, sys, time
from gdanim.batch.messages import receive, send
while True:
    try:
        job = receive(sys.stdin.buffer)
    except EOFError:
        break
    with open(LOG, "a") as begun:
        begun.write(f"{job['seed']} {os.getppid()}\\n")
    if job["seed"] == 1001:
        os._exit(3)
    if job["seed"] == 1002:
        bytearray(1 << 40)
    time.sleep(0.05)
    open(job["output"][0], "w").write(str(job["seed"]))
    send(sys.stdout.buffer, (0, (), (), {"seed": job["seed"]}))
"""
# The jobs of the arguments: their seeds. Prints a line for each that is done.
CLIENT = """
import json, sys
from gdanim.batch.cluster import Cluster
scheduler, child, *seeds = sys.argv[1:]
jobs = [{"function": "parabola", "seed": int(seed), "output": (f"{seed}.gif",)} for seed in seeds]
for done in Cluster(scheduler=scheduler, module=("-c", child)).done(jobs):
    print(json.dumps([jobs[done.place]["seed"], done.answer, done.died, done.failed]), flush=True)
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as started:
        yield started


@pytest.fixture
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("lonely")) as started:
        yield started


def client(scheduler: DaskCluster, seeds: list[int]) -> subprocess.Popen[str]:
    child = CHILD.replace("LOG", repr(str(Path("begun").resolve())))
    words = [sys.executable, "-c", CLIENT, scheduler.address, child, *map(str, seeds)]
    return subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def begun() -> Counter[int]:
    """How often each job was begun, whatever became of it."""
    return Counter(int(line.split()[0]) for line in Path("begun").read_text().splitlines())


def batch(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = command("batch", "jobs.toml", *arguments)
    return subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def jobs(text: str) -> None:
    Path("jobs.toml").write_text(text)


def simple(n: int) -> None:
    rates = [round(0.01 * k, 2) for k in range(1, n + 1)]
    jobs(
        'output = "out/{lr}.gif"\n[defaults]\nfunction = "parabola"\niterations = 2\nsize = "160x120"\n'
        f"[matrix]\nlr = {rates}\n"
    )


def outputs(folder: str = "out") -> dict[str, str]:
    return {file.name: digest(str(file)) for file in sorted(Path(folder).iterdir())}


def test_files_of_all_kinds_are_those_of_a_batch_on_one_machine(cluster: DaskCluster) -> None:
    Path("in").mkdir()
    Path("in/run.csv").write_text("iteration,x1\n0,3\n1,2\n2,1.5\n")
    Path("own.mplstyle").write_text("axes.facecolor: 0.95\n")
    Path("own.py").write_text("def f(x):\n    return x * x\n")
    small = 'iterations = 2\nsize = "160x120"\n'
    Path("replay.toml").write_text(f'function = "parabola"\ntrajectory = "in/run.csv"\nstyle = "own.mplstyle"\n{small}')
    Path("own.toml").write_text(f'function = "own.py:f"\n{small}')
    words = (
        "replay.toml",
        "own.toml",
        "--allow-python",
        "-q",
        *("-o", "out/{preset}-%02d.png", "-o", "out/{preset}.mp4"),
    )
    assert run("batch", *words, "-j", 1).code == 0
    alone = outputs()
    assert len(alone) > 6
    for shared in ((), ("--shared",)):
        told = command("batch", *words, "--force", "--scheduler", cluster.address, *shared)
        for file in Path("out").glob("*.mp4"):
            file.unlink()
        assert subprocess.run(told, env=ENVIRONMENT, check=True, timeout=PATIENCE_S).returncode == 0
        assert outputs() == alone


def killed_among(cluster: DaskCluster, done: subprocess.Popen[str], after: int) -> list[str]:
    """The lines of a client, of whose workers one is killed after so many; another one is started in its place."""
    assert done.stdout is not None
    lines = [done.stdout.readline() for _ in range(after)]
    worker = cluster.workers.pop(0)
    worker.kill()
    worker.wait()
    lines += done.stdout.readlines()
    cluster.add_worker()
    return lines


def test_a_lost_worker_loses_no_job_and_few_are_done_twice(cluster: DaskCluster) -> None:
    seeds = list(range(40))
    with client(cluster, seeds) as done:
        found = [json.loads(line) for line in killed_among(cluster, done, 12)]
    assert done.returncode == 0
    assert sorted(seed for seed, *_ in found) == seeds
    assert all(answer == [0, [], [], {"seed": seed}] and not died + failed for seed, answer, died, failed in found)
    assert [Path(f"{seed}.gif").read_text() for seed in seeds] == [str(seed) for seed in seeds]
    assert sum(begun().values()) - len(seeds) <= 3


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="a campaign of minutes: set GDANIM_LONG=1")
def test_of_40_renders_and_a_killed_worker_all_are_there_and_those_of_one_machine_20_times(
    cluster: DaskCluster,
) -> None:
    simple(40)
    assert run("batch", "jobs.toml", "-q", "-j", 1).code == 0
    alone = outputs()
    for time_ in range(20):
        words = command("batch", "jobs.toml", "--scheduler", cluster.address, "--force", "--json", "-q")
        with subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as done:
            lines = killed_among(cluster, done, 2 * time_ + 1)
        assert done.returncode == 0
        assert len(lines) == 40
        assert outputs() == alone


def test_jobs_that_kill_their_process_are_named_and_no_other_is_blamed_or_done_twice(cluster: DaskCluster) -> None:
    seeds = [*range(8), 1001, *range(8, 16), 1002, *range(16, 24)]
    before = [worker.pid for worker in cluster.workers]
    with client(cluster, seeds) as done:
        found = {seed: told for seed, *told in map(json.loads, done.stdout or ())}
    assert found.pop(1001) == [None, "left with exit code 3", ""]
    assert found.pop(1002) == [None, "left with exit code 1", ""]  # a MemoryError, beyond what the worker may use
    assert found == {seed: [[0, [], [], {"seed": seed}], "", ""] for seed in range(24)}
    times = begun()
    assert (times.pop(1001), times.pop(1002)) == (2, 2)
    assert set(times.values()) == {1}
    assert [worker.pid for worker in cluster.workers if worker.poll() is None] == before


def test_a_poison_job_of_a_batch_is_told_with_its_file_and_the_others_are_written(cluster: DaskCluster) -> None:
    Path("own.py").write_text("import os\ndef leave(x):\n    os._exit(7)\ndef eat(x):\n    return bytearray(1 << 33)\n")
    jobs(
        'output = "out/{seed}.gif"\n[defaults]\niterations = 2\nsize = "160x120"\n[[include]]\nseed = 1\n'
        'function = "parabola"\n[[include]]\nseed = 2\nfunction = "own.py:leave"\n[[include]]\nseed = 3\n'
        'function = "own.py:eat"\n[[include]]\nseed = 4\nfunction = "himmelblau"\n'
    )
    ran = batch("--scheduler-file", cluster.file, "--allow-python")
    assert ran.returncode == 1
    assert sorted(outputs()) == ["1.gif", "4.gif"]
    assert "out/2.gif: the process that rendered it left with exit code 7, twice" in ran.stderr
    assert "out/3.gif: own.py:5 in eat: MemoryError" in ran.stderr
    assert ran.stderr.splitlines()[-3].startswith("4 jobs: ")
    assert [line.split()[3] for line in ran.stderr.splitlines()[-2:]] == ["2", "3"]


def test_a_job_that_dask_blames_is_given_out_once_more_and_a_worker_that_comes_late_has_to_be_alike() -> None:
    script = """
from distributed import KilledWorker
from gdanim.batch.cluster import Cluster, _Flight, _Flying
from gdanim.batch.remote import Returned
from gdanim.errors import ClusterError
class Running:
    status = "running"
class Ended:
    def __init__(self, end):
        self.end = end
    def cancelled(self):
        return False
    def result(self):
        if isinstance(self.end, Exception):
            raise self.end
        return self.end
    def release(self):
        pass
flight = _Flight(Cluster(scheduler="", module=()), Running(), {}, [])
for tries in (1, 2):
    found = list(flight._taken_in(Ended(KilledWorker("job", None, 3)), _Flying(7, None, tries)))
    print([(done.place, done.failed) for done in found], list(flight.waiting))
for end in (RuntimeError("No module named 'gdanim'"), Returned(unlike="numpy 1 in place of 2")):
    try:
        list(flight._taken_in(Ended(end), _Flying(7, None, 1)))
    except ClusterError as error:
        print(error)
"""
    ran = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "[] [(7, 2)]",
        "[(7, 'the workers that it was given to died, one after another')] [(7, 2)]",
        "A worker that came later has no gdanim that serves a cluster: install it",
        (
            "The worker that came later has numpy 1 in place of 2; the same bytes need the same versions. "
            "Allow others with --any-version"
        ),
    ]


def test_a_job_that_is_done_twice_at_once_is_the_same_as_once() -> None:
    script = """
import os, threading
from gdanim.batch.remote import Task, rendered
fields = {"function": "parabola", "iterations": 2, "size": (160, 120), "output": ("a.gif",), "force": True}
task = Task("b", ("-m", "gdanim.cli.worker"), fields, {}, ("a.gif",), os.getcwd(), {})
both = [threading.Thread(target=lambda: print(rendered(task).answer[:2])) for _ in range(2)]
[thread.start() for thread in both]
[thread.join() for thread in both]
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert ran.stdout.split("\n")[:2] == ["(0, ())"] * 2
    assert run("parabola", "-n", 2, "--size", "160x120", "-o", "b.gif", "-q").code == 0
    assert digest("a.gif") == digest("b.gif")
    assert sorted(file.name for file in Path().iterdir()) == ["a.gif", "b.gif"]


def one_line(ran: subprocess.CompletedProcess[str], *parts: str) -> bool:
    """Whether a batch failed with one line that says all of this, and wrote nothing."""
    (line,) = ran.stderr.splitlines()
    written = [file for file in Path("out").iterdir() if file.is_file()] if Path("out").exists() else []
    return (ran.returncode, ran.stdout, written) == (1, "", []) and all(part in line for part in parts)


def test_without_a_worker_it_ends_after_the_stated_patience(lonely: DaskCluster) -> None:
    simple(1)
    ran = batch("--scheduler", lonely.address, "--patience", 0.5)
    assert one_line(ran, f"The scheduler at {lonely.address} has had no worker for 0.5 s", "dask worker")


def test_workers_without_gdanim_or_with_another_are_refused_and_a_lost_scheduler_ends_it(lonely: DaskCluster) -> None:
    simple(3)
    at = ("--scheduler", lonely.address)
    worker = lonely.add_worker(WITHOUT_GDANIM)
    assert one_line(batch(*at), "has no gdanim", "install it there")
    worker.kill()
    worker.wait()
    lonely.add_worker(OLDER)
    assert one_line(batch(*at), "gdanim 0.0.1 in place of", "--any-version")
    simple(60)
    words = command("batch", "jobs.toml", *at, "--any-version", "--json", "-q")
    with subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        first = [json.loads(done.stdout.readline()) for _ in range(2)]
        lonely.scheduler.kill()
        since = time.monotonic()
        assert done.wait(PATIENCE_S) == 1
        assert time.monotonic() - since < 5
        said = done.stderr.read()
        first += [json.loads(line) for line in done.stdout]
    assert said == f"gdanim: The scheduler at {at[1]} is gone; what was finished is whole\n"
    assert set(outputs()) == {Path(told["outputs"][0]).name for told in first}
    assert all(told["state"] == "rendered" for told in first)
    left = run("batch", "jobs.toml", "--dry-run").out.decode().splitlines()
    assert sum(state.endswith(": current") for state in left) == len(first)


def test_an_address_where_nobody_listens_is_said_in_one_line() -> None:
    simple(1)
    assert one_line(batch("--scheduler", "tcp://127.0.0.1:9"), "No scheduler answers at tcp://127.0.0.1:9")


def test_stopping_it_leaves_no_file_behind(cluster: DaskCluster) -> None:
    simple(40)
    words = command("batch", "jobs.toml", "--scheduler", cluster.address, "--json", "-q")
    with subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as done:
        assert done.stdout is not None
        done.stdout.readline()
        done.send_signal(signal.SIGTERM)
        done.wait(PATIENCE_S)
    assert done.returncode == -signal.SIGTERM
    assert all(name.endswith(".gif") and not name.startswith(".") for name in outputs())
    left = run("batch", "jobs.toml", "--dry-run").out.decode().splitlines()
    assert {state.partition(": ")[2] for state in left} == {"current", "new"}
