"""Least squares of a model that is linear in its coordinates: the loss in closed form, by orthogonal factorisation.

    loss(w) = ‖R w − q‖² + ρ²,   R (d, d) upper triangular

of the rows Φ w + c − y, divided by √n, and √λ w for a penalty λ‖w‖². Whatever the number of rows, a point costs d²
operations, and slopes are as exact as those of the sum.
Source: Björck 1967, Solving linear least squares problems by Gram-Schmidt orthogonalization.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from gdanim.models.fit import Fit, OnPlane
from gdanim.models.linear import rows_of
from gdanim.models.penalty import Penalty
from gdanim.models.rows import LinearRows
from gdanim.models.terms import LOG

if TYPE_CHECKING:
    from gdanim.arrays import Index, Matrix, Scalar, Vector
    from gdanim.models.model import Model

DEPENDENT: Final = 64 * float(np.finfo(float).eps)  # what is left of a column, as a share, that others explain
MANY_COLUMNS: Final = 16  # of so many on, LAPACK first leaves as many rows of them as columns


class Quadratic(NamedTuple):
    """‖R w − q‖² + ρ², for R (d, d), q (d,)."""

    r: Matrix
    q: Scalar
    rest: float

    def value(self, w: Vector) -> Scalar:
        """It at w (m, d): (m,)."""
        return self.value_and_gradient(w)[0]

    def value_and_gradient(self, w: Vector) -> tuple[Scalar, Vector]:
        """It and its gradient: (m,), (m, d)."""
        away = _times(w, self.r.T) - self.q
        return (away**2).sum(axis=1) + self.rest, 2 * _times(away, self.r)

    def hessian(self, w: Vector) -> Matrix:
        """Its second derivatives, the same everywhere: (m, d, d)."""
        found = 2 * _times(self.r.T, self.r)
        return np.broadcast_to(found, (len(w), *found.shape))

    def on_plane(self, origin: Vector, directions: Vector) -> Quadratic:
        """The same of coordinates u (2,) with w = o + u A, for an origin o (d,) and directions A (2, d)."""
        r, q, rest = factorised(directions @ self.r.T, self.q - self.r @ origin)
        return Quadratic(r, q, rest + self.rest)

    @property
    def minimizer(self) -> Vector | None:
        """Where it is least (d,); None where that is no single point."""
        return _solution(self.r, self.q)

    @property
    def least(self) -> Vector | tuple[Vector, float] | None:
        """Where it is least: a point (d,), or of two coordinates a line, as a normal v (2,) and an offset, v·w = q;
        None where it is neither.
        """
        pivots = np.flatnonzero(np.diag(self.r))
        if len(self.q) == 2 and len(pivots) == 1:
            return self.r[pivots[0]], float(self.q[pivots[0]])
        return self.minimizer


class LeastSquares(Fit):
    """The loss of a linear model under mse, with a penalty of squares or without; see the module."""

    _rows: LinearRows

    def __init__(self, model: Model, rows: LinearRows) -> None:
        super().__init__(model, rows)
        self.point_by_point = False
        with np.errstate(all="ignore"):
            self._whole = self._factorised(rows)

    @property
    def minimizer(self) -> Vector | None:
        """Where the loss is least (d,); None where that is no single point."""
        return self._whole.minimizer

    def least_on(self, rows: Index, plane: tuple[Vector, Vector] | None = None) -> Vector | tuple[Vector, float] | None:
        """Where the loss of some rows alone is least: in their coordinates, or in those of a plane; see Quadratic."""
        with np.errstate(all="ignore"):
            found = self._factorised(self._rows.only(rows))
            return (found if plane is None else found.on_plane(*plane)).least

    def on_plane(self, origin: Vector, directions: Vector) -> OnPlane:
        """The loss of coordinates u (2,), w = o + u A, in closed form, too."""
        with np.errstate(all="ignore"):
            flat = self._whole.on_plane(origin, directions)
        return OnPlane(flat, NO_PENALTY, origin, directions, point_by_point=False)

    def _factorised(self, rows: LinearRows) -> Quadratic:
        """The loss of some rows, with the penalty."""
        share = 1 / np.sqrt(len(rows.offset))
        penalties = np.diag(np.sqrt(self._penalty.l2) * self._penalty.share)
        columns = np.concatenate([rows.columns * share, penalties], axis=1)
        return Quadratic(*factorised(columns, np.concatenate([-rows.offset * share, np.zeros(self.dim)])))

    def value(self, x: Vector) -> Scalar:
        """The loss at w: (…)."""
        with np.errstate(all="ignore"):
            return self.raw_value_and_gradient(x)[0]

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of the loss at w, the same everywhere: (…, d, d)."""
        return self._whole.hessian(x.reshape(-1, self.dim)).reshape(*x.shape, self.dim).copy()

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """The loss and its gradient at w: (…), (…, d). It may warn: the caller holds np.errstate."""
        w = np.asarray(x, np.float64)
        f, slopes = self._whole.value_and_gradient(w.reshape(-1, self.dim))
        return f.reshape(w.shape[:-1]), slopes.reshape(w.shape)


NO_PENALTY: Final = Penalty(0.0, 0.0, np.zeros(1))


def functions_of(model: Model) -> Fit:
    """The loss of a model, in closed form where it has one."""
    squares = squares_of(model)
    return Fit(model) if squares is None or model.loss != "mse" or model.l1 else squares


def squares_of(model: Model) -> LeastSquares | None:
    """The mean of squares of a model that is linear, whatever its own loss is; None of a probability."""
    if model.loss == LOG:
        return None
    squared = replace(model, loss="mse", l1=0.0)
    found = rows_of(squared)
    return None if found is None else LeastSquares(squared, LinearRows(*found, "mse"))


def _times(v: Vector, matrix: Matrix) -> Vector:
    """v (m, d) times a matrix (d, e): (m, e). Each point alone, whatever m is; of few coordinates summed in one order,
    whatever the machine.
    """
    if len(matrix) >= MANY_COLUMNS:
        return np.asarray((v[:, np.newaxis] @ matrix)[:, 0])
    found: Vector = v[:, :1] * matrix[0]
    for k in range(1, len(matrix)):
        found += v[:, k : k + 1] * matrix[k]
    return found


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
    d, n = columns.shape
    if d >= MANY_COLUMNS and n > d and np.isfinite(columns).all() and np.isfinite(target).all():
        triangle = _triangle(columns, target)
        r, diagonal = triangle[:d, :d], np.diag(triangle)[:d]
        if (diagonal > DEPENDENT * np.linalg.norm(r, axis=0)).all():
            return r, triangle[:d, d], float(triangle[d, d] ** 2)
        columns, target = r.T, triangle[:, d]
        columns = np.concatenate([columns, np.zeros((d, 1))], axis=1)
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


def _triangle(columns: Vector, target: Scalar) -> Matrix:
    """The triangle (d+1, d+1), with a diagonal of 0 and more, that columns (d, n) and a target (n,) make, by LAPACK."""
    found = np.asarray(np.linalg.qr(np.vstack([columns, target]).T, mode="r"))
    signs = np.where(np.diag(found) < 0, -1.0, 1.0)
    return np.asarray(found * signs[:, np.newaxis])


def _norm(v: Scalar) -> float:
    """‖v‖, whose squares may overflow."""
    unit = float(np.abs(v).max(initial=0.0))
    return unit * float(np.sqrt(((v / unit) ** 2).sum())) if unit else 0.0
