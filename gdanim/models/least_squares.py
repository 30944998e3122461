"""Least squares of a model that is linear in its coordinates: the loss in closed form, by orthogonal factorisation.

    loss(w) = ‖R w − q‖² + ρ²,   R (d, d) upper triangular

of the rows Φ w + c − y, divided by √n, and √λ w for a penalty λ‖w‖². Whatever the number of rows, a point costs d²
operations, and slopes are as exact as those of the sum.
Source: Björck 1967, Solving linear least squares problems by Gram-Schmidt orthogonalization.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gdanim.formula.evaluator import Program
from gdanim.models.fit import Fit
from gdanim.models.terms import LOG

if TYPE_CHECKING:
    from gdanim.arrays import Index, Matrix, Scalar, Vector
    from gdanim.models.model import Model

DEPENDENT: Final = 64 * float(np.finfo(float).eps)  # what is left of a column, as a share, that others explain


class LeastSquares(Fit):
    """The loss of a linear model under mse, with a penalty of squares or without; see the module."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.point_by_point = False
        with np.errstate(all="ignore"):
            self._design, self._wanted = _rows_of(model)
            self._r, self._q, self._rest = self._factorised(np.arange(model.points.rows))

    @property
    def minimizer(self) -> Vector | None:
        """Where the loss is least (d,); None where that is no single point."""
        return _solution(self._r, self._q)

    def least_on(self, rows: Index) -> Vector | tuple[Vector, float] | None:
        """Where the loss of some rows alone is least: a point w (d,), or of two coordinates a line, as a normal v (2,)
        and an offset q, v·w = q; None where it is neither.
        """
        with np.errstate(all="ignore"):
            r, q, _ = self._factorised(rows)
        pivots = np.flatnonzero(np.diag(r))
        if self.dim == 2 and len(pivots) == 1:
            return r[pivots[0]], float(q[pivots[0]])
        return _solution(r, q)

    def _factorised(self, rows: Index) -> tuple[Matrix, Scalar, float]:
        """R, q and ρ² of some rows, with the penalty."""
        share = 1 / np.sqrt(len(rows))
        penalties = np.diag(np.sqrt(self._model.l2) * self._penalised)
        columns = np.concatenate([self._design[:, rows] * share, penalties], axis=1)
        return factorised(columns, np.concatenate([self._wanted[rows] * share, np.zeros(self.dim)]))

    def value(self, x: Vector) -> Scalar:
        """The loss at w: (…)."""
        with np.errstate(all="ignore"):
            return self.raw_value_and_gradient(x)[0]

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of the loss at w, the same everywhere: (…, d, d)."""
        found = 2 * np.array([_times(self._r[:, k][np.newaxis], self._r)[0] for k in range(self.dim)])
        return np.broadcast_to(found, (*x.shape[:-1], self.dim, self.dim)).copy()

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """The loss and its gradient at w: (…), (…, d). It may warn: the caller holds np.errstate."""
        w = np.asarray(x, np.float64)
        away = _times(w.reshape(-1, self.dim), self._r.T) - self._q
        f = (away**2).sum(axis=1) + self._rest
        return f.reshape(w.shape[:-1]), 2 * _times(away, self._r).reshape(w.shape)


def functions_of(model: Model) -> Fit:
    """The loss of a model, in closed form where it has one."""
    squares = squares_of(model)
    return Fit(model) if squares is None or model.loss != "mse" or model.l1 else squares


def squares_of(model: Model) -> LeastSquares | None:
    """The mean of squares of a model that is linear, whatever its own loss is; None of a probability."""
    if model.loss == LOG or not _is_linear(model):
        return None
    return LeastSquares(replace(model, loss="mse", l1=0.0))


def _is_linear(model: Model) -> bool:
    """Whether a model is linear in its coordinates: all of its second derivatives by them are 0."""
    terms = model.terms
    return all(curvature.value == 0.0 for slope in terms.slopes(terms.prediction) for curvature in terms.slopes(slope))


def _times(v: Vector, matrix: Matrix) -> Vector:
    """v (m, d) times a matrix (d, e): (m, e). Summed in one order, whatever m is and whatever the machine."""
    found: Vector = v[:, :1] * matrix[0]
    for k in range(1, len(matrix)):
        found += v[:, k : k + 1] * matrix[k]
    return found


def _rows_of(model: Model) -> tuple[Vector, Scalar]:
    """The columns (d, n) of the predictions in w, and what these are to come to (n,)."""
    terms, points = model.terms, model.points
    n, d = points.rows, len(terms.w)
    program = Program(terms.given, [terms.prediction, *terms.slopes(terms.prediction)])
    results = np.empty((d + 1, n))
    program.run([*np.zeros((d, n)), *points.x, points.y], list(results))
    return results[1:], points.y - results[0]


def _solution(r: Matrix, q: Scalar) -> Vector | None:
    """w (d,) of R w = q; None where that is no single point."""
    d = len(q)
    if not np.diag(r).all() or not np.isfinite(r).all():
        return None
    w = np.zeros(d)
    for j in reversed(range(d)):
        w[j] = (q[j] - (r[j, j + 1 :] * w[j + 1 :]).sum()) / r[j, j]
    return w


def factorised(columns: Vector, target: Scalar) -> tuple[Matrix, Scalar, float]:
    """R (d, d), q (d,) and ρ² of columns (d, n) and a target (n,), by modified Gram-Schmidt.

    A column that those before it explain has a diagonal of 0.
    """
    d = len(columns)
    rest, r, q = columns.copy(), np.zeros((d, d)), np.zeros(d)
    whole = [_norm(column) for column in columns]
    for j in range(d):
        norm = _norm(rest[j])
        if norm <= DEPENDENT * whole[j]:
            continue
        unit = rest[j] / norm
        r[j, j], r[j, j + 1 :], q[j] = norm, (rest[j + 1 :] * unit).sum(axis=1), (target * unit).sum()
        rest[j + 1 :] -= r[j, j + 1 :, np.newaxis] * unit
        target = target - q[j] * unit
    return r, q, _norm(target) ** 2


def _norm(v: Scalar) -> float:
    """‖v‖, whose squares may overflow."""
    unit = float(np.abs(v).max(initial=0.0))
    return unit * float(np.sqrt(((v / unit) ** 2).sum())) if unit else 0.0
