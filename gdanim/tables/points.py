"""Points in an .npz: an array x (n+1, d) or (runs, n+1, d), of any type of numbers, with what was recorded beside it.

An array that is stored and not packed is mapped into memory, not read.
"""

from __future__ import annotations

import re
import zipfile
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.errors import shown
from gdanim.tables.arrays import header_of, readable
from gdanim.tables.table import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gdanim.tables.table import Source

NUMBERS: Final = re.compile(r"[<>|=]?(f(2|4|8)|[iu][1248])")
LOCAL_HEADER: Final = 30  # bytes of a member, before its name
BESIDE: Final = ("f", "loss", "lr", "iteration")  # arrays that are read beside x
MOST_PACKED: Final = 400_000_000  # bytes that a packed array unpacks to


def points_in(path: str, source: Source) -> Mapping[str, NDArray[Any]] | None:
    """The arrays of an .npz with points that no table holds: of several runs, or of very many coordinates; else None.

    Raises UsageError where they cannot be read.
    """
    if not Path(path).is_file() or not zipfile.is_zipfile(path):  # a pipe can be read only once
        return None
    with readable(source, ".npz"), zipfile.ZipFile(path) as archive:
        members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        if "x" not in members:
            return None
        with archive.open(members["x"]) as stream:
            shape = header_of(stream)["shape"]
        if len(shape) != 3 and not (len(shape) == 2 and shape[1] > MAX_COLUMNS):
            return None
        names = [name for name in ("x", *BESIDE) if name in members]
        return {name: _array(path, archive, members[name]) for name in names}


def _array(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """One array of numbers. Raises ValueError where it is none."""
    with archive.open(member) as stream:
        header = header_of(stream)
        descr, begin, shape = header["descr"], stream.tell(), header["shape"]
        if not (isinstance(descr, str) and NUMBERS.fullmatch(descr)):
            raise ValueError(f"{member.filename} holds {shown(str(descr))}, which are no numbers")
        kind = np.dtype(descr)
        if header["fortran_order"] and len(shape) > 1:
            raise ValueError(f"{member.filename} is in Fortran's order: save numpy.ascontiguousarray(x)")
        if member.compress_type != zipfile.ZIP_STORED:
            size = prod(shape) * kind.itemsize
            if size > MOST_PACKED:
                raise ValueError(f"{member.filename} unpacks to {size:,} bytes: save it unpacked, with numpy.savez")
            content = stream.read(size)
            return np.frombuffer(content, kind, prod(shape)).reshape(shape)
    with Path(path).open("rb") as file:
        file.seek(member.header_offset)
        local = file.read(LOCAL_HEADER)
    names = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    offset = member.header_offset + LOCAL_HEADER + names + begin
    found: NDArray[Any] = np.memmap(path, kind, "r", offset, shape)
    return found
