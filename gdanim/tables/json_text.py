"""Tables in JSON: lines of objects, a list of records or points, columns by name; and as pandas writes them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim.errors import UsageError
from gdanim.tables.nested import TwiceError, columns_of_points, flat, is_point, point, unnested
from gdanim.tables.table import CHUNK, MAX_COLUMNS, MAX_ROWS, Chunk, Source, Table
from gdanim.tables.text import Lines, converted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Record = dict[str, Any]

MAX_TEXT: Final = 64_000_000  # characters of one document, which is held whole
MAX_PARTS: Final = 4_000_000  # lists and objects in it
SAMPLE: Final = 200  # rows whose names are the columns
EXAMPLE: Final = '{"iteration": 0, "x1": 1.5}'


def _object(pairs: list[tuple[str, Any]]) -> Record:
    """An object, in which no name may be there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TwiceError(f"the column {twice} is named twice")
    return found


# NaN and Infinity as texts: JSON has no such numbers.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=str)


def _decoded(text: str, source: Source, place: int | None, what: str) -> Any:
    """What a text says in JSON. Raises UsageError."""
    try:
        return _DECODER.decode(text)
    except TwiceError as twice:
        raise source.refusal(str(twice), place) from None
    except json.JSONDecodeError as error:
        at = f"{error.msg} at line {error.lineno}" if place is None else error.msg
        raise source.refusal(f"is not {what}: {at}", place) from None
    except (ValueError, RecursionError):
        raise source.refusal(f"is not {what}", place) from None


@contextmanager
def _no_name_twice(source: Source, place: int | None = None) -> Iterator[None]:
    """Turn a name that is there twice into a UsageError."""
    try:
        yield
    except TwiceError as twice:
        raise source.refusal(str(twice), place) from None


# --- lines -----------------------------------------------------------------------------------------------------------


def lines_table(blocks: Iterator[Lines], source: Source) -> Table:
    """The table in lines, each an object. Raises UsageError where the first is none."""
    rows = _rows(blocks, source)
    wrong: UsageError | None = None
    head: list[tuple[int, Record]] = []
    try:
        for row in islice(rows, SAMPLE):
            head.append(row)
    except UsageError as error:
        if not head:
            raise
        wrong = error
    if not head:
        raise source.refusal("has no rows")
    columns = tuple(dict.fromkeys(name for _, record in head for name in record))

    def chunks(numbers: Sequence[int], words: Sequence[int]) -> Iterator[Chunk]:
        following = chain(head, rows)
        while chunk := list(islice(following, CHUNK if wrong is None else len(head))):
            place, records = zip(*chunk, strict=True)
            wanted = [(columns[at], [record.get(columns[at]) for record in records]) for at in numbers]
            said = [[record.get(columns[at]) for record in records] for at in words]
            yield from converted(np.array(place), source, wanted, said)
            if wrong is not None:
                raise wrong

    sample = [[record.get(name) for name in columns] for _, record in head]
    return Table(source, columns, True, sample, chunks)


def _rows(blocks: Iterator[Lines], source: Source) -> Iterator[tuple[int, Record]]:
    for block in blocks:
        for number, line in enumerate(block.lines, start=block.first):
            if not line.strip():
                continue
            row = _decoded(line, source, number, f"a JSON object, such as {EXAMPLE}")
            if not isinstance(row, dict):
                raise source.refusal(f"is not a JSON object, such as {EXAMPLE}", number)
            with _no_name_twice(source, number):
                row = flat(row)
            yield number, row


# --- one document ----------------------------------------------------------------------------------------------------


class _Columns(NamedTuple):
    """Columns by name, each a list of cells or one cell for all rows."""

    named: bool
    cells: Mapping[str, Any]


def document_table(blocks: Iterator[Lines], source: Source) -> Table:
    """The table in one JSON text. Raises UsageError where it holds none."""
    source = source._replace(unit="row")
    parts: list[str] = []
    length = lists = 0
    for block in blocks:
        parts += block.lines
        length += sum(map(len, block.lines))
        lists += sum(line.count("[") + line.count("{") for line in block.lines)
        if length > MAX_TEXT or lists > MAX_PARTS:
            limit = f"{MAX_TEXT:,} characters and {MAX_PARTS:,} lists or objects"
            raise source.refusal(f"is a JSON text of more than {limit}: write a line for each row, as .jsonl")
    content = _decoded("\n".join(parts), source, None, "JSON")
    with _no_name_twice(source):
        named, cells = _columns_of(content, source)
    if len(cells) > MAX_COLUMNS:
        raise source.refusal(f"has {len(cells):,} columns; at most {MAX_COLUMNS:,} are read")
    return columns_table(cells, source, named=named)


def _columns_of(content: Any, source: Source) -> _Columns:
    """What a document says. Raises UsageError where that is no table."""
    for _ in range(2):  # Vega has its rows in data.values
        content = _unwrapped(content) if isinstance(content, dict) else content
    if isinstance(content, list) and content:
        if all(isinstance(row, dict) for row in content):
            return _Columns(True, _of_records(content))
        if all(map(is_point, content)) and len(set(map(len, content))) == 1:
            return _Columns(
                False, {str(at): list(part) for at, part in enumerate(zip(*map(point, content), strict=True), 1)}
            )
        if not any(isinstance(row, (list, dict)) for row in content):
            return _Columns(False, {"1": content})
    if isinstance(content, dict) and any(isinstance(cell.value, list) for cell in unnested(content)):
        return _Columns(True, columns_of_points(content))
    said = f"an object of {_names(content)}" if isinstance(content, dict) else "a list of unlike rows"
    if not isinstance(content, (dict, list)) or not content:
        said = "no rows"
    way = 'give a list of records, [{"iteration": 0, "x1": 1.5}, …], or columns, {"x1": [1.5, …]}'
    raise source.refusal(f"holds {said}, which is no table: {way}")


def _names(content: Mapping[str, Any]) -> str:
    names = ", ".join(list(content)[:8])
    return names if len(names) < 100 else names[:99] + "…"


def _unwrapped(content: Record) -> Any:
    """The table in what pandas writes with orient = split, table, columns or index; else the content as it is."""
    values = list(content.values())
    if {"columns", "data"} <= content.keys() and isinstance(content["columns"], list):
        rows = content["data"] if isinstance(content["data"], list) else []
        names = [str(name) for name in content["columns"]]
        return [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]
    if {"schema", "data"} <= content.keys():
        return content["data"]
    if values and all(isinstance(value, dict) for value in values):
        keys = set(map(tuple, values))
        if len(keys) == 1 and all(key.isdecimal() for key in values[0]):
            return {name: list(cells.values()) for name, cells in content.items()}
        if all(key.isdecimal() for key in content):
            return values
    if len(values) == 1 and isinstance(values[0], (list, dict)) and not is_point(values[0]):
        inner = values[0]
        is_table = isinstance(inner, dict) or all(isinstance(row, dict) for row in inner)
        return inner if is_table else content
    return content


def _of_records(records: Sequence[Record]) -> dict[str, list[Any]]:
    rows = list(map(flat, records))
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in list(names)[: MAX_COLUMNS + 1]}


def columns_table(cells: Mapping[str, Any], source: Source, *, named: bool) -> Table:
    """A table of columns that are in memory, each a list; what is not a list is the same in all rows."""
    columns = tuple(cells)
    length = {name: len(cells[name]) for name in columns if isinstance(cells[name], list)}
    first = [[_at(cells[name], row) for name in columns] for row in range(min(20, max(length.values(), default=0)))]

    def chunks(numbers: Sequence[int], words: Sequence[int]) -> Iterator[Chunk]:
        wanted = {columns[at]: length[columns[at]] for at in (*numbers, *words) if columns[at] in length}
        rows = row_count(wanted, source)
        for begin in range(0, rows, CHUNK):
            place = np.arange(begin, min(begin + CHUNK, rows))
            picked = [(columns[at], _part(cells[columns[at]], place)) for at in numbers]
            yield from converted(place, source, picked, [_part(cells[columns[at]], place) for at in words])

    return Table(source, columns, named, first, chunks)


def row_count(length: Mapping[str, int], source: Source) -> int:
    """The number of rows of columns with these lengths. Raises UsageError where they differ, or are too many."""
    rows = max(length.values(), default=0)
    for name, its in length.items():
        if its != rows:
            other = max(length, key=lambda name: length[name])
            raise source.refusal(f"its columns have different lengths: {name} {its:,}, {other} {rows:,}")
    if rows > MAX_ROWS:
        raise source.refusal(f"has {rows:,} rows; at most {MAX_ROWS:,} are read")
    return rows


def _at(cells: Any, row: int) -> Any:
    if not isinstance(cells, list):
        return cells
    return cells[row] if row < len(cells) else None


def _part(cells: Any, place: np.ndarray[Any, np.dtype[np.int64]]) -> list[Any]:
    return cells[place[0] : place[-1] + 1] if isinstance(cells, list) else [cells] * len(place)
