"""Names of columns for what stands in objects and lists: x in point is point.x, and x of [3, 2] is x1 and x2."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gdanim.errors import shown
from gdanim.tables.table import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Record = dict[str, Any]

MAX_DEPTH: Final = 8  # of objects in objects that are columns


class TwiceError(Exception):
    """What would be two columns of one name."""


def flat(record: Record) -> dict[str, Any]:
    """A record whose lists of numbers, and objects, are cells of their own: x of [3, 2] is x1 and x2."""
    if not any(isinstance(value, (list, dict)) for value in record.values()):
        return record
    return _distinct(chain.from_iterable(map(_spread, unnested(record))))


class _Cell(NamedTuple):
    """A cell or a column: the name that it has in the table, what it holds, and where that stands in an object."""

    name: str
    value: Any
    place: str


def unnested(content: Record, depth: int = MAX_DEPTH) -> Iterator[_Cell]:
    """What an object holds; that of inner objects has names of its own: x in point is point.x."""
    for name, value in content.items():
        if isinstance(value, dict) and depth:
            for key, part, place in unnested(value, depth - 1):
                yield _Cell(f"{name}.{key}", part, f"{place} in {name}")
        else:
            yield _Cell(name, value, name)


def _spread(cell: _Cell) -> Iterable[_Cell]:
    """The coordinates of a point."""
    name, value, place = cell
    if not (isinstance(value, list) and is_point(value)):
        return (cell,)
    names = coordinate_names(name, len(value))
    return (_Cell(one, part, f"the list {place}") for one, part in zip(names, point(value), strict=True))


def _distinct(cells: Iterable[_Cell]) -> dict[str, Any]:
    """Cells by their names. Raises TwiceError where two have one name."""
    found: dict[str, Any] = {}
    places: dict[str, str] = {}
    for name, value, place in cells:
        if name in found:
            both = f"{shown(places[name])} and {shown(place)}"
            raise TwiceError(f"{both} would both be the column {name}: rename one of them")
        found[name], places[name] = value, place
    return found


def columns_of_points(content: Record) -> dict[str, Any]:
    """Columns by name; one of points becomes a column for each coordinate. Raises TwiceError."""
    return _distinct(chain.from_iterable(map(_coordinates, unnested(content))))


def _coordinates(column: _Cell) -> Iterable[_Cell]:
    """Of a column of points, a column for each coordinate."""
    name, value, place = column
    points = isinstance(value, list) and bool(value) and all(map(is_point, value))
    if not points or len(set(map(len, value))) > 1:
        return (column,)
    parts = zip(*map(point, value), strict=True)
    names = coordinate_names(name, len(value[0]))
    return (_Cell(one, list(part), f"the lists in {place}") for one, part in zip(names, parts, strict=True))


def coordinate_names(name: str, count: int) -> list[str]:
    """The names of the columns of points: of x with two coordinates, x1 and x2; one alone keeps its name."""
    mark = "_" if name[-1:].isdecimal() else ""
    return [name] if count == 1 and name else [f"{name}{mark}{at}" for at in range(1, count + 1)]


def is_point(value: Any) -> bool:
    """Whether a value is a list of some numbers, or lists of one each, as of a matrix of one column."""
    return (
        isinstance(value, list)
        and 0 < len(value) <= MAX_COLUMNS
        and all(not isinstance(part, (list, dict)) or (isinstance(part, list) and len(part) == 1) for part in value)
    )


def point(value: Sequence[Any]) -> list[Any]:
    """The numbers of a point."""
    return [part[0] if isinstance(part, list) else part for part in value]
