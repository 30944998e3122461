"""Where a file of each format keeps its recipe, and how it is found again.

A recipe is printable ASCII without &, < and >, in lines that end with \\n, the first and the last of which mark it. So
it is kept without escapes in

GIF           a comment extension, before the first image
PNG, APNG     a tEXt chunk with the keyword Comment; of a PNG before the pixels, of an APNG behind them
WebP          XMP: the property gdanim:recipe; in the chunk `XMP `
AVIF          the same XMP, in a box `uuid` at the end of the file
MP4, MOV      the tag comment
WebM          the tag COMMENT
SVG           all that the element <metadata> holds
HTML          all that an element <script type="application/toml"> holds
PDF           a literal string, such as the Keywords of the information dictionary; its escapes are undone

Files come from anywhere: each is read along its own structure, within bounded memory and time, and no length or count
in it is trusted. Imports no numpy.
"""

import io
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO, Final, cast

from gdanim.errors import EncoderError, NoRecipeError, UsageError, shown
from gdanim.tables.files import opened

STDIN: Final = "-"
START: Final = "# gdanim recipe\n"
END: Final = "# end of recipe\n"
MAX_RECIPE: Final = 1_000_000  # characters
MAX_PART: Final = 64_000_000  # bytes: enough for the tables of a film of hours, or a page of megabytes
MAX_STREAM: Final = 512_000_000  # bytes of a file that can be read from front to back only
MAX_ELEMENTS: Final = 10_000  # of a page, that may hold a recipe
MAX_READS: Final = 1_000_000  # half a second; a GIF takes two for each 255 bytes
HEAD: Final = 64  # bytes that identify a format

_ELEMENT: Final = re.compile(rb"<(metadata|script)\b([^<>]*)>")
# It matches every beginning, also of a string without an end, so that no byte is looked at twice.
_PDF_STRING: Final = re.compile(rb"\((# gdanim recipe(?:[^\\()]++|\\.)*+)(\)?)", re.DOTALL)
_PDF_ESCAPES: Final = {b"n": b"\n", b"r": b"\r"}


def read_recipe(path: str) -> str:
    """The recipe that a file carries, from its first line to its last; "-" is standard input.

    Raises UsageError where the file cannot be read or carries none.
    """
    name, damage = name_of(path), ""
    with _opened(path) as file:
        head = file.read(HEAD)
        if not carries(head):
            raise NoRecipeError(f"{name} carries no recipe: it is of no format that gdanim writes")
        file.seek(0)
        try:
            for part in _parts(head, cast("BinaryIO", _Bounded(file))):
                text = _recipe_in(part)
                if text is not None:
                    return text
        except (EncoderError, struct.error, IndexError) as error:
            damage = f", as far as it can be read: {error}" if isinstance(error, EncoderError) else ""
        raise (UsageError if damage else NoRecipeError)(f"{name} carries no recipe{damage}")


def carries(head: bytes) -> bool:
    """Whether a file with this beginning is of a format that may carry a recipe."""
    return any(re.match(beginning, head, re.DOTALL) for beginning in _WALKERS)


def name_of(path: str) -> str:
    """What messages call a file: its path as it was typed."""
    return "standard input" if path == STDIN else path if path.isprintable() else shown(path)


def _recipe_in(part: bytes) -> str | None:
    """The recipe in some text, whose line ends and characters may have been changed or escaped by other programs."""
    part = part.replace(b"\r\n", b"\n")
    begin = part.find(START.encode())
    end = part.find(END.encode(), begin)
    if begin < 0 or end < 0:
        return None
    import html  # late: it loads a table of all entities

    text = part[begin : end + len(END)]
    return html.unescape(text.decode("ascii")) if text.isascii() and len(text) <= MAX_RECIPE else None


# --- files -----------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """The file, made seekable."""
    try:
        if path == STDIN:
            yield _held(_standard_input(), path)
            return
        with opened(path) as file:
            yield file if file.seekable() else _held(file, path)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"Cannot read {shown(path)}: {reason}") from None


def _standard_input() -> BinaryIO:
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("Standard input is closed: name a file")
    if sys.stdin.isatty():
        raise UsageError("Standard input is a terminal: send it a file through a pipe, or name one")
    return sys.stdin.buffer


def _held(file: BinaryIO, path: str) -> BinaryIO:
    """What a pipe holds, in memory."""
    content = file.read(MAX_STREAM + 1)
    if len(content) > MAX_STREAM:
        raise UsageError(f"{name_of(path)} has more than {MAX_STREAM:,} bytes, which is too much for a pipe")
    return io.BytesIO(content)


class _Bounded:
    """A file with a limit on the number and the size of reads, against hostile lengths and counts."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, MAX_READS
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        """At most `size` bytes, and at most MAX_PART. Raises EncoderError at the limit."""
        self._left -= 1
        if self._left < 0:
            raise EncoderError("it has too many parts")
        return self._file.read(min(size, MAX_PART))


# --- formats ---------------------------------------------------------------------------------------------------------
# Each walker yields the parts of a file that may hold a recipe. A length that is too large leads past the end of the
# file: struct.error, IndexError, EncoderError.


def _parts(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    walk = next(walk for beginning, walk in _WALKERS.items() if re.match(beginning, head, re.DOTALL))
    return walk(file)


def _gif(file: BinaryIO) -> Iterator[bytes]:
    screen = file.read(13)
    _skip_colour_table(file, screen[10])
    while (kind := file.read(1)) in (b"!", b","):
        if kind == b",":
            _skip_colour_table(file, file.read(9)[8])
        label, content = file.read(1), _sub_blocks(file)  # of an image, no label, but the size of its codes
        if (kind, label) == (b"!", b"\xfe"):
            yield content


def _skip_colour_table(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, io.SEEK_CUR)


def _sub_blocks(file: BinaryIO) -> bytes:
    """The content of a chain of sub-blocks, cut where it is longer than any recipe."""
    content = bytearray()
    while size := file.read(1)[0]:
        part = file.read(size)
        if len(content) <= MAX_RECIPE:
            content += part
    return bytes(content)


def _png(file: BinaryIO) -> Iterator[bytes]:
    position, unpacked = 8, 0
    while (header := _at(file, position, 8)) and unpacked < MAX_PART:
        size, kind = struct.unpack(">I4s", header)
        text = _png_text(kind, file.read(size)) if kind in (b"tEXt", b"zTXt", b"iTXt") else b""
        yield text
        unpacked += len(text)
        position += 12 + size


def _at(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)


def _png_text(kind: bytes, content: bytes) -> bytes:
    """The text of a chunk, behind its keyword, decompressed."""
    text = content.partition(b"\0")[2]
    packed = kind == b"zTXt" or (kind == b"iTXt" and text[:1] == b"\1")
    if kind == b"zTXt":
        text = text[1:]
    elif kind == b"iTXt":  # flag, method, language, the keyword once more
        text = text[2:].split(b"\0", 2)[-1]
    try:
        return zlib.decompressobj().decompress(text, MAX_PART) if packed else text
    except zlib.error:
        return b""


def _webp(file: BinaryIO) -> Iterator[bytes]:
    position = 12
    while header := _at(file, position, 8):
        kind, size = struct.unpack("<4sI", header)
        if kind == b"XMP ":
            yield file.read(size)
        position += 8 + size + size % 2


def _isobmff(file: BinaryIO) -> Iterator[bytes]:
    from gdanim.output.containers.isobmff import Span, boxes

    for box in boxes(file, Span(b"file", 0, file.seek(0, io.SEEK_END))):
        if box.kind in (b"moov", b"uuid"):
            yield _at(file, box.start, box.end - box.start)


def _matroska(file: BinaryIO) -> Iterator[bytes]:
    from gdanim.output.containers.matroska import SEGMENT, TAGS, Element, elements

    for top in elements(file, Element(0, 0, file.seek(0, io.SEEK_END))):
        for inner in elements(file, top) if top.name == SEGMENT else ():
            if inner.name == TAGS:
                yield _at(file, inner.start, inner.end - inner.start)


def _pdf(file: BinaryIO) -> Iterator[bytes]:
    for found in _PDF_STRING.finditer(file.read(MAX_PART)):
        if found[2]:
            yield re.sub(rb"\\(.)", lambda escape: _PDF_ESCAPES.get(escape[1], escape[1]), found[1], flags=re.DOTALL)


def _markup(file: BinaryIO) -> Iterator[bytes]:
    content = file.read(MAX_PART)
    for opening in islice(_ELEMENT.finditer(content), MAX_ELEMENTS):
        if opening[1] == b"metadata" or b"application/toml" in opening[2]:
            yield content[opening.end() : content.find(b"<", opening.end())]


_WALKERS: Final = {
    rb"GIF8[79]a": _gif,
    rb"\x89PNG\r\n\x1a\n": _png,
    rb"RIFF....WEBP": _webp,
    rb"....ftyp": _isobmff,
    rb"\x1a\x45\xdf\xa3": _matroska,
    rb"%PDF-": _pdf,
    rb"(\xef\xbb\xbf)?\s*<": _markup,
}
