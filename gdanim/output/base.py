"""What every writer of frames can rely on, and what it must do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from types import TracebackType

    from gdanim.drawing.frame import Frame


class Quality(StrEnum):
    """How true a file is to its frames, against its size. What each format makes of it stands in its catalogue row.

    A quality is a floor: a format that is exact anyway may stay so.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    LOSSLESS = "lossless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """What is known of an animation before its first frame.

    width, height   the canvas in pixels
    fps             frames per second between the first frame and the hold
    loop            how often the animation plays; 0 means for ever
    duration_s      when the last frame ends, in seconds
    sample          draws a few frames spread over the timeline, the first whole, the others as the box that changed
                    since the one before; for writers that choose colours first
    quality         how true to the frames; the catalogue says which of them a format has
    transparent     whether pixels of the frames may let the page show through; the formats without an alpha channel
                    never get such a reel
    title           what the picture is called, as plain text; may be empty
    alt_text        one or two sentences that say what it shows, for those who do not see it
    recipe          the text from which the file can be made again, which it carries; may be empty
    """

    width: int
    height: int
    fps: Fraction
    loop: int
    duration_s: float
    sample: Callable[[], Iterator[Frame]]
    quality: Quality = Quality.MEDIUM
    transparent: bool = False
    title: str = ""
    alt_text: str = ""
    recipe: str = ""


class FrameWriter(Protocol):
    """Writes frames, in order, as they come; memory does not grow with their number.

    A writer is opened by `with`. Leaving the block in peace finishes the file and checks it
    (raising OutputError where it is not whole); leaving it by an exception gives everything up at once.
    What the system refuses passes as OSError: who opened the output knows what it is called.
    Writers that the catalogue marks `needs_path` take a pathlib.Path, the others a binary stream.
    """

    def __enter__(self) -> FrameWriter: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, frame: Frame) -> None:
        """Take the next frame."""
