"""The whole way from a request to files: solve, draw once for each style, write every output."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gdanim import preflight
from gdanim.catalogue.request import StyleChoice, check_draws
from gdanim.descent.alt_text import alt_text, spoken
from gdanim.descent.descend import carry_out
from gdanim.drawing import mpl  # noqa: F401 (first: see there)
from gdanim.drawing.raster import Raster
from gdanim.errors import OutputError
from gdanim.output.base import FilmInfo, Quality
from gdanim.output.files.atomic import finishing, open_output
from gdanim.output.files.targets import STDOUT
from gdanim.outputs import Written, duration_s
from gdanim.recipe import recipe_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from gdanim.catalogue.request import Planned, Request
    from gdanim.descent.descend import Descent
    from gdanim.descent.runs import Runs
    from gdanim.descent.trajectory import Trajectory
    from gdanim.drawing.frame import Frame
    from gdanim.drawing.scene import Scene
    from gdanim.outputs import Progress
    from gdanim.settings import Settings


def render(settings: Settings, progress: Progress | None = None) -> tuple[Written, ...]:
    """Write the files that `gdanim` writes with these settings. Raises GdanimError, also where only one output failed.

    Nothing is printed: the switches of the command line (json, quiet, strict, dry_run, …) mean nothing here.
    `progress` is called with the frames that are done and the frames in all.
    """
    settings = replace(settings, dry_run=False, json=False, alt_text=False)
    request = preflight.resolve(settings)
    rendered = render_descent(carry_out(request), request, progress)
    for error in rendered.errors:
        raise error
    return rendered.outputs


class Rendered(NamedTuple):
    """What became of the files of a request: its outputs, and why --data could not be written."""

    outputs: tuple[Written, ...]
    data_error: OutputError | None

    @property
    def errors(self) -> list[OutputError]:
        """Why files are missing."""
        return [error for error in (*(output.error for output in self.outputs), self.data_error) if error is not None]


def render_descent(descent: Descent, request: Request, progress: Progress | None = None) -> Rendered:
    """Write all files of a request whose descent is solved. One that fails stops no other.

    render() calls this, and so does the command line, which prints messages before and after.
    """
    outputs = write(descent, request.outputs, progress)
    try:
        if request.settings.data is not None:
            write_data(request.settings.data, descent.trajectory, descent.runs)
    except OutputError as error:
        return Rendered(outputs, error)
    return Rendered(outputs, None)


def write_data(path: str, trajectory: Trajectory, runs: Runs) -> None:
    """Write a trajectory to a file, complete or not at all. Raises TargetError and OutputError."""
    from gdanim.descent.recording.export import write_trajectory

    with open_output(path, needs_path=False) as output:
        write_trajectory(output.stream, path, trajectory, runs)


def draw(descent: Descent) -> Scene:
    """Build the picture. Call it, and use the scene, inside its style: `with descent.style.loaded.applied()`."""
    check_draws(descent.view, descent.settings.view, descent.objective.dim)
    scene: Scene = descent.view.load()(descent)
    return scene


def write(descent: Descent, outputs: Sequence[Planned], progress: Progress | None = None) -> tuple[Written, ...]:
    """Write every output, within --max-size where that is given. One that fails stops no other."""
    limit = descent.settings.max_size
    if limit is None:
        return _write_all(descent, outputs, progress)
    from gdanim.size_limit import write_within

    return write_within(limit, descent, outputs, _write_all, progress)


def _write_all(descent: Descent, outputs: Sequence[Planned], progress: Progress | None) -> tuple[Written, ...]:
    """Draw the frames once for each style and write them to every output."""
    styles = list(dict.fromkeys(output.style for output in outputs))
    for style in styles:
        _ = style.loaded  # one that is nowhere is refused before a file is written
    written: dict[int, Written] = {}
    for part, style in enumerate(styles):
        places = [place for place, output in enumerate(outputs) if output.style == style]
        settings = replace(descent.settings, style=style.text, themes=())
        counted = None if progress is None else _part(progress, part, len(styles))
        done = _write(replace(descent, settings=settings, style=style), [outputs[place] for place in places], counted)
        written.update(zip(places, done, strict=True))
    return tuple(written[place] for place in range(len(outputs)))


def _write(descent: Descent, outputs: Sequence[Planned], progress: Progress | None) -> tuple[Written, ...]:
    """Draw the frames once, in the style of the descent, and write them to every output."""
    with descent.style.loaded.applied():
        scene = draw(descent)
        raster = Raster(scene)
        info = _film_info(descent, raster)
        recipe = recipe_of(descent)
        files = [_OutputFile(output, replace(info, recipe=recipe.text(output.format)), descent) for output in outputs]
        with ExitStack() as stack:
            for file in files:
                stack.push(file.close)
                file.open()
            for frame in _counted(raster.frames(), descent.timeline.frames, progress) if _wanted(files) else ():
                for file in files:
                    file.write_frame(frame)
                if not _wanted(files):
                    break
            for file in files:
                file.write_scene(scene)
        return tuple(replace(file.result(), lacks=recipe.lacks) for file in files)


def _wanted(files: Sequence[_OutputFile]) -> bool:
    """Whether any file still takes frames."""
    return any(file.wants_frames for file in files)


def _draw_with(descent: Descent, **settings: Any) -> Scene:
    """The picture with other settings, as some vector formats ask for it; see draw()."""
    style = StyleChoice(settings["style"]) if "style" in settings else descent.style
    return draw(replace(descent, settings=replace(descent.settings, **settings), style=style))


def _part(progress: Progress, place: int, parts: int) -> Progress:
    """The progress of one of several parts, which all have the same number of frames."""
    return lambda done, total: progress(place * total + done, parts * total)


def _film_info(descent: Descent, raster: Raster) -> FilmInfo:
    width, height = raster.size
    return FilmInfo(
        width=width,
        height=height,
        fps=descent.settings.fps,
        loop=descent.settings.loop,
        duration_s=descent.timeline.duration_s,
        sample=raster.sample,
        quality=Quality(descent.settings.quality),
        transparent=descent.settings.transparent,
        title=spoken(descent.objective) if descent.settings.title is None else descent.settings.title,
        alt_text=alt_text(descent),
    )


def _counted(frames: Iterable[Frame], total: int, progress: Progress | None) -> Iterator[Frame]:
    """The frames; each is counted when it is drawn and written."""
    for done, frame in enumerate(frames, start=1):
        yield frame
        if progress is not None:
            progress(done, total)


class _OutputFile:
    """One output on its way. Its failure to write is kept for the result; any other exception passes."""

    def __init__(self, output: Planned, info: FilmInfo, descent: Descent) -> None:
        self._output = output
        self._duration_s = duration_s(output.format, descent.timeline.duration_s, descent.settings.fps)
        self._steps = _steps(output, info, descent)
        self._error: OutputError | None = None

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
        written = self._bytes() if self._error is None else None
        return Written(
            path=self._output.path,
            format=self._output.format.name,
            bytes=written,
            duration_s=self._duration_s if self._error is None else None,
            error=self._error,
        )

    def _bytes(self) -> int | None:
        path = Path(self._output.path)
        if self._output.format.sequence:
            from gdanim.output.files.sequence import size_of

            return size_of(self._output.path)
        return path.stat().st_size if self._output.path != STDOUT and path.is_file() else None

    def _proceed(self, given: Frame | Scene | None) -> None:
        try:
            self._steps.send(given)
        except StopIteration:
            pass
        except OutputError as error:
            self._error = error


def _steps(output: Planned, info: FilmInfo, descent: Descent) -> Generator[None, Frame | Scene | None, None]:
    """Write one output in steps, so that several are written side by side.

    The first step opens the file, each further one takes a frame or, in a vector format, the scene; None finishes.
    """
    form = output.format
    options = {name: getattr(descent.settings, name) for name in form.takes}
    if form.suffixes:
        options["suffix"] = Path(output.path).suffix.lower()
    if form.redraws:
        options["redraw"] = partial(_draw_with, descent)
    with _opened(output, descent.timeline.frames) as target:
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
        from gdanim.output.files.sequence import open_sequence

        with open_sequence(output.path, frames) as folder:
            yield folder
        return
    with open_output(output.path, needs_path=form.needs_path) as target:
        if form.needs_path:
            with finishing(output.path):  # a stream names the path itself
                yield target.path
        else:
            yield target.stream
