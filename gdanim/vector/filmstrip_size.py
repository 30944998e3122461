"""The size of a filmstrip that is given none: so large that each moment has a panel of the size that suits it."""

from __future__ import annotations

from math import ceil
from typing import Final

from gdanim.views.grid import Grid

LONGEST, SHORTEST = 8, 3  # rows, in panels: more make panels too small for a page, fewer make no row
ONE_PX, SEVERAL_PX = (320, 340), (560, 340)  # a panel of one and of several axes, with its numbers and caption
# A page of paper is too narrow for a row of panels of several axes: such a row is for one on its side, or a slide.
SEVERAL_WIDER: Final = 2.0


def own_grid(count: int) -> Grid:
    """One row; where it would be longer than LONGEST, several, and without an empty place if that can be."""
    if count <= LONGEST:
        return Grid(rows=1, columns=count)
    full = [columns for columns in range(SHORTEST, LONGEST + 1) if count % columns == 0]
    rows = count // max(full) if full else ceil(count / LONGEST)
    return Grid(rows=rows, columns=ceil(count / rows))


def own_size(lattice: Grid, axes: int) -> tuple[int, int]:
    """The width and the height of the panels of a strip, in pixels, for pictures of so many axes."""
    width, height = ONE_PX if axes == 1 else SEVERAL_PX
    return lattice.columns * width, lattice.rows * height
