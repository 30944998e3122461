"""A file that is written from front to back, but for a few numbers at its front that are known at the end only."""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


class InPlace:
    """The open file. Every method raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")

    def append(self, *parts: bytes) -> None:
        """Write at the end."""
        self._file.writelines(parts)

    def tell(self) -> int:
        """How many bytes there are."""
        return self._file.tell()

    def patch(self, offset: int, part: bytes) -> None:
        """Overwrite what stands at `offset`; the end stays where it is."""
        self._file.seek(offset)
        self._file.write(part)
        self._file.seek(0, os.SEEK_END)

    def close(self, *, quietly: bool = False) -> None:
        """Let what is buffered out; the file is closed in any case. `quietly` where another error is on its way."""
        with suppress(OSError) if quietly else nullcontext():
            self._file.close()
