"""Objective: a function that can be descended, with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Flags, Matrix, Scalar, Vector
from gdanim.formula.symbols import named, symbol

if TYPE_CHECKING:
    from gdanim.models.model import Model

LEAST_SHARE: Final = 1e-12  # of the largest eigenvalue of a Hessian; rounding leaves more of one that is 0
UNMIXED: Final = 0.5  # share of f_xx·f_yy: a larger determinant is no rounding
MOST_MARKED: Final = 64  # more signs than that hide the picture
MOST_NAMED: Final = 3  # variables that are named one by one
# Variables: a Hessian of more takes too much time and memory, and one of differences too many calls.
MOST_WITH_HESSIAN, MOST_DIFFERENCED = 200, 20
AS_LOW: Final = 1e-9  # share of the range of f over minimizers within which they are equally low
# At one of these distances from a minimizer, in widths of the bounds, f is higher than there by more than a share of
# its range over all minimizers: else nothing of a well is to be seen.
BESIDE: Final = np.array([0.005, 0.02, 0.05])
SEEN_DEPTH: Final = 1e-6


class Functions(Protocol):
    """Value and derivatives of a function of `dim` variables at points (…, d). Shapes are as in Objective."""

    dim: int
    point_by_point: bool  # whether every point costs a call of somebody's Python code: then ask for few
    differenced: float  # the relative spacing of the values whose differences make ∇f; 0 where ∇f has a rule of its own

    def value(self, x: Vector) -> Scalar:
        """f."""

    def gradient(self, x: Vector) -> Vector:
        """∇f."""

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives."""

    def blur(self, x: Vector) -> Scalar:
        """How far from x second derivatives are means; 0 where they are exact."""

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """f and ∇f. It may warn: the caller holds np.errstate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A function of d variables, with what is known of it. Its functions can be called on it: f.value(x)."""

    name: str  # name and formula as the catalogue or the person writes them
    formula: str
    functions: Functions  # value and derivatives
    bounds: Vector  # (d, 2), where random starts are drawn
    start: Vector  # (d,); start, lr and iterations show this function well
    lr: float
    iterations: int
    minimizers: Vector  # (m, d), the isolated ones that are known, the lowest first; m may be 0
    # λ (m,), the largest eigenvalue of the Hessian at each: plain gradient descent at a constant rate is stable there
    # below 2/λ. NaN at a kink and where the function is flat.
    curvatures: Scalar
    valley: float = float("nan")  # f along the lowest curve or area of minima; NaN where there is none
    is_local_valley: bool = False  # whether f is lower than that somewhere else
    is_constant: bool = False  # whether f is the same everywhere in the bounds
    # (k, d, 2): boxes in each of which all minimizers are known. Only there is the nearest known one the nearest.
    searched: Vector = field(default_factory=lambda: np.empty((0, 0, 2)))
    title: str = ""  # what a picture calls a function that has a name
    typeset: tuple[str, ...] = ()  # the formula as mathtext, without dollars: whole, then ever shorter
    # The variables in the letters of the person who wrote the formula; x and y where there is none.
    variables: tuple[str, ...] = ()
    reading: str = ""  # the formula in gdanim's own spelling, where the person spelt it in another way
    parameters: Mapping[str, float] = field(default_factory=dict)  # all that it has, with their values here
    # Limits of the drawn axes, where they are not simply the bounds and what the function spans there.
    view: tuple[tuple[float, float], ...] | None = None
    axes: tuple[str, ...] = ()  # what pictures call those of a plane, on which `whole` is looked at
    whole: Objective | None = None
    source: str = ""  # where the function is described
    model: Model | None = None  # whose loss it is, with the data
    remarks: tuple[str, ...] = ()  # sentences that a person should read about it
    has_suggested_start: bool = False
    recorded: bool = False  # whether it is no function: all that is known are the values of recorded runs
    suggested: bool = False  # whether autorange.py found bounds, start, lr and iterations, rather than an author

    @property
    def dim(self) -> int:
        """The number of variables, d."""
        return self.functions.dim

    @property
    def symbols(self) -> tuple[str, ...]:
        """What pictures and sentences call the variables: x, y, θ."""
        return self.axes or tuple(map(symbol, self.variables)) or usual_symbols(self.dim)

    @property
    def point_name(self) -> str:
        """What sentences call a point: x, also of x and y; θ; (u, v)."""
        if self.whole is not None:
            return self.whole.point_name
        if self.dim > MOST_NAMED or self.symbols == usual_symbols(self.dim):
            return "x"
        return self.symbols[0] if self.dim == 1 else f"({', '.join(self.symbols)})"

    @property
    def f_of(self) -> str:
        """The function of its variables: f(x), f(x, y), f(x) of many more; of a model, the loss; of a recording, f."""
        if self.model is not None:
            return "loss"
        if self.recorded:
            return "f"
        if self.whole is not None:
            return self.whole.f_of
        return f"f({', '.join(self.symbols)})" if self.dim <= MOST_NAMED else "f(x)"

    @property
    def equation(self) -> str:
        """The function as f(x) = x**2; of a model, the loss of it."""
        return f"{self.f_of} {'=' if self.model is None else 'of'} {self.formula}"

    @property
    def letters(self) -> tuple[str, ...]:
        """The variables in mathtext, without dollars."""
        if self.axes:
            return tuple(map(_lettered, self.axes))
        return tuple(map(named, self.variables or self.symbols))

    @property
    def f_in_letters(self) -> str:
        """The function of its variables in mathtext, without dollars: f(x, y); of a model, the loss."""
        if self.model is not None:
            return r"\mathrm{loss}"
        if self.recorded:
            return "f"
        if self.whole is not None:
            return self.whole.f_in_letters
        return f"f({', '.join(self.letters)})" if self.dim <= MOST_NAMED else "f(x)"

    @property
    def left_side(self) -> str:
        """What stands before its formula in mathtext, without dollars: f(x) =; of a model, what it predicts."""
        return f"{self.f_in_letters} =" if self.model is None else self.model.left_side

    @property
    def point_by_point(self) -> bool:
        """Whether every point costs a call of somebody's Python code: then ask for few."""
        return self.functions.point_by_point

    @property
    def curvature(self) -> float | None:
        """λ at the first minimizer; None without one, at a kink and where flat."""
        known = len(self.curvatures) and np.isfinite(self.curvatures[0])
        return float(self.curvatures[0]) if known else None

    @property
    def condition(self) -> float | None:
        """κ = λ/λmin of the Hessian at the first minimizer; None without one, at a kink and where it is singular."""
        if self.curvature is None or not has_hessians(self.functions):
            return None
        hessian = self.hessian(self.minimizers[0]) / self.curvature  # its products may overflow otherwise
        least = float(np.linalg.eigvalsh(hessian)[0])
        if self.dim == 2 and least <= LEAST_SHARE:
            # Along axes that hardly mix, rounding hides no curvature, however small.
            determinant = float(hessian[0, 0] * hessian[1, 1] - hessian[0, 1] ** 2)
            clear = determinant > UNMIXED * float(hessian[0, 0] * hessian[1, 1])
            return 1 / determinant if clear and determinant > 0 else None
        return 1 / least if least > (0 if self.dim <= 2 else LEAST_SHARE) else None

    @property
    def marked(self) -> Vector:
        """The minimizers that a picture marks (k, d): the lowest, and others in wells that are seen.

        Of more than MOST_MARKED only the lowest.
        """
        if len(self.minimizers) <= 1:
            return self.minimizers
        f = self.value(self.minimizers)
        is_lowest = f - f.min() <= AS_LOW * np.ptp(f)
        lowest: Vector = self.minimizers[is_lowest]
        if len(self.minimizers) <= MOST_MARKED:
            seen: Vector = self.minimizers[is_lowest | self.in_seen_wells]
            return seen
        return lowest if len(lowest) <= MOST_MARKED else lowest[:0]

    @property
    def in_seen_wells(self) -> Flags:
        """Whether f is seen to rise around each minimizer (m,), m > 0: on both sides along each axis."""
        f = self.value(self.minimizers)
        if self.dim > 2 or self.point_by_point:
            return np.ones(len(f), dtype=np.bool_)
        axes = np.diag(np.ptp(self.bounds, axis=1))
        sides = BESIDE[:, np.newaxis, np.newaxis] * np.concatenate([axes, -axes])  # (distances, 2 d, d)
        with np.errstate(all="ignore"):
            around = self.value(self.minimizers[:, np.newaxis, np.newaxis] + sides)
        rise = np.fmin.reduce(around, axis=2).max(axis=1) - f  # where f has no value, it does not fall
        found: Flags = ~(rise <= SEEN_DEPTH * np.ptp(f))
        return found

    @property
    def continuum(self) -> bool:
        """Whether minima form a curve or an area: no point of it is the nearest minimizer."""
        return not np.isnan(self.valley)

    @property
    def minimum(self) -> float:
        """f at the lowest minimizers, isolated or not; NaN without one."""
        return float(np.fmin.reduce([*self.value(self.minimizers), self.valley]))

    def value(self, x: Vector) -> Scalar:
        """f at x (…, d): (…)."""
        return self.functions.value(x)

    def gradient(self, x: Vector) -> Vector:
        """∇f at x (…, d): (…, d)."""
        return self.functions.gradient(x)

    def hessian(self, x: Vector) -> Matrix:
        """The second derivatives of f at x (…, d): (…, d, d)."""
        return self.functions.hessian(x)

    def raw_value_and_gradient(self, x: Vector) -> tuple[Scalar, Vector]:
        """f and ∇f at x (…, d), sharing the work. It may warn: the caller holds np.errstate."""
        return self.functions.raw_value_and_gradient(x)

    def contains(self, x: Vector) -> NDArray[np.bool_]:
        """Whether points (…, d) lie within the bounds: (…)."""
        inside: NDArray[np.bool_] = np.all((x >= self.bounds[:, 0]) & (x <= self.bounds[:, 1]), axis=-1)
        return inside


def has_hessians(functions: Functions) -> bool:
    """Whether second derivatives of a function are asked for."""
    return functions.dim <= (MOST_DIFFERENCED if functions.point_by_point else MOST_WITH_HESSIAN)


def has_cheap_slopes(functions: Functions) -> bool:
    """Whether ∇f may be asked for at many points: not where it is made of differences along very many axes."""
    return not functions.differenced or functions.dim <= MOST_DIFFERENCED


def usual_symbols(dim: int) -> tuple[str, ...]:
    """What the variables are called where nobody says otherwise: x; x and y; x1 … xd."""
    return ("x", "y")[:dim] if dim <= 2 else tuple(f"x{i + 1}" for i in range(dim))


def _lettered(axis: str) -> str:
    """The name of an axis in mathtext: a variable in its letters, words upright."""
    if axis.isidentifier():
        return named(axis)
    words = axis.replace("%", r"\%").replace(" ", r"\ ")
    return rf"\mathrm{{{words}}}"
