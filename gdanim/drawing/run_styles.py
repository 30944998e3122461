"""Colours and shapes of runs: runs with one label look alike, so that a legend can name them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gdanim.drawing.shapes import SHAPES

if TYPE_CHECKING:
    from gdanim.arrays import Index
    from gdanim.descent.runs import Runs
    from gdanim.drawing.styles import Style

_SHAPES = tuple(SHAPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStyle:
    """Runs that look alike.

    runs (m,)   in rising order
    labels      of the runs: empty where nothing tells them apart; several where there are more labels than styles
    colour      of trail and spot
    shape       of the spot, a name in SHAPES, for readers who cannot tell the colours apart
    """

    runs: Index
    labels: tuple[str, ...]
    colour: str
    shape: str


RunStyles = tuple[RunStyle, ...]


def assign_styles(runs: Runs, style: Style, *, in_turn: bool) -> RunStyles:
    """Assign colour and shape by label. Where only one run is visible at a time, all have the colour of the trail."""
    if len(runs) == 1 or in_turn:
        everyone = np.arange(len(runs))
        return (RunStyle(runs=everyone, labels=(), colour=style.trail, shape=_SHAPES[0]),)
    called = [run.label for run in runs]
    names = tuple(dict.fromkeys(called)) if any(called) else ()
    looks = _looks(style)
    if names:
        place = {name: i % len(looks) for i, name in enumerate(names)}
        look_of = np.array([place[label] for label in called])
        count = min(len(names), len(looks))
    else:
        # Nothing tells these apart but where they are: colours suffice to follow one of them.
        count = min(len(style.runs), len(runs))
        look_of = np.arange(len(runs)) % count
    return tuple(
        RunStyle(
            runs=np.flatnonzero(look_of == i),
            labels=tuple(name for name in names[i :: len(looks)] if name),
            colour=looks[i][0],
            shape=looks[i][1],
        )
        for i in range(count)
    )


def style_of_run(run: int, run_styles: RunStyles) -> RunStyle:
    """The style of a run."""
    return next(run_style for run_style in run_styles if run in run_style.runs)


def recoloured(run_styles: RunStyles, colour: str) -> RunStyles:
    """The same styles in one colour."""
    return tuple(replace(run_style, colour=colour) for run_style in run_styles)


def _looks(style: Style) -> list[tuple[str, str]]:
    """All pairs of a colour and a shape. The first ones differ in both."""
    colours = style.runs
    return [
        (colours[i % len(colours)], _SHAPES[(i + i // len(colours)) % len(_SHAPES)])
        for i in range(len(colours) * len(_SHAPES))
    ]
