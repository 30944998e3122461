"""Is a WebM whole? Reads the elements of Matroska (RFC 8794, RFC 9559), never the pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from gdanim.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """How many pictures a WebM of one track holds.

    Raises EncoderError unless the header and the segment cover the file exactly, and the elements of the segment the
    segment.
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
        # A size of ones only means "till the end of the stream": nobody went back to enter the true one.
        if name is None or size is None or size > parent.end - start:
            raise EncoderError(f"the encoded file is not whole: it breaks off in the element at byte {position}")
        yield Element(name, start, start + size)
        position = start + size


def _number(file: BinaryIO, *, keep_marker: bool) -> int | None:
    """A number of variable length: as many bytes as its first byte has zeros in front, and one; None at the end."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    n_more = 8 - first[0].bit_length()
    rest = file.read(n_more)
    if len(rest) < n_more:
        return None
    number = int.from_bytes(first + rest)
    return number if keep_marker else number & ~(1 << 7 * (n_more + 1))
