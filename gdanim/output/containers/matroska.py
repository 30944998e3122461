"""Checks that a WebM is whole: reads the elements of Matroska (RFC 8794, RFC 9559)."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from gdanim.errors import EncoderError

EBML: Final = 0x1A45DFA3
SEGMENT: Final = 0x18538067
CLUSTER: Final = 0x1F43B675
TAGS: Final = 0x1254C367
SIMPLE_BLOCK: Final = 0xA3
BLOCK_GROUP: Final = 0xA0


class Element(NamedTuple):
    """The content of one element: the bytes from `start` up to `end` of the file."""

    name: int
    start: int
    end: int


def n_video_blocks(path: Path) -> int:
    """The number of pictures in a WebM of one track.

    Raises EncoderError unless a header and a segment fill the file, and the segment's elements fill the segment.
    """
    with path.open("rb") as file:
        top = list(elements(file, Element(0, 0, path.stat().st_size)))
        if [element.name for element in top] != [EBML, SEGMENT]:
            raise EncoderError("the encoded file is not whole: it is not one header and one segment")
        inside = list(elements(file, top[1]))
        clusters = [element for element in inside if element.name == CLUSTER]
        blocks = (element.name in (SIMPLE_BLOCK, BLOCK_GROUP) for part in clusters for element in elements(file, part))
        return sum(blocks)


def elements(file: BinaryIO, parent: Element) -> Iterator[Element]:
    """The elements inside `parent`, which they must fill exactly."""
    position = parent.start
    while position < parent.end:
        file.seek(position)
        name = _number(file, keep_marker=True)
        size = _number(file, keep_marker=False)
        start = file.tell()
        # A size of ones only means "until the end of the stream": the true size was never entered.
        if name is None or size is None or size > parent.end - start:
            raise EncoderError(f"the encoded file is not whole: it breaks off in the element at byte {position}")
        yield Element(name, start, start + size)
        position = start + size


def _number(file: BinaryIO, *, keep_marker: bool) -> int | None:
    """A number of variable length: one byte and as many as it has leading zeros; None at the end of the file."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    n_more = 8 - first[0].bit_length()
    rest = file.read(n_more)
    if len(rest) < n_more:
        return None
    number = int.from_bytes(first + rest)
    return number if keep_marker else number & ~(1 << 7 * (n_more + 1))
