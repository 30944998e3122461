"""The loss of a model at points w: its value, gradient and Hessian, exact, as means over the rows of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.models.linear import is_intercept, rows_of
from gdanim.models.penalty import Penalty
from gdanim.models.rows import BentRows, LinearRows

if TYPE_CHECKING:
    from gdanim.arrays import Index, Matrix, Scalar, Vector
    from gdanim.models.model import Model
    from gdanim.models.rows import Means, Rows

SOME_ROWS: Final = 64  # in which a window, a start and a rate are looked for
NEWTON_STEPS, HALVINGS = 30, 30
STILL: Final = 1e-13  # of the coordinates in units of their own, or of 1: a step that leads nowhere else
NEARLY_STILL: Final = 1e-9  # where rounding lets steps become no shorter
MANY_ROWS: Final = 200  # with more, a point costs so much that few are asked for


class Fit:
    """The loss of a model: penalties, and the mean of what its rows cost, in float64 at points w (…, d)."""

    differenced = 0.0

    def __init__(self, model: Model, rows: Rows | None = None) -> None:
        self._model = model
        self.dim = len(model.expression.variables)
        self.point_by_point = model.points.rows > MANY_ROWS
        self._penalty = Penalty(model.l1, model.l2, 1.0 - is_intercept(model.terms))
        self._rows = rows or _rows(model)

    @property
    def minimizer(self) -> Vector | None:
        """Where the loss is least (d,), where that is known without a search."""
        return None

    @property
    def is_linear(self) -> bool:
        """Whether what rows cost depends on sums of multiples of the coordinates."""
        return isinstance(self._rows, LinearRows)

    def thinned(self) -> Fit:
        """The loss over some of the rows only, few enough for many points to be asked for."""
        return Fit(replace(self._model, points=self._model.points.thinned(SOME_ROWS)))

    def minimum_near(self, w: Vector) -> Vector | None:
        """The minimum (d,) to which Newton's method leads from w (d,), downhill; None where it leads to none."""
        before = np.inf
        with np.errstate(all="ignore"):
            for _ in range(NEWTON_STEPS):
                found = self._newton_step(w)
                if found is None:
                    return None
                step, unit = found
                w = w - self._share_downhill(w, step) * step
                away = float((np.abs(step) * unit / np.maximum(1.0, np.abs(w) * unit)).max())
                if away <= STILL or (away <= NEARLY_STILL and away >= before / 2):
                    return w
                before = away
        return None

    def _newton_step(self, w: Vector) -> tuple[Vector, Scalar] | None:
        """A step (d,) that ends where the gradient would be 0, and the unit of each coordinate; None of no bowl."""
        slope, hessian = self.gradient(w), self.hessian(w)
        unit = np.sqrt(np.diag(hessian))
        scaled = hessian / unit / unit[:, np.newaxis]
        if not np.isfinite(scaled).all() or np.linalg.eigvalsh(scaled)[0] <= 0:
            return None
        return np.linalg.solve(scaled, slope / unit) / unit, unit

    def _share_downhill(self, w: Vector, step: Vector) -> float:
        """The largest share, halved again and again, of a step that does not lead uphill; the whole of short ones."""
        shares = np.exp2(-np.arange(HALVINGS))
        here = float(self.value(w))
        most = here + 1e-12 * abs(here)
        return next((share for share in shares.tolist() if self.value(w - share * step) <= most), 1.0)

    def least_on(self, rows: Index, plane: tuple[Vector, Vector] | None = None) -> Vector | tuple[Vector, float] | None:
        """Where the loss of some rows alone is least, where that is known without a search; see LeastSquares."""
        return None

    def on_plane(self, origin: Vector, directions: Vector) -> OnPlane | None:
        """The loss of coordinates u (2,), w = o + u A, where no point of it costs all coordinates of all rows."""
        if not isinstance(self._rows, LinearRows):
            return None
        flat = self._rows.on_plane(origin, directions)
        return OnPlane(flat, self._penalty, origin, directions, point_by_point=self.point_by_point)

    def value(self, x: Vector) -> Scalar:
        """The loss at w: (…)."""
        w = np.asarray(x, np.float64)
        flat = w.reshape(-1, self.dim)
        with np.errstate(all="ignore"):
            return (self._rows.value(flat) + self._penalty.value(flat)).reshape(w.shape[:-1])

    def gradient(self, x: Vector) -> Vector:
        """∇loss at w: (…, d)."""
        with np.errstate(all="ignore"):
            return self.raw_value_and_gradient(x)[1]

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of the loss at w: (…, d, d)."""
        w = np.asarray(x, np.float64)
        with np.errstate(all="ignore"):
            found = self._rows.hessian(w.reshape(-1, self.dim)) + np.diag(self._penalty.curvatures)
        return found.reshape(*w.shape[:-1], self.dim, self.dim)

    def blur(self, x: Vector) -> Scalar:
        """How far from w derivatives are means over other points: they are exact. (…)."""
        return np.zeros(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """The loss and its gradient at w: (…), (…, d). It may warn: the caller holds np.errstate."""
        w = np.asarray(x, np.float64)
        f, gradient = self._with_penalty(self._rows, w.reshape(-1, self.dim))
        return f.reshape(w.shape[:-1]), gradient.reshape(w.shape)

    def on_rows(self, w: Vector, rows: Index) -> tuple[Scalar, Vector]:
        """The same at w (m, d) of some rows alone, penalties included: the loss of a mini-batch."""
        return self._with_penalty(self._rows.only(rows), w)

    def _with_penalty(self, rows: Means, w: Vector) -> tuple[Scalar, Vector]:
        f, gradient = rows.value_and_gradient(w)
        return f + self._penalty.value(w), gradient + self._penalty.slopes(w)


class OnPlane:
    """The loss of a linear model on a plane: u ↦ loss(o + u A), whose rows have two columns."""

    dim, differenced = 2, 0.0

    def __init__(
        self, rows: Means, penalty: Penalty, origin: Vector, directions: Vector, *, point_by_point: bool
    ) -> None:
        self.point_by_point = point_by_point
        self._rows, self._penalty, self._origin, self._directions = rows, penalty, origin, directions

    def value(self, x: Vector) -> Scalar:
        """The loss at u: (…)."""
        flat = x.reshape(-1, 2)
        with np.errstate(all="ignore"):
            found = self._rows.value(flat)
            if not self._penalty.is_none:
                found = found + self._penalty.value(self._there(flat))
        return found.reshape(x.shape[:-1])

    def gradient(self, x: Vector) -> Vector:
        """Its slope along the plane: (…, 2)."""
        with np.errstate(all="ignore"):
            return self.raw_value_and_gradient(x)[1]

    def hessian(self, x: Vector) -> Matrix:
        """Its second derivatives along the plane: (…, 2, 2)."""
        along = self._directions
        with np.errstate(all="ignore"):
            found = self._rows.hessian(x.reshape(-1, 2)) + (along * self._penalty.curvatures) @ along.T
        return found.reshape(*x.shape, 2)

    def blur(self, x: Vector) -> Scalar:
        """How far from u derivatives are means over other points: they are exact. (…)."""
        return np.zeros(x.shape[:-1])

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """The loss and its slope along the plane: (…), (…, 2). It may warn: the caller holds np.errstate."""
        flat = x.reshape(-1, 2)
        f, slope = self._rows.value_and_gradient(flat)
        if not self._penalty.is_none:
            there = self._there(flat)
            f, slope = f + self._penalty.value(there), slope + self._penalty.slopes(there) @ self._directions.T
        return f.reshape(x.shape[:-1]), slope.reshape(x.shape)

    def _there(self, u: Vector) -> Any:
        """Points (m, 2) of the plane in all coordinates: (m, d)."""
        return self._origin + u @ self._directions


def _rows(model: Model) -> Rows:
    """The rows of a model, by their columns where it is linear."""
    found = rows_of(model)
    return BentRows(model) if found is None else LinearRows(*found, model.terms.kind)
