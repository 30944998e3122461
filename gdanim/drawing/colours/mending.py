"""Mends the roles of a style that was borrowed or combined, where its colours cannot do what the roles are for.

Whatever can stay stays: a colour is moved as little as it needs, and replaced only where it is too like another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gdanim.drawing.colours.vision import (
    GRAPHIC,
    TEXT,
    contrast,
    differences,
    seen,
    with_contrast,
    without_contrast,
)
from gdanim.drawing.mpl import to_hex, to_rgb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_GRID, MOST_GRID = 1.1, 1.6  # the same of a grid: it is seen, and what is watched has twice that
LOST: Final = 2.0  # ink with less contrast than that was meant for another background
TOLD_APART: Final = 12.0  # ΔE76 of two runs, to every reader
# The same of a single run and the curve that it lies on; of each of several, and of colours in different axes.
OFF_CURVE, BESIDE = 24.0, 6.0
SINGLE: Final = ("trail", "f_series", "x_series")  # the roles of a single run
COUNT: Final = 8  # colours of runs, where there is room for so many
SHADES, GREYS = 7, 56  # of each of red, green and blue, and of grey, among the colours that replace others
COLOURLESS: Final = 0.02  # between the most and the least of red, green and blue


def mended(roles: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Roles with colours that can be read and told apart; what is lost or too like another comes from `ours` first."""
    found, background = dict(roles), roles["background"]
    for role, least in {"text": TEXT, "muted": TEXT, "function": GRAPHIC}.items():
        ink = ours[role] if contrast(found[role], background) < LOST else found[role]
        found[role] = with_contrast(ink, background, least)
    found["warning"] = found["text"] if roles["greyscale"] else with_contrast(ours["warning"], background, TEXT)
    grid = without_contrast(found["grid"], background, MOST_GRID)
    found["grid"] = with_contrast(grid, background, LEAST_GRID)
    curve = found["function"]
    found["runs"] = told_apart(found["runs"], background, curve, ours["runs"])
    wanted = {role: [with_contrast(found[role], background, GRAPHIC), *found["runs"]] for role in SINGLE}
    found["trail"] = _first_unlike(wanted["trail"], [curve], OFF_CURVE)
    found["f_series"] = _first_unlike(wanted["f_series"], [found["trail"]], BESIDE)
    found["x_series"] = _first_unlike(wanted["x_series"], [found["trail"], found["f_series"]], BESIDE)
    return found


def told_apart(colours: Sequence[str], background: str, curve: str, spare: Sequence[str]) -> tuple[str, ...]:
    """Colours of runs, COUNT of them if there are so many, any two TOLD_APART and each BESIDE.

    Those that cannot be told from an earlier one are replaced, by greys where all are grey.
    """
    wanted = [with_contrast(colour, background, GRAPHIC) for colour in colours]
    kept: dict[int, str] = {}
    for place, colour in enumerate(wanted):
        if _least(colour, list(kept.values())) >= TOLD_APART and _least(colour, [curve]) >= BESIDE:
            kept[place] = colour
    pool = [colour for colour in _pool(colours, spare) if contrast(colour, background) >= GRAPHIC]
    for place in range(max(len(wanted), COUNT)):
        if place not in kept and (found := _replacement(pool, spare, [curve, *kept.values()])):
            kept[place] = found
    return tuple(kept[place] for place in sorted(kept))


def _replacement(pool: Sequence[str], spare: Sequence[str], taken: Sequence[str]) -> str | None:
    """The spare colour that differs most from those taken, or else the best of the pool; None if not TOLD_APART."""
    apart = differences(seen(pool), seen(taken)).min(axis=1)
    if not (apart >= TOLD_APART).any():
        return None
    own = np.where([colour in spare for colour in pool], apart, 0.0)
    return pool[int(np.argmax(own if own.max() >= TOLD_APART else apart))]


def is_grey(colour: str) -> bool:
    """Whether a colour has no hue."""
    return float(np.ptp(to_rgb(colour))) <= COLOURLESS


def _pool(colours: Sequence[str], spare: Sequence[str]) -> list[str]:
    """What may replace some colours: spare ones and others from all over, or greys where all are grey."""
    if all(map(is_grey, colours)):
        return [to_hex((shade,) * 3) for shade in np.linspace(0.0, 1.0, GREYS).tolist()]
    shades = np.linspace(0.0, 1.0, SHADES).tolist()
    return [*spare, *(to_hex((red, green, blue)) for red in shades for green in shades for blue in shades)]


def _least(colour: str, others: Sequence[str]) -> float:
    """ΔE76 to the nearest of other colours, to the reader who sees the least of it."""
    return float(differences(seen([colour]), seen(others)).min(initial=np.inf))


def _first_unlike(colours: Sequence[str], others: Sequence[str], least: float) -> str:
    """The first colour that differs by so much from all others; the one that differs most where none does."""
    apart = [_least(colour, others) for colour in colours]
    return next((one for one, far in zip(colours, apart, strict=True) if far >= least), colours[int(np.argmax(apart))])
