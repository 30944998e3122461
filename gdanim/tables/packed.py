"""Files of numbers as text, for what holds text alone: recipes. Imports no numpy."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Final

PACKED: Final = (".npz", ".npy")  # suffixes of files that are no texts
MARK: Final = "base64,"  # before their bytes


def as_text(path: Path, most: int) -> str:
    """The bytes of a file as text; any longer text where that has more than `most` characters."""
    if path.stat().st_size > most:
        return " " * (most + 1)
    return MARK + base64.b64encode(path.read_bytes()).decode("ascii")


def content_of(name: str, text: str) -> bytes:
    """The content of a file of this name whose text a recipe holds. Raises ValueError where it is none."""
    if Path(name).suffix.lower() not in PACKED or not text.startswith(MARK):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(MARK), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
