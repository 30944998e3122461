"""One output on its way: opened, filled and finished. Why it fails is kept, so that the others go on."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdanim.descent.stops import shown_frames
from gdanim.errors import GdanimError, OutputError, UsageError, unforeseen
from gdanim.output.files.atomic import finishing, open_output
from gdanim.output.files.targets import STDOUT, quoted
from gdanim.outputs import Written, duration_s

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from gdanim.catalogue.request import Planned
    from gdanim.catalogue.specs import Format
    from gdanim.descent.descend import Descent
    from gdanim.drawing.frame import Frame
    from gdanim.drawing.scene import Scene
    from gdanim.output.base import FilmInfo


class OutputFile:
    """One output on its way. Why it fails is kept for the result: other outputs go on."""

    def __init__(self, output: Planned, info: FilmInfo, descent: Descent, redraw: Callable[..., Scene]) -> None:
        self._output = output
        self._duration_s = duration_s(output.format, descent.timeline.duration_s, descent.settings.fps)
        self._steps = _steps(output, info, descent, redraw)
        self._failed: list[GdanimError] = []

    @property
    def path(self) -> str:
        """Where it is written."""
        return self._output.path

    @property
    def _error(self) -> GdanimError | None:
        return self._failed[0] if self._failed else None

    @property
    def wants_frames(self) -> bool:
        """Whether it still takes frames."""
        return self._error is None and not self._output.format.vector

    def open(self) -> None:
        """Open the file. The other methods are called after this one."""
        self._proceed(None)

    def write_frame(self, frame: Frame) -> None:
        """Take the next frame, where the format is one of frames."""
        if self.wants_frames:
            self._proceed(frame)

    def write_scene(self, scene: Scene) -> None:
        """Take the picture as it is, where the format is a vector format."""
        if self._error is None and self._output.format.vector:
            self._proceed(scene)

    def fail(self, error: GdanimError) -> None:
        """Give the file up."""
        self._failed.append(error)
        self.close(type(error), error, None)

    def close(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        """Finish and commit the file; give it up where an error came from elsewhere."""
        if error is None:
            self._proceed(None)
            return
        try:
            self._steps.throw(error)
        except (StopIteration, OutputError):
            pass
        except BaseException as raised:
            if raised is not error:
                raise

    def result(self) -> Written:
        """What became of the file."""
        if self._error is not None:
            return missing(self._output, self._error)
        form = self._output.format
        return Written(path=self.path, format=form.name, bytes=self._bytes(), duration_s=self._duration_s)

    def _bytes(self) -> int | None:
        path = Path(self._output.path)
        with suppress(OSError):  # the file is in its place, and what is said of it does without
            if self._output.format.sequence:
                from gdanim.output.files.sequence import size_of

                return size_of(self._output.path)
            return path.stat().st_size if self._output.path != STDOUT and path.is_file() else None
        return None

    def _proceed(self, given: Frame | Scene | None) -> None:
        with kept(self._failed, self._output.path), suppress(StopIteration):
            self._steps.send(given)


def frames_in(form: Format, descent: Descent) -> int:
    """How many frames an output of a format has."""
    stops = descent.settings.stops if "stops" in form.takes else ()
    return len(shown_frames(descent.timeline, stops))


def missing(output: Planned, error: GdanimError) -> Written:
    """What is said of an output that could not be written."""
    return Written(path=output.path, format=output.format.name, bytes=None, error=error)


@contextmanager
def kept(failed: list[GdanimError], path: str) -> Iterator[None]:
    """Put an exception that arises inside into `failed`, for other files go on; also one that nobody foresaw.

    A UsageError passes, for it arises before anything is written; so does a pipe that its reader has closed.
    """
    try:
        yield
    except (UsageError, BrokenPipeError):
        raise
    except GdanimError as error:
        failed.append(error)
    except Exception as error:
        made = OutputError(f"Cannot write {quoted(path)}: {unforeseen(error)}")
        made.__cause__ = error
        failed.append(made)


def _steps(
    output: Planned, info: FilmInfo, descent: Descent, redraw: Callable[..., Scene]
) -> Generator[None, Frame | Scene | None, None]:
    """Write one output in steps, so that several are written side by side. `redraw` draws it with other settings.

    The first step opens the file, each further one takes a frame or, in a vector format, the scene; None finishes.
    """
    form = output.format
    options = {name: descent.style if name == "style" else getattr(descent.settings, name) for name in form.takes}
    if form.suffixes:
        options["suffix"] = Path(output.path).suffix.lower()
    if form.redraws:
        options["redraw"] = redraw
    with _opened(output, frames_in(form, descent)) as target:
        if form.vector:
            write = form.load()
            while (scene := (yield)) is not None:
                write(target, scene, info, **options)
        else:
            with form.load()(target, info, **options) as writer:
                while (frame := (yield)) is not None:
                    writer.write(frame)


@contextmanager
def _opened(output: Planned, frames: int) -> Iterator[Any]:
    """What a writer writes to: a stream, a path or, for a sequence, a folder. Complete in the end, or as before."""
    form = output.format
    if form.sequence:
        from gdanim.output.files.sequence import SUFFIX, open_sequence

        suffix = Path(output.path).suffix.lower() if form.suffixes else SUFFIX
        with open_sequence(output.path, frames, suffix) as folder:
            yield folder
        return
    with open_output(output.path, needs_path=form.needs_path) as target:
        if form.needs_path:
            with finishing(output.path):  # a stream names the path itself
                yield target.path
        else:
            yield target.stream
