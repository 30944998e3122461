"""The surface view: a function of two variables in relief, the paths over it, and their shadows on the floor below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LinearSegmentedColormap

from gdanim.drawing.layout import TICK_PT, Layout, Slot
from gdanim.drawing.marks.spots import Dots
from gdanim.drawing.marks.trails import Mark, Trail, mixed
from gdanim.drawing.mpl import to_rgb
from gdanim.drawing.run_styles import recoloured
from gdanim.drawing.scene import Scene
from gdanim.views import base
from gdanim.views.base import build_scene, end_markers
from gdanim.views.surface.axes import Labels, Plinth
from gdanim.views.surface.box import Scenery
from gdanim.views.surface.camera import Camera
from gdanim.views.surface.heightmap import COARSE_GRID, GRID, TURNING_GRID, Relief
from gdanim.views.surface.marks import Ascent, Climbers, Shade, SpotShade
from gdanim.views.surface.paths import Course, SpaceTrack
from gdanim.views.surface.shading import Paints

if TYPE_CHECKING:
    from gdanim.descent.descend import Descent
    from gdanim.drawing.run_styles import RunStyles
    from gdanim.drawing.styles import Style
    from gdanim.objectives.objective import Objective

ELEV: Final = 34.0  # high enough to look into the valleys, low enough to see hills as hills
AZIMS: Final = (-60.0, -30.0, -120.0, -150.0, 30.0, 60.0, 120.0, 150.0)  # the most usual first
LOOKED_AT: Final = 400  # points of the paths that decide from where
SHADE_PT, SPOT_SHADE_PT = 1.4, 6.0
SHADE_INK: Final = 0.45  # of a shadow: the rest is the floor's
# Width to height of a picture from which on the words stand beside the box, which is about as wide as high, and the
# share of the width that they have then.
WIDE, HEADER_BESIDE = 2.0, 0.4
SWEEP: Final = 15.0  # degrees from one look at a turning box to the next, to find its scale


def build(descent: Descent) -> Scene:
    """Put up the box, and the marks of all runs in it. Where it turns, all of it moves."""
    settings = descent.settings
    plinths: list[Plinth] = []

    def add_axes(layout: Layout, run_styles: RunStyles) -> tuple[list[Slot], list[Mark]]:
        plinth, marks = _put_up(descent, layout, run_styles)
        plinths.append(plinth)
        return [Slot(plinth, 0 if header_share == 1 else header_share, 0, 1, 1)], marks

    width, height = settings.size
    header_share = HEADER_BESIDE if width >= WIDE * height else 1.0
    scene = build_scene(descent, add_axes, header_share=header_share)
    if not settings.turn:
        return scene
    (plinth,) = plinths
    return Turning(figure=scene.figure, marks=scene.marks, timeline=scene.timeline, plinth=plinth, turn=settings.turn)


def _put_up(descent: Descent, layout: Layout, run_styles: RunStyles) -> tuple[Plinth, list[Mark]]:
    settings, objective, style = descent.settings, descent.objective, layout.style
    bounds = objective.bounds.tolist()
    limits = settings.xlim or tuple(bounds[0]), settings.ylim or tuple(bounds[1])
    points = COARSE_GRID if objective.point_by_point else TURNING_GRID if settings.turn else GRID
    relief = Relief.of(objective, limits, points)
    course = Course(relief, descent.trajectory.x, descent.trajectory.f)
    camera = (
        Camera(elev=settings.camera[0], azim=settings.camera[1]) if settings.camera else _clearest(course, objective)
    )
    plinth = Plinth(
        layout.figure,
        relief,
        _around(camera, settings.turn),
        layout.lettering(TICK_PT),
        style,
        named=not layout.is_bare,
    )
    layout.figure.add_axes(plinth)
    scenery = Scenery(relief, relief.standing(objective.minimizers), _paints(style, settings.cmap), style)
    scenery.set_animated(bool(settings.turn))
    plinth.add_artist(scenery)
    marks = _run_marks(plinth, course, run_styles, descent, style)
    if not settings.turn:
        return plinth, marks
    labels = Labels(zorder=3)
    plinth.add_artist(labels)
    return plinth, [scenery, labels, *marks]


def _run_marks(plinth: Plinth, course: Course, run_styles: RunStyles, descent: Descent, style: Style) -> list[Mark]:
    timeline, runs = descent.timeline, descent.trajectory.runs
    track, shadows = SpaceTrack(course), SpaceTrack(course, on_floor=True)
    size = base.SLENDER if len(run_styles) > base.FEW_STYLES else 1.0
    spot_pt = size * base.SPOT_PT
    if runs > base.SWARM and not timeline.in_turn:
        dot_pt = max(spot_pt * (base.SWARM / runs) ** 0.5, base.LEAST_SPOT_PT)
        marks: list[Mark] = [Dots(track, run_styles, size_pt=dot_pt)]
    else:
        faint = tuple(
            replace(run_style, colour=mixed(run_style.colour, style.background, SHADE_INK)) for run_style in run_styles
        )
        tail = descent.settings.trail
        marks = [
            Shade(shadows, faint, width_pt=size * SHADE_PT, tail=tail),
            SpotShade(shadows, faint, size_pt=size * SPOT_SHADE_PT),
            Trail(
                track, recoloured(run_styles, style.text), width_pt=size * base.TRAIL_PT + base.LINED_PT,
                dot_pt=size * base.DOT_PT + base.LINED_PT, tail=tail,
            ),
            Ascent(
                track, run_styles, width_pt=size * base.TRAIL_PT, dot_pt=size * base.DOT_PT,
                halo=style.background, tail=tail,
            ),
            Climbers(track, run_styles, halo=style.background, size_pt=spot_pt),
        ]  # fmt: skip
    for mark in marks:
        plinth.add_artist(mark)
    landings = end_markers(plinth, track, run_styles, timeline, style.text)
    return sorted([*landings, *marks], key=Mark.get_zorder)


def _clearest(course: Course, objective: Objective) -> Camera:
    """The side from which the least of the paths and of the minima is hidden."""
    relief, points = course.relief, course.iterates[~course.outside]
    minima = relief.standing(objective.minimizers)
    some = points[:: max(len(points) // LOOKED_AT, 1)]

    def hidden(camera: Camera) -> float:
        # To a tenth, so that the usual side is left for a reason only.
        shares = [relief.hides(points, camera.eye).mean() for points in (some, minima) if len(points)]
        return round(float(sum(shares)), 1)

    return min((Camera(elev=ELEV, azim=azim) for azim in AZIMS), key=hidden)


def _around(first: Camera, turn: float) -> list[Camera]:
    """Where a box is looked at from while it turns by so many degrees."""
    looks = int(np.ceil(abs(turn) / SWEEP)) + 1 if turn else 1
    return [replace(first, azim=first.azim + angle) for angle in np.linspace(0.0, turn, looks).tolist()]


def _paints(style: Style, cmap: str | None) -> Paints:
    """The colours of a style's surface: its tints, as far as they stand out from the background."""
    levels = style.levels
    if sum(to_rgb(style.background)) > 1.5:
        tints, ink = [*levels[:-1], mixed(levels[-1], levels[0], 0.7)], mixed(levels[0], style.text, 0.5)
        shade, shine, edge = ink, "#ffffff", mixed(ink, levels[0], 0.7)
    else:
        tints, ink = [levels[0], levels[1]], mixed(levels[0], style.text, 0.6)
        shade, shine, edge = style.background, ink, mixed(ink, levels[0], 0.5)
    ramp = LinearSegmentedColormap.from_list("heights", tints) if cmap is None else colormaps[cmap]
    return Paints(tints=ramp, shade=shade, shine=shine, edge=edge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning(Scene):
    """A scene whose box turns by so many degrees from the first frame to the last."""

    plinth: Plinth
    turn: float

    def update(self, frame: int) -> None:
        """Show a frame. Touches the marks and the plinth's prospect only, and depends on the frame's index only."""
        share = frame / max(self.timeline.frames - 1, 1)
        self.plinth.turn_by(share * self.turn)
        Scene.update(self, frame)  # in a class with slots, super() finds no way back
