"""`--explain`: each update written out with its numbers, and its slope and its step drawn in the same colours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.drawing.lettering import SUBSCRIPT_SPACE, SUBSCRIPTS, minus
from gdanim.drawing.marks.tangent import StepAlong, Tangent
from gdanim.errors import UsageError
from gdanim.views.readout import FIGURE_SPACE, number, places
from gdanim.views.step_arrows import step_arrows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from gdanim.arrays import Vector
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Moment
    from gdanim.descent.trajectory import Trajectory
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.lettering import Lettering
    from gdanim.drawing.marks.caption import Pieces
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.marks.trails import Mark
    from gdanim.drawing.run_styles import RunStyles
    from gdanim.drawing.styles import Style

DECIMALS = (4, 3, 2)  # what is tried, one after the other, until the line fits


def pointers(layout: Layout, axes: Axes, track: Track, run_styles: RunStyles, descent: Descent) -> list[Mark]:
    """Add the arrows that are asked for, and what explains an update: tangent and step, or the arrow of −∇f."""
    trajectory, kind, explained = descent.trajectory, descent.settings.arrows, descent.settings.explain
    style = layout.style
    marks: list[Mark] = []
    if kind and not (explained and kind == ("step" if descent.objective.dim == 1 else "gradient")):
        marks.append(step_arrows(layout, track, run_styles, trajectory, kind))
    if explained and descent.objective.dim == 2:
        marks.append(step_arrows(layout, track, run_styles, trajectory, "gradient", colour=style.f_series))
    elif explained:
        slopes, last = trajectory.grad[..., 0], trajectory.last
        marks += [
            Tangent(track, run_styles, slopes, colour=style.f_series),
            StepAlong(track, run_styles, last, colour=style.x_series, drop=style.muted, halo=style.background),
        ]
    for mark in marks:
        axes.add_artist(mark)
    return marks


def explanation(
    descent: Descent, layout: Layout, lettering: Lettering
) -> list[tuple[Callable[[Moment], Pieces], float]]:
    """The words for a moment, and their width in pixels: the update that comes next, at the end the last one.

    `x₁ = 4.3 − 0.1 · 8.6 = 3.44` where every step is −η∇f, else `x₁ = 4.3 − 0.12 = 4.18`. Nothing without room.
    Raises UsageError where several runs move at once: nobody can follow two equations.
    """
    if descent.trajectory.runs > 1 and not descent.timeline.in_turn:
        raise UsageError("--explain explains one run: give one --lr, or --order in-turn")
    last = descent.trajectory.last
    if layout.is_bare or not last.any():
        return []
    longest = int(np.argmax(last))
    for line in _lines(descent, layout.style):
        width = sum(lettering.width(text) for text, _ in line.pieces(longest, 0))
        if width <= layout.header_width_px:
            return [(line.at, width)]
    return []


def _lines(descent: Descent, style: Style) -> Iterator[Line]:
    """Ways to write the updates, from the most telling to the shortest."""
    trajectory = descent.trajectory
    forms = [True, False] if follows_the_gradient(trajectory) else [False]
    for by_gradient in forms:
        for decimals in DECIMALS:
            yield Line.of(trajectory, style, by_gradient=by_gradient, decimals=decimals)


def follows_the_gradient(trajectory: Trajectory) -> bool:
    """Whether every step is −η∇f, up to rounding, with the gradient that is recorded."""
    x, here = trajectory.x, trajectory.x[:, :-1]
    step = x[:, 1:] - here
    with np.errstate(over="ignore", invalid="ignore"):
        rest = np.abs(step + trajectory.lr[..., np.newaxis] * trajectory.grad[:, :-1])
    rounding = 1e-9 * np.abs(step) + 4 * np.finfo(np.float64).eps * np.maximum(np.abs(here), np.abs(x[:, 1:]))
    goes_on = np.arange(trajectory.iterations) < trajectory.last[:, np.newaxis]
    return bool(np.all(rest[goes_on] <= rounding[goes_on]))


class Numbers(NamedTuple):
    """Vectors (runs, m, d) as they are shown: each coordinate in as many places as its longest number needs."""

    values: Vector
    places: tuple[int, ...]
    decimals: int

    @classmethod
    def of(cls, values: Vector, decimals: int) -> Numbers:
        """Find the places."""
        return cls(values, tuple(places(values[..., i], decimals) for i in range(values.shape[-1])), decimals)

    def texts(self, run: int, k: int) -> list[str]:
        """The coordinates of one of them."""
        one = self.values[run, k].tolist()
        return [number(value, width, self.decimals) for value, width in zip(one, self.places, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One way to write the updates of a trajectory.

    x (runs, n+1, d), change (runs, n, d)   where the runs are, and what is added or, with rates, taken away
    rates (runs, n, 1)                      what the change is multiplied with; None where it is the step itself
    falls (runs, n)                         where the change is taken away although it is a step
    bracketed                               whether the change stands in brackets
    """

    trajectory: Trajectory
    style: Style
    x: Numbers
    change: Numbers
    rates: Numbers | None
    falls: NDArray[np.bool_]
    bracketed: bool

    @classmethod
    def of(cls, trajectory: Trajectory, style: Style, *, by_gradient: bool, decimals: int) -> Line:
        """Write with rate and gradient, or with the step as a number."""
        change = trajectory.grad[:, :-1] if by_gradient else np.diff(trajectory.x, axis=1)
        is_vector = change.shape[-1] > 1
        is_signed = by_gradient or is_vector
        return cls(
            trajectory=trajectory,
            style=style,
            x=Numbers.of(trajectory.x, decimals),
            # A single step below zero is taken away; a gradient below zero is a factor in brackets.
            change=Numbers.of(change if is_signed else np.abs(change), decimals),
            falls=np.zeros(change.shape[:2], dtype=bool) if is_signed else change[..., 0] < 0,
            rates=Numbers.of(trajectory.lr[..., np.newaxis], decimals) if by_gradient else None,
            bracketed=is_vector or (by_gradient and bool(np.any(change < 0))),
        )

    def at(self, moment: Moment) -> Pieces:
        """The words for a moment; none where the run takes no step at all."""
        run = moment.current
        last = int(self.trajectory.last[run])
        return self.pieces(run, min(moment.iteration(run), last - 1)) if last else ()

    def pieces(self, run: int, k: int) -> Pieces:
        """The step from iteration k to the next: `=` where the shown digits give the shown result, else `≈`."""
        ink, sign = self.style.text, self.style.muted
        before, after, change = self.x.texts(run, k), self.x.texts(run, k + 1), self.change.texts(run, k)
        if self.rates is None:
            inner = [(" − " if self.falls[run, k] else " + ", sign), (self._vector(change), self.style.x_series)]
            factor = Decimal(-1 if self.falls[run, k] else 1)
        else:
            rate = self._rate(run, k)
            inner = [(" − ", sign), (rate, ink), (" · ", sign), (self._vector(change), self.style.f_series)]
            factor = -exact(rate)
        equal = all(map(_adds_up, before, [factor * exact(text) for text in change], after))
        return [
            (self._name(k + 1), sign),
            (_bracketed(before), ink),
            *inner,
            (" = " if equal else " ≈ ", sign),
            (_bracketed(after), ink),
        ]

    def _name(self, k: int) -> str:
        name = "x" if len(self.x.places) == 1 else "(x, y)"
        index = str(k).translate(str.maketrans("0123456789", SUBSCRIPTS))
        return f"{name}{index}{SUBSCRIPT_SPACE * (len(str(self.trajectory.iterations)) - len(index))} = "

    def _rate(self, run: int, k: int) -> str:
        lr = self.trajectory.lr
        if self.rates is None or not np.all(lr == lr[:, :1]):
            (text,) = self.rates.texts(run, k) if self.rates else ("",)
            return text
        texts = [minus(f"{rate:g}") for rate in lr[:, 0].tolist()]
        return texts[run].rjust(max(map(len, texts)), FIGURE_SPACE)

    def _vector(self, texts: list[str]) -> str:
        return f"({', '.join(texts)})" if self.bracketed else texts[0]


def exact(text: str) -> Decimal:
    """The number that a text shows."""
    return Decimal(text.replace("−", "-").strip(FIGURE_SPACE))


def _adds_up(before: str, change: Decimal, after: str) -> bool:
    """Whether the shown numbers give the shown result, to its last digit."""
    result = exact(after)
    exponent = result.as_tuple().exponent
    unit = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
    return abs(exact(before) + change - result) <= unit / 2


def _bracketed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
