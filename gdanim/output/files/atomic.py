"""A file is complete or absent: a target is the whole file of a finished run, or the file that was there before.

A regular file is written to a temporary file beside it (temporary.py), which replaces it when it is whole. Into a pipe,
a device or standard output the bytes are streamed: there is nothing to replace.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from gdanim.errors import GdanimError, OutputError, TargetError
from gdanim.output.files.targets import STDOUT, check_target, is_replaceable, own_descriptor, quoted, reason_of
from gdanim.output.files.temporary import TemporaryFile, open_temporary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

# The system's errors for a path that can never be written: the request is wrong.
_REFUSALS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ENXIO}


class Output(NamedTuple):
    """Where a writer puts its bytes: into `stream`, or into the file at `path`; never both.

    The stream is the same for a file as for a pipe: it does not seek. It has no fileno(), either, so that no library
    writes past it and hides a failure.
    """

    stream: BinaryIO
    temporary: TemporaryFile | None = None  # the file behind the stream, unless it leads to a pipe or a device

    @property
    def path(self) -> Path:
        """An empty seekable file, to be written in place. It ends in .tmp, so an encoder has to be told the format."""
        if self.temporary is None:
            raise io.UnsupportedOperation("a streamed output has no path: open it with needs_path=True")
        return self.temporary.path


@contextmanager
def open_output(path: str, *, needs_path: bool) -> Iterator[Output]:
    """Open `path` for one writer. Leaving the block normally commits; leaving it by an exception keeps the old bytes.

    With `needs_path`, `Output.path` can be used for any target: pipes and devices get a copy at the commit. Symlinks
    are followed and kept. An old file's mode is kept; a new one's is 0666 less the umask.

    Raises TargetError where the path cannot be written, and OutputError where writing or committing fails, even if
    the writer swallowed the failure of its stream. BrokenPipeError, of a reader that went away, passes untouched.
    """
    check_target(path)
    opening_of = _replacing if is_replaceable(path) else _copied if needs_path else _streamed
    with opening_of(path) as output:
        yield output


# --- the three kinds of output ---------------------------------------------------------------------------------------


@contextmanager
def _replacing(path: str) -> Iterator[Output]:
    target = Path(os.path.realpath(path))
    with ExitStack() as stack:
        with opening(path):
            file = stack.enter_context(open_temporary(target.parent, target.name))
        with _stream(file.descriptor, path) as stream:
            yield Output(stream, file)
        with finishing(path):
            file.replace(target)


@contextmanager
def _copied(path: str) -> Iterator[Output]:
    import shutil
    import tempfile

    with ExitStack() as stack:
        with opening(path):
            file = stack.enter_context(open_temporary(Path(tempfile.gettempdir()), "stream"))
        with _stream(file.descriptor, path) as stream:
            yield Output(stream, file)
        with finishing(path):
            file.check()
            with file.path.open("rb") as whole, _streamed(path) as output:
                shutil.copyfileobj(whole, output.stream)


@contextmanager
def _streamed(path: str) -> Iterator[Output]:
    with opening(path):
        descriptor = _descriptor_of(path)
    if descriptor is None:
        yield Output(sys.stdout.buffer)
        return
    try:
        with _stream(descriptor, path) as stream:
            yield Output(stream)
    finally:
        with finishing(path):
            os.close(descriptor)


def _descriptor_of(path: str) -> int | None:
    """A new descriptor that writes to `path`; None where standard output is an object of a test or a notebook."""
    number = own_descriptor(path)
    if path == STDOUT or number == 1:
        sys.stdout.flush()  # what was printed before comes first
    if path == STDOUT:
        try:
            number = sys.stdout.fileno()
        except io.UnsupportedOperation:
            return None
    # /dev/stdout opened anew would start again at the front of the file it leads to; a duplicate goes on.
    return os.open(path, os.O_WRONLY) if number is None else os.dup(number)


# --- streams and their failures --------------------------------------------------------------------------------------


class _Sink(io.RawIOBase):
    """Writes to a descriptor, and keeps its first failure, which a library between could otherwise hide."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, chunk: ReadableBuffer, /) -> int:
        try:
            return os.write(self.descriptor, chunk)
        except OSError as error:
            self.failure = self.failure or error
            raise


@contextmanager
def _stream(descriptor: int, path: str) -> Iterator[BinaryIO]:
    sink = _Sink(descriptor)
    stream = io.BufferedWriter(sink)
    try:
        yield stream
        if not stream.closed:
            stream.flush()
    except Exception:
        if sink.failure is None:
            raise
    finally:
        # Now, not when it is collected: by then the descriptor's number may be another file's.
        with suppress(OSError):
            stream.close()
    if sink.failure is not None:
        raise _named(path, sink.failure, OutputError) from sink.failure


@contextmanager
def opening(path: str) -> Iterator[None]:
    """Turn an OSError before the first byte into TargetError where the path is at fault, else into OutputError."""
    try:
        yield
    except OSError as error:
        raise _named(path, error, TargetError if error.errno in _REFUSALS else OutputError) from error


@contextmanager
def finishing(path: str) -> Iterator[None]:
    """Turn a later OSError into OutputError, which names the path."""
    try:
        yield
    except OSError as error:
        raise _named(path, error, OutputError) from error


def _named(path: str, error: OSError, kind: type[GdanimError]) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    return kind(f"Cannot write {quoted(path)}: {reason_of(error)}")
