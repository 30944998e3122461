"""What a writer is, and what it knows of an animation before the first frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction

    from gdanim.drawing.frame import Frame
    from gdanim.drawing.scene import Scene


class Quality(StrEnum):
    """How close a file is to its frames, against its size. The catalogue says what each means in a format.

    A quality is the least that is kept: a format that is always exact may stay exact.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    LOSSLESS = "lossless"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmInfo:
    """What is known of an animation before its first frame.

    `sample` draws a few frames spread over the timeline, for writers that choose colours first: the first one whole,
    the others as the box that changed since the one before.
    """

    width: int  # of the canvas, in pixels
    height: int
    fps: Fraction  # frames per second between the lead and the hold
    loop: int  # how often the animation plays; 0 means for ever
    duration_s: float  # when the last frame ends
    ends_s: Sequence[float] = ()  # when each frame ends, where the writer needs that before the first
    sample: Callable[[], Iterator[Frame]]
    quality: Quality = Quality.MEDIUM  # one of those that the format has
    transparent: bool = False  # whether pixels may let the page show through, in formats with an alpha channel
    dpi: int | None = None  # dots per inch, where they were asked for
    title: str = ""  # what the picture is called, as plain text
    # What a frame is said to show of each run of a race: the pieces of a line.
    standings: Callable[[int], list[Sequence[str]]] = lambda frame: []
    alt_text: str = ""  # one or two sentences that say what it shows, for those who do not see it
    recipe: str = ""  # the text that the file carries, from which it can be made again


class FrameWriter(Protocol):
    """Writes frames, in order, as they come; memory does not grow with their number.

    A writer is opened by `with`. Leaving the block normally finishes and checks the file, and raises OutputError where
    it is not whole; leaving it by an exception gives the file up at once. OSError passes: whoever opened the output
    adds its name. Writers whose row in the catalogue has `needs_path` take a pathlib.Path, the others a binary stream.
    """

    def __enter__(self) -> FrameWriter: ...

    def __exit__(self, kind: type[BaseException] | None, /, *_: object) -> None: ...

    def write(self, frame: Frame) -> None:
        """Take the next frame."""


class SceneWriter(Protocol):
    """Writes a whole vector file (a format with `vector` in the catalogue) from the scene itself.

    It leaves the stream open, and the scene at any frame. Raises OutputError.
    """

    def __call__(self, stream: BinaryIO, scene: Scene, film: FilmInfo, **options: Any) -> None:
        """Write the file."""
