"""Planes: through the principal components of paths, through their ends, along two coordinates.

Nothing is as large as d × d: principal components come from the products of rows with each other. Rows are read a block
of columns at a time, so that they may lie in a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.errors import SettingError
from gdanim.tables.mapped import let_go

if TYPE_CHECKING:
    from gdanim.arrays import Scalar, Vector

AT_ONCE: Final = 1 << 22  # numbers of a block of columns that is looked at at a time
MOST_ROWS: Final = 4096  # whose products with each other are formed; of more, so many are taken evenly
STRAIGHT: Final = 1e-12  # share of the longest axis: a second one that is shorter is rounding
_COORDINATE: Final = re.compile(r"x?(\d+)")


class Axes(NamedTuple):
    """A plane: its origin (d,), its axes (2, d), orthonormal, and what pictures call them.

    whole   whether coordinates on it are coordinates of x
    """

    origin: Vector
    directions: Vector
    names: tuple[str, str]
    whole: bool = False


def principal(rows: Sequence[Vector]) -> Axes:
    """The plane of the two principal components of the points of all runs (n_i, d), through the end of the first.

    Each component points away from the start of the first run on the horizontal axis, and towards it on the vertical.
    Source: Li et al. 2018, Visualizing the Loss Landscape of Neural Nets, § 7.
    """
    origin = np.asarray(rows[0][-1], np.float64)
    points = _thinned(rows)
    products = sum(block @ block.T for block in _blocks(points, origin))
    products = np.asarray(products) - np.mean(products, axis=0)
    products -= np.mean(products, axis=1, keepdims=True)
    values, vectors = np.linalg.eigh((products + products.T) / 2)
    total = float(np.trace(products))
    parts = vectors[:, :-3:-1].T  # of each row in each component
    parts = parts - parts.mean(axis=1, keepdims=True)  # so that it need not be taken from the rows
    made = np.concatenate([parts @ block for block in _blocks(points, origin)], axis=1)
    shares = np.maximum(values[:-3:-1], 0.0) / total if total > 0 else np.zeros(len(parts))
    directions = _orthonormal(made)
    start = directions @ (np.asarray(rows[0][0], np.float64) - origin)
    directions = directions * _signs(directions, start, (-1.0, 1.0))
    names = [f"PC {i + 1} · {_percent(share)}" for i, share in enumerate((*shares.tolist(), 0.0, 0.0)[:2])]
    return Axes(origin, directions, (names[0], names[1]))


def through_ends(rows: Sequence[Vector]) -> Axes:
    """The plane through start and end of the first run, and the point of all runs that is farthest from their line."""
    start, origin = (np.asarray(rows[0][at], np.float64) for at in (0, -1))
    along = _orthonormal(np.stack([origin - start, np.zeros_like(origin)]))[0]
    farthest, most = np.zeros_like(origin), -1.0
    for part in rows:
        for row in part:
            away = np.asarray(row, np.float64) - origin
            away = away - (away @ along) * along
            if (length := float(np.linalg.norm(away))) > most:
                farthest, most = away, length
    return Axes(origin, _orthonormal(np.stack([along, farthest])), ("from start to end", "across"))


def along_coordinates(asked: str, symbols: tuple[str, ...], end: Vector) -> Axes:
    """The plane of two coordinates; all others are those of the end of the first run (d,). Raises SettingError."""
    places = [_place(name, symbols) for name in asked.split(",")]
    first, second = (*places, None, None)[:2]
    if len(places) != 2 or first is None or second is None or first == second:
        some = f"{symbols[0]},{symbols[-1]}"
        raise SettingError("--plane", asked, f"give pca, ends, or two different coordinates such as {some}")
    origin = np.array(end, np.float64)
    origin[[first, second]] = 0.0
    directions = np.zeros((2, len(origin)))
    directions[[0, 1], [first, second]] = 1.0
    return Axes(origin, directions, (symbols[first], symbols[second]), whole=True)


def _place(name: str, symbols: tuple[str, ...]) -> int | None:
    """The place of a coordinate by its own name, or as x1 … xd; None where there is none."""
    if name in symbols:
        return symbols.index(name)
    found = _COORDINATE.fullmatch(name)
    number = int(found[1]) if found and len(found[1]) < 10 else 0
    return number - 1 if 1 <= number <= len(symbols) else None


def _orthonormal(made: Vector) -> Vector:
    """Two directions (k ≤ 2, d) made orthonormal: (2, d). For one that is nothing, the coordinate that is most across.

    Twice, since once leaves the rounding of what is taken away.
    """
    directions = np.zeros((2, made.shape[1]))
    longest = float(np.linalg.norm(made, axis=1).max(initial=0.0))
    for i in range(2):
        way = made[i] if i < len(made) else directions[0] * 0
        if not np.linalg.norm(way) > STRAIGHT * longest:
            way = np.zeros(made.shape[1])
            way[np.argmin(np.abs(directions[:i]).max(axis=0)) if i else 0] = 1.0
        for _ in range(2):
            for other in directions[:i]:
                way = way - (way @ other) * other
            way = way / np.linalg.norm(way)
        directions[i] = way
    return directions


def _signs(directions: Vector, start: Scalar, wanted: tuple[float, float]) -> Vector:
    """Signs (2, 1) for which the start (2,) lies on the wanted sides; else the largest part of each is positive."""
    largest = directions[np.arange(2), np.abs(directions).argmax(axis=1)]
    clear = np.abs(start) > STRAIGHT * np.abs(start).max(initial=1e-300)
    return np.asarray(np.where(clear, np.sign(start) * wanted, np.sign(largest))).reshape(2, 1)


def _percent(share: float) -> str:
    """A share in whole percent; `> 99 %` where that would be all, though it is not."""
    text = f"{100 * share:.0f}"
    return f"{'> 99' if text == '100' and share < 1 - 1e-6 else text} %"


def _thinned(rows: Sequence[Vector]) -> list[Vector]:
    """The rows of all runs, or MOST_ROWS of them, evenly."""
    every = -(-sum(map(len, rows)) // MOST_ROWS)
    return [part[::-1][::every][::-1] for part in rows] if every > 1 else list(rows)


def _blocks(rows: Sequence[Vector], origin: Vector) -> Iterator[Vector]:
    """Rows less the origin, in float64, some columns at a time: (n, b) each. What was read of a file is given back."""
    for block in _slices(rows, len(origin)):
        part = np.concatenate([part[:, block] for part in rows], dtype=np.float64)
        part -= origin[block]
        for mapped in rows:
            let_go(mapped)
        yield part


def _slices(rows: Sequence[Vector], dim: int) -> Iterator[slice]:
    """The columns of rows, AT_ONCE numbers at a time."""
    together = max(AT_ONCE // max(sum(map(len, rows)), 1), 1)
    return (slice(first, first + together) for first in range(0, dim, together))


def coordinates_on(x: Vector, axes: Axes) -> Vector:
    """The coordinates on a plane of points (n, d): (n, 2)."""
    found = np.zeros((len(x), 2))
    for columns, block in zip(_slices([x], x.shape[1]), _blocks([x], axes.origin), strict=True):
        found += block @ axes.directions[:, columns].T
    return found


def distances_from(x: Vector, axes: Axes) -> Scalar:
    """How far points (n, d) lie off a plane: (n,)."""
    on, squares = coordinates_on(x, axes), np.zeros(len(x))
    for columns, block in zip(_slices([x], x.shape[1]), _blocks([x], axes.origin), strict=True):
        block -= on @ axes.directions[:, columns]
        squares += np.vecdot(block, block)
    return np.sqrt(squares)


def length_of(x: Vector) -> float:
    """The length of the path through points (n, d)."""
    squares = np.zeros(len(x) - 1)
    for block in _blocks([x], np.zeros(x.shape[1])):
        steps = np.diff(block, axis=0)
        squares += np.vecdot(steps, steps)
    return float(np.sqrt(squares).sum())
