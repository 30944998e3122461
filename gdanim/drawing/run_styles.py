"""Colours and shapes of runs: runs with one label look alike, so that a legend can name them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gdanim.arrays import Index
from gdanim.descent.runs import Runs
from gdanim.drawing.shapes import SHAPES
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
    labels = [run.label for run in runs]
    names = tuple(dict.fromkeys(labels)) if any(labels) else ()
    # All pairs of a colour and a shape. The first ones differ in both.
    colours, shapes = len(style.runs), len(_SHAPES)
    looks = [(style.runs[i % colours], _SHAPES[(i + i // colours) % shapes]) for i in range(colours * shapes)]
    if names:
        place = {name: i % len(looks) for i, name in enumerate(names)}
        count, look_of = min(len(names), len(looks)), np.array([place[label] for label in labels])
    else:
        # Nothing tells these apart but where they are: colours suffice to follow one of them.
        count = min(colours, len(runs))
        look_of = np.arange(len(runs)) % count
    members = [(np.flatnonzero(look_of == i), tuple(filter(None, names[i :: len(looks)]))) for i in range(count)]
    return tuple(
        RunStyle(runs=alike, labels=called, colour=colour, shape=shape)
        for (alike, called), (colour, shape) in zip(members, looks, strict=False)
    )


def style_of_run(run: int, run_styles: RunStyles) -> RunStyle:
    """The style of a run."""
    return next(run_style for run_style in run_styles if run in run_style.runs)


def recoloured(run_styles: RunStyles, colour: str) -> RunStyles:
    """The same styles in one colour."""
    return tuple(replace(run_style, colour=colour) for run_style in run_styles)
