"""The combinations of a job file: its matrix, without what it excludes, with what it includes.

They are as CI matrices have them. Every combination of the lists in [matrix] is one; [[exclude]] takes away those that
have all of its values; then each [[include]] adds its keys to all combinations whose values from the matrix it does not
contradict, or where there is none of these stands as one of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any, Final, NamedTuple

from gdanim.errors import UsageError

MOST: Final = 100_000  # combinations of one file: they are counted before one is made

Row = dict[str, Any]


class Matrix(NamedTuple):
    """What a job file says of its combinations. All values are as the file has them, read."""

    lists: Mapping[str, Sequence[Any]]
    exclude: Sequence[Row]
    include: Sequence[Row]

    @property
    def size(self) -> int:
        """The number of combinations of the lists; 0 where there are none."""
        return prod(map(len, self.lists.values())) if self.lists else 0


def combinations(matrix: Matrix, source: str) -> list[Row]:
    """The combinations, in the order of the lists, the last of which changes fastest; included ones follow.

    Without lists and includes there is one, which sets nothing. Raises UsageError where there are too many.
    """
    if matrix.size > MOST:
        raise UsageError(
            f"{source}: matrix: its lists make {matrix.size:,} combinations, and at most {MOST:,} are made"
        )
    if not matrix.lists and not matrix.include:
        return [{}]
    kept = [row for row in _rows(matrix.lists) if not any(_has(row, excluded) for excluded in matrix.exclude)]
    added: list[Row] = []
    extra: list[Row] = [{} for _ in kept]  # keys that the matrix does not have: a later include replaces an earlier one
    for included in matrix.include:
        own = {key: value for key, value in included.items() if key in matrix.lists}
        fitting = [place for place, row in enumerate(kept) if _has(row, own)]
        for place in fitting:
            extra[place] |= {key: value for key, value in included.items() if key not in matrix.lists}
        if not fitting:
            added.append(dict(included))
    return [row | more for row, more in zip(kept, extra, strict=True)] + added


def _rows(lists: Mapping[str, Sequence[Any]]) -> Iterator[Row]:
    rows = (dict(zip(lists, values, strict=True)) for values in product(*lists.values()))
    return islice(rows, MOST if lists else 0)


def _has(row: Row, values: Row) -> bool:
    """Whether a combination has all of the values."""
    return all(key in row and row[key] == value for key, value in values.items())
