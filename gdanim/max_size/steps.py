"""Which settings make a file smaller, the least visible first; and samples of long films, which tell a size sooner.

Each candidate is a Picture, so that it can be printed, carried as a recipe and requested again.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np

from gdanim.catalogue.specs import Format
from gdanim.descent.descend import Descent
from gdanim.output.base import Quality
from gdanim.readers import SIZE_RANGE_PX
from gdanim.settings import MAX_DURATION_S, MIN_DPI, Picture, options

# The scale of width and height, and one frame kept of how many. A canvas a quarter smaller is seen less than a motion
# that jerks; below that they take turns.
# fmt: off
STEPS: Final = (
    ("7/8", 1), ("3/4", 1), ("3/4", 2), ("5/8", 2), ("1/2", 2), ("1/2", 3),
    ("3/8", 3), ("3/8", 4), ("1/3", 4), ("1/3", 6), ("1/3", 8),
)
# fmt: on
QUALITIES: Final = [quality.value for quality in reversed(Quality)]
MIN_WIDTH_PX: Final = 240  # readouts can still be read
MIN_FPS: Final = 1  # what changes more rarely is no motion

# How sizes fall, about, in the presets and formats that were tried: by each step of quality, and as powers of the
# canvas' width and of the number of frames. Plots are flat, so that files shrink slower than their pixels do.
QUALITY_FACTOR, WIDTH_POWER, FRAMES_POWER = 0.7, 0.8, 0.7


def candidates(descent: Descent, form: Format) -> tuple[Picture, ...]:
    """The request as it is, and ever smaller ones that `form` can hold. None has a limit of its own.

    First --quality goes down to low, where that changes the format; then the canvas shrinks and frames are left out.
    The duration stays. A still, a strip and pages keep their frames. In a vector format, a smaller canvas means lines
    of fewer points: at any size on a page it is as sharp.
    """
    asked = replace(descent.settings, max_size=None)
    found = [replace(asked, quality=quality) for quality in _qualities(asked.quality, form)]
    low = found[-1]
    for scale, every in STEPS:
        smaller = _scaled(low, Fraction(scale))
        found.append(smaller if form.still or form.suffixes else _with_fewer_frames(smaller, descent, every))
    return tuple(dict.fromkeys(found))


def expected_share(candidate: Picture, asked: Picture) -> float:
    """The size of a candidate as a share of the request's: a first guess, which measured sizes correct."""
    steps = QUALITIES.index(candidate.quality) - QUALITIES.index(asked.quality)
    scale, frames = candidate.size[0] / asked.size[0], float(candidate.fps / asked.fps)
    return float(QUALITY_FACTOR**steps * scale**WIDTH_POWER * frames**FRAMES_POWER)


def changed_options(asked: Picture, candidate: Picture) -> dict[str, str]:
    """What differs in a candidate, as options of the command line: --size → 480x360."""
    changed = {}
    for attribute, option, _ in options():
        value = getattr(candidate, attribute)
        if value is not None and value != getattr(asked, attribute):
            changed[option.name] = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return changed


def _qualities(asked: str, form: Format) -> list[str]:
    """The quality that is asked for, and those below it that mean something else in the format."""
    below = [quality for quality in QUALITIES[QUALITIES.index(asked) :] if quality in form.qualities]
    return below[:1] + [low for high, low in pairwise(below) if form.qualities[low] != form.qualities[high]]


def _scaled(settings: Picture, scale: Fraction) -> Picture:
    """The canvas scaled to even sides; a scale that would make it too small is raised to the smallest allowed."""
    width, height = settings.size
    scale = max(scale, min(Fraction(1), max(Fraction(MIN_WIDTH_PX, width), Fraction(SIZE_RANGE_PX[0], height))))
    if scale == 1:
        return settings
    size = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
    # Without --dpi, type shrinks with the canvas anyway.
    dpi = None if settings.dpi is None else max(round(settings.dpi * scale), MIN_DPI)
    return replace(settings, size=size, dpi=dpi)


def _with_fewer_frames(settings: Picture, descent: Descent, every: int) -> Picture:
    """One frame of `every` many, in the same duration; more are kept where too few would be left."""
    timeline = descent.timeline
    every = min(every, int(settings.fps / MIN_FPS), timeline.frames // 2)
    if every <= 1 or timeline.duration_s > MAX_DURATION_S:
        return settings
    # --duration chooses the iterations that are still shown, and excludes --every.
    return replace(settings, fps=settings.fps / every, duration=timeline.duration_s, every=None)


# --- samples ----------------------------------------------------------------------------------------------------------

# Many short passages of a film, for motions that end early take up little of it.
PASSAGES: Final = 16
# Their lengths in frames. The longer passages hold all that the shorter ones do, with as many cuts: the difference of
# the two sizes is the price of the frames between.
SHORT: Final = 1
LONGER: Final = 3
# A film of fewer frames is rendered as fast as two samples of it, and then its size is known.
LONG_FILM: Final = 3 * PASSAGES * (SHORT + LONGER)


def is_long(descent: Descent) -> bool:
    """Whether samples are drawn much sooner than the whole."""
    return descent.timeline.frames > LONG_FILM


def sample(descent: Descent, length: int) -> Descent:
    """A film of PASSAGES passages of `length` frames, evenly spread; the first and the last frame are among them."""
    timeline = descent.timeline
    starts = np.linspace(0, timeline.frames - length, PASSAGES).round().astype(np.int64)
    frames = np.unique(np.add.outer(starts, np.arange(length)))
    durations_s = np.diff(timeline.end_s, prepend=0.0)[frames]
    kept = replace(
        timeline,
        tick=timeline.tick[frames],
        end_s=np.cumsum(durations_s),
        forward=max(int(np.searchsorted(frames, timeline.forward)), 1),
        opening=int(np.searchsorted(frames, timeline.opening)),
        ends=bool(np.isin(timeline.forward - 1, frames)),
    )
    return replace(descent, timeline=kept)


def whole_bytes(short: int, longer: int, frames: int) -> float:
    """The size of a film of `frames` frames from the sizes of its two samples: it grows linearly with the frames."""
    per_frame = max(longer - short, 0) / (PASSAGES * (LONGER - SHORT))
    return longer + per_frame * (frames - PASSAGES * LONGER)
