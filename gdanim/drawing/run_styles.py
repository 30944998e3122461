"""Colours and shapes of runs.

Runs with one label look alike, so that a legend can name them. Rates are a ramp. Runs that differ in their starts only
have the colours of the places where they end: once they are there, or from the start if the ground says so, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

import numpy as np

from gdanim.arrays import Index, Vector
from gdanim.descent.attractors import FAILED
from gdanim.descent.descend import Descent
from gdanim.descent.outcomes.destinations import destinations
from gdanim.descent.runs import Run, Runs
from gdanim.drawing.colours.grounds import place_colours
from gdanim.drawing.colours.ramps import ramp
from gdanim.drawing.shapes import SHAPES
from gdanim.drawing.styles import Style

_SHAPES = tuple(SHAPES)
MOST_LABELS: Final = 8  # with more, nobody finds a run by its label

Look = tuple[str, str, str]  # colour, shape, core


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStyle:
    """Runs that look alike.

    runs (m,)   in rising order
    labels      of the runs: empty where nothing tells them apart; several where there are more labels than styles
    colour      of trail and spot
    shape       of the spot, a name in SHAPES, for readers who cannot tell the colours apart
    core        the colour of a thin line along the middle of the trail, where others have its colour; else empty
    unsettled   the colour before a run settles; empty where it has its own from the start
    since (m,)  the iteration at which each run settles, where there is such a colour
    in_turn     whether only one run is visible at a time
    """

    runs: Index
    labels: tuple[str, ...]
    colour: str
    shape: str
    core: str = ""
    unsettled: str = ""
    since: Index = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    in_turn: bool = False


RunStyles = tuple[RunStyle, ...]


def styles_of(descent: Descent, style: Style) -> RunStyles:
    """The styles of the runs of a descent: by the places where they end if nothing but starts tells them apart."""
    in_turn = descent.timeline.in_turn
    if not is_told_by_place(descent):
        return assign_styles(descent.runs, style, in_turn=in_turn)
    if descent.settings.basins:  # the ground says from the start where a run will end
        return styles_by_place(descent, place_colours(style), style.muted)
    moving = style.trail if in_turn else style.muted
    return styles_by_place(descent, style.runs, style.muted, unsettled=moving)


def is_told_by_place(descent: Descent) -> bool:
    """Whether runs have the colours of the places where they end.

    They do if nothing but their starts tells them apart, and there are too many for labels; with basins always.
    """
    kinds = list({id(run): run for run in descent.runs}.values())  # a million runs may share one record
    made = {(run.spec, run.schedule and run.schedule.spec, run.lr, run.batch) for run in kinds}
    if len(made) > 1 or not _are_known(kinds):
        return False
    crowd = len(descent.runs) > 1 and (descent.timeline.in_turn or len(kinds) == 1 or len(kinds) > MOST_LABELS)
    return descent.settings.basins or crowd


def _are_known(runs: Iterable[Run]) -> bool:
    """Whether gdanim knows the methods and the rates of runs: not of all that are replayed."""
    return all(run.method is not None and isfinite(run.lr) for run in runs)


def styles_by_place(descent: Descent, colours: Sequence[str], nowhere: str, *, unsettled: str = "") -> RunStyles:
    """Styles whose colours say where runs end; those that arrive nowhere have the colour `nowhere`.

    unsettled   their colour before they arrive; empty where they have that of their place from the start
    """
    ends, in_turn = destinations(descent), descent.timeline.in_turn
    place = np.where(ends.since >= 0, ends.place, FAILED) if unsettled else ends.place
    colour_of = np.append(spread(ends.places, len(colours)), [0, -1, -1, -1])  # IN_VALLEY as the first, others nowhere
    colour = colour_of[place]
    since = np.full_like(ends.since, -1) if in_turn else ends.since  # a run that is seen alone keeps its colour
    labels = [run.label for run in descent.runs]
    names = list(dict.fromkeys(labels)) if any(labels) and not in_turn else [""]
    names = names if len(names) <= MOST_LABELS else [""]
    shape = (
        np.array([names.index(label) for label in labels]) if len(names) > 1 else np.zeros(len(labels), dtype=np.int64)
    )
    styles = []
    for look, form in sorted(set(zip(colour.tolist(), shape.tolist(), strict=True))):
        runs = np.flatnonzero((colour == look) & (shape == form))
        styles.append(
            RunStyle(
                runs=runs,
                labels=tuple(filter(None, [names[form]])),
                colour=colours[look] if look >= 0 else nowhere,
                shape=_SHAPES[form],
                unsettled=unsettled,
                since=since[runs],
                in_turn=in_turn,
            )
        )
    return tuple(styles)


def spread(places: Vector, count: int) -> Index:
    """The number of the colour, out of `count`, of each place (m, d): (m,).

    The first places have different colours; each further one takes the colour whose other places are farthest away.
    """
    taken: list[list[Vector]] = [[] for _ in range(count)]
    numbers = []
    for here in places:
        gaps = [min((float(np.sum((here - other) ** 2)) for other in owners), default=np.inf) for owners in taken]
        numbers.append(int(np.argmax(gaps)))
        taken[numbers[-1]].append(here)
    return np.array(numbers, dtype=np.int64)


def assign_styles(runs: Runs, style: Style, *, in_turn: bool) -> RunStyles:
    """Assign colour and shape by label. Where only one run is visible at a time, all have the colour of the trail."""
    if len(runs) == 1 or in_turn:
        everyone = np.arange(len(runs))
        return (RunStyle(runs=everyone, labels=(), colour=style.trail, shape=_SHAPES[0], in_turn=in_turn),)
    labels = [run.label for run in runs]
    names = tuple(dict.fromkeys(labels)) if any(labels) else ()
    looks = _ramp_of_rates(runs, names, style) or _looks(style)
    if names:
        place = {name: i % len(looks) for i, name in enumerate(names)}
        count, look_of = min(len(names), len(looks)), np.array([place[label] for label in labels])
    else:
        # Nothing tells these apart but where they are: colours suffice to follow one of them.
        count = min(len(style.runs), len(runs))
        look_of = np.arange(len(runs)) % count
    members = [(np.flatnonzero(look_of == i), tuple(filter(None, names[i :: len(looks)]))) for i in range(count)]
    return tuple(
        RunStyle(runs=alike, labels=called, colour=colour, shape=shape, core=core)
        for (alike, called), (colour, shape, core) in zip(members, looks, strict=False)
    )


def _looks(style: Style) -> list[Look]:
    """All pairs of a colour and a shape. The first ones differ in both, and twice as many in their trails."""
    colours, shapes, cores = len(style.runs), len(_SHAPES), ("", style.background)
    return [
        (style.runs[i % colours], _SHAPES[(i + i // colours) % shapes], cores[i // colours % len(cores)])
        for i in range(colours * shapes)
    ]


def _ramp_of_rates(runs: Runs, names: Sequence[str], style: Style) -> list[Look]:
    """Colours in the order of the rates, where these alone tell the labels apart; else none."""
    rates = sorted({run.lr for run in runs})
    made = {(run.spec, run.schedule and run.schedule.spec, run.batch) for run in runs}
    one_to_one = 1 < len(rates) == len(names) == len({(run.label, run.lr) for run in runs})
    if not one_to_one or len(made) > 1 or not _are_known(runs):
        return []
    colour_of = dict(zip(rates, ramp(len(rates), style.background, style.levels), strict=True))
    rate_of = {run.label: run.lr for run in runs}
    return [(colour_of[rate_of[name]], _SHAPES[i % len(_SHAPES)], "") for i, name in enumerate(names)]


def style_of_run(run: int, run_styles: RunStyles) -> RunStyle:
    """The style of a run."""
    return next(run_style for run_style in run_styles if run in run_style.runs)


def recoloured(run_styles: RunStyles, colour: str) -> RunStyles:
    """The same styles in one colour."""
    return tuple(replace(run_style, colour=colour, unsettled="", core="") for run_style in run_styles)


def settled(run_styles: RunStyles) -> RunStyles:
    """The same styles in the colours that they end with."""
    return tuple(replace(run_style, unsettled="") for run_style in run_styles)


def is_alone(run_styles: Sequence[RunStyle]) -> bool:
    """Whether all runs that are seen at once look alike."""
    return len(run_styles) == 1 or all(run_style.in_turn for run_style in run_styles)
