"""The rows of a trajectory's file as text or numbers, some hundreds at a time.

Files may come from anyone: each type is read within bounded memory, and what is malformed is a UsageError that names
the line.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
import zlib
from contextlib import ExitStack
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np

from gdanim.descent.recording.file_types import STDIN, columns, suffix_of, unreadable
from gdanim.descent.trajectory import MAX_RECORDED
from gdanim.errors import UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from gdanim.objectives.objective import Objective

    Cells = Sequence[Any] | NDArray[Any]  # (m,)
    Row = tuple[int, tuple[Any, ...]]  # the number of its line, and a cell for each of Source.columns

BATCH = 512  # rows: what is read of them stays in the cache
MAX_LINE = 100_000  # bytes
MAX_TEXT = 1000  # characters of a text in an .npz
ALIASES = {"x": "x1", "y": "x2"}


class Source(NamedTuple):
    """A file and the objective that its runs descend. Messages call its rows by name and unit: `run.csv line 17`."""

    name: str
    unit: str
    objective: Objective

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return columns(self.objective.dim)

    def refusal(self, reason: str, place: int | None = None) -> UsageError:
        """The error for what is wrong with the file, or with one of its rows."""
        return UsageError(f"{self.name}{'' if place is None else f' {self.unit} {place}'}: {reason}")

    def places(self, names: Sequence[str], line: int | None = None) -> list[int]:
        """The place of each of `columns` among the names in the file; len(names) for those that are not there.

        Raises UsageError where one is named twice, or x has more or fewer coordinates than the objective takes.
        """
        dim, found = self.objective.dim, dict[str, int]()
        takes = f"{self.objective.name}, which takes {'one' if dim == 1 else 'two'}"
        for place, name in enumerate(names):
            word = name.lower().strip("# \t")  # numpy.savetxt puts a # before its header
            known = ALIASES.get(word, word)
            if known == f"x{dim + 1}":
                value = "; if it is the value, call it f" if dim == 1 else ""
                raise self.refusal(f"{shown(name)} is a coordinate too many for {takes}{value}", line)
            if known in found and known in self.columns:
                raise self.refusal(f"the column {known} is named twice", line)
            found[known] = place
        needed = ("iteration", *self.columns[4 : 4 + dim])
        for column in needed:
            if column not in found:
                raise self.refusal(f"there is no column {column}; for {takes}, name {','.join(needed)}", line)
        return [found.get(column, len(names)) for column in self.columns]


class Batch(NamedTuple):
    """Some rows of a file.

    place (m,)   the line of each; in an .npz its row, counted from 0
    cells        each of Source.columns (m,); None, or a blank text, where the file says nothing
    """

    source: Source
    place: Sequence[int]
    cells: Mapping[str, Cells]

    def refusal(self, reason: str, row: int) -> UsageError:
        """The error for what is wrong with one of the rows."""
        return self.source.refusal(reason, self.place[row])


def batches(path: str, source: Source) -> Iterator[Batch]:
    """The rows of a file, with its columns in any order. A pipe holds .jsonl where it begins with a {, else .csv.

    Raises UsageError where the file cannot be read, is malformed, or lacks a column that is needed.
    """
    with ExitStack() as stack:
        try:
            stream = sys.stdin.buffer if path == STDIN else stack.enter_context(Path(path).open("rb"))
            suffix = suffix_of(path)
            if suffix == ".npz":
                yield from _npz(stream, source)
                return
            lines = _lines(stream, source)
            if suffix is None:
                suffix, lines = _recognised(lines)
            rows = _jsonl(lines, source) if suffix == ".jsonl" else _csv(lines, source)
            while chunk := list(islice(rows, BATCH)):
                place, cells = zip(*chunk, strict=True)
                yield Batch(source, place, dict(zip(source.columns, zip(*cells, strict=True), strict=True)))
        except OSError as error:
            raise unreadable(path, error) from None


# --- lines -----------------------------------------------------------------------------------------------------------


def _lines(stream: BinaryIO, source: Source) -> Iterator[str]:
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise source.refusal(f"has more than {MAX_LINE:,} bytes", number)
        if b"\0" in line:
            raise source.refusal("holds a NUL character, which no text does", number)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise source.refusal("is not UTF-8 text", number) from None


def _recognised(lines: Iterator[str]) -> tuple[str, Iterator[str]]:
    """The suffix for what the first line that is not blank looks like, and all lines."""
    read = []
    for line in lines:
        read.append(line)
        if line.strip():
            break
    is_json = bool(read) and read[-1].lstrip().startswith("{")
    return ".jsonl" if is_json else ".csv", chain(read, lines)


def _csv(lines: Iterable[str], source: Source) -> Iterator[Row]:
    reader = csv.reader(lines, strict=True)
    try:
        header = next((row for row in reader if row), None)
        if header is None:
            raise source.refusal("is empty; its first line names the columns, such as iteration,x1,x2")
        pick = itemgetter(*source.places(header))
        for row in reader:
            if len(row) != len(header):
                if not row:
                    continue
                reason = f"has {len(row)} cells, where the first line names {len(header)} columns"
                raise source.refusal(reason, reader.line_num)
            cells: list[str | None] = [*row, None]
            yield reader.line_num, pick(cells)
    except csv.Error as error:
        raise source.refusal(f"is not CSV: {error}", reader.line_num) from None


def _jsonl(lines: Iterable[str], source: Source) -> Iterator[Row]:
    # Pairs, since a dict would hide a name that is there twice. NaN and Infinity as texts: JSON has no such numbers.
    decoder = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=str)
    known: tuple[str, ...] | None = None
    pick: itemgetter[tuple[Any, ...]]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, tuple):
            raise source.refusal('is not a JSON object, such as {"iteration": 0, "x1": 1.5}', number)
        names, cells = zip(*row, strict=True) if row else ((), ())
        if names != known:
            known, pick = names, itemgetter(*source.places(names, number))
        yield number, pick((*cells, None))


# --- arrays ----------------------------------------------------------------------------------------------------------


def _npz(stream: BinaryIO, source: Source) -> Iterator[Batch]:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
            series = {
                column: _Series(archive, archive.infolist()[place], source)
                for column, place in zip(source.columns, source.places(names), strict=True)
                if place < len(names)
            }
            rows = [column.length for column in series.values()]
            if min(rows) < max(rows):
                raise source.refusal(f"its columns have different lengths, from {min(rows)} to {max(rows)}")
            for begin in range(0, rows[0], BATCH):
                place = range(begin, min(begin + BATCH, rows[0]))
                nothing = dict.fromkeys(source.columns, [None] * len(place))
                read = {name: column.read(len(place)) for name, column in series.items()}
                yield Batch(source, place, nothing | read)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise source.refusal(f"is not an .npz that can be read: {error}") from None


class _Series:
    """One array of an .npz, read piece by piece: numpy.load would hold all of it, whatever a small file unpacks to."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Source) -> None:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{member.filename} is not compressed as numpy does")
        self._stream = archive.open(member)
        header = _header(self._stream)
        shape = re.search(r"'shape': *\(([0-9]{1,18}),\)", header)
        kind = re.search(r"'descr': *'([<>|=]?(?:f[248]|[iu][1248]|U[0-9]{1,4}))'", header)
        if shape is None or kind is None:
            raise source.refusal(f"{member.filename} is not a column: give each as one row of numbers or of texts")
        self._dtype, self.length = np.dtype(kind[1]), int(shape[1])
        if self.length > MAX_RECORDED:
            raise source.refusal(f"has {self.length:,} rows; at most {MAX_RECORDED:,} can be replayed")
        if self._dtype.kind == "U" and self._dtype.itemsize > 4 * MAX_TEXT:
            raise source.refusal(f"{member.filename} has texts of more than {MAX_TEXT:,} characters")

    def read(self, rows: int) -> Cells:
        """The next rows: an array of numbers, or a list of texts."""
        if not self._dtype.itemsize:
            return [""] * rows
        content = self._stream.read(rows * self._dtype.itemsize)
        if len(content) < rows * self._dtype.itemsize:
            raise EOFError("it is cut short")
        if self._dtype.kind != "U":
            return np.frombuffer(content, self._dtype)
        # numpy would return characters that Python does not have, some of which crash the interpreter.
        if (np.frombuffer(content, self._dtype.str[0] + "u4") > sys.maxunicode).any():
            raise ValueError("it holds texts that are none")
        texts: list[str] = np.frombuffer(content, self._dtype).tolist()
        return texts


def _header(stream: IO[bytes]) -> str:
    """The header of an .npy: a Python dict as text, after the magic word, the version and its own length.

    numpy.lib.format would read up to 4 GiB before it checks the length.
    """
    start = stream.read(8)
    size = stream.read(2 if start[6:7] == b"\1" else 4)
    if start[:6] != b"\x93NUMPY" or int.from_bytes(size, "little") > 10_000:
        raise ValueError("it holds something else than arrays of numpy")
    return stream.read(int.from_bytes(size, "little")).decode("latin-1")
