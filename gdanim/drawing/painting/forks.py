"""Forked processes of the program gdanim: whether there may be any, and how they begin and end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gdanim.signals import are_handled

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

_TASKS: Final = Path("/proc/self/task")  # a folder for each thread, also of libraries in C; only Linux tells


def n_cores() -> int:
    """On how many cores gdanim may compute at once in processes that it forks; 1 where it may not fork.

    It forks where it is a program of its own, not in somebody's Python, and not from what it forked; and where no
    threads run but those of numpy, which end at a fork: it leaves the work of others half done.
    """
    if not are_handled() or multiprocessing.parent_process() or threading.active_count() > 1 or not _TASKS.is_dir():
        return 1
    if sum(1 for _ in _TASKS.iterdir()) > (os.cpu_count() or 1):
        return 1
    return len(os.sched_getaffinity(0))


def forked(work: Callable[[], None]) -> BaseProcess:
    """A forked process that does some work. To be killed or joined, also by a clean-up of signals."""
    process = multiprocessing.get_context("fork").Process(target=partial(_without_interrupts, work), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which are numpy's; see n_cores
        process.start()
    return process


def _without_interrupts(work: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C goes to all processes, and the parent ends this one
    work()
