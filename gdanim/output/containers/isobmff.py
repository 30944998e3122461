"""Checks that an MP4, MOV or AVIF is whole: reads the boxes of ISO base media files (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gdanim.errors import EncoderError


class Span(NamedTuple):
    """The content of one box: the bytes from `start` up to `end` of the file."""

    kind: bytes
    start: int
    end: int


def n_video_samples(path: Path) -> int:
    """The number of pictures in the first video track.

    Raises EncoderError unless the top-level boxes cover the file exactly, and moov, the table of contents, is
    before mdat, the pictures: only then can a browser play while it loads.
    """
    with path.open("rb") as file:
        counts = _n_samples(file, _top_level(file, path), b"vide")
    if not counts:
        raise EncoderError("the encoded file is not whole: it has no video track")
    return counts[0]


def n_image_samples(path: Path) -> int:
    """The number of pictures in an AVIF; one of a single picture has no track.

    Raises EncoderError as n_video_samples does, and where a track of alpha has not one picture for each of colour.
    """
    with path.open("rb") as file:
        top = _top_level(file, path, still=True)
        if not any(box.kind == b"moov" for box in top):
            return 1
        colours, alphas = _n_samples(file, top, b"pict"), _n_samples(file, top, b"auxv")
    if not colours or (alphas and alphas != colours):
        raise EncoderError("the encoded file is not whole: its tracks of colour and alpha differ, or are missing")
    return colours[0]


def _top_level(file: BinaryIO, path: Path, *, still: bool = False) -> list[Span]:
    """The top-level boxes, in an order that can be streamed; a `still` may have meta in the place of moov."""
    top = list(boxes(file, Span(b"file", 0, path.stat().st_size)))
    kinds = [box.kind for box in top]
    table = b"meta" if still and b"moov" not in kinds else b"moov"
    if table not in kinds or b"mdat" not in kinds:
        raise EncoderError(f"the encoded file is not whole: it has the boxes {_listed(kinds)}, not moov and mdat")
    if kinds.index(table) > kinds.index(b"mdat"):
        raise EncoderError(f"the encoded file cannot be streamed: its boxes are in the order {_listed(kinds)}")
    return top


def _n_samples(file: BinaryIO, top: list[Span], handler: bytes) -> list[int]:
    """The number of samples in each track of one kind."""
    return [
        _sample_count(file, media)
        for moov in top
        if moov.kind == b"moov"
        for media in _inside(file, moov, b"trak", b"mdia")
        if _handler(file, media) == handler
    ]


def boxes(file: BinaryIO, parent: Span) -> Iterator[Span]:
    """The boxes inside `parent`, which they must fill exactly."""
    position = parent.start
    while position < parent.end:
        file.seek(position)
        header = file.read(16)
        size, kind = struct.unpack(">I4s", header[:8]) if len(header) >= 8 else (0, b"")
        header_size = 8
        if size == 1 and len(header) == 16:  # mdat beyond 4 GB: the true size follows the kind
            (size,) = struct.unpack(">Q", header[8:])
            header_size = 16
        if not header_size <= size <= parent.end - position:
            raise EncoderError(f"the encoded file is not whole: it breaks off in the box at byte {position}")
        yield Span(kind, position + header_size, position + size)
        position += size


def _inside(file: BinaryIO, parent: Span, *kinds: bytes) -> list[Span]:
    """The boxes inside `parent` on the path of `kinds`: of the last kind, in boxes of the one before, and so on."""
    found = [parent]
    for kind in kinds:
        found = [box for outer in found for box in boxes(file, outer) if box.kind == kind]
    return found


def _handler(file: BinaryIO, media: Span) -> bytes:
    """The kind of a track: b"vide", b"soun", …, or b"" where it has none."""
    return b"".join(_read(file, box, 8, 4) for box in _inside(file, media, b"hdlr")[:1])


def _sample_count(file: BinaryIO, media: Span) -> int:
    """The number of samples in the table of sample sizes (stsz: version and flags, common size, count, sizes)."""
    return sum(int.from_bytes(_read(file, box, 8, 4)) for box in _inside(file, media, b"minf", b"stbl", b"stsz")[:1])


def _read(file: BinaryIO, box: Span, offset: int, size: int) -> bytes:
    file.seek(box.start + offset)
    return file.read(size)


def _listed(kinds: list[bytes]) -> str:
    return ", ".join(kind.decode("latin-1") for kind in kinds) or "none"
