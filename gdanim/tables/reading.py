"""Reading: from a path to the table in the file, told by its suffix or, where that says nothing, by how it begins."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
import zlib
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final

from gdanim.tables.arrays import npy_table, npz_table
from gdanim.tables.files import MAX_BYTES, STDIN, kind_of, name_of, opened, unreadable
from gdanim.tables.json_text import document_table, lines_table
from gdanim.tables.table import Source
from gdanim.tables.text import Lines, read_lines, text_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdanim.tables.table import Table

HEAD: Final = 512  # bytes that tell what a file is
GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK\3\4"
NPY: Final = b"\x93NUMPY"
MAX_PIPED: Final = 500_000_000  # bytes of an archive, which is read in any order
MAX_EXPANSION: Final = 200  # of a packed table; tables of text pack to a third or a tenth
SPARE_BYTES: Final = 1 << 20  # to which anything may expand
# How files begin that hold no table that is read here, what they are, and what to do about it.
FOREIGN: Final = {
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save the sheet as CSV",
    b"MATLAB 5.0": "is a .mat of MATLAB: write the table with writematrix, or scipy.io.loadmat and numpy.savez",
    b"MATLAB 7.3": "is a .mat of MATLAB: write the table with writematrix",
    b"\x89HDF": "is an HDF5 file: export the columns as CSV or .npz",
    b"PAR1": "is a Parquet file: write it as CSV, pandas.read_parquet(…).to_csv(…)",
    b"ARROW1": "is a Feather file: write it as CSV, pandas.read_feather(…).to_csv(…)",
    b"SQLite format 3": "is an SQLite database: export the table as CSV",
    b"RDX": "is a file of R's save(): write the table with write.csv",
    b"RDA": "is a file of R's save(): write the table with write.csv",
    b"X\n\0": "is a file of R's saveRDS(): write the table with write.csv",
    b"\x80\x02": "is a pickle, which is never loaded: save a table as CSV, JSON lines or .npz",
    b"\x80\x03": "is a pickle, which is never loaded: save a table as CSV, JSON lines or .npz",
    b"\x80\x04": "is a pickle, which is never loaded: save a table as CSV, JSON lines or .npz",
    b"\x80\x05": "is a pickle, which is never loaded: save a table as CSV, JSON lines or .npz",
    b"<?xml": "is XML: write the table as CSV",
    b"<!DOCTYPE": "is a page: write the table as CSV",
    b"<table": "is a page: write the table as CSV",
    b"<html": "is a page: write the table as CSV",
    b"\\begin{": "is LaTeX: write the table as CSV",
    b"%%MatrixMarket": "is a file of scipy.io.mmwrite(): write the table with numpy.savetxt or numpy.save",
    b"<stata_dta>": "is a file of Stata: write it as CSV, pandas.read_stata(…).to_csv(…)",
    b"%PDF": "is a PDF",
    b"\x89PNG": "is a picture",
    b"GIF8": "is a picture",
    b"\xff\xd8\xff": "is a picture",
    b"BZh": "is packed by bzip2: unpack it, or pack it with gzip",
    b"\xfd7zXZ": "is packed by xz: unpack it, or pack it with gzip",
    b"(\xb5/\xfd": "is packed by zstd: unpack it, or pack it with gzip",
}
# Members of archives that are no .npz.
ARCHIVES: Final = {
    "xl/workbook.xml": "is an Excel workbook: save the sheet as CSV",
    "content.xml": "is a spreadsheet of LibreOffice: save the sheet as CSV",
    "data.pkl": "is a file of torch.save(), which holds a pickle that is never loaded: save a table as CSV or .npz",
}


@contextmanager
def open_table(path: str) -> Iterator[Table]:
    """The table in a file; "-" is standard input. Read it while it is open. Raises UsageError where it has none."""
    source = Source(name_of(path))
    with ExitStack() as stack:
        try:
            stream = sys.stdin.buffer if path == STDIN else stack.enter_context(opened(path))
            yield _table(stream, kind_of(path), source)
        except OSError as error:
            raise unreadable(path, error) from None


def _table(stream: BinaryIO, kind: str | None, source: Source) -> Table:
    head = stream.read(HEAD)
    following = _Following(head, stream, source)
    if head.startswith(GZIP):
        unpacked = _Unpacked(following, source)
        head = unpacked.read(HEAD)
        following = _Following(head, unpacked, source)
    whole = io.BufferedReader(following)
    _refuse_foreign(head, source)
    if kind == "npy" or head.startswith(NPY):
        return npy_table(whole, source._replace(unit="row"))
    if kind == "npz" or head.startswith(ZIP):
        return _archive(_seekable(stream, whole, source), source._replace(unit="row"))
    blocks = read_lines(whole, source)
    first = next(blocks, Lines(1, []))
    read = {"json": document_table, "jsonl": lines_table}.get(_kind_of_text(first, kind), text_table)
    return read(chain([first], blocks), source)


def _refuse_foreign(head: bytes, source: Source) -> None:
    for magic, words in FOREIGN.items():
        if head.startswith(magic):
            raise source.refusal(words)


def _kind_of_text(first: Lines, promised: str | None) -> str:
    """Whether a text is JSON, a line of JSON for each row, or a table. A .json may be one of the first two."""
    if promised not in (None, "json"):
        return promised
    told = [line.strip() for line in first.lines if line.strip()][:2]
    if promised is None and not told:
        return "text"
    if told and told[0].startswith("{"):
        return "jsonl" if told[0].endswith("}") and (promised is None or len(told) > 1) else "json"
    return "json" if promised or told[0].startswith("[") else "text"


def _archive(stream: BinaryIO, source: Source) -> Table:
    """The table in an .npz. Raises UsageError, which says what other archives are."""
    with suppress(zipfile.BadZipFile, RuntimeError, ValueError), zipfile.ZipFile(stream) as archive:
        for name in archive.namelist():
            words = ARCHIVES.get(name) or ARCHIVES.get(name.rpartition("/")[2])
            if words:
                raise source.refusal(words)
    return npz_table(stream, source)


def _seekable(stream: BinaryIO, whole: BinaryIO, source: Source) -> BinaryIO:
    """The whole of a stream, in memory where it cannot be read in any order, as archives are."""
    if isinstance(stream, io.BufferedReader) and stream.seekable():
        stream.seek(0)
        return stream
    content = whole.read(MAX_PIPED + 1)
    if len(content) > MAX_PIPED:
        raise source.refusal(f"has more than {MAX_PIPED:,} bytes through a pipe: name the file")
    return io.BytesIO(content)


class _Following(io.RawIOBase):
    """A stream whose first bytes were read already. It refuses to go on for ever.

    done   the bytes that it gave
    """

    def __init__(self, head: bytes, stream: IO[bytes] | gzip.GzipFile, source: Source) -> None:
        self._head, self._stream, self._source, self.done = head, stream, source, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes."""
        room = memoryview(buffer)
        part, self._head = self._head[: len(room)], self._head[len(room) :]
        part = part or self._stream.read(len(room))
        self.done += len(part)
        if self.done > MAX_BYTES:
            raise self._source.refusal(f"has more than {MAX_BYTES:,} bytes, the most that are read")
        room[: len(part)] = part
        return len(part)


class _Unpacked(gzip.GzipFile):
    """What a .gz holds. It refuses what expands as no table does."""

    def __init__(self, packed: _Following, source: Source) -> None:
        super().__init__(fileobj=io.BufferedReader(packed), mode="rb")
        self._packed, self._source, self._given = packed, source, 0

    def read(self, size: int | None = -1) -> bytes:
        """Some bytes. Raises UsageError where they cannot be unpacked, or are too many."""
        try:
            found = super().read(size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise self._source.refusal(f"is not a .gz that can be read: {error}") from None
        self._given += len(found)
        if self._given > SPARE_BYTES + MAX_EXPANSION * self._packed.done:
            raise self._source.refusal(f"expands to more than {MAX_EXPANSION} times its size, as no table does")
        return found
