"""The size of a filmstrip that is given none: so large that each moment has a panel of the size that suits it."""

from __future__ import annotations

from math import ceil
from typing import Final

from gdanim.drawing.grid import Grid

LONGEST, SHORTEST = 8, 3  # rows, in panels: more make panels too small for a page, fewer make no row
ONE_PX, SEVERAL_PX = 320, 560  # wide: a panel of one and of several axes
HIGH_PX, WORDS_IN = 240, 0.7  # high: its axes; its caption and what stands below the axes, which grow with the type
# A page of paper is too narrow for a row of panels of several axes: such a row is for one on its side, or a slide.
SEVERAL_WIDER: Final = 2.0


def own_grid(count: int) -> Grid:
    """One row; where it would be longer than LONGEST, several, and without an empty place if that can be."""
    if count <= LONGEST:
        return Grid(rows=1, columns=count)
    full = [columns for columns in range(SHORTEST, LONGEST + 1) if count % columns == 0]
    rows = count // max(full) if full else ceil(count / LONGEST)
    return Grid(rows=rows, columns=ceil(count / rows))


def own_width(lattice: Grid, *, several: bool) -> int:
    """The width of a strip, in pixels, for pictures of one or several axes."""
    return lattice.columns * (SEVERAL_PX if several else ONE_PX)


def own_height(lattice: Grid, dpi: int) -> int:
    """The height of all panels with their captions, in pixels."""
    return lattice.rows * round(HIGH_PX + WORDS_IN * dpi)
