"""`--explain`: each update written out with its numbers, and its slope and its step drawn in the same colours."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from gdanim.arrays import Flags, Index, Scalar, Vector
from gdanim.descent.descend import Descent
from gdanim.descent.timeline import Moment
from gdanim.descent.trajectory import Trajectory
from gdanim.drawing.layout import Layout
from gdanim.drawing.lettering import SUBSCRIPT_SPACE, SUBSCRIPTS, SUPERSCRIPT, Lettering, minus
from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.marks.tangent import StepAlong, Tangent
from gdanim.drawing.marks.track import Track
from gdanim.drawing.marks.trails import Mark
from gdanim.drawing.run_styles import RunStyles
from gdanim.drawing.styles import Style
from gdanim.errors import UsageError
from gdanim.formatting import distinct
from gdanim.views.digits import FIGURE_SPACE, Digits, digits_of, number
from gdanim.views.explain.step_arrows import step_arrows
from gdanim.views.readout import LiveLine, in_view

FIGURES_OF_POWERS = {above: figure for figure, above in SUPERSCRIPT.items()}
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


def explanation(descent: Descent, layout: Layout, lettering: Lettering) -> list[LiveLine]:
    """The line of the update that comes next, at the end the last one.

    `x₁ = 4.3 − 0.1 · 8.6 = 3.44` where every step is −η∇f, else `x₁ = 4.3 − 0.12 = 4.18`. Nothing without room.
    Raises UsageError where several runs move at once: nobody can follow two equations.
    """
    if descent.trajectory.runs > 1 and not descent.timeline.in_turn:
        raise UsageError("--explain explains one run: give one --lr, or --order in-turn")
    last = descent.trajectory.last
    if layout.is_bare or not last.any():
        return []
    longest, seen = int(np.argmax(last)), in_view(descent)
    # From the most telling way to write the updates to the shortest.
    forms = product((True, False) if follows_the_gradient(descent.trajectory) else (False,), DECIMALS)
    for pieces in (_equation(descent, layout.style, seen, *form) for form in forms):
        width = sum(lettering.width(text) for text, _ in pieces(longest, 0))
        if width <= layout.header_width_px:
            return [(partial(_next_step, pieces, last), width)]
    return []


def _next_step(pieces: Callable[[int, int], Pieces], last: Index, moment: Moment) -> Pieces:
    """The step that the current run takes next, at its end the last one; nothing where it takes none at all."""
    run = moment.current
    return pieces(run, min(moment.iteration(run), int(last[run]) - 1)) if last[run] else ()


def follows_the_gradient(trajectory: Trajectory) -> bool:
    """Whether every step is −η∇f, up to rounding, with the gradient that is recorded."""
    x, here = trajectory.x, trajectory.x[:, :-1]
    step = x[:, 1:] - here
    with np.errstate(over="ignore", invalid="ignore"):
        rest = np.abs(step + trajectory.lr[..., np.newaxis] * trajectory.grad[:, :-1])
    rounding = 1e-9 * np.abs(step) + 4 * np.finfo(np.float64).eps * np.maximum(np.abs(here), np.abs(x[:, 1:]))
    goes_on = np.arange(trajectory.iterations) < trajectory.last[:, np.newaxis]
    return bool(np.all(rest[goes_on] <= rounding[goes_on]))


def _equation(
    descent: Descent, style: Style, seen: Flags, by_gradient: bool, decimals: int
) -> Callable[[int, int], Pieces]:
    """One way to write the step of a run from iteration k to the next: with rate and gradient, or with the step.

    It has `=` where the shown digits give the shown result, else `≈`.
    """
    trajectory, ink, sign = descent.trajectory, style.text, style.muted
    change = trajectory.grad[:, :-1] if by_gradient else np.diff(trajectory.x, axis=1)
    is_vector = change.shape[-1] > 1
    is_signed = by_gradient or is_vector
    # A single step below zero is taken away; a gradient below zero is a factor in brackets.
    bracketed = is_vector or (by_gradient and bool(np.any(change < 0)))
    points = _texts(trajectory.x, decimals, seen)
    changes = _texts(change if is_signed else np.abs(change), decimals)
    rates = _rates(trajectory.lr, decimals) if by_gradient else None

    def pieces(run: int, k: int) -> Pieces:
        before, after, parts = points(run, k), points(run, k + 1), changes(run, k)
        vector = f"({', '.join(parts)})" if bracketed else parts[0]
        if rates is not None:
            rate = rates(run, k)
            factor, inner = -exact(rate), [(" − ", sign), (rate, ink), (" · ", sign), (vector, style.f_series)]
        else:
            falls = not is_signed and change[run, k, 0] < 0
            factor, inner = Decimal(-1 if falls else 1), [(" − " if falls else " + ", sign), (vector, style.x_series)]
        equal = all(map(_adds_up, before, [factor * exact(text) for text in parts], after))
        return [
            (_name(int(trajectory.k[run, k + 1]), descent), sign),
            (_bracketed(before), ink),
            *inner,
            (" = " if equal else " ≈ ", sign),
            (_bracketed(after), ink),
        ]

    return pieces


def _texts(values: Vector, decimals: int, seen: Flags | None = None) -> Callable[[int, int], list[str]]:
    """The coordinates of vectors (runs, m, d), each in as many places as its longest number needs.

    seen (runs, m)   which of them choose the digits; None for the usual ones
    """
    along = [values[..., i] for i in range(values.shape[-1])]
    usual = Digits.usual(decimals)
    digits = [usual if seen is None else digits_of(its[seen], decimals, may_shift=False) for its in along]
    widths = [
        max(len(number(value, its)) for value in one.ravel().tolist()) for one, its in zip(along, digits, strict=True)
    ]
    return lambda run, k: [
        number(value, its).rjust(width, FIGURE_SPACE)
        for value, width, its in zip(values[run, k].tolist(), widths, digits, strict=True)
    ]


def _rates(lr: Scalar, decimals: int) -> Callable[[int, int], str]:
    """The rates (runs, n): as they were given where they are constant."""
    if not np.all(lr == lr[:, :1]):
        texts = _texts(lr[..., np.newaxis], decimals)
        return lambda run, k: texts(run, k)[0]
    given = [minus(text) for text in distinct(lr[:, 0].tolist())]
    width = max(map(len, given))
    return lambda run, _: given[run].rjust(width, FIGURE_SPACE)


def _name(k: int, descent: Descent) -> str:
    names = ", ".join(descent.objective.symbols)
    index = str(k).translate(str.maketrans("0123456789", SUBSCRIPTS))
    space = SUBSCRIPT_SPACE * (len(str(descent.trajectory.k[:, -2].max())) - len(index))
    return f"{names if descent.objective.dim == 1 else f'({names})'}{index}{space} = "


def exact(text: str) -> Decimal:
    """The number that a text shows."""
    digits, _, exponent = text.replace("−", "-").strip(FIGURE_SPACE).partition("×10")
    return Decimal(digits).scaleb(int(exponent.translate(FIGURES_OF_POWERS) or 0))


def _adds_up(before: str, change: Decimal, after: str) -> bool:
    """Whether the shown numbers give the shown result, to its last digit."""
    result = exact(after)
    exponent = result.as_tuple().exponent
    unit = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
    return abs(exact(before) + change - result) <= unit / 2


def _bracketed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
