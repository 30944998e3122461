"""The loss of a model at points w: its value, gradient and Hessian, exact, as means over the rows of a table."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.formula.derivatives import differentiate, needs_care
from gdanim.formula.evaluator import BLOCK, Program
from gdanim.models.terms import Terms, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.arrays import Index, Matrix, Scalar, Vector
    from gdanim.formula.graph import Node
    from gdanim.models.model import Model

ROWS: Final = 1 << 16  # that are evaluated at a time, so that memory stays bounded
SOME_ROWS: Final = 64  # of them, in which a window, a start and a rate are looked for
NEWTON_STEPS: Final = 30
STILL: Final = 1e-13  # of the coordinates, or of 1: a step that leads nowhere else
MANY_ROWS: Final = 200  # with more, a point costs so much that few are asked for


class Fit:
    """The loss of a model: penalties, and the mean of its terms over all rows, in float64 at points w (…, d).

    The sum goes over the rows in their order, so that a point has the same loss whatever points stand beside it.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.dim = len(model.expression.variables)
        self.point_by_point = model.points.rows > MANY_ROWS
        self._penalised = penalised(model.terms)
        self._columns = (*model.points.x, model.points.y)
        self._needs_care = needs_care(model.terms.cost)

    @property
    def minimizer(self) -> Vector | None:
        """Where the loss is least (d,), where that is known without a search."""
        return None

    def thinned(self) -> Fit:
        """The loss over some of the rows only, few enough for many points to be asked for."""
        return Fit(replace(self._model, points=self._model.points.thinned(SOME_ROWS)))

    def minimum_near(self, w: Vector) -> Vector | None:
        """The minimum (d,) to which Newton's method leads from w (d,); None where it leads to none."""
        for _ in range(NEWTON_STEPS):
            slope, hessian = self.gradient(w), self.hessian(w)
            if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian)[0] <= 0:
                return None
            step = np.linalg.solve(hessian, slope)
            w = w - step
            if np.all(np.abs(step) <= STILL * np.maximum(1.0, np.abs(w))):
                return w
        return None

    def least_on(self, rows: Index) -> Vector | tuple[Vector, float] | None:
        """Where the loss of some rows alone is least, where that is known without a search; see LeastSquares."""
        return None

    @cached_property
    def _value(self) -> _Means:
        return self._means(lambda terms: [terms.cost])

    @cached_property
    def _value_and_slopes(self) -> _Means:
        return self._means(lambda terms: [terms.cost, *terms.slopes(terms.cost)])

    @cached_property
    def _curvatures(self) -> _Means:
        return self._means(_second_slopes)

    def _means(self, chosen: Callable[[Terms], list[Node]]) -> _Means:
        return _Means(self._model, chosen, careful=self._needs_care)

    def value(self, x: Vector) -> Scalar:
        """The loss at w: (…)."""
        w = np.asarray(x, np.float64)
        with np.errstate(all="ignore"):
            found = self._value.at(w.reshape(-1, self.dim), self._columns)[:, 0]
            return (found + self._penalty(w.reshape(-1, self.dim))).reshape(w.shape[:-1])

    def gradient(self, x: Vector) -> Vector:
        """∇loss at w: (…, d)."""
        with np.errstate(all="ignore"):
            return self.raw_value_and_gradient(x)[1]

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of the loss at w: (…, d, d)."""
        w = np.asarray(x, np.float64)
        with np.errstate(all="ignore"):
            upper = self._curvatures.at(w.reshape(-1, self.dim), self._columns)
        found = np.empty((len(upper), self.dim, self.dim))
        rows, columns = np.triu_indices(self.dim)
        found[:, rows, columns] = found[:, columns, rows] = upper
        found += np.diag(2 * self._model.l2 * self._penalised)
        return found.reshape(*w.shape[:-1], self.dim, self.dim)

    def blur(self, x: Vector) -> Scalar:
        """How far from w derivatives are means over other points: they are exact. (…)."""
        return np.zeros(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """The loss and its gradient at w: (…), (…, d). It may warn: the caller holds np.errstate."""
        w = np.asarray(x, np.float64)
        f, gradient = self._of_rows(w.reshape(-1, self.dim), self._columns)
        return f.reshape(w.shape[:-1]), gradient.reshape(w.shape)

    def on_rows(self, w: Vector, rows: Index) -> tuple[Scalar, Vector]:
        """The same at w (m, d) of some rows alone, penalties included: the loss of a mini-batch."""
        return self._of_rows(w, [column[rows] for column in self._columns])

    def _of_rows(self, w: Vector, columns: Sequence[Scalar]) -> tuple[Scalar, Vector]:
        found = self._value_and_slopes.at(w, columns)
        return found[:, 0] + self._penalty(w), found[:, 1:] + self._penalty_slopes(w)

    def _penalty(self, w: Vector) -> Scalar:
        """What the coordinates w (m, d) cost: (m,)."""
        l1, l2 = self._model.l1, self._model.l2
        found: Scalar = ((l2 * w**2 + l1 * np.abs(w)) * self._penalised).sum(axis=1) if l1 or l2 else np.zeros(len(w))
        return found

    def _penalty_slopes(self, w: Vector) -> Vector:
        l1, l2 = self._model.l1, self._model.l2
        found: Vector = (2 * l2 * w + l1 * np.sign(w)) * self._penalised
        return found


class _Means:
    """The means over rows of some nodes of the terms of a model."""

    def __init__(self, model: Model, chosen: Callable[[Terms], list[Node]], *, careful: bool) -> None:
        self._model, self._chosen, self._has_care = model, chosen, careful
        nodes = chosen(model.terms)
        self._width, self._program = len(nodes), Program(model.terms.given, nodes)

    @cached_property
    def _careful(self) -> Program:
        model = self._model
        terms = terms_of(model.expression, model.constants, model.loss, careful=True)
        return Program(terms.given, self._chosen(terms))

    def at(self, w: Vector, columns: Sequence[Scalar]) -> Vector:
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


def penalised(terms: Terms) -> Scalar:
    """1 for the coordinates that penalties are on, 0 for intercepts, which are merely added: (d,)."""
    return np.array([0.0 if slope.value == 1.0 else 1.0 for slope in terms.slopes(terms.inner)])


def _second_slopes(terms: Terms) -> list[Node]:
    """The upper triangle of the Hessian of the cost, row by row."""
    slopes = terms.slopes(terms.cost)
    return [differentiate(slopes[i], terms.w[j]) for i in range(len(slopes)) for j in range(i, len(slopes))]
