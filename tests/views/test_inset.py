"""--inset: it covers no curve and no path, shows the end of the story, and is drawn as everything else is."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.extents import overlaps, readable
from support.problems import check_against_redraw, scene_of, solved

from gdanim.drawing.marks.spots import Spots
from gdanim.drawing.marks.trails import Trail
from gdanim.errors import SettingError
from gdanim.rendering import draw
from gdanim.settings import Settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gdanim.descent.descend import Descent
    from gdanim.drawing.scene import Scene

CASES: list[dict[str, Any]] = [
    {"function": "parabola", "lr": 0.2, "explain": True, "size": "480x380"},
    {"function": "parabola", "lr": 0.9, "style": "dark"},
    {"function": "double_well", "inset": (-3.3, -2.7)},
    {"function": "double_well", "starts": 4, "seed": 3, "lr": 0.003},
    {"function": "rosenbrock", "iterations": 60, "explain": True},
    {"function": "himmelblau", "optimizer": ("adam",)},
    {"function": "booth", "lr": (0.02, 0.05), "style": "notebook"},
    {"function": "ellipse", "inset": (-1, 1, -0.5, 0.5), "tween": 2, "iterations": 20},
]
each_case = pytest.mark.parametrize("options", CASES)


def asked(**options: Any) -> Descent:
    return solved(**{"inset": "minimum", "size": "640x480", "iterations": 25, **options})


def axes_of(scene: Scene) -> tuple[Axes, Axes]:
    outer, inset = scene.figure.axes
    return outer, inset


def along(line: Any, step: float = 2.0) -> Any:
    """Points along a line in pixels, a few apart."""
    ends = pairwise(line)
    parts = [a + np.linspace(0, 1, int(np.hypot(*(b - a)) / step) + 2)[:, np.newaxis] * (b - a) for a, b in ends]
    return np.concatenate([line, *parts])


@each_case
def test_an_inset_stands_in_the_axes_and_covers_neither_curve_nor_path(options: dict[str, Any]) -> None:
    with scene_of(asked(**options)) as scene:
        outer, inset = axes_of(scene)
        box, room = inset.get_window_extent(), outer.get_window_extent()
        assert room.x0 < box.x0 < box.x1 < room.x1
        assert room.y0 < box.y0 < box.y1 < room.y1
        assert min(box.width, box.height) >= 36
        trails = [mark for mark in scene.marks if isinstance(mark, Trail) and mark.axes is outer]
        lines = [np.clip(path, -5000, 5000) for trail in trails for path in trail.pixels]
        drawn = [line for line in outer.get_lines() if line.get_linestyle() != "None"]
        lines += [outer.transData.transform(np.asarray(line.get_xydata())) for line in drawn]
        for line in lines:
            points = along(line[np.isfinite(line).all(axis=1)])
            inside = np.all((points >= box.min - 3) & (points <= box.max + 3), axis=1)
            assert not inside.any()


@each_case
def test_no_mark_of_the_axes_ever_reaches_into_the_inset(options: dict[str, Any]) -> None:
    with scene_of(asked(**options)) as scene:
        outer, inset = axes_of(scene)
        box = inset.get_window_extent()
        for frame in range(scene.timeline.frames):
            scene.update(frame)
            for mark in scene.marks:
                extent = mark.touched() if mark.axes is outer and isinstance(mark, Spots) else None
                if extent is not None:
                    left, bottom, right, top = extent
                    assert right < box.x0 or left > box.x1 or top < box.y0 or bottom > box.y1


@each_case
def test_it_shows_the_end_of_the_run_enlarged(options: dict[str, Any]) -> None:
    descent = asked(**options)
    with scene_of(descent) as scene:
        outer, inset = axes_of(scene)
        outer_px = outer.transData.transform([[0, 0], [1, 1]])
        inset_px = inset.transData.transform([[0, 0], [1, 1]])
        assert np.all(np.diff(inset_px, axis=0) > 1.3 * np.diff(outer_px, axis=0))
        spot = next(mark for mark in scene.marks if isinstance(mark, Spots) and mark.axes is inset)
        scene.update(scene.timeline.frames - 1)
        if options.get("inset") is None:
            assert spot.in_view(spot.pixels[-1:, descent.trajectory.last[-1]]).all()
        (factor,) = [text.get_text() for text in inset.texts]
        across = np.diff(inset_px, axis=0)[0, 0] / np.diff(outer_px, axis=0)[0, 0]
        assert float(factor.removeprefix("×")) == pytest.approx(across, rel=0.06)


@each_case
def test_composed_boxes_equal_a_full_redraw(options: dict[str, Any]) -> None:
    with scene_of(asked(**{**options, "iterations": 7})) as scene:
        check_against_redraw(scene)


def test_where_every_corner_is_taken_it_is_refused_in_a_sentence() -> None:
    descent = asked(function="sin(20*x)", size="240x180")
    with descent.style.loaded.applied(), pytest.raises(SettingError, match="--inset 'minimum': finds no corner"):
        draw(descent)


def test_facets_and_a_line_of_a_plane_are_refused() -> None:
    for options, message in (
        ({"function": "parabola", "facet": "lr", "lr": (0.1, 0.2)}, "--facet"),
        ({"function": "booth", "inset": (0.0, 1.0)}, "x0,x1,y0,y1"),
    ):
        descent = asked(**options)
        with descent.style.loaded.applied(), pytest.raises(SettingError, match=message):
            draw(descent)


@pytest.mark.parametrize("text", ["1", "1,0", "1,2,3", "0,1,2,1", "nowhere", "nan,1"])
def test_ends_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="--inset"):
        Settings(function="parabola", inset=text)


@pytest.mark.parametrize("style", ["light", "slides"])
def test_a_small_picture_has_room_for_an_inset_whose_factor_no_name_covers(style: str) -> None:
    descent = asked(function="rosenbrock", optimizer=("adam", "momentum"), size="320x240", iterations=12, style=style)
    with scene_of(descent) as scene:
        _, inset = axes_of(scene)
        assert min(inset.bbox.size) >= 30
        scene.update(0)
        shown = readable(scene)
    assert {"start", "minimum"} & {text for text, _ in shown}
    assert not overlaps(shown)
