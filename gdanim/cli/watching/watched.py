"""A request that is watched: rendered again and again, each time by a process of its own.

That process sees Python files as they are now, and leaves the old file whole where it fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Final

import click

from gdanim.cli.parsing import IS_WATCHED
from gdanim.cli.terminal import say
from gdanim.cli.watching.loop import Watched, watch
from gdanim.errors import TargetError, UsageError
from gdanim.output.files.targets import STDOUT, is_pipe
from gdanim.outputs import inputs_of
from gdanim.signals import on_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gdanim.catalogue.request import Request
    from gdanim.cli.watching.server import PageServer
    from gdanim.settings import Settings


_WRITTEN: Final = (0, 3)  # exit codes of renderings that wrote the files


def watch_request(
    request: Request, preset: str | None, settings: Callable[[], Settings], *, watch: bool, serve: bool
) -> int:
    """Render what the command line of this process asks for whenever a file that it reads has changed.

    settings   what it asks for now, read anew. Raises GdanimError
    Returns when there is nothing to wait for any more. Raises UsageError where there never was.
    """
    if not watch:
        raise UsageError("--serve follows a page that --watch renders: give both")
    streamed = next((output.path for output in request.outputs if output.path == STDOUT or is_pipe(output.path)), None)
    if streamed is not None:
        raise TargetError(f"--watch writes again and again, and {streamed} is read once: give the name of a file")
    wait = _waiting()

    def read() -> list[str]:
        return [name for name in inputs_of(settings(), preset) if name != STDOUT]

    if not read():
        raise UsageError("--watch waits for changes of files that are read: name a preset, a FILE.py or a table")
    with closing(_served(request)) if serve else nullcontext() as server:

        def render() -> None:
            if _render_once(sys.argv[1:]) in _WRITTEN and server is not None:
                server.publish()

        _loop(Watched(read, render, wait, lambda line: say([line])), server, opens=request.settings.open)
    return 0


def _loop(watched: Watched, server: PageServer | None, *, opens: bool) -> None:
    if server is not None:
        watched.say(f"{server.address} shows {server.path}")
        if opens:
            click.launch(server.address)
    watch(watched)


def _served(request: Request) -> PageServer:
    """The server of the one page that is written. Raises UsageError where that is none, or one of several."""
    from gdanim.cli.watching.server import PageServer

    pages = [output.path for output in request.outputs if output.format.name == "html"]
    if len(pages) != 1:
        raise UsageError(f"--serve shows one page, and {len(pages)} are written: give one -o NAME.html")
    return PageServer(pages[0])


def _render_once(arguments: Sequence[str]) -> int:
    """Render in a process of its own, which prints as this one does; returns its exit code."""
    command = [sys.executable, "-m", "gdanim", *arguments]
    with subprocess.Popen(command, env={**os.environ, IS_WATCHED: "1"}) as rendering, on_signal(rendering.terminate):
        return rendering.wait()


def _waiting() -> Callable[[Sequence[Path]], bool]:
    """Waits for changes, as the system tells of them. Raises UsageError where watchfiles is not installed."""
    try:
        import watchfiles
    except ModuleNotFoundError as error:
        raise UsageError(f"--watch needs {error.name}, which is not installed: pip install {error.name}") from None

    def wait(files: Sequence[Path]) -> bool:
        folders = {folder for file in files for folder in (file.parent, file.resolve().parent) if folder.is_dir()}
        # It looks up once a second in any case: not every disk tells of changes, nor of those before this began.
        changes = watchfiles.watch(
            *folders,
            recursive=False,
            rust_timeout=1000,
            yield_on_timeout=True,
            watch_filter=None,
            raise_interrupt=False,
        )
        return next(changes, None) is not None

    return wait
