"""The whole way from a request to files: solve, draw once for each style, write every output."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.descent.alt_text import alt_text, spoken
from gdanim.descent.outcomes.standings import standings
from gdanim.descent.plane.looked_at import looked_at
from gdanim.drawing import mpl  # first: see there
from gdanim.drawing.fallback import asked_text, none_but_bundled
from gdanim.drawing.layout import check_room
from gdanim.drawing.painting.tape import Tape
from gdanim.drawing.raster import Raster
from gdanim.output.base import FilmInfo, Quality
from gdanim.output.files.atomic import open_output
from gdanim.outputs import Written
from gdanim.recipe.recipe import recipe_of
from gdanim.writing import OutputFile, kept, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gdanim.catalogue.request import Planned, Request, StyleChoice
    from gdanim.descent.descend import Descent
    from gdanim.descent.runs import Runs
    from gdanim.descent.trajectory import Trajectory
    from gdanim.drawing.frame import Frame
    from gdanim.drawing.painting.drawers import Drawers
    from gdanim.drawing.scene import Scene
    from gdanim.errors import GdanimError
    from gdanim.outputs import Progress

    Work = Callable[[Progress], tuple[Written, ...]]

MAX_PIXELS_ASIDE: Final = 4_000_000  # of pictures that are drawn side by side: larger ones take much memory


class Rendered(NamedTuple):
    """What became of the files of a request: its outputs, and why --data could not be written."""

    outputs: tuple[Written, ...]
    data_error: GdanimError | None

    @property
    def errors(self) -> list[GdanimError]:
        """Why files are missing."""
        return [error for error in (*(output.error for output in self.outputs), self.data_error) if error is not None]


def render_descent(descent: Descent, request: Request, progress: Progress | None = None) -> Rendered:
    """Write all files of a request whose descent is solved. One that fails stops no other.

    The command line calls this and prints messages before and after, Python calls it and warns.
    """
    failed: list[GdanimError] = []
    if request.settings.data is not None:
        with kept(failed, request.settings.data):  # first: it needs no picture
            write_data(request.settings.data, descent.trajectory, descent.runs)
    return Rendered(write(descent, request.outputs, progress), failed[0] if failed else None)


def write_data(path: str, trajectory: Trajectory, runs: Runs) -> None:
    """Write a trajectory to a file, complete or not at all. Raises TargetError and OutputError."""
    from gdanim.descent.recording.export import write_trajectory

    with open_output(path, needs_path=False) as output:
        write_trajectory(output.stream, path, trajectory, runs)


def draw(descent: Descent) -> Scene:
    """Build the picture, of many dimensions that of a plane.

    Call it, and use the scene, inside its style: `with descent.style.loaded.applied()`.
    """
    descent = looked_at(descent)
    scene: Scene = descent.view.load()(descent)
    return scene


def write(descent: Descent, outputs: Sequence[Planned], progress: Progress | None = None) -> tuple[Written, ...]:
    """Write every output, within --max-size where that is given. One that fails stops no other."""
    limit = descent.settings.max_size
    if limit is None:
        return _write_all(descent, outputs, progress)
    from gdanim.max_size.limit import write_within

    return write_within(limit, descent, outputs, _write_all, progress)


def _write_all(descent: Descent, outputs: Sequence[Planned], progress: Progress | None) -> tuple[Written, ...]:
    """Draw the frames once for each style and write them to every output."""
    styles = list(dict.fromkeys(output.style for output in outputs))
    for style in styles:
        _ = style.loaded  # one that is nowhere is refused before a file is written
    places = [[place for place, output in enumerate(outputs) if output.style == style] for style in styles]
    works = [
        partial(_write_in, descent, style, [outputs[place] for place in some])
        for style, some in zip(styles, places, strict=True)
    ]
    done = _done(works, descent.settings.size, progress)
    written = dict(zip(chain(*places), chain(*done), strict=True))
    return tuple(written[place] for place in range(len(outputs)))


def _done(works: Sequence[Work], size: tuple[int, int], progress: Progress | None) -> Iterator[tuple[Written, ...]]:
    """What is written in each style: side by side, as many as there are cores; large ones one after another."""
    together = 1
    if len(works) > 1 and size[0] * size[1] <= MAX_PIXELS_ASIDE:
        from gdanim.drawing.painting.forks import n_cores

        together = n_cores()
    for first in range(0, len(works), together):
        some = works[first : first + together]
        counted = _unheard if progress is None else _part(progress, first, len(works))
        if len(some) == 1:
            yield some[0](counted)
        else:
            from gdanim.output.side_by_side import side_by_side

            yield from side_by_side(some, counted)


def _write_in(
    descent: Descent, style: StyleChoice, outputs: Sequence[Planned], progress: Progress
) -> tuple[Written, ...]:
    """Draw the frames in a style and write them to every output of that style."""
    settings = replace(descent.settings, style=style.names, themes=())
    failed: list[GdanimError] = []
    done: tuple[Written, ...] = ()
    with kept(failed, outputs[0].path):
        done = _write(replace(descent, settings=settings, style=style), outputs, progress)
    return tuple(missing(output, failed[0]) for output in outputs) if failed else done


def _write(descent: Descent, outputs: Sequence[Planned], progress: Progress | None) -> tuple[Written, ...]:
    """Draw the frames once, in the style of the descent, and write them to every output."""
    text = asked_text(descent.settings, descent.runs)
    with descent.style.loaded.applied(text), _fonts(descent, outputs):
        with mpl.fonts_must_be_read():
            scene = draw(descent)
            # Within --max-size smaller sizes are tried, too, and a filmstrip checks its own panels.
            if descent.settings.max_size is None and not all("dpi" in output.format.takes for output in outputs):
                check_room(scene.figure, descent.settings)
            raster = Raster(scene)
        recipe = recipe_of(descent)
        redraw = partial(_draw_with, descent)
        with ExitStack() as stack, mpl.fonts_must_be_read():  # before the files are finished
            pictures = _pictures(raster, descent, outputs, stack)
            info = _film_info(descent, raster.size, pictures)
            infos = [replace(info, recipe=recipe.text(output.format)) for output in outputs]
            files = [OutputFile(output, own, descent, redraw) for output, own in zip(outputs, infos, strict=True)]
            for file in files:
                stack.push(file.close)
                file.open()
            _write_frames(files, _counted(pictures.frames(), descent.timeline.frames, progress))
            for file in files:
                file.write_scene(scene)
        return tuple(replace(file.result(), lacks=recipe.lacks) for file in files)


def _fonts(descent: Descent, outputs: Sequence[Planned]) -> AbstractContextManager[None]:
    """Where fonts are looked for: a plug-in may name any that is installed."""
    has_plugin = descent.view.plugin or any(output.format.plugin for output in outputs)
    return nullcontext() if has_plugin else none_but_bundled()


def _pictures(raster: Raster, descent: Descent, outputs: Sequence[Planned], stack: ExitStack) -> Drawers | Tape:
    """What draws the frames: several processes where every frame is new and they are worth it; `stack` ends them."""
    if descent.settings.turn and not all(output.format.vector for output in outputs):
        from gdanim.drawing.painting.drawers import Drawers, worth_drawers

        if count := worth_drawers(raster.size, descent.timeline.frames):
            with suppress(OSError):  # no process or no memory is left for them here: one draws the same
                return stack.enter_context(Drawers(raster, count))
    return Tape(raster)


def _write_frames(files: Sequence[OutputFile], frames: Iterator[Frame]) -> None:
    """Draw each frame and write it to all files of frames; where it cannot be drawn, these fail, and no others."""
    while taking := [file for file in files if file.wants_frames]:
        failed: list[GdanimError] = []
        frame = None
        with kept(failed, taking[0].path):
            frame = next(frames, None)
        for file in taking:
            if failed:
                file.fail(failed[0])
            elif frame is not None:
                file.write_frame(frame)
        if frame is None:
            return


def _draw_with(descent: Descent, style: StyleChoice | None = None, **settings: Any) -> Scene:
    """The picture with other settings or in another style, as some vector formats ask for it; see draw()."""
    return draw(replace(descent, settings=replace(descent.settings, **settings), style=style or descent.style))


def _unheard(_done: int, _total: int) -> None:
    """The progress that nobody asks for."""


def _part(progress: Progress, place: int, parts: int) -> Progress:
    """The progress of one of several parts, which all have the same number of frames."""
    return lambda done, total: progress(place * total + done, parts * total)


def _film_info(descent: Descent, size: tuple[int, int], pictures: Drawers | Tape) -> FilmInfo:
    width, height = size
    return FilmInfo(
        width=width,
        height=height,
        fps=descent.settings.fps,
        loop=descent.settings.loop,
        duration_s=descent.timeline.duration_s,
        ends_s=descent.timeline.end_s.tolist(),
        sample=pictures.sample,
        quality=Quality(descent.settings.quality),
        transparent=descent.settings.transparent,
        dpi=descent.settings.dpi,
        title=spoken(descent.objective) if descent.settings.title is None else descent.settings.title,
        standings=partial(standings, descent),
        alt_text=alt_text(descent),
    )


def _counted(frames: Iterable[Frame], total: int, progress: Progress | None) -> Iterator[Frame]:
    """The frames; each is counted when it is drawn and written."""
    for done, frame in enumerate(frames, start=1):
        yield frame
        if progress is not None:
            progress(done, total)
