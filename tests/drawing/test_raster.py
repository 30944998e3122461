"""The raster against matplotlib: boxes laid over one another are the picture that a full redraw of the figure draws."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from support.commandline import ENVIRONMENT, crossed
from support.problems import check_against_redraw, composed, redrawn, scene_of, solved

from gdanim.drawing.raster import SAMPLES, Raster

if TYPE_CHECKING:
    from pathlib import Path

CASES: dict[str, dict[str, Any]] = {
    "one run": {},
    "together": {"lr": (0.1, 0.45, 0.9)},
    "in turn": {"function": "double_well", "starts": 4, "order": "in-turn", "seed": 3},
    "diverging": {"lr": 1.05},
    "some diverge": {"lr": (0.3, 1.02, 1.3)},
    "overflow": {"function": "quartic", "lr": 0.6},
    "still": {"iterations": 0},
    "no readout": {"readout": False, "title": ""},
    "odd size": {"size": "333x251"},
    "smallest": {"size": "64x64", "lr": (0.1, 1.05)},
    "tall": {"size": "135x240", "dpi": 50},
    "large": {"size": "1152x864", "iterations": 4},
    "asked limits": {"xlim": "-1,3", "ylim": "2,12"},
    "dark": {"lr": (0.3, 1.02), "style": "dark"},
    "a matplotlib style": {"lr": (0.3, 1.02), "style": "ggplot"},
    "thinned": {"lr": 0.01, "iterations": 300, "every": 70},
}

FUNCTIONS = {"curve": "parabola", "panels": "parabola", "contour": "himmelblau"}

each_view = pytest.mark.parametrize("view", FUNCTIONS)

TWO_VARIABLES: dict[str, dict[str, Any]] = {
    "one run": {},
    "together": {"lr": (0.005, 0.018, 0.06)},
    "some diverge": {"lr": (0.01, 0.03, 0.1)},
    "in turn": {"starts": 4, "order": "in-turn"},
    "still": {"iterations": 0, "size": "333x251"},
    "smallest": {"size": "64x64", "readout": False},
    "dark": {"style": "dark", "xlim": "0,5", "function": "rosenbrock", "lr": 0.01},
}


@pytest.mark.parametrize("case", TWO_VARIABLES)
def test_composed_boxes_equal_a_full_redraw_from_above(case: str) -> None:
    options = {"function": "himmelblau", "size": "240x180", "iterations": 6, "view": "contour", **TWO_VARIABLES[case]}
    with scene_of(solved(**options)) as scene:
        check_against_redraw(scene)


@pytest.mark.parametrize(("view", "case"), crossed(["curve", "panels"], CASES))
def test_composed_boxes_equal_a_full_redraw(view: str, case: str) -> None:
    with scene_of(solved(**{"size": "240x180", "iterations": 6, "view": view, **CASES[case]})) as scene:
        check_against_redraw(scene)


@pytest.mark.parametrize(
    ("view", "case"), crossed(FUNCTIONS, ["one run", "in turn", "together", "some diverge", "still"])
)
def test_a_box_ends_where_the_change_ends(view: str, case: str) -> None:
    cases = TWO_VARIABLES if view == "contour" else CASES
    options = {"function": FUNCTIONS[view], "size": "240x180", "iterations": 6, "view": view, **cases[case]}
    with scene_of(solved(**options)) as scene:
        raster = Raster(scene)
        before: Any = None
        for frame, after in zip(raster.frames(), composed(Raster(scene)), strict=True):
            if before is None:
                assert frame.box == (0, 0, *raster.size)
            elif frame.box.empty:
                assert np.array_equal(before, after)
            else:
                changed = (before != after).any(axis=2)[frame.box.slices]
                assert all(edge.any() for edge in (changed[0], changed[-1], changed[:, 0], changed[:, -1]))
            assert frame.pixels.shape == (frame.box.height, frame.box.width, 4)
            before = after.copy()


@each_view
def test_a_frame_depends_on_its_index_alone(view: str) -> None:
    rates = (0.01, 0.1) if view == "contour" else (0.1, 1.05)  # one of the two diverges
    with scene_of(solved(FUNCTIONS[view], lr=rates, iterations=8, size="200x150", view=view)) as scene:
        in_order = [picture.copy() for picture in composed(Raster(scene))]
        for i in (8, 0, 4):
            assert np.array_equal(redrawn(scene, i), in_order[i])


def test_samples_are_frames_and_leave_the_frames_as_they_were() -> None:
    with scene_of(solved("parabola", lr=0.02, iterations=60, size="160x120")) as scene:
        raster = Raster(scene)
        every = [picture.copy() for picture in composed(raster)]
        canvas = np.zeros_like(every[0])
        indices = []
        for sample in raster.sample():
            canvas[sample.box.slices] = sample.pixels
            assert np.array_equal(canvas, every[sample.index])
            indices.append(sample.index)
        assert len(indices) == SAMPLES
        assert (indices[0], indices[-1]) == (0, 60)
        assert indices == sorted(set(indices))
        assert all(np.array_equal(a, b) for a, b in zip(composed(raster), every, strict=True))


def test_frames_say_when_they_end_and_are_opaque_and_read_only() -> None:
    with scene_of(solved("parabola", iterations=3, fps="100/7", size="160x120")) as scene:
        for i, frame in enumerate(Raster(scene).frames()):
            assert (frame.index, frame.end_s) == (i, scene.timeline.end_s[i])
            assert (frame.pixels[..., 3] == 255).all()
            with pytest.raises(ValueError, match="read-only"):
                frame.pixels[...] = 0


@pytest.mark.parametrize(("view", "axes"), [("curve", 1), ("panels", 3), ("contour", 1)])
def test_what_stands_still_is_drawn_once(view: str, axes: int) -> None:
    with (
        scene_of(solved(FUNCTIONS[view], iterations=30, size="160x120", view=view)) as scene,
        patch.object(Axes, "draw", autospec=True, side_effect=Axes.draw) as drawn,
    ):
        raster = Raster(scene)
        assert len(list(raster.sample())) + len(list(raster.frames())) > 31
        assert drawn.call_count == axes


def test_blocks_of_a_long_path_equal_a_full_redraw() -> None:
    # Across the valley and back, so that later steps lie over earlier ones.
    options = {"lr": (0.0017, 0.0019), "iterations": 400, "every": 16, "size": "160x120", "view": "contour"}
    with scene_of(solved("rosenbrock", **options)) as scene:
        check_against_redraw(scene, 9, 18, scene.timeline.frames - 1)


def test_a_frame_of_a_long_path_costs_no_more_than_one_of_a_short_path() -> None:
    counts, calls = [0], [0]

    def count(renderer: Any, gc: Any, path: Any, *rest: Any) -> None:
        counts[-1] += len(path.vertices)
        calls[-1] += 1

    options = {"lr": 0.001, "iterations": 4000, "every": 100, "size": "320x240", "view": "contour"}
    with scene_of(solved("rosenbrock", start="-1.5,2", **options)) as scene:
        raster = Raster(scene)
        _ = raster.background
        with patch.object(RendererAgg, "draw_path", count):
            for _ in raster.frames():
                counts.append(0)
                calls.append(0)
    assert max(counts[-11:-1]) <= 1.3 * max(counts[5:10])
    assert max(calls[-11:-1]) <= 1.3 * max(calls[5:10])  # where it creeps, no more blocks lie under the spot


PEAK = """
import sys
from pathlib import Path
from gdanim import Settings, render

iterations, out = int(sys.argv[1]) - 1, sys.argv[2]
render(Settings(function="parabola", lr=0.001, iterations=iterations, size="64x64", fps=50, output=(out,)))
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))
"""


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path: Path) -> None:
    # Processes of their own, as the system counts them: Agg's memory is seen too, and the trail is as long as the film.
    def peak_kb(frames: int) -> int:
        words = [sys.executable, "-c", PEAK, str(frames), str(tmp_path / "out.gif")]
        return int(subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout)

    assert peak_kb(300) <= 1.05 * peak_kb(60)
