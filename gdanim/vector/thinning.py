"""Long paths with no more points than can be seen: the levels of a function have ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.path import Path

if TYPE_CHECKING:
    from matplotlib.transforms import Transform

LONG: Final = 128  # points, from which on it pays
_STRAIGHT: Final = (Path.MOVETO, Path.LINETO, Path.CLOSEPOLY)


def is_long(path: Path) -> bool:
    """Whether a path has many points, and straight lines between them."""
    return len(path) > LONG and (path.codes is None or bool(np.isin(np.asarray(path.codes), _STRAIGHT).all()))


def thinned(path: Path, there: Transform, decimals: int) -> Path:
    """A long path, transformed, without points that lie within a ninth of a unit of the line through others.

    Points are rounded where they are, not by their way from the one before, so that neighbours still meet.
    """
    lean = path.cleaned(there, simplify=True)
    return Path(np.round(np.asarray(lean.vertices), decimals), lean.codes)
