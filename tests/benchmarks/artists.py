"""What moves in gdanim's frames, drawn the way of an author who has matplotlib alone: artists that are made once and
whose data are set in each frame. One run is shown at a time.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.lettering import HAIR
from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.past import PastTrails
from gdanim.drawing.marks.spots import EndMarkers, Spots
from gdanim.drawing.marks.starts import PastRings, StartRings
from gdanim.drawing.marks.trails import Trail, mixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdanim.descent.timeline import Moment

    Move = Callable[[Moment], None]
    Moved = tuple[list[Any], Move]

BLANKS = f"{HAIR} "


def moved(mark: Any) -> Moved:
    """The artists that look like a mark, and the function that moves them."""
    return MADE[type(mark)](mark)


def _colours(mark: Any) -> dict[int, str]:
    """The colour of each run while it is shown."""
    return {run: style.unsettled or style.colour for style in mark.run_styles for run in style.runs.tolist()}


def _trail(mark: Trail) -> Moved:
    """A line with dots for each shade, above a wider line where the mark has a halo."""
    points, colours = mark.track.points, _colours(mark)
    shades = (1.0,) if mark.ground is None else mark.fade.shades(mark.fade.levels)
    meets = np.rint(mark.track.even_parts(len(shades), mark.plane, mark.dpi)).astype(int)
    look = {"linewidth": mark.width_pt, "solid_capstyle": "round", "zorder": mark.get_zorder()}
    wide = {**look, "linewidth": mark.width_pt + 2 * mark.HALO_PT, "color": mark.halo}
    halos = mark.plane.plot([], [], **wide) if mark.halo else []
    dots = {"marker": "o", "markersize": mark.dot_pt, "markeredgewidth": 0} if mark.dot_pt else {}
    lines = [mark.plane.plot([], [], **look, **dots)[0] for _ in shades]

    def move(moment: Moment) -> None:
        run = int(moment.visible[0])
        path = points[run, : moment.iteration(run) + 1]
        bounds = pairwise([0, *meets[:, run], len(points[run])])
        for line, shade, (begin, end) in zip(lines, shades, bounds, strict=True):
            line.set_data(*path[begin : end + 1].T)
            line.set_color(mixed(colours[run], mark.ground, shade) if mark.ground else colours[run])
        for halo in halos:
            halo.set_data(*path.T)

    return [*halos, *lines], move


def _past(mark: PastTrails) -> Moved:
    """A line for each colour, to which a path is added when the next run begins."""
    gap = np.full((1, 2), np.nan)
    paths = [np.concatenate([mark.track.points[run, : end + 1], gap]) for run, end in enumerate(mark.last.tolist())]
    return _of_over(mark, paths, {"linewidth": mark.width_pt})


def _ends(mark: EndMarkers) -> Moved:
    """Dots of each colour, where runs that are over have ended."""
    look = {"linestyle": "", "marker": "o", "markersize": mark.size_pt, "markeredgewidth": 0, "clip_on": False}
    return _of_over(mark, [mark.track.points[run, [end]] for run, end in enumerate(mark.last.tolist())], look)


def _past_rings(mark: PastRings) -> Moved:
    """Small rings of each colour, where runs that are over have begun."""
    look = {
        "linestyle": "", "marker": "o", "markersize": 2 * mark.reach_px * 72 / mark.dpi - mark.WIDTH_PT,
        "markerfacecolor": "none", "markeredgewidth": mark.WIDTH_PT, "clip_on": False,
    }  # fmt: skip
    return _of_over(mark, [mark.track.points[run, :1] for run in range(len(mark.track.points))], look)


def _of_over(mark: Any, parts: list[Any], look: dict[str, Any]) -> Moved:
    """A line for each colour, of the parts (m, 2) of runs that are over; set when there is another one."""
    look = {**look, "zorder": mark.get_zorder()}
    lines = [mark.plane.plot([], [], color=style.colour, **look)[0] for style in mark.run_styles]
    shown = -1

    def move(moment: Moment) -> None:
        nonlocal shown
        if len(moment.over) == shown:
            return
        shown = len(moment.over)
        for line, style in zip(lines, mark.run_styles, strict=True):
            if (its := np.intersect1d(moment.over, style.runs)).size:
                line.set_data(*np.concatenate([parts[run] for run in its]).T)

    return lines, move


def _rings(mark: StartRings) -> Moved:
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


def _spot(mark: Spots) -> Moved:
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


def _caption(mark: Caption) -> Moved:
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


MADE: dict[type, Callable[[Any], Moved]] = {
    Trail: _trail,
    PastTrails: _past,
    EndMarkers: _ends,
    StartRings: _rings,
    PastRings: _past_rings,
    Spots: _spot,
    Caption: _caption,
}
