"""Variables: how many coordinates the points of a table have, told by the table alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gdanim.descent.recording.roles import Names, as_named, seen
from gdanim.descent.recording.vocabulary import POINTS
from gdanim.objectives.grounds.recorded import recording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdanim.tables.table import Table

MANY: Final = 4  # coordinates: so many have numbers, and no letters


def variables_in(table: Table, chosen: Mapping[str, str]) -> int:
    """How many coordinates the rows of a table have, by the names of its columns. Raises UsageError."""
    named = [int(role[1:]) for role in chosen if role[0] == "x" and role[1:].isdecimal()]
    if named:
        return max(named)
    table = as_named(table, chosen)
    if table.named:
        numbered = max((len(family) for family in _families(table, MANY)), default=0)
        for dim in (*(numbered,) * (numbered > 1), 3, 2, 1):
            if any(len(family) == dim for family in _families(table, dim)):
                return dim
    way = "--columns x1=NAME,x2=NAME,f=NAME"
    raise table.source.refusal(f"no column is known to be a coordinate. It has {seen(table.columns)}: say {way}")


def _families(table: Table, dim: int) -> list[list[int]]:
    return list(Names(table, recording(dim), {}).families("x", POINTS))
