"""Tables in .npz and .npy: arrays of numpy, read piece by piece.

numpy.load would hold all that a small file unpacks to. Nothing is ever unpickled; see objects.py.
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
import zlib
from contextlib import contextmanager
from functools import cached_property
from math import prod
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import numpy as np

from gdanim.errors import shown
from gdanim.tables.json_text import row_count
from gdanim.tables.nested import coordinate_names
from gdanim.tables.objects import OBJECTS, cells_in
from gdanim.tables.table import CHUNK, MAX_COLUMNS, MAX_ROWS, Chunk, Source, Table
from gdanim.tables.text import converted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from gdanim.tables.text import Cells

MAX_TEXT: Final = 1000  # characters of a text in an array
MAX_HEADER: Final = 100_000  # bytes
MAX_WHOLE: Final = 400_000_000  # bytes of an array that cannot be read piece by piece
_KIND: Final = re.compile(r"[<>|=]?(f(2|4|8|12|16)|[iu][1248]|[US][0-9]{1,6})")
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError)


class _Column(NamedTuple):
    """Where a column stands: the array, the field of a structured array, the place in a row of several."""

    array: str
    field: str | None = None
    at: int | None = None


def npz_table(stream: BinaryIO, source: Source) -> Table:
    """The table in an .npz. Raises UsageError where it is none."""
    with readable(source, ".npz"):
        archive = zipfile.ZipFile(stream)
        members = archive.infolist()
        if len(members) > MAX_COLUMNS:
            raise source.refusal(f"has {len(members):,} arrays; at most {MAX_COLUMNS:,} are read")
        for member in members:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{member.filename} is not compressed as numpy does")
        arrays = {member.filename.removesuffix(".npy"): _Array(archive.open(member)) for member in members}
    return _table(arrays, source, ".npz", named=True)


def npy_table(stream: IO[bytes], source: Source) -> Table:
    """The table in an .npy: a column, several side by side, or a structured array. Raises UsageError."""
    with readable(source, ".npy"):
        array = _Array(stream)
    if array.why and array.is_wide:
        array = array.turned()
    if array.why:
        raise source.refusal(array.why)
    return _table({"": array}, source, ".npy", named=array.dtype.names is not None)


@contextmanager
def readable(source: Source, kind: str) -> Iterator[None]:
    """Turn what is wrong with a file into a UsageError."""
    try:
        yield
    except _DAMAGE as error:
        raise source.refusal(f"is not an {kind} that can be read: {error}") from None


def _table(arrays: Mapping[str, _Array], source: Source, kind: str, *, named: bool) -> Table:
    columns = {name: column for array in arrays for name, column in _columns(array, arrays[array])}
    if len(columns) > MAX_COLUMNS:
        raise source.refusal(f"has {len(columns):,} columns; at most {MAX_COLUMNS:,} are read")
    names = tuple(columns)

    def chunks(numbers: Sequence[int], words: Sequence[int]) -> Iterator[Chunk]:
        wanted = {names[at]: columns[names[at]] for at in (*numbers, *words)}
        for name, column in wanted.items():
            if arrays[column.array].why:
                raise source.refusal(f"{name} {arrays[column.array].why}")
        used = {column.array: arrays[column.array] for column in wanted.values()}
        rows = row_count({name: array.shape[0] for name, array in used.items() if array.shape}, source)
        for begin in range(0, rows, CHUNK):
            count = min(CHUNK, rows - begin)
            with readable(source, kind):
                read = {name: array.read(count) for name, array in used.items()}
            cells = {name: _picked(read[column.array], column) for name, column in wanted.items()}
            picked = [(names[at], _numeric(cells[names[at]])) for at in numbers]
            said = [cells[names[at]].tolist() for at in words]
            yield from converted(np.arange(begin, begin + count), source, picked, said)

    return Table(source, names, named, [], chunks, turned=_turned(arrays, source, kind, named=named))


def _turned(arrays: Mapping[str, _Array], source: Source, kind: str, *, named: bool) -> Callable[[], Table] | None:
    ((name, array), *others) = arrays.items() or [("", None)]
    if others or array is None or not array.is_wide:
        return None
    return lambda: _table({name: array.turned()}, source, kind, named=named)


def _columns(name: str, array: _Array) -> Iterator[tuple[str, _Column]]:
    """The columns of an array, by name; one that cannot be read is a column that is refused when it is wanted."""
    if array.why:
        yield name, _Column(name)
        return
    if array.dtype.names is None:
        yield from _spread(name, array.shape[1:], _Column(name))
        return
    for field in array.dtype.names:
        yield from _spread(field, array.dtype[field].shape, _Column(name, field))


def _spread(name: str, shape: tuple[int, ...], column: _Column) -> Iterator[tuple[str, _Column]]:
    """A column for each of the cells that a row has of this name: of x with two, x1 and x2."""
    if not shape:
        yield name or "1", column
        return
    for at, one in enumerate(coordinate_names(name, shape[0])):
        yield one, column._replace(at=at)


def _picked(rows: NDArray[Any], column: _Column) -> NDArray[Any]:
    cells: NDArray[Any] = rows if column.field is None else rows[column.field]
    return cells if column.at is None else cells[:, column.at]


def _numeric(cells: NDArray[Any]) -> Cells:
    return cells if cells.dtype.kind in "fiu" else cells.tolist()


class _Array:
    """One array in a file.

    why     why it is no table of numbers and texts; empty where it is one. dtype and shape hold only then
    shape   (rows,), (rows, columns), or () for a value that is that of all rows
    """

    def __init__(self, stream: IO[bytes], header: dict[str, Any] | None = None) -> None:
        self._stream, self._done = stream, 0
        header = self._header = header or header_of(stream)
        self.shape: tuple[int, ...] = header["shape"]
        self._fortran = header["fortran_order"] and len(self.shape) == 2
        self.why = _objection(header["descr"], self.shape)
        self.dtype: np.dtype[Any] = np.dtype(np.float64) if self.why else np.dtype(_descr(header["descr"]))
        if self.dtype.hasobject:
            self._find_cells()
        size = self.dtype.itemsize * prod(self.shape)
        if not self.why and self._fortran and size > MAX_WHOLE:
            self.why = f"has {size:,} bytes in Fortran's order: save it in C's order, numpy.ascontiguousarray()"

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than rows, as coordinates that were written side by side."""
        return len(self.shape) == 2 and 0 < self.shape[0] < self.shape[1]

    def turned(self) -> _Array:
        """The same array with its rows as columns. None of it may have been read."""
        order = {"shape": self.shape[::-1], "fortran_order": not self._header["fortran_order"]}
        return _Array(self._stream, self._header | order)

    def _find_cells(self) -> None:
        """Read texts of Python, which have no length that the header tells."""
        try:
            self._whole = np.array(cells_in(self._stream, self.shape), dtype=object).reshape(self.shape)
        except ValueError as objection:
            self.why, self.dtype = str(objection), np.dtype(np.float64)

    def read(self, rows: int) -> NDArray[Any]:
        """The next rows: (rows,) or (rows, columns)."""
        if not self.shape:
            return np.repeat(self._whole, rows)
        if self._fortran or self.dtype.hasobject:
            self._done += rows
            return self._whole[self._done - rows : self._done]
        return self._take((rows, *self.shape[1:]))

    @cached_property
    def _whole(self) -> NDArray[Any]:
        return self._take(self.shape[::-1]).T

    def _take(self, shape: tuple[int, ...]) -> NDArray[Any]:
        size = prod(shape) * self.dtype.itemsize
        content = self._stream.read(size)
        if len(content) < size:
            raise EOFError("it is cut short")
        found = np.frombuffer(content, self.dtype).reshape(shape)
        for field in self.dtype.names or ():
            _check_texts(found[field])
        _check_texts(found)
        return found


def _check_texts(cells: NDArray[Any]) -> None:
    """Refuse characters that Python does not have, some of which crash the interpreter."""
    if cells.dtype.kind == "U":
        codes = np.ascontiguousarray(cells).view(cells.dtype.str[0].replace("=", "<") + "u4")
        if (codes > sys.maxunicode).any():
            raise ValueError("it holds texts that are none")


def _objection(descr: Any, shape: tuple[int, ...]) -> str:
    """Why an array is no table; empty where it is one."""
    fields = [field[1] for field in descr] if isinstance(descr, list) else [descr]
    if fields == ["|O"] and len(shape) < 2:
        return ""
    if any("O" in str(kind) for kind in fields):
        return OBJECTS
    if not all(isinstance(kind, str) and _KIND.fullmatch(kind) for kind in fields):
        return f"holds {shown(str(descr))}, which are neither numbers nor texts"
    if len(shape) > 2 or (len(shape) == 2 and not 0 < shape[1] <= MAX_COLUMNS):
        return f"has the shape {shown(shape)}: give (rows,) or (rows, columns)"
    if shape and shape[0] > MAX_ROWS:
        return f"has {shape[0]:,} rows; at most {MAX_ROWS:,} are read"
    if any(kind[1] in "US" and int(kind[2:] or 0) > MAX_TEXT for kind in fields):
        return f"has texts of more than {MAX_TEXT:,} characters"
    return ""


def _descr(descr: Any) -> Any:
    """A dtype as numpy takes it: fields as pairs or, with a shape, triples."""
    return [tuple(field) for field in descr] if isinstance(descr, list) else descr


def header_of(stream: IO[bytes]) -> dict[str, Any]:
    """The header of an .npy: a Python dict as text, after the magic word, the version and its own length.

    numpy.lib.format would read up to 4 GiB before it checks the length. Raises ValueError.
    """
    start = stream.read(8)
    size = int.from_bytes(stream.read(2 if start[6:7] == b"\1" else 4), "little")
    if start[:6] != b"\x93NUMPY" or size > MAX_HEADER:
        raise ValueError("it holds something else than arrays of numpy")
    try:
        header = ast.literal_eval(stream.read(size).decode("latin-1").strip())
        shape, fortran, descr = header["shape"], header["fortran_order"], header["descr"]
    except (SyntaxError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
        raise ValueError("the header of an array is damaged") from None
    whole = isinstance(shape, tuple) and all(type(size) is int and 0 <= size < 10**18 for size in shape)
    if not (whole and isinstance(fortran, bool) and isinstance(descr, (str, list))):
        raise ValueError("the header of an array is damaged")
    return {"shape": shape, "fortran_order": fortran, "descr": descr}
