"""Roles: which column of a table is the iteration, which are x, f and ∇f, whatever people call them.

What is unambiguous is recognised; where it is not, the error names the columns that were seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from gdanim.descent.recording.vocabulary import INDEXED, PAIRS, POINTS, SLOPES, SYNONYMS, TRIPLES, WORDS, known, word
from gdanim.errors import nearest, shown
from gdanim.tables.numbers import is_word, number_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gdanim.errors import UsageError
    from gdanim.objectives.objective import Objective
    from gdanim.tables.table import Table

MOST_ROLES: Final = 4  # that a message names
MAX_SHOWN: Final = 100  # characters of names in a message
COUNTED: Final = 1e-6  # relative: so near to f, a column without a name is f


class Roles(NamedTuple):
    """What the columns of a table are.

    place     of the column of each role that is there
    remarks   what a person should know about it
    """

    place: Mapping[str, int]
    remarks: tuple[str, ...]


def find_roles(table: Table, objective: Objective, chosen: Mapping[str, str]) -> Roles:
    """The roles of a table's columns; `chosen` are those that a person has named. Raises UsageError."""
    dim, table = objective.dim, as_named(table, chosen)
    settled = {role: _named(table, name, role) for role, name in chosen.items()}
    for role in settled:
        if role[-1].isdecimal() and int(role[-1]) > dim:
            raise table.source.refusal(f"--columns {role}: {takes(objective)}")
    if table.named:
        place = Names(table, objective, settled).roles()
    else:
        place = settled if _coordinates(dim) <= settled.keys() else _by_place(table, objective) | settled
    return Roles(place, tuple(_remarks(table, place, settled)))


def upright(table: Table, dim: int) -> Table:
    """A table of points; turned where not its columns, but its rows are as many as those have numbers."""
    fitting = range(dim, dim + 3)  # with iteration and f
    if table.turned is None or len(table.columns) in fitting:
        return table
    turned = table.turned()
    return turned if len(turned.columns) in fitting else table


def as_named(table: Table, chosen: Mapping[str, str]) -> Table:
    """A table without names where a comment of as many words as there are columns holds none that anybody uses."""
    if not table.remarked or chosen or any(map(known, table.columns)):
        return table
    return table._replace(columns=tuple(str(at + 1) for at in range(len(table.columns))), named=False)


def _coordinates(dim: int) -> set[str]:
    return {f"x{at + 1}" for at in range(dim)}


def takes(objective: Objective) -> str:
    """How many coordinates a row has, as a message says it."""
    count = {1: "one coordinate", 2: "two coordinates"}.get(objective.dim, f"{objective.dim:,} coordinates")
    return f"{'a row' if objective.recorded else objective.name} takes {count}"


def _in_order(roles: Iterable[str]) -> list[str]:
    return sorted(roles, key=lambda role: (len(role), role))  # x2 before x10


def seen(columns: Sequence[str]) -> str:
    """The names of columns, as a message lists them."""
    text = ", ".join(column or "one without a name" for column in columns) or "no columns"
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _named(table: Table, name: str, role: str) -> int:
    """The place of the column that a person calls so: as written, else in any case and with any blanks."""
    for found in (name, word(name)):
        places = [at for at, column in enumerate(table.columns) if found in (column, word(column))]
        if len(places) == 1:
            return places[0]
    near = nearest(name, table.columns)
    hint = f" Did you mean {shown(near)}?" if near else ""
    raise table.source.refusal(f"--columns {role}={name}: it has {seen(table.columns)}.{hint}")


# --- columns with names ----------------------------------------------------------------------------------------------


class Names:
    """The columns of a table by their names."""

    def __init__(self, table: Table, objective: Objective, settled: Mapping[str, int]) -> None:
        self._table, self._objective, self._settled = table, objective, settled
        self._places: dict[str, list[int]] = {}
        # pandas names the columns of an array 0, 1, …
        self._numbered = all(column.isdecimal() for column in table.columns if column)
        for at, column in enumerate(table.columns):
            if at not in settled.values():
                self._places.setdefault(word(column), []).append(at)
        # pandas reads a column without a name as this, and writes that.
        self._index = "" if "" in self._places else "unnamed_0"
        self._inner = self._places | _inner_names(table.columns, self._places)

    def roles(self) -> dict[str, int]:
        """The place of the column of each role. Raises UsageError where one is missing, or may be one of several."""
        found = dict(self._settled)
        points = self._points()
        found = points | found
        for role, names in SYNONYMS.items():
            if role not in found:
                found |= self._first(role, [name for name in names if name not in map(self._word, points.values())])
        if self._objective.dim == 2 and "f" not in found and "x1" in points:
            found |= self._first("f", ["z"])
        if "iteration" not in found and self._is_index():
            found["iteration"] = self._only(self._index)
        return self._slopes() | found

    def _word(self, place: int) -> str:
        return word(self._table.columns[place])

    def _first(self, role: str, names: Iterable[str]) -> dict[str, int]:
        """The first of the names that a column has."""
        return next(({role: self._only(name)} for name in names if self._may_be(role, name)), {})

    def _may_be(self, role: str, name: str) -> bool:
        """Whether a column has a name and holds what its role needs; one of the role's own name is held to it later."""
        places = self._places.get(name)
        if not places or role in WORDS or role == name:
            return bool(places)
        cells = [row[places[0]] for row in self._table.sample]
        return _counts(cells, rising=False) if role == "iteration" else not any(map(is_word, cells))

    def _only(self, name: str) -> int:
        places = self._inner[name]
        if len(places) > 1:
            raise self._table.source.refusal(f"the column {self._table.columns[places[0]]} is named twice")
        return places[0]

    def _is_index(self) -> bool:
        """Whether a column without a name counts the rows, as far as can be seen."""
        at = self._places.get(self._index)
        return at is not None and _counts([row[at[0]] for row in self._table.sample])

    def _points(self) -> dict[str, int]:
        dim, needed = self._objective.dim, _coordinates(self._objective.dim)
        if needed <= self._settled.keys():
            return {}
        families = list(self.families("x", POINTS))
        self._refuse_further(families)
        fitting = [family for family in families if len(family) == dim]
        if len(fitting) == 1 and not needed & self._settled.keys():
            return dict(zip(_in_order(needed), fitting[0], strict=True))
        if len(fitting) > 1:
            one, other = (seen([self._table.columns[at] for at in family]) for family in fitting[:2])
            raise self._refusal(f"x may be {one}, or {other}", needed)
        self._refuse_twice()
        found = {place for family in families for place in family[:1]} if dim > len(families[:1]) else set()
        missing = _in_order(needed - self._settled.keys())
        lacking = missing[-1] if found else missing[0]
        raise self._refusal(f"there is no column {lacking}: {takes(self._objective)}", needed)

    def _refusal(self, reason: str, needed: set[str]) -> UsageError:
        way = ",".join(f"{role}=NAME" for role in _in_order(needed)[:MOST_ROLES]) + ",…" * (len(needed) > MOST_ROLES)
        return self._table.source.refusal(f"{reason}. It has {seen(self._table.columns)}: say --columns {way}")

    def _refuse_twice(self) -> None:
        """Refuse names of which no --columns could tell one from another."""
        columns = self._table.columns
        for column in filter(None, columns):
            if columns.count(column) > 1:
                raise self._table.source.refusal(f"the column {column} is named twice: name each otherwise in the file")

    def families(self, letter: str, bases: Sequence[str]) -> Iterator[list[int]]:
        """The places of the coordinates of each name: numbered, in pairs, of one variable alone."""
        numbered: dict[str, dict[int, int]] = {}
        for name in self._inner:
            found = INDEXED.fullmatch(name)
            if found and (found[1] in bases or (letter == "x" and self._numbered)):
                numbered.setdefault(found[1], {})[int(found[2])] = self._only(name)
        for numbers in numbered.values():
            first = min(numbers)
            if first in (0, 1) and sorted(numbers) == list(range(first, first + len(numbers))):
                yield [numbers[number] for number in sorted(numbers)]
        if self._objective.dim in (2, 3):
            for pair in PAIRS[letter] if self._objective.dim == 2 else TRIPLES[letter]:
                if all(name in self._inner for name in pair):
                    yield [self._only(name) for name in pair]
        else:
            yield from ([self._only(name)] for name in bases if name in self._inner)

    def _refuse_further(self, families: Sequence[Sequence[int]]) -> None:
        """Refuse a point of more coordinates than the objective takes."""
        dim, value = self._objective.dim, ""
        further = [family[dim] for family in families if len(family) > dim]
        if dim == 1 and "x" in self._places and "y" in self._places:
            further.append(self._only("y"))
        if further:
            name = self._table.columns[further[0]]
            value = f"; if it is the value, say --columns f={name}" if dim == 1 else ""
            reason = f"{shown(name)} is a coordinate too many, {takes(self._objective)}{value}"
            raise self._table.source.refusal(reason)

    def _slopes(self) -> dict[str, int]:
        dim = self._objective.dim
        own = {f"g{at + 1}": self._only(f"g{at + 1}") for at in range(dim) if f"g{at + 1}" in self._places}
        families = [family for family in self.families("g", SLOPES) if len(family) == dim]
        if own or len(families) != 1:
            return own
        return {f"g{at + 1}": place for at, place in enumerate(families[0])}


def _inner_names(columns: Sequence[str], places: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The places of names in names, such as x of point.x, where nothing else is called so."""
    found: dict[str, list[int]] = {}
    for at, column in enumerate(columns):
        outer, _, name = column.rpartition(".")
        if outer and word(name) not in places and [at] in places.values():
            found.setdefault(word(name), []).append(at)
    return {name: place for name, place in found.items() if len(place) == 1}


# --- columns without names -------------------------------------------------------------------------------------------


def _by_place(table: Table, objective: Objective) -> dict[str, int]:
    """The roles of columns that have no names. Raises UsageError where they may be several things."""
    dim, count = objective.dim, len(table.columns)
    names = _in_order(_coordinates(dim))
    if count == dim:
        return {name: at for at, name in enumerate(names)}
    counted = _counts([row[0] for row in table.sample])
    if counted and count in (dim + 1, dim + 2):
        return {name: at for at, name in enumerate(["iteration", *names, "f"][:count])}
    if count == dim + 1 and _is_value(table, objective):
        return {name: at for at, name in enumerate([*names, "f"])}
    if count < dim:
        raise table.source.refusal(f"it has one column, without a name, {takes(objective)}")
    way = ",".join(f"{name}={at}" for at, name in enumerate(names, start=1 + (count > dim)))
    raise table.source.refusal(
        f"its {count} columns have no names, and may be several things: say --columns {way}, with f and iteration"
    )


def _counts(cells: Sequence[Any], *, rising: bool = True) -> bool:
    """Whether cells are whole numbers of 0 or more, and rise."""
    try:
        numbers = [number_in(cell) for cell in cells]
    except ValueError:
        return False
    whole = all(number is not None and number >= 0 and number % 1 == 0 for number in numbers)
    return whole and not (rising and (np.diff(np.array(numbers, dtype=np.float64)) <= 0).any())


def _is_value(table: Table, objective: Objective) -> bool:
    """Whether the last column is f of those before it, in the rows that are seen."""
    try:
        rows = np.array([[number_in(cell) for cell in row] for row in table.sample], dtype=np.float64)
    except (ValueError, TypeError):
        return False
    with np.errstate(all="ignore"):
        f, _ = objective.raw_value_and_gradient(rows[:, :-1])
        near: bool = bool((np.abs(f - rows[:, -1]) <= COUNTED * np.maximum(1, np.abs(f))).all())
    return near and len(rows) > 0


# --- remarks ---------------------------------------------------------------------------------------------------------


def _remarks(table: Table, place: Mapping[str, int], settled: Mapping[str, int]) -> Iterator[str]:
    read = [
        f"{table.columns[at] or 'a column without a name'} as {role}"
        for role, at in sorted(place.items(), key=lambda item: item[1])
        if role not in settled and word(table.columns[at]) not in _usual(role)
    ]
    if read:
        yield f"{table.source.name}: takes {', '.join(read)}" + ("" if table.named else "; its columns have no names")
    if "iteration" not in place:
        yield f"{table.source.name}: no column counts iterations; its rows are counted from 0"
    ignored = [column for at, column in enumerate(table.columns) if at not in place.values()]
    if ignored:
        yield f"{table.source.name}: ignores {seen(ignored)}"


def _usual(role: str) -> tuple[str, ...]:
    """The names of a role that need no remark."""
    return {"x1": ("x1", "x"), "x2": ("x2", "y"), "x3": ("x3", "z")}.get(role, (role,))
