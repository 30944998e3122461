"""A request with every name that is in it looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdanim.catalogue.specs import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One output: where it goes, in which format and in which style. `file` is the same for all styles of one file."""

    path: str
    file: str
    format: Format
    style: str
