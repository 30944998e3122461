"""A worker of `gdanim batch`: does jobs that come on standard input, one after another, and answers on standard output.

It ends when its input does, even in the middle of a job: then nobody waits for the answer any more.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from gdanim import signals

if TYPE_CHECKING:
    from collections.abc import Mapping


class Answer(NamedTuple):
    """What became of a job.

    code      the exit code that the command line would have without --strict
    errors    why there is something that was not written
    remarks   what a person should know beside, as the command line says it
    summary   as --json has it; None where nothing was rendered
    is_lost   whether a run diverged or left the domain
    seconds   how long it took
    """

    code: int
    errors: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    summary: dict[str, Any] | None = None
    is_lost: bool = False
    seconds: float = 0.0


def main() -> None:
    """Do jobs until the input ends."""
    signals.install()
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # what somebody's code prints is no answer
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    from gdanim.batch.messages import receive, send

    def listen() -> None:
        try:
            while True:
                waiting.put(receive(jobs))
        except (EOFError, OSError):
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=listen, daemon=True).start()
    _import_all()
    while True:
        send(answers, tuple(answer(waiting.get())))


def _import_all() -> None:
    """Import what every job needs, and leave it out of the search for garbage."""
    from gdanim import rendering  # noqa: F401
    from gdanim.cli import summary  # noqa: F401

    gc.freeze()


def answer(fields: Mapping[str, Any]) -> Answer:
    """Render what fields of Settings ask for. Raises nothing."""
    from gdanim.errors import GdanimError, unforeseen

    begun = time.perf_counter()
    try:
        found = _rendered(fields)
    except GdanimError as error:
        found = Answer(error.exit_code, (str(error),))
    except Exception as error:
        found = Answer(1, (unforeseen(error),))
    return found._replace(seconds=time.perf_counter() - begun)


def _rendered(fields: Mapping[str, Any]) -> Answer:
    from gdanim import preflight
    from gdanim.api import remarks
    from gdanim.cli import messages, summary
    from gdanim.descent.descend import carry_out
    from gdanim.rendering import render_descent
    from gdanim.settings import Settings

    request = preflight.resolve(Settings(**fields))
    descent = carry_out(request)
    if request.settings.dry_run:
        return Answer(0, summary=summary.as_dict(descent, ()))
    told = messages.said([*remarks.of_picture(descent, request.outputs), *remarks.of_letters(descent)])
    rendered = render_descent(descent, request)
    errors = [messages.failure(written) for written in rendered.outputs if written.error is not None]
    errors += [] if rendered.data_error is None else [str(rendered.data_error)]
    is_lost = any(stop.failed for stop in descent.trajectory.stop)
    about = summary.as_dict(descent, rendered.outputs)
    return Answer(1 if errors else 0, tuple(errors), tuple(told), about, is_lost)


if __name__ == "__main__":
    main()
