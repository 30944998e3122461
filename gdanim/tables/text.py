"""Tables of text: their rows as numbers and words, whatever the dialect. Each file is read in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import numpy as np

from gdanim.errors import UsageError
from gdanim.tables.dialect import BLANKS, Dialect, encoding_of, find_dialect, is_comment
from gdanim.tables.numbers import NotANumberError, numbers, read_cell
from gdanim.tables.table import CHUNK, MAX_COLUMNS, Chunk, Numbers, Source, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Cells = Sequence[object] | NDArray[Any]  # (m,)

BLOCK: Final = 1 << 19  # bytes that are read at a time
MAX_LINE: Final = 100_000  # characters


class Lines(NamedTuple):
    """Whole lines of a text, without their ends. first: the number of the first of them, from 1."""

    first: int
    lines: list[str]


def read_lines(stream: BinaryIO, source: Source) -> Iterator[Lines]:
    """The lines of a text in its own encoding. Raises UsageError where it is none, naming the line."""
    head = stream.read(BLOCK)
    encoding = encoding_of(head)
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    first, rest, block = 1, "", head
    while True:
        try:
            text = rest + decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            at = first + error.object[: error.start].count(b"\n")
            raise source.refusal(f"is not {encoding.upper()} text", at) from None
        _check(text, first, source)
        lines = text.split("\n")
        rest = lines.pop() if block else ""
        if lines and (block or text):
            yield Lines(first, lines if block or lines[-1] else lines[:-1])
        first += len(lines)
        if not block:
            return
        block = stream.read(BLOCK)


def _check(text: str, first: int, source: Source) -> None:
    """Refuse what no text has, and lines that are too long."""
    if "\0" in text:
        at = first + text[: text.index("\0")].count("\n")
        raise source.refusal("holds a NUL character, which no text does", at)
    if len(text) > MAX_LINE:
        for number, line in enumerate(text.split("\n"), start=first):
            if len(line) > MAX_LINE:
                raise source.refusal(f"has more than {MAX_LINE:,} characters", number)


def text_table(blocks: Iterator[Lines], source: Source) -> Table:
    """The table in a text. Raises UsageError where it has none."""
    head = next(blocks, Lines(1, []))
    dialect = find_dialect(head.lines, source)
    width = dialect.width - dialect.spare
    if width > MAX_COLUMNS:
        raise source.refusal(f"has {width:,} columns; at most {MAX_COLUMNS:,} are read")
    columns = dialect.names or tuple(str(place + 1) for place in range(width))
    body = Lines(head.first + dialect.skip, head.lines[dialect.skip :])
    lines = [line for line in body.lines[:100] if line.strip() and not is_comment(line)]
    sample = [
        [read_cell(cell, decimal_comma=dialect.decimal_comma) for cell in _cells(line, dialect)] for line in lines
    ]
    sample = [row for row in sample if len(row) == dialect.width]
    reader = _Reader(dialect, columns, source)
    return Table(
        source,
        columns,
        bool(dialect.names),
        sample,
        lambda n, w: reader.chunks(chain([body], blocks), list(n), list(w)),
        dialect.remarked,
    )


def _cells(line: str, dialect: Dialect) -> list[str]:
    try:
        return dialect.cells(line)
    except csv.Error:  # its cell goes on in the next line
        return line.split(dialect.separator)


class _Reader:
    """Reads the rows of a text in a dialect."""

    def __init__(self, dialect: Dialect, columns: Sequence[str], source: Source) -> None:
        self._dialect, self._columns, self._source = dialect, columns, source
        self._numbers: list[int] = []
        self._words: list[int] = []

    def chunks(self, blocks: Iterator[Lines], numbers: list[int], words: list[int]) -> Iterator[Chunk]:
        """The rows, see Table."""
        self._numbers, self._words = numbers, words
        for block in blocks:
            for begin in range(0, len(block.lines), CHUNK):
                part = Lines(block.first + begin, block.lines[begin : begin + CHUNK])
                if any(map(str.count, part.lines, repeat('"'))):  # a cell may go on in the next line, and block
                    rest = Lines(block.first + begin, block.lines[begin:])
                    yield from self._by_cells(chain([rest], blocks))
                    return
                plain = self._at_once(part)
                yield from self._by_cells(iter([part])) if plain is None else [plain]

    def _at_once(self, block: Lines) -> Chunk | None:
        """The rows of lines that hold nothing but plain numbers where numbers are wanted; else None."""
        lines, separator = block.lines, self._dialect.separator
        if separator == BLANKS:
            even = {len(line.split()) for line in lines} == {self._dialect.width}
        else:
            even = set(map(str.count, lines, repeat(separator))) == {self._dialect.width - 1}
        if not even or not all(map(str.strip, lines)) or any(map(is_comment, lines)):
            return None
        try:
            value = self._parsed(lines)
        except ValueError:
            return None
        if np.isinf(value).any():
            return None  # or too large: that is told apart by its cell
        mark = None if separator == BLANKS else separator
        cells = [[line.split(mark, at + 1)[at].strip() for line in lines] for at in self._words]
        given = np.ones(len(lines), dtype=np.bool_)
        place = np.arange(block.first, block.first + len(lines))
        return Chunk(place, tuple(Numbers(column, given) for column in value), tuple(cells))

    def _parsed(self, lines: Sequence[str]) -> NDArray[np.float64]:
        """The columns of numbers (k, m). Raises ValueError where a cell is no plain number."""
        if not self._numbers:
            return np.empty((0, len(lines)))
        separator = self._dialect.separator
        if self._dialect.decimal_comma:
            lines = [line.replace(",", ".") for line in lines]
        found = np.loadtxt(
            lines,
            delimiter=None if separator == BLANKS else separator,
            usecols=self._numbers,
            comments=None,
            ndmin=2,
        )
        return np.ascontiguousarray(found.T)

    def _by_cells(self, blocks: Iterator[Lines]) -> Iterator[Chunk]:
        """The rows, cell by cell. Where one is wrong, the rows before it come first."""
        rows = self._rows(blocks)
        while True:
            chunk: list[tuple[int, list[str]]] = []
            wrong: UsageError | None = None
            try:
                for row in islice(rows, CHUNK):
                    chunk.append(row)
            except UsageError as error:
                wrong = error
            if chunk:
                yield from self._converted(chunk)
            if wrong is not None:
                raise wrong
            if not chunk:
                return

    def _rows(self, blocks: Iterator[Lines]) -> Iterator[tuple[int, list[str]]]:
        """The number of the last line of each row, and its cells."""
        width, at = self._dialect.width, 0

        def lines() -> Iterator[str]:
            nonlocal at
            for block in blocks:
                for at, line in enumerate(block.lines, start=block.first):  # noqa: B007 (told outside)
                    if line.strip() and not is_comment(line):
                        yield (line.strip().replace("\t", " ") if separator == BLANKS else line) + "\n"

        separator = self._dialect.separator
        reader = csv.reader(lines(), delimiter=separator, skipinitialspace=True, strict=True)
        try:
            for cells in reader:
                if len(cells) != width:
                    self._refuse_width(cells, at)
                yield at, cells
        except csv.Error as error:
            raise self._source.refusal(f"is not CSV: {error}", at) from None

    def _refuse_width(self, cells: Sequence[str], at: int) -> None:
        told = "the first line names" if self._dialect.names else "the first row has"
        width = self._dialect.width
        raise self._source.refusal(f"has {len(cells)} cells, where {told} {width} columns", at)

    def _converted(self, rows: Sequence[tuple[int, list[str]]]) -> Iterator[Chunk]:
        places, cells = zip(*rows, strict=True)
        columns = list(zip(*cells, strict=True))
        yield from converted(
            np.array(places),
            self._source,
            [(self._columns[at], columns[at]) for at in self._numbers],
            [columns[at] for at in self._words],
            decimal_comma=self._dialect.decimal_comma,
        )


def converted(
    place: NDArray[np.int64],
    source: Source,
    columns: Sequence[tuple[str, Cells]],
    words: Sequence[Sequence[object]],
    *,
    decimal_comma: bool = False,
) -> Iterator[Chunk]:
    """A chunk of cells; columns as (name, cells). Where one is no number, the rows before it, then a UsageError."""
    found: list[Numbers] = []
    wrong: list[tuple[int, str]] = []
    for name, cells in columns:
        try:
            found.append(_numbers(cells, decimal_comma=decimal_comma))
        except NotANumberError as refusal:
            wrong.append((refusal.row, f"{name} {refusal}"))
    if not wrong:
        yield Chunk(place, tuple(found), tuple(words))
        return
    row, reason = min(wrong)
    if row:
        before = [(name, cells[:row]) for name, cells in columns]
        yield from converted(place[:row], source, before, [cells[:row] for cells in words], decimal_comma=decimal_comma)
    raise source.refusal(reason, int(place[row]))


def _numbers(cells: Cells, *, decimal_comma: bool) -> Numbers:
    if isinstance(cells, np.ndarray):
        return Numbers(cells.astype(np.float64), np.ones(len(cells), dtype=np.bool_))
    return numbers(cells, decimal_comma=decimal_comma)
