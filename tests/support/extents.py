"""What can be read in a picture, and where it stands: for tests of layouts, in pixels from the bottom left."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.offsetbox import AnnotationBbox
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.rows import Row
from gdanim.drawing.raster import Raster
from gdanim.views.surface.axes import SurfaceAxes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from gdanim.drawing.scene import Scene

    Read = tuple[str, Bbox]


def at_last_frame(scene: Scene) -> Raster:
    """The raster of a scene whose last moment is shown."""
    raster = Raster(scene)
    scene.update(scene.timeline.frames - 1)
    return raster


def lines_of(scene: Scene) -> list[Caption]:
    """The captions of the header: those on a plate are names and tallies in the axes."""
    return [mark for mark in scene.marks if isinstance(mark, Caption) and mark.plate is None]


def readable(scene: Scene) -> list[Read]:
    """Every text that the last moment shows: titles and legends, labels and numbers of the axes, captions."""
    written: list[Text] = [text for text in scene.figure.texts if text.get_visible()]
    found: list[Read] = []
    for axes in scene.figure.axes:
        if isinstance(axes, SurfaceAxes):
            found += around(axes)
        else:
            written += [*labels(axes), *axes.texts, *keys(axes)]
    found += [(text.get_text(), text.get_window_extent()) for text in written]
    for mark in scene.marks:
        if isinstance(mark, Caption) and mark.moment is not None and (extent := mark.touched()):
            found.append(("".join(text for text, _ in mark.pieces_at(mark.moment)), Bbox.from_extents(*extent)))
        elif isinstance(mark, Row):
            found += cells(mark)
    return [(text, box) for text, box in found if text]


def live(scene: Scene, frame: int) -> list[str]:
    """Every text of a frame that may change: those of captions, and of the cells of rows."""
    scene.update(frame)
    moment, found = scene.timeline.moment(frame), list[str]()
    for mark in scene.marks:
        if isinstance(mark, Caption):
            found.append("".join(text for text, _ in mark.pieces_at(mark.moment_of_its_runs(moment))))
        elif isinstance(mark, Row):
            found += [cell.text for cell in mark.content.cells]
    return [text for text in found if text]


def cells(row: Row) -> Iterator[Read]:
    """The texts of a row, each as wide as its letters."""
    below, above = row.lettering.descent, row.lettering.ascent
    for cell in row.content.cells:
        left, base = row.pen(cell)
        yield cell.text, Bbox.from_extents(left, base - below, left + row.lettering.width(cell.text), base + above)


def around(axes: SurfaceAxes) -> Iterator[Read]:
    """The labels around a box, which are artists of their own only where it stands still."""
    for label, middle in axes.labels():
        half = np.array(label.size_px) / 2
        yield label.text, Bbox([middle - half, middle + half])


def labels(axes: Axes) -> Iterator[Text]:
    """The labels of both axes, and the numbers that are shown along them."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_tightbbox()  # puts label and numbers where they will be drawn
        low, high = sorted(axis.get_view_interval())
        yield axis.label
        for tick in axis.get_major_ticks():
            if low <= tick.get_loc() <= high and tick.label1.get_visible():
                yield tick.label1


def keys(axes: Axes) -> Iterator[Text]:
    """The words beside the name of the horizontal axis."""
    for box in axes.artists:
        if isinstance(box, AnnotationBbox):
            box.draw(axes.figure.canvas.get_renderer())  # puts them where they will be seen
            yield from (word for word in box.findobj(Text) if word.get_text())


def overlaps(shown: Sequence[Read]) -> list[tuple[str, str]]:
    """The pairs of texts that lie over one another."""
    return [(one[0], other[0]) for one, other in combinations(shown, 2) if overlap(one[1], other[1])]


def overlap(one: Bbox, other: Bbox) -> bool:
    """Whether two boxes share more than an edge."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(across > 0 and down > 0)
