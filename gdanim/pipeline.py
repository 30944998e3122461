"""The whole way from a request to files, as a table of contents."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdanim import plotting, preflight  # noqa: F401 (plotting first: see there)
from gdanim.atomic import STDOUT, open_output
from gdanim.descent import descend
from gdanim.errors import OutputError
from gdanim.raster import Raster
from gdanim.records.export import write_trajectory
from gdanim.styles import load_style
from gdanim.writers.base import FrameWriter, Quality, Reel

if TYPE_CHECKING:
    from gdanim.descent import Descent
    from gdanim.frame import Frame
    from gdanim.preflight import Planned
    from gdanim.scene import Scene
    from gdanim.settings import Settings

Progress = Callable[[int, int], None]  # frames done, frames in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One output that is done, or why it is not. Bytes are None where they were streamed away."""

    path: str
    format: str
    bytes: int | None
    error: OutputError | None = None


def render(settings: Settings, progress: Progress | None = None) -> tuple[Written, ...]:
    """Write the files that `gdanim` writes with these settings. Raises GdanimError, also where only one output failed.

    Nothing is printed: the switches of the command line (json, quiet, strict, dry_run, …) mean nothing here.
    `progress` is called with the frames that are done and the frames in all.
    """
    settings = replace(settings, dry_run=False, json=False)
    outputs = preflight.check(settings)
    descent = descend(settings)
    written = write(descent, outputs, progress)
    if settings.data is not None:
        write_trajectory(settings.data, descent.trajectory)
    for result in written:
        if result.error is not None:
            raise result.error
    return written


def draw(descent: Descent) -> Scene:
    """Build the picture. Call it, and use the scene, inside the style: `with load_style(…).applied()`."""
    view = preflight.view_of(descent.settings.view, descent.objective.dim)
    scene: Scene = view.load()(descent)
    return scene


def write(descent: Descent, outputs: Sequence[Planned], progress: Progress | None = None) -> tuple[Written, ...]:
    """Draw the frames once and write them to every output. One that fails stops no other."""
    with load_style(descent.settings.style).applied():
        raster = Raster(draw(descent))
        reel = _reel(descent, raster)
        writings = [_Writing(output, reel) for output in outputs]
        with ExitStack() as stack:
            for writing in writings:
                stack.push(writing.close)
                writing.open()
            for frame in _counted(raster.frames(), descent.timeline.frames, progress):
                for writing in writings:
                    writing.write(frame)
                if all(writing.failed for writing in writings):
                    break
        return tuple(writing.result() for writing in writings)


def _reel(descent: Descent, raster: Raster) -> Reel:
    width, height = raster.size
    return Reel(
        width=width,
        height=height,
        fps=descent.settings.fps,
        loop=descent.settings.loop,
        duration_s=descent.timeline.duration_s,
        sample=raster.sample,
        quality=Quality(descent.settings.quality),
        transparent=descent.settings.transparent,
    )


def _counted(frames: Iterable[Frame], total: int, progress: Progress | None) -> Iterator[Frame]:
    """The frames; each is counted when it is drawn and written."""
    for done, frame in enumerate(frames, start=1):
        yield frame
        if progress is not None:
            progress(done, total)


class _Writing:
    """One output on its way. Its failure to write is kept for the result; anything else passes."""

    def __init__(self, output: Planned, reel: Reel) -> None:
        self._output, self._reel = output, reel
        self._opened = ExitStack()
        self._writer: FrameWriter | None = None
        self._error: OutputError | None = None

    def open(self) -> None:
        self._attempt(self._open)

    def write(self, frame: Frame) -> None:
        if self._writer is not None:
            self._attempt(lambda: self._writer.write(frame))  # type: ignore[union-attr]

    def close(self, *raised: Any) -> None:
        """Finish and commit, or give up where `raised` holds what went wrong elsewhere."""
        if self._error is None:
            try:
                self._opened.__exit__(*raised)
            except OutputError as error:
                self._error = error

    @property
    def failed(self) -> bool:
        """Whether nothing more can come of it."""
        return self._error is not None

    def result(self) -> Written:
        path = Path(self._output.path)
        regular = self._error is None and self._output.path != STDOUT and path.is_file()
        return Written(
            path=self._output.path,
            format=self._output.format.name,
            bytes=path.stat().st_size if regular else None,
            error=self._error,
        )

    def _open(self) -> None:
        form = self._output.format
        target = self._opened.enter_context(open_output(self._output.path, needs_path=form.needs_path))
        writer = form.load()(target.path if form.needs_path else target.stream, self._reel)
        self._writer = self._opened.enter_context(writer)

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            try:
                step()
            except BaseException:
                # Gives this output up at once; the file's own context may know better what went wrong.
                self._writer = None
                self._opened.__exit__(*sys.exc_info())
                raise
        except OutputError as error:
            self._error = error
