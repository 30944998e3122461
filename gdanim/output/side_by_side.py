"""Work that is done side by side: the first piece here, each other one in a forked process."""

from __future__ import annotations

import multiprocessing
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gdanim.drawing.painting.forks import forked
from gdanim.errors import GdanimError, OutputError, UsageError, unforeseen
from gdanim.signals import death, on_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    Report = Callable[[int, int], None]  # how much is done, of how much

T = TypeVar("T")


def side_by_side(works: Sequence[Callable[[Report], T]], report: Report) -> list[T]:
    """What each work returns, which can be sent between processes.

    report   told how much is done by all, and how much each of them has to do: all have the same

    Raises UsageError where one does, and OutputError for all else that goes wrong in another process.
    """
    with ExitStack() as stack:
        asides: list[_Aside[T]] = []
        with suppress(OSError):  # no process is left for more of them: they are done after the first
            for work in works[1:]:
                asides.append(stack.enter_context(_Aside(work)))

        def reported(done: int, total: int) -> None:
            report(done + sum(aside.done() for aside in asides), total)

        first = works[0](reported)
        done = [first, *(aside.result() for aside in asides)]
        return [*done, *(work(reported) for work in works[len(done) :])]


class _Aside(Generic[T]):
    """A work in a forked process, which cleans up where it is ended before it is done."""

    def __init__(self, work: Callable[[Report], T]) -> None:
        self._work, self._done = work, 0
        self._answer: tuple[T | None, GdanimError | None] | None = None

    def __enter__(self) -> _Aside[T]:
        self._told, told = multiprocessing.Pipe(duplex=False)
        with ExitStack() as stack:
            stack.callback(self._told.close)
            self._process = forked(partial(_work_and_tell, self._work, told, self._told))
            told.close()
            stack.callback(self._process.join)
            stack.callback(self._process.terminate)
            stack.enter_context(on_signal(self._process.terminate))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def done(self) -> int:
        """How much of it is done, by what it has told."""
        while self._answer is None and self._told.poll():
            self._take()
        return self._done

    def result(self) -> T:
        """Wait for what it returns, or raise what it raised."""
        while self._answer is None:
            self._take()
        result, error = self._answer
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # without an error there is one

    def _take(self) -> None:
        """Take the next thing that it tells."""
        try:
            told = self._told.recv()
        except (EOFError, OSError):
            self._process.join()
            told = None, OutputError(f"A process that drew and wrote it {death(self._process.exitcode or 0)}")
        if isinstance(told, int):
            self._done = told
        else:
            self._answer = told


def _work_and_tell(work: Callable[[Report], Any], told: Connection[Any, Any], heard: Connection[Any, Any]) -> None:
    """What the forked process does. Errors are sent as those of which their text is all that is read.

    heard   the end of the parent: closed here, so that what is told to nobody ends the process
    """
    heard.close()
    result: Any = None
    error: GdanimError | None = None
    try:
        result = work(lambda done, _: told.send(done))
    except UsageError as raised:
        error = UsageError(str(raised))
    except Exception as raised:
        error = OutputError(str(raised) if isinstance(raised, GdanimError) else unforeseen(raised))
    with suppress(BrokenPipeError):
        told.send((result, error))
