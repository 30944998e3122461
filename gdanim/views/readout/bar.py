"""The bar that stands for the stability limit of a rate: letters, so that every output sets it as it sets text."""

from __future__ import annotations

from math import ceil, floor
from typing import Final

from gdanim.drawing.marks.caption import Pieces
from gdanim.drawing.marks.trails import mixed
from gdanim.drawing.styles import Style

CELLS: Final = 10  # from 0 to the limit
MOST_OVER: Final = 3  # beyond it
CELL, HALF_CELL = "━", "╸"
FAINT: Final = 0.35  # of the ink of the bar: what of it a rate leaves free


def limit_bar(ratio: float, style: Style) -> Pieces:
    """A bar from 0 to the limit, filled as far as a rate reaches; in the colour of warnings beyond the limit."""
    if ratio > 1:
        over = min(ceil((ratio - 1) * CELLS), MOST_OVER)
        return (CELL * CELLS, style.warning), ("╋", style.warning), (CELL * over, style.warning)
    filled, half = divmod(floor(2 * CELLS * ratio * (1 + 1e-12)), 2)
    rest = CELLS - filled - half
    # Lines of borrowed styles may be as dark as text, and grids as light as the background.
    return (CELL * filled + HALF_CELL * half, style.muted), (CELL * rest, mixed(style.muted, style.background, FAINT))
