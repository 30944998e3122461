"""What WebP and APNG share: an exact animation, written to a file change by change as the frames come."""

from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Self

from gdanim.drawing.frame import Frame
from gdanim.output.base import FilmInfo
from gdanim.output.changes import Change, Changes
from gdanim.output.palette import FewColours


class AnimationWriter:
    """Writes frames to a file; see FrameWriter. Raises OSError.

    Qualities: low has 63 colours, every other is exact. Alpha is kept. A subclass writes the beginning, each change
    and the end into `_file`; see Changes for `ticks_per_s` and `grid_px`.
    """

    ticks_per_s: ClassVar[int]
    grid_px: ClassVar[int] = 1

    def __init__(self, path: Path, film: FilmInfo) -> None:
        self._path, self._film = path, film
        self._changes = Changes(film, ticks_per_s=self.ticks_per_s, grid_px=self.grid_px)

    def __enter__(self) -> Self:
        self._few = FewColours.of(self._film)
        self._file = self._path.open("wb")
        try:
            self._begin()
        except BaseException:  # a block that is not entered is not left, either
            self._give_up()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, /, *_: object) -> None:
        if kind is not None:
            self._give_up()
            return
        with self._file:
            for change in self._changes.finish():
                self._put(change)
            self._end()

    def write(self, frame: Frame) -> None:
        """Take the next frame. The changes of a frame that would last no tick are shown by the one after it."""
        for ended in self._changes.take(frame):
            self._put(ended)

    def _append(self, *parts: bytes) -> None:
        self._file.writelines(parts)

    def _give_up(self) -> None:
        with suppress(OSError):  # another error is being raised
            self._file.close()

    def _begin(self) -> None:
        """Write what comes before the first change."""
        raise NotImplementedError

    def _put(self, change: Change) -> None:
        """Write a change as a frame, and as more frames where the format cannot hold its delay."""
        raise NotImplementedError

    def _end(self) -> None:
        """Write what comes after the last change, and patch in what is known only now."""
        raise NotImplementedError
