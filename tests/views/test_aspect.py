"""Equal axes: one scale where the spans are alike, filled rooms, and gradients that stand square on the levels."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from support.extents import readable
from support.problems import formula, scene_of, solved

from gdanim.drawing.marks.arrows import Arrows
from gdanim.errors import SettingError, UsageError
from gdanim.preflight import resolve
from gdanim.settings import Settings
from gdanim.views.ground.aspect import MOST_WIDENED, movable_ends


def scales(**options: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels for one unit along x and y in the first axes (2,), its limits (2, 2), and its size in pixels (2,)."""
    with scene_of(solved(**{"function": "himmelblau", "iterations": 2, "size": "480x360", **options})) as scene:
        axes = scene.figure.axes[0]
        limits, size = np.array([axes.get_xlim(), axes.get_ylim()]), np.array(axes.get_window_extent().size)
    return size / np.abs(np.diff(limits)[:, 0]), limits, size


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"size": "240x426"},
        {"size": "1280x540"},
        {"basins": True},
        {"view": "panels"},
        {"facet": "lr", "lr": (0.001, 0.002, 0.003)},
        {"xlim": "-2,4"},
        {"xlim": "-5,5", "ylim": "-4,0"},
        {"function": "log(x) + y^2"},
        {"function": "x^2 + y^2/100", "xlim": "-1,1", "ylim": "-4,4", "aspect": "equal"},
    ],
    ids=str,
)
def test_a_unit_is_as_long_along_x_as_along_y(options: dict[str, Any]) -> None:
    (x, y), _, _ = scales(**options)
    assert x == pytest.approx(y, rel=0.01)  # smaller axes are of whole pixels


@pytest.mark.parametrize(
    "options",
    [{"aspect": "free"}, {"xlim": "-1,1", "ylim": "-10,10"}, {"function": "x + y", "xlim": "0,40", "ylim": "0,1"}],
    ids=str,
)
def test_axes_fill_the_picture_where_that_is_asked_and_where_one_span_is_far_longer(options: dict[str, Any]) -> None:
    (x, y), limits, size = scales(**options)
    assert abs(x / y - 1) > 0.05
    free = scales(**{**options, "aspect": "free"})
    assert np.array_equal(limits, free[1])
    assert np.array_equal(size, free[2])


def test_the_side_that_has_room_shows_more_and_the_axes_are_as_large_as_free_ones() -> None:
    (_, limits, size), (_, own, free) = scales(), scales(aspect="free")
    assert np.array_equal(limits[1], own[1])
    assert np.ptp(limits[0]) > 1.2 * np.ptp(own[0])
    assert limits[0].mean() == pytest.approx(own[0].mean())
    assert size == pytest.approx(free, abs=8)  # numbers of other widths


def test_limits_that_are_asked_for_stay_and_the_axes_are_smaller_in_the_middle() -> None:
    _, limits, (width, height) = scales(xlim="-5,5", ylim="-4,4")
    assert limits.tolist() == [[-5, 5], [-4, 4]]
    assert width / height == pytest.approx(10 / 8, abs=0.01)


def test_the_window_is_widened_no_farther_than_three_times() -> None:
    _, limits, _ = scales(size="1440x240", function="booth")
    own = solved("booth", iterations=0).objective.bounds
    assert np.ptp(limits[0]) == pytest.approx(MOST_WIDENED * np.ptp(own[0]))


def test_ends_beyond_which_the_function_is_not_defined_stay() -> None:
    ends = movable_ends(formula("log(x) + sqrt(3 - y)", (0, 5), (-5, 3)), np.array([[0.0, 5.0], [-5.0, 3.0]]))
    assert ends.tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize("options", [{}, {"view": "panels"}, {"size": "240x426"}], ids=str)
def test_gradients_stand_square_on_the_levels(options: dict[str, Any]) -> None:
    descent = solved("himmelblau", iterations=8, lr=0.004, arrows="gradient", **{"size": "480x360", **options})
    with scene_of(descent) as scene:
        axes = scene.figure.axes[0]
        (arrows,) = (mark for mark in scene.marks if isinstance(mark, Arrows))
        for frame in (scene.timeline.frames // 4, scene.timeline.frames // 2):
            scene.update(frame)
            ((*_, tip, _, _, _, _, _),) = arrows.corners(np.array([0]))
            k = int(scene.timeline.moment(frame).position[0])
            here, f = descent.trajectory.x[0, k], descent.trajectory.f[0, k]
            # The level through the spot, walked along its pixels: the nearest of a circle of points has the same f.
            around = here + 1e-3 * np.stack([np.cos(t := np.linspace(0, 2 * np.pi, 20001)), np.sin(t)], axis=-1)
            on_level = around[np.argmin(np.abs(descent.objective.value(around) - f))]
            spot, beside = axes.transData.transform([here, on_level])
            along, ahead = beside - spot, tip - spot
            cosine = along @ ahead / np.linalg.norm(along) / np.linalg.norm(ahead)
            assert abs(np.degrees(np.arccos(cosine)) - 90) < 1


@pytest.mark.parametrize("view", ["curve", "surface"])
def test_views_without_such_axes_refuse_to_make_them_equal(view: str) -> None:
    settings = Settings(function="parabola" if view == "curve" else "himmelblau", view=view, aspect="equal")
    with pytest.raises(UsageError, match="--aspect goes with --view panels or contour or fit, not with"):
        resolve(settings)
    with (
        pytest.raises(SettingError, match="functions of two variables"),
        scene_of(solved(view="panels", aspect="equal")),
    ):
        pass


@pytest.mark.parametrize("options", [{}, {"basins": True}, {"optimizer": ("gd", "adam"), "style": "slides"}], ids=str)
def test_in_a_very_wide_picture_the_header_stands_beside_the_levels_which_fill_the_height(
    options: dict[str, Any],
) -> None:
    with scene_of(solved(**{"function": "himmelblau", "iterations": 2, "size": "800x200", **options})) as scene:
        scene.update(1)
        box = scene.figure.axes[0].get_window_extent()
        assert box.width * box.height > 0.45 * 800 * 200
        header = [(words, text) for words, text in readable(scene) if text.width and re.match("[A-Z]|gd|iter", words)]
        assert {words[:4] for words, _ in header} >= {"Himm", "iter"}
        assert all(text.x1 < box.x0 for _, text in header)
