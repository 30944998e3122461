"""The dialect of a table of text: its encoding, what stands between cells, whether the first line names the columns."""

from __future__ import annotations

import codecs
import csv
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.tables.numbers import LOST, THOUSANDS, UNKNOWN, is_number, is_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdanim.tables.table import Source

BLANKS: Final = " "  # stands for any number of blanks and tabs
# In this order where several fit: 0;1,5 has a decimal comma, and "a b, c d" has words of several parts.
SEPARATORS: Final = ("\t", ";", "|", ",", BLANKS)
COMMENTS: Final = ("#", "%")
_ERRORS: Final = tuple(word for word in (*LOST, *UNKNOWN) if word.startswith("#"))  # as spreadsheets write them
SAMPLE: Final = 200  # lines that are looked at
MOSTLY: Final = 0.9  # of the cells of a single column are numbers
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # for Excel
_DECIMAL_COMMA: Final = re.compile(r"\s*[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?\s*", re.ASCII)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_IN_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


class Dialect(NamedTuple):
    """How a table is written.

    separator       one of SEPARATORS, or what a line `sep=` says
    decimal_comma   whether numbers are written 1,5
    names           of the columns; empty where the file names none
    width           the number of cells in a row
    skip            lines before the first row
    spare           whether each row ends with a separator after its last cell
    remarked        whether the names stand in a comment, which may be anything
    """

    separator: str
    decimal_comma: bool
    names: tuple[str, ...]
    width: int
    skip: int
    spare: bool
    remarked: bool

    def cells(self, line: str) -> list[str]:
        """The cells of one line."""
        return split(line, self.separator)


def encoding_of(head: bytes) -> str:
    """The encoding of a text that begins so: by its mark, by zeros in every other byte, UTF-8, or that of Windows."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    zeros = [head[place::2].count(0) for place in (0, 1)]
    half = len(head) // 2
    if half and max(zeros) > half / 2 and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        try:
            windows = head.decode("cp1252")
        except UnicodeDecodeError:
            return "utf-8"
        return "utf-8" if _NOT_IN_TEXT.search(windows) else "cp1252"
    return "utf-8"


def split(line: str, separator: str) -> list[str]:
    """The cells of a line. Raises csv.Error where a quote stays open."""
    if separator == BLANKS:
        line = line.strip().replace("\t", " ")
    found = next(csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True), [])
    return [cell.strip() for cell in found]


def is_comment(line: str) -> bool:
    """Whether a line is for people: #NUM!,2 is a row."""
    text = line.lstrip()
    return text[:1] in COMMENTS and not text.lower().startswith(_ERRORS)


def find_dialect(lines: Sequence[str], source: Source) -> Dialect:
    """The dialect of a table that begins with these lines. Raises UsageError where there is none."""
    given, begin = _sep_line(lines)
    body = [place for place in range(begin, min(len(lines), begin + SAMPLE)) if lines[place].strip()]
    told = [place for place in body if not is_comment(lines[place])]
    if not told:
        raise source.refusal("is empty; its first line names the columns, such as iteration,x1,x2")
    remark = next((lines[place] for place in reversed(body) if place < told[0]), None)
    return _best([_Reading(lines, told, remark, one) for one in ([given] if given else SEPARATORS)]).dialect()


def _sep_line(lines: Sequence[str]) -> tuple[str | None, int]:
    """The separator of a line `sep=`, and the number of lines up to it."""
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    found = _SEP_LINE.fullmatch(lines[first]) if lines else None
    return (found[1], first + 1) if found else (None, 0)


def _best(readings: Sequence[_Reading]) -> _Reading:
    return max(readings, key=lambda reading: reading.merit)  # the first of equals


class _Reading:
    """The first lines of a table, as one separator cuts them."""

    def __init__(self, lines: Sequence[str], told: Sequence[int], remark: str | None, separator: str) -> None:
        self._separator, self._told, self._remark = separator, told, remark
        try:
            self._rows = [split(lines[place], separator) for place in told]
        except csv.Error:  # a cell of several lines
            self._rows = [lines[place].split(separator) for place in told]
        first, others = self._rows[0], self._rows[1:] or self._rows
        self._width = max(map(len, others), key=[len(row) for row in others].count)
        self._spare = self._width > 1 and all(row[-1] == "" for row in others if len(row) == self._width)
        self._even = sum(len(row) == self._width for row in others) / len(others)
        named = separator != "," or all(lines[place].lstrip().startswith('"') for place in told[1:])
        self._fits = len(first) == self._width or (named and len(first) == self._width - 1)
        self._decimal_comma = self._writes_commas(others)
        cells = [cell for row in others for cell in row]
        self._numeric = sum(self._is_number(cell) for cell in cells) / max(len(cells), 1)

    @property
    def merit(self) -> tuple[Any, ...]:
        """What makes one reading better than another."""
        several, regular = self._width > 1, len(self._rows[0]) == self._width
        good = self._fits and self._even == 1 and (several or self._is_column())
        return good, several, regular, self._even, self._numeric

    def _is_column(self) -> bool:
        """Whether it is a single column of numbers, with a name or none."""
        (first, *_) = self._rows[0] or [""]
        return self._numeric > MOSTLY and (self._is_number(first) or not set(first) & set(SEPARATORS[:-1]))

    def _writes_commas(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether numbers have a comma where others have a point. 1,234 in quotes may be either."""
        if self._separator != ",":
            return any(_DECIMAL_COMMA.fullmatch(cell) for row in rows for cell in row)
        found = [cell for row in rows for cell in row if _DECIMAL_COMMA.fullmatch(cell)]
        return any(not THOUSANDS.fullmatch(cell) for cell in found)

    def _is_number(self, cell: str) -> bool:
        return is_number(cell, decimal_comma=self._decimal_comma)

    def _is_word(self, cell: str) -> bool:
        return is_word(cell, decimal_comma=self._decimal_comma)

    def dialect(self) -> Dialect:
        """The dialect that this reading comes to."""
        first, second = self._rows[0], self._rows[1] if len(self._rows) > 1 else None
        has_names = self._names_columns(first, second)
        names = first if has_names else self._names_in_remark(first)
        # A separator ends each row, and that of the names or not.
        spare = self._spare and (len(names) < self._width or (len(names) == self._width and names[-1] == ""))
        width = self._width if second is not None or not has_names else len(first)
        if names and len(names) == width - 1 and not spare and self._fits:
            names = ["", *names]  # R names its rows in a column that has no name
        elif names and not spare:
            width = len(names)
        if spare and len(names) == width:
            names = names[:-1]
        skip = self._told[0] + has_names
        return Dialect(
            self._separator, self._decimal_comma, tuple(names), width, skip, spare, bool(names) and not has_names
        )

    def _names_columns(self, first: Sequence[str], second: Sequence[str] | None) -> bool:
        """Whether the first row names the columns: it has words where there are numbers below, or no number at all."""
        if not any(self._is_number(cell) for cell in first):
            return True
        if second is None:
            return False
        if first[0] == "" and second[0] != "":
            return True  # a data frame of numbered columns, with its index
        below = second[-len(first) :]
        return any(self._is_word(a) and self._is_number(b) for a, b in zip(first, below, strict=False))

    def _names_in_remark(self, row: Sequence[str]) -> list[str]:
        """The names in the last comment before the rows, where it has as many words as they have cells."""
        if self._remark is None:
            return []
        try:
            names = split(self._remark.lstrip().lstrip("".join(COMMENTS)), self._separator)
        except csv.Error:  # people's quotes need not be closed
            return []
        fits = len(names) == len(row) and len(set(names)) == len(names) and all(map(self._is_word, names))
        return names if fits else []
