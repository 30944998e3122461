"""How a person's callable takes points: one number or two, one by one or all at once. Found out by a trial."""

from __future__ import annotations

import inspect
import re
import warnings
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.errors import GdanimError, UsageError
from gdanim.objectives.python.differences import DOUBLE
from gdanim.objectives.python.loader import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from gdanim.arrays import Vector
    from gdanim.objectives.python.loader import UserCode

    Array = NDArray[np.float64]

# Both signs, several magnitudes, and more points than a function has variables, so that shapes tell the axes apart.
TRIAL: Final = np.array(
    [[0.35, 1.1], [-0.4, 0.6], [1.9, -0.7], [-1.3, -2.1], [0.7, 0.2], [12.5, 8.0], [-140.0, 35.0]], dtype=np.float64
)

_SPACINGS: Final = {"float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
# What math says, by version, where a function has no value: "math domain error", "expected a positive input, got -1.0".
_DOMAIN: Final = re.compile(r"math domain error|expected a .*input")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The arguments of a callable: f(x) or f(x, y), spread, or f(p)."""

    dim: int
    spread: bool

    def arguments(self, points: Vector) -> Iterable[Any]:
        """The arguments for the columns (d, …), or for one point (d,)."""
        return points if self.spread else (points,)


_X, _XY, _P = Form(dim=1, spread=True), Form(dim=2, spread=True), Form(dim=2, spread=False)


class Layout(Enum):
    """How many points go into a call, and along which axis the coordinates lie."""

    ONE_BY_ONE = auto()
    COLUMNS = auto()
    ROWS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A callable of theirs as a function of points x (n, d) → (n,), or (n, d) where it gives slopes.

    A point where it raises what arithmetic raises has no value there: inf where it overflows, else NaN. Any other
    error is a CallableError. Raises UsageError where what it returns is not real numbers in the right shape.

    takes, gives    the layout of the arguments and of slopes
    eps             the relative spacing of the floats that it computes with
    """

    code: UserCode
    call: Callable[..., object]
    name: str
    form: Form
    slopes: bool
    takes: Layout = Layout.ONE_BY_ONE
    gives: Layout = Layout.COLUMNS
    eps: float = DOUBLE

    def __call__(self, x: Vector) -> Array:  # noqa: D102
        with self.code.running(self.name):
            if self.takes is not Layout.ONE_BY_ONE:
                return self._all_at_once(x)
            return np.array([self._at(point) for point in x], np.float64).reshape(self._shape(len(x)))

    def tried(self) -> Caller:
        """The same, in the fastest way that gives what one point at a time gives.

        Raises CallableError where it has no value at any point of the trial, and all that calls raise.
        """
        x = TRIAL[:, : self.form.dim]
        with self.code.running(self.name):
            expected, eps = self._probe(x)
        ways = [Layout.COLUMNS] if self.form.spread else [Layout.COLUMNS, Layout.ROWS]
        for takes in ways:
            for gives in (Layout.COLUMNS, Layout.ROWS) if self.slopes else (Layout.COLUMNS,):
                fast = replace(self, takes=takes, gives=gives, eps=eps)
                if fast._agrees(x, expected):
                    return fast
        return replace(self, eps=eps)

    def _agrees(self, x: Vector, expected: Array) -> bool:
        try:
            with warnings.catch_warnings():  # nobody said that arrays would do
                warnings.simplefilter("ignore")
                found = self(x)
        except GdanimError:
            return False
        scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
        return np.allclose(found, expected, rtol=self.eps**0.5, atol=self.eps * scale, equal_nan=True)

    def _probe(self, x: Vector) -> tuple[Array, float]:
        """What it gives at points x, one by one, and the coarsest spacing of its floats."""
        found, eps, refusal = np.full(self._shape(len(x)), np.nan), 0.0, None
        for k, point in enumerate(x):
            try:
                result = self.call(*self.form.arguments(point.copy()))
                found[k] = self._numbers(result)
            except (ArithmeticError, ValueError) as error:
                found[k], refusal = _stand_in(error), error
            else:
                eps = max(eps, _SPACINGS.get(str(getattr(result, "dtype", "")).rpartition(".")[2], DOUBLE))
        if refusal is not None and not eps:
            raise refusal
        return found, eps

    def _at(self, point: Vector) -> float | list[float]:
        try:
            # A copy: what they do to their argument is not done to ours.
            return self._numbers(self.call(*self.form.arguments(point.copy())))
        except (ArithmeticError, ValueError) as error:
            substitute = _stand_in(error)
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
        needed = "two numbers for a point" if self.slopes and self.form.dim == 2 else "one real number for a point"
        return UsageError(f"{self.name} returned {described(result)}; it must return {needed}")


def settle(code: UserCode, call: Callable[..., object], name: str, *, slopes_in: int | None = None) -> Caller:
    """The way to call a callable: the value of a function, or its slopes in `slopes_in` variables.

    Raises UsageError and CallableError where it works in no way.
    """
    refusals: list[GdanimError] = []
    for form in _forms(call, name, slopes_in):
        try:
            return Caller(code=code, call=call, name=name, form=form, slopes=slopes_in is not None).tried()
        except GdanimError as refusal:
            refusals.append(refusal)
    # The last form is a number. If that is what it choked on, the point of two before tells more.
    raise refusals[0] if _wants_a_sequence(refusals[-1].__cause__) else refusals[-1]


def _forms(call: Callable[..., object], name: str, dim: int | None) -> Sequence[Form]:
    """The forms that a callable may have, by its parameters; the first that works is it."""
    stated = getattr(call, "dim", None) if dim is None else dim
    if stated not in (None, 1, 2):
        raise UsageError(f"{name} has dim = {described(stated)}: gdanim draws functions of 1 or 2 variables")
    count = _count_arguments(call)
    # A number for an array of two tells f(p): a function of one variable gives an array, or fails.
    forms = {None: (_P, _XY, _X), 1: (_P, _X), 2: (_XY,)}.get(count, ())
    if not forms:
        raise UsageError(f"{name} takes {count} arguments: write f(x), f(x, y), or f(p) for a point of two coordinates")
    fitting = [form for form in forms if stated in (None, form.dim)]
    if not fitting:
        raise UsageError(f"{name} takes {count} arguments, but {stated} is wanted")
    return fitting


def _count_arguments(call: Callable[..., object]) -> int | None:
    """How many arguments are needed, or taken where none is needed. None where that cannot be known."""
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len([p for p in plain if p.default is p.empty] or plain)


def _wants_a_sequence(error: BaseException | None) -> bool:
    # Only Python's own: an exception of theirs may even fail to give its text.
    says = str(error) if type(error) is TypeError else ""
    return isinstance(error, IndexError) or bool(re.search(r"iterable|subscriptable|len\(\)", says))


def _stand_in(error: ArithmeticError | ValueError) -> float:
    """The value where arithmetic gives none. Raises the error where it tells of something else."""
    if isinstance(error, OverflowError):
        return np.inf
    if isinstance(error, ArithmeticError) or (type(error) is ValueError and _DOMAIN.match(str(error))):
        return np.nan
    raise error
