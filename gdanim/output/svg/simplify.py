"""Long paths with no more points than can be seen: the levels of a function have ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.path import Path

if TYPE_CHECKING:
    from matplotlib.transforms import Transform

LONG: Final = 128  # points, from which on it pays
UNSEEN_PX: Final = 1 / 9  # off a line: even its edge looks the same
_STRAIGHT: Final = (Path.MOVETO, Path.LINETO, Path.CLOSEPOLY)


def is_fine(path: Path) -> bool:
    """Whether a path has many points, and straight lines between them."""
    return len(path) > LONG and (path.codes is None or bool(np.isin(np.asarray(path.codes), _STRAIGHT).all()))


def thinned(path: Path, there: Transform, decimals: int, tolerance: float = UNSEEN_PX) -> Path:
    """A long path, transformed, without points that lie within the tolerance of the line through others.

    Points are rounded where they are, not by their way from the one before, so that neighbours still meet.
    """
    placed = there.transform_path(path).copy()  # by the identity, it is the path itself
    placed.simplify_threshold = tolerance
    lean = placed.cleaned(simplify=True)
    return Path(np.round(np.asarray(lean.vertices), decimals), lean.codes)
