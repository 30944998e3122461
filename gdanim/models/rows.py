"""What the rows of a table cost at points w (m, d): sums over them of the terms of a model, and of their derivatives.

The sums go over the rows in their order, so that a point has the same loss whatever points stand beside it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from gdanim.formula.derivatives import differentiate, needs_care
from gdanim.formula.evaluator import BLOCK, Program
from gdanim.formula.graph import Graph
from gdanim.models.terms import COSTS, Terms, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gdanim.arrays import Index, Matrix, Scalar, Vector
    from gdanim.formula.graph import Node
    from gdanim.models.model import Model

ROWS: Final = 1 << 16  # that are evaluated at a time, so that memory stays bounded
AT_ONCE: Final = 4 * BLOCK  # numbers of rows of linear models: a few blocks that stay in the cache


class Means(Protocol):
    """The mean over rows of what each costs, and its derivatives. They may warn: the caller holds np.errstate."""

    def value(self, w: Vector) -> Scalar:
        """The mean at w (m, d): (m,)."""

    def value_and_gradient(self, w: Vector) -> tuple[Scalar, Vector]:
        """It and its gradient: (m,), (m, d)."""

    def hessian(self, w: Vector) -> Matrix:
        """Its second derivatives: (m, d, d)."""


class Rows(Means, Protocol):
    """Rows of which some can be taken alone."""

    def only(self, rows: Index) -> Rows:
        """Some of the rows."""


class LinearRows:
    """Rows that cost h(r) with r = Φ w + c, for columns Φ (d, n), c (n,) and one of COSTS, h."""

    def __init__(self, columns: Vector, offset: Scalar, loss: str) -> None:
        self.columns, self.offset, self.loss = columns, offset, loss

    @cached_property
    def _costs(self) -> tuple[Node, ...]:
        """h, h′ and h″, and r before them."""
        r = Graph().variable("r")
        cost = COSTS[self.loss](r)
        slope = differentiate(cost, r)
        return r, cost, slope, differentiate(slope, r)

    @cached_property
    def _value(self) -> Program:
        r, cost, *_ = self._costs
        return Program([r], [cost])

    @cached_property
    def _value_and_slope(self) -> Program:
        r, cost, slope, _ = self._costs
        return Program([r], [cost, slope])

    @cached_property
    def _curvature(self) -> Program:
        return Program(self._costs[:1], self._costs[3:])

    def only(self, rows: Index) -> LinearRows:
        """Some of the rows."""
        return LinearRows(self.columns[:, rows], self.offset[rows], self.loss)

    def on_plane(self, origin: Vector, directions: Vector) -> LinearRows:
        """The same rows of coordinates u (2,) with w = o + u A, for an origin o (d,) and directions A (2, d)."""
        with np.errstate(all="ignore"):
            return LinearRows(directions @ self.columns, self.offset + origin @ self.columns, self.loss)

    def value(self, w: Vector) -> Scalar:
        """The mean at w (m, d): (m,)."""
        sums = np.zeros(len(w))
        for points, rows in self._blocks(len(w)):
            (cost,) = self._costs_at(self._value, w[points], rows)
            sums[points] += cost.sum(axis=1)
        return sums / len(self.offset)

    def value_and_gradient(self, w: Vector) -> tuple[Scalar, Vector]:
        """It and its gradient: (m,), (m, d)."""
        sums, slopes = np.zeros(len(w)), np.zeros(w.shape)
        for points, rows in self._blocks(len(w)):
            cost, slope = self._costs_at(self._value_and_slope, w[points], rows, 2)
            sums[points] += cost.sum(axis=1)
            for k, column in enumerate(self.columns[:, rows]):
                slopes[points, k] += (slope * column).sum(axis=1)
        return sums / len(self.offset), slopes / len(self.offset)

    def hessian(self, w: Vector) -> Matrix:
        """Its second derivatives: (m, d, d)."""
        found = np.zeros((len(w), w.shape[1], w.shape[1]))
        for points, rows in self._blocks(len(w)):
            (curvatures,) = self._costs_at(self._curvature, w[points], rows)
            columns = self.columns[:, rows]
            found[points] += [(curvature * columns) @ columns.T for curvature in curvatures]
        return found / len(self.offset)

    def _blocks(self, m: int) -> Iterator[tuple[slice, slice]]:
        """Which of m points, and which rows, are evaluated together."""
        n = len(self.offset)
        together = max(AT_ONCE // min(n, BLOCK), 1)
        for row in range(0, n, BLOCK):
            for point in range(0, m, together):
                yield slice(point, point + together), slice(row, row + BLOCK)

    def _costs_at(self, program: Program, w: Vector, rows: slice, width: int = 1) -> Vector:
        """What rows (n,) cost at w (m, d), and its derivatives by r: (width, m, n)."""
        offset = self.offset[rows]
        r = np.repeat(offset[np.newaxis], len(w), axis=0)
        for k, column in enumerate(self.columns[:, rows]):
            r += w[:, k : k + 1] * column
        found = np.empty((width, r.size))
        program.run([r.reshape(-1)], list(found))
        return found.reshape(width, *r.shape)


class BentRows:
    """Rows of a model that is not linear: columns (n,) each, target last, and a graph of what a row costs."""

    def __init__(self, model: Model, columns: Sequence[Scalar] | None = None, means: _Programs | None = None) -> None:
        self._model = model
        self._columns = (*model.points.x, model.points.y) if columns is None else columns
        self._programs = means or _Programs(model)

    def only(self, rows: Index) -> BentRows:
        """Some of the rows."""
        return BentRows(self._model, [column[rows] for column in self._columns], self._programs)

    def value(self, w: Vector) -> Scalar:
        """The mean at w (m, d): (m,)."""
        return self._programs.value.means(w, self._columns)[:, 0]

    def value_and_gradient(self, w: Vector) -> tuple[Scalar, Vector]:
        """It and its gradient: (m,), (m, d)."""
        found = self._programs.value_and_slopes.means(w, self._columns)
        return found[:, 0], found[:, 1:]

    def hessian(self, w: Vector) -> Matrix:
        """Its second derivatives: (m, d, d)."""
        upper = self._programs.curvatures.means(w, self._columns)
        found = np.empty((len(w), w.shape[1], w.shape[1]))
        rows, columns = np.triu_indices(w.shape[1])
        found[:, rows, columns] = found[:, columns, rows] = upper
        return found


class _Programs:
    """The programs of a model, each built when it is first used."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @cached_property
    def value(self) -> _Terms:
        return _Terms(self._model, lambda terms: [terms.cost])

    @cached_property
    def value_and_slopes(self) -> _Terms:
        return _Terms(self._model, lambda terms: [terms.cost, *terms.slopes(terms.cost)])

    @cached_property
    def curvatures(self) -> _Terms:
        return _Terms(self._model, _second_slopes)


class _Terms:
    """Some nodes of the terms of a model, and their means over rows."""

    def __init__(self, model: Model, chosen: Callable[[Terms], list[Node]]) -> None:
        self._model, self._chosen, self._has_care = model, chosen, needs_care(model.terms.cost)
        nodes = chosen(model.terms)
        self._width, self._program = len(nodes), Program(model.terms.given, nodes)

    @cached_property
    def _careful(self) -> Program:
        model = self._model
        terms = terms_of(model.expression, model.constants, model.loss, careful=True)
        return Program(terms.given, self._chosen(terms))

    def means(self, w: Vector, columns: Sequence[Scalar]) -> Vector:
        """The means at points w (m, d) over rows whose columns (n,), target last, are given: (m, width)."""
        sums = np.zeros((len(w), self._width))
        n = len(columns[0])
        for first in range(0, n, ROWS):
            some = [column[first : first + ROWS] for column in columns]
            at_once = max(BLOCK // len(some[0]), 1)
            for begin in range(0, len(w), at_once):
                sums[begin : begin + at_once] += self._sums(w[begin : begin + at_once], some)
        return sums / n

    def _sums(self, w: Vector, columns: Sequence[Scalar]) -> Vector:
        """The sums of the nodes at points w (m, d) over rows (n,): (m, width)."""
        m, n = len(w), len(columns[0])
        given = [np.repeat(w[:, k], n) for k in range(w.shape[1])]
        given += [column if m == 1 else np.tile(column, m) for column in columns]
        results = np.empty((self._width, m * n))
        self._program.run(given, list(results))
        if self._has_care and (lost := np.isnan(results).any(axis=0)).any():
            again = np.empty((self._width, int(lost.sum())))
            self._careful.run([array[lost] for array in given], list(again))
            results[:, lost] = again
        found: Vector = results.reshape(self._width, m, n).sum(axis=2).T
        return found


def _second_slopes(terms: Terms) -> list[Node]:
    """The upper triangle of the Hessian of the cost, row by row."""
    slopes = terms.slopes(terms.cost)
    return [differentiate(slopes[i], terms.w[j]) for i in range(len(slopes)) for j in range(i, len(slopes))]
