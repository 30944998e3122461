"""A file that is written from front to back, but for a few numbers at its front that are known at the end only."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gdanim.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


class InPlace:
    """The open file. Every method raises OutputError, with the system's reason."""

    def __init__(self, path: Path) -> None:
        with telling():
            self._file: BinaryIO = path.open("wb")

    def append(self, *parts: bytes) -> None:
        """Write at the end."""
        with telling():
            self._file.writelines(parts)

    def tell(self) -> int:
        """How many bytes there are."""
        return self._file.tell()

    def patch(self, offset: int, part: bytes) -> None:
        """Overwrite what stands at `offset`; the end stays where it is."""
        with telling():
            self._file.seek(offset)
            self._file.write(part)
            self._file.seek(0, os.SEEK_END)

    def close(self, *, quietly: bool = False) -> None:
        """Let what is buffered out; the file is closed in any case. `quietly` where another error is on its way."""
        with suppress(OSError) if quietly else telling():
            self._file.close()


@contextmanager
def telling() -> Iterator[None]:
    """Turn the system's refusal into an OutputError of one line."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"the file cannot be written: {error.strerror or error}") from error
