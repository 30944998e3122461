"""Plain ground: recorded runs without their function, on paths whose colours tell f, or else the time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from matplotlib import colormaps

from gdanim.drawing.colours.ramps import ramp
from gdanim.drawing.marks.past import ShadedTrail, Shades
from gdanim.drawing.mpl import to_hex, to_rgb
from gdanim.drawing.numbers import short
from gdanim.views.ground.key import Bands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gdanim.arrays import Index, Scalar
    from gdanim.descent.descend import Descent
    from gdanim.drawing.marks.track import Track
    from gdanim.drawing.marks.trails import Trail
    from gdanim.drawing.run_styles import RunStyle
    from gdanim.drawing.styles import Style

BANDS: Final = 12
DECADES: Final = 30.0  # times the lowest f, from which on colours are even steps of its logarithm


class _Scale(NamedTuple):
    """What colours stand for: shares (runs, n+1) from 0 to 1, the names of both ends, whether steps are uneven."""

    share: Scalar
    low: str
    high: str
    uneven: bool = False


def shaded(descent: Descent, style: Style, runs: Index) -> Callable[..., Trail]:
    """What makes the trails of some of the recorded runs (m,) of a descent."""
    band = np.minimum((_scale(descent).share[runs] * BANDS).astype(np.int64), BANDS - 1)
    return partial(_trail, Shades(band, _colours(descent, style)))


def key_of(descent: Descent, style: Style) -> Bands:
    """The key to the colours of recorded runs."""
    scale = _scale(descent)
    return Bands(np.array(list(map(to_rgb, _colours(descent, style)))), scale.uneven, scale.low, scale.high)


def _trail(
    shades: Shades, track: Track, run_styles: Sequence[RunStyle], *, width_pt: float, dot_pt: float, halo: str | None,
    ground: str | None, tail: int | None,
) -> Trail:  # fmt: skip
    """A trail as other views make theirs: neither halo nor fading, which would change what its colours say."""
    return ShadedTrail(track, run_styles, shades, width_pt=width_pt, dot_pt=dot_pt, tail=tail)


def _colours(descent: Descent, style: Style) -> tuple[str, ...]:
    """From low to high. Low f, and late iterations, are the farthest from the colour of the page."""
    cmap = descent.settings.cmap
    if cmap is not None:
        return tuple(to_hex(colour) for colour in colormaps[cmap](np.linspace(0.0, 1.0, BANDS)))
    found = ramp(BANDS, style.background)
    return found[::-1] if descent.trajectory.heights_known else found


def _scale(descent: Descent) -> _Scale:
    trajectory = descent.trajectory
    if not trajectory.heights_known:
        k = trajectory.k[:, :-1].astype(np.float64)
        return _Scale(_shares(k), f"iteration {k.min():.0f}", f"{k.max():.0f}")
    f = trajectory.f
    low, high = float(f.min()), float(f.max())
    ends = [short(float(f"{end:.2g}")) for end in (low, high)]
    uneven = 0 < low < high / DECADES
    return _Scale(_shares(np.log(f) if uneven else f), f"f {ends[0]}", ends[1], uneven)


def _shares(values: Scalar) -> Scalar:
    """Values (runs, n+1) from 0 at the lowest to 1 at the highest; 0 where all are the same."""
    low, high = values.min(), values.max()
    return np.asarray((values - low) / (high - low or 1.0))
