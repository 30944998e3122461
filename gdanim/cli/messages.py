"""Messages about a request: warnings, a line for each file, the progress bar, which alone prints itself."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import click
import numpy as np

from gdanim.batch.schema import FILE
from gdanim.catalogue.registry import FORMATS
from gdanim.catalogue.request import Planned, Request
from gdanim.catalogue.specs import Format
from gdanim.cli.terminal import bar_width
from gdanim.descent.descend import Descent
from gdanim.descent.outcomes.reasons import limit_explains, rate_above_limit, reason_of
from gdanim.descent.plane.looked_at import looked_at
from gdanim.descent.stability import limit_formula
from gdanim.descent.timeline import MAX_FRAMES
from gdanim.descent.verdicts import Outcome
from gdanim.errors import EncoderError
from gdanim.formatting import count, listed, seconds, significant
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.targets import STDOUT, is_pipe
from gdanim.outputs import Progress, Written, duration_s, replacing
from gdanim.presets import LACKS, write_preset
from gdanim.settings import AUTO_STYLE, Picture
from gdanim.signals import on_signal
from gdanim.writing import frames_in

BAR_AFTER_S = 1.0
MAX_NAMED = 4  # lost runs that are named beside the first


def warnings(descent: Descent, outputs: Sequence[Planned]) -> Iterator[str]:
    """A line for each thing that a person should know about the picture."""
    timeline = descent.timeline
    for remark in (*descent.remarks, *descent.objective.remarks):
        yield f"gdanim: {remark}"
    if descent.plane is not None and (remark := descent.plane.remark()):
        yield f"gdanim: {remark}{'' if descent.objective.recorded else ': the ground there is not f of the run'}"
    yield from _of_runs(descent)
    yield from _of_limits(descent)
    if timeline.every > 1:
        iterations = round(timeline.every * timeline.stops)
        recorded = "" if timeline.k is None else "recorded "  # of a recording, only these can be shown and counted
        yield f"gdanim: {iterations:,} {recorded}iterations are shown in {count(timeline.stops, 'frame')}"
    yield from _of_interpolation(descent, outputs)
    width, height = descent.settings.size
    for output in outputs:
        if output.format.even_size and (width % 2 or height % 2):
            yield (
                f"gdanim: {output.format.typed} holds even sizes only; {width}x{height} is written as "
                f"{width + width % 2}x{height + height % 2}, the last row or column repeated"
            )
    yield from _of_transparency(descent)
    style, themes = descent.settings.style, descent.settings.themes
    if themes and not set(style) <= {AUTO_STYLE, *themes}:
        yield f"gdanim: --themes {','.join(themes)} takes the place of --style {' --style '.join(style)}"
    for loss in replacing(outputs):
        yield f"gdanim: {loss}"
    if descent.settings.loop and not any(output.format.loops for output in outputs):
        formats = ", ".join(dict.fromkeys(output.format.typed for output in outputs))
        yield f"gdanim: --loop {descent.settings.loop} means nothing in {formats}: the player decides"


def _of_transparency(descent: Descent) -> Iterator[str]:
    """Which pages a transparent picture suits whose style nobody chose."""
    settings = descent.settings
    if settings.transparent and settings.style == (AUTO_STYLE,) and not settings.themes:
        yield "gdanim: --transparent: dark ink, for light pages; --style dark suits dark ones, --themes light,dark both"


def of_pipes(request: Request) -> Iterator[str]:
    """A line for each named pipe that is written: it cannot even be opened before it is read."""
    for path in (*(output.path for output in request.outputs), request.settings.data or STDOUT):
        if is_pipe(path):
            yield f"gdanim: {path} is a pipe: it is written as soon as something reads it"


def _of_limits(descent: Descent) -> Iterator[str]:
    """A warning where limits that were asked for do not hold the paths of the runs that did not fail."""
    settings, trajectory = descent.settings, looked_at(descent).trajectory
    healthy = [not stop.failed for stop in trajectory.stop]
    # Along y lie the second coordinate of two, and f of one.
    ways = trajectory.x[healthy, :, 0], (trajectory.x[..., 1] if descent.objective.dim >= 2 else trajectory.f)[healthy]
    beyond = []
    for name, limits, way in zip("xy", (settings.xlim, settings.ylim), ways, strict=True):
        if limits is None or not way.size:
            continue
        low, high = float(way.min()), float(way.max())
        if low < min(limits) or high > max(limits):
            ends = [significant(end, 1e-3 * (high - low), digits=4) for end in (low, high)]
            asked = f"--{name}lim {limits[0]:.15g},{limits[1]:.15g}"
            beyond.append(f"{asked} does not hold {name} from {ends[0]} to {ends[1]}")
    if beyond:
        yield f"gdanim: the path leaves the picture: {listed(beyond)}"


def _of_interpolation(descent: Descent, outputs: Sequence[Planned]) -> Iterator[str]:
    """Warnings about frames between iterations, where some are written."""
    timeline, settings = descent.timeline, descent.settings
    if timeline.stops == 1 or all(_shows_iterations(output.format, settings) for output in outputs):
        return
    if timeline.tween > 1:
        frames = f"{timeline.tween - 1} of {timeline.tween} frames"
        yield f"gdanim: {frames} lie between iterations: they are interpolated, and keep the numbers of the last one"
    if timeline.tween < settings.tween:
        why = f"at most {MAX_FRAMES:,} are drawn" if settings.duration is None else "--duration leaves time for no more"
        yield f"gdanim: an iteration takes {count(timeline.tween, 'frame')} in place of {settings.tween}: {why}"


def _shows_iterations(form: Format, settings: Picture) -> bool:
    """Whether a format has no frames between iterations: it is one picture, or shows chosen iterations."""
    return form.still or "frames" in form.takes or bool(settings.stops and "stops" in form.takes)


def _of_runs(descent: Descent) -> Iterator[str]:
    """Warnings about runs that were lost, and about rates above the stability limit."""
    yield from lost_runs(descent)
    above: dict[str, list[int]] = {}
    for run in np.flatnonzero(descent.over_limit > 1).tolist():
        if descent.verdict[run].outcome not in (Outcome.LOST, Outcome.ARRIVED) and limit_explains(descent, run):
            above.setdefault(f"{_limit(descent, run)}: {_name(descent, run)}", []).append(run)
    for limit, runs in above.items():
        rates = ", ".join(dict.fromkeys(rate_above_limit(descent, run).removeprefix("lr ") for run in runs[:4]))
        yield f"gdanim: lr {rates} is above {limit} cannot settle at the minimum it is near"


def lost_runs(descent: Descent) -> Iterator[str]:
    """A line that names the runs that diverged or left the domain, and says why the first did."""
    trajectory = descent.trajectory
    failed = [run for run in range(trajectory.runs) if trajectory.stop[run].failed]
    if failed:
        run = failed[0]
        which = f"{descent.runs[run].label} ".lstrip()
        lr = descent.runs[run].lr  # the base rate, as in the labels and in the rate that is said to work
        rate = f" (lr {lr:g})" if not which and isfinite(lr) else ""
        yield f"gdanim: the run {which}{trajectory.ending(run)}{rate}{_reason(descent, run)}{_others(descent, failed)}"


def _others(descent: Descent, failed: list[int]) -> str:
    """Which runs were lost beside the first, or how many of all."""
    labels = list(dict.fromkeys(descent.runs[run].label for run in failed[1:]))
    if not labels:
        return ""
    if "" in labels or len(labels) > MAX_NAMED:
        return f"; {len(failed) - 1:,} more of {descent.trajectory.runs:,} runs were lost, too"
    return f"; lost, too: {'; '.join(labels)}"


def _reason(descent: Descent, run: int) -> str:
    if limit_explains(descent, run):
        above = "" if descent.has_constant_rate(run) else f"; it has {rate_above_limit(descent, run)}"
        return f": {_name(descent, run)} can settle only below lr = {_limit(descent, run)}{above}"
    why = reason_of(descent, run)
    return f": {why}" if why else ""


def missing_letters(descent: Descent) -> Iterator[str]:
    """A line for each text of a person's whose letters the font of the style lacks."""
    # Late: it imports matplotlib.
    from gdanim.drawing.fallback import fallback_for

    settings = descent.settings
    labels = "".join(dict.fromkeys(run.label for run in descent.runs))
    asked = ("the title", settings.title), ("--xlabel", settings.xlabel), ("--ylabel", settings.ylabel)
    for name, text in (*asked, ("the legend", labels)):
        letters, font = descent.style.loaded.missing_letters(text) if text else ("", "")
        if letters:
            found = fallback_for(letters)
            instead = f"; they are set in {found}" if found else ""
            yield f"gdanim: {name} has letters that the font {font} lacks: {letters}{instead}"


def _limit(descent: Descent, run: int) -> str:
    formula, limit = limit_formula(descent.runs[run].method), f"{descent.limit[run]:.4g}"
    return limit if formula == limit else f"{formula} = {limit}"


def _name(descent: Descent, run: int) -> str:
    name = descent.runs[run].method_name
    return "gradient descent" if name == "gd" else name


def done(descent: Descent, written: Written) -> str:
    """The line for a file that is finished."""
    timeline, form, fitted = descent.timeline, FORMATS[written.format], written.fitted
    size = "" if written.bytes is None else f", {bytes_as_text(written.bytes)}"
    if fitted is not None:
        size += f"{'' if size else ','} in place of {bytes_as_text(fitted.asked_bytes)}: {fitted.words}"
    frames = frames_in(form, descent) if fitted is None else fitted.frames
    if form.sequence:
        pattern = Pattern.read(written.path)
        ends = dict.fromkeys((pattern.name(0), pattern.name(frames - 1)))
        name = str(pattern.folder / " … ".join(ends))
        hold = f", to be shown at {float(descent.settings.fps):g} per second; lead and hold are not in them"
        return f"{name}: {count(frames, 'frame')}{'' if frames < timeline.frames else hold}{size}"
    return f"{_content(written.path, form, frames, written.duration_s)}{size}"


def _content(path: str, form: Format, frames: int, lasts_s: float | None) -> str:
    """A file and what it shows: `out.gif: 26 frames, 3.5 s`."""
    name = "standard output" if path == STDOUT else path
    if form.still:
        return f"{name}: the last frame"
    if form.suffixes and not form.sequence:
        return f"{name}: {count(frames, 'page')}" if "stops" in form.takes else f"{name}: a {form.typed}"
    return f"{name}: {count(frames, 'frame')}{'' if lasts_s is None else f', {seconds(lasts_s)}'}"


def lacking(written: Sequence[Written]) -> Iterator[str]:
    """A line for each reason why a file cannot be made again from its recipe."""
    for lacks in dict.fromkeys(result.lacks for result in written if result.error is None and result.lacks):
        yield f"gdanim: what was written cannot be made again from the file alone: {LACKS[lacks]}"


def failure(written: Written) -> str:
    """The line for a file that could not be finished."""
    return f"{written.path}: {written.error}" if isinstance(written.error, EncoderError) else str(written.error)


def dry_run(descent: Descent, outputs: Sequence[Planned]) -> str:
    """The request as a preset, under comments that say what it would make."""
    from gdanim.cli.summary import details

    timeline, fps = descent.timeline, descent.settings.fps
    lasts_s = [duration_s(output.format, timeline.duration_s, fps) for output in outputs]
    lines = [f"#:schema ./{FILE}"] if Path(FILE).is_file() else []  # editors look for it there
    lines += [
        f"# {_content(output.path, output.format, frames_in(output.format, descent), lasts)}"
        for output, lasts in zip(outputs, lasts_s, strict=True)
    ]
    lines += [f"# {line}" for line in details(descent).splitlines()]
    return "\n".join(lines) + "\n" + write_preset(descent.settings)


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress | None]:
    """A bar on standard error, on a terminal only, for work longer than a second: drawing and encoding."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    began = time.monotonic()
    bar: Any = None

    def step(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            if done == total or time.monotonic() - began < BAR_AFTER_S:
                return
            # click hides the cursor, and a death by signal runs none of its own clean-up.
            shown.enter_context(on_signal(show_cursor))
            bar = click.progressbar(
                length=total, label="Rendering", file=sys.stderr, show_pos=True, update_min_steps=1, width=bar_width()
            )
            shown.enter_context(bar)
        bar.length = total  # what is tried for --max-size turns out as it goes
        bar.update(done - bar.pos)

    with ExitStack() as shown:
        yield step


def show_cursor() -> None:
    """Show the cursor of the terminal, which a progress bar hides, on a new line."""
    os.write(sys.stderr.fileno(), b"\x1b[?25h\n")


def bytes_as_text(number: int) -> str:
    """A size as people read it: `43.6 kB`."""
    if number < 1000:
        return f"{number} bytes"
    return f"{number / 1000:.3g} kB" if number < 999_500 else f"{number / 1e6:.3g} MB"
