"""The ffmpeg program: where it is, how it is started and ended, and what passes between it and gdanim."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Final, cast

from gdanim.errors import EncoderError
from gdanim.signals import on_signal, postponed

REMEDY: Final = "reinstall imageio-ffmpeg, or let the variable IMAGEIO_FFMPEG_EXE name an ffmpeg"
VERSION_TIMEOUT_S: Final = 5.0


def find() -> str:
    """Path of the ffmpeg to use."""
    try:
        import imageio_ffmpeg

        return cast("str", imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        _check_that_programs_start()
        raise EncoderError(f"no ffmpeg found; {REMEDY}") from error


def _check_that_programs_start() -> None:
    """Raise EncoderError where the system starts no program at all: then imageio-ffmpeg finds none, either."""
    try:
        subprocess.run([sys.executable, "-S", "-c", ""], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = error.strerror if isinstance(error, OSError) else "there is not enough memory"
        raise EncoderError(f"cannot start ffmpeg: {reason}; no other program starts, either") from error


def takes(descriptor: int, wait_s: float) -> bool:
    """Whether a pipe takes bytes within a time. Windows cannot tell; there a write waits."""
    if os.name == "nt":
        return True
    import select

    os.set_blocking(descriptor, False)
    pipe = select.poll()
    pipe.register(descriptor, select.POLLOUT)
    return bool(pipe.poll(wait_s * 1000))


def queues(exe: str) -> bool:
    """Whether an ffmpeg reads ahead of its encoder, up to 16 pictures: from version 7 on, each part has its thread."""
    with suppress(OSError, subprocess.TimeoutExpired):
        answer = subprocess.run(
            [exe, "-version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=VERSION_TIMEOUT_S, check=False
        )
        version = re.match(rb"ffmpeg version n?(\d+)\.", answer.stdout)
        return version is None or int(version[1]) >= 7
    return True


def told(descriptor: int, wait_s: float) -> bytes | None:
    """What has been written to a pipe, b"" once nothing more can be; None where nothing comes within a time.

    Windows cannot tell; there a read waits.
    """
    if os.name != "nt":
        import select

        pipe = select.poll()
        pipe.register(descriptor, select.POLLIN)
        if not pipe.poll(wait_s * 1000):
            return None
    return os.read(descriptor, 4096)


@contextmanager
def tags_file(comment: str) -> Iterator[int]:
    """A descriptor of the metadata in ffmpeg's own format; Windows cannot pass one on, and keeps no long recipe."""
    escaped = re.sub(r"[=;#\\\n]", r"\\\g<0>", comment)
    with tempfile.TemporaryFile() as file:
        file.write(f";FFMETADATA1\ncomment={escaped}\n".encode("ascii"))
        file.seek(0)
        yield file.fileno()


class Process(subprocess.Popen[bytes]):
    """A process that is gone where it cannot be started in full: else ffmpeg would make its file after all."""

    def __init__(self, *command: Any, **options: Any) -> None:
        try:
            super().__init__(*command, **options)
        except OSError:
            if self.pid is not None and self.returncode is None:  # it was made, and what followed failed
                self.kill()
                self.wait()
            raise


@contextmanager
def running(
    command: list[str], complaints: IO[bytes], inherited: int | None, *, heard: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """The started ffmpeg, whose standard output is `heard` or thrown away.

    It is killed and reaped on leaving if it still runs; killed, too, if a signal ends gdanim.
    """
    process: subprocess.Popen[bytes] | None = None

    def kill() -> None:
        # Runs in signal handlers: poll() and wait() would ask for a lock that the interrupted code may hold.
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()

    with on_signal(kill):
        try:
            with postponed():  # a child that has no name yet could not be killed
                process = Process(
                    command,
                    bufsize=0,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE if heard else subprocess.DEVNULL,
                    stderr=complaints,
                    pass_fds=() if inherited is None else (inherited,),
                    process_group=0,  # Ctrl-C in the terminal is gdanim's to answer
                )
        except OSError as error:
            raise EncoderError(f"cannot start ffmpeg ({command[0]}): {error.strerror}; {REMEDY}") from error
        try:
            with suppress(ImportError, AttributeError, OSError):  # on Linux: 8 turns a picture of 1080p, not 127
                import fcntl

                fcntl.fcntl(cast("IO[bytes]", process.stdin), fcntl.F_SETPIPE_SZ, 1 << 20)
            yield process
        finally:
            kill()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with suppress(BrokenPipeError):
                    pipe.close()
            process.wait()
