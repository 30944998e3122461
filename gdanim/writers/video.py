"""Video, encoded by the ffmpeg binary of imageio-ffmpeg, which is driven and checked from here.

ffmpeg can end a film early and still leave a file that plays, and some versions exit with 0 then. So four things are
asked before a film counts as finished: the exit status, what ffmpeg complained about, whether the file is
whole, and whether it holds as many pictures as were sent.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, ClassVar, Final, cast

import numpy as np

from gdanim.errors import EncoderError
from gdanim.interrupts import on_signal, postponed
from gdanim.writers.isobmff import n_video_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from gdanim.frame import Frame
    from gdanim.writers.base import Reel

# How long an ffmpeg that stopped reading may take to say why.
LAST_WORDS_S: Final = 5.0
REMEDY: Final = "reinstall imageio-ffmpeg, or let the variable IMAGEIO_FFMPEG_EXE name an ffmpeg"

# Untagged video is off by up to 23/255 in players that guess; converted and tagged as BT.709, white stays 255.
COLOURS: Final = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,"
    "format={pixel_format},"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)
# The same bytes every time: no dates, no version of the muxer.
REPRODUCIBLE: Final = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """What one video format asks of ffmpeg.

    muxer         the container, as ffmpeg names it
    pixel_format  how the pictures are stored
    encoder       arguments that choose and tune the encoder; the thread count is fixed, for it can change the bytes
    muxing        arguments for the container
    n_pictures    checks a finished file and counts its pictures; raises EncoderError where it is not whole
    """

    muxer: str
    pixel_format: str
    encoder: tuple[str, ...]
    muxing: tuple[str, ...]
    n_pictures: Callable[[Path], int]

    def command(self, exe: str, path: Path, *, width: int, height: int, fps: Fraction) -> list[str]:
        """The command line that reads raw RGBX pictures from its standard input and writes `path`."""
        return [
            *(exe, "-hide_banner", "-nostdin", "-v", "error", "-y"),
            *("-f", "rawvideo", "-pix_fmt", "rgb0", "-s:v", f"{width}x{height}", "-framerate", str(fps)),
            *("-i", "pipe:0", "-an", "-vf", COLOURS.format(pixel_format=self.pixel_format)),
            *self.encoder,
            *REPRODUCIBLE,
            *self.muxing,
            *("-f", self.muxer, f"file:{path}"),
        ]


class VideoWriter:
    """Writes frames to a video file at the constant rate `reel.fps`; see FrameWriter.

    A frame that lasts longer is repeated, so that the film ends within half a picture of the plan. Where the canvas
    has an odd side, its last row or column is repeated.
    Raises EncoderError where ffmpeg is missing, fails, or leaves a file that does not hold every picture.
    """

    codec: ClassVar[Codec]

    def __init__(self, path: Path, reel: Reel) -> None:
        self._path, self._reel = path, reel
        self._canvas = np.zeros((reel.height + reel.height % 2, reel.width + reel.width % 2, 4), np.uint8)
        self._n_sent = 0

    def __enter__(self) -> Self:
        """Start ffmpeg, which gets ready while the first frame is drawn."""
        height, width, _ = self._canvas.shape
        command = self.codec.command(_ffmpeg(), self._path, width=width, height=height, fps=self._reel.fps)
        with ExitStack() as stack:
            # A file, unlike a pipe, cannot fill up and leave both sides waiting for each other.
            self._complaints = stack.enter_context(tempfile.TemporaryFile())
            self._process = stack.enter_context(_running(command, self._complaints))
            self._input = cast("IO[bytes]", self._process.stdin)
            self._until_exit = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._until_exit:
            if kind is None:
                self._finish()

    def write(self, frame: Frame) -> None:
        """Take the next frame; send the canvas until the film has reached the frame's end."""
        height, width = self._reel.height, self._reel.width
        self._canvas[frame.box.slices] = frame.pixels
        self._canvas[:, width:] = self._canvas[:, width - 1 : width]
        self._canvas[height:] = self._canvas[height - 1 : height]
        n_due = max(1, round(frame.end_s * self._reel.fps))  # the shortest still has one picture, too
        try:
            while self._n_sent < n_due:
                self._input.write(self._canvas.data)
                self._n_sent += 1
        except OSError as error:
            raise self._failure() from error

    def _finish(self) -> None:
        try:
            self._input.close()
        except OSError as error:
            raise self._failure() from error
        if self._process.wait() or self._complaint():
            raise self._failure()
        try:
            n_pictures = self.codec.n_pictures(self._path)
        except OSError as error:
            raise EncoderError(f"the encoded file cannot be read: {error.strerror}") from error
        if n_pictures != self._n_sent:
            raise EncoderError(f"the encoded file holds {n_pictures} pictures, but {self._n_sent} were sent")

    def _failure(self) -> EncoderError:
        """What went wrong, in ffmpeg's own words where it has any."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_WORDS_S)
        status = self._process.poll()
        if status is None:
            end = "stopped reading"
        elif status < 0:
            end = f"was ended by a signal ({signal.strsignal(-status)})"
        else:
            end = f"ended with exit status {status}"
        return EncoderError(f"ffmpeg {end}: {self._complaint() or 'it did not say why'}")

    def _complaint(self) -> str:
        """The last line with a meaning that ffmpeg wrote, or "" where all was well."""
        self._complaints.seek(0)
        text = self._complaints.read().decode("utf-8", "replace")
        lines = [re.sub(r"\[[^]]* @ 0x[0-9a-f]+\] *", "", line).strip() for line in text.splitlines()]
        lines = [line for line in lines if line]
        meaningful = [line for line in lines if line != "Conversion failed!"]
        return (meaningful or lines or [""])[-1]


class Mp4Writer(VideoWriter):
    """H.264 in MP4, ready to be streamed: plays in every browser, slide program and messenger."""

    # Measured on a line plot of 640×480, 200 pictures: 41 KB, 42.0 dB, 2.1 ms each, flat areas within 3/255; `medium`
    # gives 42 KB, 42.5 dB, 3.5 ms. Without B-frames it is an eighth faster, and needs no edit list, which some ignore.
    codec = Codec(
        muxer="mp4",
        pixel_format="yuv420p",
        encoder=(
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-tune", "animation", "-bf", "0"),
            *("-threads", "2"),
        ),
        muxing=("-movflags", "+faststart"),
        n_pictures=n_video_samples,
    )


def _ffmpeg() -> str:
    """Path of the ffmpeg to use."""
    try:
        import imageio_ffmpeg

        return cast("str", imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise EncoderError(f"no ffmpeg found; {REMEDY}") from error


@contextmanager
def _running(command: list[str], complaints: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The started ffmpeg, killed and reaped on leaving if it still runs; killed, too, if a signal ends gdanim."""
    process: subprocess.Popen[bytes] | None = None

    def kill() -> None:
        # Runs in signal handlers: poll() and wait() would ask for a lock that the interrupted code may hold.
        if process is not None and process.returncode is None:
            _kill_group(process)

    with on_signal(kill):
        try:
            with postponed():  # a child that has no name yet could not be killed
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    process_group=0,  # Ctrl-C in the terminal is gdanim's to answer
                )
        except OSError as error:
            raise EncoderError(f"cannot start ffmpeg ({command[0]}): {error.strerror}; {REMEDY}") from error
        try:
            yield process
        finally:
            kill()
            process.communicate()  # closes the pipe, be it broken, and reaps


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
