"""The whole way from a request to files, as a table of contents."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.atomic import STDOUT, open_output
from gdanim.catalog import OPTIMIZERS, VIEWS, find
from gdanim.errors import OutputError, SettingError
from gdanim.objectives.lookup import objective as objective_of
from gdanim.objectives.scout import Fixed
from gdanim.raster import Raster
from gdanim.solver import Trajectory, solve
from gdanim.starts import random_starts
from gdanim.styles import load_style
from gdanim.timeline import Timeline, plan
from gdanim.writers.base import FrameWriter, Reel

if TYPE_CHECKING:
    from gdanim.frame import Frame
    from gdanim.objectives.objective import Objective, Vector
    from gdanim.optimizers.optimizer import Optimizer
    from gdanim.preflight import Planned
    from gdanim.scene import Scene
    from gdanim.settings import Settings

MAX_RECORDED = 20_000_000  # run-steps: half a gigabyte of float64 for x, f and gradient in one variable

Progress = Callable[[int, int], None]  # frames done, frames in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """A request, solved and planned, and not yet drawn."""

    settings: Settings
    objective: Objective
    optimizer: Optimizer
    trajectory: Trajectory
    timeline: Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One output that is done, or why it is not. Bytes are None where they were streamed away."""

    path: str
    format: str
    bytes: int | None
    error: OutputError | None = None


def descend(settings: Settings) -> Descent:
    """Solve a request and plan its frames. Raises UsageError where it cannot be."""
    limits = settings.xlim, settings.ylim
    fixed = Fixed(limits=limits, starts=settings.start, rates=settings.lr)
    objective = objective_of(settings.function, dict(settings.param), fixed, settings.gradient)
    optimizer: Optimizer = OPTIMIZERS["gd"].load()()
    start, lr, labels = _runs(settings, objective)
    iterations = objective.iterations if settings.iterations is None else settings.iterations
    if len(start) * (iterations + 1) > MAX_RECORDED:
        raise SettingError("--iterations", iterations, f"{len(start)} runs may record {MAX_RECORDED:,} steps in all")
    trajectory = solve(objective, optimizer, start, lr, iterations, tolerance=settings.tolerance, label=labels)
    timeline = plan(
        trajectory.last,
        fps=settings.fps,
        hold_s=settings.hold,
        in_turn=settings.order == "in-turn",
        every=settings.every,
        duration_s=settings.duration,
    )
    return Descent(
        settings=settings, objective=objective, optimizer=optimizer, trajectory=trajectory, timeline=timeline
    )


def draw(descent: Descent) -> Scene:
    """Build the picture. Call it, and use the scene, inside the style: `with load_style(…).applied()`."""
    dim, name = descent.objective.dim, descent.settings.view
    view = find(VIEWS, "view", {1: "curve", 2: "contour"}[dim] if name == "auto" else name)
    if dim not in view.dims:
        allowed = f"draws functions of {_variables(view.dims[0])}; this one has {_variables(dim)}"
        raise SettingError("--view", name, allowed)
    scene: Scene = view.load()(descent.objective, descent.trajectory, descent.timeline, descent.settings)
    return scene


def write(descent: Descent, outputs: Sequence[Planned], progress: Progress | None = None) -> tuple[Written, ...]:
    """Draw the frames once and write them to every output. One that fails does not stop the others."""
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
        return tuple(writing.result() for writing in writings)


def _runs(settings: Settings, objective: Objective) -> tuple[Vector, Vector, list[str]]:
    """Every combination of start and rate: starts (runs, d), rates (runs,), labels."""
    if settings.starts is not None:
        starts = random_starts(
            objective,
            settings.starts,
            seed=settings.seed,
            min_separation=settings.min_separation,
            avoid_minima=settings.avoid_minima,
        )
    else:
        for start in settings.start:
            if len(start) != objective.dim:
                needed = "one coordinate" if objective.dim == 1 else "two coordinates"
                raise SettingError("--start", ",".join(f"{x:g}" for x in start), f"{objective.name} takes {needed}")
        starts = np.array(settings.start or [objective.start], dtype=np.float64)
    rates = settings.lr or (objective.lr,)
    runs = list(product(starts, rates))
    labels = []
    for start, rate in runs:
        parts = [f"lr {rate:g}"] if len(rates) > 1 else []
        parts += [f"start {', '.join(f'{x:.4g}' for x in start)}"] if len(starts) > 1 else []
        labels.append(", ".join(parts))
    return np.array([start for start, _ in runs]), np.array([rate for _, rate in runs]), labels


def _variables(dim: int) -> str:
    return "one variable" if dim == 1 else "two variables"


def _reel(descent: Descent, raster: Raster) -> Reel:
    width, height = raster.size
    return Reel(
        width=width,
        height=height,
        fps=descent.settings.fps,
        loop=descent.settings.loop,
        duration_s=descent.timeline.duration_s,
        sample=raster.sample,
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
