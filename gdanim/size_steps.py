"""Ladder: what may be given up, one step after another, to make a file smaller, the least visible first.

Each rung is a Settings of its own, so that what is chosen can be said, carried as a recipe and asked for again.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from gdanim.output.base import Quality
from gdanim.readers import SIZE_RANGE_PX
from gdanim.settings import MAX_DURATION_S, MIN_DPI, options

if TYPE_CHECKING:
    from gdanim.catalogue.specs import Format
    from gdanim.descent.descend import Descent
    from gdanim.settings import Settings

# Of width and height, and one frame of how many. A canvas a quarter smaller is seen less than a motion that jerks;
# below that they take turns.
STEPS: Final = (
    (Fraction(7, 8), 1),
    (Fraction(3, 4), 1),
    (Fraction(3, 4), 2),
    (Fraction(5, 8), 2),
    (Fraction(1, 2), 2),
    (Fraction(1, 2), 3),
    (Fraction(3, 8), 3),
    (Fraction(3, 8), 4),
    (Fraction(1, 3), 4),
    (Fraction(1, 3), 6),
    (Fraction(1, 3), 8),
)
QUALITIES: Final = [quality.value for quality in reversed(Quality)]
LEAST_WIDTH_PX: Final = 240  # readouts can still be read
LEAST_FPS: Final = 1  # what changes more rarely is no motion

# How sizes fall along the ladder, about, in the presets and formats that were tried: by a step of quality, and as
# powers of the canvas' width and of the number of frames. Plots are flat, so that they fall slower than pixels do.
QUALITY_STEP, OF_SCALE, OF_FRAMES = 0.7, 0.8, 0.7


def ladder(descent: Descent, form: Format) -> tuple[Settings, ...]:
    """The request as it is, and ever smaller ones that `form` can hold. No rung has a limit of its own.

    First --quality steps down to low, where the format gets smaller by it; then the canvas shrinks and frames are left
    out. The duration stays. A still and a strip keep their frames. Of a vector format, a smaller canvas has lines with
    fewer points: at any size on a page it is as sharp.
    """
    asked = replace(descent.settings, max_size=None)
    rungs = [replace(asked, quality=quality) for quality in _qualities(asked.quality, form)]
    low = rungs[-1]
    for scale, share in STEPS:
        smaller = _scaled(low, scale)
        rungs.append(smaller if form.still or "frames" in form.takes else _thinned(smaller, descent, share))
    return tuple(dict.fromkeys(rungs))


def weight(rung: Settings, asked: Settings) -> float:
    """The size of a rung against the request's, as a first guess; what is measured corrects it."""
    steps = QUALITIES.index(rung.quality) - QUALITIES.index(asked.quality)
    scale, share = rung.size[0] / asked.size[0], float(rung.fps / asked.fps)
    return float(QUALITY_STEP**steps * scale**OF_SCALE * share**OF_FRAMES)


def changes(asked: Settings, rung: Settings) -> dict[str, str]:
    """What a rung asks for in another way, as options of the command line: --size → 480x360."""
    changed = {}
    for attribute, option, _ in options():
        value = getattr(rung, attribute)
        if value is not None and value != getattr(asked, attribute):
            changed[option.name] = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return changed


def _qualities(asked: str, form: Format) -> list[str]:
    """The quality that is asked for, and those below it that mean something else to the format."""
    below = [quality for quality in QUALITIES[QUALITIES.index(asked) :] if quality in form.qualities]
    return below[:1] + [low for high, low in pairwise(below) if form.qualities[low] != form.qualities[high]]


def _scaled(settings: Settings, scale: Fraction) -> Settings:
    """A canvas so many times as large, with even sides; where it would be too small, the smallest that is not."""
    width, height = settings.size
    scale = max(scale, min(Fraction(1), max(Fraction(LEAST_WIDTH_PX, width), Fraction(SIZE_RANGE_PX[0], height))))
    if scale == 1:
        return settings
    size = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
    # Without a --dpi of its own, type shrinks with the canvas anyway.
    dpi = None if settings.dpi is None else max(round(settings.dpi * scale), MIN_DPI)
    return replace(settings, size=size, dpi=dpi)


def _thinned(settings: Settings, descent: Descent, share: int) -> Settings:
    """One frame in place of so many, for as long in all; fewer are left out where too little would be left."""
    timeline = descent.timeline
    share = min(share, int(settings.fps / LEAST_FPS), timeline.frames // 2)
    if share <= 1 or timeline.duration_s > MAX_DURATION_S:
        return settings
    # --duration finds the iterations that are still shown, and rules --every out.
    return replace(settings, fps=settings.fps / share, duration=timeline.duration_s, every=None)
