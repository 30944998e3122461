"""Whether a file is whole: it ends where its own structure says that it ends. Pictures are not decoded.

Imports no numpy.
"""

from __future__ import annotations

import struct
from io import SEEK_CUR, SEEK_END
from typing import TYPE_CHECKING, BinaryIO, Final

from gdanim.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_TAIL: Final = 1024  # bytes: more than stands behind the last mark of a PDF


def is_whole(path: Path) -> bool:
    """Whether a file in a format that carries recipes is there to its end. Raises OSError."""
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(0)
        head = file.read(12)
        file.seek(0)
        ends = next(
            (ends for beginning, ends in _ENDS.items() if head[slice(*_AT.get(beginning, (0, 4)))] == beginning), _text
        )
        try:
            return ends(file, size)
        except (EncoderError, IndexError, struct.error):
            return False


def _gif(file: BinaryIO, size: int) -> bool:
    _skip_table(file, file.read(13)[10])
    while (kind := file.read(1)) in (b"!", b","):
        if kind == b",":
            _skip_table(file, file.read(9)[8])
        file.read(1)  # the label, or the size of an image's codes
        while length := file.read(1)[0]:
            file.seek(length, SEEK_CUR)
    return kind == b";" and file.tell() == size


def _skip_table(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, SEEK_CUR)


def _png(file: BinaryIO, size: int) -> bool:
    position, kind = 8, b""
    while position < size and kind != b"IEND":
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        position += 12 + length
    return kind == b"IEND" and position == size


def _webp(file: BinaryIO, size: int) -> bool:
    (length,) = struct.unpack("<4xI", file.read(8))
    return bool(length + 8 == size)


def _isobmff(file: BinaryIO, size: int) -> bool:
    from gdanim.output.containers.isobmff import Span, boxes

    return {box.kind for box in boxes(file, Span(b"file", 0, size))} >= {b"mdat"}


def _matroska(file: BinaryIO, size: int) -> bool:
    from gdanim.output.containers.matroska import SEGMENT, Element, elements

    return [element.name for element in elements(file, Element(0, 0, size))][1:] == [SEGMENT]


def _text(file: BinaryIO, size: int) -> bool:
    file.seek(max(size - _TAIL, 0))
    return file.read(_TAIL).rstrip().endswith((b"</svg>", b"</html>", b"</figure>", b"%%EOF"))


_ENDS: Final[Mapping[bytes, Callable[[BinaryIO, int], bool]]] = {
    b"GIF8": _gif,
    b"\x89PNG": _png,
    b"WEBP": _webp,
    b"ftyp": _isobmff,
    b"\x1a\x45\xdf\xa3": _matroska,
}
_AT: Final[Mapping[bytes, tuple[int, int]]] = {b"WEBP": (8, 12), b"ftyp": (4, 8)}
