"""The rows and columns of a grid of small panels, and the least size of a picture for them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from gdanim.errors import SettingError

LEAST_WIDTH, LEAST_HEIGHT = 160, 120  # of a panel with its share of labels and header, in pixels


class Grid(NamedTuple):
    """Panels fill the grid row by row; the last row may have empty places."""

    rows: int
    columns: int

    def place(self, panel: int) -> tuple[int, int]:
        """The row and the column of a panel."""
        return divmod(panel, self.columns)


def choose(
    count: int, size: tuple[int, int], room: tuple[float, float], each: tuple[float, float], aspect: float, *,
    gappy: float = 1.0,
) -> Grid:  # fmt: skip
    """The grid in which a rectangle of the panels' best aspect is largest.

    size   of the canvas in pixels
    room   of that, for all panels, in pixels
    each   the gap beside a panel and the title above it, in pixels
    gappy  factor of the worth of a grid with empty places

    The worth is also multiplied with the share of places that are filled. Raises SettingError where a panel would be
    smaller than LEAST_WIDTH × LEAST_HEIGHT.
    """
    check_room(count, size)
    width, height = room

    def worth(grid: Grid) -> float:
        side = min((width / grid.columns - each[0]) / aspect, height / grid.rows - each[1])
        filled = count / (grid.rows * grid.columns)
        return side * filled * (gappy if filled < 1 else 1.0)

    return max(_fitting(count, size), key=worth)


def check_room(count: int, size: tuple[int, int]) -> None:
    """Raise SettingError where the canvas is too small for so many panels; it names a size that is not."""
    if _fitting(count, size):
        return
    width, height = size
    enough = min(
        max(Fraction(columns * LEAST_WIDTH, width), Fraction(ceil(count / columns) * LEAST_HEIGHT, height))
        for columns in range(1, count + 1)
    )
    # Even numbers, as video needs.
    larger = "x".join(str(2 * ceil(side * enough / 2)) for side in size)
    allowed = f"has no room for {count} panels of {LEAST_WIDTH}x{LEAST_HEIGHT} pixels; {larger} has"
    raise SettingError("--size", f"{width}x{height}", allowed)


def _fitting(count: int, size: tuple[int, int]) -> list[Grid]:
    """The grids without an empty row or column whose panels are not too small."""
    width, height = size
    grids = {Grid(rows=ceil(count / columns), columns=columns) for columns in range(1, count + 1)}
    return sorted(
        Grid(rows, columns)
        for rows, columns in grids
        if (columns - 1) * rows < count and columns * LEAST_WIDTH <= width and rows * LEAST_HEIGHT <= height
    )
