"""What the writers of exact animations share: a file of moments, written change by change as the frames come."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gdanim.output.base import Quality
from gdanim.output.changes import Moments
from gdanim.output.in_place import InPlace
from gdanim.output.palette import FewColours

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from gdanim.drawing.frame import Frame
    from gdanim.output.base import Reel
    from gdanim.output.changes import Moment


class AnimationWriter:
    """Writes frames to a file; see FrameWriter. Raises OSError.

    Qualities: low has 63 colours, every other is exact. Alpha is kept. A format says how it begins, stores a moment
    and ends, with `_file` open; see Moments for `ticks_per_s` and `grid_px`.
    """

    ticks_per_s: ClassVar[int]
    grid_px: ClassVar[int] = 1

    def __init__(self, path: Path, reel: Reel) -> None:
        self._path, self._reel = path, reel
        self._moments = Moments(reel, ticks_per_s=self.ticks_per_s, grid_px=self.grid_px)
        self._few: FewColours | None = None

    def __enter__(self) -> Self:
        if self._reel.quality is Quality.LOW:
            self._few = FewColours(self._reel)
        self._file = InPlace(self._path)
        try:
            self._begin()
        except BaseException:  # a block that is not entered is not left, either
            self._file.close(quietly=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for moment in self._moments.finish():
                    self._put(moment)
                self._end()
        finally:
            self._file.close(quietly=kind is not None)

    def write(self, frame: Frame) -> None:
        """Take the next frame. The changes of a frame that would last no tick are shown by the one after it."""
        ended = self._moments.take(frame)
        if ended is not None:
            self._put(ended)

    def _begin(self) -> None:
        """Write what comes before the first moment."""
        raise NotImplementedError

    def _put(self, moment: Moment) -> None:
        """Write a moment, and more frames where the format cannot hold its delay."""
        raise NotImplementedError

    def _end(self) -> None:
        """Write what comes after the last moment, and what is known only now."""
        raise NotImplementedError
