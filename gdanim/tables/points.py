"""Points in an .npz or .npy: an array x (n+1, d) or (runs, n+1, d), of any type of numbers, with what stands beside it.

An array that is stored and not packed is mapped into memory, not read.
"""

from __future__ import annotations

import re
import zipfile
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim.errors import shown
from gdanim.tables.arrays import header_of, readable
from gdanim.tables.table import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.tables.table import Source

NPY: Final = b"\x93NUMPY"
NUMBERS: Final = re.compile(r"[<>|=]?(f(2|4|8)|[iu][1248])")
LOCAL_HEADER: Final = 30  # bytes of a member, before its name
BESIDE: Final = ("f", "loss", "lr", "iteration")  # arrays that are read beside x
FEW: Final = 2  # coordinates in a row: so many may well be columns of a table
MOST_PACKED: Final = 400_000_000  # bytes that a packed array unpacks to


class _Header(NamedTuple):
    """What the header of an array says, and where its numbers begin in it."""

    shape: tuple[int, ...]
    descr: Any
    fortran: bool
    begin: int


def points_in(path: str, source: Source, *, bare: bool = False) -> Mapping[str, NDArray[Any]] | None:
    """The arrays of a file with points that no table holds: of several runs, or of very many coordinates; else None.

    bare   whether an .npy of two dimensions is such a file, too: nothing says what its columns are
    Raises UsageError where they cannot be read.
    """
    if not holds_points(path, source, bare=bare):
        return None
    if _is_npy(path):
        with readable(source, ".npy"):
            return {"x": _alone(path)}
    with readable(source, ".npz"), zipfile.ZipFile(path) as archive:
        members = _members(archive)
        return {name: _array(path, archive, members[name]) for name in ("x", *BESIDE) if name in members}


def holds_points(path: str, source: Source, *, bare: bool = False) -> bool:
    """Whether points_in() reads a file."""
    shape = shape_in(path, source)
    if len(shape) == 2 and shape[1] <= MAX_COLUMNS:
        return bare if _is_npy(path) else shape[1] > FEW and _has_nothing_else(path)
    return len(shape) in (2, 3)


def _has_nothing_else(path: str) -> bool:
    """Whether an archive has no columns beside its points but those that are read with them."""
    with zipfile.ZipFile(path) as archive:
        return _members(archive).keys() <= {"x", *BESIDE}


def shape_in(path: str, source: Source) -> tuple[int, ...]:
    """The shape of the array x of an .npz, or of an .npy of plain numbers; () where a file has none."""
    if not Path(path).is_file():  # a pipe can be read only once
        return ()
    if _is_npy(path):
        with readable(source, ".npy"), Path(path).open("rb") as stream:
            header = _header(stream)
        return header.shape if isinstance(header.descr, str) else ()
    if not zipfile.is_zipfile(path):
        return ()
    with readable(source, ".npz"), zipfile.ZipFile(path) as archive:
        if "x" not in (members := _members(archive)):
            return ()
        with archive.open(members["x"]) as stream:
            return _header(stream).shape


def _is_npy(path: str) -> bool:
    with Path(path).open("rb") as file:
        return file.read(len(NPY)) == NPY


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    return {member.filename.removesuffix(".npy"): member for member in archive.infolist()}


def _header(stream: Any) -> _Header:
    header = header_of(stream)
    return _Header(header["shape"], header["descr"], header["fortran_order"], stream.tell())


def _alone(path: str) -> NDArray[Any]:
    """The array of an .npy."""
    with Path(path).open("rb") as stream:
        header = _header(stream)
    return _mapped(path, header, _kind(header, "it"), 0)


def _array(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array of an archive. Raises ValueError where it is none of numbers."""
    with archive.open(member) as stream:
        header = _header(stream)
        kind = _kind(header, member.filename)
        if member.compress_type != zipfile.ZIP_STORED:
            size = prod(header.shape) * kind.itemsize
            if size > MOST_PACKED:
                raise ValueError(f"{member.filename} unpacks to {size:,} bytes: save it unpacked, with numpy.savez")
            content = stream.read(size)
            return np.frombuffer(content, kind, prod(header.shape)).reshape(header.shape)
    with Path(path).open("rb") as file:
        file.seek(member.header_offset)
        local = file.read(LOCAL_HEADER)
    names = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    return _mapped(path, header, kind, member.header_offset + LOCAL_HEADER + names)


def _kind(header: _Header, name: str) -> np.dtype[Any]:
    """The type of an array's numbers. Raises ValueError where it has none, or where its rows do not lie together."""
    if not (isinstance(header.descr, str) and NUMBERS.fullmatch(header.descr)):
        raise ValueError(f"{name} holds {shown(str(header.descr))}, which are no numbers")
    if header.fortran and len(header.shape) > 1:
        raise ValueError(f"{name} is in Fortran's order: save numpy.ascontiguousarray(x)")
    return np.dtype(header.descr)


def _mapped(path: str, header: _Header, kind: np.dtype[Any], offset: int) -> NDArray[Any]:
    """An array that lies in a file as it is, its header at an offset. Nothing is read."""
    if not prod(header.shape):
        return np.empty(header.shape, kind)
    found: NDArray[Any] = np.memmap(path, kind, "r", offset + header.begin, header.shape)
    return found
