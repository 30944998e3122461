"""Where runs start, where they leave and what is named: by pixels, and by places that are computed apart."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from support.problems import composed, scene_of, solved

from gdanim.drawing.marks.caption import Caption
from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.starts import PastRings, StartRings
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT
from gdanim.views.ground.minima import signs_in
from gdanim.views.opening_names import in_the_opening

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.drawing.scene import Scene

VIEWS: dict[str, dict[str, Any]] = {
    "curve": {},
    "panels": {"view": "panels"},
    "contour": {"function": "himmelblau"},
    "panels of two variables": {"function": "himmelblau", "view": "panels"},
    "surface": {"function": "himmelblau", "view": "surface"},
    "several": {"lr": (0.1, 0.9, 1.05)},
    "facets": {"lr": (0.1, 0.9), "facet": "lr"},
    "in turn": {"function": "double_well", "start": [4.0, -0.5], "order": "in-turn"},
    "dark": {"function": "himmelblau", "style": "dark"},
}


def rgb(colour: str) -> NDArray[np.float64]:
    return np.round(np.multiply(to_rgb(colour), 255))


@pytest.mark.parametrize("view", VIEWS)
def test_a_ring_is_at_every_start_in_the_first_picture_and_in_the_last(view: str) -> None:
    options = {"function": "parabola", "iterations": 6, "size": "480x360", **VIEWS[view]}
    with scene_of(solved(**options)) as scene:
        rings = [mark for mark in scene.marks if isinstance(mark, StartRings)]
        assert len({mark.plane for mark in rings}) == len(scene.figure.axes)
        raster, end = Raster(scene), scene.timeline.frames - 1
        shown = {}
        for visible in (True, False):
            for mark in rings:
                mark.set_visible(visible)
            shown[visible] = [picture.copy() for picture in composed(raster)]
        for frame in (0, end):
            scene.update(frame)
            y, x = np.nonzero((shown[True][frame] != shown[False][frame]).any(axis=-1)[::-1])
            for mark in rings:
                for at in mark._starts(mark.moment_of_its_runs(scene.timeline.moment(frame)).visible)[0]:
                    away = np.hypot(x + 0.5 - at[0], y + 0.5 - at[1])
                    assert ((away < 25) & (away > 2)).sum() > 15


def test_the_arrow_of_a_run_stays_where_the_straight_trail_left_the_axes() -> None:
    descent = solved("parabola", lr=1.1, iterations=14, tween=2, size="480x360")
    x, run = descent.trajectory.x[0, :, 0], np.array([0])
    with scene_of(descent) as scene:
        (axes,) = scene.figure.axes
        (spots,) = (mark for mark in scene.marks if isinstance(mark, Spots))
        Raster(scene)
        limits = np.array([axes.get_xlim(), axes.get_ylim()])
        path = np.stack([x, x**2], axis=-1)
        outside = next(k for k, at in enumerate(path) if (at < limits[:, 0]).any() or (at > limits[:, 1]).any())
        begin, step = path[outside - 1], path[outside] - path[outside - 1]
        # The first edge that the chord meets.
        share = min(share for share in ((limits.T - begin) / step).ravel() if share > 0)
        expected = axes.transData.transform(begin + share * step)
        places = []
        for frame in range(scene.timeline.frames):
            scene.update(frame)
            if not spots.is_inside(run)[0]:
                at, _ = spots.track.way_out(run, spots.reached(run), axes, spots.dpi)
                feet, ahead = spots._arrows(run)
                places.append((*at[0].tolist(), *feet[0].tolist(), *ahead[0].tolist()))
    assert len(set(places)) == 1
    assert len(places) > 10
    assert np.hypot(*(np.array(places[0][:2]) - expected)) < 2


def test_what_is_drawn_of_a_lost_run_never_changes_after_it_left() -> None:
    # It would come back over and over: from side to side, each time farther.
    with scene_of(solved("parabola", lr=1.1, iterations=14, size="320x240", title="", readout=False)) as scene:
        for mark in scene.marks:
            mark.set_visible(not isinstance(mark, Caption))
        shown = [picture.copy() for picture in composed(Raster(scene))]
    changes = [bool((one != other).any()) for one, other in pairwise(shown)]
    # It leaves in its second step, and its spot gets a bar in the last one.
    assert changes == [True, True, *[False] * 11, True]


def named(scene: Scene) -> list[Caption]:
    """The captions that are there for the first second only."""
    captions = [mark for mark in scene.marks if isinstance(mark, Caption)]
    return [mark for mark in captions if getattr(mark.pieces_at, "func", None) is in_the_opening]


def names(scene: Scene, frame: int) -> list[str]:
    moment = scene.timeline.moment(frame)
    return ["".join(text for text, _ in mark.pieces_at(mark.moment_of_its_runs(moment))) for mark in named(scene)]


def test_the_first_second_names_start_and_minimum_and_then_nothing_does() -> None:
    with scene_of(solved("himmelblau", iterations=40, lead=0.5, size="480x360")) as scene:
        for frame in range(scene.timeline.frames):
            is_early = scene.timeline.end_s[frame] <= 1.5
            assert names(scene, frame) == (["start", "minimum"] if is_early else ["", ""])


@pytest.mark.parametrize("view", ["curve", "panels", "contour", "surface", "several", "facets", "dark"])
def test_names_cover_nothing_that_moves_and_stay_in_the_axes(view: str) -> None:
    options = {"function": "parabola", "iterations": 6, "size": "640x480", **VIEWS[view]}
    with scene_of(solved(**options)) as scene:
        scene.update(0)
        captions = named(scene)
        boxes = [box for box in (caption.touched() for caption in captions) if box is not None]
        assert boxes
        for one, other in combinations(boxes, 2):
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        panels = [axes.get_window_extent() for axes in scene.figure.axes]
        for left, bottom, right, top in boxes:
            assert any(box.x0 <= left < right <= box.x1 and box.y0 <= bottom < top <= box.y1 for box in panels)
        for mark in scene.marks:
            mark.set_visible(not isinstance(mark, Caption))
        height = round(scene.figure.bbox.height)
        shown = [picture.copy() for picture in composed(Raster(scene))]
        for left, bottom, right, top in boxes:
            under = np.s_[height - int(top) : height - int(bottom), int(left) : int(right)]
            assert all(np.array_equal(picture[under], shown[0][under]) for picture in shown)


@pytest.mark.parametrize(
    "options",
    [
        {"start": ((0.001, 1), (0, 1), (0.002, 1)), "size": "320x240", "style": ("slides", "dark")},
        {"start": ((0.001, 1), (0, 1), (0.002, 1)), "size": "640x480"},
        {"function": "rosenbrock", "optimizer": ("newton", "gd"), "size": "480x360", "style": "slides"},
        {"function": "rosenbrock", "optimizer": ("gd", "adam"), "view": "panels", "size": "320x240"},
        {"view": "surface", "size": "320x240"},
    ],
)
def test_a_name_stands_nearer_to_a_mark_of_its_kind_than_to_one_of_the_other(options: dict[str, Any]) -> None:
    with scene_of(solved(**{"function": "himmelblau", "iterations": 6, **options})) as scene:
        scene.update(0)
        axes = scene.figure.axes[0]
        rings = next(mark for mark in axes.get_children() if type(mark) is StartRings)
        marks = {"start": rings.centres(), "minimum": signs_in(axes)}
        for caption in named(scene):
            (name, _), *_ = caption.pieces_at(caption.moment_of_its_runs(scene.timeline.moment(0)))
            left, bottom, right, top = caption.touched() or (0, 0, 0, 0)
            away = {
                kind: np.hypot(*(at - np.clip(at, (left, bottom), (right, top))).T).min() for kind, at in marks.items()
            }
            assert away.pop(name) < min(away.values())
            assert all(not (left < x < right and bottom < y < top) for at in marks.values() for x, y in at)


def test_runs_at_one_place_are_seen_to_be_several() -> None:
    with scene_of(solved("parabola", lr=(0.1, 0.2, 0.3), iterations=3, size="480x360")) as scene:
        colours = [style.colour for mark in scene.marks if isinstance(mark, Spots) for style in mark.run_styles]
        first = next(composed(Raster(scene)))[100:]  # without the legend
        for colour in colours:
            assert (np.abs(first[..., :3] - rgb(colour)).max(axis=-1) < 40).sum() > 10
    assert len(set(colours)) == 3


def shows(picture: NDArray[np.uint8], colour: str, at: NDArray[np.float64], reach: float) -> bool:
    """Whether a picture has a colour within `reach` of a place in pixels from the bottom left."""
    y, x = np.nonzero(np.abs(picture[::-1, :, :3] - rgb(colour)).max(axis=-1) < 25)
    return int((np.hypot(x + 0.5 - at[0], y + 0.5 - at[1]) < reach).sum()) > 5


def test_starts_that_nearly_coincide_have_a_ring_each() -> None:
    descent = solved("himmelblau", start=((0, 1), (0.001, 1), (0.002, 1)), iterations=25, size="640x480")
    with scene_of(descent) as scene:
        (rings,) = (mark for mark in scene.marks if type(mark) is StartRings)
        *_, last = (picture.copy() for picture in composed(Raster(scene)))
        (at,) = rings.centres()
        colours = {run_style.colour for run_style in rings.run_styles}
        assert len(colours) == 3
        assert all(shows(last, colour, at, rings.reach_px + 2) for colour in colours)


@pytest.mark.parametrize("options", [{"function": "himmelblau"}, {"function": "himmelblau", "trail": 3}])
def test_runs_in_turn_leave_a_ring_where_they_began(options: dict[str, Any]) -> None:
    descent = solved(**options, starts=4, seed=5, order="in-turn", iterations=6, size="480x360")
    with scene_of(descent) as scene:
        raster = Raster(scene)
        *_, last = (picture.copy() for picture in composed(raster))
        (past,) = (mark for mark in scene.marks if isinstance(mark, PastRings))
        past.set_visible(False)
        *_, without = (picture.copy() for picture in composed(raster))
        changed = (last != without).any(axis=-1)[::-1]
        y, x = np.nonzero(changed)
        for at in past.centres(np.arange(3)):
            assert (np.hypot(x + 0.5 - at[0], y + 0.5 - at[1]) < 9).sum() > 15


def test_no_ring_tells_by_its_colour_where_a_run_will_end_before_it_is_there() -> None:
    descent = solved("double_well", starts=8, seed=1, iterations=35, size="480x360")
    with scene_of(descent) as scene:
        (rings,) = (mark for mark in scene.marks if type(mark) is StartRings)
        first, *_, last = (picture.copy() for picture in composed(Raster(scene)))
        told = {run_style.colour for run_style in rings.run_styles if run_style.colour != LIGHT.muted}
        assert len(told) == 2
        for colour in told:
            assert not any(shows(first, colour, at, rings.reach_px + 2) for at in rings.centres())
            assert any(shows(last, colour, at, rings.reach_px + 2) for at in rings.centres())
