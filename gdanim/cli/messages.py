"""Messages about a request: a line for each file, the progress bar, which alone prints itself."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from gdanim.catalogue.registry import FORMATS
from gdanim.catalogue.request import Planned, Request
from gdanim.catalogue.specs import Format
from gdanim.cli.terminal import bar_width
from gdanim.descent.descend import Descent
from gdanim.errors import EncoderError
from gdanim.formatting import count, seconds
from gdanim.output.files.numbering import Pattern
from gdanim.output.files.targets import STDOUT, is_pipe
from gdanim.outputs import Progress, Written, duration_s
from gdanim.presets import write_preset
from gdanim.signals import on_signal
from gdanim.writing import frames_in

BAR_AFTER_S = 1.0


def said(remarks: Iterable[str]) -> Iterator[str]:
    """Remarks as the command line says them."""
    return (f"gdanim: {remark}" for remark in remarks)


def of_pipes(request: Request) -> Iterator[str]:
    """A line for each named pipe that is written: it cannot even be opened before it is read."""
    for path in (*(output.path for output in request.outputs), request.settings.data or STDOUT):
        if is_pipe(path):
            yield f"{path} is a pipe: it is written as soon as something reads it"


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


def failure(written: Written) -> str:
    """The line for a file that could not be finished."""
    return f"{written.path}: {written.error}" if isinstance(written.error, EncoderError) else str(written.error)


def dry_run(descent: Descent, outputs: Sequence[Planned]) -> str:
    """The request as a preset, under comments that say what it would make."""
    from gdanim.batch.schema import FILE
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
