"""Video, encoded by the ffmpeg binary of imageio-ffmpeg.

ffmpeg can end a film early and still leave a file that plays, and some versions exit with 0 then. So four things are
checked before a film counts as finished: the exit status, that ffmpeg complained about nothing, that the file is whole,
and that it holds as many pictures as were sent.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, ClassVar, Final, Self, cast

import numpy as np

from gdanim.drawing.frame import Box, Frame, Pixels
from gdanim.errors import EncoderError, SettingError
from gdanim.formatting import one_line
from gdanim.output.base import FilmInfo, Quality
from gdanim.output.containers import xmp
from gdanim.output.encoding import codecs, ffmpeg
from gdanim.output.encoding.codecs import Codec
from gdanim.output.encoding.yuv import Planes

EXIT_TIMEOUT_S: Final = 5.0  # for the exit of an ffmpeg that stopped reading
# How long an ffmpeg may neither read nor write: a key frame of AV1 takes some seconds for each million pixels.
PATIENCE_S: Final = 60.0
PATIENCE_S_PER_MEGAPIXEL: Final = 10.0
MAX_COMPLAINTS: Final = 1 << 16  # bytes; of more it is stopped, and no more are read
MAX_COMPLAINT: Final = 300  # characters of the one that is repeated


class VideoWriter:
    """Writes frames to a video file at the constant rate `film.fps`; see FrameWriter.

    A frame that lasts longer is repeated, so that the film ends within half a picture of the plan; one that lasts
    longer than codecs.LONG_S is sent twice only, and its first picture stays. Where the codec
    wants even sides, the last row or column of an odd one is repeated.
    Raises SettingError for a quality that the format does not have, and EncoderError where ffmpeg is missing, fails,
    or leaves a file that does not hold every picture.
    """

    name: ClassVar[str]
    opaque: ClassVar[Mapping[Quality, Codec]]
    transparent: ClassVar[Mapping[Quality, Codec]] = {}

    def __init__(self, path: Path, film: FilmInfo) -> None:
        self._path, self._film = path, film
        having = self.transparent if film.transparent else self.opaque
        if film.quality not in having:
            kind = f"{'transparent ' if film.transparent else ''}{self.name}"
            raise SettingError("--quality", film.quality.value, f"{kind} has {', '.join(having) or 'none'}")
        self._codec = having[film.quality].of_size(film.height, film.width)
        extra_rows, extra_columns = (film.height % 2, film.width % 2) if self._codec.even else (0, 0)
        self._canvas = np.zeros((film.height + extra_rows, film.width + extra_columns, 4), np.uint8)
        self._planes = Planes(*self._canvas.shape[:2]) if self._codec.planar else None
        self._n_sent = 0
        self._n_over = 0  # pictures that are over: those that were sent, and those that were left out
        self._n_begun = 0  # pictures that ffmpeg says it encodes or has encoded
        self._gaps = codecs.gaps(film)

    def __enter__(self) -> Self:
        """Start ffmpeg, which gets ready while the first frame is drawn."""
        height, width, _ = self._canvas.shape
        exe = ffmpeg.find()
        with ExitStack() as stack:
            too_long = not self._codec.image and len(self._film.recipe) > codecs.MAX_ARGUMENT
            tags = stack.enter_context(ffmpeg.tags_file(self._film.recipe)) if too_long and os.name != "nt" else None
            self._paced = height * width >= codecs.LARGE_PX and ffmpeg.queues(exe)
            command = self._codec.command(
                exe, self._path, self._film, width=width, height=height, tags=tags, counts=self._paced
            )
            # A file, unlike a pipe, cannot fill up and leave both sides waiting for each other.
            self._complaints = stack.enter_context(tempfile.TemporaryFile())
            self._process = stack.enter_context(ffmpeg.running(command, self._complaints, tags, heard=self._paced))
            self._input = cast("IO[bytes]", self._process.stdin)
            self._until_exit = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, /, *_: object) -> None:
        with self._until_exit:
            if kind is None:
                self._finish()

    def write(self, frame: Frame) -> None:
        """Take the next frame; send the canvas until the film has reached the frame's end."""
        for part, pixels in frame.pieces:
            self._show(part, pixels)
        picture = self._canvas.data.cast("B") if self._planes is None else self._planes.bytes
        n_due = codecs.n_due(frame.end_s, self._film.fps)
        try:
            while self._n_over < n_due:
                self._send(picture)
                self._n_sent += 1
                self._n_over += 1 + self._gaps.get(self._n_sent, 0)
        except OSError as error:
            raise self._unsent(error) from error

    def _show(self, box: Box, pixels: Pixels) -> None:
        """Take over what a box of the picture shows; at an odd side, the row or column after it shows the same."""
        height, width = self._film.height, self._film.width
        self._canvas[box.slices] = pixels
        self._canvas[:, width:] = self._canvas[:, width - 1 : width]
        self._canvas[height:] = self._canvas[height - 1 : height]
        if self._planes is not None:
            self._planes.update(self._canvas, box)

    def _send(self, picture: memoryview) -> None:
        """Send a picture, as ffmpeg takes it; a large one once those before it are out of its queues.

        Raises EncoderError where it hangs, and OSError.
        """
        while self._paced and self._n_begun < self._n_sent:
            self._wait(self._has_begun_more)
        while picture:
            self._wait(lambda wait_s: ffmpeg.takes(self._input.fileno(), wait_s))
            with suppress(BlockingIOError):
                picture = picture[self._input.write(picture) or 0 :]

    def _wait(self, is_ready: Callable[[float], bool]) -> None:
        """Wait until something is so, for as long as ffmpeg lives. Raises EncoderError where it hangs, or rambles."""
        height, width, _ = self._canvas.shape
        patience_s = PATIENCE_S + PATIENCE_S_PER_MEGAPIXEL * height * width / 1e6
        written = waited_s = 0.0
        while not is_ready(min(1.0, patience_s)):
            waited_s += 1.0
            if os.fstat(self._complaints.fileno()).st_size > MAX_COMPLAINTS:
                raise EncoderError(f"ffmpeg complains without end: {self._complaint()}")
            size = self._path.stat().st_size if self._path.exists() else 0
            if size != written:
                written, waited_s = size, 0.0
            elif waited_s >= patience_s:
                raise EncoderError(f"ffmpeg hangs: it read and wrote nothing for {patience_s:.0f} s; {ffmpeg.REMEDY}")

    def _has_begun_more(self, wait_s: float) -> bool:
        """Whether ffmpeg begins another picture within a time; one that closes its output is not waited for."""
        said = ffmpeg.told(cast("IO[bytes]", self._process.stdout).fileno(), wait_s)
        if said is not None:
            self._n_begun += said.count(b"\n") if said else sys.maxsize
        return said is not None

    def _has_ended(self, wait_s: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(wait_s)
        return self._process.poll() is not None

    def _finish(self) -> None:
        try:
            self._input.close()
        except OSError as error:
            raise self._unsent(error) from error
        self._wait(self._has_ended)
        if self._process.returncode or self._complaint():
            raise self._failure()
        try:
            n_pictures = self._codec.n_pictures(self._path)
        except OSError as error:
            raise EncoderError(f"the encoded file cannot be read: {error.strerror}") from error
        if n_pictures != self._n_sent:
            raise EncoderError(f"the encoded file holds {n_pictures} pictures, but {self._n_sent} were sent")
        if self._film.recipe and self._codec.image:
            with self._path.open("ab") as file:
                file.write(xmp.box(self._film.recipe))

    def _unsent(self, error: OSError) -> EncoderError:
        """The error for pictures that do not reach ffmpeg; where it reads no more, with its last complaint."""
        if isinstance(error, BrokenPipeError):
            return self._failure()
        return EncoderError(f"ffmpeg cannot be sent the pictures: {error.strerror}")

    def _failure(self) -> EncoderError:
        """The error for a failed ffmpeg, with its last complaint where there is one."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_TIMEOUT_S)
        status = self._process.poll()
        if status is None:
            end = "stopped reading"
        elif status < 0:
            end = f"was ended by a signal ({signal.strsignal(-status)})"
        else:
            end = f"ended with exit status {status}"
        return EncoderError(f"ffmpeg {end}: {self._complaint() or 'it did not say why'}")

    def _complaint(self) -> str:
        """The last line of ffmpeg's complaints that gives a reason, or "" where there are none."""
        self._complaints.seek(max(0, os.fstat(self._complaints.fileno()).st_size - MAX_COMPLAINTS))
        text = self._complaints.read(MAX_COMPLAINTS).decode("utf-8", "replace")
        lines = [re.sub(r"\[[^]]* @ 0x[0-9a-f]+\] *", "", line).strip() for line in text.splitlines()]
        meaningful = [line for line in lines if line not in ("", "Conversion failed!")]
        return one_line((meaningful or list(filter(None, lines)) or [""])[-1], MAX_COMPLAINT)


class Mp4Writer(VideoWriter):
    """H.264 in MP4, ready to be streamed: plays in every browser, slide program and messenger."""

    name = "mp4"
    opaque = codecs.MP4


class MovWriter(VideoWriter):
    """QuickTime for slides and editors: H.264, ProRes 4444 for high quality and transparency, Animation for exact."""

    name = "mov"
    opaque = codecs.MOV
    transparent = codecs.MOV_TRANSPARENT


class WebmWriter(VideoWriter):
    """VP9 in WebM, for pages."""

    name = "webm"
    opaque = codecs.WEBM
    transparent = codecs.WEBM_TRANSPARENT


class Av1Writer(VideoWriter):
    """AV1 in WebM, for pages: smaller than VP9, and not yet played by every device."""

    name = "av1"
    opaque = codecs.AV1


class AvifWriter(VideoWriter):
    """An animated AVIF, for pages: AV1 in the place of a picture, with its colours in full resolution."""

    name = "avif"
    opaque = codecs.AVIF
    transparent = codecs.AVIF_TRANSPARENT
