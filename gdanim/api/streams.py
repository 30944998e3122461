"""Outputs that are binary streams: each gets its file in one piece, once that is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gdanim.errors import OutputError, UsageError
from gdanim.options.objects import NamedObject
from gdanim.output.files.targets import STDOUT
from gdanim.outputs import Written, format_of
from gdanim.settings import Settings

Deliver = Callable[[tuple[Written, ...]], tuple[Written, ...]]


@contextmanager
def streamed(settings: Settings) -> Iterator[tuple[Settings, Deliver]]:
    """The settings with a file for each stream, and what fills the streams from the files that were written.

    Raises UsageError where an output is several files.
    """
    streams = {place: text for place, text in enumerate(settings.output) if isinstance(text, NamedObject)}
    if not streams:
        yield settings, lambda written: written
        return
    if settings.themes:
        raise UsageError("--themes writes several files, and a stream carries one: name files, or one --style")
    suffix = _suffix(settings.format)
    with TemporaryDirectory(prefix="gdanim-") as folder:
        files = {str(Path(folder, f"{place}{suffix}")): stream for place, stream in streams.items()}
        paths = dict(zip(streams, files, strict=True))
        output = tuple(paths.get(place, text) for place, text in enumerate(settings.output))

        def deliver(written: tuple[Written, ...]) -> tuple[Written, ...]:
            return tuple(_delivered(one, files[one.path]) if one.path in files else one for one in written)

        yield replace(settings, output=output), deliver


def _suffix(name: str | None) -> str:
    """The suffix of a stream's file. Raises UsageError where the format is of several files, or of several kinds."""
    form = format_of(STDOUT, name)
    if form.sequence or not form.extensions:
        raise UsageError(f"A stream carries one file of one kind, and {form.typed} does not say which: name a file")
    return form.extensions[0]


def _delivered(written: Written, stream: NamedObject) -> Written:
    """A file that was written, copied to its stream. Raises OutputError where that does not take it."""
    if written.error is None:
        try:
            stream.object.write(Path(written.path).read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise OutputError(f"The stream does not take what was made: {error}") from error
    return replace(written, path=str(stream))
