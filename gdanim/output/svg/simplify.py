"""Leaves out points of long paths that nobody would miss: level lines have ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.path import Path

if TYPE_CHECKING:
    from matplotlib.transforms import Transform

LONG: Final = 128  # points; shorter paths are kept as they are
TOLERANCE_PX: Final = 1 / 9  # off a line: even its edge looks the same
_STRAIGHT: Final = (Path.MOVETO, Path.LINETO, Path.CLOSEPOLY)


def is_long(path: Path) -> bool:
    """Whether a path has many points, and only straight lines between them."""
    return len(path) > LONG and (path.codes is None or bool(np.isin(np.asarray(path.codes), _STRAIGHT).all()))


def simplified(path: Path, transform: Transform, decimals: int, tolerance_px: float = TOLERANCE_PX) -> Path:
    """A path, transformed, without points that lie within the tolerance of the line through others.

    Points are rounded themselves, not their distances from the point before, so that neighbouring paths still meet.
    """
    placed = transform.transform_path(path).copy()  # by the identity, it is the path itself
    placed.simplify_threshold = tolerance_px
    cleaned = placed.cleaned(simplify=True)
    return Path(np.round(np.asarray(cleaned.vertices), decimals), cleaned.codes)
