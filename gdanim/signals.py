"""Signals that end gdanim: it cleans up, then dies by the same signal.

The handler itself cleans up. An exception raised from a handler can be swallowed on its way up (in `__del__`, in a
callback of a C library), so nothing here relies on unwinding.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_cleanups: dict[object, Callable[[], None]] = {}
_postponers: set[object] = set()
_waiting: list[int] = []
_dying = False
_installed = False


def install() -> None:
    """Make SIGINT, SIGTERM and SIGHUP clean up and kill. Call it in the main thread, before the heavy imports.

    A signal that was ignored when gdanim started (`nohup`, `&` in a script) stays ignored.
    """
    global _installed
    _installed = True
    for name in _SIGNALS:
        number: signal.Signals | None = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _die)


def are_handled() -> bool:
    """Whether install() was called: then no Ctrl-C raises KeyboardInterrupt."""
    return _installed


@contextmanager
def on_signal(cleanup: Callable[[], None]) -> Iterator[None]:
    """Run `cleanup` if a signal ends the process inside the block. Enter the block before making what it cleans.

    Clean-ups run once, the latest first. They must be quick, take no lock and work at any moment: before the thing
    exists, while it is being made, after it is gone. Their exceptions are dropped. Where install() was not called
    (gdanim used as a library) nothing is run: the caller's own handlers decide.
    """
    token = object()
    _cleanups[token] = cleanup
    try:
        yield
    finally:
        _cleanups.pop(token, None)


@contextmanager
def postponed() -> Iterator[None]:
    """Postpone a signal that arrives inside the block to its end. Keep the block short: a person may be waiting."""
    token = object()
    _postponers.add(token)
    try:
        yield
    finally:
        _postponers.discard(token)
        if _waiting:
            signal.raise_signal(_waiting[0])


def die_of_broken_pipe() -> NoReturn:
    """Die by SIGPIPE without a message, as programs do whose reader is gone; exit 141 where there is no such signal.

    Neither way runs Python's own flush of standard output at exit, which would complain about the pipe once more.
    """
    _clean_up()
    number: signal.Signals | None = getattr(signal, "SIGPIPE", None)
    if number is None:
        os._exit(141)
    _die_by(number)


def death(code: int) -> str:
    """How a child died, by its return code: `was killed by SIGKILL`, `left with exit code 3`."""
    if code >= 0:
        return f"left with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _die(number: int, _frame: FrameType | None) -> None:
    global _dying
    if _postponers:
        _waiting.append(number)
        return
    if _dying:  # an impatient second signal must not cut the clean-up of the first short
        return
    _dying = True
    _clean_up()
    _die_by(number)


def _clean_up() -> None:
    for cleanup in reversed(list(_cleanups.values())):
        with suppress(BaseException):
            cleanup()


def _die_by(number: int) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    os._exit(128 + number)  # only where the signal is blocked: the shell's own number for such a death


if hasattr(os, "register_at_fork"):
    # A forked worker inherits the handlers, but the files and children are its parent's to clean up.
    os.register_at_fork(after_in_child=_cleanups.clear)
