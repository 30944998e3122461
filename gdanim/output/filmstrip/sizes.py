"""The sizes that suit strips: of one that is given none, and the shape in which panels look best."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from gdanim.drawing.grid import Grid
from gdanim.drawing.marks.caption import Caption

if TYPE_CHECKING:
    from gdanim.drawing.scene import Scene

# The size of a strip that is given none: each panel has the size that suits it.
LONGEST_ROW, SHORTEST_ROW = 8, 3  # in panels
MOST_FACETS: Final = 5  # beside one another
FACET_PX: Final = 240, 200  # the width and the height of one
PANEL_PX: Final = 320  # its width
# Panels with two lines of an update, and with more: how many stand in a row, and how large they are in usual ones.
EXPLAINED: Final = (3, 1.0), (2, 1.5)
# The height of a panel's axes, one or several, which then stand below one another; of its caption and labels, which
# grow with the type.
SINGLE_HIGH_PX, MULTIPLE_HIGH_PX, TEXT_HIGH_IN, LINE_HIGH_IN = 240, 600, 0.7, 0.25

SINGLE_ASPECT, MULTIPLE_ASPECT = 4 / 3, 0.5  # at which pictures with one and with several axes look best


class Default(NamedTuple):
    """What suits a strip that is given no size: its grid, and the size of a panel with the texts that belong to it."""

    panels: Grid
    panel_px: tuple[int, int]

    @classmethod
    def of(cls, scene: Scene, count: int, dpi: Callable[[int], int], *, explained: bool) -> Default:
        """For the panels of a scene, in a page of a width in pixels with as many dots per inch as `dpi` gives.

        explained   whether panels have the lines of an update
        """
        axes, lines = len(scene.figure.axes), len(scene.belonging) if explained else 0
        if is_faceted(scene):
            columns = min(axes, MOST_FACETS)
            width, height = columns * FACET_PX[0], ceil(axes / columns) * FACET_PX[1]
            return cls(Grid(count, 1), (width, height + round(TEXT_HIGH_IN * dpi(width))))
        columns, larger = EXPLAINED[lines > 2]
        panels = Grid(ceil(count / columns), min(count, columns)) if lines else row_grid(count)
        width, height = PANEL_PX, SINGLE_HIGH_PX if axes == 1 else MULTIPLE_HIGH_PX
        if lines:
            width, height = round(larger * width), round(larger * height)
        text_in = axes * TEXT_HIGH_IN + lines * LINE_HIGH_IN
        return cls(panels, (width, round(height + text_in * dpi(panels.columns * width))))


def row_grid(count: int) -> Grid:
    """One row; several where it would be longer than LONGEST_ROW, without an empty place if possible."""
    if count <= LONGEST_ROW:
        return Grid(rows=1, columns=count)
    full = [columns for columns in range(SHORTEST_ROW, LONGEST_ROW + 1) if count % columns == 0]
    rows = count // max(full) if full else ceil(count / LONGEST_ROW)
    return Grid(rows=rows, columns=ceil(count / rows))


def is_faceted(scene: Scene) -> bool:
    """Whether its axes are facets: their titles have words that stand still."""
    return any(not isinstance(one, Caption) for one in scene.belonging)


def best_aspect(whole: Scene) -> float:
    """The ratio of width to height at which a panel looks best."""
    axes = len(whole.figure.axes)
    if is_faceted(whole):
        columns = min(axes, MOST_FACETS)
        return columns * FACET_PX[0] / (ceil(axes / columns) * FACET_PX[1])
    return SINGLE_ASPECT if axes == 1 else MULTIPLE_ASPECT
