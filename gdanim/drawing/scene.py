"""A Scene: a figure, and the marks that move in it."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from gdanim.descent.timeline import Timeline
from gdanim.drawing.marks.caption import Caption, Pieces
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.painting.mark import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A figure whose static artists are drawn once, and the marks that move on top of them, in drawing order.

    The marks are animated artists of the figure above everything static in their axes, so that a full redraw
    paints the same pixels.

    belonging   what stands above axes and belongs to them: the titles of facets, the lines of an update
    """

    figure: Figure
    marks: tuple[Mark, ...]
    timeline: Timeline
    belonging: tuple[Artist, ...] = ()

    def update(self, frame: int) -> None:
        """Show a frame. Touches only the marks, and depends only on the frame's index."""
        moment = self.timeline.moment(frame)
        for mark in self.marks:
            mark.show(moment)

    def text_lines(self, frame: int) -> tuple[Pieces, ...]:
        """The live text of a frame, one entry a caption, empty where it shows none; at the end one for all that is told
        of things with a name. Changes nothing.
        """
        moment = self.timeline.moment(frame)
        # What stands on a plate names a place in the picture: without it, it says nothing.
        captions = [mark for mark in self.marks if isinstance(mark, Caption) and mark.plate is None]
        own = [caption.pieces_at(caption.moment_of_its_runs(moment)) for caption in captions if not caption.about]
        named = [mark for mark in self.marks if isinstance(mark, Row) or (mark in captions and mark.about)]
        told = "; ".join(filter(None, (mark.told_at(mark.moment_of_its_runs(moment)) for mark in named)))
        return (*own, [(told, "")]) if named else tuple(own)
