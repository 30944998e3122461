"""What moves in gdanim's frames, drawn the way of an author who has matplotlib alone: artists that are made once and
whose data are set in each frame. One run is shown at a time.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.lettering import HAIR
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.past import PastTrails
from gdanim.drawing.marks.spots import EndMarkers, Spots
from gdanim.drawing.marks.starts import StartRings
from gdanim.drawing.marks.trails import Trail, mixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.descent.timeline import Moment

    Move = Callable[[Moment], None]

BLANKS = f"{HAIR} "


def moved(mark: Any) -> tuple[list[Any], Move]:
    """The artists that look like a mark, and the function that moves them."""
    return MADE[type(mark)](mark)


def _colours(mark: Any) -> dict[int, str]:
    """The colour of each run while it is shown."""
    return {run: style.unsettled or style.colour for style in mark.run_styles for run in style.runs.tolist()}


def _trail(mark: Trail) -> tuple[list[Any], Move]:
    """A collection of lines, one for each shade, and one of dots, above a wider line where the mark has a halo."""
    axes, points, colours = mark.plane, mark.track.points, _colours(mark)
    shades = np.ones(1) if mark.ground is None else mark.fade.shades(mark.fade.levels)
    meets = np.rint(mark.track.even_parts(len(shades), axes, mark.dpi)).astype(int)
    look = {"capstyle": "round", "joinstyle": "round", "zorder": mark.get_zorder()}
    halos = [LineCollection([], colors=mark.halo, linewidths=mark.width_pt + 2 * mark.HALO_PT, **look)] * bool(
        mark.halo
    )
    lines = LineCollection([], linewidths=mark.width_pt, **look)
    for collection in (*halos, lines):
        axes.add_collection(collection)
    dots = axes.scatter([], [], s=mark.dot_pt**2, linewidths=0, zorder=mark.get_zorder())
    now = -1

    def move(moment: Moment) -> None:
        nonlocal now
        run = int(moment.visible[0])
        end, bounds = moment.iteration(run), [0, *meets[:, run].tolist(), len(points[run])]
        if run != now:
            colour = colours[run]
            by_shade = [mixed(colour, mark.ground, shade) if mark.ground else colour for shade in shades.tolist()]
            lines.set_color(by_shade)
            dots.set_facecolor(np.repeat(by_shade, np.diff(bounds)).tolist())
            now = run
        path = points[run, : end + 1]
        lines.set_segments([path[a : b + 1] for a, b in pairwise(bounds)])
        for halo in halos:
            halo.set_segments([path])
        dots.set_offsets(path)

    return [*halos, lines, dots], move


def _past(mark: PastTrails) -> tuple[list[Any], Move]:
    """A collection of the paths of runs that are over, to which one is added when the next begins."""
    lines = LineCollection([], linewidths=mark.width_pt, zorder=mark.get_zorder())
    mark.plane.add_collection(lines)
    paths = [mark.track.points[run, : last + 1] for run, last in enumerate(mark.last.tolist())]
    return [lines], _of_over(mark, lambda over: lines.set_segments([paths[run] for run in over]), lines.set_color)


def _ends(mark: EndMarkers) -> tuple[list[Any], Move]:
    """A dot where each run that is over has ended."""
    dots = mark.plane.scatter([], [], s=mark.size_pt**2, linewidths=0, zorder=mark.get_zorder(), clip_on=False)
    ends = mark.track.points[np.arange(len(mark.last)), mark.last]
    return [dots], _of_over(mark, lambda over: dots.set_offsets(ends[over]), dots.set_facecolor)


def _of_over(mark: Any, set_places: Callable[[list[int]], None], set_colours: Callable[[list[str]], None]) -> Move:
    """Set places and colours of runs that are over when there is another one."""
    colours, shown = _colours(mark), -1

    def move(moment: Moment) -> None:
        nonlocal shown
        over = moment.over.tolist()
        if len(over) != shown:
            set_places(over)
            set_colours([colours[run] for run in over])
            shown = len(over)

    return move


def _rings(mark: StartRings) -> tuple[list[Any], Move]:
    """A ring at the start, and its halo below."""
    size = 2 * mark.reach_px * 72 / mark.dpi - mark.WIDTH_PT
    look = {"linestyle": "", "marker": "o", "markersize": size, "markerfacecolor": "none", "clip_on": False}
    (halo,), (ring,) = (
        mark.plane.plot([], [], **look, markeredgewidth=width_pt, markeredgecolor=mark.halo, zorder=mark.get_zorder())
        for width_pt in (mark.WIDTH_PT + 2 * mark.HALO_PT, mark.WIDTH_PT)
    )
    colours = _colours(mark)

    def move(moment: Moment) -> None:
        run = int(moment.visible[0])
        for line in (halo, ring):
            line.set_data(*mark.track.points[run, :1].T)
        ring.set_markeredgecolor(colours[run])

    return [halo, ring], move


def _spot(mark: Spots) -> tuple[list[Any], Move]:
    """A spot with an edge in the colour of the ground."""
    look = {"linestyle": "", "marker": "o", "markersize": mark.size_pt, "clip_on": False}
    edge = {"markeredgecolor": mark.halo, "markeredgewidth": mark.HALO_PT}
    (spot,) = mark.plane.plot([], [], **look, **edge, zorder=mark.get_zorder())
    colours = _colours(mark)

    def move(moment: Moment) -> None:
        run = int(moment.visible[0])
        row = moment.iteration(run)
        spot.set_data(*mark.track.points[run, row : row + 1].T)
        spot.set_markerfacecolor(colours[run])

    return [spot], move


def _caption(mark: Caption) -> tuple[list[Any], Move]:
    """A text for each piece of its own colour; a single one on a plate where the mark has one."""
    figure, texts = mark.get_figure(root=True), []
    look: dict[str, Any] = {"fontsize": mark.lettering.size_pt, "zorder": mark.get_zorder()}
    if mark.plate is not None:
        look["bbox"] = {"facecolor": mark.plate, "edgecolor": "none", "pad": 2}
    if mark.centred:
        look["ha"] = "center"

    def move(moment: Moment) -> None:
        x, y = mark.at
        pieces = mark.pieces_at(moment)
        for place, (text, colour) in enumerate(pieces):
            if place == len(texts):
                texts.append(figure.text(x, y, "", transform=IdentityTransform(), **look))
            lead = text[: len(text) - len(text.lstrip(BLANKS))]
            texts[place].set(text=text.strip(BLANKS), x=x + mark.lettering.width(lead), color=colour)
            x += mark.lettering.width(text)
        for text in texts[len(pieces) :]:
            text.set_text("")

    return texts, move


MADE: dict[type, Callable[[Any], tuple[list[Any], Move]]] = {
    Trail: _trail,
    PastTrails: _past,
    EndMarkers: _ends,
    StartRings: _rings,
    Spots: _spot,
    Caption: _caption,
}
