"""Swarms: many runs at once, as dots where they are; and races whose paths coincide, as stripes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from support.problems import check_against_redraw, composed, pictures, scene_of, solved

from gdanim.drawing.marks.spots import Dots, Spots
from gdanim.drawing.marks.trails import RunsMark, Trail
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import LIGHT
from gdanim.views.base import SWARM, TAIL_SEGMENTS

CASES: dict[str, dict[str, Any]] = {
    "from above": {"function": "himmelblau", "starts": 400},
    "some diverge": {"function": "rosenbrock", "starts": 300, "lr": 0.004},
    "curve": {"function": "double_well", "starts": 300},
    "panels": {"function": "double_well", "starts": 150, "view": "panels"},
    "no tails": {"function": "himmelblau", "starts": TAIL_SEGMENTS + 1, "iterations": 3},
    "labels": {"function": "himmelblau", "optimizer": ("adam", "gd"), "starts": 200},
    "in turn": {"function": "himmelblau", "starts": 150, "order": "in-turn", "iterations": 1},
    "coinciding": {"function": "himmelblau", "optimizer": ("adam", "amsgrad", "nadam"), "iterations": 20},
    "long": {"function": "double_well", "lr": 0.02, "iterations": 700, "every": 50},
    "long, together": {"function": "himmelblau", "lr": (0.001, 0.002, 0.02), "iterations": 400, "every": 50},
}


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw_of_many_runs(case: str) -> None:
    with scene_of(solved(**{"size": "240x180", "iterations": 4, **CASES[case]})) as scene:
        check_against_redraw(scene)


def runs_marks(**options: Any) -> list[RunsMark]:
    with scene_of(solved("himmelblau", iterations=40, **options)) as scene:
        return [mark for mark in scene.marks if isinstance(mark, RunsMark)]


def test_a_hundred_runs_have_whole_paths_and_more_are_a_swarm_with_tails() -> None:
    *_, trail, spots = runs_marks(starts=SWARM)
    assert isinstance(trail, Trail)
    assert isinstance(spots, Spots)
    assert trail.tail is None
    *_, trail, dots = runs_marks(starts=SWARM + 1)
    assert isinstance(trail, Trail)
    assert isinstance(dots, Dots)
    assert trail.tail is not None
    # About as much of the picture is covered as before.
    assert dots.size_pt == pytest.approx(spots.size_pt, rel=0.01)


@pytest.mark.parametrize("runs", [101, 500, 2000])
def test_the_tails_of_a_swarm_have_a_bounded_number_of_segments(runs: int) -> None:
    with scene_of(solved("himmelblau", starts=runs, iterations=80)) as scene:
        scene.update(70)
        (trail,) = (mark for mark in scene.marks if isinstance(mark, Trail))
        until = np.full(runs, 70.0)
        ends = trail.pixels[:, 70]
        lines = [trail.track.lines(np.arange(runs), until - trail.tail, until, ends, trail.plane, 100.0)]
        segments = sum(len(part.points) - len(part.begins) for part in lines)
        assert TAIL_SEGMENTS / 2 < segments <= TAIL_SEGMENTS


def test_a_run_in_turn_has_its_whole_path_however_many_there_are() -> None:
    marks = runs_marks(starts=SWARM + 50, order="in-turn")
    assert any(isinstance(mark, Spots) for mark in marks)


@pytest.mark.parametrize(("function", "view"), [("himmelblau", "contour"), ("double_well", "panels")])
def test_a_frame_of_a_swarm_takes_a_few_strokes_for_each_colour_whatever_the_number_of_runs(
    function: str, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    class Counting(RendererAgg):
        def draw_path(self, *args: Any, **options: Any) -> None:
            calls.append("path")
            super().draw_path(*args, **options)

    def strokes(runs: int) -> int:
        with scene_of(solved(function, view=view, starts=runs, iterations=6)) as scene:
            renderer = Counting(640, 480, 100)
            draw_markers = renderer.draw_markers
            monkeypatch.setattr(renderer, "draw_markers", lambda *args: (calls.append("dots"), draw_markers(*args)))
            calls.clear()
            scene.update(4)
            for mark in scene.marks:
                mark.draw(renderer)
            # Of each mark those of one colour, moving or there.
            assert len(calls) <= 2 * (len(LIGHT.runs) + 1) * len(scene.marks)
            return len(calls)

    assert min(strokes(150), strokes(1500)) > 0


def test_the_dots_of_a_swarm_stand_where_the_runs_are() -> None:
    descent = solved("himmelblau", starts=SWARM + 1, iterations=3, size="480x360")
    with scene_of(descent) as scene:
        (axes,) = scene.figure.axes
        first = next(composed(Raster(scene))).copy()
        places = axes.transData.transform(descent.trajectory.x[:, 0])
        colour = [int(LIGHT.muted[i : i + 2], 16) for i in (1, 3, 5)]
        under = [first[int(360 - bottom), int(left), :3].tolist() for left, bottom in places]
        assert under == [colour] * len(places)


def test_paths_that_coincide_are_both_seen() -> None:
    # From one start, adam and amsgrad take the same way until the gradient grows again.
    last = pictures("himmelblau", optimizer=("adam", "amsgrad"), lr=0.05, iterations=30, size="1280x960")[-1][260:]
    for colour in LIGHT.runs[:2]:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert (last[..., :3] == wanted).all(axis=-1).sum() > 100
