"""How a person's callable takes points: as one number, two or an array, one point by one or all at once.

That is found out by calling it on a few points.
"""

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import product
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from gdanim.arrays import Vector
from gdanim.errors import GdanimError, UsageError
from gdanim.objectives.python.differences import DOUBLE
from gdanim.objectives.python.loader import UserCode, describe_value

Array = NDArray[np.float64]

MOST_TRIED: Final = 7  # points at which a function of many variables is tried
# Both signs, several magnitudes, and more points than a function has variables, so that shapes tell the axes apart.
TRIAL_POINTS: Final = np.array(
    [[0.35, 1.1], [-0.4, 0.6], [1.9, -0.7], [-1.3, -2.1], [0.7, 0.2], [12.5, 8.0], [-140.0, 35.0]], dtype=np.float64
)

_SPACINGS: Final = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
# What math says, by version, where a function has no value: "math domain error", "expected a positive input, got -1.0".
_DOMAIN: Final = re.compile(r"math domain error|expected a .*input")


class Form(NamedTuple):
    """The arguments of a callable. spread: each coordinate is one, f(x) or f(x, y); otherwise f(p), p an array."""

    dim: int
    spread: bool

    def arguments(self, points: Vector) -> Iterable[Any]:
        """The arguments for the columns (d, …), or for one point (d,)."""
        return points if self.spread else (points,)


_X, _XY, _P = Form(dim=1, spread=True), Form(dim=2, spread=True), Form(dim=2, spread=False)


class Layout(Enum):
    """The arrays of a call: one point, or all points as columns (d, n) or as rows (n, d)."""

    ONE_BY_ONE = auto()
    COLUMNS = auto()
    ROWS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person's callable as a function of points x (n, d) → (n,), or → (n, d) where it is a gradient (`slopes`).

    Where it raises an arithmetic error, the value is inf if it overflows and else NaN. Any other error becomes a
    CallableError. Raises UsageError where it returns something else than real numbers in the right shape.
    """

    code: UserCode
    call: Callable[..., object]
    name: str
    form: Form
    slopes: bool
    takes: Layout = Layout.ONE_BY_ONE  # the layout of its arguments
    gives: Layout = Layout.COLUMNS  # that of the gradient that it returns
    eps: float = DOUBLE  # the relative spacing of the floats that it computes with

    def __call__(self, x: Vector) -> Array:  # noqa: D102
        with self.code.running(self.name):
            if self.takes is not Layout.ONE_BY_ONE:
                return self._all_at_once(x)
            return np.array([self._at(point) for point in x], np.float64).reshape(self._shape(len(x)))

    def fastest(self) -> Self:
        """The same callable with the fastest layout that gives what one point at a time gives.

        Raises CallableError where it has no value at any of the trial points, and whatever calls raise.
        """
        x = trial_points(self.form.dim)
        with self.code.running(self.name):
            expected, eps = self._probe(x)
        both = (Layout.COLUMNS, Layout.ROWS)
        for takes, gives in product(both[:1] if self.form.spread else both, both if self.slopes else both[:1]):
            fast = replace(self, takes=takes, gives=gives, eps=eps)
            if fast._agrees(x, expected):
                return fast
        return replace(self, eps=eps)

    def _agrees(self, x: Vector, expected: Array) -> bool:
        try:
            with warnings.catch_warnings():  # they were never told to take arrays
                warnings.simplefilter("ignore")
                found = self(x)
        except GdanimError:
            return False
        scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
        return np.allclose(found, expected, rtol=self.eps**0.5, atol=self.eps * scale, equal_nan=True)

    def _probe(self, x: Vector) -> tuple[Array, float]:
        """What it gives at points x (n, d), one by one, and the largest spacing of its floats."""
        found, eps, refusal = np.full(self._shape(len(x)), np.nan), 0.0, None
        for k, point in enumerate(x):
            try:
                result = self.call(*self.form.arguments(point.copy()))
                found[k] = self._numbers(result)
            except (ArithmeticError, ValueError) as error:
                found[k], refusal = _value_for(error), error
            else:
                eps = max(eps, _SPACINGS.get(str(getattr(result, "dtype", "")).rpartition(".")[2], DOUBLE))
        if refusal is not None and not eps:
            raise refusal
        return found, eps

    def _at(self, point: Vector) -> float | list[float]:
        try:
            # A copy: they may change their argument.
            return self._numbers(self.call(*self.form.arguments(point.copy())))
        except (ArithmeticError, ValueError) as error:
            substitute = _value_for(error)
            return [substitute] * self.form.dim if self.slopes else substitute

    def _numbers(self, result: Any) -> float | list[float]:
        if not self.slopes:
            return self._number(result)
        shape = getattr(result, "shape", None)
        items = result if isinstance(result, (list, tuple)) or shape == (self.form.dim,) else [result]
        if len(items) != self.form.dim:
            raise self._refusal(result)
        return [self._number(item) for item in items]

    def _number(self, result: Any) -> float:
        if isinstance(result, float):  # np.float64 is one
            return result
        is_text_or_complex = isinstance(result, (str, bytes, complex)) or "complex" in str(getattr(result, "dtype", ""))
        if result is None or is_text_or_complex or tuple(getattr(result, "shape", ())):
            raise self._refusal(result)
        try:
            return float(result)
        except (TypeError, ValueError):
            raise self._refusal(result) from None

    def _all_at_once(self, x: Vector) -> Array:
        columns = np.array(x.T, order="C")
        result: Any = self.call(np.array(x)) if self.takes is Layout.ROWS else self.call(*self.form.arguments(columns))
        if self.slopes and isinstance(result, (list, tuple)) and len(result) == self.form.dim:
            *result, _ = np.broadcast_arrays(*result, columns[0])  # (2 * x, 3): a constant slope
        found = np.asarray(result)
        if found.dtype.kind not in "fiub":
            raise self._refusal(result)
        if self.slopes and self.gives is Layout.COLUMNS:
            found = found.reshape(1, -1).T if self.form.dim == 1 and found.ndim == 1 else found.T
        if found.shape != self._shape(len(x)):
            raise self._refusal(result)
        return found.astype(np.float64)

    def _shape(self, points: int) -> tuple[int, ...]:
        return (points, self.form.dim) if self.slopes else (points,)

    def _refusal(self, result: object) -> UsageError:
        needed = "one real number for a point"
        if self.slopes and self.form.dim > 1:
            needed = f"{'two' if self.form.dim == 2 else f'{self.form.dim:,}'} numbers for a point"
        named = f"the gradient {self.name}" if self.slopes else self.name
        return UsageError(f"{named} returned {describe_value(result)}; it must return {needed}")


def trial_points(dim: int) -> Vector:
    """Points (n, d) at which a function is tried: of many variables as many as tell the axes of an array apart."""
    if dim <= TRIAL_POINTS.shape[1]:
        return TRIAL_POINTS[:, :dim]
    count = MOST_TRIED + (dim == MOST_TRIED)
    return np.random.default_rng(0).normal(size=(count, dim))


def find_caller(
    code: UserCode, call: Callable[..., object], name: str, *, slopes_in: int | None = None, dim: int | None = None
) -> Caller:
    """How to call a callable: for the value of a function, or for its gradient in `slopes_in` variables.

    dim   how many variables the function has, where the request says so

    Raises UsageError and CallableError where no form works.
    """
    refusals: list[GdanimError] = []
    for form in _forms(call, name, slopes_in or dim):
        try:
            return Caller(code=code, call=call, name=name, form=form, slopes=slopes_in is not None).fastest()
        except GdanimError as refusal:
            refusals.append(refusal)
    # The last form passes a number. Where just that failed, the refusal of an array of two says more.
    raise refusals[0] if _wants_a_sequence(refusals[-1].__cause__) else refusals[-1]


def _forms(call: Callable[..., object], name: str, dim: int | None) -> Sequence[Form]:
    """The forms that a callable may have by its parameters, the likeliest first."""
    stated = getattr(call, "dim", None) if dim is None else dim
    if stated is not None and (type(stated) is not int or stated < 1):
        raise UsageError(f"{name} has dim = {describe_value(stated)}: give the number of variables, 1 or more")
    count = _count_arguments(call)
    # f(p) first: a function of one variable would give an array for an array of two, or fail; not a number.
    forms = {None: (_P, _XY, _X), 1: (_P, _X), 2: (_XY,)}.get(count, ())
    if stated is not None and stated > 2 and count in (None, 1, stated):
        forms = (Form(dim=stated, spread=count == stated),)
    if not forms:
        raise UsageError(f"{name} takes {count} arguments: write f(x), f(x, y), or f(p) for a point of two coordinates")
    fitting = [form for form in forms if stated in (None, form.dim)]
    if not fitting:
        raise UsageError(f"{name} takes {count} arguments, but {stated} is wanted")
    return fitting


def _count_arguments(call: Callable[..., object]) -> int | None:
    """How many arguments have no default, or how many there are where all have one. None where that is not known."""
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len([p for p in plain if p.default is p.empty] or plain)


def _wants_a_sequence(error: BaseException | None) -> bool:
    # Python's own exceptions only: the text of theirs may itself raise.
    says = str(error) if type(error) is TypeError else ""
    return isinstance(error, IndexError) or bool(re.search(r"iterable|subscriptable|len\(\)", says))


def _value_for(error: ArithmeticError | ValueError) -> float:
    """The value where arithmetic gives none: inf or NaN. Raises `error` again where it is about something else."""
    if isinstance(error, OverflowError):
        return np.inf
    if isinstance(error, ArithmeticError) or (type(error) is ValueError and _DOMAIN.match(str(error))):
        return np.nan
    raise error
