"""Real processes of Dask on the loopback: a scheduler, and workers of one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.commandline import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START_S = 120.0  # a process of Dask imports for some seconds on a busy machine
WITHOUT_GDANIM = "import sys; sys.modules['gdanim'] = None\n"
OLDER = "from gdanim import settings; settings.__version__ = '0.0.1'\n"


class DaskCluster:
    """A scheduler, and the workers that were started; all end with it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.n_started = 0
        self.scheduler = self._started("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self._wait_for(self.file.is_file)

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def add_worker(self, preload: str = "") -> subprocess.Popen[bytes]:
        """Start a worker, and wait until it serves."""
        self.n_started += 1
        folder = self.folder / f"worker{self.n_started}"
        folder.mkdir()
        own = ("--nthreads", "1", "--no-nanny", "--memory-limit", "1GB", "--local-directory", str(folder))
        (folder / "preload.py").write_text(preload)
        worker = self._started("dask_worker", *own, "--preload", str(folder / "preload.py"))
        self.workers.append(worker)
        log = self.folder / f"{worker.pid}.log"
        self._wait_for(lambda: "Starting established connection" in log.read_text() if log.exists() else False)
        return worker

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _started(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.{kind}",
            "--scheduler-file",
            str(self.file),
            "--no-dashboard",
        ]
        with (self.folder / "starting").open("wb") as log:
            process = subprocess.Popen([*command, *arguments], env=ENVIRONMENT, cwd=self.folder, stdout=log, stderr=log)
        os.rename(self.folder / "starting", self.folder / f"{process.pid}.log")  # noqa: PTH104
        return process

    def _wait_for(self, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_S
        while not is_there():
            assert time.monotonic() < deadline
            time.sleep(0.05)


@contextmanager
def dask_cluster(folder: Path, workers: int = 0) -> Iterator[DaskCluster]:
    cluster = DaskCluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()
