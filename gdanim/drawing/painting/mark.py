"""Marks: the parts of a picture that move.

They are matplotlib artists, so that a full redraw draws them too. They call the renderer directly: a Line2D that
changes in every frame spends most of its time on bookkeeping.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from matplotlib.artist import Artist

from gdanim.drawing.painting.strokes import Stroke

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from gdanim.arrays import Index
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Extent


class Mark(Artist, ABC):
    """A moving part: `show` chooses the moment, `touched` bounds what `draw` will paint at it, `draw` paints it.

    A raster asks touched() before it calls draw(), and calls draw() only where something in these pixels changes.

    runs   which runs of the scene the mark shows, (m,), and numbers from 0; None where it shows all
    """

    runs: Index | None = None

    def __init__(self, zorder: float) -> None:
        super().__init__()
        self.set_zorder(zorder)
        self.set_in_layout(False)
        self.set_animated(True)
        self.moment: Moment | None = None

    @property
    def dpi(self) -> float:
        """Dots per inch of the figure."""
        figure = self.get_figure(root=True)
        if figure is None:
            raise RuntimeError("add the mark to a figure first")
        return float(figure.dpi)

    def show(self, moment: Moment) -> None:
        """Choose the moment to draw."""
        self.moment = self.moment_of_its_runs(moment)

    def moment_of_its_runs(self, moment: Moment) -> Moment:
        """A moment of the scene, restricted to the runs of the mark and in its numbering."""
        return moment if self.runs is None else moment.among(self.runs)

    @abstractmethod
    def touched(self) -> Extent | None:
        """The pixels that draw() may paint at this moment, or None."""

    def strokes(self) -> Iterator[Stroke]:
        """What draw() paints at this moment, in order."""
        yield Stroke(id(self), self.state(), self.draw, self.touched)

    def state(self) -> Hashable:
        """Moments of equal states look alike; unless a mark says more, each has its own."""
        return object()


def moment_of(mark: Mark) -> Moment:
    """The moment that a mark shows. Raises RuntimeError before show()."""
    if mark.moment is None:
        raise RuntimeError("show() comes before draw()")
    return mark.moment
