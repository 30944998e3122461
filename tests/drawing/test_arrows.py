"""Arrows: they point where the mathematics says, by one measure for the whole animation, and none is a speck."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from support.problems import check_against_redraw, redrawn, scene_of, solved

from gdanim.drawing.layout import SPOT_PT
from gdanim.drawing.marks.arrows import LEAST_PX, LONGEST_SHARE, Arrows
from gdanim.drawing.raster import Raster
from gdanim.drawing.styles import load_style
from gdanim.errors import UsageError
from gdanim.rendering import draw
from gdanim.views.explain.step_arrows import CLEAR_PT, vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gdanim.drawing.scene import Scene

TIP = 5  # which corner of an outline


def arrows_of(scene: Scene) -> Arrows:
    (arrows,) = (mark for mark in scene.marks if isinstance(mark, Arrows))
    return arrows


def reaches(scene: Scene, frame: int, run: int = 0) -> NDArray[np.float64]:
    """From the spot's edge to the tip of a run's arrow, in pixels (2,); NaN where there is none."""
    scene.update(frame)
    arrows = arrows_of(scene)
    corners = arrows.corners(np.array([run]))
    if not len(corners):
        return np.full(2, np.nan)
    here = arrows.pixels[run, scene.timeline.moment(frame).iteration(run)]
    ahead = corners[0, TIP] - here
    length = float(np.hypot(*ahead))
    return np.asarray(ahead * (1 - (SPOT_PT / 2 + CLEAR_PT) * scene.figure.dpi / 72 / length))


def test_the_gradient_points_downhill_as_finite_differences_do() -> None:
    descent = solved("himmelblau", iterations=6)
    f, x, h = descent.objective.value, descent.trajectory.x[0], 1e-6
    drawn = vectors("gradient", descent.trajectory)[0]
    for axis in (0, 1):
        aside = np.eye(2)[axis] * h
        np.testing.assert_allclose(drawn[:, axis], -(f(x + aside) - f(x - aside)) / (2 * h), rtol=1e-6, atol=1e-6)


def test_the_step_leads_to_the_next_point_and_ends_with_the_run() -> None:
    trajectory = solved("booth", iterations=6).trajectory
    steps = vectors("step", trajectory)
    np.testing.assert_allclose(trajectory.x[:, :-1] + steps[:, :-1], trajectory.x[:, 1:], rtol=1e-12)
    assert (steps[:, -1] == 0).all()


def test_gradient_descent_has_no_momentum() -> None:
    assert (vectors("momentum", solved("booth", lr=(0.02, 0.05), iterations=30).trajectory) == 0).all()


def test_the_momentum_of_a_heavy_ball_is_what_it_keeps_of_its_velocity() -> None:
    lr, share = 0.01, 0.7
    descent = solved("booth", optimizer=(f"momentum:momentum={share}",), lr=lr, iterations=20)
    x, velocity = np.array(descent.objective.start), np.zeros(2)
    kept = []
    for _ in range(20):
        kept.append(-lr * share * velocity)
        velocity = share * velocity + descent.objective.gradient(x)
        x = x - lr * velocity
    found = vectors("momentum", descent.trajectory)[0]
    np.testing.assert_allclose(found[:-1], kept, rtol=1e-8, atol=1e-12)
    assert (found[-1] == 0).all()


def test_momentum_without_known_rates_is_refused_before_anything_is_drawn() -> None:
    descent = solved("booth", iterations=4, arrows="momentum")
    unknown = replace(descent, trajectory=replace(descent.trajectory, lr=np.full((1, 4), np.nan)))
    with load_style("light").applied(), pytest.raises(UsageError, match="needs the learning rate of every step"):
        draw(unknown)


def test_a_run_that_is_over_has_no_arrow_past_its_end() -> None:
    trajectory = solved("booth", lr=(0.05, 0.0001), tolerance=1.0, iterations=40).trajectory
    end = int(trajectory.last[0])
    assert end < 40
    assert (vectors("gradient", trajectory)[0, end + 1 :] == 0).all()
    assert np.any(vectors("gradient", trajectory)[0, end] != 0)


@pytest.mark.parametrize("kind", ["gradient", "step"])
def test_all_arrows_of_an_animation_have_one_measure(kind: str) -> None:
    descent = solved("booth", lr=0.05, iterations=12, arrows=kind, size="640x480")
    true = vectors(kind, descent.trajectory)[0]
    with scene_of(descent) as scene:
        Raster(scene)
        (axes,) = scene.figure.axes
        box = axes.bbox
        per_unit = np.array([box.width / np.ptp(axes.get_xlim()), box.height / np.ptp(axes.get_ylim())])
        found = np.array([reaches(scene, k) for k in range(12)])
        expected = true[:12] * per_unit
        longest = LONGEST_SHARE * min(box.width, box.height)
        capped = np.hypot(*found.T) > longest - 1e-6
        free = np.isfinite(found[:, 0]) & ~capped
        assert free.sum() >= 4
        ratios = found[free] / expected[free]
        np.testing.assert_allclose(ratios, ratios[0, 0], rtol=1e-6)
        assert np.nanmax(np.hypot(*found.T)) == pytest.approx(longest)
        for pointed, wanted in zip(found[capped], expected[capped], strict=True):
            np.testing.assert_allclose(pointed / np.hypot(*pointed), wanted / np.hypot(*wanted), rtol=1e-9)


def test_an_arrow_is_a_pixel_long_or_not_there() -> None:
    descent = solved("booth", lr=0.05, iterations=80, arrows="gradient")
    with scene_of(descent) as scene:
        Raster(scene)
        lengths = np.array([np.hypot(*reaches(scene, k)) for k in range(81)])
    assert np.nanmin(lengths) >= LEAST_PX - 1e-9
    assert np.isnan(lengths[-1])
    assert np.isfinite(lengths[:5]).all()


def test_in_the_valley_of_rosenbrock_arrows_are_still_seen() -> None:
    with scene_of(solved("rosenbrock", arrows="gradient")) as scene:
        Raster(scene)
        assert np.hypot(*reaches(scene, 140)) > 4


def test_in_one_variable_arrows_lie_along_x() -> None:
    with scene_of(solved("parabola", iterations=5, arrows="gradient")) as scene:
        Raster(scene)
        for k in range(5):
            ahead = reaches(scene, k)
            assert ahead[1] == pytest.approx(0, abs=1e-9)
            assert ahead[0] < 0


CASES: dict[str, dict[str, Any]] = {
    "curve": {"function": "parabola", "arrows": "gradient"},
    "curve, step": {"function": "parabola", "arrows": "step", "lr": (0.1, 0.9)},
    "contour": {"function": "himmelblau", "arrows": "gradient"},
    "steps": {"function": "himmelblau", "arrows": "step", "lr": (0.005, 0.018, 0.06), "style": "dark"},
    "momentum": {"function": "rosenbrock", "arrows": "momentum", "optimizer": ("momentum", "gd", "adam")},
    "some diverge": {"function": "himmelblau", "arrows": "gradient", "lr": (0.01, 0.03, 0.1)},
    "overflow": {"function": "quartic", "arrows": "step", "lr": 0.6, "iterations": 12},
    "in turn": {"function": "himmelblau", "arrows": "gradient", "starts": 3, "order": "in-turn"},
    "tween": {"function": "booth", "arrows": "gradient", "tween": 3},
    "at the edge": {"function": "booth", "arrows": "gradient", "xlim": "-8.1,0", "ylim": "1.9,5"},
    "swarm": {"function": "himmelblau", "arrows": "step", "starts": 150, "iterations": 3},
}


@pytest.mark.parametrize("case", CASES)
def test_composed_boxes_equal_a_full_redraw(case: str) -> None:
    with scene_of(solved(**{"size": "320x240", "iterations": 6, **CASES[case]})) as scene:
        check_against_redraw(scene)


@pytest.mark.parametrize("case", CASES)
def test_arrows_change_pixels_of_their_axes_only(case: str) -> None:
    options = {"size": "320x240", "iterations": 3, **CASES[case]}
    with scene_of(solved(**options)) as scene, scene_of(solved(**{**options, "arrows": None})) as plain:
        Raster(scene), Raster(plain)
        box = scene.figure.axes[0].get_window_extent()
        differs = [(redrawn(scene, i) != redrawn(plain, i)).any(axis=-1) for i in (0, 1)]
        height = len(differs[0])
        rows, columns = np.nonzero(np.logical_or(*differs))
        assert rows.size
        assert columns.min() >= box.x0 - 2
        assert columns.max() <= box.x1 + 2
        assert rows.min() >= height - box.y1 - 2
        assert rows.max() <= height - box.y0 + 2
