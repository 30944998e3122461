"""The surface view: a function of two variables in relief, the paths on it, and their shadows on the floor below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.transforms import IdentityTransform

from gdanim.drawing.layout import Slot, axis_names
from gdanim.drawing.marks.spots import Dots, Spots
from gdanim.drawing.marks.starts import StartRings
from gdanim.drawing.marks.trails import RunsMark, Trail, mixed
from gdanim.drawing.painting.mark import Mark
from gdanim.drawing.painting.strokes import Stroke
from gdanim.drawing.scene import Scene
from gdanim.drawing.shapes import circles, extent, polylines
from gdanim.drawing.styles import is_light
from gdanim.views.base import MarkSizes, all_runs, build_scene, lost_at, past_marks, path_and_spots
from gdanim.views.surface.axes import SurfaceAxes, TurningLabels, surface_axes
from gdanim.views.surface.box import SurfaceBox, SurfaceColours
from gdanim.views.surface.camera import Camera
from gdanim.views.surface.heightmap import COARSE_GRID, GRID, TURNING_GRID, HeightMap
from gdanim.views.surface.key import write_surface_key
from gdanim.views.surface.paths import LiftedPaths, SurfaceTrack
from gdanim.views.surface.places import words_beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.backend_bases import RendererBase
    from numpy.typing import NDArray

    from gdanim.arrays import Index
    from gdanim.descent.descend import Descent
    from gdanim.descent.timeline import Moment
    from gdanim.drawing.geometry import Extent, PixelPoints
    from gdanim.drawing.layout import Layout
    from gdanim.drawing.run_styles import RunStyle, RunStyles
    from gdanim.drawing.styles import Style
    from gdanim.views.base import Panel
    from gdanim.views.surface.camera import Vec3

ELEV: Final = 34.0  # high enough to look into the valleys, low enough to see hills as hills
AZIMS: Final = (-60.0, -30.0, -120.0, -150.0, 30.0, 60.0, 120.0, 150.0)  # the most usual first
POINTS_SEEN: Final = 400  # points of the paths that choose the camera
SHADOW_PT, SPOT_SHADOW = 1.4, 2 / 3  # the width of a trail's shadow; the size of a spot's, against the spot
SHADOW_INK: Final = 0.45  # of the run's colour in its shadow
# In a picture of this ratio of width to height and more, the header stands beside the box, which is about as wide as
# it is high, with that share of the width.
WIDE, HEADER_BESIDE = 2.0, 0.4
DASH_PT: Final = (2.4, 2.2)
FAINT: Final = 0.6  # opacity of what the surface hides
# The share of the last tint in the highest colour of a bright surface, of the first in the lowest of a dark one.
NEAR_TOP, NEAR_BOTTOM = 0.6, 0.75
SWEEP: Final = 15.0  # degrees between the cameras from which the scale of a turning box is found


def build(descent: Descent) -> Scene:
    """Build the box, and the marks of all runs in it. Where it turns, all of it moves."""
    width, height = descent.settings.size
    header_share = HEADER_BESIDE if width >= WIDE * height else 1.0

    settings, objective = descent.settings, descent.objective
    heightmap = _heightmap(descent)
    paths = LiftedPaths(heightmap, descent.trajectory.x, descent.trajectory.f)
    minima = heightmap.points_on(objective.marked)
    camera = Camera(*settings.camera) if settings.camera else _best_camera(paths, minima)

    def add_axes(layout: Layout) -> list[Slot]:
        count = int(np.ceil(abs(settings.turn) / SWEEP)) + 1 if settings.turn else 1
        angles = np.linspace(0.0, settings.turn, count).tolist()
        cameras = [replace(camera, azim=camera.azim + angle) for angle in angles]
        axes = SurfaceAxes(layout, heightmap, cameras, minima)
        layout.figure.add_axes(axes)
        return [Slot(axes, 0 if header_share == 1 else header_share, 0, 1, 1)]

    def draw(layout: Layout, slots: list[Slot], run_styles: RunStyles) -> list[Mark]:
        axes, colours = surface_axes(slots[0].axes), _surface_colours(layout.style, settings.cmap)
        write_surface_key(axes, colours)
        box = SurfaceBox(heightmap, minima, colours, layout.style)
        box.set_animated(bool(settings.turn))
        axes.add_artist(box)
        marks = _run_marks(axes, layout, paths, all_runs(descent, run_styles))
        if not settings.turn:
            return marks
        labels = TurningLabels(zorder=3)
        axes.add_artist(labels)
        return [box, labels, *marks, *words_beside(layout, axes, paths, minima, descent)]

    scene = build_scene(descent, add_axes, draw, header_share=header_share)
    if not settings.turn:
        return scene
    return TurningScene(figure=scene.figure, marks=scene.marks, timeline=scene.timeline, turn=settings.turn)


def _heightmap(descent: Descent) -> HeightMap:
    settings, objective = descent.settings, descent.objective
    bounds = objective.bounds.tolist()
    limits = settings.xlim or tuple(bounds[0]), settings.ylim or tuple(bounds[1])
    points = COARSE_GRID if objective.point_by_point else TURNING_GRID if settings.turn else GRID
    return replace(HeightMap.of(objective, limits, points), symbols=axis_names(settings, *objective.symbols))


def _run_marks(axes: SurfaceAxes, layout: Layout, paths: LiftedPaths, panel: Panel) -> list[Mark]:
    style, tail, sizes = layout.style, panel.descent.settings.trail, MarkSizes.of(layout, panel)
    lost = lost_at(panel)
    track, shadows = SurfaceTrack(paths, lost), SurfaceTrack(paths, lost, on_floor=True)
    marks: list[Mark]
    if panel.is_swarm:
        marks = [Dots(track, panel.run_styles, size_pt=sizes.spot_pt)]
    else:
        faint = [replace(one, colour=mixed(one.colour, style.background, SHADOW_INK)) for one in panel.run_styles]
        trail_shadow = SurfaceTrail(shadows, faint, width_pt=sizes.scale * SHADOW_PT, dot_pt=0.0, tail=tail)
        trail_shadow.set_zorder(7)
        spot_shadow = SpotShadow(shadows, faint, size_pt=SPOT_SHADOW * sizes.spot_pt)
        kinds = SurfaceTrail, Spots
        shown = path_and_spots(layout, track, panel, sizes, outline=style.text, tail=tail, kinds=kinds)
        ring_shadow = FloorRings(
            shadows, faint, ink=style.muted, halo=style.background, size_pt=SPOT_SHADOW * sizes.spot_pt
        )
        ring_shadow.set_zorder(6.9)
        marks = [ring_shadow, trail_shadow, spot_shadow, *shown]
    for mark in marks:
        axes.add_artist(mark)
    return sorted([*past_marks(layout, axes, track, panel, style.text), *marks], key=Mark.get_zorder)


def _best_camera(paths: LiftedPaths, minima: Vec3) -> Camera:
    """The camera from which the least of the paths and of the minima (m, 3) is hidden."""
    points = paths.iterates[~paths.outside]
    some = points[:: max(len(points) // POINTS_SEEN, 1)]

    def hidden(camera: Camera) -> float:
        # Rounded, so that the usual side is left only for a reason.
        shares = [paths.heightmap.hides(points, camera.eye).mean() for points in (some, minima) if len(points)]
        return round(float(sum(shares)), 1)

    return min((Camera(elev=ELEV, azim=azim) for azim in AZIMS), key=hidden)


def _surface_colours(style: Style, cmap: str | None) -> SurfaceColours:
    """The colours of the surface in a style: its tints, but that the highest stands out from the background."""
    levels = style.levels
    if is_light(style.background):
        tints, ink = [*levels, mixed(levels[-1], style.background, NEAR_TOP)], mixed(levels[0], style.text, 0.5)
        shade, shine, edge = ink, "#ffffff", mixed(ink, levels[0], 0.7)
    else:
        tints, ink = [mixed(levels[0], style.text, NEAR_BOTTOM), *levels[:-1]], mixed(levels[0], style.text, 0.6)
        shade, shine, edge = style.background, ink, mixed(ink, levels[0], 0.5)
    ramp = LinearSegmentedColormap.from_list("heights", tints) if cmap is None else colormaps[cmap]
    return SurfaceColours(tints=ramp, shade=shade, shine=shine, edge=edge, line=style.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningScene(Scene):
    """A scene whose box turns by `turn` degrees from the first frame to the last."""

    turn: float

    def update(self, frame: int) -> None:
        """Show a frame. Touches only marks and the projection, and depends only on the frame's index."""
        fraction = frame / max(self.timeline.frames - 1, 1)
        surface_axes(self.figure.axes[0]).turn_by(fraction * self.turn)
        Scene.update(self, frame)  # in a class with slots, super() finds no way back


class SurfaceTrail(Trail):
    """The path of every visible run so far. What the surface hides is dashed and faint, so that no path is lost."""

    track: SurfaceTrack

    def strokes(self) -> Iterator[Stroke]:
        """What is hidden, then the rest as any trail."""
        yield Stroke((id(self), "hidden"), self.state(), self._draw_hidden, self.touched)
        yield from super().strokes()

    def _draw_hidden(self, renderer: RendererBase) -> None:
        for run_style, _, runs in self.by_style(self._shown()):
            lines = self.track.parts(runs, *self._span(runs), self.plane, hidden=True)
            if len(lines.begins) == len(lines.points):
                continue
            gc = self.context(renderer)
            gc.set_foreground(to_rgba(run_style.colour, FAINT), isRGBA=True)
            gc.set_linewidth(0.8 * self.width_pt)
            gc.set_capstyle("butt")
            gc.set_dashes(0, DASH_PT)
            renderer.draw_path(gc, polylines(lines), IdentityTransform(), None)
            gc.restore()


class SpotShadow(RunsMark):
    """The shadow of every visible spot on the floor, where the surface does not hide it."""

    track: SurfaceTrack

    def __init__(self, track: SurfaceTrack, run_styles: Sequence[RunStyle], *, size_pt: float) -> None:
        super().__init__(track, run_styles, zorder=8)
        self.size_pt = size_pt

    def _seen(self, runs: Index, moment: Moment) -> PixelPoints:
        inside = runs[self.is_inside(runs)]
        seen = inside[self.track.seen(inside, moment.position[inside], self.plane)]
        return np.asarray(self.track.here(moment, self.plane, self.dpi)[seen])

    def _draw_at(self, moment: Moment, renderer: RendererBase) -> None:
        """Paint the shadows of one style after another."""
        for run_style, _, runs in self.by_style(moment.visible):
            if (seen := self._seen(runs, moment)).size:
                shapes = circles(seen, self.px(self.size_pt) / 2)
                self.paint(renderer, shapes, line=run_style.colour, width_pt=0, fill=run_style.colour)

    def _extent_at(self, moment: Moment) -> Extent | None:
        """Bound the shadows."""
        seen = self._seen(moment.visible, moment)
        return extent(seen, self.px(self.size_pt)) if seen.size else None


class FloorRings(StartRings):
    """The rings of starts on the floor, where the surface does not hide them."""

    track: SurfaceTrack

    def _is_seen(self, runs: Index) -> NDArray[np.bool_]:
        return self.track.seen(runs, np.zeros(len(runs)), self.plane)
